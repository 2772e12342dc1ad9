"""Days earlier: exact over ties, indifferent to the order of the file, and by hand where one can count."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from towns import examples
from villages import places, village, visits

from planner.learning.backtest import ORDERS, backtest, earlier
from planner.learning.card import Card, Line
from planner.learning.history import history
from planner.learning.learn import coverage
from planner.plan import Term
from planner.policy import Policy

DEFAULT = Card.of(Policy.default().card)
ROWS = visits(count=200, days=420)
HISTORY = history(places(200), ROWS)


@pytest.fixture(scope="module")
def asked():
    """The windows of the village, 60 days each."""
    return backtest(HISTORY, DEFAULT, 60)


def test_by_hand():
    """Visits on days 1, 3, 3 and 9; the best score is visited last and would have come first."""
    moved, first_half = earlier(np.array([1, 2, 3, 4]), np.array([1, 3, 3, 9]))
    assert moved.tolist() == [1 - 9, 3 - 3, 3 - 3, 9 - 1]
    assert first_half.tolist() == [0, 0, 1, 1]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9)), min_size=1, max_size=5))
@examples(30)
def test_ties_are_the_mean_over_all_orders(rows):
    """Of all orders in which equals can stand, by brute force."""
    score, days = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    dates = np.sort(days)
    orders = [order for order in permutations(range(len(rows))) if (np.diff(score[list(order)]) <= 0).all()]
    late = np.zeros(len(rows))
    for order in orders:
        late[list(order)] += dates / len(orders)
    assert np.allclose(earlier(score, days)[0], days - late)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 60), st.booleans()), min_size=2, max_size=40))
@examples(30)
def test_nothing_beats_the_oracle_and_all_visits_are_made(rows):
    """Whatever the score: over all visits nothing is gained, over the findings never more than hindsight gains."""
    score, days, found = (np.array(column) for column in zip(*rows, strict=True))
    moved, first_half = earlier(score, days)
    assert moved.sum() == pytest.approx(0)
    assert first_half.sum() == pytest.approx(len(rows) / 2)
    assert moved[found].sum() <= earlier(found.astype(float), days)[0][found].sum() + 1e-9


def test_what_history_shows_is_found_earlier(asked):
    """Where bad chains are bad, learned cards beat chance by days, and stay below hindsight."""
    days = {order: asked.total(order).days for order in ORDERS}
    assert len(asked.windows) >= 3
    assert days["chance"] + 3 < days["learned"] < days["oracle"]
    assert asked.total("learned").first_half > 0.6
    assert asked.error("learned") > 0


def test_the_order_of_the_file_has_no_say(asked):
    """The same rows from last to first: the same figures."""
    again = backtest(history(places(200), ROWS[::-1]), DEFAULT, 60)
    assert [window.gains for window in again.windows] == [window.gains for window in asked.windows]


def test_a_record_from_after_a_window_does_not_change_it(asked):
    """Everything from the end of a window on turned round; the windows up to it stand as they stood."""
    end = asked.windows[1].start + 60
    turned = [row if row.day.toordinal() < end else replace(row, found=not row.found) for row in ROWS]
    again = backtest(history(places(200), turned), DEFAULT, 60)
    assert again.windows[:2] == asked.windows[:2]
    assert again.windows[2:] != asked.windows[2:]


def test_a_given_card_is_asked_everywhere():
    """A card that counts nothing gains what chance gains."""
    nothing = Card((Line(Term.FOUND_EVER, 0, (50.0,)),))
    result = backtest(HISTORY, DEFAULT, given=nothing)
    assert result.total("learned").days == pytest.approx(result.total("chance").days)
    assert result.calibration == ()


def test_chances_are_called_about_right(asked):
    """Tenths with a higher chance find more, and on the whole as much as was expected."""
    bands = asked.calibration
    visits_made = sum(band.visits for band in bands)
    expected = sum(band.visits * band.expected for band in bands) / visits_made
    observed = sum(band.visits * band.observed for band in bands) / visits_made
    assert expected == pytest.approx(observed, abs=0.05)
    assert bands[-1].observed > bands[0].observed + 0.2


def test_thin_windows_are_counted_and_left_out():
    assert backtest(village(), DEFAULT).windows == ()
    assert backtest(village(), DEFAULT).left_out > 0
    assert backtest(history(places(), []), DEFAULT).windows == ()


def test_coverage_adds_up():
    """Shares of visits and of findings are whole; the most neglected stands first."""
    rows = coverage(HISTORY, HISTORY.district, HISTORY.districts)
    assert sum(row.visits_share for row in rows) == pytest.approx(1)
    assert sum(row.found_share for row in rows) == pytest.approx(1)
    gaps = [row.visits_share - row.found_share for row in rows]
    assert gaps == sorted(gaps)
