"""
Ruin & recreate: strings of neighbouring stops are taken out and the gaps filled anew, ten thousand times a second.

Slack induction by string removals [1]_ for a prize-collecting problem: what is put back competes with what nobody
visits yet. A worse result is kept with the probability of simulated annealing. Routes are short and timed in two
states (the break to come, the break taken), so that an insertion is tried in constant time; see ``kernels``.

The search sees a soft objective in points: priority, with a premium for what is mandatory or pinned, less a small
price for each second of travel. Which routes are best is decided by ``Problem.value``.

References
----------
.. [1] Christiaens, Vanden Berghe (2020), Slack induction by string removals for vehicle routing problems.
   Transportation Science 54(2), 417-433.
"""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from planner.geo import LonLat, Place
from planner.lookbacks import SpotCheck
from planner.plan import Reason, Term
from planner.problem import Problem
from planner.solvers import kernels
from planner.solvers.base import Best, Limit
from planner.solvers.greedy import filled
from planner.teamdays import TeamDay
from planner.teams import TravelMode

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.problem import Routes
    from planner.solvers.kernels import Array, Ground, State

NEIGHBOURS = 80
"""K: the nearest candidates that a ruin may spread to and a recreate may draw from."""
HOT, COLD = 0.30, 0.015
"""First and last temperature, as shares of the mean priority served."""
ITERATIONS_A_STEP = 5_000
PIECE_SECONDS = 0.1
"""How long to search between two looks at the clock."""


def solve(problem: Problem, limit: Limit, seed: int, report: Callable[[Best], None]) -> Routes:
    """Greedy first, then ruin & recreate until the limit; a step is ``ITERATIONS_A_STEP`` iterations."""
    routes = filled(problem, [[] for _ in problem.duties])
    report(Best(routes, problem.value(routes), 0))
    return improve(problem, routes, limit, seed, report)


def improve(problem: Problem, routes: Routes, limit: Limit, seed: int, report: Callable[[Best], None]) -> Routes:
    """Ruin & recreate from feasible routes until the limit."""
    if not problem.allowed.any():
        return routes
    deadline, started = limit.deadline(), time.monotonic()
    value, step = problem.value(routes), 0
    ground = _ground(problem)
    state = _state(problem, ground, routes)
    mean = _mean_priority(problem, routes)
    dice = np.random.default_rng(seed)
    best, score = np.full_like(state.route, -1), np.zeros(2)
    iterations = ITERATIONS_A_STEP if deadline is None else 200
    while (gone := _gone(limit, step, started, deadline)) < 1:
        temperature = mean * HOT * (COLD / HOT) ** gone
        before = time.monotonic()
        improved = kernels.search(ground, state, best, score, iterations, temperature, dice)
        step += 1
        found = tuple(tuple(int(c) for c in route if c >= 0) for route in best) if improved else routes
        if (worth := problem.value(found)) > value:
            routes, value = found, worth
            report(Best(routes, value, step))
        if deadline is not None:
            pace = iterations / max(time.monotonic() - before, 1e-4)
            iterations = int(min(max(pace * PIECE_SECONDS, 50), 20 * iterations))
    full = filled(problem, routes)  # blinks may have left a gap
    if full != routes:
        report(Best(full, problem.value(full), step))
    return full


def is_compiled() -> bool:
    """Whether numba's cache holds the kernels, so that nobody waits for the compiler."""
    return any(Path(kernels.search.stats.cache_path or "").glob("kernels.search-*.nbc"))


def compile_kernels() -> None:
    """Compile the kernels into numba's cache by solving a problem of two shops; about a quarter of a minute, once."""
    day = date(2026, 1, 5)
    duty = TeamDay("T", day, 0, 36_000, 3_600, 0, 36_000, 36_000, 2, TravelMode.CAR)
    checks = [SpotCheck(f"SC-{k}", str(k), (Reason(Term.NEVER_INSPECTED, 1),)) for k in range(2)]
    problem = Problem(
        days=(day,),
        duties=(duty,),
        wanted=tuple(checks),
        places=tuple(Place(str(k), LonLat(121.0, 31.0)) for k in range(2)),
        candidate_wanted=np.arange(2),
        candidate_place=np.arange(2),
        seconds=np.full(2, 600),
        opens=np.zeros((1, 2, 1), np.int64),
        closes=np.full((1, 2, 1), 30_000),
        allowed=np.ones((2, 1), bool),
        origins=np.zeros(1, np.int64),
        destinations=np.zeros(1, np.int64),
        travel=(np.zeros((2, 2), np.int32),),
        duty_travel=(0,),
        later_day_discount=0,
    )
    solve(problem, Limit(steps=1), 0, lambda _: None)


def _gone(limit: Limit, step: int, started: float, deadline: float | None) -> float:
    """The share of the budget that is used up."""
    shares = [0.0]
    if limit.steps is not None:
        shares.append(step / limit.steps if limit.steps else 1.0)
    if deadline is not None:
        shares.append((time.monotonic() - started) / max(deadline - started, 1e-9))
    return max(shares)


def _mean_priority(problem: Problem, routes: Routes) -> float:
    served = [problem.wanted[problem.candidate_wanted[c]].priority for route in routes for c in route]
    return max(1.0, float(np.mean(served))) if served else 1.0


def _ground(problem: Problem) -> Ground:
    duties = problem.duties
    table = [
        [
            d.start,
            d.end,
            d.rest_seconds,
            d.rest_from,
            d.rest_to,
            d.last_start,
            d.max_visits,
            *at,
            problem.duty_travel[k],
        ]
        for k, (d, at) in enumerate(
            zip(duties, zip(problem.origins.tolist(), problem.destinations.tolist(), strict=True), strict=True)
        )
    ]
    duty = np.column_stack([np.array(table, np.int64), problem.duty_day])
    points = np.array([max(w.priority, 0) for w in problem.wanted], float)
    premium = np.array([2.0 * w.mandatory + 4.0 * (w.lookback_id in problem.pinned) for w in problem.wanted])
    discount = 1 - problem.later_day_discount / 1000 * np.arange(len(problem.days))
    gain = points[:, None] * discount + (premium * 10 * max(points.max(initial=1), 1))[:, None]
    return kernels.Ground(
        travel=np.stack(problem.travel),
        place=problem.candidate_place,
        wanted=problem.candidate_wanted,
        seconds=problem.seconds,
        opens=problem.opens,
        closes=problem.closes,
        allowed=problem.allowed,
        gain=np.ascontiguousarray(gain[problem.candidate_wanted]),
        live=np.flatnonzero(problem.allowed.any(axis=1)),
        near=_near(problem),
        duty=duty,
    )


def _near(problem: Problem) -> Array:
    """For each candidate the nearest others that some duty could visit as well, shape (C, K)."""
    count = len(problem.candidate_place)
    width = min(NEIGHBOURS, max(count - 1, 1))
    near = np.full((count, width), -1, np.int32)
    for c in range(count):
        kin = problem.allowed[:, problem.allowed[c]].any(axis=1)
        others = np.setdiff1d(np.flatnonzero(kin), [c])
        seconds = problem.travel[0][problem.candidate_place[c], problem.candidate_place[others]]
        nearest = others[np.argsort(seconds, kind="stable")[:width]]
        near[c, : len(nearest)] = nearest
    return near


def _state(problem: Problem, ground: Ground, routes: Routes) -> State:
    duties, longest = len(problem.duties), max(d.max_visits for d in problem.duties)
    state = kernels.State(
        route=np.full((duties, longest), -1, np.int32),
        length=np.zeros(duties, np.int64),
        free=np.zeros((duties, longest + 1, 2), np.int64),
        late=np.zeros((duties, longest + 1, 2), np.int64),
        arrive=np.zeros((duties, longest + 1, 2), np.int64),
        slack=np.zeros((duties, longest + 1), np.int64),
        travel=np.zeros(duties, np.int64),
        duty_of=np.full(len(problem.candidate_place), -1, np.int64),
        served=np.zeros(len(problem.wanted), np.bool_),
        visited=np.zeros(len(problem.places), np.bool_),
    )
    for d, route in enumerate(routes):
        for k, c in enumerate(route):
            kernels.insert(ground, state, d, k, c)
        kernels.time_route(ground, state, d)
    return state
