"""A card into a policy and out of it; pages that no text can break, true to the figures."""

import tomllib
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from villages import places, visits

from planner.errors import InputError
from planner.learning.backtest import ORDERS, Band, backtest
from planner.learning.card import Card, Line
from planner.learning.history import history
from planner.learning.learn import coverage, learn
from planner.plan import Term
from planner.policy import Policy, default_text
from planner.writers.learned_card import card_toml, with_card
from planner.writers.learning_page import backtest_page, interval, learnt_page

CARD = Card((Line(Term.FOUND_EVER, 3, (10.0, 20.0)), Line(Term.OPERATOR, 2, (50.0, 110.0))))
SECTION = card_toml(CARD, date(2026, 11, 1), Policy.default().card)


def test_a_card_is_read_as_it_was_written():
    policy = Policy.from_toml(SECTION, file="card.toml").card
    assert Card.of(policy) == CARD
    assert policy.learned
    assert policy.learned_until == "2026-11-01"


@pytest.mark.parametrize(
    "text",
    [
        default_text(),
        "",
        "[shift]\nstart = '08:30'  # early\n",
        f"[shift]\nstart = '08:30'\n{SECTION}\n[plan]\neven_load = 3 # comment\n",
    ],
)
def test_every_other_line_of_the_policy_stays(text):
    """Comments, too; and a second time changes nothing more."""
    changed = with_card(text, SECTION)
    assert {**tomllib.loads(text), **tomllib.loads(SECTION)} == tomllib.loads(changed)
    for line in text.splitlines():
        if "comment" in line or "early" in line:
            assert line in changed
    assert with_card(changed, SECTION) == changed


def test_a_card_in_another_form_is_not_torn_apart():
    """Dotted keys at the top are valid TOML, and nothing the program may cut."""
    with pytest.raises(InputError, match="not written as the program writes it"):
        with_card('card.learned_until = ""\n', SECTION)


# Pages

DEFAULT = Card.of(Policy.default().card)
NASTY = "</td><script>alert(1)</script> {{7*7}} \x1b[31m"


@pytest.fixture(scope="module")
def village():
    """A year of two hundred shops, one district of which has a nasty name."""
    shops = [replace(each, district=NASTY if each.district == "D0" else each.district) for each in places(200)]
    return history(shops, visits(count=200, days=420))


@pytest.fixture(scope="module")
def learnt(village):
    """What it teaches."""
    return learn(village, int(village.day[-1]) + 1, DEFAULT, samples=3)


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


def tags(page):
    """The elements of a page with their attributes."""
    seen = Tags()
    seen.feed(page)
    return seen.seen


def circles(page, kind):
    """How far to the right and down each dot of a kind stands."""
    found = [about for tag, about in tags(page) if tag == "circle" and about["class"] == kind]
    return [(float(about["cx"]), float(about["cy"])) for about in found]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pages_ask_nobody_and_text_stays_text(village, learnt, lang):
    """No script, no address, one style that the head allows; a name from a table becomes no markup."""
    cover = {"district": coverage(village, village.district, village.districts)}
    asked = backtest_page(learnt.judged, cover, lang)
    for page in (asked, learnt_page(learnt, lang)):
        seen = tags(page)
        assert {"svg", "circle", "line", "table"} <= {tag for tag, _ in seen}
        assert not {"script", "img", "link", "iframe", "a"} & {tag for tag, _ in seen}
        assert not any(name in {"src", "href", "onload", "style"} for _, about in seen for name in about)
        assert "default-src 'none'" in page
        assert "\x1b" not in page
    assert "&lt;script&gt;" in asked


def test_every_window_shows_every_order(learnt):
    """One dot for each order and window, and one more for all windows; more days stand higher."""
    result = learnt.judged
    page = backtest_page(result, {}, "en")
    assert all(len(circles(page, order)) == len(result.windows) + 1 for order in ("chance", "default", "oracle"))
    assert len(circles(page, "learned")) == len(result.windows) + 1 + len(result.calibration)
    for k, window in enumerate(result.windows, start=1):
        height = {order: circles(page, order)[k][1] for order in ORDERS}
        days = {order: window.gains[order].days for order in ORDERS}
        assert sorted(height, key=lambda order: -height[order]) == sorted(days, key=days.get)
    for order in ORDERS:
        assert f"{result.total(order).days:+.1f}" in page
        assert f"± {result.error(order):.1f}" in page


def test_a_page_without_windows_says_so():
    """Of no history at all, and of one that teaches nothing."""
    nothing = history(places(), [])
    assert "too short" in backtest_page(backtest(nothing, DEFAULT), {}, "en")
    assert "too small" in learnt_page(learn(nothing, 737_000, DEFAULT), "en")


@pytest.mark.parametrize(("found", "low", "high"), [(0, 0.0, 0.037), (50, 0.404, 0.596), (100, 0.963, 1.0)])
def test_the_interval_of_a_share(found, low, high):
    """Of a hundred visits, as tables of Wilson's interval have it."""
    assert interval(Band(100, 0.5, found / 100)) == pytest.approx((low, high), abs=0.001)
