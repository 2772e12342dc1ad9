"""
When a team cannot work although its shift says so: it is out, or too few of its officers are there.

What lies at an end of a shift shortens it. What lies inside is a stop at the office that the team must make: a
candidate of its own, promised, worth nothing, and not in the plan that comes out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planner.clock import DAY_SECONDS
from planner.events import Promise
from planner.geo import Place
from planner.lookbacks import SpotCheck
from planner.plan import Interval
from planner.problem import NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.events import Changes
    from planner.policy import Policy
    from planner.problem import Problem
    from planner.register import Register
    from planner.teamdays import TeamDay

_PREFIX = "OUT-"


def absences(register: Register, duty: TeamDay, policy: Policy, changes: Changes) -> tuple[Interval, ...]:
    """When a team cannot work on a day on which it should: it is out, or too few of its officers are there."""
    team = register.team[duty.team_id]
    away = {officer_id for officer_id in team.officers if (officer_id, duty.day) in changes.officers_out}
    if away:
        there = [register.officer[officer_id] for officer_id in team.officers if officer_id not in away]
        agencies = {register.officer[officer_id].agency for officer_id in team.officers}
        for agency in agencies:
            certified = sum(officer.agency is agency and officer.is_certified(duty.day) for officer in there)
            if certified < policy.visits.officers_per_agency:
                return (Interval(0, DAY_SECONDS),)
    return changes.team_out.get((duty.team_id, duty.day), ())


def reached(
    duty: TeamDay, ride: int, out: tuple[Interval, ...], home: int
) -> tuple[tuple[Interval, ...], Interval | None]:
    """
    When a team away from its office is out, and the break that it takes where it is before that.

    It is out at once where it cannot get to its office any more in time. Where that leaves no time for its break, nor
    does the window after it has been out, the break comes before the way.

    Parameters
    ----------
    ride
        Seconds to the office from where the team is when the duty starts.
    home
        Seconds from the office to where the duty ends.
    """
    first = min((each for each in out if duty.start < each.start < duty.end), key=lambda each: each.start, default=None)
    if first is None:
        return out, None
    there, rest = duty.start + ride, None
    if duty.rest_seconds and not _has_gap(duty, out, first.end, home):
        rested = max(duty.start, duty.rest_from) + duty.rest_seconds
        if rested <= min(first.start, duty.rest_to):
            there = max(there, duty.rest_from) + duty.rest_seconds
            rest = Interval(rested - duty.rest_seconds, rested)
    if there <= first.start:
        return out, None
    return tuple(Interval(duty.start, each.end) if each is first else each for each in out), rest


def _has_gap(duty: TeamDay, out: Sequence[Interval], since: int, home: int) -> bool:
    """Whether a break fits into its window from a second on, between when a team is out, or after it and going home."""
    at, latest = since, min(duty.rest_to, duty.end)
    for each in sorted(out, key=lambda each: each.start):
        if min(each.start, duty.rest_to) - max(at, duty.rest_from) >= duty.rest_seconds:
            return True
        at = max(at, each.end)
    before, there = min(latest, duty.end - home) - max(at, duty.rest_from), latest - max(at + home, duty.rest_from)
    return max(before, there) >= duty.rest_seconds


def without(duty: TeamDay, out: Sequence[Interval], home: int = 0) -> tuple[TeamDay, tuple[Interval, ...]]:
    """
    A duty shortened by when its team is out, and what of that lies inside it still.

    The break is given up where no time for it is left in its window.

    Parameters
    ----------
    home
        Seconds from the office to where the duty ends: who comes back too late for that way does not come back.
    """
    inner: list[Interval] = []
    start, end = duty.start, duty.end
    for each in sorted(out, key=lambda each: each.start):
        if each.end <= start or each.start >= end:
            continue
        if each.start <= start:
            start = min(each.end, end)
        elif each.end >= end or each.end + home > end:
            end = each.start
        else:
            inner.append(each)
    if start >= end:
        return replace(duty, start=duty.start, end=duty.start, max_visits=0, rest_seconds=0), ()
    free = Interval(max(duty.rest_from, start), min(duty.rest_to, end))
    rest = duty.rest_seconds if _has_gap(replace(duty, end=end), inner, start, home if inner else 0) else 0
    shortened = replace(
        duty,
        start=start,
        end=end,
        rest_seconds=rest,
        rest_from=free.start if rest else start,
        rest_to=free.end if rest else end,
        last_start=min(duty.last_start, end),
        max_visits=duty.max_visits + len(inner) if duty.max_visits else 0,
    )
    return (duty if (start, end, inner) == (duty.start, duty.end, []) else shortened), tuple(inner)


def is_absence(lookback_id: str) -> bool:
    """Whether what a problem calls a look-back is a team's absence."""
    return lookback_id.startswith(_PREFIX)


def office_places(
    register: Register, inner: Mapping[int, Sequence[Interval]], duties: Sequence[TeamDay]
) -> list[Place]:
    """A place of its own for each absence inside a duty: the team's office."""
    return [
        Place(_name(duties[d], each), register.team[duties[d].team_id].start)
        for d in sorted(inner)
        for each in inner[d]
    ]


def with_absences(problem: Problem, inner: Mapping[int, Sequence[Interval]]) -> Problem:
    """The problem with the absences inside its duties as stops; their places are among the problem's already."""
    rows = [(d, each) for d in sorted(inner) for each in inner[d]]
    if not rows:
        return problem
    at = {place.place_id: k for k, place in enumerate(problem.places)}
    names = [_name(problem.duties[d], each) for d, each in rows]
    days, _, width = problem.opens.shape
    opens, closes = np.full((days, len(rows), width), NEVER), np.full((days, len(rows), width), -1)
    allowed = np.zeros((len(rows), len(problem.duties)), bool)
    for k, (d, each) in enumerate(rows):
        opens[problem.duty_day[d], k, 0] = closes[problem.duty_day[d], k, 0] = each.start
        allowed[k, d] = True
    count = len(problem.wanted)
    places = np.array([at[name] for name in names], np.int64)
    offices = problem.origins[[d for d, _ in rows]]
    travel = [legs.copy() for legs in problem.travel]
    for legs in travel:  # from one's office to one's office is no way
        legs[places] = legs[offices]
        legs[:, places] = legs[:, offices]
    lengths = np.array([each.end - each.start for _, each in rows], np.int64)
    return replace(
        problem,
        wanted=(*problem.wanted, *(SpotCheck(name, name, ()) for name in names)),
        travel=tuple(travel),
        candidate_wanted=np.append(problem.candidate_wanted, np.arange(count, count + len(rows))),
        candidate_place=np.append(problem.candidate_place, places),
        seconds=np.append(problem.seconds, lengths),
        opens=np.concatenate([problem.opens, opens], axis=1),
        closes=np.concatenate([problem.closes, closes], axis=1),
        allowed=np.concatenate([problem.allowed, allowed]),
        pins=(*problem.pins, *(Promise(name) for name in names)),
    )


def _name(duty: TeamDay, each: Interval) -> str:
    return f"{_PREFIX}{duty.team_id}-{duty.day}-{each.start}"
