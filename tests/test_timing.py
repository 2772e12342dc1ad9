"""A duty's times agree with a team that walks every route with its break at every moment."""

from dataclasses import replace
from itertools import pairwise

import longhand
import numpy as np
import pytest
from hypothesis import given, strategies as st
from towns import HOUR, examples, prepared, team, tiny_problems

from planner.plan import Interval
from planner.problem import NEVER
from planner.teams import TravelMode
from planner.timing import DutyClock


@st.composite
def routes(draw, least=1, most=3):
    """A tiny problem, one of its duties, and some of its candidates in any order, feasible or not."""
    problem = draw(tiny_problems(candidates=5))
    count = len(problem.candidate_wanted)
    least = min(count, draw(st.integers(least, most)))
    route = draw(st.lists(st.integers(0, count - 1), unique=True, min_size=least, max_size=min(most, count)))
    return problem, draw(st.integers(0, len(problem.duties) - 1)), tuple(route)


def is_feasible(problem, duty, route):
    """Whether the route can be walked; a team that stays in always can."""
    return not route or longhand.earliest_back(problem, duty, route) is not None


@examples(140)
@given(routes())
def test_a_timetable_is_the_earliest_that_can_be_walked(case):
    """Back as early as with the best moment for the break; no timetable exactly when there is none to walk."""
    problem, duty, route = case
    times = DutyClock(problem, duty).timetable(route)
    assert (times is None) == (not is_feasible(problem, duty, route))
    if times is not None and route:
        assert times.back == longhand.earliest_back(problem, duty, route)
        walked = [walked for walked in longhand.walks(problem, duty, route) if walked.back == times.back]
        assert (times.starts, times.rest and times.rest.start) in [(w.starts, w.rest) for w in walked]


@examples(140)
@given(routes())
def test_a_timetable_keeps_every_rule_of_the_problem(case):
    """Windows, last start, lengths, travel, the shift, and a break in its window, never on the way nor in a visit."""
    problem, duty, route = case
    shift, times = problem.duties[duty], DutyClock(problem, duty).timetable(route)
    if times is None or not route:
        return
    legs, way, day = problem.legs(duty), longhand.way_of(problem, duty, route), problem.days.index(shift.day)
    rests = [] if times.rest is None else [times.rest]
    assert [rest.end - rest.start for rest in rests] == [shift.rest_seconds] * (shift.rest_seconds > 0)
    assert all(shift.rest_from <= rest.start and rest.end <= shift.rest_to for rest in rests)
    visits = [Interval(*span) for span in zip(times.starts, times.ends, strict=True)]
    rides = [Interval(at - int(legs[a, b]), at) for a, b, at in zip(way, way[1:], times.arrivals, strict=False)]
    assert all(ride.start >= free for ride, free in zip(rides, (shift.start, *times.ends), strict=False))
    for busy in (*visits, *rides):
        assert all(rest.end <= busy.start or busy.end <= rest.start for rest in rests)
    for c, arrival, visit in zip(route, times.arrivals, visits, strict=True):
        assert arrival <= visit.start <= shift.last_start
        assert visit.end - visit.start == problem.seconds[c]
        windows = zip(problem.opens[day, c], problem.closes[day, c], strict=True)
        assert any(first <= visit.start <= last for first, last in windows)
    home = int(legs[way[-2], way[-1]])
    resting_last = sum(rest.end - rest.start for rest in rests if rest.start >= times.ends[-1])
    assert times.ends[-1] + home + resting_last <= times.back <= shift.end


@examples(110)
@given(routes())
def test_forward_holds_the_earliest_moment_to_go_on(case):
    """Before and after the break, from the origin and from each stop."""
    problem, duty, route = case
    shift = problem.duties[duty]
    states = DutyClock(problem, duty).forward(route)
    if states is None:
        return
    far = replace(problem, duties=tuple(replace(d, end=d.end + NEVER // 4) for d in problem.duties))
    for k in range(len(route) + 1):
        # The way home is cut off: what counts is when the team is done with the last stop, resting there or not.
        way = longhand.way_of(problem, duty, route[:k])
        home = int(problem.legs(duty)[way[-2], way[-1]])
        unrested = longhand.walk(far, duty, route[:k], shift.start, resting=None)
        assert states[k].rested == min(
            (
                walked.back - home
                for choice in (longhand.breaks(problem, duty, route[:k]) if shift.rest_seconds else (None,))
                if choice is None or choice[:2] != (k, longhand.ARRIVING)
                for walked in [longhand.walk(far, duty, route[:k], shift.start, resting=choice)]
                if walked is not None
            ),
            default=NEVER,
        )
        assert states[k].unrested == (unrested.back - home if shift.rest_seconds and unrested else NEVER)


@examples(110)
@given(routes())
def test_backward_holds_the_latest_arrival(case):
    """At each stop from which the team still gets through, with its break to come or behind it."""
    problem, duty, route = case
    clock = DutyClock(problem, duty)
    if not route or clock.forward(route) is None:
        return
    for stop, latest in enumerate(clock.backward(route)):
        assert latest.rested == longhand.latest_arrival(problem, duty, route, stop, rested=True)
        assert latest.unrested == longhand.latest_arrival(problem, duty, route, stop, rested=False)


@examples(110)
@given(routes(least=0, most=2))
def test_an_insertion_fits_exactly_when_the_longer_route_can_be_walked(case):
    """At the position that costs least of those that fit."""
    problem, duty, route = case
    clock = DutyClock(problem, duty)
    if not is_feasible(problem, duty, route):
        with pytest.raises(ValueError, match="infeasible"):
            clock.insertions(route, np.array([0]))
        return
    others = [c for c in range(len(problem.candidate_wanted)) if c not in route]
    insertions = clock.insertions(route, np.array(others, np.int64))
    legs = problem.legs(duty)
    for candidate, position, detour in zip(others, insertions.position, insertions.detour, strict=True):
        longer = [(*route[:k], candidate, *route[k:]) for k in range(len(route) + 1)]
        extra = [
            longhand.travelled(problem, duty, each, legs) - longhand.travelled(problem, duty, route, legs)
            if is_feasible(problem, duty, each)
            else NEVER
            for each in longer
        ]
        assert detour == min(extra)
        if detour < NEVER:
            assert extra[position] == detour


def test_a_team_that_stays_in_needs_no_way_home(two_districts):
    """A team on foot that starts on one bank and ends on the other can make no visit, and is no error."""
    lost = replace(team("T1", 5, 6), end=two_districts.team["T2"].start, travel=TravelMode.WALK)
    ready = prepared(replace(two_districts, teams=(lost, two_districts.team["T2"])))
    times = DutyClock(ready.problem, 0).timetable(())
    assert times is not None
    assert times.arrivals == ()
    assert not ready.problem.allowed[:, 0].any()


def test_the_break_may_be_taken_wherever_the_team_stands(one_team_ok):
    """With only noon for it, the team rests at noon between two visits, or before or after all of them."""
    noon = replace(prepared(one_team_ok).problem.duties[0], rest_from=12 * HOUR, rest_to=13 * HOUR)
    problem = replace(prepared(one_team_ok).problem, duties=(noon,))
    clock = DutyClock(problem, 0)
    route = tuple(int(c) for c in np.flatnonzero(problem.allowed[:, 0])[:3])
    times = clock.timetable(route)
    assert times.rest == Interval(12 * HOUR, 13 * HOUR)
    assert all(end <= later for end, later in pairwise(sorted([*times.starts, *times.ends])))


def test_nobody_waits_in_front_of_the_first_door(one_team_ok):
    """The team leaves its office later instead."""
    late = replace(one_team_ok.enterprises[0], opening_hours="10:30-12:00")
    town = replace(one_team_ok, enterprises=(late, *one_team_ok.enterprises[1:]))
    problem = prepared(town).problem
    route = tuple(
        int(c) for c in range(len(problem.candidate_wanted)) if problem.places[problem.candidate_place[c]][0] == "E1"
    )
    times = DutyClock(problem, 0).timetable(route[:1])
    assert times.arrivals == times.starts == (10 * HOUR + 1800,)
