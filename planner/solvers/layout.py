"""Candidates of a class at given prices, laid out for the kernels: stops, what they remember, what is promised."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from threading import get_ident
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.problem import NEVER
from planner.solvers import completion, labels, listing, thinning
from planner.solvers.alarm import SILENT
from planner.solvers.completion import Promise, Room, Shift, Stops
from planner.solvers.labels import Cuts, Hope, Labels, Memory
from planner.solvers.listing import Ahead

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from planner.geo import IntArray
    from planner.solvers.alarm import Alarm
    from planner.solvers.classes import DutyClass
    from planner.solvers.cuts import Cut

COARSE_BUCKETS, THINNING_BUCKETS, FINE_BUCKETS = 128, 256, 1_600
BUCKETS_AND_ARCS = 160_000_000
"""A fine grid has so many buckets times arcs at the most, unless that were fewer than those of a coarse one."""
REMEMBERED = 5
"""Items that a stop remembers at first: the nearest, and as many of the nearest of those that earn most."""
TEMPTING, QUICK_TEMPTING, THINNING_TEMPTING = 3, 2, 1
"""Items that the completion bound remembers at each stop: 2 to that power as many numbers."""
TEMPT_SECONDS = 600.0
"""What coming back takes besides legs and visit; with less the nearest items would tempt more than rich ones."""
RICH = 60
"""How many items earn most."""
MOST_REMEMBERED = 63
"""As many as a label's memory has bits, and one to spare."""
MOST_CUTS = 63
"""As many as a label has bits for, and one to spare."""
FEW_STOPS = 60
"""With more stops than these it pays to find out first which of them can matter."""
SPANS = 32
"""Spans of the shift for which a label knows what is hopeless."""
DICE = 20_261_124
"""Seed of the numbers by which a list finds the same visits again."""
NEIGHBOURS = 20
"""Successors of a stop that a quick search tries."""


class Layout:
    """
    Some candidates of a duty class, ready for a search for labels.

    Of one thread there is only one at a time: the next one takes over its room.
    """

    def __init__(
        self,
        duties: DutyClass,
        rows: IntArray,
        prizes: IntArray,
        cuts: Sequence[tuple[Cut, int]],
        grown: Mapping[int, set[int]],
        alarm: Alarm,
        *,
        quick: bool,
    ) -> None:
        """
        Lay out candidates.

        Parameters
        ----------
        rows
            Which of the class's candidates.
        prizes
            What each candidate of the problem earns, shape (C,).
        cuts
            With what it costs to pay each.
        grown
            Items that candidates remember beyond what all do.
        alarm
            Cuts searches off when it rings.
        quick
            Only the most promising arcs, on a coarse grid, for a search that proves nothing.

        Raises
        ------
        Rang
            The alarm, before all was promised.
        """
        shift, self.quick, self.alarm = duties.shift, quick, alarm
        self.duties, self.mine = duties, duties.candidates[rows]
        fine = max(COARSE_BUCKETS, min(FINE_BUCKETS, BUCKETS_AND_ARCS // len(rows) ** 2))
        self.items, stops = _stops(duties, rows, prizes)
        self.stops, self.width = _joined(stops, shift, COARSE_BUCKETS if quick else fine, near=quick)
        self.timeless = self.width < 1
        """Whether visits and legs have no length, so that nothing can be said about when what is possible."""
        if self.timeless:
            visits = shift.most if shift.most < completion.UNLIMITED else len(self.mine)
            self.most = int(np.sort(prizes[self.mine])[-visits:].sum())
            """The most that any route is promised."""
            return
        self.tempting = _tempting(self.stops, len(self.items), QUICK_TEMPTING if quick else TEMPTING)
        room = _room(get_ident())
        self.bound = completion.promise(shift, self.stops, self.tempting, self.width, room, alarm)
        self.cuts = _tracked(cuts, self.items, self.stops.item)
        self.hope = _hope(self.bound, self.width, quick=quick)
        self.remember(grown)
        self.most = int(completion.promised(shift, self.stops, self.bound, self.width))

    def remember(self, grown: Mapping[int, set[int]]) -> None:
        """Let stops remember more."""
        self.memory = _memory(self.mine, self.items, self.stops, self.tempting, grown)

    def extend(self, floor: int, most_labels: int, *, elementary: bool) -> tuple[IntArray, int, bool]:
        """
        Labels of routes that earn more than a floor; how many labels were made, and whether that was all.

        Parameters
        ----------
        elementary
            No route comes back to an item.
        """
        self.space, shift = _space(most_labels, get_ident()), self.duties.shift
        made, complete = labels.extend(
            *(shift, self.stops, self.bound, self.width, self.memory, self.cuts, self.hope, floor, self.space),
            elementary=elementary,
            forgetful=self.quick,
            alarm=self.alarm,
        )
        ends = np.flatnonzero(self.space.profit[:made] > floor)
        return ends[labels.finished(shift, self.stops, self.space, ends)], made, complete

    def every(self, floor: int, most_labels: int) -> IntArray | None:
        """
        All routes that earn more than a floor, as candidates, -1 where a route has ended, shape (routes, longest).

        None if there was not the time for it, or more labels were needed.
        """
        dice = np.random.default_rng(DICE).integers(1 << 64, size=(3, len(self.mine)), dtype=np.uint64)
        routes, made = listing.every(
            *(self.duties.shift, self.stops, self.bound, self.width, self.cuts, self.hope),
            *(_ahead(self.stops, self.bound, self.width), floor, most_labels, dice, self.alarm),
        )
        return None if made < 0 else np.where(routes >= 0, self.mine[routes], -1)

    def best(self, ends: IntArray) -> int:
        """What the best of some labels has earned."""
        return int(self.space.profit[ends].max())

    def routes(self, ends: IntArray, most: int, most_alike: float) -> tuple[tuple[int, ...], ...]:
        """
        The routes of the best labels, each set of candidates once.

        None of which more than a share is in three of the others already.
        """
        mine, space = self.mine, self.space
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


def thinned(
    duties: DutyClass, rows: IntArray, prizes: IntArray, threshold: int, alarm: Alarm = SILENT, few: int = FEW_STOPS
) -> IntArray:
    """Of more than a few rows those that a route which earns more than a threshold may visit; or ``Rang``."""
    for look in (_roughly_by_way, _by_way):
        if len(rows) <= few:
            break
        most = look(duties, rows, prizes, alarm)
        rows = rows if most is None else rows[most > threshold]
    return rows


def _roughly_by_way(duties: DutyClass, rows: IntArray, prizes: IntArray, alarm: Alarm) -> IntArray | None:
    """The most that a route by way of each row earns, shape (n,), at a glance; None if visits take no time."""
    shift, (_, stops) = duties.shift, _stops(duties, rows, prizes)
    width = min(int(stops.seconds.min()), max(1, (shift.end - shift.start) // THINNING_BUCKETS))
    return thinning.roughly_by_way(shift, stops, width, alarm) if width else None


def _by_way(duties: DutyClass, rows: IntArray, prizes: IntArray, alarm: Alarm) -> IntArray | None:
    """The same with another look, which takes longer; None if visits and legs take no time."""
    items, stops = _stops(duties, rows, prizes)
    stops, width = _joined(stops, duties.shift, THINNING_BUCKETS)
    if not width:
        return None
    tempting = _tempting(stops, len(items), THINNING_TEMPTING)
    return thinning.by_way(duties.shift, stops, tempting, width, _room(get_ident()), alarm)


def _stops(duties: DutyClass, rows: IntArray, prizes: IntArray) -> tuple[IntArray, Stops]:
    """Rows of the candidates: items, and stops with nothing yet that may come next."""
    problem, legs, duty = duties.problem, duties.legs, duties.duties[0]
    mine, (opens, closes) = duties.candidates[rows], (each[rows] for each in duties.windows)
    items, item = np.unique(problem.candidate_wanted[mine], return_inverse=True)
    places = problem.candidate_place[mine]
    as_ints = np.int32
    stops = Stops(
        prize=prizes[mine].astype(as_ints),
        item=item.astype(as_ints),
        seconds=problem.seconds[mine].astype(as_ints),
        opens=np.minimum(opens, NEVER).astype(as_ints),
        closes=closes.astype(as_ints),
        out=np.ascontiguousarray(legs[problem.origins[duty], places]),
        ride=legs[np.ix_(places, places)],
        home=np.ascontiguousarray(legs[places, problem.destinations[duty]]),
        next=np.empty((len(mine), 0), as_ints),
    )
    return items, stops


def _joined(stops: Stops, shift: Shift, buckets: int, *, near: bool = False) -> tuple[Stops, int]:
    """
    Stops with what may come next, and the width of so many buckets in seconds: 0 where an arc takes no time.

    Parameters
    ----------
    near
        Only the most promising arcs.
    """
    soonest, latest = stops.opens[:, 0] + stops.seconds, stops.closes.max(axis=1)
    arcs = (soonest[:, None] + stops.ride <= latest) & (stops.item[:, None] != stops.item)
    shortest = int((stops.seconds[:, None] + stops.ride)[arcs].min(initial=NEVER))
    if near and len(arcs) > NEIGHBOURS:
        arcs &= _near(stops, arcs)
    width = min(shortest, max(1, (shift.end - shift.start) // buckets))
    return stops._replace(next=completion.successors(arcs)), width


def _tempting(stops: Stops, count: int, most: int) -> NDArray[np.int32]:
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
    mine: IntArray, items: IntArray, stops: Stops, tempting: NDArray[np.int32], grown: Mapping[int, set[int]]
) -> Memory:
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
        for item in sorted(grown.get(c, ())):
            i = position.get(item, -1)
            if i >= 0 and bit[k, i] < 0:
                remembered[k, at[k]], bit[k, i] = i, at[k]
                at[k] += 1
    return Memory(remembered, bit)


def _near(stops: Stops, arcs: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of each stop's successors those that earn most for their time, and half as many of the nearest."""
    gain = np.where(arcs, stops.prize / (stops.ride + stops.seconds + 1.0), -1.0)
    away = np.where(arcs, stops.ride, NEVER)
    near = np.zeros_like(arcs)
    rows = np.arange(len(arcs))[:, None]
    near[rows, np.argpartition(-gain, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]] = True
    near[rows, np.argpartition(away, NEIGHBOURS // 2, axis=1)[:, : NEIGHBOURS // 2]] = True
    return near


def _hope(bound: Promise, width: int, *, quick: bool) -> Hope:
    """What may still be earned, in spans of several buckets; none for a quick search, which tries few stops anyway."""
    step = 1 if quick else max(1, bound.buckets // SPANS)
    later = _later(bound)
    if quick:
        later = later[:, :0]
    most = np.ascontiguousarray(later[:, ::step].T)
    order = np.argsort(-most, axis=1, kind="stable").astype(np.int32)
    return Hope(most.astype(np.int32), order, step * width)


def _later(bound: Promise) -> NDArray[np.int32]:
    """What is promised after a stop that is reached in a bucket or later, shape (N, B)."""
    later: NDArray[np.int32] = np.maximum.accumulate(bound.most[1, :, 0, : bound.buckets][:, ::-1], axis=1)[:, ::-1]
    return later


def _ahead(stops: Stops, bound: Promise, width: int) -> Ahead:
    """What each way on may still earn, in spans of several buckets."""
    count, step = len(stops.prize), max(1, bound.buckets // SPANS)
    left = np.arange(0, bound.buckets, step) * width  # since the shift began, at the beginning of each span
    later = _later(bound)
    most = np.empty((count, len(left), count), np.int32)
    for i in range(count):
        bucket = np.minimum((left[:, None] + stops.ride[i]) // width, bound.buckets - 1)
        most[i] = later[np.arange(count), bucket]
    order = np.argsort(-most, axis=2, kind="stable").astype(np.int16)
    return Ahead(most, order, step * width)


def _tracked(cuts: Sequence[tuple[Cut, int]], items: IntArray, item: IntArray) -> Cuts:
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
    return Cuts(of[item], keep[item], prices)


@cache
def _room(_thread: int) -> Room:
    """Where a thread keeps what is promised."""
    return Room()


@cache
def _space(most: int, _thread: int) -> Labels:
    """Work space for so many labels, kept for the next search of the thread."""
    return Labels(
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
