"""A card into a policy and out of it; a chart that no text can break."""

import tomllib
from datetime import date
from html.parser import HTMLParser

import pytest
from villages import places, visits

from planner.errors import InputError
from planner.learning.backtest import backtest
from planner.learning.card import Card, Line
from planner.learning.history import history
from planner.plan import Term
from planner.policy import Policy, default_text
from planner.writers.chart import chart
from planner.writers.learned_card import card_toml, with_card

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


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


def test_the_chart_is_one_page_that_asks_nobody():
    """No script, no address; text from a table stays text."""
    told = history(places(200), visits(count=200, days=420))
    result = backtest(told, Card.of(Policy.default().card), 60)
    page = chart(result, "</pre><script>alert(1)</script> {{7*7}} \x1b[31m", "en")
    tags = Tags()
    tags.feed(page)
    assert {"svg", "rect", "circle", "line"} <= {tag for tag, _ in tags.seen}
    assert not {"script", "img", "link", "iframe", "a"} & {tag for tag, _ in tags.seen}
    assert not any(name in {"src", "href", "onload"} for _, attributes in tags.seen for name in attributes)
    assert "default-src 'none'" in page
    assert "\x1b" not in page
    assert sum(tag == "rect" for tag, _ in tags.seen) == 2 * len(result.windows) + 2
