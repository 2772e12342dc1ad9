"""
The whole-number choice among columns: a set packing problem for SCIP, hinted with the routes as they stand.

Its linear relaxation is nearly whole, so that branch and cut is done where clause learning has hardly begun.

Of the pool only those columns can be part of a better plan whose reduced value is less than the gap below zero
(reduced cost fixing); the best of them are taken.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np
from ortools.linear_solver import pywraplp

from planner.problem import travel_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from planner.problem import Problem, Routes
    from planner.solvers.columns import Columns
    from planner.solvers.master import Column, Prices

COLUMNS = (2_500, 10_000)
"""Columns to choose from: first among few, then, where there is a clock and time is left, among many."""
LEAST_SECONDS = 0.05
"""For a choice."""
NODES = 1
"""Of the search tree, where the clock must not decide: while prices are wild more of them take half a minute."""
HALF = 0.5
"""Of a column: more of it is all of it."""


def packed(columns: Columns, candidates: Sequence[int], routes: Routes, seconds: float | None) -> Routes:
    """
    The best plan that the columns make; the routes as they stand if none is better in the time.

    Parameters
    ----------
    candidates
        Positions in the pool of what may be part of a better plan, the most promising first.
    seconds
        How long to search; None for a fixed amount of work.
    """
    for d, route in enumerate(routes):
        columns.offer(d, route)
    until = None if seconds is None else time.monotonic() + seconds
    best = routes
    for few, most in zip((0, *COLUMNS), COLUMNS, strict=False):
        if few and (until is None or until - time.monotonic() < LEAST_SECONDS or len(candidates) <= few):
            break
        best = _chosen(columns, candidates[:most], best, until)
    return best


def _chosen(columns: Columns, candidates: Sequence[int], routes: Routes, until: float | None) -> Routes:
    """The best plan that some columns of the pool make with the routes as they stand."""
    problem = columns.problem
    current = {columns.known[columns.class_of[d], frozenset(route)] for d, route in enumerate(routes) if route}
    chosen = [*candidates, *sorted(current.difference(candidates))]
    solver = pywraplp.Solver.CreateSolver("SCIP")
    objective = solver.Objective()
    objective.SetMaximization()
    takes = {q: solver.BoolVar("") for q in chosen}

    def rows(pairs: Iterable[tuple[int, int]], most: Callable[[int], int]) -> None:
        """One row for each key: of these columns so many at the most."""
        for key, group in _grouped(pairs).items():
            if most(key) < len(group):
                row = solver.Constraint(-solver.infinity(), most(key))
                for q in group:
                    row.SetCoefficient(takes[q], 1)

    visits = [(c, q) for q in chosen for c in columns.pool[q].route]
    places = columns.master.of_place
    rows(((columns.pool[q].duty_class, q) for q in chosen), lambda k: len(columns.classes[k].duties))
    rows(((int(problem.candidate_wanted[c]), q) for c, q in visits), lambda _: 1)
    rows(((p, q) for c, q in visits if (p := int(problem.candidate_place[c])) in places), lambda _: 1)
    by_district = _grouped((int(problem.candidate_district[c]), q) for c, q in visits)
    for g, goal in enumerate(problem.district_goals):
        kept = solver.NumVar(0, goal.least, "")
        row = solver.Constraint(-solver.infinity(), 0)
        row.SetCoefficient(kept, 1)
        for q, visited in Counter(by_district.get(g, [])).items():
            row.SetCoefficient(takes[q], -visited)
        objective.SetCoefficient(kept, problem.soft.least)
    for q, take in takes.items():
        objective.SetCoefficient(take, _value(problem, columns, columns.pool[q]))
    solver.SetHint(list(takes.values()), [float(q in current) for q in takes])
    limit = f"limits/nodes = {NODES}"
    if until is not None:
        left = until - time.monotonic()
        if left <= 0:
            return routes
        limit = f"limits/time = {left}"
    solver.SetSolverSpecificParametersAsString(f"{limit}\nmisc/catchctrlc = FALSE\n")
    if solver.Solve() not in {pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE}:
        return routes
    found: list[tuple[int, ...]] = [()] * len(problem.duties)
    free = [list(each.duties) for each in columns.classes]
    for q, take in takes.items():
        if take.solution_value() > HALF:
            found[free[columns.pool[q].duty_class].pop(0)] = columns.pool[q].route
    better = tuple(found)
    return better if problem.value(better) > problem.value(routes) else routes


def worth_of(problem: Problem, routes: Routes) -> int:
    """What routes are worth, in points and premiums."""
    visits = [c for route in routes for c in route]
    return int(problem.prizes[visits].sum()) + problem.soft.least * problem.kept_least(visits)


def gap_of(problem: Problem, bound: float, routes: Routes) -> float:
    """How much better than routes a bound is, in points; a little is added for travel and for later days."""
    travel = sum(travel_seconds(problem, d, route, problem.legs(d)) for d, route in enumerate(routes) if route)
    return max(0.0, bound - worth_of(problem, routes)) + problem.travel_price * travel / 2 + 1


def promising(columns: Columns, prices: Prices, gap: float) -> list[int]:
    """Positions in the pool of what may be part of a plan that is no farther from the prices' bound than a gap."""
    pays = columns.reduced(prices)
    good = np.flatnonzero(pays > -gap)
    chosen: list[int] = good[np.argsort(-pays[good], kind="stable")].tolist()
    return chosen


def _value(problem: Problem, columns: Columns, column: Column) -> float:
    """What a column is worth to a search: points of its day, evenness and travel."""
    d, route = columns.classes[column.duty_class].duties[0], list(column.route)
    points = float(problem.soft_gains[route, problem.duty_day[d]].sum())
    points -= problem.even_load * len(route) * (len(route) - 1) / 2
    return points - problem.travel_price * travel_seconds(problem, d, route, problem.legs(d))


def _grouped(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups
