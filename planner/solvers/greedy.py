"""
Greedy by density: again and again the insertion that is worth most for the time it takes.

With C candidates and routes of n stops each insertion costs O(C n) for the one duty that changed, and O(C) for those
whose own favourite it took.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.problem import NEVER
from planner.solvers.base import Best
from planner.timing import DutyClock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from planner.geo import BoolArray, IntArray
    from planner.problem import Problem, Routes
    from planner.solvers.base import Limit


def solve(problem: Problem, limit: Limit, seed: int, report: Callable[[Best], None]) -> Routes:  # noqa: ARG001
    """The greedy member of the family; it needs neither seed nor limit."""
    routes = filled(problem, [[] for _ in problem.duties])
    report(Best(routes, problem.value(routes), 0))
    return routes


class _Favourite(NamedTuple):
    """What a duty would visit next."""

    goal: int
    density: float
    candidate: int
    position: int
    lacked: bool
    """Whether it is worth more because its business district lacked visits."""


class _Offers(NamedTuple):
    """What fits into a duty's route as it stands, shape (n,) each."""

    goal: IntArray
    density: NDArray[np.float64]
    candidate: IntArray
    position: IntArray
    lacked: BoolArray

    def favourite(self, free: BoolArray) -> _Favourite | None:
        """The densest of those with the highest goal that are still free."""
        left = np.flatnonzero(free[self.candidate])
        if not len(left):
            return None
        goals = self.goal[left]
        highest = left[goals == goals.max()]
        best = highest[self.density[highest].argmax()]
        return _Favourite(*(each[best].item() for each in self))


def filled(
    problem: Problem,
    routes: Sequence[Sequence[int]],
    duties: Sequence[int] | None = None,
    clocks: Sequence[DutyClock] | None = None,
) -> Routes:
    """Feasible routes with more candidates inserted, into all duties or only some, until nothing fits."""
    full = [list(route) for route in routes]
    clocks = clocks or [DutyClock(problem, d) for d in range(len(problem.duties))]
    free = free_candidates(problem, full)
    lacking = np.append(problem.least_visits, 0)  # visits of each business district; the last number is of no district
    for route in full:
        for c in route:
            lacking[problem.candidate_district[c]] -= 1
    candidates = {d: np.flatnonzero(problem.allowed[:, d]) for d in (duties or range(len(full)))}
    offers: dict[int, _Offers] = {}
    favourites: dict[int, _Favourite] = {}

    def outdated(favourite: _Favourite | None) -> bool:
        return (
            favourite is not None and favourite.lacked and lacking[problem.candidate_district[favourite.candidate]] <= 0
        )

    asked = set(candidates)
    while True:
        for d in sorted(asked):
            favourite = offers[d].favourite(free) if d in offers else None
            if d not in offers or outdated(favourite):
                offers[d] = _offers(problem, clocks[d], full[d], candidates[d][free[candidates[d]]], lacking)
                candidates[d] = offers[d].candidate  # what does not fit will not fit between more stops
                favourite = offers[d].favourite(free)
            favourites.pop(d, None)
            if favourite is not None:
                favourites[d] = favourite
        if not favourites:
            return tuple(tuple(route) for route in full)
        duty = max(favourites, key=lambda d: (favourites[d].goal, favourites[d].density, -favourites[d].candidate, -d))
        chosen = favourites[duty]
        full[duty].insert(chosen.position, chosen.candidate)
        _take(problem, free, chosen.candidate)
        lacking[problem.candidate_district[chosen.candidate]] -= 1
        del offers[duty]
        asked = {d for d, theirs in favourites.items() if not free[theirs.candidate] or outdated(theirs)}


def free_candidates(problem: Problem, routes: Sequence[Sequence[int]]) -> BoolArray:
    """Candidates whose look-back is not served and whose enterprise is not visited yet, shape (C,)."""
    free = np.ones(len(problem.candidate_wanted), bool)
    for route in routes:
        for candidate in route:
            _take(problem, free, candidate)
    return free


def _take(problem: Problem, free: BoolArray, candidate: int) -> None:
    free[problem.candidate_wanted == problem.candidate_wanted[candidate]] = False
    free[problem.candidate_place == problem.candidate_place[candidate]] = False


def _offers(problem: Problem, clock: DutyClock, route: list[int], candidates: IntArray, lacking: IntArray) -> _Offers:
    """The insertions into a route that are worth something."""
    if len(route) >= clock.duty.max_visits:
        candidates = candidates[:0]
    insertions = clock.insertions(route, candidates)
    lacked = lacking[problem.candidate_district[candidates]] > 0
    gain = problem.gains[candidates, problem.days.index(clock.duty.day)] - insertions.detour
    gain += problem.worth.least * lacked - problem.worth.point * problem.even_load * len(route)
    fits = (insertions.detour < NEVER) & (gain > 0)
    goals = np.maximum(problem.goals[candidates], lacked)
    # A matrix file may know a way through a stop that is shorter than the straight leg by more than the visit takes.
    density = gain / np.maximum(insertions.detour + clock.seconds[candidates], 1)
    return _Offers(*(each[fits] for each in (goals, density, candidates, insertions.position, lacked)))
