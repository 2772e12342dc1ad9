"""The pages as people use them, in a real browser with nothing to answer a request."""

from dataclasses import replace
from datetime import timedelta

import hamlet as towns
import pytest

from planner.draw import pages
from planner.geo import LonLat

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_tapping_a_card_moves_the_map_and_tapping_a_stop_finds_its_card(drawn, visitor):
    with visitor(drawn, "T01.html", **PHONE) as (page, witness):
        page.locator(".stop-card h3").nth(2).tap()
        page.locator(".leaflet-popup h3", has_text="店W3").wait_for()
        assert page.locator(".stop-card.active h3").text_content() == "店W3"
        page.locator(".leaflet-popup-close-button").tap()
        page.locator("button.whole").tap()
        page.locator(".stop .pin").nth(0).tap()
        page.locator(".stop-card.active h3", has_text="西一咖啡").wait_for()
        assert (witness.requests, witness.errors) == ([], [])


def test_a_team_reads_its_day_from_top_to_bottom(drawn, visitor):
    with visitor(drawn, "T01.html", **PHONE) as (page, _):
        rows = page.locator(".stops > li").all_text_contents()
        assert rows[0] == "09:00出发"
        assert rows[1] == "步行 10 分钟 · 直线 700 米"
        assert rows[2].startswith("110:00–10:30到期必查扫码点餐西一咖啡W1路1号")
        assert "强制要" in rows[2]
        assert "整改期限 2026-11-18" in rows[2]
        assert rows[4].startswith("211:00–11:30回头看")
        assert "等候 5 分钟" in rows[4]
        assert rows[5] == "12:00–13:00休息"
        assert "抽查" in rows[7]
        assert rows[8:] == ["地铁 15 分钟 · 直线 1.0 公里导航", "13:45返回驻地"]


def test_the_switch_turns_every_word_to_english(drawn, visitor):
    with visitor(drawn, "T01.html", **PHONE) as (page, _):
        page.locator(".language").tap()
        assert page.locator("html").get_attribute("lang") == "en"
        text = page.locator("#panel").text_content()
        assert "due: mandatory" in text
        assert "到期必查" not in text
        assert page.locator("#outline th").first.text_content() == "No."
        assert page.locator(".district-name").first.text_content() in {"West Bank", "East Bank"}


def test_choosing_a_team_brings_it_to_the_front(drawn, visitor):
    with visitor(drawn, "plan.html") as (page, witness):
        page.locator(".choose").nth(1).click()
        assert page.locator(".team.focused b").text_content() == "东区一组"
        assert page.locator(".stop-row .what").all_text_contents() == ["店E1", "店E2"]
        assert page.locator(".stop.other").count() == 3
        page.locator(".all").click()
        assert page.locator(".stop.other").count() == 0
        page.locator(".team input").nth(0).uncheck()
        assert page.locator(".stop").count() == 2
        assert (witness.requests, witness.errors) == ([], [])


def test_the_search_finds_planned_and_unplanned_and_goes_there(drawn, visitor):
    with visitor(drawn, "plan.html") as (page, _):
        page.locator(".search").fill("连锁东")
        assert page.locator(".rows .what").all_text_contents() == ["店E2", "店E3"]
        page.locator(".rows button").nth(1).click()
        page.locator(".leaflet-popup h3", has_text="店E3").wait_for()
        assert "借调一组" in page.locator(".leaflet-popup .hint").text_content()


def test_what_has_no_place_is_in_the_list_and_opens_its_card(hamlet, visitor):
    """It has no dot on the map, and the page is whole without."""
    plan, register = hamlet
    nowhere = [replace(e, place=None) if e.enterprise_id == "E3" else e for e in register.enterprises]
    located = {place: district for place, district in register.located.items() if place != "E3"}
    drawn = pages(plan, replace(register, enterprises=tuple(nowhere), located=located))
    with visitor(drawn, "plan.html") as (page, witness):
        page.locator(".search").fill("连锁东")
        page.locator(".rows button").nth(1).click()
        page.locator(".leaflet-popup h3", has_text="店E3").wait_for()
        assert page.locator(".leaflet-popup .hint").count() == 1
        assert (witness.requests, witness.errors) == ([], [])


def test_a_district_keeps_its_name_under_the_badges_on_a_phone(drawn, visitor):
    """Seen from so far that it is no larger than a team's badge, its name stands beside it, and under no badge."""
    with visitor(drawn, "plan.html", **PHONE) as (page, _):
        page.evaluate("shown.map.setZoom(10.5, { animate: false })")
        boxes = "(which) => [...document.querySelectorAll(which)].map((node) => node.getBoundingClientRect().toJSON())"
        names, badges = (page.evaluate(boxes, which) for which in (".district-name:not([hidden])", ".badge"))
        assert (len(names), len(badges)) == (2, 2)
        for name in names:
            for badge in badges:
                across = name["left"] >= badge["right"] or badge["left"] >= name["right"]
                assert across or name["top"] >= badge["bottom"] or badge["top"] >= name["bottom"]


@pytest.fixture(scope="module")
def wide_city():
    """The planner's page of 36 teams in a city so wide that each is a badge."""
    plan, register = towns.city(left=100)
    wide = [
        replace(e, place=LonLat(121.4 + 3 * (e.at.lon - 121.4), 31.1 + 5 * (e.at.lat - 31.1)))
        for e in register.enterprises
    ]
    return {"plan.html": pages(plan, replace(register, enterprises=tuple(wide)))["plan.html"]}


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1024, 768), (1440, 900)])
def test_no_badge_is_cut_by_the_edge_of_the_map(wide_city, visitor, width, height):
    """Neither where the page opens, around most of the work, nor on the whole map; a team far out is wholly outside."""
    cut = "() => [routesToday().filter(isBadgeCut).length, document.querySelectorAll('.badges .team-badge').length]"
    with visitor(wide_city, "plan.html", viewport={"width": width, "height": height}) as (page, witness):
        assert page.evaluate(cut) == [0, 36]
        page.locator("button.whole").click()
        assert page.evaluate(cut) == [0, 36]
        assert (witness.requests, witness.errors) == ([], [])


def test_whatever_the_map_is_brought_to_its_badges_are_whole(wide_city, visitor):
    """Where the edge of a plain fit cuts some, the map makes room for them."""
    code = """() => [...Array(30).keys()].map((k) => {
      const places = routesToday().slice(k, k + 7).map(({ badge }) => badge.place);
      const cut = () => routesToday().filter(isBadgeCut).length;
      shown.map.fitBounds(L.latLngBounds(places), { padding: [28, 28], animate: false });
      settle();
      const plain = cut();
      fitWithBadges(L.latLngBounds(places), 28);
      return [plain, cut()];
    })"""
    with visitor(wide_city, "plan.html", viewport={"width": 1440, "height": 900}) as (page, _):
        found = page.evaluate(code)
        assert any(plain for plain, _ in found)
        assert not any(kept for _, kept in found), found


@pytest.mark.parametrize("width", range(320, 481, 20))
def test_what_more_was_possible_stands_on_one_line(width, drawn, visitor):
    """The note below the priority breaks between the bound and what it means, and in neither of them."""
    lines = """() => {
      const text = document.querySelector('.totals .note span').firstChild;
      const half = text.data.indexOf('·');
      return [[0, half - 1], [half + 2, text.length]].map(([from, to]) => {
        const range = document.createRange();
        range.setStart(text, from);
        range.setEnd(text, to);
        return range.getClientRects().length;
      });
    }"""
    with visitor(drawn, "plan.html", **PHONE | {"viewport": {"width": width, "height": 844}}) as (page, _):
        assert page.evaluate(lines) == [1, 1]


def test_a_rule_can_be_hidden(drawn, visitor):
    with visitor(drawn, "plan.html") as (page, _):
        page.locator(".tab.layers").click()
        layers = page.locator(".layer")
        shaded = "商圈按未安排的优先级着色"
        assert layers.all_text_contents() == ["商圈", shaded, "路线 · 2", "当天不营业 · 1", "时间不够 · 1"]
        layers.nth(3).locator("input").uncheck()
        assert page.evaluate("shown.rules.map((group) => shown.map.hasLayer(group))") == [False, True]
        layers.nth(0).locator("input").uncheck()
        assert page.locator(".district").count() == 0


def test_a_day_can_be_chosen(hamlet, visitor):
    plan, register = hamlet
    later = towns.DAY + timedelta(days=1)
    week = replace(plan, horizon=(towns.DAY, later), duties=(*plan.duties, replace(plan.duties[0], day=later)))
    with visitor(pages(week, register), "plan.html") as (page, witness):
        assert page.locator(".team").count() == 2
        page.locator("button.day").nth(1).click()
        assert page.locator(".team b").all_text_contents() == ["西区一组"]
        assert page.locator(".stop").count() == 3
        assert (witness.requests, witness.errors) == ([], [])


def test_a_plan_without_routes_opens(hamlet, visitor):
    plan, register = hamlet
    nothing = replace(plan, duties=())
    with visitor(pages(nothing, register), "plan.html") as (page, witness):
        assert page.locator(".district").count() == 2
        assert (witness.requests, witness.errors) == ([], [])


def test_paper_gets_a_day_sheet_and_not_the_map(drawn, visitor):
    with visitor(drawn, "T01.html") as (page, witness):
        assert not page.locator("#sheets").is_visible()
        page.emulate_media(media="print")
        assert page.locator("#sheets h1").text_content() == "西区一组 · 2026-11-24 周二"
        rows = page.locator(".day-table tbody tr").all_text_contents()
        assert [row[:1] for row in rows] == ["1", "2", "休", "3"]
        assert "□A3" in rows[0]
        assert "在W1发现" in rows[0]
        assert page.locator(".sketch-number").all_text_contents() == ["1", "2", "3"]
        for hidden in ("#stage", "#panel", "#outline", ".next-bar"):
            assert not page.locator(hidden).is_visible()
        assert (witness.requests, witness.errors) == ([], [])


def test_paper_gets_the_whole_plan(drawn, visitor):
    with visitor(drawn, "plan.html") as (page, witness):
        page.emulate_media(media="print")
        page.locator("#sheets .paper").first.wait_for(state="attached")
        text = page.locator("#sheets").text_content()
        for word in (
            "西区一组",
            "东区一组",
            "店E2",
            "未能安排的到期必查",
            "店W4",
            "借调一组",
            "方案 2026-11-24 · 第 1 版",
        ):
            assert word in text
        assert (witness.requests, witness.errors) == ([], [])


def test_without_scripts_paper_gets_the_plain_tables(drawn, visitor):
    with visitor(drawn, "T01.html", java_script_enabled=False) as (page, _):
        page.emulate_media(media="print")
        assert page.locator("#outline").is_visible()


def test_pins_at_one_place_lie_side_by_side(hamlet, visitor):
    plan, register = hamlet
    one_mall = tuple(replace(e, place=register.enterprises[0].place) for e in register.enterprises)
    with visitor(pages(plan, replace(register, enterprises=one_mall)), "T01.html", **PHONE) as (page, _):
        boxes = [pin.bounding_box() for pin in page.locator(".pin").all()]
        for k, a in enumerate(boxes):
            for b in boxes[:k]:
                assert abs(a["x"] - b["x"]) > 12 or abs(a["y"] - b["y"]) > 12
