"""
When a route's visits take place, and what fits between them.

A route is timed in two states at once: the break still to come, and the break taken. For each stop the forward pass
holds the earliest second at which a team is free to go on in either state, the backward pass the latest second at
which it may arrive. Earlier is never worse, so both are exact, and whether a candidate fits between two stops is a
constant number of comparisons [1]_, here for all candidates at once.

.. [1] Savelsbergh (1992), The vehicle routing problem with time windows: minimizing route duration. ORSA Journal on
   Computing 4(2), 146-154.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.plan import Interval
from planner.problem import NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.geo import IntArray
    from planner.problem import Problem
    from planner.teamdays import TeamDay


class Free(NamedTuple):
    """The earliest second at which a team may go on: before its break, and after it."""

    unrested: int
    rested: int


@dataclass(frozen=True)
class Timetable:
    """The times of one route."""

    arrivals: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    rest: Interval | None
    back: int


@dataclass(frozen=True, eq=False)
class Insertions:
    """What inserting each of several candidates into a route would take; arrays of shape (n,)."""

    position: IntArray
    """Where it costs least: before the stop at this position of the route."""
    detour: IntArray
    """Additional seconds of travel there; ``NEVER`` where the candidate does not fit anywhere."""


class DutyClock:
    """The times of one duty of a problem: its windows, its break, its legs."""

    def __init__(self, problem: Problem, duty: int) -> None:
        self.duty: TeamDay = problem.duties[duty]
        self.origin, self.destination = int(problem.origins[duty]), int(problem.destinations[duty])
        self.legs: NDArray[np.int32] = problem.legs(duty)
        self.place = problem.candidate_place
        self.seconds = problem.seconds
        day = int(problem.duty_day[duty])
        starts_in_time = problem.opens[day] <= self.duty.last_start
        self.opens: IntArray = np.where(starts_in_time, problem.opens[day], NEVER)
        self.closes: IntArray = np.where(starts_in_time, np.minimum(problem.closes[day], self.duty.last_start), -1)

    def forward(self, route: Sequence[int]) -> list[Free] | None:
        """Earliest times to go on: from the origin, then from each stop; None when the route is infeasible."""
        duty = self.duty
        free = Free(duty.start, self._rested(duty.start)) if duty.rest_seconds else Free(NEVER, duty.start)
        states, here = [free], self.origin
        for candidate in route:
            there = int(self.place[candidate])
            free = self._after(candidate, free, int(self.legs[here, there]))
            if min(free) >= NEVER:
                return None
            states.append(free)
            here = there
        # A team without a visit stays where it is: it has no way to make.
        return states if not route or self._home(states[-1], here) <= duty.end else None

    def backward(self, route: Sequence[int]) -> list[Free]:
        """
        Latest arrivals of a feasible route: at each stop, then at the destination.

        ``unrested`` is the latest arrival if the break is still to come, ``rested`` if it has been taken; negative when
        there is none.
        """
        duty = self.duty
        unrested = self._latest_unrested(duty.end) if duty.rest_seconds else -1
        states, there = [Free(unrested, duty.end)], self.destination
        for candidate in reversed(route):
            here, seconds = int(self.place[candidate]), int(self.seconds[candidate])
            ride = int(self.legs[here, there])
            later = states[-1]
            rested = self._last_start(candidate, later.rested - ride - seconds)
            unrested = -1
            if duty.rest_seconds:
                unrested = max(
                    self._latest_unrested(rested),
                    self._last_start(candidate, self._latest_unrested(later.rested - ride) - seconds),
                    self._last_start(candidate, later.unrested - ride - seconds),
                )
            states.append(Free(unrested, rested))
            there = here
        return states[::-1]

    def insertions(self, route: Sequence[int], candidates: IntArray) -> Insertions:
        """
        The cheapest feasible place in a feasible route for each candidate.

        O(n) for n candidates at each of the route's positions.
        """
        forward, backward = self.forward(route), self.backward(route)
        if forward is None:
            raise ValueError("the route is infeasible as it stands")
        way = [self.origin, *(int(self.place[c]) for c in route), self.destination]
        places, seconds = self.place[candidates], self.seconds[candidates]
        opens, closes = (np.ascontiguousarray(each[candidates].T) for each in (self.opens, self.closes))
        best = np.full(len(candidates), NEVER, np.int64)
        position = np.zeros(len(candidates), np.int64)
        for k, free in enumerate(forward):
            here, there = way[k], way[k + 1]
            to, on = self.legs[here, places].astype(np.int64), self.legs[places, there].astype(np.int64)
            unrested, rested = self._after_each(free, to, seconds, opens, closes)
            fits = (rested + on <= backward[k].rested) | (unrested + on <= backward[k].unrested)
            direct = int(self.legs[here, there]) if route else 0
            detour = np.where(fits, to + on - direct, NEVER)
            better = detour < best
            best[better], position[better] = detour[better], k
        return Insertions(position, best)

    def timetable(self, route: Sequence[int]) -> Timetable | None:
        """The earliest times of a route, leaving the origin no earlier than needed; None when it is infeasible."""
        states = self.forward(route)
        if states is None:
            return None
        rest_at = self._rest_position(route, states)
        at, here, rest = self.duty.start, self.origin, None
        arrivals, starts, ends = [], [], []
        if rest_at == (0, "leaving"):
            rest = self._rest(at)
            at = rest.end
        for k, candidate in enumerate(route):
            there = int(self.place[candidate])
            arrival = at = at + int(self.legs[here, there])
            if rest_at == (k, "arriving"):
                rest = self._rest(at)
                at = rest.end
            at = self._next_start(candidate, at)
            if k == 0 and rest_at != (0, "arriving"):
                arrival = at  # nobody leaves the office to wait in front of a closed door
            arrivals.append(arrival)
            starts.append(at)
            at += int(self.seconds[candidate])
            ends.append(at)
            if rest_at == (k + 1, "leaving"):
                rest = self._rest(at)
                at = rest.end
            here = there
        at += int(self.legs[here, self.destination]) if route else 0
        if rest_at == (len(route), "arriving"):
            rest = self._rest(at)
            at = rest.end
        return Timetable(tuple(arrivals), tuple(starts), tuple(ends), rest, at)

    def _rest_position(self, route: Sequence[int], states: list[Free]) -> tuple[int, str] | None:
        """
        Where the break of the earliest timetable lies: leaving the k-th place (0 = origin) or arriving at a stop.

        Traced from the end: the break came at the last point at which the rested state is not simply the rested state
        before, moved on.
        """
        if not self.duty.rest_seconds:
            return None
        way = [self.origin, *(int(self.place[c]) for c in route), self.destination]
        ride = int(self.legs[way[-2], way[-1]]) if route else 0
        if self._rested(states[-1].unrested + ride) < states[-1].rested + ride:
            return len(route), "arriving"
        for k in range(len(route), 0, -1):
            candidate, before, rested = route[k - 1], states[k - 1], states[k].rested
            ride, seconds = int(self.legs[way[k - 1], way[k]]), int(self.seconds[candidate])
            if before.rested < NEVER and self._next_start(candidate, before.rested + ride) + seconds == rested:
                continue
            arriving = self._next_start(candidate, self._rested(before.unrested + ride)) + seconds == rested
            return (k - 1, "arriving") if arriving else (k, "leaving")
        return 0, "leaving"

    def _home(self, free: Free, here: int) -> int:
        ride = int(self.legs[here, self.destination])
        return min(free.rested + ride, self._rested(free.unrested + ride))

    def _after(self, candidate: int, free: Free, ride: int) -> Free:
        seconds = int(self.seconds[candidate])
        unrested = self._next_start(candidate, free.unrested + ride) + seconds
        rested_arrival = min(free.rested + ride, self._rested(free.unrested + ride))
        rested = min(self._next_start(candidate, rested_arrival) + seconds, self._rested(unrested))
        return Free(min(unrested, NEVER), min(rested, NEVER))

    def _after_each(
        self, free: Free, ride: IntArray, seconds: IntArray, opens: IntArray, closes: IntArray
    ) -> tuple[IntArray, IntArray]:
        """``_after`` for candidates at once, arrays of shape (n,)."""
        unrested = _next_starts(free.unrested + ride, opens, closes) + seconds
        rested_arrival = np.minimum(free.rested + ride, self._rested_each(free.unrested + ride))
        rested = np.minimum(_next_starts(rested_arrival, opens, closes) + seconds, self._rested_each(unrested))
        return unrested, rested

    def _rest(self, at: int) -> Interval:
        end = self._rested(at)
        return Interval(end - self.duty.rest_seconds, end)

    def _rested(self, at: int) -> int:
        """The end of a break that begins as soon as it may; ``NEVER`` when it is too late for it."""
        end = max(at, self.duty.rest_from) + self.duty.rest_seconds
        return end if self.duty.rest_seconds and end <= self.duty.rest_to else NEVER

    def _rested_each(self, at: IntArray) -> IntArray:
        end = np.maximum(at, self.duty.rest_from) + self.duty.rest_seconds
        return np.where((end <= self.duty.rest_to) & (self.duty.rest_seconds > 0), end, NEVER)

    def _latest_unrested(self, rested: int) -> int:
        """The latest moment from which a break still ends by ``rested``; negative when there is none."""
        by = min(rested, self.duty.rest_to) - self.duty.rest_seconds
        return by if by >= self.duty.rest_from else -1

    def _next_start(self, candidate: int, at: int) -> int:
        for first, last in zip(self.opens[candidate], self.closes[candidate], strict=True):
            if at <= last:
                return max(at, int(first))
        return NEVER

    def _last_start(self, candidate: int, by: int) -> int:
        for first, last in zip(self.opens[candidate][::-1], self.closes[candidate][::-1], strict=True):
            if first <= by and first <= last:
                return min(by, int(last))
        return -1


def _next_starts(at: IntArray, opens: IntArray, closes: IntArray) -> IntArray:
    """The first start from ``at`` on within the windows, shapes (n,), (W, n) and (W, n); ``NEVER`` if none."""
    first = np.full(len(at), NEVER, np.int64)
    for soonest, latest in zip(opens, closes, strict=True):  # two or three: a loop is faster than an axis
        first = np.minimum(first, np.where(at <= latest, np.maximum(at, soonest), NEVER))
    return first
