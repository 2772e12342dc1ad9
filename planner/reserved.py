"""The time kept for what no search may weigh: when teams are away; and for checks drawn by lot, if it can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.absences import is_absence
from planner.timing import DutyClock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Set as AbstractSet

    from planner.problem import Problem, Routes


def with_every_absence(problem: Problem, routes: Routes) -> Routes:
    """
    The routes without what keeps a team from being at its office while it is out.

    A search weighs promises against each other, an absence among them; that a team is away is nothing to be weighed.
    """
    changed = list(routes)
    for d, route in enumerate(routes):
        outs = [
            c
            for c in np.flatnonzero(problem.allowed[:, d]).tolist()
            if is_absence(problem.wanted[problem.candidate_wanted[c]].lookback_id)
        ]
        if set(outs) <= set(route):
            continue
        clock, way = DutyClock(problem, d), sorted(outs, key=lambda c: int(problem.opens[problem.duty_day[d], c, 0]))
        for c in sorted(set(route) - set(outs), key=lambda c: -int(problem.gains[c, problem.duty_day[d]])):
            longer = ([*way[:k], c, *way[k:]] for k in range(len(way) + 1) if len(way) < clock.duty.max_visits)
            way = next((each for each in longer if clock.timetable(each) is not None), way)
        changed[d] = tuple(way)
    return tuple(changed)


def with_drawn(problem: Problem, routes: Routes, among: AbstractSet[str] | None = None) -> Routes:
    """
    The routes with every check drawn by lot that can take the place of visits which nobody must make.

    A search has them among its goals, before all points; where it missed one, it goes where one visit makes room for
    it, or else into what is left of a route without such visits, of which then come back what still fits, in order.
    Where business districts should have visits, too, every visit may be such a one, and nothing is changed.

    Parameters
    ----------
    among
        The checks that it is about, by the ids of their look-backs; all that were drawn if not given.
    """
    goals = {int(c) for goal in problem.district_goals for c in goal.candidates}
    by_lot = [c for c in sorted(goals) if problem.wanted[problem.candidate_wanted[c]].drawn]
    if len(by_lot) < len(goals):
        return routes
    if among is not None:
        by_lot = [c for c in by_lot if problem.wanted[problem.candidate_wanted[c]].lookback_id in among]
    by_lot.sort(key=lambda c: -int(problem.gains[c].max()))  # of one check first what changes least
    must = {int(c) for c in np.flatnonzero(problem.goals)}.union(by_lot)
    changed = [list(route) for route in routes]
    while _one_more(problem, changed, by_lot, must):
        pass
    return tuple(map(tuple, changed))


def _one_more(problem: Problem, routes: list[list[int]], by_lot: Sequence[int], must: set[int]) -> bool:
    """Put one more of the checks into a route, if there is one that can be."""
    visited = {int(problem.candidate_place[c]) for route in routes for c in route}
    for c in by_lot:
        if int(problem.candidate_place[c]) in visited:
            continue
        for d in np.flatnonzero(problem.allowed[c]).tolist():
            way = next(_ways(problem, d, routes[d], c, must), None)
            if way is not None:
                routes[d] = way
                return True
    return False


def _ways(problem: Problem, d: int, route: Sequence[int], c: int, must: set[int]) -> Iterator[list[int]]:
    """Routes of a duty with a candidate in it, those that give up least first."""
    clock = DutyClock(problem, d)
    most = problem.duties[d].max_visits
    for k in range(len(route) + 1):
        way = [*route[:k], c, *route[k:]]
        if len(way) <= most and clock.timetable(way) is not None:
            yield way
    optional = [k for k, each in enumerate(route) if each not in must]
    for k in sorted(optional, key=lambda k: int(problem.points[route[k]])):
        way = [*route[:k], c, *route[k + 1 :]]
        if clock.timetable(way) is not None:
            yield way
    bare = [each for each in route if each in must]
    for k in range(len(bare) + 1):
        way = [*bare[:k], c, *bare[k:]]
        if len(way) <= most and clock.timetable(way) is not None:
            yield _filled_again(way, route, clock, most)


def _filled_again(way: list[int], route: Sequence[int], clock: DutyClock, most: int) -> list[int]:
    for each in route:
        if each not in way and len(way) < most:
            tried = ([*way[:k], each, *way[k:]] for k in range(len(way) + 1))
            way = next((longer for longer in tried if clock.timetable(longer) is not None), way)
    return way
