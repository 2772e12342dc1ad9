"""
The completion bound of pricing: what a route of one duty can still earn after a stop, backwards. Compiled by numba.

It stands on a grid of time in buckets of ``width`` seconds and only ever promises too much, so that what is proven with
it stays proven: arrivals are rounded down once an arc, and items may be earned again, but for a few that each stop
remembers, those that it would be most tempting to come back to [1]_.

It asks that no stop is a short cut: that going straight is never slower than by way of a visit. Across a winding river,
or in a table of legs, it may be; so legs are *closed* first, made as short as the way by way of visits. What is found
on closed legs must be tried on the real ones; what is proven holds for both.

N candidates, W windows, K neighbours, B buckets, A items that a stop remembers, P places.

.. [1] Boland, Dethridge, Dumitrescu (2006), Accelerated label setting algorithms for the elementary resource
   constrained shortest path problem. Operations Research Letters 34(1), 58-68.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.problem import NEVER
from planner.solvers.alarm import SILENT, Alarm, Rang
from planner.solvers.compiled import lean

Array: TypeAlias = NDArray[Any]

NOTHING = np.int32(-(1 << 30))
"""Less than any profit."""
LONGEST_BLOCK = 256
"""Buckets that are done together."""
UNLIMITED = 1 << 14
"""So many visits that nobody needs to count them."""


class Shift(NamedTuple):
    """One duty class, seconds since midnight."""

    start: int
    end: int
    rest: int
    """Length of the break; 0: none."""
    rest_from: int
    rest_to: int
    most: int
    """Most visits."""


class Stops(NamedTuple):
    """The candidates that are worth visiting at the prices given."""

    prize: Array
    """What a visit earns beyond the prices, shape (N,), int32, positive."""
    item: Array
    """Shape (N,), int32."""
    seconds: Array
    """Shape (N,), int32."""
    opens: Array
    """Shape (N, W), int32; windows in order, those that the shift allows."""
    closes: Array
    """Shape (N, W), int32; -1 where there is no window."""
    out: Array
    """Seconds from the origin, shape (N,), int32."""
    ride: Array
    """Seconds between stops, shape (N, N), int32."""
    home: Array
    """Seconds to the destination, shape (N,), int32."""
    next: Array
    """What may come after each stop, shape (N, K), int32; -1 where there is no more."""


def successors(arcs: NDArray[np.bool_]) -> NDArray[np.int32]:
    """``Stops.next`` of the arcs that there are, shape (N, N)."""
    most = max(1, int(arcs.sum(axis=1).max(initial=0)))
    order = np.argsort(~arcs, axis=1, kind="stable")[:, :most]
    following: NDArray[np.int32] = np.where(np.take_along_axis(arcs, order, 1), order, -1).astype(np.int32)
    return following


class Promise(NamedTuple):
    """The completion bound: what can be earned from a stop on, own prize included, by arrival in a bucket."""

    most: Array
    """
    Shape (2, N, 2**A, more than B), int32: the first index is 1 when the break has been taken, the third says which of
    the stop's tempting items have been earned, as bits; ``NOTHING`` from bucket B on.
    """
    tempting: Array
    """A items for each stop that may be remembered, shape (N, A), int32; -1 where there is no more."""
    buckets: int
    """B."""


@njit(cache=True, nogil=True)
def close(legs: Array, stops: Array, seconds: Array) -> None:
    """
    Make every leg as short as the way by way of visits, in place (Floyd-Warshall). O(P² stops), mostly skipped.

    Parameters
    ----------
    legs
        Seconds between places, shape (P, P), int32.
    stops, seconds
        Places that may be visited, and the shortest visit at each, int32.
    """
    longest = np.zeros(len(legs), np.int32)
    for a in range(len(legs)):
        longest[a] = legs[a].max()
    for k in range(len(stops)):
        onward = legs[stops[k]].copy()
        least = onward.min()
        for a in range(len(legs)):
            there = legs[a, stops[k]] + seconds[k]
            if there + least < longest[a]:
                for b in range(len(legs)):
                    legs[a, b] = min(legs[a, b], there + onward[b])


@lean
def first_start(opens: Array, closes: Array, j: int, at: int) -> int:
    """The first start of a visit from a second on; ``NEVER`` if none. O(W)."""
    for w in range(opens.shape[1]):
        if at <= closes[j, w]:
            return max(at, opens[j, w])
    return NEVER


@lean
def rested_by(shift: Shift, at: int) -> int:
    """When a break that begins as soon as it may is over; ``NEVER`` when it is too late for it."""
    end = max(at, shift.rest_from) + shift.rest
    return end if shift.rest > 0 and end <= shift.rest_to else NEVER


@lean
def gets_home(shift: Shift, at: int, ride: int, rested: int) -> bool:
    """Whether a team that is free at a second is back in time, its break taken."""
    if rested:
        return at + ride <= shift.end
    return min(rested_by(shift, at) + ride, rested_by(shift, at + ride)) <= shift.end


class Arcs(NamedTuple):
    """The arcs from each stop, and how what is remembered is carried along them."""

    steps: Array
    """The length of each in buckets, rounded down, shape (N, K), int32."""
    matter: Array
    """Which tempting items of the stop matter to the next one, as bits, shape (N, K), int32."""
    then: Array
    """Which set follows on which of those, shape (N, K, 2**A), int8; -1 where the item has been earned."""


def promise(shift: Shift, stops: Stops, tempting: Array, width: int, room: Room, alarm: Alarm = SILENT) -> Promise:
    """
    The completion bound, backwards over time in blocks that are shorter than any arc. O(B N K), and a little for 2**A.

    A break on the way is allowed here (a relaxation): a route that rests when leaving a stop would, resting on
    arrival, be no later at the next one.

    Parameters
    ----------
    tempting
        As in ``Promise``.
    room
        Where to put it: what is returned holds until the same room is used again.

    Raises
    ------
    Rang
        The alarm, before all was promised.
    """
    buckets, sets = (shift.end - shift.start) // width + 1, 1 << tempting.shape[1]
    shape = stops.next.shape
    arcs = Arcs(np.empty(shape, np.int32), np.empty(shape, np.int32), np.empty((*shape, sets), np.int8))
    longest_ride = np.zeros(len(stops.prize), np.int32)
    shortest, reach = _sort_arcs(stops, tempting, width, arcs, longest_ride, np.full(stops.item.max() + 1, -1))
    block = max(1, min(shortest, LONGEST_BLOCK))
    most = room.of((2, len(stops.prize), sets, buckets + reach + block + 2))
    bound = Promise(most, tempting, buckets)
    work = np.empty((sets * sets, block), np.int32)
    if not _promise(shift, stops, width, bound, arcs, longest_ride, work, alarm):
        raise Rang
    return bound


class Room:
    """Memory that is asked for once, and then used again and again."""

    def __init__(self) -> None:
        self.cells = np.empty(0, np.int32)

    def of(self, shape: tuple[int, ...]) -> Array:
        """An array of a shape, whatever it holds, int32."""
        count = math.prod(shape)
        if count > len(self.cells):
            self.cells = np.empty(count, np.int32)
        return self.cells[:count].reshape(shape)


@lean
def _sort_arcs(
    stops: Stops, tempting: Array, width: int, arcs: Arcs, longest_ride: Array, bit_of: Array
) -> tuple[int, int]:
    """
    Fill in the arcs, and the longest ride to each stop; the steps of the shortest arc and of the longest. O(N K 2**A).

    Parameters
    ----------
    bit_of
        Work space for each item, of -1.
    """
    item_of, following = stops.item, stops.next
    shortest, longest = 1 << 30, 0
    for i in range(len(item_of)):
        for a in range(tempting.shape[1]):
            if tempting[i, a] >= 0:
                bit_of[tempting[i, a]] = a
        for q in range(following.shape[1]):
            k = following[i, q]
            if k < 0:
                break
            step = (stops.seconds[i] + stops.ride[i, k]) // width
            arcs.steps[i, q] = step
            shortest, longest = min(shortest, step), max(longest, step)
            longest_ride[k] = max(longest_ride[k], stops.ride[i, k])
            taken = bit_of[item_of[k]]
            always, matter = 0, 1 << taken if taken >= 0 else 0
            for a in range(tempting.shape[1]):
                item = tempting[k, a]
                if item == item_of[i]:
                    always |= 1 << a
                elif item >= 0 and bit_of[item] >= 0:
                    matter |= 1 << bit_of[item]
            arcs.matter[i, q] = matter
            for earned in range(arcs.then.shape[2]):
                kept = always
                for a in range(tempting.shape[1]):
                    item = tempting[k, a]
                    if item >= 0 and bit_of[item] >= 0 and (earned >> bit_of[item]) & 1:
                        kept |= 1 << a
                arcs.then[i, q, earned] = -1 if taken >= 0 and (earned >> taken) & 1 else kept
        for a in range(tempting.shape[1]):
            if tempting[i, a] >= 0:
                bit_of[tempting[i, a]] = -1
    return shortest, longest


@lean
def _promise(
    shift: Shift, stops: Stops, width: int, bound: Promise, arcs: Arcs, longest_ride: Array, work: Array, alarm: Alarm
) -> bool:
    """
    Fill in what ``promise`` returns; whether there was time for all of it.

    Parameters
    ----------
    longest_ride
        To each stop, shape (N,), int32.
    work
        Shape (2**A 2**A, length of a block in buckets), int32: what is best by what matters and what of it is earned.
    """
    prize, seconds, following, rides = stops.prize, stops.seconds, stops.next, stops.ride
    windows_open, windows_close, ways_home = stops.opens, stops.closes, stops.home
    most, buckets = bound.most, bound.buckets
    count, sets, block = len(prize), most.shape[2], work.shape[1]
    unrested = 0 if shift.rest > 0 else 1
    most[:] = NOTHING
    for from_bucket in range((buckets - 1) // block * block, -1, -block):
        to_bucket = min(buckets, from_bucket + block)
        for rested in range(1, unrested - 1, -1):
            for j in range(count):
                if alarm[0]:
                    return False
                for w in range(windows_open.shape[1] - 1, -1, -1):
                    opens, closes = windows_open[j, w], windows_close[j, w]
                    if closes < 0:
                        continue
                    low = max(0, -((shift.start - opens) // width)) if opens > shift.start else 0
                    high = (closes - shift.start) // width
                    # first the buckets inside the window, then a start at the moment when it opens
                    for opening in range(2):
                        if opening:
                            first = (opens - shift.start) // width
                            if opens < shift.start or first < from_bucket or first >= to_bucket:
                                continue
                            length, at = 1, opens
                        else:
                            first, last = max(low, from_bucket), min(high, to_bucket - 1)
                            if last < first:
                                continue
                            length, at = last - first + 1, shift.start + first * width
                        for row in range(sets * sets):
                            for u in range(length):
                                work[row, u] = NOTHING
                        for u in range(length):
                            if gets_home(shift, at + u * width + seconds[j], ways_home[j], rested):
                                work[0, u] = 0
                        for q in range(following.shape[1]):
                            k = following[j, q]
                            if k < 0:
                                break
                            base = first + arcs.steps[j, q]
                            if opening:
                                base = (at - shift.start + seconds[j] + rides[j, k]) // width
                            if base >= buckets:
                                continue
                            matter, earned = arcs.matter[j, q], 0
                            while True:
                                if arcs.then[j, q, earned] >= 0:
                                    then = most[rested, k, arcs.then[j, q, earned], base : base + length]
                                    mine = work[matter * sets + earned]
                                    for u in range(length):
                                        mine[u] = max(mine[u], then[u])
                                earned = (earned - matter) & matter  # the next set of what matters
                                if not earned:
                                    break
                        before = (windows_close[j, w - 1] - shift.start) // width + 1 if w > 0 else 0
                        for earned in range(sets - 1, -1, -1):
                            top = work[earned]  # of what does not matter to any: to be read last
                            for matter in range(1, sets):
                                mine = work[matter * sets + (earned & matter)]
                                for u in range(length):
                                    top[u] = max(top[u], mine[u])
                            if earned:
                                for u in range(length):
                                    top[u] = max(top[u], work[0, u])
                            if opening:
                                most[rested, j, earned, max(before, 0) : low] = top[0] + prize[j]
                            else:
                                for u in range(length):
                                    most[rested, j, earned, first + u] = top[u] + prize[j]
        if unrested:
            continue
        for j in range(count):
            for b in range(from_bucket, to_bucket):
                at = shift.start + b * width
                c = (max(at, shift.rest_from) + shift.rest - shift.start) // width
                if at <= shift.rest_to - shift.rest + longest_ride[j] and c < buckets:
                    for earned in range(sets):
                        most[0, j, earned, b] = max(most[0, j, earned, b], most[1, j, earned, c])
    return True


@lean
def promised(shift: Shift, stops: Stops, bound: Promise, width: int) -> int:
    """The most that any route is promised, from the origin on; 0 for staying in. O(N)."""
    most = 0
    for j in range(len(stops.prize)):
        arrival = shift.start + stops.out[j]
        moments = (NEVER if shift.rest > 0 else arrival, arrival)
        if shift.rest > 0:
            moments = (arrival, min(rested_by(shift, shift.start) + stops.out[j], rested_by(shift, arrival)))
        for rested in range(2):
            start = first_start(stops.opens, stops.closes, j, moments[rested])
            if start < NEVER:
                most = max(most, bound.most[rested, j, 0, (start - shift.start) // width])
    return most
