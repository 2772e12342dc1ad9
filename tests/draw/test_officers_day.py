"""A team's page as an officer uses it from nine to five: in a basement, closed and opened again, handed over."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from command import DAY, tree

from planner.draw import pages
from planner.wording import CONCLUSIONS, conclusions

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "locale": "zh-CN"}
PHONE |= {"timezone_id": "Asia/Shanghai", "accept_downloads": True, "offline": True}


def at(page, time):
    """It is that time of the planned day."""
    page.clock.set_fixed_time(datetime.fromisoformat(f"2026-11-24T{time}:00+08:00"))


def tap(page, selector, nth=0):
    page.locator(selector).nth(nth).tap()


def document_of(page):
    """What would be exported now."""
    return page.evaluate("JSON.parse(JSON.stringify(outcomesDocument(routeToday())))")


def test_a_whole_day(drawn, visitor):
    """Checks in at each stop, fills in forms, closes, reopens: nothing is lost; exports; a change after that shows."""
    with visitor(drawn, "T01.html", **PHONE) as (page, witness):
        assert page.locator(".next-bar .what b").text_content() == "西一咖啡"
        at(page, "09:58")
        tap(page, ".next-bar .primary")
        tap(page, ".next-bar .primary")
        assert page.locator(".time-field input").nth(0).input_value() == "09:58"
        first = page.locator(".item").first
        assert "上次问题" in first.text_content()
        first.locator(".choice.fail").tap()
        first.locator("input.note").fill("拒绝手机号后无法下单")
        tap(page, ".outcomes .not_rectified")
        page.locator(".facts-field").fill("第 3 步仍要求手机号。")
        tap(page, ".violations .secondary")
        page.locator(".violation select").nth(0).select_option("ViolationKind.induced")
        page.locator(".violation select").nth(1).select_option("Action.order_to_correct")
        tap(page, ".violation .check")
        tap(page, ".quick", 1)
        at(page, "10:27")
        tap(page, ".stamp.left")
        again = page.context.new_page()
        page.close()  # in the middle of the form, without a word
        again.goto((visitor.folder / "T01.html").as_uri())
        in_the_afternoon(again)
        assert (witness.requests, witness.errors) == ([], [])


def in_the_afternoon(page):
    """The rest of that day, on the page opened again."""
    card = page.locator(".stop-card").first
    assert "09:58–10:27" in card.text_content()
    assert "未整改" in card.text_content()
    assert "未导出" in card.text_content()
    assert page.locator(".next-bar .what b").text_content() == "店W2"
    at(page, "10:40")
    tap(page, ".next-bar .primary")
    tap(page, ".next-bar .primary")
    tap(page, ".outcomes .shut")
    assert not page.locator(".items").is_visible()
    at(page, "10:45")
    tap(page, ".stamp.left")
    tap(page, ".sheet-foot .primary")
    at(page, "13:05")
    tap(page, ".next-bar .primary")
    tap(page, ".next-bar .primary")
    tap(page, ".outcomes .rectified")
    tap(page, ".sheet-foot .primary")
    page.locator(".next-bar .next", has_text="今日各站均已完成").wait_for()
    assert page.locator(".badge-count").text_content() == "3"

    at(page, "17:05")
    tap(page, ".next-bar .export")
    with page.expect_download() as handed:
        tap(page, ".export-sheet .primary")
    assert handed.value.suggested_filename == "outcomes-2026-11-24-r1-T01.json"
    exported = json.loads(Path(handed.value.path()).read_text("utf-8"))
    assert exported == {
        "lookback_outcomes": 1,
        "plan_id": "2026-11-24",
        "revision": 1,
        "team_id": "T01",
        "date": "2026-11-24",
        "exported_at": "2026-11-24T17:05",
        "outcomes": [
            {
                "lookback_id": "LB-W1",
                "enterprise_id": "W1",
                "outcome": "not_rectified",
                "arrived": "2026-11-24T09:58",
                "left": "2026-11-24T10:27",
                "facts": "第 3 步仍要求手机号。",
                "checklist": [{"item": "A2", "answer": "fail", "note": "拒绝手机号后无法下单"}],
                "violations": [
                    {
                        "kind": "induced",
                        "aggravations": ["minors"],
                        "scope": "site",
                        "action": "order_to_correct",
                        "rectify_by": "2026-12-01",
                        "note": "",
                    }
                ],
            },
            {"lookback_id": "LB-W2", "enterprise_id": "W2", "outcome": "shut", "arrived": "2026-11-24T10:40"}
            | {"left": "2026-11-24T10:45", "facts": "", "checklist": [], "violations": []},
            {"lookback_id": "SC-W3", "enterprise_id": "W3", "outcome": "rectified", "arrived": "2026-11-24T13:05"}
            | {"left": None, "facts": "", "checklist": [], "violations": []},
        ],
    }
    assert page.locator(".export-rows .chip").all_text_contents() == ["已导出"] * 3
    tap(page, ".export-row")
    page.locator(".facts-field").fill("第 3 步仍要求手机号,第 4 步可跳过。")
    tap(page, ".sheet-foot .primary")
    page.locator(".stop-card .chip.changed", has_text="导出后有改动").wait_for()


def test_the_text_can_be_copied_where_no_file_can_be_saved(drawn, visitor):
    with visitor(drawn, "T01.html", **PHONE) as (page, witness):
        tap(page, ".record")
        tap(page, ".outcomes .rectified")
        tap(page, ".sheet-foot .primary")
        tap(page, ".next-bar .export")
        tap(page, ".export-sheet summary")
        assert json.loads(page.locator(".export-text").input_value())["outcomes"][0]["outcome"] == "rectified"
        tap(page, ".export-sheet .secondary")
        page.locator(".export-rows .chip.exported").wait_for()
        assert not witness.errors


@dataclass(frozen=True)
class Office:
    """A workspace with a planned day, and the command to call in it."""

    folder: Path
    run: Callable

    @property
    def pages(self):
        """What ``plan`` drew, by file name."""
        return {path.name: path.read_text("utf-8") for path in (self.folder / "maps" / DAY).glob("*.html")}

    def record(self, path, *, changes=True):
        """Take in a document: what is said last, whether or not it may change anything in the workspace."""
        before = tree(self.folder)
        done = self.run("record", path, "--lang", "en", "--workspace", self.folder)
        assert done.returncode == 0, done.stderr
        assert (tree(self.folder) != before) is changes
        return done.stdout.splitlines()[-1]


@pytest.fixture
def office(town, inside):
    """Two more shops that are owed a look-back beside those of the smallest town, and the day planned."""
    for name, row in (
        ("enterprises", "E{0},Shop {0},121.45{0},31.2255,wgs84,scan_to_order,,,{0} North Road,Mo-Su 10:00-22:00,,B\n"),
        ("violations", "W{0},E{0},2026-11-02,compulsory,,order_to_correct,2026-11-16,site,,asks for a number\n"),
    ):
        with (town / f"data/{name}.csv").open("a", encoding="utf-8") as file:
            file.writelines(row.format(k) for k in (5, 6))
    done = inside("plan", DAY, "--steps", "1", "--solver", "greedy", "--workspace", town)
    assert done.returncode == 0, done.stderr
    return Office(town, inside)


def visit_all(page):
    """Each stop of the page visited, one after the other as planned, with an outcome for each."""
    stops = page.locator(".stop-card").count()
    for stop in range(stops):
        planned = page.locator(".stop-card").nth(stop).locator(".time").first  # what was recorded stands further down
        fill(page, stop, *planned.text_content().split("–"), "rectified" if stop else "not_rectified")
        page.locator(".facts-field").fill(f"第 {stop + 1} 站:页面如实告知。")
        assert page.locator(".form .fault").all_text_contents() == []
        tap(page, ".sheet-foot .primary")
    return stops


def test_the_office_records_what_a_day_exports_and_once_only(office, visitor, tmp_path):
    """From the page that ``plan`` drew to the store: the file, the same file again, and the text in its place."""
    with visitor(office.pages, "T1.html", **PHONE) as (page, witness):
        at(page, "17:05")
        stops = visit_all(page)
        assert stops >= 3
        tap(page, ".next-bar .export")
        with page.expect_download() as handed:
            tap(page, ".export-sheet .primary")
        file = tmp_path / handed.value.suggested_filename
        handed.value.save_as(file)
        tap(page, ".export-sheet summary")
        text = tmp_path / "copied.json"
        text.write_text(page.locator(".export-text").input_value(), "utf-8")
        assert (witness.requests, witness.errors) == ([], [])
    assert office.record(file) == f"{stops} recorded, 0 already recorded, 0 in conflict"
    assert office.record(file, changes=False) == f"0 recorded, {stops} already recorded, 0 in conflict"
    assert office.record(text, changes=False) == f"0 recorded, {stops} already recorded, 0 in conflict"


def test_the_office_records_a_copied_text(office, visitor, tmp_path):
    """Pasted into a mail and saved from there, as Windows does it: with a mark at its front and its own line ends."""
    with visitor(office.pages, "T1.html", **PHONE) as (page, _):
        at(page, "17:05")
        stops = visit_all(page)
        tap(page, ".next-bar .export")
        tap(page, ".export-sheet summary")
        text = tmp_path / "pasted.txt"
        pasted = page.locator(".export-text").input_value().replace("\n", "\r\n")
        text.write_text(pasted, "utf-8-sig", newline="")
    assert office.record(text) == f"{stops} recorded, 0 already recorded, 0 in conflict"
    assert office.record(text, changes=False) == f"0 recorded, {stops} already recorded, 0 in conflict"


def test_the_share_sheet_is_asked_first_and_may_be_refused(drawn, visitor):
    """A browser that shares no .json gets a .txt; who thinks better of it has exported nothing."""
    with visitor(drawn, "T01.html", **PHONE) as (page, _):
        page.evaluate(
            """() => {
                window.shared = [];
                navigator.canShare = ({ files }) => files[0].name.endsWith(".txt");
                navigator.share = async ({ files }) => {
                    window.shared.push(files[0].name);
                    if (window.shared.length === 1) throw new DOMException("", "AbortError");
                };
            }"""
        )
        tap(page, ".record")
        tap(page, ".outcomes .rectified")
        tap(page, ".sheet-foot .primary")
        tap(page, ".next-bar .export")
        tap(page, ".export-sheet .primary")
        assert page.locator(".export-rows .chip").first.text_content() == "未导出"
        tap(page, ".export-sheet .primary")
        page.locator(".export-rows .chip.exported").wait_for()
        assert page.evaluate("window.shared") == ["outcomes-2026-11-24-r1-T01.json.txt"] * 2


def fill(page, stop, arrived, left, outcome="rectified"):
    tap(page, ".record", stop)
    page.locator(".time-field input").nth(0).fill(arrived)
    page.locator(".time-field input").nth(1).fill(left)
    tap(page, f".outcomes .{outcome}")


def test_times_that_overlap_are_not_exported_before_they_are_mended(drawn, visitor):
    with visitor(drawn, "T01.html", **PHONE) as (page, _):
        fill(page, 0, "10:00", "10:30")
        tap(page, ".sheet-foot .primary")
        fill(page, 1, "10:29", "10:50")
        assert "时间与第 1 站重叠" in page.locator(".fault").text_content()
        assert document_of(page)["outcomes"] == []
        page.locator(".time-field input").nth(0).fill("10:30")
        assert page.locator(".form .fault").count() == 0
        assert len(document_of(page)["outcomes"]) == 2
        page.locator(".time-field input").nth(1).fill("10:20")
        assert "离开早于到达" in page.locator(".fault").first.text_content()
        tap(page, ".sheet-foot .primary")
        tap(page, ".next-bar .export")
        assert page.locator(".export-rows .chip").all_text_contents()[:2] == ["未导出", "须更正"]


def test_a_way_no_team_can_go_in_that_time_is_doubted(drawn, visitor):
    """W1 and W2 lie 570 m apart."""
    with visitor(drawn, "T01.html", **PHONE) as (page, _):
        fill(page, 0, "10:00", "10:30")
        tap(page, ".sheet-foot .primary")
        fill(page, 2, "10:30", "10:50")
        assert "太快" in page.locator(".doubt").text_content()
        page.locator(".time-field input").nth(0).fill("10:40")
        assert page.locator(".form .doubt").count() == 0


def test_what_the_office_would_refuse_is_mended_first(drawn, visitor):
    """A departure without an arrival, times of another day, a deadline in the past, findings behind a shut door."""
    with visitor(drawn, "T01.html", **PHONE) as (page, _):
        page.clock.set_fixed_time(datetime.fromisoformat("2026-11-25T09:00:00+08:00"))
        tap(page, ".record")
        tap(page, ".outcomes .rectified")
        tap(page, ".stamp.left")
        faults = page.locator(".form .fault").all_text_contents()
        assert faults == ["有离开,没有到达。", "时间不在计划日期,请改为当天的时间。"]
        page.locator(".time-field input").nth(0).fill("10:00")
        page.locator(".time-field input").nth(1).fill("10:20")
        assert page.locator(".form .fault").count() == 0
        tap(page, ".violations .secondary")
        page.locator(".violation select").nth(0).select_option("ViolationKind.induced")
        page.locator(".violation select").nth(1).select_option("Action.guidance")
        page.locator(".violation input[type=date]").fill("2026-11-23")
        assert page.locator(".form .fault").text_content() == "整改期限早于检查日期。"
        tap(page, ".outcomes .shut")
        assert not page.locator(".violation").is_visible()
        (outcome,) = document_of(page)["outcomes"]
        assert (outcome["violations"], outcome["arrived"]) == ([], "2026-11-24T10:00")
        tap(page, ".outcomes .partly")
        assert page.locator(".violation").is_visible()
        assert document_of(page)["outcomes"] == []


def test_conclusions_are_pointed_out_and_exported_all_the_same(drawn, visitor):
    with visitor(drawn, "T01.html", **PHONE) as (page, _):
        fill(page, 0, "10:00", "10:30", "partly")
        page.locator(".facts-field").fill("第 3 步要求手机号,涉嫌违法。Unlawful.")
        doubt = page.locator(".doubt").text_content()
        for word in ("涉嫌", "违法", "unlawful"):
            assert word in doubt
        assert document_of(page)["outcomes"][0]["facts"].startswith("第 3 步")
        page.locator(".facts-field").fill("第 3 步要求手机号。")
        assert page.locator(".form .doubt").count() == 0


def test_page_and_program_know_the_same_conclusions():
    assert conclusions("涉嫌违法, and Violations of law; 违法") == ("涉嫌", "违法", "Violations")
    assert conclusions("页面弹出两次位置请求") == ()
    assert all(conclusions(word) for word in CONCLUSIONS)


def test_a_browser_that_keeps_nothing_says_so(drawn, visitor):
    with visitor(drawn, "T01.html", **PHONE) as (page, witness):
        page.context.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); };")
        page.reload()
        assert "关闭前请先导出" in page.locator("#head .fault").text_content()
        fill(page, 0, "10:00", "10:30")
        assert "关闭前请先导出" in page.locator(".saved").text_content()
        assert len(document_of(page)["outcomes"]) == 1
        assert not witness.errors


def test_the_next_revision_starts_afresh_and_hands_over_what_is_left(hamlet, drawn, visitor):
    """What was written on the page of revision 1 is exported from that of revision 2, as revision 1."""
    plan, register = hamlet
    with visitor(drawn, "T01.html", **PHONE) as (page, witness):
        at(page, "10:40")
        fill(page, 0, "10:00", "10:30")
        tap(page, ".sheet-foot .primary")
        tap(page, ".record", 1)  # begun, and not ready to be exported
        page.locator(".facts-field").fill("关着门")
        new = pages(replace(plan, revision=2), register)["T01.html"]
        (visitor.folder / "T01.html").write_text(new, "utf-8", newline="")
        page.reload()
        assert (document_of(page)["revision"], document_of(page)["outcomes"]) == (2, [])
        assert "第 1 版页面上还有 1 站没有导出" in page.locator(".leftover").text_content()
        with page.expect_download() as handed:
            tap(page, ".leftover button")
        assert handed.value.suggested_filename == "outcomes-2026-11-24-r1-T01.json"
        exported = json.loads(Path(handed.value.path()).read_text("utf-8"))
        assert (exported["revision"], exported["date"]) == (1, "2026-11-24")
        assert [(one["lookback_id"], one["outcome"]) for one in exported["outcomes"]] == [("LB-W1", "rectified")]
        page.reload()
        page.locator(".stop-card").first.wait_for()
        assert page.locator(".leftover").count() == 0
        assert (witness.requests, witness.errors) == ([], [])


def test_what_is_exported_can_be_removed_from_the_phone(drawn, visitor):
    with visitor(drawn, "T01.html", **PHONE) as (page, _):
        fill(page, 0, "10:00", "10:30")
        tap(page, ".sheet-foot .primary")
        tap(page, ".next-bar .export")
        assert page.locator(".export-sheet .quiet-button").is_disabled()
        with page.expect_download():
            tap(page, ".export-sheet .primary")
        page.evaluate("window.confirm = () => true")
        tap(page, ".export-sheet .quiet-button")
        page.reload()
        assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('lookback '))") == []


def test_the_position_is_shown_and_kept_nowhere(drawn, visitor):
    here = {"latitude": 31.226, "longitude": 121.487, "accuracy": 30}
    with visitor(drawn, "T01.html", **PHONE, geolocation=here, permissions=["geolocation"]) as (page, witness):
        tap(page, ".locate")
        page.locator(".me").wait_for(state="attached")
        place = page.evaluate("shown.me.getLayers()[0].getLatLng()")
        assert (round(place["lat"], 6), round(place["lng"], 6)) == (31.226, 121.487)
        tap(page, ".locate")
        assert page.locator(".me").count() == 0
        assert "31.226" not in page.evaluate("JSON.stringify({ ...localStorage })")
        assert (witness.requests, witness.errors) == ([], [])
