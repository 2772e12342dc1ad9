"""
The kernels of ruin & recreate, compiled by numba and kept in its cache.

Arrays follow ``planner.problem``: C candidates, D duties, P places, L look-backs, H days, W windows; M is the longest
route, K the neighbours known of each candidate. Times are seconds since midnight, worth is points.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.problem import NEVER

Array: TypeAlias = NDArray[Any]
Dice: TypeAlias = np.random.Generator

LONGEST_STRING = 10
AVERAGE_REMOVED = 10.0
MOST_ROUTES = 4
"""Routes that one ruin may touch."""
FILLERS = 60
"""Unserved candidates that compete for the gaps of one ruin."""
BLINK = 0.01
"""Chance to overlook a position."""
SPLIT = 0.3
"""Chance to spare stops in the middle of a string."""
TRAVEL_PRICE = 0.002
"""Points for a second of travel."""


class Ground(NamedTuple):
    """What does not change: the problem as arrays."""

    travel: Array
    """Seconds, shape (profiles, P, P), int32."""
    place: Array
    """Shape (C,)."""
    wanted: Array
    """Shape (C,)."""
    seconds: Array
    """Shape (C,)."""
    opens: Array
    """Shape (H, C, W)."""
    closes: Array
    """Shape (H, C, W)."""
    allowed: Array
    """Shape (C, D), bool."""
    gain: Array
    """Points of the soft objective, shape (C, H)."""
    live: Array
    """The candidates that some duty may visit."""
    near: Array
    """Candidates by distance, shape (C, K); -1 where there are no more."""
    duty: Array
    """Integers of each duty, shape (D, 11), columns as below."""


START, END, REST, REST_FROM, REST_TO, LAST, MOST, ORIGIN, HOME, PROFILE, DAY = range(11)


class State(NamedTuple):
    """What the search changes."""

    route: Array
    """Candidates in order, shape (D, M)."""
    length: Array
    """Stops of each route, shape (D,)."""
    free: Array
    """Earliest second to go on after k stops, unrested and rested, shape (D, M + 1, 2)."""
    late: Array
    """Latest arrival at the k-th stop, or home, unrested and rested, shape (D, M + 1, 2)."""
    arrive: Array
    """Earliest arrival at the k-th stop, or home, unrested and rested, shape (D, M + 1, 2)."""
    slack: Array
    """Seconds by which the arrival at the k-th stop may move, shape (D, M + 1)."""
    travel: Array
    """Seconds on the way, shape (D,)."""
    duty_of: Array
    """The duty that visits a candidate, -1 if none, shape (C,)."""
    served: Array
    """Whether a look-back is served, shape (L,)."""
    visited: Array
    """Whether a place has a visit, shape (P,)."""


@njit(cache=True)
def next_start(ground: Ground, day: int, last: int, c: int, at: int) -> int:
    """The first start from a second on, before the duty's last start; ``NEVER`` if none. O(W)."""
    for w in range(ground.opens.shape[2]):
        first, until = ground.opens[day, c, w], min(ground.closes[day, c, w], last)
        if first <= until and at <= until:
            return int(max(at, first))
    return NEVER


@njit(cache=True)
def last_start(ground: Ground, day: int, last: int, c: int, by: int) -> int:
    """The latest start by a second; -1 if none. O(W)."""
    for w in range(ground.opens.shape[2] - 1, -1, -1):
        first, until = ground.opens[day, c, w], min(ground.closes[day, c, w], last)
        if first <= until and first <= by:
            return int(min(by, until))
    return -1


@njit(cache=True)
def rest_end(duty: Array, at: int) -> int:
    end = max(at, duty[REST_FROM]) + duty[REST]
    return end if duty[REST] > 0 and end <= duty[REST_TO] else NEVER


@njit(cache=True)
def latest_unrested(duty: Array, rested: int) -> int:
    by = min(rested, duty[REST_TO]) - duty[REST]
    return by if duty[REST] > 0 and by >= duty[REST_FROM] else -1


@njit(cache=True)
def time_route(ground: Ground, state: State, d: int) -> None:
    """Time a route both ways; as ``planner.timing.DutyClock`` does, in place. O(M W)."""
    duty, n = ground.duty[d], state.length[d]
    day, last, legs = duty[DAY], duty[LAST], ground.travel[duty[PROFILE]]
    free, late, arrive = state.free[d], state.late[d], state.arrive[d]
    if duty[REST] > 0:
        free[0, 0], free[0, 1] = duty[START], rest_end(duty, duty[START])
    else:
        free[0, 0], free[0, 1] = NEVER, duty[START]
    here, travel = duty[ORIGIN], 0
    for k in range(n + 1):
        there = ground.place[state.route[d, k]] if k < n else duty[HOME]
        ride = legs[here, there]
        travel += ride
        arrive[k, 0] = free[k, 0] + ride
        arrive[k, 1] = min(free[k, 1] + ride, rest_end(duty, arrive[k, 0]))
        if k < n:
            c = state.route[d, k]
            free[k + 1, 0] = min(NEVER, next_start(ground, day, last, c, arrive[k, 0]) + ground.seconds[c])
            after = min(NEVER, next_start(ground, day, last, c, arrive[k, 1]) + ground.seconds[c])
            free[k + 1, 1] = min(after, rest_end(duty, free[k + 1, 0]))
        here = there
    state.travel[d] = travel if n else 0
    late[n, 0], late[n, 1] = latest_unrested(duty, duty[END]), duty[END]
    there = duty[HOME]
    for k in range(n - 1, -1, -1):
        c = state.route[d, k]
        ride, seconds = legs[ground.place[c], there], ground.seconds[c]
        late[k, 1] = last_start(ground, day, last, c, late[k + 1, 1] - ride - seconds)
        late[k, 0] = -1
        if duty[REST] > 0:
            resting_there = last_start(ground, day, last, c, latest_unrested(duty, late[k + 1, 1] - ride) - seconds)
            resting_later = last_start(ground, day, last, c, late[k + 1, 0] - ride - seconds)
            late[k, 0] = max(latest_unrested(duty, late[k, 1]), resting_there, resting_later)
        there = ground.place[c]
    for k in range(n + 1):
        state.slack[d, k] = max(late[k, 0] - arrive[k, 0], late[k, 1] - arrive[k, 1])


@njit(cache=True)
def cheapest(ground: Ground, state: State, d: int, c: int, slack_price: float, dice: Dice) -> tuple[float, int, int]:
    """Cost, position and detour of the best insertion; position -1 if none. O(M W)."""
    duty, n = ground.duty[d], state.length[d]
    day, last, legs = duty[DAY], duty[LAST], ground.travel[duty[PROFILE]]
    place, seconds = ground.place[c], ground.seconds[c]
    best, position, best_detour = 1e18, -1, 0
    here = duty[ORIGIN]
    for k in range(n + 1):
        there = ground.place[state.route[d, k]] if k < n else duty[HOME]
        to, on = legs[here, place], legs[place, there]
        detour = to + on - legs[here, there]
        here = there
        if detour >= best:
            continue
        unrested_at = state.free[d, k, 0] + to
        rested_at = min(state.free[d, k, 1] + to, rest_end(duty, unrested_at))
        unrested = next_start(ground, day, last, c, unrested_at) + seconds
        rested = min(next_start(ground, day, last, c, rested_at) + seconds, rest_end(duty, unrested))
        slack = max(state.late[d, k, 0] - unrested - on, state.late[d, k, 1] - rested - on)
        if slack < 0 or dice.random() < BLINK:
            continue
        cost = detour + slack_price * (state.slack[d, k] - slack)
        if cost < best:
            best, position, best_detour = cost, k, detour
    return best, position, best_detour


@njit(cache=True)
def insert(ground: Ground, state: State, d: int, k: int, c: int) -> None:
    for j in range(state.length[d], k, -1):
        state.route[d, j] = state.route[d, j - 1]
    state.route[d, k] = c
    state.length[d] += 1
    mark(ground, state, c, d)


@njit(cache=True)
def mark(ground: Ground, state: State, c: int, d: int) -> None:
    """Note that a duty visits a candidate, or with -1 that none does."""
    state.duty_of[c] = d
    state.served[ground.wanted[c]] = d >= 0
    state.visited[ground.place[c]] = d >= 0


@njit(cache=True)
def is_free(ground: Ground, state: State, c: int) -> bool:
    return not state.served[ground.wanted[c]] and not state.visited[ground.place[c]]


@njit(cache=True)
def position(state: State, d: int, c: int) -> int:
    for k in range(state.length[d]):
        if state.route[d, k] == c:
            return k
    return 0


@njit(cache=True)
def cut_string(ground: Ground, state: State, d: int, c: int, removed: Array, count: int, dice: Dice) -> int:
    """Take a string of stops around one out of a route, perhaps sparing some in its middle; returns the new count."""
    n = state.length[d]
    longest = min(n, LONGEST_STRING)
    cut = int(dice.random() * longest + 1)
    spared = 0
    if 1 < cut < n and dice.random() < SPLIT:
        spared = 1
        while cut + spared < n and dice.random() < 0.5:
            spared += 1
    at = position(state, d, c)
    span = cut + spared
    low, high = max(0, at - span + 1), min(at, n - span)
    low = min(low, high)
    first = low + int(dice.random() * (high - low + 1))
    sparing = first + int(dice.random() * (cut + 1)) if spared else -1
    kept = 0
    for k in range(n):
        stop = state.route[d, k]
        inside = first <= k < first + span and not (spared and sparing <= k < sparing + spared)
        if inside:
            mark(ground, state, stop, -1)
            removed[count] = stop
            count += 1
        else:
            state.route[d, kept] = stop
            kept += 1
    state.length[d] = kept
    return count


@njit(cache=True)
def draw(ground: Ground, state: State, dice: Dice) -> int:
    """Where to ruin: around a stop, or around an unserved candidate, the denser the likelier."""
    if dice.random() < 0.5:
        d = int(dice.random() * len(state.length))
        if state.length[d]:
            return int(state.route[d, int(dice.random() * state.length[d])])
    best, density = -1, -1.0
    for _ in range(4):
        c = ground.live[int(dice.random() * len(ground.live))]
        worth = ground.gain[c, 0] / (ground.seconds[c] + 600.0)
        if is_free(ground, state, c) and worth > density:
            best, density = c, worth
    return int(best if best >= 0 else ground.live[int(dice.random() * len(ground.live))])


@njit(cache=True)
def gather(
    ground: Ground,
    state: State,
    centre: int,
    removed: Array,
    count: int,
    pool: Array,
    seen: Array,
    tick: int,
    dice: Dice,
) -> int:
    """What competes for the gaps: what was taken out, the centre, and free neighbours of both; returns how many."""
    size = 0
    for k in range(count):
        pool[size] = removed[k]
        seen[removed[k]] = tick
        size += 1
    if seen[centre] != tick and is_free(ground, state, centre):
        pool[size] = centre
        seen[centre] = tick
        size += 1
    most = size + FILLERS
    for source in range(min(count, 6) + 1):
        hub = centre if source == 0 else removed[int(dice.random() * count)]
        share = FILLERS if source == 0 else 8
        for k in range(ground.near.shape[1]):
            c = ground.near[hub, k]
            if c < 0 or size >= most or share == 0:
                break
            if seen[c] != tick and is_free(ground, state, c):
                seen[c] = tick
                pool[size] = c
                size += 1
                share -= 1
    return size


@njit(cache=True)
def noisy_order(ground: Ground, centre: int, pool: Array, size: int, keys: Array, dice: Dice) -> Array:
    """The order in which to put back: by density, by worth, tight windows first, or near the centre; always noisy."""
    way = dice.random()
    noise = 0.1 + 0.8 * dice.random()
    hub = ground.place[centre]
    for k in range(size):
        c = pool[k]
        key = ground.gain[c, 0] / (ground.seconds[c] + 600.0)
        if 0.6 <= way < 0.75:
            key = ground.gain[c, 0]
        elif 0.75 <= way < 0.9:
            width = 0
            for w in range(ground.opens.shape[2]):
                width += max(0, ground.closes[0, c, w] - ground.opens[0, c, w])
            key *= 1.0 + 9000.0 / (width + 3600.0)
        elif way >= 0.9:
            key /= 480.0 + ground.travel[0, hub, ground.place[c]]
        keys[k] = -key * (1.0 + noise * (dice.random() + dice.random() - 1.0))
    return np.argsort(keys[:size])


@njit(cache=True)
def search(
    ground: Ground, state: State, best: Array, score: Array, iterations: int, temperature: float, dice: Dice
) -> bool:
    """
    Ruin and recreate so many times; ``best`` takes the best routes, ``score`` holds the current and the best value.

    Returns whether the best improved. O(1) amortised per iteration: strings, fillers and routes are bounded.
    """
    duties, longest = state.route.shape
    removed = np.empty(MOST_ROUTES * longest, np.int64)
    pool = np.empty(MOST_ROUTES * longest + FILLERS + 8, np.int64)
    keys = np.empty(len(pool))
    seen = np.full(len(ground.place), -1, np.int64)
    ruined = np.empty(MOST_ROUTES, np.int64)
    saved = np.empty((MOST_ROUTES, longest), np.int32)
    lengths = np.empty(MOST_ROUTES, np.int64)
    rides = np.empty(MOST_ROUTES, np.int64)
    is_ruined = np.zeros(duties, np.bool_)
    most_routes = 4.0 * AVERAGE_REMOVED / (1.0 + LONGEST_STRING) - 1.0
    improved = False
    for tick in range(iterations):
        centre = draw(ground, state, dice)
        wish = int(dice.random() * most_routes + 1.0)
        routes, count, change = 0, 0, 0.0
        unserved = state.duty_of[centre] < 0
        for k in range(-1, ground.near.shape[1]):
            c = centre if k < 0 else ground.near[centre, k]
            if c < 0 or routes >= wish:
                break
            d = state.duty_of[c]
            if d < 0 or is_ruined[d] or (unserved and routes == 0 and not ground.allowed[centre, d]):
                continue
            ruined[routes], lengths[routes], rides[routes] = d, state.length[d], state.travel[d]
            saved[routes, : lengths[routes]] = state.route[d, : lengths[routes]]
            is_ruined[d] = True
            routes += 1
            count = cut_string(ground, state, d, c, removed, count, dice)
            time_route(ground, state, d)
        if routes == 0:  # nobody near may go there: any duty that may
            d = int(dice.random() * duties)
            while not ground.allowed[centre, d]:
                d = int(dice.random() * duties)
            ruined[0], lengths[0], rides[0] = d, state.length[d], state.travel[d]
            saved[0, : lengths[0]] = state.route[d, : lengths[0]]
            is_ruined[d] = True
            routes = 1
            if state.length[d]:
                c = state.route[d, int(dice.random() * state.length[d])]
                count = cut_string(ground, state, d, c, removed, count, dice)
            time_route(ground, state, d)
        for y in range(routes):
            day = ground.duty[ruined[y], DAY]
            for k in range(lengths[y]):
                change -= ground.gain[saved[y, k], day]
        size = gather(ground, state, centre, removed, count, pool, seen, tick, dice)
        order = noisy_order(ground, centre, pool, size, keys, dice)
        price = dice.random()
        slack_price = 0.0 if price < 0.25 else (0.3 if price < 0.5 else 1.0)
        forced = dice.random() < 0.7
        for z in range(-1, size):
            c = centre if z < 0 else pool[order[z]]
            if (z < 0 and not forced) or not is_free(ground, state, c):
                continue
            cost, duty, position, detour = 1e18, -1, -1, 0
            for y in range(routes):
                d = ruined[y]
                if ground.allowed[c, d] and state.length[d] < ground.duty[d, MOST]:
                    new_cost, new_position, new_detour = cheapest(ground, state, d, c, slack_price, dice)
                    if new_position >= 0 and new_cost < cost:
                        cost, duty, position, detour = new_cost, d, new_position, new_detour
            if duty >= 0 and ground.gain[c, ground.duty[duty, DAY]] > detour * TRAVEL_PRICE:
                insert(ground, state, duty, position, c)
                time_route(ground, state, duty)
        for y in range(routes):
            d = ruined[y]
            day = ground.duty[d, DAY]
            for k in range(state.length[d]):
                change += ground.gain[state.route[d, k], day]
            change -= TRAVEL_PRICE * (state.travel[d] - rides[y])
        if change >= 0 or change > temperature * math.log(dice.random() + 1e-300):
            score[0] += change
            if score[0] > score[1] + 1e-6:
                score[1] = score[0]
                improved = True
                for d in range(duties):
                    best[d] = -1
                    best[d, : state.length[d]] = state.route[d, : state.length[d]]
        else:
            for y in range(routes):
                for k in range(state.length[ruined[y]]):
                    mark(ground, state, state.route[ruined[y], k], -1)
            for y in range(routes):
                d = ruined[y]
                state.length[d] = lengths[y]
                for k in range(lengths[y]):
                    state.route[d, k] = saved[y, k]
                    mark(ground, state, saved[y, k], d)
                time_route(ground, state, d)
        for y in range(routes):
            is_ruined[ruined[y]] = False
    return improved
