"""
The formulation: which routes to take, as a linear program over all routes.

With ``x[k, r]`` how often a duty of class k takes route r, ``z[g]`` how many visits district g has of its least:

    maximise   Σ value[r] x[k, r]  +  premium Σ z[g]
    subject to Σ x[k, r] over the routes that serve look-back w        <= 1            for each look-back w      (u[w])
               Σ x[k, r] over the routes that stop at place p          <= 1            for each shared place p   (v[p])
               Σ x[k, r] over the routes of class k                    <= duties of k  for each class k          (m[k])
               z[g] - Σ visits[r, g] x[k, r]                           <= 0            for each district goal g  (s[g])
               0 <= z[g] <= least[g],   x >= 0, and whole numbers

``value[r]`` is the priority of its look-backs and, so that the goals above priority count, the premiums of
``Problem.soft``. Breaks, windows, days, jurisdictions and the like are what makes a route one of class k: they are
pricing's business (``pricing``). An operator's look-back at any one of its sites is one row w.

Of any three look-backs two routes cannot both serve two: Σ times[cut, r] x[k, r] <= 1 (q[cut]) is true for whole
numbers and cuts fractions off (``cuts``).

There are too many routes to list, so that columns are generated [1]_: of a few routes the dual prices say what a new
one would have to earn, and pricing looks for it. **The bound**: at *any* prices u, v, m, s >= 0, whatever they come
from,

    Σ u + Σ v + Σ q + Σ least[g] max(0, premium - s[g]) + Σ duties[k] max over the routes of class k of
        (value[r] - Σ u - Σ v + Σ s over its visits - Σ q over the cuts that it pays)

is at least what any plan is worth (Lagrangian duality [2]_). Prices are rounded to units of ``Prices.scale``, pricing
is exact in whole numbers, and so is the bound.

.. [1] Desaulniers, Desrosiers, Solomon (2005), Column Generation. Springer.
.. [2] Boussier, Feillet, Gendreau (2007), An exact algorithm for team orienteering problems. 4OR 5, 211-230.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from ortools.linear_solver import pywraplp

from planner.solvers.classes import LARGEST_PROFIT, largest_profit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from planner.geo import IntArray
    from planner.problem import Problem
    from planner.solvers.classes import DutyClass
    from planner.solvers.cuts import Cut

LITTLE = 1e-6
"""Less of a column is none."""


_ROWS = ("wanted", "place", "district", "duty", "cuts")
"""The fields of ``Prices`` that are prices."""


@dataclass(frozen=True, eq=False)
class Prices:
    """What each row of the program costs, in points; any prices >= 0 prove a bound."""

    problem: Problem
    wanted: NDArray[np.float64]
    """u, shape (L,)."""
    place: NDArray[np.float64]
    """v, shape (P,)."""
    district: NDArray[np.float64]
    """s, shape (G,)."""
    duty: NDArray[np.float64]
    """m, by class: a guess, which pricing replaces by what it proves."""
    cuts: Mapping[Cut, float]
    """q."""

    def mixed(self, other: Prices, share: float) -> Prices:
        """A share of these and the rest of the others: smoothed prices jump less from one round to the next."""

        def mix(mine: NDArray[np.float64], theirs: NDArray[np.float64]) -> NDArray[np.float64]:
            return share * mine + (1 - share) * theirs

        cuts = {
            cut: share * self.cuts.get(cut, 0.0) + (1 - share) * other.cuts.get(cut, 0.0)
            for cut in (*self.cuts, *(cut for cut in other.cuts if cut not in self.cuts))
        }
        return Prices(
            self.problem,
            mix(self.wanted, other.wanted),
            mix(self.place, other.place),
            mix(self.district, other.district),
            mix(self.duty, other.duty),
            cuts,
        )

    def __getstate__(self) -> dict[str, Any]:
        """Without the problem, which whoever takes them up has already (``of``)."""
        return {name: value for name, value in vars(self).items() if name in _ROWS}

    def of(self, problem: Problem) -> Prices:
        """The same prices, of the problem at hand."""
        return Prices(problem, *(getattr(self, name) for name in _ROWS))

    @cached_property
    def scale(self) -> int:
        """Units of profit in a point: as many as fit, a power of two."""
        return 1 << max(0, (LARGEST_PROFIT // largest_profit(self.problem)).bit_length() - 1)

    @cached_property
    def whole(self) -> tuple[IntArray, IntArray, IntArray]:
        """u, v and s in units."""
        return tuple(np.rint(self.scale * row).astype(np.int64) for row in (self.wanted, self.place, self.district))  # type: ignore[return-value]

    @cached_property
    def prizes(self) -> IntArray:
        """What each candidate earns beyond the prices, in units, shape (C,)."""
        problem, (wanted, place, district) = self.problem, self.whole
        prizes = self.scale * problem.prizes - wanted[problem.candidate_wanted] - place[problem.candidate_place]
        goal = problem.candidate_district
        earned: IntArray = prizes + np.append(district, 0)[goal]
        return earned

    @cached_property
    def whole_cuts(self) -> tuple[tuple[Cut, int], ...]:
        """The cuts with a price, in units."""
        prices = ((cut, round(self.scale * price)) for cut, price in self.cuts.items())
        return tuple((cut, price) for cut, price in prices if price > 0)

    def paid(self, wanted: Sequence[int]) -> int:
        """What a route that serves these look-backs in this order pays for cuts, in units."""
        return sum(price * cut.times(wanted) for cut, price in self.whole_cuts)

    @cached_property
    def fixed(self) -> int:
        """The part of the bound that does not depend on routes, in units."""
        wanted, place, district = self.whole
        lacking = np.maximum(0, self.scale * self.problem.soft.least - district)
        paid = sum(price for _, price in self.whole_cuts)
        return int(wanted.sum() + place.sum() + (lacking * self.problem.least_visits).sum()) + paid


class Column(NamedTuple):
    """A route for any duty of a class."""

    duty_class: int
    route: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Optimum:
    """What the linear program says."""

    value: float
    """In points."""
    prices: Prices
    taken: Mapping[int, float]
    """How much of each column that is taken at all."""


class Master:
    """The linear program over the routes found so far."""

    def __init__(self, problem: Problem, classes: Sequence[DutyClass]) -> None:
        self.problem, self.classes = problem, classes
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.objective = self.solver.Objective()
        self.objective.SetMaximization()
        infinity = self.solver.infinity()
        self.of_class = [self.solver.Constraint(-infinity, len(each.duties)) for each in classes]
        self.of_wanted = [self.solver.Constraint(-infinity, 1) for _ in problem.wanted]
        self.of_place = {place: self.solver.Constraint(-infinity, 1) for place in _shared_places(problem)}
        self.of_district = [self.solver.Constraint(-infinity, 0) for _ in problem.district_goals]
        for goal, row in zip(problem.district_goals, self.of_district, strict=True):
            kept = self.solver.NumVar(0, goal.least, "")
            self.objective.SetCoefficient(kept, problem.soft.least)
            row.SetCoefficient(kept, 1)
        self.of_cut: dict[Cut, pywraplp.Constraint] = {}
        self.columns: list[Column] = []
        self.shares: list[Any] = []
        self.serving: dict[int, list[int]] = defaultdict(list)
        """Positions of the columns that serve a look-back."""

    def add(self, column: Column) -> None:
        """A route for a duty of a class."""
        problem, route = self.problem, list(column.route)
        share = self.solver.NumVar(0, self.solver.infinity(), "")
        self.objective.SetCoefficient(share, float(problem.prizes[route].sum()))
        self.of_class[column.duty_class].SetCoefficient(share, 1)
        served = Counter(problem.candidate_wanted[route].tolist())
        for wanted, times in served.items():
            self.of_wanted[wanted].SetCoefficient(share, times)
            self.serving[wanted].append(len(self.columns))
        for place, times in Counter(problem.candidate_place[route].tolist()).items():
            if place in self.of_place:
                self.of_place[place].SetCoefficient(share, times)
        for goal, times in Counter(problem.candidate_district[route].tolist()).items():
            if goal >= 0:
                self.of_district[goal].SetCoefficient(share, -times)
        in_order = problem.candidate_wanted[route].tolist()
        for cut, row in self.of_cut.items():
            times = cut.times(in_order)
            if times:
                row.SetCoefficient(share, times)
        self.columns.append(column)
        self.shares.append(share)

    def cut(self, cut: Cut) -> None:
        """Add a cut."""
        row = self.of_cut[cut] = self.solver.Constraint(-self.solver.infinity(), 1)
        served = self.problem.candidate_wanted
        for position in {q for wanted in cut.trio for q in self.serving[wanted]}:
            times = cut.times(served[list(self.columns[position].route)].tolist())
            if times:
                row.SetCoefficient(self.shares[position], times)

    def uncut(self, cut: Cut) -> None:
        """Take a cut back."""
        self.of_cut.pop(cut).SetUb(self.solver.infinity())

    def forbid(self, position: int) -> None:
        """Take a column out for good."""
        self.shares[position].SetUb(0)

    def fix(self, position: int) -> None:
        """Take all of a column, until it is released."""
        self.shares[position].SetLb(1)

    def release(self, position: int) -> None:
        """Let a column be taken or not."""
        self.shares[position].SetLb(0)

    def solve(self) -> Optimum | None:
        """The optimum; None when GLOP fails, which it may."""
        if self.solver.Solve() != pywraplp.Solver.OPTIMAL:
            return None
        places = np.zeros(len(self.problem.places))
        for place, row in self.of_place.items():
            places[place] = row.dual_value()
        prices = Prices(
            self.problem,
            wanted=_positive(self.of_wanted),
            place=np.maximum(0, places),
            district=_positive(self.of_district),
            duty=_positive(self.of_class),
            cuts={cut: max(0.0, row.dual_value()) for cut, row in self.of_cut.items()},
        )
        taken = {q: share.solution_value() for q, share in enumerate(self.shares)}
        return Optimum(self.objective.Value(), prices, {q: x for q, x in taken.items() if x > LITTLE})


def _positive(rows: Sequence[Any]) -> NDArray[np.float64]:
    return np.maximum(0, np.array([row.dual_value() for row in rows], np.float64))


def _shared_places(problem: Problem) -> list[int]:
    """Places where more than one look-back may be served."""
    pairs = {(int(p), int(w)) for p, w in zip(problem.candidate_place, problem.candidate_wanted, strict=True)}
    counts = Counter(place for place, _ in pairs)
    return sorted(place for place, count in counts.items() if count > 1)
