"""What was known on a day: nothing from later, and no worse record that helps."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, strategies as st
from towns import examples
from villages import START, findings, places, village, visits

from planner.learning.history import OpenRow, PlaceRow, VisitRow, history
from planner.learning.known import Known
from planner.learning.terms import CANDIDATES, climbed
from planner.plan import Term

DAY = START + timedelta(days=400)


def steps(told, day=DAY):
    """The steps of every place on every line a card may have."""
    known = Known.on(told, day.toordinal())
    return np.column_stack([climbed(c.values(known), c.steps) for c in CANDIDATES])


# Leakage


@pytest.mark.parametrize("later", [0, 1, 300])
def test_the_future_changes_nothing(later):
    """Visits, findings and rectifications of the day or after it are planted; no value of any term moves."""
    rows = visits()
    open_ = findings(rows)
    day = DAY + timedelta(days=later)
    planted = [
        VisitRow("X1", "P000", day, found=True, serious=True, minor=9),
        VisitRow("X2", "P001", day, found=True, lead=True, movable=False),
        OpenRow("X3", "P002", day, day, None, rung=6),
    ]
    rectified = [
        replace(row, rectified_on=day) if row.rectified_on is None and row.found_on < DAY else row for row in open_
    ]
    before = Known.on(history(places(), rows, open_), DAY.toordinal())
    after = Known.on(
        history(places(), [*rows, *planted[:2]], [*rectified, planted[2]]),
        DAY.toordinal(),
    )
    for candidate in CANDIDATES:
        assert np.array_equal(candidate.values(before), candidate.values(after)), candidate.term


def test_the_day_before_does_change_it():
    """The same records a day earlier are seen: the test above would notice a leak."""
    rows = visits()
    planted = VisitRow("X1", "P000", DAY - timedelta(days=1), found=True, serious=True, minor=9)
    assert not np.array_equal(steps(history(places(), rows)), steps(history(places(), [*rows, planted])))


def test_a_rectification_is_known_the_day_after():
    """On the day itself the finding still counts as open."""
    row = OpenRow("F", "P000", DAY - timedelta(days=30), DAY - timedelta(days=20), DAY, rung=2)
    told = history(places(), visits(), [row])
    for day, rung, late in ((DAY, 3, 20), (DAY + timedelta(days=1), 0, 0)):
        known = Known.on(told, day.toordinal())
        assert known.rung()[0] == rung
        assert known.overdue()[0] == late


# Monotone


@given(st.integers(0, 39), st.integers(0, 399), st.booleans())
@examples(15)
def test_a_worse_record_never_takes_a_step_down(place, nth, serious):
    """One of a place's visits found nothing; had it found something, no term of that place would be lower."""
    rows = visits()
    mine = [k for k, row in enumerate(rows) if row.place_id == f"P{place:03d}" and not row.found and row.day < DAY]
    if not mine:
        return
    k = mine[nth % len(mine)]
    worse = [*rows]
    worse[k] = replace(rows[k], found=True, serious=serious, minor=rows[k].minor + 2)
    assert (steps(history(places(), worse))[place] >= steps(history(places(), rows))[place]).all()


# Company


def test_never_visited_places_start_from_their_scenario_and_district():
    """A new shop where much is found is expected to be worse than one where little is."""
    rows = [row for row in visits() if row.place_id not in {"P000", "P001"}]
    told = history(
        [
            replace(place, scenario="retail" if k % 2 else "parking_payment", operator=place.place_id)
            for k, place in enumerate(places())
        ],
        rows,
    )
    known = Known.on(told, DAY.toordinal())
    rate = known.own_rate(365.0)
    assert known.last[0] == known.last[1] == -1
    assert rate[1] > 2 * rate[0]
    assert np.allclose(rate[:2], known.expected[:2])


def test_an_operator_does_not_vouch_for_itself():
    """Of a chain's only shop that was ever visited, nothing is known elsewhere; of its other shops that one speaks."""
    told = history(
        [PlaceRow(f"P{k}", 121.4, 31.2, "retail", "", "A") for k in range(3)],
        [VisitRow("V", "P0", DAY - timedelta(days=9), found=True)],
    )
    known = Known.on(told, DAY.toordinal())
    elsewhere = known.elsewhere() / known.usual
    assert elsewhere[0] == pytest.approx(1)
    assert elsewhere[1] > 1


def test_neighbours_count_by_distance_and_never_oneself():
    """Beside a violator one's score rises, far from it hardly, and at the violator itself not at all."""
    told = history(
        [PlaceRow(name, 121.4 + lon, 31.2, "retail", "", name) for name, lon in (("a", 0), ("b", 0.001), ("c", 0.1))],
        [VisitRow("V", "a", DAY - timedelta(days=9), found=True)],
    )
    known = Known.on(told, DAY.toordinal())
    a, b, c = known.nearby(150.0, 365.0) / known.usual
    assert a == pytest.approx(1)
    assert b > 1.05
    assert c == pytest.approx(1)


def test_a_place_that_is_visited_often_speaks_once_for_its_district():
    """Twenty visits to one bad shop make its district look no worse than its share of the shops."""
    shops = [PlaceRow(f"P{k}", 121.4, 31.2, "retail", "D1", f"P{k}") for k in range(10)]
    away = [PlaceRow(f"Q{k}", 121.5, 31.2, "retail", "D2", f"Q{k}") for k in range(10)]
    clean = [VisitRow(f"C{p.place_id}", p.place_id, DAY - timedelta(days=9), found=False) for p in shops[1:] + away]

    def rate(times):
        often = [VisitRow(f"V{k}", "P0", DAY - timedelta(days=10 + k), found=True) for k in range(times)]
        known = Known.on(history([*shops, *away], [*clean, *often]), DAY.toordinal())
        return known.district_lately(1000.0)[5] / known.usual[5]

    assert rate(20) <= rate(1)


# Rows


def test_the_order_of_rows_does_not_matter():
    rows = visits()
    shuffled = [rows[k] for k in np.random.default_rng(1).permutation(len(rows))]
    assert np.array_equal(steps(history(places(), rows)), steps(history(places(), shuffled)))


def test_two_visits_on_one_day_are_one():
    """Something found by either was found; a complaint beside a check stays apart."""
    day = date(2025, 3, 1)
    rows = [VisitRow("1", "P000", day, found=False, minor=2), VisitRow("2", "P000", day, found=True, minor=1)]
    told = history(places(), [*rows, VisitRow("3", "P000", day, found=False, lead=True, movable=False)])
    assert len(told.day) == 2
    assert told.found[told.movable].tolist() == [True]
    assert told.minor[told.movable].tolist() == [2]


def test_every_term_of_a_card_has_a_candidate_with_ascending_steps():
    terms = [candidate.term for candidate in CANDIDATES]
    assert len(set(terms)) == len(terms) <= 20
    assert all(list(c.steps) == sorted(set(c.steps)) for c in CANDIDATES)
    assert Term.DRAWN not in terms


def test_a_history_without_visits_is_no_error():
    """Everybody is as usual."""
    assert (steps(history(places(), [])) >= 0).all()
    assert len(village(days=1).day) > 0
