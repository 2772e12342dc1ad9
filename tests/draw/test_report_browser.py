"""The report's page in a real browser, on a phone and on a desk: nothing is asked of anybody, nothing runs over."""

from dataclasses import replace

import pytest
from hamlet import DAY

from planner.campaign import report
from planner.policy import Policy
from planner.writers.report_page import report_page

pytestmark = pytest.mark.browser

NASTY = '<img src="http://x.example/a.png" onerror="alert(1)"><script>alert(2)</script>'


@pytest.mark.parametrize("viewport", [{"width": 390, "height": 844}, {"width": 1280, "height": 800}], ids=str)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_report_is_seen_whole_and_asks_nobody(viewport, lang, hamlet, visitor):
    _, register = hamlet
    register = replace(register, enterprises=tuple(replace(e, operator=NASTY) for e in register.enterprises))
    html = report_page(report(register, [], Policy.default(), DAY.replace(month=1), DAY), register, lang)
    with visitor({"report.html": html}, "report.html", viewport=viewport) as (page, witness):
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        charts = page.locator("svg.chart")
        assert charts.count() == 2
        assert all(box["height"] > 100 for box in (charts.nth(k).bounding_box() for k in range(2)))
        assert page.get_by_text(NASTY).count() == 1
        colours = "[...document.querySelectorAll('rect.overdue')].map(r => getComputedStyle(r).fill)"
        assert set(page.evaluate(colours)) == {"rgb(179, 38, 30)"}
        assert (witness.requests, witness.errors) == ([], [])
