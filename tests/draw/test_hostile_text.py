"""Whatever a table says is shown as it was written; none of it runs, loads or breaks anything."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hamlet import DAY, HOUR, enterprise, hamlet, violation
from hostile import PAYLOADS, hostile_town
from villages import places, visits

from planner.campaign import report
from planner.compare import compare
from planner.draw import Edition, comparison_page, pages
from planner.events import Appointment, Recorded, Shut
from planner.learning.backtest import Group
from planner.learning.card import Card
from planner.learning.history import history
from planner.learning.learn import learn
from planner.policy import Policy
from planner.writers.comparison import comparison_document
from planner.writers.learning import MOST_ROWS as MOST_LEARNING_ROWS
from planner.writers.learning_page import backtest_page
from planner.writers.report import MOST_ROWS
from planner.writers.report_page import report_page
from planner.writers.terminal import clean

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


@pytest.fixture(scope="module")
def hostile_in_english():
    """The same, opened in English."""
    return pages(*hostile_town(), Edition("en"))


@pytest.fixture(scope="module")
def hostile_replan():
    """Every other stop dropped, the rest an hour later, firms promised a time: before and after, on one page."""
    plan, register = hostile_town()
    duties = tuple(
        replace(duty, route=() if k % 2 else (replace(duty.route[0], start=duty.route[0].start + HOUR),))
        for k, duty in enumerate(plan.duties[:-1])
    )
    events = [Shut(duty.route[0].enterprise_id, DAY, DAY) for duty in plan.duties[:-1]]
    events += [
        Appointment(duty.route[0].lookback_id, duty.route[0].enterprise_id, DAY, 15 * HOUR, 16 * HOUR)
        for duty in plan.duties[:-1]
    ]
    recorded = [Recorded(k, event) for k, event in enumerate(events)]
    made = replace(plan.created_by, now="2026-11-24T08:00:00", events=tuple(range(len(events))))
    now = replace(plan, revision=2, parent=1, duties=duties, created_by=made)
    before = replace(plan, duties=plan.duties[:-1])
    comparison = compare(before, now, register, recorded, moved_minutes=30)
    document = comparison_document(comparison, register)
    return comparison_page(comparison, register, document), document


def told_of(page, witness):
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
    planner_reads(hostile, visitor, "可以这样做", "记录")


def test_the_planners_page_does_so_in_english(hostile_in_english, visitor):
    planner_reads(hostile_in_english, visitor, "What one could do", "records")


def planner_reads(hostile, visitor, could, records):
    """Every popup of every stop and of everything left, and every name on the map."""
    with visitor(hostile, "plan.html") as (page, witness):
        *stops, _ = page.evaluate(READ_STOPS)
        for text, (stop,) in zip(PAYLOADS, stops, strict=True):
            assert (stop["name"], stop["address"], stop["note"]) == ([text], [text], [text])
            assert stop["team"] == [f"1{text}"]
            assert stop["particulars"][:4] == [text] * 4
            assert stop["why"] == [f"{text} · {records} {text}"]
        by_name = {left["name"][0]: left for left in page.evaluate(READ_LEFT)}
        for text in PAYLOADS:
            assert by_name[text]["address"] == by_name[text]["reason"] == [text]
            assert by_name[text]["hint"] == [f"{could}{text}"]
        names = page.locator(".name").evaluate_all("names => names.map((name) => name.textContent)")
        assert sorted(names) == sorted(PAYLOADS * 2)
        assert told_of(page, witness) == GOOD


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
        assert told_of(page, witness) == GOOD


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
        page.locator(".paper.lists td").first.wait_for(state="attached")
        cells = page.locator(".paper.lists td:nth-child(3)").evaluate_all(
            "cells => cells.map((cell) => cell.textContent)"
        )
        assert set(cells) == {*PAYLOADS, "休息"}
        assert told_of(page, witness) == GOOD


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
        assert told_of(page, witness) == GOOD


def test_a_teams_page_shows_every_text_as_it_is(hostile, visitor):
    officer_reads(hostile, visitor, f"执法人员 {'、'.join(PAYLOADS)}")


def test_a_teams_page_does_so_in_english(hostile_in_english, visitor):
    officer_reads(hostile_in_english, visitor, f"Officers {', '.join(PAYLOADS)}")


def officer_reads(hostile, visitor, officers):
    """Every card with all that is folded in it, every popup, and who goes."""
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
        assert page.locator(".officers").text_content() == officers
        page.locator(".stop-card .show").nth(10).click()
        page.locator(".language").click()
        assert told_of(page, witness) == GOOD


def test_a_teams_page_has_its_name_on_top(hostile, visitor):
    """One page in four: the planner's page, which has all the names, is read above."""
    single = [name for name in hostile if name not in {"plan.html", "all.html"}][::4]
    with visitor(hostile, single[0]) as (page, witness):
        seen = set()
        for name in single:
            page.goto(page.url.rpartition("/")[0] + f"/{name}")
            seen.add(page.locator("h1").first.text_content())
            assert told_of(page, witness) == GOOD, name
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


READ_CHANGES = """() => data.changes.map((change) => {
    goToChange(change);
    const side = change.sides[1] ? 1 : 0;
    const [index, k] = change.sides[side].stop;
    const box = shown.routes[index].stops[k].marker.getPopup().getElement();
    const text = (name) => [...box.querySelectorAll(name)].map((node) => node.textContent);
    return [text("h3")[0], text(".address")[0], text(".change-card .sides span:nth-child(2)")[0]];
})"""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_before_and_after_shows_every_text_as_it_is(lang, hostile_replan, visitor):
    """Rows, cards, lanes and paper; messages as they are sent, without what would steer a terminal."""
    html, document = hostile_replan
    with visitor({"comparison.html": html}, "comparison.html") as (page, witness):
        if lang == "en":
            page.locator(".language").click()
        names = page.locator(".change-row b").evaluate_all("names => names.map((name) => name.textContent)")
        assert sorted(names) == sorted(PAYLOADS)
        told = page.locator(".change-group h2").evaluate_all("heads => heads.map((head) => head.textContent)")
        assert all(event[lang] in told for event in document["events"])
        cards = page.evaluate(READ_CHANGES)
        assert sorted(name for name, _, _ in cards) == sorted(PAYLOADS)
        assert all(name == address and was.startswith(name) for name, address, was in cards)
        titles = page.locator(".bar.visit").evaluate_all("bars => bars.map((bar) => bar.title)")
        assert all(any(title.endswith(text) for title in titles) for text in PAYLOADS)
        page.locator(".tab.teams").click()
        teams = page.locator(".choose b").evaluate_all("names => names.map((name) => name.textContent)")
        assert sorted(teams) == sorted(PAYLOADS)
        page.locator(".tab.told").click()
        texts = page.locator(".told-text").evaluate_all("texts => texts.map((text) => text.textContent)")
        assert all(one[lang] in text for one, text in zip(document["messages"], texts, strict=True))
        assert all(any(clean(name) in text for text in texts) for name in PAYLOADS)
        page.emulate_media(media="print")
        page.locator(".paper").first.wait_for()  # made when the browser says that somebody prints
        cells = page.locator(".paper td:nth-child(2)").evaluate_all("cells => cells.map((cell) => cell.textContent)")
        assert set(PAYLOADS) <= set(cells)
        assert told_of(page, witness) == GOOD


def reports(lang):
    """Report pages on which every payload is an operator's name, as many to a page as its table has rows."""
    _, register = hamlet()
    for first in range(0, len(PAYLOADS), MOST_ROWS):
        texts = PAYLOADS[first : first + MOST_ROWS]
        shops = [enterprise(f"X{k}", 121.483, 31.235, name=text, operator=text) for k, text in enumerate(texts)]
        found = tuple(violation(shop.enterprise_id, note=shop.name) for shop in shops)
        town = replace(
            register, enterprises=tuple(shops), violations=found, located={shop.enterprise_id: "D1" for shop in shops}
        )
        whole = report(town, [], Policy.default(), DAY, DAY + timedelta(60))  # by then all are overdue
        yield texts, report_page(whole, town, lang)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_shows_every_text_as_it_is(lang, visitor):
    """It has no script at all; control characters are left out, as in every text of the program's own."""
    for texts, html in reports(lang):
        with visitor({"report.html": html}, "report.html") as (page, witness):
            seen = page.locator("tbody th").evaluate_all("cells => cells.map((cell) => cell.textContent)")
            assert {clean(text) for text in texts} <= set(seen)
            assert page.locator("script, img, iframe, a, form, object").count() == 0
            assert page.evaluate("window.__pwned") is None
            assert (witness.requests, witness.errors) == ([], [])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_backtests_page_shows_every_text_as_it_is(lang, visitor):
    """Its tables name districts as the office does; a table shows so many rows at the most."""
    told = history(places(200), visits(count=200, days=420))
    found = learn(told, int(told.day[-1]) + 1, Card.of(Policy.default().card), samples=2).judged
    for first in range(0, len(PAYLOADS), MOST_LEARNING_ROWS):
        texts = PAYLOADS[first : first + MOST_LEARNING_ROWS]
        groups = tuple(Group(text, 9, 3, 1.0) for text in texts)
        html = backtest_page(replace(found, by_district=groups), {}, lang)
        with visitor({"backtest.html": html}, "backtest.html") as (page, witness):
            seen = page.locator("tbody th").evaluate_all("cells => cells.map((cell) => cell.textContent)")
            assert {clean(text) for text in texts} <= set(seen)
            assert page.locator("script, img, iframe, a, form, object").count() == 0
            assert page.evaluate("window.__pwned") is None
            assert (witness.requests, witness.errors) == ([], [])
