"""Routes of a peer, made to keep the rules that its model does not know, by dropping as little as possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.bench.worth import worth
from planner.timing import DutyClock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.problem import Problem, Routes


def fitted(problem: Problem, routes: Sequence[Sequence[int]]) -> tuple[Routes, int]:
    """
    Feasible routes, and how many visits had to go.

    A visit goes that its duty may not make, or that serves a look-back or visits an enterprise a second time. While a
    route is too long or cannot be timed, the visit that is worth least goes, the later one among equals.
    """
    value = [worth(problem.wanted[k]) for k in problem.candidate_wanted]
    served: set[int] = set()
    visited: set[int] = set()
    kept = []
    for d, route in enumerate(routes):
        clock, mine = DutyClock(problem, d), list[int]()
        for c in route:
            wanted, place = int(problem.candidate_wanted[c]), int(problem.candidate_place[c])
            if problem.allowed[c, d] and wanted not in served and place not in visited:
                served.add(wanted)
                visited.add(place)
                mine.append(c)
        while len(mine) > problem.duties[d].max_visits or clock.timetable(mine) is None:
            mine.pop(min(range(len(mine)), key=lambda k: (value[mine[k]], -k)))
        kept.append(tuple(mine))
    return tuple(kept), sum(map(len, routes)) - sum(map(len, kept))
