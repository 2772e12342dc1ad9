"""
The completion bound of pricing: what a route of one duty can still earn after a stop, backwards. Compiled by numba.

It stands on a grid of time in buckets of ``width`` seconds and only ever promises too much, so that what is proven with
it stays proven: arrivals are rounded down once an arc, and items may be earned again, but for coming straight back to
the item before [1]_.

It asks that no stop is a short cut: that going straight is never slower than by way of a visit. Across a winding river,
or in a table of legs, it may be; so legs are *closed* first, made as short as the way by way of visits. What is found
on closed legs must be tried on the real ones; what is proven holds for both.

N candidates, W windows, K neighbours, B buckets, P places.

.. [1] Boland, Dethridge, Dumitrescu (2006), Accelerated label setting algorithms for the elementary resource
   constrained shortest path problem. Operations Research Letters 34(1), 58-68.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.problem import NEVER
from planner.solvers.compiled import lean

Array: TypeAlias = NDArray[Any]

NOTHING = np.int32(-(1 << 30))
"""Less than any profit."""
HOME = np.int32(-2)
"""The successor of a last stop."""
NOBODY = np.int32(-1)
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


class Promise(NamedTuple):
    """
    The completion bound: what can be earned after a stop, own prize aside, when its visit starts in a bucket.

    ``best`` with the successor's item ``after``, ``second`` with any other successor; shape (2, N, B), the first index
    is 1 when the break has been taken.
    """

    best: Array
    after: Array
    second: Array


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


@njit(cache=True, nogil=True)
def promise(shift: Shift, stops: Stops, width: int) -> Promise:
    """
    The completion bound, backwards over time in blocks that are shorter than any arc. O(B N K).

    A break on the way is allowed here (a relaxation): a route that rests when leaving a stop would, resting on
    arrival, be no later at the next one.
    """
    prize, seconds, following = stops.prize, stops.seconds, stops.next
    rides = stops.ride
    count, buckets = len(prize), (shift.end - shift.start) // width + 1
    shortest, longest_ride = 1 << 30, np.zeros(count, np.int32)
    reach = 0
    for i in range(count):
        for q in range(following.shape[1]):
            k = following[i, q]
            if k < 0:
                break
            step = (seconds[i] + rides[i, k]) // width
            shortest, reach = min(shortest, step), max(reach, step)
            longest_ride[k] = max(longest_ride[k], rides[i, k])
    block = max(1, min(shortest, 64))
    size = buckets + reach + block + 2
    best = np.full((2, count, buckets), NOTHING, np.int32)
    after = np.full((2, count, buckets), NOBODY, np.int32)
    second = np.full((2, count, buckets), NOTHING, np.int32)
    arrive = np.full((2, count, size), NOTHING, np.int32)
    arrive_after = np.full((2, count, size), NOBODY, np.int32)
    arrive_second = np.full((2, count, size), NOTHING, np.int32)
    work = np.empty((3, block), np.int32)
    bound, arrivals = Promise(best, after, second), Promise(arrive, arrive_after, arrive_second)
    _promise(shift, stops, width, bound, arrivals, longest_ride, work)
    return bound


@lean
def _promise(
    shift: Shift, stops: Stops, width: int, bound: Promise, arrivals: Promise, longest_ride: Array, work: Array
) -> None:
    """
    Fill in what ``promise`` returns.

    Parameters
    ----------
    arrivals
        The same for arriving somewhere, own prize included, with more buckets than any leg reaches from the last.
    longest_ride
        To each stop, shape (N,), int32.
    work
        Shape (3, length of a block in buckets), int32.
    """
    prize, item_of, seconds, following = stops.prize, stops.item, stops.seconds, stops.next
    windows_open, windows_close, rides, ways_home = stops.opens, stops.closes, stops.ride, stops.home
    best, after, second = bound.best, bound.after, bound.second
    arrive, arrive_after, arrive_second = arrivals.best, arrivals.after, arrivals.second
    top, other, succ = work[0], work[1], work[2]
    count, buckets, block = len(prize), best.shape[2], work.shape[1]
    unrested = 0 if shift.rest > 0 else 1
    for from_bucket in range((buckets - 1) // block * block, -1, -block):
        to_bucket = min(buckets, from_bucket + block)
        for rested in range(1, unrested - 1, -1):
            for j in range(count):
                for w in range(windows_open.shape[1] - 1, -1, -1):
                    opens, closes = windows_open[j, w], windows_close[j, w]
                    if closes < 0:
                        continue
                    low = max(0, -((shift.start - opens) // width)) if opens > shift.start else 0
                    high = (closes - shift.start) // width
                    # first the buckets inside the window, then a start at the moment when it opens
                    for opening in range(2):
                        if opening:
                            at_bucket = (opens - shift.start) // width
                            if opens < shift.start or at_bucket < from_bucket or at_bucket >= to_bucket:
                                continue
                            length, at = 1, opens
                        else:
                            first, last = max(low, from_bucket), min(high, to_bucket - 1)
                            if last < first:
                                continue
                            length, at = last - first + 1, shift.start + first * width
                        for u in range(length):
                            done = at + u * width + seconds[j]
                            top[u], other[u], succ[u] = NOTHING, NOTHING, NOBODY
                            if gets_home(shift, done, ways_home[j], rested):
                                top[u], succ[u] = 0, HOME
                        mine = item_of[j]
                        for q in range(following.shape[1]):
                            k = following[j, q]
                            if k < 0:
                                break
                            base = (at - shift.start + seconds[j] + rides[j, k]) // width
                            if base >= buckets:
                                continue
                            one = arrive[rested, k, base : base + length]
                            two = arrive_second[rested, k, base : base + length]
                            then = arrive_after[rested, k, base : base + length]
                            item = item_of[k]
                            for u in range(length):
                                x = two[u] if then[u] == mine else one[u]
                                held = top[u]
                                more = x > held
                                # of two candidates of one item the better counts; the second best is another item's
                                loser = held if more else x
                                other[u] = max(other[u], NOTHING if succ[u] == item else loser)
                                top[u] = x if more else held
                                succ[u] = item if more else succ[u]
                        if opening:
                            before = (windows_close[j, w - 1] - shift.start) // width + 1 if w > 0 else 0
                            for b in range(max(before, 0), low):
                                best[rested, j, b], second[rested, j, b] = top[0], other[0]
                                after[rested, j, b] = succ[0]
                        else:
                            for u in range(length):
                                best[rested, j, first + u] = top[u]
                                second[rested, j, first + u] = other[u]
                                after[rested, j, first + u] = succ[u]
        for rested in range(1, unrested - 1, -1):
            for j in range(count):
                for b in range(from_bucket, to_bucket):
                    one, then, two = best[rested, j, b], after[rested, j, b], second[rested, j, b]
                    at = shift.start + b * width
                    if rested == 0 and at <= shift.rest_to - shift.rest + longest_ride[j]:
                        c = (max(at, shift.rest_from) + shift.rest - shift.start) // width
                        if c < buckets:
                            x, x_then, x_two = best[1, j, c], after[1, j, c], second[1, j, c]
                            if x > one:
                                one, then, two, x, x_then, x_two = x, x_then, x_two, one, then, two
                            two = max(two, x if x_then != then else x_two)
                    if one > NOTHING:
                        arrive[rested, j, b] = one + prize[j]
                        arrive_after[rested, j, b] = then
                    if two > NOTHING:
                        arrive_second[rested, j, b] = two + prize[j]


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
                most = max(most, stops.prize[j] + bound.best[rested, j, (start - shift.start) // width])
    return most
