"""The report as text and as a page: what it says, and that nothing in it can run, load or send."""

import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from towns import DAY, POLICY, register, shop, team, violation

from planner.campaign import report
from planner.outcomes import Outcome, OutcomeKind
from planner.writers.report import MOST_ROWS, report_text
from planner.writers.report_page import _ceiling, report_page

NASTY = '<img src="http://x.example/a.png" onerror=alert(1)>{{7*7}}</style><script>alert(2)</script>&amp;'


def town(name="一家店", shops=4):
    places = [replace(shop(f"E{k}", k % 9 * 2, 5), name=name) for k in range(shops)]
    found = [violation(f"V{k}", f"E{k}", rectify_by=date(2026, 11, 3)) for k in range(shops)]
    return register(places, found, [team("T1", 5, 6)])


def made(found, kind=OutcomeKind.NOT_RECTIFIED):
    outcome = Outcome("2026-11-23", 1, "LB-E0", "E0", "T1", date(2026, 11, 23), kind)
    return report(found, [outcome], POLICY, date(2026, 11, 1), DAY)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_text_names_the_figures_and_cuts_long_tables(lang):
    found = town(shops=MOST_ROWS + 3)
    text = report_text(made(found), found, lang)
    assert f"{MOST_ROWS + 2}" in text
    assert text.count("E1 ") == 1
    assert ("其余 3 项" if lang == "zh" else "3 more") in text


def test_page_is_the_same_bytes_again():
    found = town()
    assert report_page(made(found), found, "zh") == report_page(made(found), found, "zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_text_of_tables_is_text_on_the_page(lang):
    """Whatever a shop is called, the page holds no element, attribute or address but its own."""
    found = town(NASTY)
    page = report_page(made(found), found, lang)
    assert "<img" not in page
    assert "<script" not in page
    assert page.count("</style>") == 1
    assert "http://" not in re.sub(r"&lt;img.*?&gt;", "", page)
    assert page.count("&lt;img src=") >= 2


def test_page_allows_nothing_but_its_own_style():
    page = report_page(made(town()), town(), "zh")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]
    assert re.fullmatch(r"default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'", policy)
    assert not re.search(r"\b(?:src|href|style|on\w+)=", page)


def test_bars_are_as_long_as_the_figures():
    """A column of the chart of days to come: its height against the grid is the number due."""
    found = made(town())
    page = report_page(found, town(), "zh")
    svg = re.search(r'<svg viewBox="0 0 360 190".*?</svg>', page, re.DOTALL)[0]
    chart = ET.fromstring(svg)  # noqa: S314  (our own page)
    columns = [rect for rect in chart.iter("rect") if rect.get("class") == "due"]
    grid = sorted({float(line.get("y1")) for line in chart.iter("line") if line.get("class") == "grid"})
    top = _ceiling(max(max(row.due, row.capacity) for row in found.coming))
    assert len(columns) == len(found.coming)
    for row, rect in zip(found.coming, columns, strict=True):
        assert float(rect.get("height")) / (grid[-1] - grid[0]) * top == pytest.approx(row.due, abs=0.05)


@pytest.mark.parametrize(
    ("value", "top"), [(0, 4), (4, 4), (5, 8), (9, 12), (13, 20), (25, 32), (33, 40), (41, 80), (210, 240)]
)
def test_grids_end_at_round_numbers(value, top):
    assert _ceiling(value) == top
