"""
Listing: every route of one duty that earns more than a threshold, not the best alone. Compiled by numba.

Once prices have settled, a plan better than the best known is made of routes that earn nearly as much as the best. If
there are not too many of them they can be listed, and only the choice is left [1]_ (``shortlist``). A label is dropped
only for another one that has made the very same visits, ends at the same stop, and is no later; the completion bound
leaves out what cannot reach the threshold. Of the same visits the list has one route for each last stop, and none that
comes back to an item.

N candidates, I items.

.. [1] Baldacci, Christofides, Mingozzi (2008), An exact algorithm for the vehicle routing problem based on the set
   partitioning formulation with additional cuts. Mathematical Programming 115, 351-385.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from planner.problem import NEVER
from planner.solvers.compiled import lean
from planner.solvers.completion import Array, Promise, Shift, Stops, first_start, gets_home, rested_by
from planner.solvers.labels import Cuts, Hope, payment

if TYPE_CHECKING:
    from planner.solvers.alarm import Alarm


class Ahead(NamedTuple):
    """What each way on may still earn, so that only those are tried that reach the threshold."""

    most: Array
    """From each stop, left in a span of the shift, by way of each other, shape (N, S, N), int32."""
    order: Array
    """The other stops, the most hopeful first, shape (N, S, N), int16."""
    span: int
    """Seconds in a span."""


class Partial(NamedTuple):
    """Partial routes, shape (n,) each, and the table in which the same visits are found again."""

    profit: Array
    time: Array
    stop: Array
    before: Array
    visits: Array
    """Which stops have been visited: the sum of their ``dice``, uint64."""
    length: Array
    waiting: Array
    rested: Array
    dead: Array
    next_in_time: Array
    slot: Array
    """Positions by visits, stop and rest, -1 for nobody; twice as long as there is room, a power of two."""


class Queue(NamedTuple):
    """Work space for one list."""

    in_time: Array
    """The first to be taken at a second of the shift, shape (seconds + 1,), int32, of -1."""
    visited: Array
    """Items on the way of the partial route at hand, shape (I,), bool."""
    dice: Array
    """A random number for each stop on the way, and as the last one, unrested and rested, shape (3, N), uint64."""


@njit(cache=True, nogil=True)
def every(
    shift: Shift,
    stops: Stops,
    bound: Promise,
    width: int,
    cuts: Cuts,
    hope: Hope,
    ahead: Ahead,
    threshold: int,
    room: int,
    dice: Array,
    alarm: Alarm,
) -> tuple[Array, int]:
    """
    Routes that earn more than the threshold, all of them.

    Parameters
    ----------
    shift, stops, bound, width, cuts, hope, threshold
        As in ``labels.extend``. What routes pay for cuts depends on their order, and the list knows one order: it has
        all that earn more than the threshold when they pay for whatever they serve, and perhaps some more.
    room
        Labels that may be made.
    dice
        As in ``Queue``: two different sets of visits are the same to it with a probability of room² / 2**64.
    alarm
        Cuts the list off when it rings.

    Returns
    -------
    tuple
        Stops of each route in order, -1 where it has ended, shape (routes, longest), int32; and how many labels were
        made, -1 if that was not all.
    """
    places = 1
    while places < 2 * room:
        places *= 2
    partial = Partial(
        profit=np.empty(room, np.int32),
        time=np.empty(room, np.int32),
        stop=np.empty(room, np.int32),
        before=np.empty(room, np.int32),
        visits=np.empty(room, np.uint64),
        length=np.empty(room, np.int32),
        waiting=np.empty(room, np.uint64),
        rested=np.empty(room, np.int8),
        dead=np.zeros(room, np.bool_),
        next_in_time=np.empty(room, np.int32),
        slot=np.full(places, -1, np.int32),
    )
    items = stops.item.max() + 1
    queue = Queue(np.full(shift.end - shift.start + 1, -1, np.int32), np.zeros(items, np.bool_), dice)
    made, whole = _every(shift, stops, bound, width, cuts, hope, ahead, threshold, partial, queue, alarm)
    found, longest = 0, 1
    for x in range(made if whole else 0):
        if _ends(shift, stops, partial, x, threshold):
            found, longest = found + 1, max(longest, partial.length[x])
    routes = np.full((found, longest), -1, np.int32)
    found = 0
    for x in range(made if whole else 0):
        if _ends(shift, stops, partial, x, threshold):
            at = x
            for k in range(partial.length[x] - 1, -1, -1):
                routes[found, k] = partial.stop[at]
                at = partial.before[at]
            found += 1
    return routes, made if whole else -1


@lean
def _ends(shift: Shift, stops: Stops, partial: Partial, x: int, threshold: int) -> bool:
    """Whether a partial route is a route that earns more than the threshold."""
    if partial.dead[x] or partial.profit[x] <= threshold:
        return False
    return gets_home(shift, partial.time[x], stops.home[partial.stop[x]], partial.rested[x])


@lean
def _every(
    shift: Shift,
    stops: Stops,
    bound: Promise,
    width: int,
    cuts: Cuts,
    hope: Hope,
    ahead: Ahead,
    threshold: int,
    partial: Partial,
    queue: Queue,
    alarm: Alarm,
) -> tuple[int, bool]:
    """Make all partial routes that may end in one of the list; how many, and whether that was all. O(labels N)."""
    prize, item_of, seconds, rides = stops.prize, stops.item, stops.seconds, stops.ride
    most, tempting, hopes, order, onward = bound.most, bound.tempting, hope.most, hope.order, ahead.order
    profits, times, stop_of, before = partial.profit, partial.time, partial.stop, partial.before
    in_time, visited, dice, slot = queue.in_time, queue.visited, queue.dice, partial.slot
    count, room, mask = len(prize), len(profits), np.uint64(len(slot) - 1)
    made = 0
    for moment in range(-1, shift.end - shift.start + 1):
        while moment < 0 or in_time[moment] >= 0:
            if alarm[0]:
                return made, False
            current, here, time, rested, done_visits, profit = -1, -1, shift.start, 0 if shift.rest > 0 else 1, 0, 0
            known, waits = np.uint64(0), np.uint64(0)
            if moment >= 0:
                current = in_time[moment]
                in_time[moment] = partial.next_in_time[current]
                if partial.dead[current]:
                    continue
                here, time, rested = stop_of[current], times[current], partial.rested[current]
                done_visits, profit = partial.length[current], profits[current]
                known, waits = partial.visits[current], partial.waiting[current]
            span = (time - shift.start) // ahead.span if here >= 0 else 0
            x = current
            while x >= 0:
                visited[item_of[stop_of[x]]] = True
                x = before[x]
            for q in range(count if done_visits < shift.most else 0):
                j = order[0, q] if here < 0 else onward[here, span, q]
                if profit + (hopes[0, j] if here < 0 else ahead.most[here, span, j]) <= threshold:
                    break
                item = item_of[j]
                if visited[item]:
                    continue
                ride = stops.out[j] if here < 0 else rides[here, j]
                earned = profit + prize[j]
                waiting = waits & cuts.keep[j]
                due = waiting & cuts.of[j]
                if due:
                    earned -= payment(cuts, due)
                waiting ^= cuts.of[j]
                tempted = 0
                for a in range(tempting.shape[1]):
                    if tempting[j, a] >= 0 and visited[tempting[j, a]]:
                        tempted |= 1 << a
                visits = known + dice[0, j]
                for then_rested in range(rested, 2):
                    arrival = time + ride
                    if then_rested != rested:
                        arrival = min(rested_by(shift, time) + ride, rested_by(shift, arrival))
                    start = first_start(stops.opens, stops.closes, j, arrival) if arrival < NEVER else NEVER
                    if start >= NEVER:
                        continue
                    done = start + seconds[j]
                    bucket = (start - shift.start) // width
                    if earned - prize[j] + most[then_rested, j, tempted, bucket] <= threshold:
                        continue
                    at = (visits + dice[1 + then_rested, j]) & mask
                    same = slot[at]
                    while same >= 0 and not (
                        partial.visits[same] == visits and stop_of[same] == j and partial.rested[same] == then_rested
                    ):
                        at = (at + np.uint64(1)) & mask
                        same = slot[at]
                    if same >= 0 and times[same] <= done:
                        continue
                    if made >= room:
                        return made, False
                    if same >= 0:
                        partial.dead[same] = True
                    slot[at] = made
                    profits[made], times[made], stop_of[made], before[made] = earned, done, j, current
                    partial.visits[made], partial.waiting[made] = visits, waiting
                    partial.length[made], partial.rested[made] = done_visits + 1, then_rested
                    partial.next_in_time[made] = in_time[done - shift.start]
                    in_time[done - shift.start] = made
                    made += 1
            x = current
            while x >= 0:
                visited[item_of[stop_of[x]]] = False
                x = before[x]
            if moment < 0:
                break
    return made, True
