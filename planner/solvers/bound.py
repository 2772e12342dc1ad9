"""
What no plan of a problem can exceed: a bound on the priority collected, proven and never guessed.

Opening hours aside, a duty's visits must fit into its time: each takes its own length and at least the shortest leg
that leads to it, and the way home at least the shortest leg from a site. The best fractional choice under these
limits is a linear program; by weak duality its dual value bounds every plan, at *any* non-negative duals [1]_. GLOP
only proposes duals; the bound is computed from them in exact fractions, so that a wrong proposal makes it weaker and
never false.

.. [1] Chvátal (1983), Linear Programming, chapter 5.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

import numpy as np
from ortools.linear_solver import pywraplp

from planner.solvers.base import Proof

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.problem import Problem

BY_TIME = "time of duties, linear relaxation"
EVERYTHING = "everything that is owed"

_DIGITS = 10**9


def by_time(problem: Problem) -> Proof:
    """The bound as a proof; it holds for whatever plan."""
    return Proof(upper_bound(problem), BY_TIME)


def everything(problem: Problem) -> Proof:
    """All that is owed: a bound that costs nothing to know."""
    return Proof(sum(max(wanted.priority, 0) for wanted in problem.wanted), EVERYTHING)


def upper_bound(problem: Problem) -> int:
    """The most priority that any plan of the problem can collect, whole points."""
    needs = _needs(problem)
    room = [_room(problem, d) for d in range(len(problem.duties))]
    prizes = [max(wanted.priority, 0) for wanted in problem.wanted]
    return _dual_value(problem, needs, room, prizes, _duals(problem, needs, room, prizes))


def _needs(problem: Problem) -> Mapping[tuple[int, int], int]:
    """The least seconds that a look-back takes on a duty, by (look-back, duty)."""
    needs: dict[tuple[int, int], int] = {}
    for d in range(len(problem.duties)):
        mine = np.flatnonzero(problem.allowed[:, d])
        if not len(mine):
            continue
        places = problem.candidate_place[mine]
        legs = problem.legs(d)[np.ix_(places, places)].astype(np.int64)
        legs[places[:, None] == places[None, :]] = np.iinfo(np.int64).max
        arriving = np.minimum(legs.min(axis=0), problem.legs(d)[problem.origins[d], places])
        for c, seconds in zip(mine.tolist(), (arriving + problem.seconds[mine]).tolist(), strict=True):
            key = (int(problem.candidate_wanted[c]), d)
            needs[key] = min(needs.get(key, seconds), seconds)
    return needs


def _room(problem: Problem, d: int) -> int:
    """The seconds of a duty without its break and the shortest way home."""
    duty = problem.duties[d]
    mine = problem.candidate_place[problem.allowed[:, d]]
    home = int(problem.legs(d)[mine, problem.destinations[d]].min()) if len(mine) else 0
    return max(0, duty.end - duty.start - duty.rest_seconds - home)


def _duals(
    problem: Problem, needs: Mapping[tuple[int, int], int], room: list[int], prizes: list[int]
) -> tuple[list[Fraction], list[Fraction]]:
    """Prices of a second and of a visit on each duty, as GLOP proposes them; zero where it fails."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    hours = [solver.Constraint(0, seconds) for seconds in room]
    visits = [solver.Constraint(0, duty.max_visits) for duty in problem.duties]
    once: dict[int, pywraplp.Constraint] = defaultdict(lambda: solver.Constraint(0, 1))
    objective = solver.Objective()
    objective.SetMaximization()
    for (k, d), seconds in needs.items():
        share = solver.NumVar(0, solver.infinity(), "")
        objective.SetCoefficient(share, prizes[k])
        hours[d].SetCoefficient(share, seconds)
        visits[d].SetCoefficient(share, 1)
        once[k].SetCoefficient(share, 1)
    optimal = solver.Solve() == pywraplp.Solver.OPTIMAL

    def price(constraint: pywraplp.Constraint) -> Fraction:
        return Fraction(max(0, round(constraint.dual_value() * _DIGITS)), _DIGITS) if optimal else Fraction(0)

    return [price(c) for c in hours], [price(c) for c in visits]


def _dual_value(
    problem: Problem,
    needs: Mapping[tuple[int, int], int],
    room: list[int],
    prizes: list[int],
    duals: tuple[list[Fraction], list[Fraction]],
) -> int:
    """What the duals prove: the price of all time and visits, and what each look-back is worth beyond its price."""
    second, visit = duals
    surplus: dict[int, Fraction] = defaultdict(Fraction)
    for (k, d), seconds in needs.items():
        surplus[k] = max(surplus[k], prizes[k] - seconds * second[d] - visit[d])
    time = sum((u * seconds for u, seconds in zip(second, room, strict=True)), Fraction(0))
    count = sum((v * duty.max_visits for v, duty in zip(visit, problem.duties, strict=True)), Fraction(0))
    return floor(time + count + sum(surplus.values(), Fraction(0)))
