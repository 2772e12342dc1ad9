"""
The labels of pricing: which route of one duty is worth most when every look-back has a price. Compiled by numba.

A route is grown stop by stop; a *label* is a partial route by what matters for its future: where it ends, when the
team is free to go on, whether it has rested, what it has earned, and which items it remembers. A label that another
one beats in all of these is dropped. Two relaxations make this fast, and both only ever promise too much, so that
what is proven with them stays proven:

- *ng-routes* [1]_: a stop remembers only the items near it, so that a route may come back to an item it has forgotten;
- the *completion bound* (``completion``): a label that cannot reach the threshold with it is never made.

Everything is in whole numbers, so that a bound is exact: profits are priority times a scale (``Prices.scale`` of
``master``), and no route earns more than 2**30. N candidates, I items (an item is what may be earned once: a
look-back), K neighbours.

.. [1] Baldacci, Mingozzi, Roberti (2011), New route relaxation and pricing strategies for the vehicle routing problem.
   Operations Research 59(5), 1269-1283.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.problem import NEVER
from planner.solvers.compiled import lean
from planner.solvers.completion import NOTHING, UNLIMITED, Promise, Shift, Stops, first_start, gets_home, rested_by

Array: TypeAlias = NDArray[Any]

DWELLS = 24
"""Spans of the shift by which the labels of a stop stand in line."""
MOST_COMPARED = 200_000_000
"""Labels with labels: more are not worth waiting for."""


class Memory(NamedTuple):
    """Which items each stop remembers, and as which bit."""

    items: Array
    """Shape (N, 63), int32, its own first, then the tempting ones (``Promise``); -1 where there is none."""
    bit: Array
    """Shape (N, I), int8; -1 for what is forgotten."""


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
    alarm: Array,
) -> tuple[int, bool]:
    """
    Make all labels that may end in a route worth more than the threshold; how many, and whether that was all.

    Labels are taken in the order of time. ``elementary`` forbids coming back to any item, ``forgetful`` compares
    labels without their memories: both together are a fast heuristic, neither is exact for ng-routes. Without spans of
    hope only the ``next`` stops are tried, otherwise all that have hope. O(labels N) and the comparisons with the other
    labels of a stop, of which no more are made than ``MOST_COMPARED``. Cut off when the ``alarm`` rings.
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
        shift, stops, bound, width, memory, cuts, hope, threshold, labels, queues, elementary, forgetful, alarm
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
    alarm: Array,
) -> tuple[int, bool]:
    """What ``extend`` does, with queues of its own."""
    prize, item_of, seconds, successors = stops.prize, stops.item, stops.seconds, stops.next
    opens, closes, out, rides = stops.opens, stops.closes, stops.out, stops.ride
    most = bound.most
    tempted = np.uint64(most.shape[2] - 1)
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
            if alarm[0]:
                return made, False
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
                        hoped = earned - prize[j]
                        if hoped + most[then_rested, j, 0, bucket] <= threshold:
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
                        if hoped + most[then_rested, j, np.int64((keeps >> one) & tempted), bucket] <= threshold:
                            continue
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
                        if made >= room or compared > MOST_COMPARED:
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
