"""The pages of a backtest and of a learned card in a real browser, on a phone and on a desk."""

import pytest
from villages import places, visits

from planner.learning.card import Card
from planner.learning.history import history
from planner.learning.learn import coverage, learn
from planner.policy import Policy
from planner.writers.learning_page import backtest_page, learnt_page

pytestmark = pytest.mark.browser

OVERLAPPING = """
[...document.querySelectorAll('svg.chart')].flatMap(svg => {
  const texts = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()]);
  return texts.flatMap(([one, a], k) => texts.slice(k + 1).filter(([, b]) =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3
  ).map(([other]) => one + ' / ' + other));
})
"""
"""Labels of a chart that cover each other."""


@pytest.fixture(scope="module")
def drawn():
    """Both pages of a village, in Chinese and English."""
    told = history(places(200), visits(count=200, days=420))
    cover = {"district": coverage(told, told.district, told.districts)}
    learnt = learn(told, int(told.day[-1]) + 1, Card.of(Policy.default().card), samples=3)
    return {
        f"{name}-{lang}.html": page
        for lang in ("zh", "en")
        for name, page in (
            ("backtest", backtest_page(learnt.judged, cover, lang)),
            ("learn", learnt_page(learnt, lang)),
        )
    }


@pytest.mark.parametrize("viewport", [{"width": 390, "height": 844}, {"width": 1280, "height": 800}], ids=str)
@pytest.mark.parametrize("name", ["backtest-zh.html", "backtest-en.html", "learn-zh.html", "learn-en.html"])
def test_pages_are_seen_whole_and_ask_nobody(viewport, name, drawn, visitor):
    """Nothing runs over, the charts are large enough to read, their colours are there, and no label hides another."""
    with visitor(drawn, name, viewport=viewport) as (page, witness):
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        charts = page.locator("svg.chart")
        assert charts.count() == 3
        assert all(box["height"] > 100 for box in (charts.nth(k).bounding_box() for k in range(3)))
        colours = "[...document.querySelectorAll('circle.learned')].map(dot => getComputedStyle(dot).fill)"
        assert set(page.evaluate(colours)) == {"rgb(26, 90, 166)"}
        assert page.evaluate(OVERLAPPING) == []
        assert (witness.requests, witness.errors) == ([], [])
