"""
Ruin & recreate: strings of neighbouring stops are taken out and the gaps filled anew, ten thousand times a second.

Slack induction by string removals [1]_ for a prize-collecting problem: what is put back competes with what nobody
visits yet. A worse result is kept with the probability of simulated annealing. Routes are short and timed in two
states (the break to come, the break taken), so that an insertion is tried in constant time; see ``clockwork``.

The search sees a soft objective in points (``Problem.soft``), less a small price for each second of travel. Which
routes are best is decided by ``Problem.value``.

References
----------
.. [1] Christiaens, Vanden Berghe (2020), Slack induction by string removals for vehicle routing problems.
   Transportation Science 54(2), 417-433.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np

from planner.solvers import kernels
from planner.solvers.base import Best
from planner.solvers.clockwork import ground_of, state_of
from planner.solvers.greedy import filled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from planner.problem import Problem, Routes
    from planner.solvers.base import Limit

ITERATIONS_A_STEP = 5_000
ITERATIONS_A_SECOND = 50_000
"""Roughly; only to choose a temperature by the steps that are to come."""
COLD = 1 / 50
"""Last temperature, as a share of the first."""
PIECE_SECONDS = 0.1
"""How long to search between two looks at the clock."""
POOL = 1 << 14
"""Good routes that are remembered."""


def solve(problem: Problem, limit: Limit, seed: int, report: Callable[[Best], None]) -> Routes:
    """Greedy first, then ruin & recreate until the limit; a step is ``ITERATIONS_A_STEP`` iterations."""
    routes = filled(problem, [[] for _ in problem.duties])
    report(Best(routes, problem.value(routes), 0))
    if not problem.allowed.any():
        return routes
    return RuinRecreate(problem, routes, seed).run(limit, report)


class RuinRecreate:
    """A search that can be gone on with: routes, the best of them, and a pool of good ones met on the way."""

    def __init__(self, problem: Problem, routes: Routes, seed: int, *, pool: int = 1) -> None:
        self.problem = problem
        self.dice = np.random.default_rng(seed)
        self.ground = ground_of(problem)
        self.state = state_of(problem, self.ground, routes)
        self.routes, self.value, self.steps = routes, problem.value(routes), 0
        self.best = np.full_like(self.state.route, -1)
        self.score = np.zeros(2)
        self.pace = 200
        keys = len(problem.candidate_place) + len(problem.duties)
        self.pool = kernels.Pool(
            route=np.full((pool, self.state.route.shape[1]), -1, np.int32),
            duty=np.full(pool, -1, np.int64),
            key=np.zeros(pool, np.uint64),
            slot=np.full(8 * pool if pool > 1 else 1, -1, np.int64),
            dice=self.dice.integers(1, 1 << 63, keys, np.uint64),
            written=np.zeros(1, np.int64),
        )
        self.mean = self._mean_priority()

    def run(
        self, limit: Limit, report: Callable[[Best], None], *, hot: float | None = None, cold: float | None = None
    ) -> Routes:
        """
        Search until the limit, from hot to cold; the best routes so far.

        Parameters
        ----------
        hot, cold
            Shares of the mean priority served; chosen by the time that there is for a duty if not given.
        """
        hot = self._hot(limit) if hot is None else hot
        cold = COLD * hot if cold is None else cold
        deadline, started, step = limit.deadline(), time.monotonic(), 0
        iterations = ITERATIONS_A_STEP if deadline is None else self.pace
        while (gone := _gone(limit, step, started, deadline)) < 1:
            temperature = self.mean * hot * (cold / hot) ** gone
            before = time.monotonic()
            seed = int(self.dice.integers(1 << 31))
            improved = kernels.search(
                self.ground, self.state, self.best, self.score, self.pool, iterations, temperature, seed
            )
            step += 1
            self.steps += 1
            if improved:
                self._offer(tuple(tuple(int(c) for c in route if c >= 0) for route in self.best), report)
            if deadline is not None:
                pace = iterations / max(time.monotonic() - before, 1e-4)
                self.pace = iterations = int(min(max(pace * PIECE_SECONDS, 50), 20 * iterations))
        self._offer(filled(self.problem, self.routes), report)  # blinks may have left a gap
        return self.routes

    def standing(self) -> Routes:
        """The routes as they are now, which annealing may have made worse than the best."""
        route, length = self.state.route, self.state.length
        return tuple(tuple(route[d, : length[d]].tolist()) for d in range(len(length)))

    def pooled(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Good routes, the latest last: the duty and its candidates in order."""
        rows = len(self.pool.duty)
        written = int(self.pool.written[0])
        for row in range(max(0, written - rows), written):
            route = self.pool.route[row % rows]
            yield int(self.pool.duty[row % rows]), tuple(route[route >= 0].tolist())

    def _offer(self, routes: Routes, report: Callable[[Best], None]) -> None:
        if (value := self.problem.value(routes)) > self.value:
            self.routes, self.value = routes, value
            report(Best(routes, value, self.steps))

    def _hot(self, limit: Limit) -> float:
        """The first temperature for what there is of time or steps."""
        steps = None if limit.steps is None else limit.steps * ITERATIONS_A_STEP / ITERATIONS_A_SECOND
        seconds = min(s for s in (limit.seconds, steps) if s is not None)
        return first_temperature(seconds / len(self.problem.duties))

    def _mean_priority(self) -> float:
        problem = self.problem
        served = [problem.wanted[problem.candidate_wanted[c]].priority for route in self.routes for c in route]
        return max(1.0, float(np.mean(served))) if served else 1.0


def first_temperature(seconds_a_duty: float) -> float:
    """As a share of the mean priority served: the longer there is for each duty, the hotter."""
    return min(0.6, max(0.06, 0.6 * math.sqrt(seconds_a_duty)))


def _gone(limit: Limit, step: int, started: float, deadline: float | None) -> float:
    """The share of the budget that is used up."""
    shares = [0.0]
    if limit.steps is not None:
        shares.append(step / limit.steps if limit.steps else 1.0)
    if deadline is not None:
        shares.append((time.monotonic() - started) / max(deadline - started, 1e-9))
    return max(shares)
