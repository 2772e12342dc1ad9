"""
Pricing: the best routes of one duty class when every candidate has a reduced prize.

What is priced is priority alone, not travel; the route that is found for a set of visits is the one that is over first.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from threading import get_ident
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.problem import NEVER
from planner.solvers import completion, labels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from planner.geo import IntArray
    from planner.solvers.classes import DutyClass
    from planner.solvers.cuts import Cut

LEAST_BUCKETS, QUICK_BUCKETS, MOST_BUCKETS = 128, 120, 1_600
BUCKETS_AND_ARCS = 600_000_000
"""A grid of so many buckets times arcs at the most, unless that were fewer than the least buckets."""
REMEMBERED = 5
"""Items that a stop remembers at first: the nearest, and as many of the nearest of those that earn most."""
TEMPTING, QUICK_TEMPTING = 3, 2
"""Items that the completion bound remembers at each stop: 2 to that power as many numbers."""
TEMPT_SECONDS = 600.0
"""What coming back takes besides legs and visit; with less the nearest items would tempt more than rich ones."""
RICH = 60
"""How many items earn most."""
MOST_REMEMBERED = 63
"""As many as a label's memory has bits, and one to spare."""
MOST_CUTS = 63
"""As many as a label has bits for, and one to spare."""
LIFTS = (0.5, 0.3, 0.18, 0.1, 0.05, 0.0)
"""Floors of the search for labels, one after the other: shares of the way from the threshold to what is promised."""
FEW_LABELS = 15_000
"""Where no more than these were made a lower floor is tried for more routes, though the best has been found."""
MOST_AGAIN = 3
"""How often a search is made again because its best route goes in circles."""
MOST_COMPARISONS, COMPARISONS_A_SECOND = 200_000_000, 250_000_000
"""Of labels with labels: more are not worth waiting for; roughly how many there is time for."""
SPANS = 32
"""Spans of the shift for which a label knows what is hopeless."""
MOST_STOPS = 200
"""Stops that a quick search looks at."""
ALIKE = 0.6
"""Of a new column no larger share is in others of the same round."""
NEIGHBOURS = 20
"""Successors of a stop that a quick search tries."""


class Way(Enum):
    """How to look for routes."""

    QUICK = "some good ones among the densest stops and the most promising arcs"
    MANY = "all that no other beats in everything, none with a repetition"
    EXACT = "the best of all, and the proof that there is none better"


@dataclass(frozen=True)
class Priced:
    """What pricing found for one duty of a class."""

    bound: int
    """No route of the candidates that were looked at earns more than this and the threshold."""
    routes: tuple[tuple[int, ...], ...]
    """Routes that earn more than the threshold, best first; an item may come twice where that was not excluded."""
    complete: bool
    """Whether nothing was cut off for want of room."""
    labels: int = 0
    """How many were made at last."""


@dataclass(eq=False)
class Pricer:
    """Prices the routes of one duty class; remembers what its memory has grown to."""

    duties: DutyClass
    grown: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Items beyond the nearest that a candidate remembers."""
    first_lift: int = 0
    """Which of ``LIFTS`` to begin with: one above that which the last search ended with."""

    def price(
        self,
        prizes: IntArray,
        cuts: Sequence[tuple[Cut, int]],
        threshold: int,
        way: Way,
        *,
        most_labels: int,
        most_routes: int,
        until: float | None = None,
    ) -> Priced:
        """
        Routes that earn more than a threshold, best first.

        Parameters
        ----------
        prizes
            What each candidate earns beyond the prices, shape (C,); those of 0 or less are left out. Without them a
            plan keeps its rules and loses no more than their prices, which the bound counts anyway.
        cuts
            With what it costs to pay each.
        until
            The moment of ``time.monotonic()`` after which no second try is made where the first has too many labels.
        """
        problem = self.duties.problem
        opens, closes = self.duties.windows
        rows = np.flatnonzero((prizes[self.duties.candidates] > 0) & (closes[:, 0] >= 0))
        if way is Way.QUICK and len(rows) > MOST_STOPS:
            chosen = self.duties.candidates[rows]
            density = prizes[chosen] / (problem.seconds[chosen] + 600.0)
            rows = np.sort(rows[np.argsort(-density, kind="stable")[:MOST_STOPS]])
        if not len(rows):
            return Priced(max(0, threshold), (), complete=True)
        mine = self.duties.candidates[rows]
        items, item = np.unique(problem.candidate_wanted[mine], return_inverse=True)
        stops, width = self._stops(mine, prizes, item.astype(np.int32), opens[rows], closes[rows], way)
        shift = self.duties.shift
        if width < 1:  # visits and legs of no length: nothing can be said about when what is possible
            most = shift.most if shift.most < completion.UNLIMITED else len(items)
            return Priced(int(np.sort(prizes[mine])[-most:].sum()), (), complete=False)
        tempting = self._tempting(stops, len(items), QUICK_TEMPTING if way is Way.QUICK else TEMPTING)
        bound = completion.promise(shift, stops, tempting, width, _room(get_ident()))
        most = int(completion.promised(shift, stops, bound, width))
        if most <= threshold:
            return Priced(max(0, threshold), (), complete=True)
        memory = self._memory(mine, items, stops, tempting)
        tracked = _tracked(cuts, items, stops.item)
        space = _space(most_labels, get_ident())
        hope = _hope(bound, width, way)

        def extended(floor: int, cuts: labels.Cuts) -> tuple[IntArray, int, bool]:
            made, complete = labels.extend(
                *(shift, stops, bound, width, memory, cuts, hope, floor, space),
                elementary=way is not Way.EXACT,
                forgetful=way is Way.QUICK,
                most_compared=_most_compared(until),
            )
            return self._finished(stops, space, made, floor), made, complete

        if way is Way.QUICK:
            ends = self._quick(extended, tracked, threshold, most)
            return Priced(most, self._routes(mine, space, ends, most_routes), complete=False)
        if way is Way.MANY:
            ends, _, complete = extended(threshold, tracked)
            return Priced(most, self._routes(mine, space, ends, most_routes, most_alike=1.0), complete)
        # Above a high floor there are few labels; where none of them ends in a route, nothing earns more than it. Where
        # the best route goes in circles its stops remember more, and the search is made again.
        proven, again = most, 0
        for lift in LIFTS[self.first_lift :]:
            floor = threshold + int(lift * (most - threshold))
            while True:
                ends, made, complete = extended(floor, tracked)
                routes = self._routes(mine, space, ends, most_routes)
                late = until is not None and time.monotonic() >= until
                if complete:
                    proven = int(space.profit[ends].max()) if len(ends) else floor
                if not complete or late or again == MOST_AGAIN or not routes or not self.grow(routes[0]):
                    break
                for route in routes[1:]:
                    self.grow(route)
                memory = self._memory(mine, items, stops, tempting)
                again += 1
            if not complete or late or (routes and made > FEW_LABELS):
                break
        self.first_lift = max(0, LIFTS.index(lift) - 1)
        return Priced(max(0, proven), routes, complete, made)

    @staticmethod
    def _quick(
        extended: Callable[[int, labels.Cuts], tuple[IntArray, int, bool]], cuts: labels.Cuts, threshold: int, most: int
    ) -> IntArray:
        """Good labels in a band below what is promised: a narrower one where there are many, a wider where none."""
        share = 0.12
        for _ in range(5):
            floor = max(threshold, most - int(share * most))
            ends, _, complete = extended(floor, cuts)
            if not complete and share > 0.01:
                share /= 2.5
            elif complete and floor > threshold and not len(ends):
                share *= 3
            else:
                break
        return ends

    def grow(self, route: Sequence[int]) -> int:
        """Make the stops between two visits of one item remember it; how many learnt something."""
        wanted = self.duties.problem.candidate_wanted
        learnt, last = 0, dict[int, int]()
        for k, c in enumerate(route):
            item = int(wanted[c])
            for between in route[last[item] + 1 : k] if item in last else ():
                known = self.grown[between]
                if item not in known and len(known) < MOST_REMEMBERED - 2 * REMEMBERED - TEMPTING - 1:
                    known.add(item)
                    learnt += 1
            last[item] = k
        return learnt

    def _stops(
        self, mine: IntArray, prizes: IntArray, item: IntArray, opens: IntArray, closes: IntArray, way: Way
    ) -> tuple[completion.Stops, int]:
        """The candidates as arrays, and the width of a bucket in seconds; 0 if an arc takes no time."""
        problem, legs, duty = self.duties.problem, self.duties.legs, self.duties.duties[0]
        places, seconds = problem.candidate_place[mine], problem.seconds[mine]
        ride = legs[np.ix_(places, places)]
        soonest = opens[:, 0] + seconds
        latest = closes.max(axis=1)
        arcs = (soonest[:, None] + ride <= latest[None, :]) & (item[:, None] != item[None, :])
        shortest = int((seconds[:, None] + ride)[arcs].min(initial=NEVER))
        span = self.duties.shift.end - self.duties.shift.start
        most = QUICK_BUCKETS if way is Way.QUICK else MOST_BUCKETS
        buckets = max(LEAST_BUCKETS, min(most, BUCKETS_AND_ARCS // len(mine) ** 2))
        width = min(shortest, max(1, span // buckets))
        if way is Way.QUICK and len(mine) > NEIGHBOURS:
            arcs &= _near(prizes[mine], seconds, ride, arcs)
        most = max(1, int(arcs.sum(axis=1).max(initial=0)))
        order = np.argsort(~arcs, axis=1, kind="stable")[:, :most]
        following = np.where(np.take_along_axis(arcs, order, 1), order, -1)
        as_ints = np.int32
        stops = completion.Stops(
            prize=prizes[mine].astype(as_ints),
            item=item,
            seconds=seconds.astype(as_ints),
            opens=np.minimum(opens, NEVER).astype(as_ints),
            closes=closes.astype(as_ints),
            out=np.ascontiguousarray(legs[problem.origins[duty], places]),
            ride=ride,
            home=np.ascontiguousarray(legs[places, problem.destinations[duty]]),
            next=following.astype(as_ints),
        )
        return stops, width

    @staticmethod
    def _tempting(stops: completion.Stops, count: int, most: int) -> NDArray[np.int32]:
        """The items that earn most for the time that it would take to come back to them, shape (N, most)."""
        score = np.zeros((len(stops.item), count))
        away = stops.ride + stops.ride.T + stops.seconds[None, :]
        gain = stops.prize[None, :] / (away + TEMPT_SECONDS)
        np.maximum.at(score.T, stops.item, gain.T)
        score[np.arange(len(stops.item)), stops.item] = 0.0
        tempting = np.full((len(stops.item), most), -1, np.int32)
        best = np.argsort(-score, axis=1, kind="stable")[:, :most]
        held = np.take_along_axis(score, best, axis=1) > 0
        tempting[:, : best.shape[1]] = np.where(held, best, -1)
        return tempting

    def _memory(
        self, mine: IntArray, items: IntArray, stops: completion.Stops, tempting: NDArray[np.int32]
    ) -> labels.Memory:
        """What each stop remembers: its own item, the tempting ones, the nearest ones, and what it has grown."""
        count = len(items)
        away = np.full((len(mine), count), NEVER, np.int64)
        np.minimum.at(away.T, stops.item, stops.ride.T.astype(np.int64))
        away[np.arange(len(mine)), stops.item] = -1
        near = np.argsort(away, axis=1, kind="stable")[:, :REMEMBERED]
        earns = np.zeros(count, np.int64)
        np.maximum.at(earns, stops.item, stops.prize.astype(np.int64))
        rich = np.argsort(-earns, kind="stable")[:RICH]
        rich_near = rich[np.argsort(away[:, rich], axis=1, kind="stable")[:, :REMEMBERED]]
        remembered = np.full((len(mine), MOST_REMEMBERED), -1, np.int32)
        bit = np.full((len(mine), count), -1, np.int8)
        at = np.zeros(len(mine), np.int64)
        rows = np.arange(len(mine))
        for place, column in enumerate((stops.item, *tempting.T, *near.T, *rich_near.T)):
            new = (column >= 0) & (bit[rows, column] < 0)
            remembered[rows[new], at[new]] = column[new]
            bit[rows[new], column[new]] = at[new]
            at[new] += 1
            at = np.maximum(at, min(place, tempting.shape[1]) + 1)  # a bit for each tempting item, though there be none
        position = {int(item): k for k, item in enumerate(items)}
        for k, c in enumerate(mine.tolist()):
            for item in sorted(self.grown.get(c, ())):
                i = position.get(item, -1)
                if i >= 0 and bit[k, i] < 0:
                    remembered[k, at[k]], bit[k, i] = i, at[k]
                    at[k] += 1
        return labels.Memory(remembered, bit)

    def _finished(self, stops: completion.Stops, space: labels.Labels, made: int, floor: int) -> IntArray:
        """Labels that earn more than the floor and get home in time."""
        ends = np.flatnonzero(space.profit[:made] > floor)
        shift = self.duties.shift
        return ends[labels.finished(shift, stops, space, ends)]

    @staticmethod
    def _routes(
        mine: IntArray, space: labels.Labels, ends: IntArray, most: int, most_alike: float = ALIKE
    ) -> tuple[tuple[int, ...], ...]:
        """
        The routes of the best labels, each set of candidates once.

        None of which more than a share is in three of the others already.
        """
        found: dict[Any, tuple[int, ...]] = {}
        seen: dict[int, int] = defaultdict(int)
        for end in ends[np.argsort(-space.profit[ends], kind="stable")].tolist():
            route, label = [], end
            while label >= 0:
                route.append(int(mine[space.stop[label]]))
                label = int(space.before[label])
            key = frozenset(route) if len(set(route)) == len(route) else tuple(route)
            if key in found or (found and sum(seen[c] >= 3 for c in route) > most_alike * len(route)):
                continue
            found[key] = tuple(route[::-1])
            for c in route:
                seen[c] += 1
            if len(found) == most:
                break
        return tuple(found.values())


def _near(prizes: IntArray, seconds: IntArray, ride: NDArray[np.int32], arcs: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of each stop's successors those that earn most for their time, and half as many of the nearest."""
    gain = np.where(arcs, prizes[None, :] / (ride + seconds[None, :] + 1.0), -1.0)
    away = np.where(arcs, ride, NEVER)
    near = np.zeros_like(arcs)
    rows = np.arange(len(ride))[:, None]
    near[rows, np.argpartition(-gain, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]] = True
    near[rows, np.argpartition(away, NEIGHBOURS // 2, axis=1)[:, : NEIGHBOURS // 2]] = True
    return near


def _hope(bound: completion.Promise, width: int, way: Way) -> labels.Hope:
    """What may still be earned, in spans of several buckets; none for a quick search, which tries few stops anyway."""
    step = 1 if way is Way.QUICK else max(1, bound.buckets // SPANS)
    # nothing that begins later earns more
    later = np.maximum.accumulate(bound.most[1, :, 0, : bound.buckets][:, ::-1], axis=1)[:, ::-1]
    if way is Way.QUICK:
        later = later[:, :0]
    most = np.ascontiguousarray(later[:, ::step].T)
    order = np.argsort(-most, axis=1, kind="stable").astype(np.int32)
    return labels.Hope(most.astype(np.int32), order, step * width)


def _most_compared(until: float | None) -> int:
    """How many comparisons there is time for."""
    if until is None:
        return MOST_COMPARISONS
    return max(0, int(min(MOST_COMPARISONS, (until - time.monotonic()) * COMPARISONS_A_SECOND)))


def _tracked(cuts: Sequence[tuple[Cut, int]], items: IntArray, item: IntArray) -> labels.Cuts:
    """The dearest cuts that two of the items are in; to leave one out makes routes look better, never worse."""
    position = {int(wanted): k for k, wanted in enumerate(items)}
    mine = []
    for cut, price in cuts:
        three = sorted(position[w] for w in cut.trio if w in position)
        if price > 0 and len(three) > 1:
            mine.append((-price, three, sorted(position[w] for w in cut.memory if w in position)))
    of, keep = np.zeros(len(items), np.uint64), np.zeros(len(items), np.uint64)
    prices = np.zeros(MOST_CUTS, np.int32)
    for bit, (price, three, kept) in enumerate(sorted(mine)[:MOST_CUTS]):
        prices[bit] = -price
        of[three] |= np.uint64(1 << bit)
        keep[kept] |= np.uint64(1 << bit)
    return labels.Cuts(of[item], keep[item], prices)


@cache
def _room(_thread: int) -> completion.Room:
    """Where a thread keeps what is promised."""
    return completion.Room()


@cache
def _space(most: int, _thread: int) -> labels.Labels:
    """Work space for so many labels, kept for the next search of the thread."""
    return labels.Labels(
        profit=np.empty(most, np.int32),
        time=np.empty(most, np.int32),
        stop=np.empty(most, np.int32),
        before=np.empty(most, np.int32),
        memory=np.empty(most, np.uint64),
        waiting=np.empty(most, np.uint64),
        rested=np.empty(most, np.int8),
        visits=np.empty(most, np.int16),
        dead=np.empty(most, np.bool_),
        next_in_time=np.empty(most, np.int32),
        next_at_stop=np.empty(most, np.int32),
    )
