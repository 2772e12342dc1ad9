"""The line of a team that was sent elsewhere, by way of the place from which it went on."""

import json
import re
from dataclasses import replace

import hamlet as towns
import pytest

from planner.compare import compare
from planner.draw import comparison_page, pages
from planner.plan import Halt
from planner.teams import TravelMode
from planner.writers.comparison import comparison_document

DOOR = (31.235, 121.489)
"""Of W2, as the map has it."""


@pytest.fixture
def sent_on():
    """All pages after the visit at W2 was called off at its door, the one of before and after too."""
    before, register = towns.hamlet()
    now, _ = towns.called_off()
    comparison = compare(before, now, register, moved_minutes=30)
    document = comparison_document(comparison, register)
    return pages(now, register) | {"comparison.html": comparison_page(comparison, register, document)}


def island(html):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)[1])


def routes(html):
    """The places and the stops of each route that a page draws."""
    shapes = re.findall(r'draw\(\w+, \w+, "route", (\d+)\)', html)
    return [island(html)["drawings"][int(number)] for number in shapes]


@pytest.mark.parametrize("name", ["plan.html", "T01.html", "comparison.html"])
def test_each_page_draws_the_line_by_way_of_the_door(sent_on, name):
    data, found = island(sent_on[name]), routes(sent_on[name])
    by_door = [k for k, places, stops in found if list(DOOR) in [p for n, p in enumerate(places) if n not in stops]]
    assert [[halt["name"] for halt in data["duties"][k]["halts"]] for k in by_door] == [["店W2"]]
    for index, places, stops in found:
        assert len(places) == len(stops) + len(data["duties"][index]["halts"]) + 2


@pytest.mark.browser
@pytest.mark.parametrize("name", ["plan.html", "T01.html", "comparison.html"])
def test_the_door_is_marked_and_says_that_the_team_goes_on_from_it(sent_on, visitor, name):
    with visitor(sent_on, name) as (page, witness):
        if name == "plan.html":
            page.locator(".choose").first.click()
        page.locator(".turn").click()
        assert page.locator(".leaflet-popup h3").text_content() == "店W2"
        assert "11:00 到达从此处继续" in page.locator(".leaflet-popup .card").text_content()
        paths = page.evaluate("shown.routes.map((r) => r.path.getLatLngs().map(({ lat, lng }) => [lat, lng]))")
        assert sum(list(DOOR) in path for path in paths) == (2 if name == "comparison.html" else 1)
        page.emulate_media(media="print")
        page.locator("#sheets .sketch").first.wait_for(state="attached")
        assert (witness.requests, witness.errors) == ([], [])


@pytest.mark.browser
def test_the_planners_lists_name_the_door_and_the_break_in_their_place(sent_on, visitor):
    """In the list of a chosen team, and on paper."""
    with visitor(sent_on, "plan.html") as (page, witness):
        page.locator(".choose").first.click()
        rows = page.locator(".stop-rows > li").all_text_contents()
        assert rows[1:3] == ["11:00店W2 · 从此处继续", "12:00–13:00休息"]
        assert [row[0] for row in (rows[0], rows[3])] == ["1", "2"]
        page.emulate_media(media="print")
        page.locator(".lists tbody tr").first.wait_for(state="attached")
        printed = page.locator(".lists section").first.locator("tbody tr").all_text_contents()
        assert printed[1:3] == ["11:00店W2 · 从此处继续", "12:00–13:00休息"]
        assert (witness.requests, witness.errors) == ([], [])


@pytest.mark.browser
def test_a_team_reads_where_it_went_on_from_and_is_led_from_there(sent_on, visitor):
    with visitor(sent_on, "T01.html") as (page, _):
        rows = page.locator(".stops > li").all_text_contents()
        assert rows[3:5] == ["步行 10 分钟 · 直线 700 米", "11:00店W2 · 从此处继续"]
        assert rows.index("12:00–13:00休息") == 5
        links = page.evaluate("linksTo(shown.routes[0], 1).baidu")
        door = page.evaluate("data.duties[0].halts[0].at.bd09.join(',')")
        assert f"origin=latlng:{door}|" in links
        page.locator(".language").click()
        assert "goes on from here" in page.locator("li.halt").text_content()
        page.emulate_media(media="print")
        assert "11:00 店W2 · goes on from here" in page.locator(".day-table").text_content()


@pytest.mark.browser
def test_a_team_that_was_home_already_goes_out_again(visitor):
    """The house stands there; its list says that it is out again, also without scripts."""
    plan, register = towns.hamlet()
    home = Halt("T02:end", 11 * towns.HOUR, 900, 1000, TravelMode.METRO, 1)
    out = replace(plan, duties=(plan.duties[0], replace(plan.duties[1], halts=(home,))))
    drawn = pages(out, register)
    with visitor(drawn, "T02.html") as (page, witness):
        assert page.locator("li.halt").text_content() == "11:00返回驻地,再次出发"
        assert page.locator(".turn").count() == 0
        assert (witness.requests, witness.errors) == ([], [])
    with visitor(drawn, "T02.html", java_script_enabled=False) as (page, _):
        assert "返回驻地,再次出发" in page.locator("#outline td").all_text_contents()
