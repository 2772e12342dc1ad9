"""
The kernels of pricing: which route of one duty is worth most when every look-back has a price. Compiled by numba.

A route is grown stop by stop; a *label* is a partial route by what matters for its future: where it ends, when the
team is free to go on, whether it has rested, what it has earned, and which items it remembers. A label that another
one beats in all of these is dropped. Two relaxations make this fast, and both only ever promise too much, so that
what is proven with them stays proven:

- *ng-routes* [1]_: a stop remembers only the items near it, so that a route may come back to an item it has forgotten;
- a *completion bound*: what can still be earned after a stop, on a grid of time in buckets of ``width`` seconds, is
  computed backwards first; a label that cannot reach the threshold with it is never made. Arrivals are rounded down
  once an arc, which can only make the promise larger. Coming straight back to the item before is excluded [2]_.

Both ask that no stop is a short cut: that going straight is never slower than by way of a visit. Across a winding
river, or in a table of legs, it may be; so legs are *closed* first, made as short as the way by way of visits. What is
found on closed legs must be tried on the real ones; what is proven holds for both.

Everything is in whole numbers, so that a bound is exact: profits are priority times a scale (``Prices.scale`` of
``master``), and no route earns more than 2**30. N candidates, I items (an item is what may be earned once: a
look-back), W windows, K neighbours, B buckets.

.. [1] Baldacci, Mingozzi, Roberti (2011), New route relaxation and pricing strategies for the vehicle routing problem.
   Operations Research 59(5), 1269-1283.
.. [2] Boland, Dethridge, Dumitrescu (2006), Accelerated label setting algorithms for the elementary resource
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
DWELLS = 24
"""Spans of the shift by which the labels of a stop stand in line."""
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


class Memory(NamedTuple):
    """Which items each stop remembers, and as which bit."""

    items: Array
    """Shape (N, 63), int32; -1 where there is no more."""
    bit: Array
    """Shape (N, I), int8; -1 for what is forgotten."""


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


class Cuts(NamedTuple):
    """Those with a price (``cuts.Cut``): a label has a bit for each, whether a visit waits for its second."""

    of: Array
    """The cuts that a stop's item is one of the three of, as bits, shape (N,), uint64."""
    keep: Array
    """The cuts that are remembered at a stop, as bits, shape (N,), uint64."""
    price: Array
    """Shape (63,), int32; 0 where there is no cut."""


@lean
def payment(cuts: Cuts, which: np.uint64) -> int:
    """The sum of the prices of some cuts, given as bits."""
    total, bit = 0, 0
    while which != 0:
        if which & np.uint64(1):
            total += cuts.price[bit]
        which >>= np.uint64(1)
        bit += 1
    return total


class Hope(NamedTuple):
    """What each stop may still earn from a time of day on, to leave out at once what is hopeless."""

    most: Array
    """Own prize and all that is promised after it, for S spans of the shift, shape (S, N), int32."""
    order: Array
    """The stops, the most hopeful first, shape (S, N), int32."""
    span: int
    """Seconds in a span."""


class Labels(NamedTuple):
    """Work space for labels, made once; shape (n,) each for at most n labels."""

    profit: Array
    time: Array
    stop: Array
    before: Array
    memory: Array
    waiting: Array
    rested: Array
    visits: Array
    dead: Array
    next_in_time: Array
    next_at_stop: Array


class Queues(NamedTuple):
    """How labels stand in line, as positions, -1 for nobody."""

    in_time: Array
    """The first to be taken at a second of the shift, shape (seconds + 1,), int32."""
    at_stop: Array
    """The richest that ends at a stop in a span of the shift, shape (N, spans), int32."""
    top: Array
    """The most that those of a stop and span have earned, shape (N, spans), int32."""
    low: Array
    """The least, shape (N, spans), int32."""
    visited: Array
    """Items on the way of the label at hand, shape (I,), bool."""


@njit(cache=True, nogil=True)
def extend(
    shift: Shift,
    stops: Stops,
    bound: Promise,
    width: int,
    memory: Memory,
    cuts: Cuts,
    hope: Hope,
    threshold: int,
    labels: Labels,
    elementary: bool,
    forgetful: bool,
    most_compared: int,
) -> tuple[int, bool]:
    """
    Make all labels that may end in a route worth more than the threshold; how many, and whether that was all.

    Labels are taken in the order of time. ``elementary`` forbids coming back to any item, ``forgetful`` compares
    labels without their memories: both together are a fast heuristic, neither is exact for ng-routes. Without spans of
    hope only the ``next`` stops are tried, otherwise all that have hope. O(labels N) and the comparisons with the other
    labels of a stop, of which no more are made than ``most_compared``.
    """
    count, length = len(stops.prize), shift.end - shift.start
    queues = Queues(
        in_time=np.full(length + 1, -1, np.int32),
        at_stop=np.full((count, DWELLS + 1), -1, np.int32),
        top=np.full((count, DWELLS + 1), NOTHING, np.int32),
        low=np.full((count, DWELLS + 1), -NOTHING, np.int32),
        visited=np.zeros(memory.bit.shape[1], np.bool_),
    )
    return _extend(
        shift, stops, bound, width, memory, cuts, hope, threshold, labels, queues, elementary, forgetful, most_compared
    )


@lean
def _extend(
    shift: Shift,
    stops: Stops,
    bound: Promise,
    width: int,
    memory: Memory,
    cuts: Cuts,
    hope: Hope,
    threshold: int,
    labels: Labels,
    queues: Queues,
    elementary: bool,
    forgetful: bool,
    most_compared: int,
) -> tuple[int, bool]:
    """What ``extend`` does, with queues of its own."""
    prize, item_of, seconds, successors = stops.prize, stops.item, stops.seconds, stops.next
    opens, closes, out, rides = stops.opens, stops.closes, stops.out, stops.ride
    best, after, second = bound.best, bound.after, bound.second
    bit_of, item_at = memory.bit, memory.items
    profits, times, stop_of, before = labels.profit, labels.time, labels.stop, labels.before
    memories, has_rested, made_visits, dead = labels.memory, labels.rested, labels.visits, labels.dead
    waitings, cuts_of, cuts_kept = labels.waiting, cuts.of, cuts.keep
    hopes, order, hopeful = hope.most, hope.order, len(hope.most) > 0
    next_in_time, next_at_stop = labels.next_in_time, labels.next_at_stop
    count, room, counts = len(prize), len(profits), shift.most < UNLIMITED
    in_time, at_stop, top, low, visited = queues.in_time, queues.at_stop, queues.top, queues.low, queues.visited
    spans = at_stop.shape[1]
    dwell = max(1, -(-(shift.end - shift.start) // DWELLS))
    one = np.uint64(1)
    made, compared = 0, 0
    for moment in range(-1, shift.end - shift.start + 1):
        while moment < 0 or in_time[moment] >= 0:
            current = -1
            if moment >= 0:
                current = in_time[moment]
                in_time[moment] = next_in_time[current]
                if dead[current]:
                    continue
            if moment < 0:
                here, time, rested, visits, profit = -1, shift.start, 0 if shift.rest > 0 else 1, 0, 0
                known, waits, choices = np.uint64(0), np.uint64(0), count
            else:
                here, time, rested = stop_of[current], times[current], has_rested[current]
                visits, profit = made_visits[current], profits[current]
                known, waits = memories[current], waitings[current]
                choices = count if hopeful else successors.shape[1]
            span = (time - shift.start) // hope.span if hopeful else 0
            if elementary:
                x = current
                while x >= 0:
                    visited[item_of[stop_of[x]]] = True
                    x = before[x]
            if visits < shift.most:
                for q in range(choices):
                    if hopeful:
                        j = order[span, q]
                        if profit + hopes[span, j] <= threshold:
                            break
                    else:
                        j = q if here < 0 else successors[here, q]
                        if j < 0:
                            break
                    item = item_of[j]
                    if here >= 0 and item == item_of[here]:
                        continue
                    if visited[item]:
                        continue
                    if here >= 0:
                        bit = bit_of[here, item]
                        if bit >= 0 and (known >> np.uint64(bit)) & one:
                            continue
                    ride = out[j] if here < 0 else rides[here, j]
                    earned = profit + prize[j]
                    waiting = waits & cuts_kept[j]
                    due = waiting & cuts_of[j]
                    if due:
                        earned -= payment(cuts, due)
                    waiting ^= cuts_of[j]
                    for then_rested in range(rested, 2):
                        arrival = time + ride
                        if then_rested != rested:
                            arrival = min(rested_by(shift, time) + ride, rested_by(shift, arrival))
                        start = first_start(opens, closes, j, arrival) if arrival < NEVER else NEVER
                        done = start + seconds[j]
                        if start >= NEVER:
                            continue
                        bucket = (start - shift.start) // width
                        still = best[then_rested, j, bucket]
                        if (
                            here >= 0
                            and after[then_rested, j, bucket] == item_of[here]
                            and bit_of[j, item_of[here]] >= 0
                        ):
                            still = second[then_rested, j, bucket]
                        if earned + still <= threshold:
                            continue
                        keeps = one << np.uint64(bit_of[j, item])
                        rest_of = known
                        bit = 0
                        while rest_of != 0:
                            if rest_of & one:
                                kept = bit_of[j, item_at[here, bit]]
                                if kept >= 0:
                                    keeps |= one << np.uint64(kept)
                            rest_of >>= one
                            bit += 1
                        # Is it beaten? Only by one that is no later and has earned no less.
                        mine = (done - shift.start) // dwell
                        beaten = False
                        for span_at in range(mine + 1):
                            if top[j, span_at] < earned:
                                continue
                            x = at_stop[j, span_at]
                            while x >= 0 and profits[x] >= earned and not beaten:
                                compared += 1
                                beaten = (
                                    times[x] <= done
                                    and has_rested[x] >= then_rested
                                    and (not counts or made_visits[x] <= visits + 1)
                                    and (forgetful or (memories[x] & ~keeps) == 0)
                                    and profits[x] - payment(cuts, waitings[x] & ~waiting) >= earned
                                )
                                x = next_at_stop[x]
                            if beaten:
                                break
                        if beaten:
                            continue
                        # Does it beat others? Only those that have earned no more, which stand last.
                        richer = -1
                        for span_at in range(mine, spans):
                            if low[j, span_at] > earned and span_at > mine:
                                continue
                            x, previous = at_stop[j, span_at], -1
                            while x >= 0 and profits[x] > earned:
                                x, previous = next_at_stop[x], x
                            if span_at == mine:
                                richer = previous
                            while x >= 0:
                                compared += 1
                                following = next_at_stop[x]
                                if (
                                    times[x] >= done
                                    and has_rested[x] <= then_rested
                                    and (not counts or made_visits[x] >= visits + 1)
                                    and (forgetful or (keeps & ~memories[x]) == 0)
                                    and earned - payment(cuts, waiting & ~waitings[x]) >= profits[x]
                                ):
                                    dead[x] = True
                                    if previous >= 0:
                                        next_at_stop[previous] = following
                                    else:
                                        at_stop[j, span_at] = following
                                else:
                                    previous = x
                                x = following
                        if made >= room or compared > most_compared:
                            return made, False
                        profits[made], times[made], stop_of[made] = earned, done, j
                        before[made], memories[made], has_rested[made] = current, keeps, then_rested
                        waitings[made] = waiting
                        made_visits[made], dead[made] = visits + 1, False
                        next_in_time[made] = in_time[done - shift.start]
                        in_time[done - shift.start] = made
                        if richer >= 0:
                            next_at_stop[made], next_at_stop[richer] = next_at_stop[richer], made
                        else:
                            next_at_stop[made], at_stop[j, mine] = at_stop[j, mine], made
                        top[j, mine], low[j, mine] = max(top[j, mine], earned), min(low[j, mine], earned)
                        made += 1
            if elementary:
                x = current
                while x >= 0:
                    visited[item_of[stop_of[x]]] = False
                    x = before[x]
            if moment < 0:
                break
    return made, True


@njit(cache=True)
def finished(shift: Shift, stops: Stops, labels: Labels, which: Array) -> Array:
    """Of some labels, which get home in time; shape (n,), bool."""
    home = np.zeros(len(which), np.bool_)
    for k in range(len(which)):
        x = which[k]
        home[k] = gets_home(shift, labels.time[x], stops.home[labels.stop[x]], labels.rested[x])
    return home
