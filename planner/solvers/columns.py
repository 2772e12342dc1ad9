"""
Columns: routes by the thousand, the linear program that mixes them, and what no mix can exceed.

Column generation (``master``, ``pricing``) with smoothed prices [1]_: first quick pricing, then exact pricing, which
proves a bound at every round. Where the optimum goes in circles memories grow; where it serves three look-backs more
often than whole routes could it is cut (``cuts``).

.. [1] Pessoa, Sadykov, Uchoa, Vanderbeck (2018), Automation and combination of linear-programming based stabilization
   techniques in column generation. INFORMS Journal on Computing 30(2), 339-360.
"""

from __future__ import annotations

import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from planner.solvers.clockwork import fits, ground_of
from planner.solvers.cuts import broken_cuts
from planner.solvers.master import Column, Master, Optimum, Prices
from planner.solvers.pricing import Priced, Pricer, Way, duty_classes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from planner.problem import Problem
    from planner.solvers.base import Limit

QUICK_LABELS, MANY_LABELS, EXACT_LABELS = 60_000, 250_000, 1_000_000
MOST_ROUTES = 20
"""Routes that one pricing may add."""
MOST_FROM_POOL = 400
"""Columns that may enter the linear program at once from the pool."""
MOST_NEW_CUTS, MOST_CUTS = 25, 200
SMOOTH = 0.6
"""Share of the prices of the round before."""
CLOSE = 0.01
"""A gap between bound and linear program, as a share, below which cycles and cuts are worth their effort."""


@dataclass
class Evidence:
    """What column generation has learnt; all of it can be sent to another process and gone on with there."""

    columns: list[Column] = field(default_factory=list)
    """Those that mattered last."""
    cuts: list[frozenset[int]] = field(default_factory=list)
    grown: dict[int, dict[int, set[int]]] = field(default_factory=dict)
    """By class: what each candidate remembers beyond the nearest."""
    centre: Prices | None = None
    """The prices that proved the best bound."""
    bound: float = float("inf")
    """In points and premiums (``Problem.soft``)."""
    exact: bool = False
    """Whether quick pricing has nothing left to find."""
    closed: bool = False
    """Whether the linear program, with its cuts, has reached the bound: more rounds would say nothing new."""


class Columns:
    """A pool of routes, some of them in the linear program."""

    def __init__(self, problem: Problem, evidence: Evidence, threads: int = 1) -> None:
        self.problem, self.evidence = problem, evidence
        self.threads = ThreadPoolExecutor(threads)
        self.ground = ground_of(problem)
        self.classes = duty_classes(problem)
        self.class_of = {d: k for k, each in enumerate(self.classes) for d in each.duties}
        self.pricers = [
            Pricer(each, evidence.grown.setdefault(k, defaultdict(set))) for k, each in enumerate(self.classes)
        ]
        self.siblings = self._siblings()
        self.pool: list[Column] = []
        self.known: dict[tuple[int, object], int] = {}
        self.table = np.zeros((0, 1), np.int64)
        """The candidates of each column of the pool, -1 where a route has ended, shape (columns, longest)."""
        self.class_row = np.zeros(0, np.int64)
        self.pays: dict[frozenset[int], NDArray[np.float32]] = {}
        """How often each column pays a cut."""
        self.inside: set[int] = set()
        """Positions in the pool of the columns in the linear program."""
        self.master = Master(problem, self.classes)
        for column in evidence.columns:
            self._add(column, enter=True)
        for trio in evidence.cuts:
            self.master.cut(trio)

    def offer(self, d: int, route: tuple[int, ...]) -> None:
        """A feasible route of a duty, to be a column of its class and of every sibling that can make it."""
        if route:
            self._share(Column(self.class_of[d], route), enter=False)

    def generate(self, limit: Limit, enough: float) -> Optimum | None:
        """
        Rounds of pricing until the limit, until the bound is ``enough``, or until they say nothing new.

        The optimum of the linear program over the columns that were found; None when there is none.
        """
        found = self.evidence
        deadline, rounds = limit.deadline(), 0
        smooth = SMOOTH / 2 if found.exact else SMOOTH
        optimum = self._optimum()
        while optimum is not None and found.bound > enough and not found.closed:
            if (deadline is not None and time.monotonic() >= deadline) or rounds == limit.steps:
                break
            rounds += 1
            way = Way.EXACT if found.exact else Way.QUICK
            prices = optimum.prices if found.centre is None else found.centre.mixed(optimum.prices, smooth)
            added, bound, proven = self._priced(prices, optimum.prices, way, deadline)
            grown = False
            if way is Way.QUICK:
                found.centre = prices
            elif bound < found.bound:
                found.bound, found.centre = bound, proven
            if way is Way.EXACT and (not added or found.bound - optimum.value < CLOSE * self._points(optimum)):
                grown = self._grow(optimum)
                grown = self._cut(optimum) or grown
            if not added and not grown:
                if smooth > 0:
                    smooth = smooth / 2 if smooth > 0.2 else 0.0
                elif not found.exact:
                    found.exact, smooth = True, SMOOTH / 2
                else:
                    found.closed = True
            optimum = self._optimum()
        if optimum is not None:
            self._remember(optimum)
        return optimum

    def enrich(self, optimum: Optimum, gap: float, until: float | None) -> None:
        """Put every route into the pool that could still be part of a plan so much better than the best known."""
        prices = optimum.prices
        for k, pricer in enumerate(self.pricers):
            if until is not None and time.monotonic() >= until:
                return
            threshold = int((prices.duty[k] - gap) * prices.scale)
            priced = pricer.price(
                prices.prizes, prices.whole_cuts, threshold, Way.MANY, most_labels=MANY_LABELS, most_routes=1000
            )
            for route in priced.routes:
                self._share(Column(k, route), enter=False)

    def reduced(self, prices: Prices) -> NDArray[np.float64]:
        """What each column of the pool would add to the optimum, in points: below 0 it would only take."""
        self._tabulate()
        earned = np.append(prices.prizes, 0)[self.table].sum(axis=1).astype(np.float64)
        if prices.whole_cuts:
            paid = np.stack([self.pays[trio] for trio, _ in prices.whole_cuts])
            earned -= np.array([price for _, price in prices.whole_cuts], np.float64) @ paid
        reduced: NDArray[np.float64] = earned / prices.scale - prices.duty[self.class_row]
        return reduced

    def _tabulate(self) -> None:
        """Bring the arrays of the pool up to date."""
        new = self.pool[len(self.table) :]
        width = max(self.table.shape[1], max((len(column.route) for column in new), default=0))
        rows = np.full((len(new), width), -1, np.int64)
        for row, column in zip(rows, new, strict=True):
            row[: len(column.route)] = column.route
        known = np.pad(self.table, ((0, 0), (0, width - self.table.shape[1])), constant_values=-1)
        self.table = np.concatenate([known, rows])
        self.class_row = np.append(self.class_row, [column.duty_class for column in new]).astype(np.int64)
        wanted = np.append(self.problem.candidate_wanted, len(self.problem.wanted))
        for trio in self.master.of_cut:
            done = self.pays.get(trio, np.zeros(0, np.float32))
            if len(done) < len(self.table):
                member = np.zeros(len(self.problem.wanted) + 1, np.int8)
                member[list(trio)] = 1
                times = member[wanted[self.table[len(done) :]]].sum(axis=1) // 2
                self.pays[trio] = np.append(done, times.astype(np.float32))

    def _siblings(self) -> list[list[int]]:
        """For each class those that start at the same place and get about in the same way, on other days perhaps."""
        groups: dict[tuple[int, int], list[int]] = defaultdict(list)
        ways = [(int(self.problem.origins[e.duties[0]]), self.problem.duty_travel[e.duties[0]]) for e in self.classes]
        for k, way in enumerate(ways):
            groups[way].append(k)
        return [[other for other in groups[way] if other != k] for k, way in enumerate(ways)]

    def _share(self, column: Column, *, enter: bool) -> int:
        """Add a column, and the same route for its siblings that can make it; how many are new."""
        added = self._add(column, enter=enter)
        route = np.array(column.route, np.int64)
        for k in self.siblings[column.duty_class] if column.elementary else ():
            twin = Column(k, column.route)
            if self._key(twin) not in self.known and fits(self.ground, self.classes[k].duties[0], route):
                added += self._add(twin, enter=False)
        return added

    @staticmethod
    def _key(column: Column) -> tuple[int, object]:
        return column.duty_class, frozenset(column.route) if column.elementary else column.route

    def _add(self, column: Column, *, enter: bool) -> int:
        key = self._key(column)
        position = self.known.get(key)
        new = position is None
        if position is None:
            position = self.known[key] = len(self.pool)
            self.pool.append(column)
        if enter and position not in self.inside:
            self.inside.add(position)
            self.master.add(column)
        return int(new)

    def _optimum(self) -> Optimum | None:
        """The optimum over the whole pool: columns enter the linear program as they pay, and leave when they are many."""
        optimum = self._solved()
        if optimum is not None and len(self.inside) > 3 * self._most_columns():
            pays = self.reduced(optimum.prices)
            inside = sorted(self.inside, key=lambda q: (-pays[q], q))[: self._most_columns()]
            self.inside, cuts = set(), list(self.master.of_cut)
            self.master = Master(self.problem, self.classes)
            for trio in cuts:
                self.master.cut(trio)
            for q in inside:
                self._add(self.pool[q], enter=True)
            optimum = self._solved()
        for _ in range(20):
            if optimum is None:
                return None
            pays = self.reduced(optimum.prices)
            pays[list(self.inside)] = 0.0
            best = np.argsort(-pays, kind="stable")[:MOST_FROM_POOL]
            entering = [int(q) for q in best if pays[q] > 1e-6]
            if not entering:
                break
            for q in entering:
                self._add(self.pool[q], enter=True)
            optimum = self._solved()
        return optimum

    def _solved(self) -> Optimum | None:
        """The optimum of the linear program; once in a while GLOP fails and it is built again."""
        optimum = self.master.solve()
        if optimum is None:
            cuts, columns = list(self.master.of_cut), self.master.columns
            self.master = Master(self.problem, self.classes)
            for trio in cuts:
                self.master.cut(trio)
            for column in columns:
                self.master.add(column)
            optimum = self.master.solve()
        return optimum

    def _priced(
        self, prices: Prices, optimal: Prices, way: Way, deadline: float | None
    ) -> tuple[int, float, Prices]:
        """One round: how many columns are new, the bound that it proves (in points), and its prices completed."""
        total, added = prices.fixed, 0
        bests = np.zeros(len(self.classes))
        most_labels = QUICK_LABELS if way is Way.QUICK else EXACT_LABELS

        def price(k: int) -> Priced | None:
            if deadline is not None and time.monotonic() >= deadline:
                return None
            threshold = int(prices.duty[k] * prices.scale)
            return self.pricers[k].price(
                prices.prizes, prices.whole_cuts, threshold, way, most_labels=most_labels, most_routes=MOST_ROUTES
            )

        # the kernels let go of the interpreter, so that threads share the work; the largest classes go first
        order = sorted(range(len(self.classes)), key=lambda k: (-len(self.classes[k].candidates), k))
        for k, priced in zip(order, self.threads.map(price, order) if way is Way.EXACT else map(price, order), strict=True):
            if priced is None:
                return added, float("inf"), prices
            total += len(self.classes[k].duties) * priced.bound
            bests[k] = priced.bound / prices.scale
            for route in priced.routes:
                if self._pays(Column(k, route), optimal):
                    added += self._share(Column(k, route), enter=True)
        proven = Prices(self.problem, prices.wanted, prices.place, prices.district, bests, prices.cuts)
        return added, total / prices.scale, proven

    def _pays(self, column: Column, prices: Prices) -> bool:
        wanted = self.problem.candidate_wanted[list(column.route)].tolist()
        earned = int(prices.prizes[list(column.route)].sum())
        earned -= sum(price * (sum(w in trio for w in wanted) // 2) for trio, price in prices.whole_cuts)
        return bool(earned > prices.scale * prices.duty[column.duty_class] + 1)

    def _points(self, optimum: Optimum) -> float:
        """The optimum without premiums."""
        points = self.problem.points
        return sum(share * points[list(self.master.columns[q].route)].sum() for q, share in optimum.taken.items())

    def _grow(self, optimum: Optimum) -> bool:
        """Make the stops of routes that go in circles remember, and take those routes out."""
        grown = False
        for position in optimum.taken:
            column = self.master.columns[position]
            if not column.elementary or self._repeats(column):
                self.pricers[column.duty_class].grow(column.route)
                self.master.forbid(position)
                grown = True
        return grown

    def _repeats(self, column: Column) -> bool:
        """Whether a route serves one look-back at two of its sites."""
        wanted = self.problem.candidate_wanted[list(column.route)]
        return len(np.unique(wanted)) < len(wanted)

    def _cut(self, optimum: Optimum) -> bool:
        """Add the cuts that the optimum breaks most; whether there were any."""
        room = min(MOST_NEW_CUTS, MOST_CUTS - len(self.evidence.cuts))
        served = (
            (frozenset(self.problem.candidate_wanted[list(self.master.columns[q].route)].tolist()), share)
            for q, share in optimum.taken.items()
        )
        cuts = [trio for trio in broken_cuts(served, room + len(self.evidence.cuts)) if trio not in self.master.of_cut]
        for trio in cuts[:room]:
            self.master.cut(trio)
            self.evidence.cuts.append(trio)
        return bool(cuts[:room])

    def _most_columns(self) -> int:
        """As many columns as a linear program solves fast with."""
        return 2 * len(self.problem.wanted) + 1000

    def _remember(self, optimum: Optimum) -> None:
        """Keep what the next slice of time needs: the columns that nearly pay, and cuts that have a price."""
        self.evidence.cuts = [trio for trio, price in optimum.prices.cuts.items() if price > 0]
        pays = self.reduced(optimum.prices)
        mattering = sorted(self.inside, key=lambda q: (-pays[q], q))[: self._most_columns()]
        self.evidence.columns = [self.pool[q] for q in mattering]


def bound_on_priority(problem: Problem, evidence: Evidence, premium: int) -> int | None:
    """
    The most priority that any plan collects whose promises, mandatory look-backs and districts are worth the premium.

    None when nothing is proven yet. Whole points, and of what all priorities are a multiple of.
    """
    if evidence.bound == float("inf"):
        return None
    unit = int(np.gcd.reduce([max(w.priority, 0) for w in problem.wanted])) or 1
    return int((evidence.bound - premium) // unit) * unit


def served_by(problem: Problem, columns: Iterable[Column]) -> Mapping[int, int]:
    """How often each look-back is served."""
    counts: dict[int, int] = defaultdict(int)
    for column in columns:
        for wanted in problem.candidate_wanted[list(column.route)].tolist():
            counts[wanted] += 1
    return counts
