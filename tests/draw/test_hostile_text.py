"""Whatever a table says is shown as it was written; none of it runs, loads or breaks anything."""

import re

import pytest
from hostile import PAYLOADS, hostile_town

from planner.draw import pages

pytestmark = pytest.mark.browser

READ_STOPS = """() => shown.routes.map((route) => route.stops.map(({ marker }) => {
    marker.openPopup();
    const box = marker.getPopup().getElement();
    box.querySelectorAll("details").forEach((fold) => (fold.open = true));
    const text = (name) => [...box.querySelectorAll(name)].map((node) => node.textContent);
    return {
        name: text("h3"), address: text(".address"), note: text(".note"),
        particulars: text("dd"), why: text("table.why small"), team: text(".whose"),
    };
}))"""
READ_LEFT = """() => shown.unvisited.map(({ dot }) => {
    dot.openPopup();
    const box = dot.getPopup().getElement();
    const text = (name) => [...box.querySelectorAll(name)].map((node) => node.textContent);
    return { name: text("h3"), address: text(".address"), reason: text(".reason"), hint: text(".hint") };
})"""


@pytest.fixture(scope="module")
def hostile():
    """The pages of the hostile town."""
    return pages(*hostile_town())


def told(page, witness):
    """What went wrong on a page; nothing, one hopes."""
    return {
        "requests": witness.requests,
        "errors": witness.errors,
        "canary": page.evaluate("window.__pwned"),
        "scripts": page.locator("script").count() - 4,
        "fell back": page.evaluate("!document.documentElement.classList.contains('js')"),
    }


GOOD = {"requests": [], "errors": [], "canary": None, "scripts": 0, "fell back": False}


def test_the_planners_page_shows_every_text_as_it_is(hostile, visitor):
    with visitor(hostile, "plan.html") as (page, witness):
        *stops, _ = page.evaluate(READ_STOPS)
        for text, (stop,) in zip(PAYLOADS, stops, strict=True):
            assert (stop["name"], stop["address"], stop["note"]) == ([text], [text], [text])
            assert stop["team"] == [f"1{text}"]
            assert stop["particulars"][:4] == [text] * 4
            assert stop["why"] == [f"{text} · 记录 {text}"]
        by_name = {left["name"][0]: left for left in page.evaluate(READ_LEFT)}
        for text in PAYLOADS:
            assert by_name[text]["address"] == by_name[text]["reason"] == [text]
            assert by_name[text]["hint"] == [f"可以这样做{text}"]
        names = page.locator(".name").evaluate_all("names => names.map((name) => name.textContent)")
        assert sorted(names) == sorted(PAYLOADS * 2)
        assert told(page, witness) == GOOD


def test_the_planners_panel_is_clicked_through(hostile, visitor):
    with visitor(hostile, "plan.html") as (page, witness):
        teams = page.locator(".choose b").evaluate_all("names => names.map((name) => name.textContent)")
        assert teams == [*PAYLOADS, PAYLOADS[0]]
        for link in page.locator("a.page").evaluate_all("links => links.map((link) => link.getAttribute('href'))"):
            assert link in hostile
        page.locator(".choose").nth(5).click()
        page.locator(".stop-row").first.click()
        page.locator(".leaflet-popup summary").first.click()
        page.locator(".tab.unvisited").click()
        page.locator(".group").evaluate_all("groups => groups.forEach((group) => (group.open = true))")
        page.locator(".left .what").nth(len(PAYLOADS) - 1).wait_for(state="attached")
        assert page.locator(".left .what").count() == len(PAYLOADS)
        page.locator(".left").nth(5).click()
        page.locator(".tab.layers").click()
        rules = page.locator(".layer .what").all_text_contents()
        assert {f"{text} · 1" for text in PAYLOADS} <= set(rules)
        for text in PAYLOADS[:24:4]:
            page.locator(".search").fill(text)
            assert page.locator(".rows .what").first.text_content() == text
        page.locator(".language").click()
        assert told(page, witness) == GOOD


READ_OTHERS = """() => shown.others.map((_, k) => {
    goToOther(k);
    const box = shown.otherMark.getPopup().getElement();
    return ["h3", ".address", "dd"].map((name) => box.querySelector(name).textContent);
})"""
READ_AREAS = """() => shown.areas.map(({ shape }) => {
    shape.openPopup();
    return [...shape.getPopup().getElement().querySelectorAll("h3, .address")].map((node) => node.textContent);
})"""


def test_what_is_only_searched_for_and_districts_are_opened_too(hostile, visitor):
    with visitor(hostile, "plan.html") as (page, witness):
        assert page.evaluate(READ_OTHERS) == [[text] * 3 for text in PAYLOADS]
        assert page.evaluate(READ_AREAS) == [[text, text] for text in PAYLOADS]
        page.emulate_media(media="print")
        cells = page.locator(".paper.lists td:nth-child(3)").evaluate_all(
            "cells => cells.map((cell) => cell.textContent)"
        )
        assert set(cells) == set(PAYLOADS)
        assert told(page, witness) == GOOD


WRITE = """(texts) => routeToday().duty.visits.forEach((visit, k) => {
    openForm(routeToday(), k);
    const sheet = document.querySelector("dialog[open]");
    const write = (field) => {
        field.value = texts[k];
        field.dispatchEvent(new Event("input"));
    };
    sheet.querySelector(".choice.pass").click();
    sheet.querySelector(".choice.partly").click();
    sheet.querySelector(".violations .secondary").click();
    sheet.querySelectorAll(".violation select").forEach((box) => {
        box.selectedIndex = 1;
        box.dispatchEvent(new Event("change"));
    });
    sheet.querySelectorAll("textarea, input.note").forEach(write);
    sheet.close();
})"""


def as_kept(text):
    """What a form makes of a text: no control characters, no spaces around."""
    plain = re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", text.replace("\r", "\n"))
    return plain.strip(" \n\t\ufeff\u2028\u2029")


def test_what_is_written_into_a_form_comes_out_as_it_was(hostile, visitor):
    """Every payload typed into every field of a form, kept, opened again and exported."""
    typed = [text for text in PAYLOADS if "\n" not in text and "\r" not in text]
    with visitor(hostile, "all.html") as (page, witness):
        page.evaluate(WRITE, [*typed, *typed])
        page.reload()
        found = page.evaluate("JSON.parse(JSON.stringify(outcomesDocument(routeToday()))).outcomes")
        assert len(found) == len(PAYLOADS)
        for text, outcome in zip(typed, found, strict=False):
            assert outcome["facts"] == outcome["violations"][0]["note"] == as_kept(text), ascii(text)
            assert [item["note"] for item in outcome["checklist"]] == [as_kept(text)]
        page.locator(".record").nth(9).click()
        assert page.locator(".facts-field").input_value().replace("\n", "") == typed[9]
        page.locator(".sheet .close").click()
        page.locator(".export").click()
        page.locator(".export-sheet summary").click()
        assert told(page, witness) == GOOD


def test_a_teams_page_shows_every_text_as_it_is(hostile, visitor):
    with visitor(hostile, "all.html", viewport={"width": 390, "height": 844}, reduced_motion="reduce") as (
        page,
        witness,
    ):
        cards = page.evaluate(
            """() => [...document.querySelectorAll(".stop-card")].map((card) => {
                card.querySelectorAll("details").forEach((fold) => (fold.open = true));
                return ["h3", ".address", ".note", "dd"].map((name) => card.querySelector(name).textContent);
            })"""
        )
        assert cards == [[text] * 4 for text in PAYLOADS]
        (stops,) = page.evaluate(READ_STOPS)
        assert [stop["name"] for stop in stops] == [[text] for text in PAYLOADS]
        assert page.locator(".officers").text_content() == f"执法人员 {'、'.join(PAYLOADS)}"
        page.locator(".stop-card .show").nth(10).click()
        page.locator(".language").click()
        assert told(page, witness) == GOOD


def test_a_teams_page_has_its_name_on_top(hostile, visitor):
    """One page in four: the planner's page, which has all the names, is read above."""
    single = [name for name in hostile if name not in {"plan.html", "all.html"}][::4]
    with visitor(hostile, single[0]) as (page, witness):
        seen = set()
        for name in single:
            page.goto(page.url.rpartition("/")[0] + f"/{name}")
            seen.add(page.locator("h1").first.text_content())
            assert told(page, witness) == GOOD, name
        assert len(seen) == len(single)
        assert seen <= set(PAYLOADS)


def test_without_scripts_the_tables_say_the_same(hostile, visitor):
    """But for the characters that HTML cannot hold."""
    with visitor(hostile, "all.html", java_script_enabled=False) as (page, witness):
        names = page.locator("#outline td:nth-child(3)").all_text_contents()
        assert names == [re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f]", "\ufffd", text) for text in PAYLOADS]
        assert page.locator("#outline").is_visible()
        assert not page.locator("#stage").is_visible()
        assert not witness.requests
