"""Classes of duties: those of the same shift, places, way of getting about and candidates share a pricing problem."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.problem import NEVER
from planner.solvers import completion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.geo import IntArray
    from planner.problem import Problem

MOST_PLACES = 2_500
"""With more places than these nobody closes the legs, and so nothing is proven."""
LARGEST_PROFIT = 1 << 29
"""No route earns more, so that sums of profits fit into 32 bits."""


@dataclass(frozen=True, eq=False)
class DutyClass:
    """Duties that share one pricing problem."""

    problem: Problem
    duties: tuple[int, ...]
    legs: NDArray[np.int32]
    """Closed, seconds between places, shape (P, P)."""

    @cached_property
    def candidates(self) -> IntArray:
        """What these duties may visit."""
        return np.flatnonzero(self.problem.allowed[:, self.duties[0]])

    @cached_property
    def shift(self) -> completion.Shift:
        """The times that they share."""
        duty = self.problem.duties[self.duties[0]]
        least = int(self.problem.seconds[self.candidates].min(initial=NEVER))
        possible = (duty.end - duty.start) // max(least, 1)
        most = duty.max_visits if duty.max_visits < min(possible, len(self.candidates)) else completion.UNLIMITED
        return completion.Shift(duty.start, duty.end, duty.rest_seconds, duty.rest_from, duty.rest_to, most)

    @cached_property
    def windows(self) -> tuple[IntArray, IntArray]:
        """First and last starts that the shift leaves, in order, -1 where there is none; shape (n, W) each."""
        problem, duty, legs = self.problem, self.problem.duties[self.duties[0]], self.legs
        day, mine = problem.duty_day[self.duties[0]], self.candidates
        places = problem.candidate_place[mine]
        earliest = duty.start + legs[problem.origins[self.duties[0]], places].astype(np.int64)
        latest = duty.end - legs[places, problem.destinations[self.duties[0]]] - problem.seconds[mine]
        opens = np.maximum(problem.opens[day, mine], earliest[:, None])
        closes = np.minimum(problem.closes[day, mine], np.minimum(latest, duty.last_start)[:, None])
        order = np.argsort(np.where(opens <= closes, opens, NEVER), axis=1, kind="stable")
        opens, closes = np.take_along_axis(opens, order, 1), np.take_along_axis(closes, order, 1)
        return opens, np.where(opens <= closes, closes, -1)


def can_prove(problem: Problem) -> bool:
    """Whether what pricing says of a problem is a proof: legs are closed, and profits fit into 32 bits."""
    return len(problem.places) <= MOST_PLACES and largest_profit(problem) <= LARGEST_PROFIT


def closed_legs(problem: Problem, way: int) -> NDArray[np.int32]:
    """Seconds between places where a visit on the way may save time, shape (P, P); as they are if places are many."""
    legs = problem.travel[way].astype(np.int32)
    live = np.flatnonzero(problem.allowed.any(axis=1))
    if len(problem.places) > MOST_PLACES or not len(live):
        return legs
    stops, of = np.unique(problem.candidate_place[live], return_inverse=True)
    seconds = np.full(len(stops), NEVER, np.int64)
    np.minimum.at(seconds, of, problem.seconds[live])
    return _closed(legs.tobytes(), stops.astype(np.int32).tobytes(), seconds.astype(np.int32).tobytes())


@lru_cache(maxsize=4)
def _closed(legs: bytes, stops: bytes, seconds: bytes) -> NDArray[np.int32]:
    """Legs as ``completion.close`` leaves them; once for all slices of a part, which each get a copy of the problem."""
    closed = np.frombuffer(legs, np.int32).copy()
    closed = closed.reshape(math.isqrt(len(closed)), -1)
    completion.close(closed, np.frombuffer(stops, np.int32).copy(), np.frombuffer(seconds, np.int32).copy())
    return closed


def largest_profit(problem: Problem) -> int:
    """More points and premiums than any route can earn, repetitions and all."""
    live = problem.allowed.any(axis=1)
    shortest = max(1, int(problem.seconds[live].min(initial=NEVER)))
    longest = max((duty.end - duty.start for duty in problem.duties), default=0)
    return (longest // shortest + 1) * (int(problem.prizes.max(initial=0)) + problem.soft.least) + 1


def duty_classes(problem: Problem) -> tuple[DutyClass, ...]:
    """Every duty with a candidate in exactly one class, in the order of their first duties."""
    groups: dict[Any, list[int]] = defaultdict(list)
    legs = {way: closed_legs(problem, way) for way in sorted(set(problem.duty_travel))}
    for d, duty in enumerate(problem.duties):
        allowed = problem.allowed[:, d]
        if allowed.any() and duty.max_visits > 0:
            times = (duty.start, duty.end, duty.rest_seconds, duty.rest_from, duty.rest_to, duty.last_start)
            way, places = problem.duty_travel[d], problem.candidate_place[allowed]
            # Of one office there are often several teams. Legs are compared as they are and as they are closed.
            out = [each[problem.origins[d], places].tobytes() for each in (problem.travel[way], legs[way])]
            home = [each[places, problem.destinations[d]].tobytes() for each in (problem.travel[way], legs[way])]
            ways = (way, *out, *home)
            groups[duty.day, duty.max_visits, times, ways, allowed.tobytes()].append(d)
    return tuple(DutyClass(problem, tuple(ds), legs[problem.duty_travel[ds[0]]]) for ds in groups.values())
