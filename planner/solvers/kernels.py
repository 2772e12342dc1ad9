"""The kernels of ruin & recreate, compiled by numba and kept in its cache; arrays as in ``clockwork``."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from planner.problem import NEVER
from planner.solvers.clockwork import (
    DAY,
    HOME,
    MOST,
    ORIGIN,
    PROFILE,
    REST,
    REST_FROM,
    REST_TO,
    VARIANT,
    Array,
    Ground,
    State,
    lift,
    next_start,
    put,
    rest_end,
    time_route,
)
from planner.solvers.compiled import lean

LONGEST_STRING = 10
AVERAGE_REMOVED = 10.0
MOST_ROUTES = 4
"""Routes that one ruin may touch."""
FILLERS = 30
"""Unserved candidates that compete for the gaps of one ruin."""
BLINK = 0.01
"""Chance to overlook a position."""
SPLIT = 0.3
"""Chance to spare stops in the middle of a string."""


class Pool(NamedTuple):
    """Good routes that the search has come across, each set of visits of a duty once; the oldest is overwritten."""

    route: Array
    """Shape (R, M), int32; -1 where a route has ended."""
    duty: Array
    """Shape (R,)."""
    key: Array
    """Shape (R,), uint64."""
    slot: Array
    """Where a key stands, by its last bits, shape (a power of two,), -1 for nowhere."""
    dice: Array
    """A random number for each candidate and then each duty, shape (C + D,), uint64; a key is their exclusive or."""
    written: Array
    """Routes ever written, shape (1,)."""


@lean
def cheapest(ground: Ground, state: State, d: int, c: int, slack_price: float) -> tuple[float, int, int]:
    """Cost, position and detour of the best insertion; position -1 if none. O(M W)."""
    duties, places, legs, back = ground.duty, ground.place, ground.travel, ground.back
    opens, closes = ground.opens, ground.closes
    route, free, late, slacks, rooms = state.route, state.free, state.late, state.slack, state.room
    n, profile, variant = state.length[d], duties[d, PROFILE], duties[d, VARIANT]
    rest, rest_from, rest_to = duties[d, REST], duties[d, REST_FROM], duties[d, REST_TO]
    place, seconds = places[c], ground.seconds[c]
    best, position, best_detour = 1e18, -1, 0
    for k in range(n + 1):
        if n and rooms[d, k] < seconds:
            continue
        here = places[route[d, k - 1]] if k else duties[d, ORIGIN]
        there = places[route[d, k]] if k < n else duties[d, HOME]
        # both rows belong to the candidate: near each other in memory
        to, on = back[profile, place, here], legs[profile, place, there]
        detour = to + on - legs[profile, here, there]
        if detour >= best or (n and detour + seconds > rooms[d, k]):
            continue
        at = free[d, k, 0]
        arrival = free[d, k, 1] + to
        if rest > 0 and at < NEVER:
            arrival = min(arrival, rest_end(rest, rest_from, rest_to, at + to))
            unrested = next_start(opens, closes, variant, c, at + to) + seconds
            rested = min(
                next_start(opens, closes, variant, c, arrival) + seconds, rest_end(rest, rest_from, rest_to, unrested)
            )
            left = max(late[d, k, 1] - rested, late[d, k, 0] - unrested) - on
        else:
            left = late[d, k, 1] - next_start(opens, closes, variant, c, arrival) - seconds - on
        if left < 0 or np.random.random() < BLINK:
            continue
        cost = detour + slack_price * (slacks[d, k] - left)
        if cost < best:
            best, position, best_detour = cost, k, detour
    return best, position, best_detour


@lean
def cut_string(ground: Ground, state: State, d: int, c: int, removed: Array, count: int) -> tuple[int, float]:
    """
    Take a string of stops around one out of a route, perhaps sparing some in its middle.

    The new number of removed stops, and the points lost.
    """
    n = state.length[d]
    cut = int(np.random.random() * min(n, LONGEST_STRING) + 1)
    spared = 0
    if 1 < cut < n and np.random.random() < SPLIT:
        spared = 1
        while cut + spared < n and np.random.random() < 0.5:
            spared += 1
    at = 0
    while state.route[d, at] != c:
        at += 1
    span = cut + spared
    high = min(at, n - span)
    low = min(max(0, at - span + 1), high)
    first = low + int(np.random.random() * (high - low + 1))
    sparing = first + int(np.random.random() * (cut + 1)) if spared else -1
    kept, points = 0, 0.0
    for k in range(n):
        stop = state.route[d, k]
        if first <= k < first + span and not (spared and sparing <= k < sparing + spared):
            points += lift(ground, state, d, stop)
            removed[count] = stop
            count += 1
        else:
            state.route[d, kept] = stop
            kept += 1
    return count, points


@lean
def is_free(wanted: Array, place: Array, server: Array, visited: Array, c: int) -> bool:
    """Whether neither the look-back is served nor the place visited."""
    return server[wanted[c]] < 0 and not visited[place[c]]


@lean
def draw(ground: Ground, state: State) -> int:
    """
    Where to ruin: around a stop, or around a candidate that nobody visits, the denser the likelier.

    Its look-back may be served at another site: sometimes it is better served here.
    """
    if np.random.random() < 0.5:
        d = int(np.random.random() * len(state.length))
        if state.length[d]:
            return state.route[d, int(np.random.random() * state.length[d])]
    best, density = -1, -1.0
    for _ in range(3):
        c = ground.live[int(np.random.random() * len(ground.live))]
        if ground.density[c] > density and not state.visited[ground.place[c]]:
            best, density = c, ground.density[c]
    return best if best >= 0 else ground.live[int(np.random.random() * len(ground.live))]


@lean
def gather(
    ground: Ground, state: State, centre: int, removed: Array, count: int, pool: Array, seen: Array, tick: int
) -> int:
    """What competes for the gaps: what was taken out, the centre, and free neighbours of both; returns how many."""
    wanted, place, near, server, visited = ground.wanted, ground.place, ground.near, state.server, state.visited
    size = 0
    for k in range(count):
        pool[size] = removed[k]
        seen[removed[k]] = tick
        size += 1
    if seen[centre] != tick and is_free(wanted, place, server, visited, centre):
        pool[size] = centre
        seen[centre] = tick
        size += 1
    most = size + FILLERS
    for source in range(min(count, 6) + 1):
        hub = centre if source == 0 else removed[int(np.random.random() * count)]
        share = FILLERS if source == 0 else 6
        for k in range(near.shape[1] if source == 0 else min(25, near.shape[1])):
            c = near[hub, k]
            if c < 0 or size >= most or share == 0:
                break
            if seen[c] != tick and is_free(wanted, place, server, visited, c):
                seen[c] = tick
                pool[size] = c
                size += 1
                share -= 1
    return size


@njit(cache=True)
def noisy_order(ground: Ground, centre: int, variant: int, pool: Array, size: int, keys: Array) -> Array:
    """The order in which to put back: by density, by worth, tight windows first, or near the centre; always noisy."""
    density, seconds, place, legs = ground.density, ground.seconds, ground.place, ground.travel
    opens, closes = ground.opens, ground.closes
    way = np.random.random()
    noise = 0.1 + 0.8 * np.random.random()
    hub = place[centre]
    for k in range(size):
        c = pool[k]
        key = density[c]
        if 0.6 <= way < 0.75:
            key *= seconds[c] + 600.0
        elif 0.75 <= way < 0.9:
            width = 0
            for w in range(opens.shape[2]):
                if closes[variant, c, w] >= 0:
                    width += closes[variant, c, w] - opens[variant, c, w]
            key *= 1.0 + 9000.0 / (width + 3600.0)
        elif way >= 0.9:
            key /= 480.0 + legs[0, hub, place[c]]
        keys[k] = -key * (1.0 + noise * (np.random.random() + np.random.random() - 1.0))
    return np.argsort(keys[:size])


@lean
def keep(pool: Pool, state: State, d: int) -> None:
    """Write a route into the pool unless it stands there."""
    key = pool.dice[len(state.duty_of) + d]
    for k in range(state.length[d]):
        key ^= pool.dice[state.route[d, k]]
    at = np.int64(key & np.uint64(len(pool.slot) - 1))
    row = pool.slot[at]
    if row < 0 or pool.key[row] != key:
        row = pool.written[0] % len(pool.duty)
        pool.written[0] += 1
        pool.slot[at] = row
    pool.key[row] = key
    pool.duty[row] = d
    for k in range(state.route.shape[1]):
        pool.route[row, k] = state.route[d, k] if k < state.length[d] else -1


@njit(cache=True, nogil=True)
def search(
    ground: Ground,
    state: State,
    best: Array,
    score: Array,
    pool: Pool,
    iterations: int,
    temperature: float,
    seed: int,
) -> bool:
    """
    Ruin and recreate so many times; ``best`` takes the best routes, ``score`` holds the current and the best value.

    Returns whether the best improved. O(1) amortised per iteration: strings, fillers and routes are bounded.
    """
    np.random.seed(seed)
    duties, longest = state.route.shape
    removed = np.empty(MOST_ROUTES * longest, np.int64)
    waiting = np.empty(MOST_ROUTES * longest + FILLERS + 8, np.int64)
    keys = np.empty(len(waiting))
    seen = np.full(len(ground.place), -1, np.int64)
    ruined = np.empty(MOST_ROUTES, np.int64)
    saved = np.empty((MOST_ROUTES, longest), np.int32)
    lengths, rides = np.empty(MOST_ROUTES, np.int64), np.empty(MOST_ROUTES, np.int64)
    is_ruined = np.zeros(duties, np.bool_)
    wanted, place, near, allowed, seconds = ground.wanted, ground.place, ground.near, ground.allowed, ground.seconds
    duty_rows, gain, district, least = ground.duty, ground.gain, ground.district, ground.least
    server, visited, duty_of, visits = state.server, state.visited, state.duty_of, state.visits
    route, length, most_room, travel = state.route, state.length, state.most_room, state.travel
    shortest = seconds[ground.live].min()
    most_routes = 4.0 * AVERAGE_REMOVED / (1.0 + LONGEST_STRING) - 1.0
    improved = False
    for tick in range(iterations):
        centre = draw(ground, state)
        wish = int(np.random.random() * most_routes + 1.0)
        routes, count, change = 0, 0, 0.0
        unserved = duty_of[centre] < 0
        elsewhere = server[wanted[centre]] if unserved else -1
        away = 1 if elsewhere >= 0 else 0
        for k in range(-1 - away, near.shape[1] + 1):
            if k == near.shape[1]:
                if routes > away:
                    break
                # nobody near may go there: any duty that may
                d = int(np.random.random() * duties)
                while not allowed[d, centre]:
                    d = int(np.random.random() * duties)
                if is_ruined[d]:
                    break
                c = route[d, int(np.random.random() * length[d])] if length[d] else -1
            else:
                c = near[centre, k] if k >= 0 else (centre if k == -1 else elsewhere)
                if routes >= wish + away:
                    break
                if c < 0:
                    continue
                d = duty_of[c]
                if d < 0 or is_ruined[d] or (unserved and routes == away and k >= 0 and not allowed[d, centre]):
                    continue
            ruined[routes], lengths[routes], rides[routes] = d, length[d], travel[d]
            for j in range(length[d]):
                saved[routes, j] = route[d, j]
            is_ruined[d] = True
            routes += 1
            if c >= 0:
                count, points = cut_string(ground, state, d, c, removed, count)
                change -= points
                time_route(ground, state, d)
        if ground.even_load > 0 and routes < MOST_ROUTES and np.random.random() < 0.2:
            # a duty that has little to do is a neighbour, too
            d = int(np.random.random() * duties)
            if not is_ruined[d] and allowed[d, centre]:
                ruined[routes], lengths[routes], rides[routes] = d, length[d], travel[d]
                for j in range(length[d]):
                    saved[routes, j] = route[d, j]
                is_ruined[d] = True
                routes += 1
        size = gather(ground, state, centre, removed, count, waiting, seen, tick)
        order = noisy_order(ground, centre, duty_rows[ruined[0], VARIANT], waiting, size, keys)
        price = np.random.random()
        slack_price = 0.0 if price < 0.25 else (0.3 if price < 0.5 else 1.0)
        forced = unserved and np.random.random() < 0.7
        for z in range(-1 if forced else 0, size):
            c = centre if z < 0 else waiting[order[z]]
            if not is_free(wanted, place, server, visited, c):
                continue
            cost, duty, position, detour = 1e18, -1, -1, 0
            room_left = 0
            for y in range(routes):
                d = ruined[y]
                if length[d] >= duty_rows[d, MOST]:
                    continue
                room = most_room[d] if length[d] else 1 << 30
                room_left = max(room_left, room)
                if room >= seconds[c] and allowed[d, c]:
                    new_cost, new_position, new_detour = cheapest(ground, state, d, c, slack_price)
                    new_cost += ground.even_load * length[d] / ground.travel_price
                    if new_position >= 0 and new_cost < cost:
                        cost, duty, position, detour = new_cost, d, new_position, new_detour
            if duty >= 0:
                worth = gain[duty_rows[duty, DAY], c] - ground.even_load * length[duty]
                g = district[c]
                if g >= 0 and visits[g] < least[g]:
                    worth += ground.least_gain
                if worth > detour * ground.travel_price:
                    change += put(ground, state, duty, position, c)
                    time_route(ground, state, duty)
            elif room_left < shortest:
                break
        for y in range(routes):
            change -= ground.travel_price * (travel[ruined[y]] - rides[y])
        if change >= 0 or change > temperature * math.log(np.random.random() + 1e-300):
            score[0] += change
            if len(pool.slot) > 1 and change != 0 and score[0] > score[1] - 6.0 * temperature:
                for y in range(routes):
                    if length[ruined[y]]:
                        keep(pool, state, ruined[y])
            if score[0] > score[1] + 1e-6:
                score[1] = score[0]
                improved = True
                for d in range(duties):
                    best[d] = -1
                    for k in range(length[d]):
                        best[d, k] = route[d, k]
        else:
            for y in range(routes):
                d = ruined[y]
                for k in range(length[d] - 1, -1, -1):
                    lift(ground, state, d, route[d, k])
            for y in range(routes):
                d = ruined[y]
                for k in range(lengths[y]):
                    put(ground, state, d, k, saved[y, k])
                time_route(ground, state, d)
        for y in range(routes):
            is_ruined[ruined[y]] = False
    return improved
