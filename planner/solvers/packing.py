"""
The whole-number choice among columns: a set packing problem for CP-SAT, hinted with the routes as they stand.

Of the pool only those columns can be part of a better plan whose reduced value is less than the gap below zero
(reduced cost fixing); the best of them are taken.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.problem import travel_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.problem import Problem, Routes
    from planner.solvers.columns import Columns
    from planner.solvers.master import Column, Optimum

MOST_COLUMNS = 2_500
"""Columns that CP-SAT chooses from: with 5,000 it may find nothing in a second."""
UNITS = 1000
"""Of value in a point."""
DETERMINISTIC_SECONDS = 2.0
"""CP-SAT's own measure of work, where the clock must not decide."""


def packed(columns: Columns, optimum: Optimum, routes: Routes, seconds: float | None) -> Routes:
    """
    The best plan that the columns make; the routes as they stand if none is better in the time.

    Parameters
    ----------
    seconds
        How long to search; None for a fixed amount of work.
    """
    from ortools.sat.python import cp_model  # noqa: PLC0415  (brings pandas: ``workers.settled`` loads it ahead)

    problem = columns.problem
    for d, route in enumerate(routes):
        columns.offer(d, route)
    current = {columns.known[columns.class_of[d], frozenset(route)] for d, route in enumerate(routes) if route}
    chosen = _candidates(columns, optimum, routes)
    chosen += sorted(current.difference(chosen))
    model = cp_model.CpModel()
    takes = {q: model.new_bool_var("") for q in chosen}
    for q, take in takes.items():
        model.add_hint(take, q in current)
    for k, group in _grouped((columns.pool[q].duty_class, take) for q, take in takes.items()).items():
        most = len(columns.classes[k].duties)
        if most < len(group):
            model.add(sum(group) <= most)
    visits = [(c, take) for q, take in takes.items() for c in columns.pool[q].route]
    places = columns.master.of_place
    once = [
        *_grouped((int(problem.candidate_wanted[c]), take) for c, take in visits).values(),
        *_grouped((p, take) for c, take in visits if (p := int(problem.candidate_place[c])) in places).values(),
    ]
    for group in once:
        if len(group) > 1:
            model.add_at_most_one(group)
    value = [_value(problem, columns, columns.pool[q]) * take for q, take in takes.items()]
    by_district = _grouped((int(problem.candidate_district[c]), take) for c, take in visits)
    for g, goal in enumerate(problem.district_goals):
        kept = model.new_int_var(0, goal.least, "")
        model.add(kept <= sum(by_district.get(g, [])))
        value.append(UNITS * problem.soft.least * kept)
    model.maximize(sum(value))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    if seconds is None:
        solver.parameters.max_deterministic_time = DETERMINISTIC_SECONDS
    else:
        solver.parameters.max_time_in_seconds = max(0.05, seconds)
    if solver.solve(model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return routes
    found: list[tuple[int, ...]] = [()] * len(problem.duties)
    free = [list(each.duties) for each in columns.classes]
    for q, take in takes.items():
        if solver.boolean_value(take):
            found[free[columns.pool[q].duty_class].pop(0)] = columns.pool[q].route
    better = tuple(found)
    return better if problem.value(better) > problem.value(routes) else routes


def gap_of(problem: Problem, optimum: Optimum, routes: Routes) -> float:
    """How much better than routes a mix is, in points; a little is added for travel and for later days."""
    visits = [c for route in routes for c in route]
    points = int(problem.prizes[visits].sum()) + problem.soft.least * problem.kept_least(visits)
    travel = sum(travel_seconds(problem, d, route, problem.legs(d)) for d, route in enumerate(routes) if route)
    return max(0.0, optimum.value - points) + problem.travel_price * travel / 2 + 1


def _candidates(columns: Columns, optimum: Optimum, routes: Routes) -> list[int]:
    """Positions in the pool of what may be part of a better plan, the most promising first."""
    pays = columns.reduced(optimum.prices)
    good = np.flatnonzero(pays > -gap_of(columns.problem, optimum, routes))
    chosen: list[int] = good[np.argsort(-pays[good], kind="stable")[:MOST_COLUMNS]].tolist()
    return chosen


def _value(problem: Problem, columns: Columns, column: Column) -> int:
    """What a column is worth to a search: points of its day, evenness and travel."""
    d, route = columns.classes[column.duty_class].duties[0], list(column.route)
    points = float(problem.soft_gains[route, problem.duty_day[d]].sum())
    points -= problem.even_load * len(route) * (len(route) - 1) / 2
    return round(UNITS * (points - problem.travel_price * travel_seconds(problem, d, route, problem.legs(d))))


def _grouped(pairs: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups
