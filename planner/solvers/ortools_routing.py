"""
OR-Tools' routing model, one neighbourhood at a time.

The whole city in one model is slow to build and slower to improve, so the model is given a few duties with what
they serve and the best of what they do not: a large neighbourhood, solved by guided local search from the routes as
they stand, and kept when it is worth more. All of OR-Tools' index juggling stays in this file.

A node of the model is a candidate on a day before a last start, because the model knows one set of windows a node.

References
----------
Shaw (1998), Using constraint programming and local search methods to solve vehicle routing problems. CP-98.
Voudouris & Tsang (1999), Guided local search. EJOR 113(2), 469-499.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2 as enums

from planner.solvers.base import Best
from planner.solvers.greedy import filled, free_candidates
from planner.timing import DutyClock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from planner.problem import Problem, Routes
    from planner.solvers.base import Limit

NEIGHBOURS = 3
"""Duties in a neighbourhood."""
UNSERVED = 30
"""Unserved candidates in a neighbourhood."""
SECONDS_A_STEP = 0.2
POLLS_A_STEP = 60_000
"""How often the model may ask for its limit in one step: a count makes steps reproducible, a clock does not."""


def solve(
    problem: Problem,
    limit: Limit,
    seed: int,
    report: Callable[[Best], None],
    until: Callable[[], bool] = lambda: False,
) -> Routes:
    """Greedy first, then neighbourhoods of duties solved by OR-Tools until the limit, or until told to stop."""
    deadline = limit.deadline()
    random = Random(seed)
    clocks = [DutyClock(problem, d) for d in range(len(problem.duties))]
    routes = filled(problem, [[] for _ in problem.duties], clocks=clocks)
    value, step = problem.value(routes), 0
    report(Best(routes, value, step))
    if not problem.allowed.any():  # nobody can go anywhere: there is nothing to search
        return routes
    kin = _kinship(problem)
    while not until() and (limit.steps is None or step < limit.steps):
        if deadline is not None and time.monotonic() >= deadline:
            break
        for seed_duty in _seeds(problem, routes, random):
            duties = _neighbourhood(kin, seed_duty, random)
            left = None if deadline is None else deadline - time.monotonic()
            if until() or (left is not None and left <= 0) or (limit.steps is not None and step >= limit.steps):
                break
            step += 1
            found = _Neighbourhood(problem, clocks, routes, duties, random).improved(left)
            if found is None:
                continue
            better = filled(problem, found, clocks=clocks)
            if (worth := problem.value(better)) > value:
                routes, value = better, worth
                report(Best(routes, value, step))
    return routes


def _seeds(problem: Problem, routes: Routes, random: Random) -> list[int]:
    """Every duty once: in random order, but first those that could serve a mandatory look-back nobody serves."""
    order = random.sample(range(len(problem.duties)), len(problem.duties))
    mandatory = np.array([problem.wanted[k].mandatory for k in problem.candidate_wanted])
    missed = problem.allowed[free_candidates(problem, routes) & mandatory].any(axis=0)
    return sorted(order, key=lambda duty: not missed[duty])


def _kinship(problem: Problem) -> NDArray[np.float64]:
    """How much two duties compete: the share of the candidates of either that both may serve, shape (D, D)."""
    allowed = problem.allowed.astype(np.float64)
    both = allowed.T @ allowed
    count = np.diag(both)
    either = count[:, None] + count[None, :] - both
    kin: NDArray[np.float64] = both / np.maximum(either, 1)
    return kin


def _neighbourhood(kin: NDArray[np.float64], seed_duty: int, random: Random) -> list[int]:
    """The seed duty and others, the closer kin the likelier."""
    noise = np.array([random.random() for _ in range(len(kin))])
    score = (kin[seed_duty] + 0.02) * noise
    score[seed_duty] = 2
    return sorted(int(d) for d in np.argsort(-score, kind="stable")[:NEIGHBOURS])


@dataclass(frozen=True)
class _Node:
    candidate: int
    day: int
    last_start: int


class _Neighbourhood:
    """A few duties as one OR-Tools model; every name of OR-Tools stays in here."""

    def __init__(
        self,
        problem: Problem,
        clocks: Sequence[DutyClock],
        routes: Routes,
        duties: list[int],
        random: Random,
    ) -> None:
        self.problem, self.clocks, self.routes, self.duties = problem, clocks, routes, duties
        self.nodes = self._nodes(random)
        depots = sorted({int(p) for d in duties for p in (problem.origins[d], problem.destinations[d])})
        self.depots = len(depots)
        at = {place: k for k, place in enumerate(depots)}
        self.places = np.array([*depots, *(int(problem.candidate_place[n.candidate]) for n in self.nodes)])
        self.manager = pywrapcp.RoutingIndexManager(
            len(self.places),
            len(duties),
            [at[int(problem.origins[d])] for d in duties],
            [at[int(problem.destinations[d])] for d in duties],
        )
        self.model = pywrapcp.RoutingModel(self.manager)
        self._add_travel()
        self._add_nodes()
        self._add_breaks()

    def improved(self, seconds: float | None) -> Routes | None:
        """All routes with those of the neighbourhood solved again; None when nothing feasible came back."""
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        parameters.local_search_metaheuristic = enums.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        parameters.guided_local_search_lambda_coefficient = 1.0
        if seconds is None:  # clocks out of reach: the polls decide
            parameters.time_limit.seconds = parameters.lns_time_limit.seconds = 86_400
        else:
            parameters.time_limit.FromMilliseconds(max(1, int(1000 * min(seconds, SECONDS_A_STEP))))
        self.model.CloseModelWithParameters(parameters)
        if seconds is None:
            polls = iter(range(POLLS_A_STEP))
            solver = self.model.solver()
            self.model.AddSearchMonitor(solver.CustomLimit(lambda: next(polls, None) is None))
        start = self.model.ReadAssignmentFromRoutes(self._start(), True)
        solution = start and self.model.SolveFromAssignmentWithParameters(start, parameters)
        if not solution:
            return None
        routes = list(self.routes)
        for vehicle, duty in enumerate(self.duties):
            routes[duty] = self._route(solution, vehicle)
            if self.clocks[duty].forward(routes[duty]) is None:
                return None
        return tuple(routes)

    def _nodes(self, random: Random) -> list[_Node]:
        """What the duties serve now, and the unserved candidates that promise most for their time."""
        problem, duties = self.problem, self.duties
        served = [c for d in duties for c in self.routes[d]]
        others = [route for d, route in enumerate(self.routes) if d not in duties]
        free = free_candidates(problem, others) & problem.allowed[:, duties].any(axis=1)
        mine = np.zeros(len(free), bool)
        mine[served] = True
        unserved = np.flatnonzero(free & ~mine)
        promise = problem.gains[unserved].max(axis=1) / problem.seconds[unserved].astype(float)
        promise *= np.array([0.2 + random.random() for _ in unserved])
        chosen = unserved[np.argsort(-promise, kind="stable")[:UNSERVED]]
        variants = sorted({(int(problem.duty_day[d]), problem.duties[d].last_start) for d in duties})
        return [
            _Node(int(c), day, last_start)
            for c in sorted({*served, *(int(c) for c in chosen)})
            for day, last_start in variants
            if (problem.opens[day, c] <= np.minimum(problem.closes[day, c], last_start)).any()
        ]

    def _add_travel(self) -> None:
        model, problem, duties = self.model, self.problem, self.duties
        service = np.array([0] * self.depots + [int(problem.seconds[n.candidate]) for n in self.nodes])
        loss = np.array([0] * self.depots + [self._best_gain(n) - self._gain(n) for n in self.nodes])
        times, costs = {}, {}
        for profile in {problem.duty_travel[d] for d in duties}:
            legs = problem.travel[profile][np.ix_(self.places, self.places)].astype(np.int64)
            times[profile] = model.RegisterTransitMatrix((legs + service[:, None]).tolist())
            costs[profile] = model.RegisterTransitMatrix((legs + loss[None, :]).tolist())
        for vehicle, duty in enumerate(duties):
            model.SetArcCostEvaluatorOfVehicle(costs[problem.duty_travel[duty]], vehicle)
        transits = [times[problem.duty_travel[d]] for d in duties]
        day_end = max(problem.duties[d].end for d in duties)
        model.AddDimensionWithVehicleTransits(transits, day_end, day_end, False, "time")
        self.time = model.GetDimensionOrDie("time")
        one = model.RegisterUnaryTransitVector([0] * self.depots + [1] * len(self.nodes))
        most = [problem.duties[d].max_visits for d in duties]
        model.AddDimensionWithVehicleCapacity(one, 0, most, True, "visits")
        for vehicle, duty in enumerate(duties):
            shift = problem.duties[duty]
            for index in (model.Start(vehicle), model.End(vehicle)):
                self.time.CumulVar(index).SetRange(shift.start, shift.end)

    def _add_nodes(self) -> None:
        model, problem = self.model, self.problem
        by_wanted: dict[int, list[int]] = defaultdict(list)
        by_place: dict[int, set[int]] = defaultdict(set)
        indices_at: dict[int, list[int]] = defaultdict(list)
        for k, node in enumerate(self.nodes):
            index = self.manager.NodeToIndex(self.depots + k)
            place = int(problem.candidate_place[node.candidate])
            by_wanted[int(problem.candidate_wanted[node.candidate])].append(k)
            by_place[place].add(int(problem.candidate_wanted[node.candidate]))
            indices_at[place].append(index)
            first, last = problem.opens[node.day, node.candidate], problem.closes[node.day, node.candidate]
            windows = [
                (int(a), min(int(b), node.last_start))
                for a, b in zip(first, last, strict=True)
                if a <= min(b, node.last_start)
            ]
            start = self.time.CumulVar(index)
            start.SetRange(windows[0][0], windows[-1][1])
            for (_, closes), (opens, _) in pairwise(windows):
                start.RemoveInterval(closes + 1, opens - 1)
            vehicles = [
                v
                for v, d in enumerate(self.duties)
                if problem.allowed[node.candidate, d]
                and problem.duty_day[d] == node.day
                and problem.duties[d].last_start == node.last_start
            ]
            model.VehicleVar(index).SetValues([-1, *vehicles])  # SetAllowedVehiclesForIndex raises in this version
        for ks in by_wanted.values():
            indices = [self.manager.NodeToIndex(self.depots + k) for k in ks]
            model.AddDisjunction(indices, self._best_gain(self.nodes[ks[0]]), 1)
        solver = model.solver()
        for place, wanted in by_place.items():
            if len(wanted) > 1:
                solver.Add(solver.Sum([model.ActiveVar(index) for index in indices_at[place]]) <= 1)

    def _add_breaks(self) -> None:
        problem, solver = self.problem, self.model.solver()
        visit_seconds = [0] * self.model.Size()
        for k, node in enumerate(self.nodes):
            visit_seconds[self.manager.NodeToIndex(self.depots + k)] = int(problem.seconds[node.candidate])
        for vehicle, duty in enumerate(self.duties):
            shift = problem.duties[duty]
            if shift.rest_seconds:
                latest = shift.rest_to - shift.rest_seconds
                rest = solver.FixedDurationIntervalVar(
                    shift.rest_from,
                    latest,
                    shift.rest_seconds,
                    False,
                    f"break {vehicle}",
                )
                self.time.SetBreakIntervalsOfVehicle([rest], vehicle, visit_seconds)

    def _gain(self, node: _Node) -> int:
        return int(self.problem.gains[node.candidate, node.day])

    def _best_gain(self, node: _Node) -> int:
        return int(self.problem.gains[node.candidate].max())

    def _start(self) -> list[list[int]]:
        at = {(n.candidate, n.day, n.last_start): k for k, n in enumerate(self.nodes)}
        return [
            [
                self.manager.NodeToIndex(
                    self.depots + at[c, int(self.problem.duty_day[d]), self.problem.duties[d].last_start]
                )
                for c in self.routes[d]
            ]
            for d in self.duties
        ]

    def _route(self, solution: Any, vehicle: int) -> tuple[int, ...]:
        route, index = [], solution.Value(self.model.NextVar(self.model.Start(vehicle)))
        while not self.model.IsEnd(index):
            route.append(self.nodes[self.manager.IndexToNode(index) - self.depots].candidate)
            index = solution.Value(self.model.NextVar(index))
        return tuple(route)
