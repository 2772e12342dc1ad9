"""Whatever a table says is shown as it was written; none of it runs, loads or breaks anything."""

import re
from dataclasses import replace

import hamlet as towns
import pytest

from planner.districts import Barrier, District
from planner.draw import pages
from planner.geo import LonLat
from planner.plan import Reason, Term
from planner.register import Register
from planner.teams import Agency, Officer, Team

pytestmark = pytest.mark.browser

RUN = "window.__pwned=1"
PAYLOADS = (
    "{{7*7}}",
    "{{cycler.__init__.__globals__.os.mkdir(cycler.__name__)}}",
    "{% for x in range(9) %}{{x}}{% endfor %}",
    "{#5 楼}",
    "{% 3 %}",
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    "</script",
    "<!--<script>",
    "-->",
    f"<img src=http://evil.example/x onerror={RUN}>",
    f"<svg onload={RUN}>",
    "<iframe src=//evil.example></iframe>",
    "<style>*{display:none}</style>",
    "</title><base href=//evil.example/>",
    f'<a href="javascript:{RUN}">x</a>',
    f"${{{RUN}}}",
    f"`+({RUN})+`",
    f"';{RUN};'",
    f'";{RUN};"',
    f"\\';{RUN};//",
    f"\\u003cimg src=x onerror={RUN}\\u003e",
    f"\\x3cimg src=x onerror={RUN}\\x3e",
    f"&lt;img src=x onerror={RUN}&gt;&#60;b&#62;&amp;",
    "a\u2028b\u2029c",
    "\u202egnp.exe\u202c RTL",
    "tab\tline\nreturn\rnul\x00bell\x07esc\x1bdel\x7fnel\x85end",
    "__proto__",
    "constructor",
    "{n} {at} {name}",
    "%s %(x)s %n",
    "]]>]]&gt;",
    "👩‍👩‍👧‍👦 𠮷野家 é é ½ ⼀组",
    "长" * 3000,
    "  spaces  around  ",
    "W" * 400,
)

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


def hostile_place(number, text):
    """An enterprise of which every text is hostile; two in each place, as in a mall."""
    place = {"name": text, "address": text, "operator": text, "opening_hours": text, "credit_code": text}
    return towns.enterprise(f"{text}#{number}", 121.4 + number // 2 * 0.001, 31.2, **place)


def hostile_town():
    """
    Each payload in every text field: a stop, a team, an officer, a district and a river for each, and one left over.

    A last team, ``all``, has all the stops of a second day.
    """
    visited = [hostile_place(k, text) for k, text in enumerate(PAYLOADS)]
    left = [hostile_place(k + 100, text) for k, text in enumerate(PAYLOADS)]
    start = LonLat(121.41, 31.205)
    teams = [Team(f"{text}!", text, start, start, (f"O{k}",)) for k, text in enumerate(PAYLOADS)]
    teams.append(Team("all", PAYLOADS[0], start, start, tuple(f"O{k}" for k in range(len(PAYLOADS)))))
    visits = [
        towns.visit(
            place.enterprise_id,
            (9 + k // 6) * 3600,
            lookback_id=f"LB-{text}",
            reasons=(Reason(Term.KIND, 5, text, (text,)),),
            mandatory=k % 2 == 0,
        )
        for k, (place, text) in enumerate(zip(visited, PAYLOADS, strict=True))
    ]
    register = Register(
        enterprises=(*visited, *left),
        violations=tuple(
            replace(towns.violation(place.enterprise_id), violation_id=f"V-{text}", note=text)
            for place, text in zip(visited, PAYLOADS, strict=True)
        ),
        teams=tuple(teams),
        officers=tuple(Officer(f"O{k}", text, Agency.CAC, text) for k, text in enumerate(PAYLOADS)),
        districts=tuple(
            District(f"D{k}", text, text, towns.square(121.3 + k * 0.01, 31.1, 0.008), name_en=text)
            for k, text in enumerate(PAYLOADS)
        ),
        barriers=tuple(
            Barrier(f"B{k}", text, (LonLat(121.3, 31.05 + k * 0.01), LonLat(121.5, 31.05 + k * 0.01)), text, width_m=90)
            for k, text in enumerate(PAYLOADS)
        ),
        located={place.enterprise_id: f"D{k}" for k, place in enumerate(visited)},
    )
    unvisited = [
        towns.unvisited(place.enterprise_id, rule=text, reason=text, reason_zh=text, hint=text, hint_zh=text)
        for place, text in zip(left, PAYLOADS, strict=True)
    ]
    duties = [towns.duty(team.team_id, visit) for team, visit in zip(teams, visits, strict=False)]
    plan = towns.made_plan([*duties, towns.duty("all", *visits)], unvisited)
    return replace(plan, plan_id=PAYLOADS[5], bound=replace(plan.bound, proven_by=PAYLOADS[6])), register


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
        page.locator(".tab").nth(1).click()
        assert page.locator(".left .what").count() == len(PAYLOADS)
        page.locator(".left").nth(5).click()
        page.locator(".tab").nth(2).click()
        rules = page.locator(".layer .what").all_text_contents()
        assert {f"{text} · 1" for text in PAYLOADS} <= set(rules)
        for text in PAYLOADS[:24:4]:
            page.locator(".search").fill(text)
            assert page.locator(".rows .what").first.text_content() == text
        page.locator(".switch").click()
        assert told(page, witness) == GOOD


def test_a_teams_page_shows_every_text_as_it_is(hostile, visitor):
    with visitor(hostile, "all.html", viewport={"width": 390, "height": 844}) as (page, witness):
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
        page.locator(".switch").click()
        assert told(page, witness) == GOOD


def test_every_teams_page_has_its_name_on_top(hostile, visitor):
    single = [name for name in hostile if name not in {"plan.html", "all.html"}]
    with visitor(hostile, single[0]) as (page, witness):
        seen = set()
        for name in single:
            page.goto(page.url.rpartition("/")[0] + f"/{name}")
            seen.add(page.locator("h1").first.text_content())
            assert told(page, witness) == GOOD, name
        assert seen == set(PAYLOADS)


def test_without_scripts_the_tables_say_the_same(hostile, visitor):
    """But for the characters that HTML cannot hold."""
    with visitor(hostile, "all.html", java_script_enabled=False) as (page, witness):
        names = page.locator("#outline td:nth-child(3)").all_text_contents()
        assert names == [re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f]", "\ufffd", text) for text in PAYLOADS]
        assert page.locator("#outline").is_visible()
        assert not page.locator("#stage").is_visible()
        assert not witness.requests
