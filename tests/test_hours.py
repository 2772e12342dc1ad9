"""When a door is open, and when a scenario wants to be left alone."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st
from opening_hours import OpeningHours
from towns import DAY, HOURS, POLICY, examples, shop

from planner.enterprises import Scenario
from planner.hours import open_spans, visiting_hours, without

SUNDAY = date(2026, 11, 29)


def in_hours(spans):
    """Spans in hours of the day."""
    return [(a / 3600, b / 3600) for a, b in spans]


@pytest.mark.parametrize(
    ("hours", "spans"),
    [
        ("10:00-22:00", [(10, 22)]),
        ("24/7", [(0, 24)]),
        ("Mo-Fr 09:00-11:30,13:00-17:00", [(9, 11.5), (13, 17)]),
        ("Tu off", []),
        ("Sa-Su 09:00-12:00", []),
        ("22:00-02:00", [(0, 2), (22, 24)]),
        ("Mo 20:00-26:00", [(0, 2)]),
        ("Tu 20:00-26:00", [(20, 24)]),
        ("10:00-12:00,12:00-14:00", [(10, 14)]),
        ('10:00-12:00 "upstairs", 12:00-14:00 "downstairs"', [(10, 14)]),
        ("10:00-12:00 open, 12:00-14:00 unknown", [(10, 12)]),
        ("2026 Nov 24 10:00-11:00", [(10, 11)]),
    ],
)
def test_spans_of_a_tuesday(hours, spans):
    """The small hours of the night before included; spans that meet are one."""
    assert in_hours(open_spans(hours, DAY)) == spans


@examples(100)
@given(st.sampled_from([h for h in HOURS if h]), st.integers(0, 13), st.integers(0, 1439))
def test_a_minute_is_in_a_span_exactly_when_the_door_is_open(hours, days, minute):
    """Asked of the library minute by minute."""
    day = DAY + timedelta(days=days)
    moment = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001
    inside = any(a <= minute * 60 < b for a, b in open_spans(hours, day))
    assert inside == OpeningHours(hours).is_open(moment)


@examples(60)
@given(st.sampled_from([h for h in HOURS if h]), st.integers(0, 13))
def test_spans_are_in_order_and_apart(hours, days):
    """Within the day."""
    spans = open_spans(hours, DAY + timedelta(days=days))
    assert all(0 <= a < b <= 86_400 for a, b in spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))


SPANS = st.lists(st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda s: s[0] < s[1]), max_size=4)


@examples(100)
@given(SPANS, SPANS, st.integers(0, 23))
def test_what_is_to_avoid_is_cut_out(spans, avoid, hour):
    """Of each span what is left lies outside all of them, and nothing else is lost."""
    left = without(spans, avoid)
    inside = any(a <= hour < b for a, b in left)
    assert inside == (any(a <= hour < b for a, b in spans) and not any(a <= hour < b for a, b in avoid))


def test_meal_times_are_left_alone():
    """Scan-to-order, at the policy's own hours."""
    canteen = shop("E1", 0, 0, scenario=Scenario.SCAN_TO_ORDER, opening_hours="")
    assert in_hours(visiting_hours(canteen, DAY, POLICY)) == [(10, 11.5), (13.25, 17.5), (19.5, 21.5)]
    assert in_hours(visiting_hours(replace(canteen, opening_hours="12:00-14:00"), DAY, POLICY)) == [(13.25, 14)]


def test_a_shops_own_hours_replace_those_of_its_scenario():
    """A school that opens in the morning can be visited in the morning; on Sunday the policy's hours are longer."""
    school = shop("E1", 0, 0, scenario=Scenario.CHILDRENS_TRAINING, opening_hours="")
    assert in_hours(visiting_hours(school, DAY, POLICY)) == [(15.5, 20.5)]
    assert in_hours(visiting_hours(school, SUNDAY, POLICY)) == [(9, 20.5)]
    assert in_hours(visiting_hours(replace(school, opening_hours="09:00-11:00"), DAY, POLICY)) == [(9, 11)]
