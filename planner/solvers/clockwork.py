"""
The problem as arrays for compiled code, and the clockwork of a route on them: what ``planner.timing`` does, by numba.

Arrays follow ``planner.problem``: C candidates, D duties, P places, L look-backs, W windows; V variants of windows (a
date and a last start), M the longest route, G business districts, K the neighbours known of each candidate. Times are
seconds since midnight, worth is points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from planner.problem import NEVER
from planner.solvers.compiled import lean

if TYPE_CHECKING:
    from planner.problem import Problem, Routes

Array: TypeAlias = NDArray[Any]

NEIGHBOURS = 100
"""K: the nearest candidates that a ruin may spread to and a recreate may draw from."""

START, END, REST, REST_FROM, REST_TO, MOST, ORIGIN, HOME, PROFILE, DAY, VARIANT = range(11)
"""Columns of ``Ground.duty``."""


class Ground(NamedTuple):
    """
    What does not change.

    A kernel takes the arrays that it uses in a loop out of the tuple first: taking one out counts a reference, which
    costs more than what is then read.
    """

    travel: Array
    """Seconds, shape (profiles, P, P), int32."""
    back: Array
    """The same the other way round: seconds to a place from each other; the same array where there is no difference."""
    place: Array
    """Shape (C,), int32."""
    wanted: Array
    """Shape (C,), int32."""
    seconds: Array
    """Length of the visit, shape (C,), int32."""
    opens: Array
    """First starts, shape (V, C, W), int32; windows in order, those without a last start at the end."""
    closes: Array
    """Last starts, -1 where there is no window, shape (V, C, W), int32."""
    allowed: Array
    """Shape (D, C), bool."""
    gain: Array
    """What a visit is worth on a day of the horizon, points, shape (H, C)."""
    density: Array
    """Points for a second, roughly, shape (C,)."""
    district: Array
    """The business district of a candidate, -1 if none, shape (C,), int32."""
    least: Array
    """Visits that a business district should have at least, shape (G,), int32."""
    least_gain: float
    """Points for each of these."""
    even_load: float
    """The n-th visit of a duty costs n - 1 times as many points."""
    travel_price: float
    """Points for a second of travel."""
    live: Array
    """The candidates that some duty may visit."""
    near: Array
    """Candidates by distance, shape (C, K), int32; -1 where there are no more."""
    duty: Array
    """Integers of each duty, shape (D, 11), columns as above, int64."""


class State(NamedTuple):
    """Routes as they stand; the search changes them in place."""

    route: Array
    """Candidates in order, shape (D, M)."""
    length: Array
    """Stops of each route, shape (D,)."""
    free: Array
    """Earliest second to go on after k stops, unrested and rested, shape (D, M + 1, 2)."""
    late: Array
    """Latest arrival at the k-th stop, or home, unrested and rested, shape (D, M + 1, 2)."""
    slack: Array
    """Seconds by which the arrival at the k-th stop, or home, may move, shape (D, M + 1)."""
    room: Array
    """The same and the wait for the break that an insertion may use, shape (D, M + 1)."""
    most_room: Array
    """The most room of each route, shape (D,)."""
    travel: Array
    """Seconds on the way, shape (D,)."""
    duty_of: Array
    """The duty that visits a candidate, -1 if none, shape (C,)."""
    server: Array
    """The candidate that serves a look-back, -1 if none, shape (L,)."""
    visited: Array
    """Whether a place has a visit, shape (P,)."""
    visits: Array
    """Visits of each business district, shape (G,)."""


@lean
def next_start(opens: Array, closes: Array, variant: int, c: int, at: int) -> int:
    """The first start from a second on; ``NEVER`` if none. O(W)."""
    for w in range(opens.shape[2]):
        if at <= closes[variant, c, w]:
            return max(at, opens[variant, c, w])
    return NEVER


@lean
def last_start(opens: Array, closes: Array, variant: int, c: int, by: int) -> int:
    """The latest start by a second; -1 if none. O(W)."""
    for w in range(opens.shape[2] - 1, -1, -1):
        if closes[variant, c, w] >= 0 and opens[variant, c, w] <= by:
            return min(by, closes[variant, c, w])
    return -1


@lean
def rest_end(rest: int, rest_from: int, rest_to: int, at: int) -> int:
    """The end of a break that begins as soon as it may; ``NEVER`` when it is too late for it."""
    end = max(at, rest_from) + rest
    return end if rest > 0 and end <= rest_to else NEVER


@lean
def latest_unrested(rest: int, rest_from: int, rest_to: int, rested: int) -> int:
    """The latest moment from which a break still ends by a second; -1 if none."""
    by = min(rested, rest_to) - rest
    return by if rest > 0 and by >= rest_from else -1


@lean
def time_route(ground: Ground, state: State, d: int) -> bool:
    """Time a route both ways, in place; whether it is feasible. O(M W)."""
    duty, place, legs, length = ground.duty, ground.place, ground.travel, ground.seconds
    opens, closes = ground.opens, ground.closes
    route, free, late, slacks, rooms = state.route, state.free, state.late, state.slack, state.room
    n, profile, variant = state.length[d], duty[d, PROFILE], duty[d, VARIANT]
    rest, rest_from, rest_to = duty[d, REST], duty[d, REST_FROM], duty[d, REST_TO]
    unrested, rested = NEVER, duty[d, START]
    if rest > 0:
        unrested, rested = rested, rest_end(rest, rest_from, rest_to, rested)
    free[d, 0, 0], free[d, 0, 1] = unrested, rested
    here, travel = duty[d, ORIGIN], 0
    for k in range(n + 1):
        there = place[route[d, k]] if k < n else duty[d, HOME]
        ride = legs[profile, here, there]
        travel += ride
        unrested += ride
        rested = min(rested + ride, rest_end(rest, rest_from, rest_to, unrested))
        # The arrivals wait in slack and room until the way back knows how late they may be.
        slacks[d, k], rooms[d, k] = unrested, rested
        if k < n:
            c = route[d, k]
            seconds = length[c]
            unrested = min(NEVER, next_start(opens, closes, variant, c, unrested) + seconds)
            rested = min(NEVER, next_start(opens, closes, variant, c, rested) + seconds)
            rested = min(rested, rest_end(rest, rest_from, rest_to, unrested))
            free[d, k + 1, 0], free[d, k + 1, 1] = unrested, rested
        here = there
    end = duty[d, END]
    feasible = n == 0 or rested <= end
    state.travel[d] = travel if n else 0
    by_unrested, by_rested = latest_unrested(rest, rest_from, rest_to, end), end
    late[d, n, 0], late[d, n, 1] = by_unrested, by_rested
    there = duty[d, HOME]
    for k in range(n - 1, -1, -1):
        c = route[d, k]
        away = legs[profile, place[c], there]
        seconds = length[c]
        next_rested = by_rested - away
        by_rested = last_start(opens, closes, variant, c, next_rested - seconds)
        if rest > 0:
            resting = latest_unrested(rest, rest_from, rest_to, next_rested)
            resting_there = last_start(opens, closes, variant, c, resting - seconds)
            resting_later = last_start(opens, closes, variant, c, by_unrested - away - seconds)
            resting_before = latest_unrested(rest, rest_from, rest_to, by_rested)
            by_unrested = max(resting_before, resting_there, resting_later)
        late[d, k, 0], late[d, k, 1] = by_unrested, by_rested
        there = place[c]
    most = 0
    for k in range(n + 1):
        unrested, rested = slacks[d, k], rooms[d, k]
        slack = max(late[d, k, 0] - unrested, late[d, k, 1] - rested)
        room = slack + (max(0, rest_from - unrested) if rest > 0 else 0)
        slacks[d, k], rooms[d, k] = slack, room
        most = max(most, room)
    state.most_room[d] = most
    return feasible


@lean
def put(ground: Ground, state: State, d: int, k: int, c: int) -> float:
    """Insert a candidate before the k-th stop, untimed; the points that it adds."""
    points = ground.gain[ground.duty[d, DAY], c] - ground.even_load * state.length[d]
    for j in range(state.length[d], k, -1):
        state.route[d, j] = state.route[d, j - 1]
    state.route[d, k] = c
    state.length[d] += 1
    state.duty_of[c] = d
    state.server[ground.wanted[c]] = c
    state.visited[ground.place[c]] = True
    g = ground.district[c]
    if g >= 0:
        if state.visits[g] < ground.least[g]:
            points += ground.least_gain
        state.visits[g] += 1
    return points


@lean
def lift(ground: Ground, state: State, d: int, c: int) -> float:
    """Note that a duty no longer visits a candidate, and count its route one shorter; the points that it takes away."""
    state.length[d] -= 1
    points = ground.gain[ground.duty[d, DAY], c] - ground.even_load * state.length[d]
    state.duty_of[c] = -1
    state.server[ground.wanted[c]] = -1
    state.visited[ground.place[c]] = False
    g = ground.district[c]
    if g >= 0:
        state.visits[g] -= 1
        if state.visits[g] < ground.least[g]:
            points += ground.least_gain
    return points


@lean
def fits(ground: Ground, d: int, route: Array) -> bool:
    """Whether a duty can make these visits in this order. O(n W)."""
    opens, closes = ground.opens, ground.closes
    if len(route) > ground.duty[d, MOST]:
        return False
    profile, variant = ground.duty[d, PROFILE], ground.duty[d, VARIANT]
    rest, rest_from, rest_to = ground.duty[d, REST], ground.duty[d, REST_FROM], ground.duty[d, REST_TO]
    unrested, rested = NEVER, ground.duty[d, START]
    if rest > 0:
        unrested, rested = rested, rest_end(rest, rest_from, rest_to, rested)
    here = ground.duty[d, ORIGIN]
    for c in route:
        if not ground.allowed[d, c]:
            return False
        ride, seconds = ground.travel[profile, here, ground.place[c]], ground.seconds[c]
        unrested += ride
        rested = min(rested + ride, rest_end(rest, rest_from, rest_to, unrested))
        unrested = min(NEVER, next_start(opens, closes, variant, c, unrested) + seconds)
        rested = min(NEVER, next_start(opens, closes, variant, c, rested) + seconds)
        rested = min(rested, rest_end(rest, rest_from, rest_to, unrested))
        if rested >= NEVER and unrested >= NEVER:
            return False
        here = ground.place[c]
    ride = ground.travel[profile, here, ground.duty[d, HOME]]
    return min(rested + ride, rest_end(rest, rest_from, rest_to, unrested + ride)) <= ground.duty[d, END]


def ground_of(problem: Problem) -> Ground:
    """The arrays of a problem."""
    order = _by_neighbourhood(problem)
    position = np.argsort(order)
    travel = np.stack([legs[np.ix_(order, order)] for legs in problem.travel])
    back = np.ascontiguousarray(travel.transpose(0, 2, 1))
    duties = problem.duties
    variants = sorted({(int(problem.duty_day[d]), duty.last_start) for d, duty in enumerate(duties)})
    opens, closes = _windows(problem, variants)
    rows = [
        (
            *(duty.start, duty.end, duty.rest_seconds, duty.rest_from, duty.rest_to, duty.max_visits),
            *(int(position[problem.origins[d]]), int(position[problem.destinations[d]]), problem.duty_travel[d]),
            *(int(problem.duty_day[d]), variants.index((int(problem.duty_day[d]), duty.last_start))),
        )
        for d, duty in enumerate(duties)
    ]
    gain = problem.soft_gains
    live = np.flatnonzero(problem.allowed.any(axis=1))
    as_ints = np.int32
    return Ground(
        travel=travel,
        back=travel if np.array_equal(travel, back) else back,
        place=position[problem.candidate_place].astype(as_ints),
        wanted=problem.candidate_wanted.astype(as_ints),
        seconds=problem.seconds.astype(as_ints),
        opens=opens,
        closes=closes,
        allowed=np.ascontiguousarray(problem.allowed.T),
        gain=np.ascontiguousarray(gain.T),
        density=gain.max(axis=1, initial=0.0) / (problem.seconds + 600.0),
        district=problem.candidate_district.astype(as_ints),
        least=problem.least_visits.astype(as_ints),
        least_gain=float(problem.soft.least),
        even_load=float(problem.even_load),
        travel_price=problem.travel_price,
        live=live,
        near=_near(problem, live),
        duty=np.array(rows, np.int64).reshape(len(duties), 11),
    )


def _by_neighbourhood(problem: Problem) -> Array:
    """
    The places along a Z-curve (Morton order), so that legs between neighbours lie near each other in memory.

    A route is tried at a few dozen random legs a microsecond; this halves the time that they take.
    """
    at = np.array([(place.at.lon, place.at.lat) for place in problem.places]).reshape(-1, 2)
    corner, size = at.min(axis=0, initial=180.0), np.ptp(at, axis=0) if len(at) else np.ones(2)
    cells = ((at - corner) / np.maximum(size, 1e-9) * 1023).astype(np.int64)
    curve = np.zeros(len(at), np.int64)
    for bit in range(10):
        curve |= ((cells[:, 0] >> bit & 1) << 2 * bit) | ((cells[:, 1] >> bit & 1) << 2 * bit + 1)
    order: Array = np.argsort(curve, kind="stable")
    return order


def _windows(problem: Problem, variants: list[tuple[int, int]]) -> tuple[Array, Array]:
    """Windows of each date cut off at each last start, in order, those that are left first; shape (V, C, W) each."""
    days = [day for day, _ in variants]
    last = np.array([last_start for _, last_start in variants], np.int64).reshape(-1, 1, 1)
    opens, closes = problem.opens[days], np.minimum(problem.closes[days], last)
    order = np.argsort(np.where(opens <= closes, opens, NEVER), axis=2, kind="stable")
    opens, closes = np.take_along_axis(opens, order, 2), np.take_along_axis(closes, order, 2)
    return opens.astype(np.int32), np.where(opens <= closes, closes, -1).astype(np.int32)


def _near(problem: Problem, live: Array) -> Array:
    """For each candidate the nearest others that some duty could visit as well, shape (C, K)."""
    near = np.full((len(problem.candidate_place), min(NEIGHBOURS, max(len(live) - 1, 1))), -1, np.int32)
    places = problem.candidate_place[live]
    # candidates with the same duties have the same kin
    patterns, pattern_of = np.unique(problem.allowed[live], axis=0, return_inverse=True)
    for k, pattern in enumerate(patterns):
        kin = problem.allowed[np.ix_(live, np.flatnonzero(pattern))].any(axis=1)
        others, to = live[kin], places[kin]
        for c in live[pattern_of == k].tolist():
            seconds = problem.travel[0][problem.candidate_place[c], to].copy()
            seconds[others == c] = NEVER
            width = min(near.shape[1], len(others) - 1)
            if width > 0:
                nearest = np.argpartition(seconds, width - 1)[:width] if width < len(others) else np.arange(len(others))
                nearest = nearest[np.lexsort((others[nearest], seconds[nearest]))]
                near[c, :width] = others[nearest[:width]]
    return near


def state_of(problem: Problem, ground: Ground, routes: Routes) -> State:
    """Routes as the search takes them, timed."""
    duties, longest = len(problem.duties), _longest(problem, ground)
    state = State(
        route=np.full((duties, longest), -1, np.int32),
        length=np.zeros(duties, np.int64),
        free=np.zeros((duties, longest + 1, 2), np.int64),
        late=np.zeros((duties, longest + 1, 2), np.int64),
        slack=np.zeros((duties, longest + 1), np.int64),
        room=np.zeros((duties, longest + 1), np.int64),
        most_room=np.zeros(duties, np.int64),
        travel=np.zeros(duties, np.int64),
        duty_of=np.full(len(problem.candidate_place), -1, np.int64),
        server=np.full(len(problem.wanted), -1, np.int64),
        visited=np.zeros(len(problem.places), np.bool_),
        visits=np.zeros(len(problem.least_visits), np.int64),
    )
    for d, route in enumerate(routes):
        for k, c in enumerate(route):
            put(ground, state, d, k, c)
        time_route(ground, state, d)
    return state


def _longest(problem: Problem, ground: Ground) -> int:
    """No route has more stops."""
    most = max(duty.max_visits for duty in problem.duties)
    time = max(duty.end - duty.start for duty in problem.duties)
    least = int(problem.seconds[ground.live].min(initial=NEVER))
    return max(1, min(most, len(ground.live), time // max(least, 1) + 1))
