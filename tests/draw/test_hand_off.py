"""Legs handed to map applications, and tiles under the schematic: each place in the datum that is read there."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, unquote, urlsplit

import hamlet as towns
import numpy as np
import pytest

from planner.draw import Edition, base, pages
from planner.errors import InputError
from planner.geo import Datum, from_wgs84, great_circle_metres
from planner.planning import fingerprint
from planner.policy import Policy

pytestmark = pytest.mark.browser

W1 = towns.hamlet()[1].enterprise["W1"].place


def shifted(place, datum):
    """Latitude and longitude as a service of that datum wants them."""
    lon, lat = from_wgs84(np.array([place.lon]), np.array([place.lat]), datum)
    return round(float(lat[0]), 6), round(float(lon[0]), 6)


def numbers(text):
    return tuple(float(number) for number in re.findall(r"-?\d+\.\d+", text))


def links(page, stop):
    """The addresses that a stop's card offers, by service."""
    page.locator(".stop-card .actions button").nth(2 * stop).click()
    names = ("amap", "baidu", "apple", "google", "geo")
    hrefs = [node.get_attribute("href") for node in page.locator(".service").all()]
    return dict(zip(names, hrefs, strict=True))


def test_each_service_gets_the_place_in_its_own_datum(drawn, visitor):
    with visitor(drawn, "T01.html") as (page, witness):
        found = links(page, 0)
        wgs, gcj, bd = (shifted(W1, datum) for datum in (Datum.WGS84, Datum.GCJ02, Datum.BD09))
        amap = parse_qs(urlsplit(found["amap"]).query)
        assert numbers(amap["to"][0]) == gcj[::-1]
        assert (amap["coordinate"], amap["mode"]) == (["gaode"], ["walk"])
        baidu = parse_qs(urlsplit(found["baidu"]).query)
        assert numbers(baidu["destination"][0]) == bd
        assert (baidu["coord_type"], baidu["mode"]) == (["bd09ll"], ["walking"])
        assert numbers(parse_qs(urlsplit(found["apple"]).query)["daddr"][0]) == gcj
        assert numbers(parse_qs(urlsplit(found["google"]).query)["destination"][0]) == gcj
        assert numbers(found["geo"].partition("?")[0]) == wgs
        assert witness.requests == []


def test_the_datums_are_as_far_apart_as_they_are_in_shanghai():
    """Some 500 m between WGS 84 and GCJ-02, some 800 m more to BD-09: a wrong one would be noticed."""
    places = [towns.LonLat(*shifted(W1, datum)[::-1]) for datum in (Datum.WGS84, Datum.GCJ02, Datum.BD09)]
    to_gcj, to_bd = great_circle_metres(places[:1], places[1:])[0]
    assert 400 < to_gcj < 600
    assert 800 < to_bd < 1600


def test_no_service_is_told_who_is_there(drawn, visitor):
    with visitor(drawn, "T01.html") as (page, _):
        for address in links(page, 0).values():
            assert "西一咖啡" not in unquote(address)
            assert "W1" not in unquote(address)
        assert page.locator(".service").first.get_attribute("rel") == "noopener noreferrer"


def test_the_way_back_to_the_base_can_be_handed_over_too(drawn, visitor):
    with visitor(drawn, "T01.html") as (page, _):
        page.locator(".leg-link").click()
        address = page.locator(".service").nth(2).get_attribute("href")
        end = towns.hamlet()[1].team["T01"].end
        assert numbers(parse_qs(urlsplit(address).query)["daddr"][0]) == shifted(end, Datum.GCJ02)


def policy(**maps):
    """The policy's section on maps, with some of it changed."""
    return Policy.default().maps.model_copy(update=maps)


TILES = {"tianditu": "tianditu.gov.cn", "amap": "is.autonavi.com", "osm": "tile.openstreetmap.org"}


@pytest.mark.parametrize("name", TILES)
def test_tiles_are_asked_of_the_chosen_host_and_of_no_other(hamlet, name, visitor):
    drawn = pages(*hamlet, Edition(base=base(policy(base=name, tianditu_key="a1b2c3d4e5f6a7b8"))))
    with visitor(drawn, "T01.html", offline=True) as (page, witness):
        page.locator(".leaflet-tile").first.wait_for(state="attached")
        page.locator("button.whole").click()
        hosts = {urlsplit(address).hostname for address in witness.requests}
        assert hosts
        assert all(host.endswith(TILES[name]) for host in hosts)
        assert "示意图" not in page.locator(".schematic").text_content()


def test_a_shifted_base_shifts_what_is_drawn_with_it(hamlet):
    plain, shift = (pages(*hamlet, Edition(base=base(policy(base=name))))["T01.html"] for name in ("osm", "amap"))
    start = towns.hamlet()[1].team["T01"].start
    for page, datum in ((plain, Datum.WGS84), (shift, Datum.GCJ02)):
        lat, lon = shifted(start, datum)
        assert f"[{lat},{lon}]" in page.partition('"drawings":')[2]


def test_nothing_is_asked_unless_it_was_chosen(hamlet):
    assert base(Policy.default().maps) is None
    for page in pages(*hamlet).values():
        assert "img-src data:;" in page
        assert not re.search(r"tianditu\.gov|autonavi|openstreetmap", page)


def test_how_maps_look_leaves_a_plan_as_fresh_as_it_was():
    register = towns.hamlet()[1]
    default = Policy.default()
    looks = default.model_copy(update={"maps": policy(base="osm", drawn_by="somebody")})
    assert fingerprint(register, default) == fingerprint(register, looks)


@pytest.mark.parametrize("bad", ['base = "google"', 'base = "tianditu"', 'tianditu_key = "x&y"', "base = 1"])
def test_a_base_that_cannot_be_drawn_is_refused(bad):
    with pytest.raises(InputError):
        Policy.from_toml(f"[maps]\n{bad}\n", file="data/policy.toml")


def test_the_watermark_says_which_plan_and_who_drew_it(hamlet, visitor):
    plan, register = hamlet
    drawn = pages(replace(plan, revision=3), register, Edition(drawn_by="沈计划"))
    for name in ("T01.html", "plan.html"):
        with visitor(drawn, name) as (page, _):
            assert page.locator(".watermark text").text_content() == "方案 2026-11-24 · 第 3 版 · 制图 沈计划"
            page.emulate_media(media="print")
            assert "制图 沈计划" in page.locator("#sheets .origin").first.text_content()
