"""The page that shows a plan before and after a replan, as a coordinator uses it."""

from dataclasses import replace
from datetime import timedelta

import hamlet as towns
import pytest

from planner.compare import compare
from planner.draw import Edition, comparison_page
from planner.writers.comparison import comparison_document, messages

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "offline": True}
NAME = "comparison.html"


def page_of(comparison, register, **edition):
    """The page of a comparison, by its name."""
    document = comparison_document(comparison, register)
    return {NAME: comparison_page(comparison, register, document, Edition(**edition))}


def test_changes_stand_under_what_caused_them(compared, visitor):
    """The shut shop is dropped, the appointment moves a visit, the complaint adds one; others make room for them."""
    with visitor(compared, NAME, offline=True) as (page, witness):
        groups = page.locator(".change-group").all()
        heads = [group.locator("h2").text_content() for group in groups]
        assert [head.split()[1] for head in heads[:3]] == ["停业", "预约", "急办"]
        shut, promised, urgent = (
            [row.text_content() for row in group.locator(".change-row").all()] for group in groups[:3]
        )
        assert "店W2撤下" in shut[0]
        assert "前西区一组 11:00–11:30后不在方案中" in shut[0]
        assert "店E1改时间前东区一组 10:00–10:30后东区一组 15:10–15:40" in promised[0]
        assert "店E2撤下" in promised[1]
        assert "为“店E1”让出时间" in promised[1]
        assert "店W3改时间前西区一组 13:00–13:30后西区一组 11:00–11:30为“店E3”让出时间" in urgent[0]
        assert "店E3新增到期必查前不在方案中后西区一组 15:00–15:30" in urgent[1]
        assert page.locator(".totals dd").all_text_contents() == ["2", "2", "1", "−40 分钟"]
        assert (witness.requests, witness.errors) == ([], [])


def test_the_map_shows_before_now_or_both(compared, visitor):
    """Over each other, what was dropped stays in sight and what is as it was is there once."""

    def numbers(page):
        return sorted(page.locator(".stop .pin:visible").evaluate_all("pins => pins.map((pin) => pin.textContent)"))

    with visitor(compared, NAME) as (page, _):
        assert numbers(page) == ["1", "1", "2", "2", "2", "3"]  # W1 E1 W3 E3 now; W2 and E2 as they were
        assert page.locator(".stop .sign-disc.dropped:visible").count() == 2
        page.locator("[data-side=before]").click()
        assert numbers(page) == ["1", "1", "2", "2", "3"]
        page.locator("[data-side=now]").click()
        assert numbers(page) == ["1", "1", "2", "3"]
        assert page.locator(".stop .sign-disc:visible").count() == 3
        assert page.locator("[data-side=now]").get_attribute("aria-pressed") == "true"


def test_a_change_leads_to_the_map_and_says_why(compared, visitor):
    with visitor(compared, NAME, **PHONE) as (page, witness):
        page.locator("[data-side=now]").tap()
        page.locator(".change-row", has_text="店W2").first.tap()
        card = page.locator(".leaflet-popup .change-card")
        card.wait_for()
        assert page.locator("[data-side=both]").get_attribute("aria-pressed") == "true"
        assert "1  停业  W2 店W2 2026-11-24" in card.text_content()
        assert "时间不够" in card.text_content()
        assert not page.locator(".side-switch").is_visible()
        page.locator(".leaflet-popup-close-button").tap()
        assert page.locator(".side-switch").is_visible()
        assert (witness.requests, witness.errors) == ([], [])


def test_each_team_has_its_day_twice(compared, visitor):
    with visitor(compared, NAME) as (page, _):
        lanes = page.locator(".lane-name").all_text_contents()[1:]
        assert lanes == ["1前西区一组", "1后西区一组", "2前东区一组", "2后东区一组"]
        assert page.locator(".lane").nth(1).locator(".bar.visit").count() == 3
        page.locator(".tab.teams").click()
        rows = page.locator(".teams .facts").all_text_contents()
        assert rows[0] == "3 站工作时间 0 分钟13:45 → 15:45 返回"
        assert rows[1] == "2 站 → 1 站工作时间 −40 分钟14:45 → 15:55 返回"
        page.locator(".choose").nth(1).click()
        assert page.locator(".lane-name").count() == 3
        page.locator(".all").click()
        assert page.locator(".lane-name").count() == 5


def test_what_is_copied_is_what_is_read(compared, visitor):
    """One message a team, one for the firm that was promised a time, none for others."""
    comparison, register = towns.replanned()
    told = messages(comparison, register)
    with visitor(compared, NAME, permissions=["clipboard-read", "clipboard-write"]) as (page, witness):
        page.locator(".tab.told").click()
        texts = page.locator(".told-text").all_text_contents()
        assert [one.recipient for one in told] == ["T01", "T02", "E1"]
        assert all(one.zh in text for one, text in zip(told, texts, strict=True))
        assert texts[0] == (
            "西区一组:取消 11:00 W2 店W2;W3 店W3 由 13:00 改为 11:00;新增 11-24 15:00 E3 店E3。"
            "路线已更新为第 2 版,请使用新页面。"
        )
        assert texts[2] == "店E1:检查时间:2026-11-24 15:10 左右。"
        page.locator(".told .secondary").nth(0).click()
        page.locator(".told .chip.copied").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == texts[0]
        page.locator(".copy-all").click()
        assert page.evaluate("navigator.clipboard.readText()") == "\n".join(texts)
        assert (witness.requests, witness.errors) == ([], [])


def test_a_browser_that_keeps_its_clipboard_has_the_text_selected(compared, visitor):
    with visitor(compared, NAME) as (page, _):
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
        page.evaluate("() => { document.execCommand = () => false; }")
        page.locator(".tab.told").click()
        page.locator(".told .secondary").nth(1).click()
        assert "手动复制" in page.locator(".toast").text_content()
        assert page.evaluate("getSelection().toString()") == page.locator(".told-text").nth(1).text_content()


def test_the_switch_turns_every_word_to_english(compared, visitor):
    with visitor(compared, NAME) as (page, _):
        page.locator(".language").click()
        text = page.locator("#head, #panel, #dock").evaluate_all(
            "parts => parts.map((part) => part.textContent).join()"
        )
        assert "not in the plan" in text
        for word in ("停业", "撤下", "不在", "站", "返回", "前", "后", "移动"):
            assert word not in text, word
        assert page.locator("#outline h1").text_content() == "Before and after"


def test_paper_gets_changes_teams_and_messages(compared, visitor):
    with visitor(compared, NAME) as (page, witness):
        page.emulate_media(media="print")
        page.locator("#sheets .paper").nth(1).wait_for(state="attached")
        text = page.locator("#sheets").text_content()
        for word in ("停业", "店W2", "不在方案中", "2 → 1", "店E1:检查时间", "方案 2026-11-24 · 第 2 版"):
            assert word in text
        assert page.locator("#sheets .sketch").count() == 2
        assert not page.locator("#stage").is_visible()
        assert (witness.requests, witness.errors) == ([], [])


def test_without_scripts_the_tables_say_the_same(compared, visitor):
    with visitor(compared, NAME, java_script_enabled=False) as (page, _):
        cells = page.locator("#outline td").all_text_contents()
        assert {"撤下", "店W2", "西区一组 2026-11-24 11:00–11:30", "不在方案中"} <= set(cells)
        assert not page.locator("#stage").is_visible()


def test_plans_that_do_not_differ_say_so(hamlet, visitor):
    plan, register = hamlet
    same = compare(plan, replace(plan, revision=2, parent=1), register, moved_minutes=30)
    with visitor(page_of(same, register), NAME, **PHONE) as (page, witness):
        assert page.locator(".empty").text_content() == "两版方案没有差别"
        page.locator(".tab.told").tap()
        assert page.locator(".empty").text_content() == "无须通知"
        assert (witness.requests, witness.errors) == ([], [])


def test_a_visit_that_goes_to_another_day_is_found_there(hamlet, visitor):
    plan, register = hamlet
    later = towns.DAY + timedelta(days=1)
    before = replace(plan, horizon=(towns.DAY, later))
    west = replace(plan.duties[0], route=plan.duties[0].route[:2])
    moved = replace(plan.duties[0], day=later, route=(plan.duties[0].route[2],))
    now = replace(before, revision=2, parent=1, duties=(west, plan.duties[1], moved))
    with visitor(page_of(compare(before, now, register, moved_minutes=30), register), NAME) as (page, witness):
        assert "换天" in page.locator(".change-row").text_content()
        assert "前西区一组 11-24 13:00–13:30后西区一组 11-25 13:00–13:30" in page.locator(".change-row").text_content()
        page.locator(".change-row").click()
        page.locator(".leaflet-popup h3", has_text="店W3").wait_for()
        assert page.locator("button.day").nth(1).get_attribute("aria-pressed") == "true"
        assert (witness.requests, witness.errors) == ([], [])


def test_a_team_that_stays_at_home_has_an_empty_lane(hamlet, visitor):
    plan, register = hamlet
    idle = replace(plan, revision=2, parent=1, duties=(replace(plan.duties[0], route=()), plan.duties[1]))
    with visitor(page_of(compare(plan, idle, register, moved_minutes=30), register), NAME) as (page, witness):
        assert page.locator(".no-route").text_content() == "没有路线"
        page.locator(".tab.teams").click()
        assert "3 站 → 0 站" in page.locator(".teams .facts").text_content()
        assert "返回" in page.locator(".teams .facts").text_content()
        assert (witness.requests, witness.errors) == ([], [])


def test_drawing_again_gives_the_same_bytes(compared):
    assert page_of(*towns.replanned()) == compared
    words = "correct horse 电池"
    sealed = page_of(*towns.replanned(), passphrase=words)
    assert sealed == page_of(*towns.replanned(), passphrase=words)
    assert "店W2" not in sealed[NAME]
