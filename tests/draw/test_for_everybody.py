"""Pages that can be used without a mouse, without good eyes, and with a slow phone."""

import importlib.resources

import hamlet as towns
import pytest

from planner.draw import pages

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "offline": True}
VIEWS = {
    "team": ("T01.html", []),
    "record": ("T01.html", [".record", ".outcomes .partly", ".violations .secondary"]),
    "export": ("T01.html", [".next-bar .export"]),
    "hand-off": ("T01.html", [".next-bar .go"]),
    "plan": ("plan.html", [".filter summary", ".choose"]),
    "unvisited": ("plan.html", [".tab.unvisited"]),
    "layers": ("plan.html", [".tab.layers"]),
    "before and after": ("comparison.html", [".change-row"]),
    "teams before and after": ("comparison.html", [".tab.teams"]),
    "whom to tell": ("comparison.html", [".tab.told"]),
}


@pytest.fixture(scope="session")
def axe():
    """axe-core's program, from a package."""
    pytest.importorskip("axe_playwright_python")
    return importlib.resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(view, drawn, compared, visitor, axe):
    """Names for what can be pressed, contrast of at least 4.5, landmarks and headings in order."""
    name, taps = VIEWS[view]
    with visitor(drawn | compared, name, viewport={"width": 390, "height": 844}, bypass_csp=True) as (page, _):
        for tap in taps:
            page.locator(tap).first.click()
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


def test_a_visit_is_recorded_with_the_keyboard_alone(drawn, visitor):
    with visitor(drawn, "T01.html") as (page, _):
        page.locator(".record").first.focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.closest('dialog') !== null")
        page.locator(".outcomes .rectified").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Escape")
        page.locator(".stop-card .chip.rectified").wait_for()
        assert page.evaluate("document.activeElement.classList.contains('record')")


SMALL = """() => [...document.querySelectorAll("button, a[href], select, summary, input, textarea")]
    .filter((node) => node.offsetParent && !node.closest(".leaflet-container, .lanes"))
    .map((node) => {
        const label = node.closest("label");
        const box = (label || node).getBoundingClientRect();
        return [node.className || node.tagName, Math.round(box.width), Math.round(box.height)];
    })
    .filter(([, width, height]) => width < 44 || height < 44)"""


@pytest.mark.parametrize("view", VIEWS)
def test_what_is_tapped_is_as_large_as_a_fingertip(view, drawn, compared, visitor):
    """44 by 44 on a phone; what lies on the map or on a lane has its row in a list as well."""
    name, taps = VIEWS[view]
    with visitor(drawn | compared, name, **PHONE) as (page, _):
        for tap in taps:
            page.locator(tap).first.click()
        assert {str(one) for one in page.evaluate(SMALL)} == set()


READY = """new Promise((done) => {
    const wait = () => (shown.ready ? requestAnimationFrame(() => done(performance.now())) : setTimeout(wait, 5));
    wait();
})"""
SUM = "let sum = 0; for (let k = 0; k < 5e7; k++) sum += Math.sqrt(k) % 3; return sum;"
PHONE_SECONDS = 1.6
"""What a slow phone needs for it, so that what this machine needs tells how many times slower the phone is."""


def seconds_of_phone(page, file):
    """What a phone's thread would work until a page can be used: its own time, however busy this machine is."""
    browser = page.context.new_cdp_session(page)
    browser.send("Performance.enable", {"timeDomain": "threadTicks"})

    def worked():
        metrics = browser.send("Performance.getMetrics")["metrics"]
        return {one["name"]: one["value"] for one in metrics}["TaskDuration"]

    page.goto(file.as_uri())
    page.evaluate(READY)
    opening = worked()
    page.evaluate(f"() => {{ {SUM} }}")
    return opening * PHONE_SECONDS / (worked() - opening)


@pytest.fixture(scope="module")
def largest():
    """The pages of 36 teams and 252 stops, with 6,043 enterprises in the tables."""
    plan, register = towns.city(left=6043 - 252)
    most = tuple(left for k, left in enumerate(plan.unvisited) if k < 1000)
    return pages(towns.made_plan(plan.duties, most), register)


@pytest.mark.parametrize(("name", "most_bytes", "most"), [("T0.html", 700_000, 1.5), ("plan.html", 4_000_000, 4)])
def test_the_largest_plan_opens_on_a_slow_phone(name, most_bytes, most, largest, visitor):
    assert len(largest[name].encode()) <= most_bytes
    with visitor({name: largest[name]}, name, **PHONE) as (page, witness):
        page.context.set_default_timeout(30_000)
        assert seconds_of_phone(page, visitor.folder / name) < most
        assert (witness.requests, witness.errors) == ([], [])


def test_the_search_answers_while_one_types(largest, visitor):
    with visitor({"plan.html": largest["plan.html"]}, "plan.html") as (page, _):
        page.locator(".search").fill("店S5")
        assert page.locator(".found").text_content() == "找到 1,111 处"
        spent = page.evaluate(
            """() => {
                const field = document.querySelector(".search");
                field.value = "店S60";
                const start = performance.now();
                field.dispatchEvent(new Event("input"));
                return performance.now() - start;
            }"""
        )
        assert spent < 500
        assert page.locator(".rows .what").first.text_content() == "店S60"
