"""
Columns: routes by the thousand, those of them that the linear program mixes, and what has been learnt of them.

Where the optimum serves three look-backs more often than whole routes could it is cut (``cuts``).
"""

from __future__ import annotations

import math
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.solvers.classes import can_prove, duty_classes
from planner.solvers.clockwork import fits, ground_of
from planner.solvers.cuts import Cut, broken_cuts
from planner.solvers.master import Column, Master, Optimum, Prices
from planner.solvers.pricing import Priced, Pricer, Way

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.geo import IntArray
    from planner.problem import Problem
    from planner.solvers.alarm import Alarm

MOST_FROM_POOL, FROM_POOL_TIMES = 400, 20
"""Columns that may enter the linear program at once from the pool, and how often in a round."""
MOST_NEW_CUTS, MOST_CUTS = 30, 400
CLOSE = 0.001
"""A gap between bound and linear program, as a share, below which it is time for cuts."""
TOO_CLOSE = CLOSE / 5
"""Where cuts are too much for pricing even with less of a gap than this, they are given up."""


@dataclass
class Evidence:
    """What column generation has learnt; all of it can be sent to another process and gone on with there."""

    columns: list[Column] = field(default_factory=list)
    """Those that mattered last."""
    cuts: list[Cut] = field(default_factory=list)
    grown: dict[int, dict[int, set[int]]] = field(default_factory=dict)
    """By class: what each candidate remembers beyond the nearest."""
    centre: Prices | None = None
    """The prices that proved the best bound since the latest cuts."""
    centre_bound: float = float("inf")
    """What they proved; the cuts that came since make more possible."""
    proven: Prices | None = None
    """The prices that proved the best bound ever."""
    proven_bound: float = float("inf")
    """What they proved."""
    bound: float = float("inf")
    """The best, by prices or by a list of routes (``shortlist``); in points and premiums (``Problem.soft``)."""
    exact: bool = False
    """Whether quick pricing has nothing left to find."""
    close: float = CLOSE
    """A gap between bound and linear program, as a share, below which it is time for cuts: less each time too soon."""
    smoothed: float = 0.0
    """The share of the old prices that was best for exact pricing (``smoothing``)."""
    listed: bool = False
    """Whether listing routes has been tried (``shortlist``)."""
    too_far: float = float("inf")
    """So far from the prices that prove the bound, in points, routes were too many to be listed."""
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
        self.proves = can_prove(problem)
        evidence.centre = evidence.centre and evidence.centre.of(problem)
        evidence.proven = evidence.proven and evidence.proven.of(problem)
        self.pool: list[Column] = []
        self.known: dict[tuple[int, object], int] = {}
        self.table = np.zeros((0, 1), np.int64)
        """The candidates of each column of the pool, -1 where a route has ended, shape (columns, longest)."""
        self.class_row = np.zeros(0, np.int64)
        self.times: dict[Cut, NDArray[np.float32]] = {}
        """How often each column pays a cut."""
        self.inside: set[int] = set()
        """Positions in the pool of the columns in the linear program."""
        self.circles: set[int] = set()
        """Positions in the linear program of routes that nobody can drive, which no pool keeps."""
        self.before: list[Cut] = []
        """The cuts before the latest came, which pricing could keep up with."""
        self.master = Master(problem, self.classes)
        for cut in evidence.cuts:
            self.master.cut(cut)
        for position, column in enumerate(evidence.columns):
            self._add(column, enter=position < self._most_columns(), ordered=self._key(column) in self.known)

    def offer(self, d: int, route: tuple[int, ...], *, enter: bool = False) -> None:
        """A feasible route of a duty, to be a column of its class and of every sibling that can make it."""
        if route:
            self._share(Column(self.class_of[d], route), enter=enter)

    def enter(self, column: Column) -> int:
        """Put a route into the pool and the linear program, if its duties can drive it; how many columns are new."""
        return self._share(column, enter=True) if self._drivable(column) else 0

    def positions(self, columns: Sequence[Column]) -> list[int]:
        """Put routes into the pool, those that their duties can drive; their positions in it, each once."""
        for column in columns:
            if self._key(column) not in self.known and self._drivable(column):
                self._add(column, enter=False)
        return list(dict.fromkeys(self.known[key] for key in map(self._key, columns) if key in self.known))

    def price(
        self, k: int, prices: Prices, way: Way, rings: Alarm, *, most_labels: int, most_routes: int
    ) -> Priced | None:
        """Routes of a class that earn more than its price; None if there is no time."""
        if rings[0]:
            return None
        return self.pricers[k].price(
            *(prices.prizes, prices.whole_cuts, int(prices.duty[k] * prices.scale), way),
            most_labels=most_labels,
            most_routes=most_routes,
            alarm=rings,
        )

    def every(self, k: int, prices: Prices, rings: Alarm, *, less: float, most_labels: int) -> IntArray | None:
        """All routes of a class that earn more than so many points less than its price (``Pricer.every``)."""
        if rings[0]:
            return None
        threshold = math.floor((prices.duty[k] - less) * prices.scale) - 1
        return self.pricers[k].every(prices.prizes, prices.whole_cuts, threshold, most_labels, rings)

    def reduced(self, prices: Prices) -> NDArray[np.float64]:
        """What each column of the pool would add to the optimum, in points: below 0 it would only take."""
        self._tabulate()
        earned = np.append(prices.prizes, 0)[self.table].sum(axis=1).astype(np.float64)
        if prices.whole_cuts:
            paid = np.stack([self.times[cut] for cut, _ in prices.whole_cuts])
            earned -= np.array([price for _, price in prices.whole_cuts], np.float64) @ paid
        reduced: NDArray[np.float64] = earned / prices.scale - prices.duty[self.class_row]
        return reduced

    @property
    def known_cuts(self) -> set[Cut]:
        """Those in the linear program, and those in the prices that are held on to."""
        held = () if self.evidence.centre is None else self.evidence.centre.cuts
        return {*self.master.of_cut, *held}

    def _tabulate(self) -> None:
        """Bring the arrays of the pool up to date."""
        new = self.pool[len(self.table) :]
        width = max(self.table.shape[1], max((len(column.route) for column in new), default=0))
        rows = np.full((len(new), width), -1, np.int64)
        for k, column in enumerate(new):
            rows[k, : len(column.route)] = column.route
        known = np.pad(self.table, ((0, 0), (0, width - self.table.shape[1])), constant_values=-1)
        self.table = np.concatenate([known, rows])
        self.class_row = np.append(self.class_row, [column.duty_class for column in new]).astype(np.int64)
        wanted = np.append(self.problem.candidate_wanted, len(self.problem.wanted))
        self.times = {cut: times for cut, times in self.times.items() if cut in self.known_cuts}
        for cut in self.known_cuts:
            done = self.times.get(cut, np.zeros(0, np.float32))
            if len(done) < len(self.table):
                times = cut.times_each(wanted[self.table[len(done) :]], len(self.problem.wanted))
                self.times[cut] = np.append(done, times.astype(np.float32))

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
        for k in self.siblings[column.duty_class]:
            twin = Column(k, column.route)
            if self._key(twin) not in self.known and fits(self.ground, self.classes[k].duties[0], route):
                added += self._add(twin, enter=False)
        return added

    @staticmethod
    def _key(column: Column) -> tuple[int, object]:
        return column.duty_class, frozenset(column.route)

    def _add(self, column: Column, *, enter: bool = True, ordered: bool = False) -> int:
        key = (column.duty_class, column.route) if ordered else self._key(column)
        position = self.known.get(key)
        new = position is None
        if position is None:
            position = self.known[key] = len(self.pool)
            self.pool.append(column)
        if enter:
            self._enter(position)
        return int(new)

    def _enter(self, position: int) -> None:
        """Put a column of the pool into the linear program."""
        if position not in self.inside:
            self.inside.add(position)
            self.master.add(self.pool[position])

    def optimum(self, rings: Alarm) -> Optimum | None:
        """The optimum over the whole pool: columns enter the linear program as they pay, and leave when too many."""
        optimum = self._solved()
        if optimum is not None and len(self.inside) > 3 * self._most_columns():
            pays = self.reduced(optimum.prices)
            few = sorted(self.inside, key=lambda q: (-pays[q], q))[: self._most_columns()]
            self._rebuild(few, cuts=list(self.master.of_cut))
            optimum = self._solved()
        for _ in range(FROM_POOL_TIMES):
            if optimum is None or rings[0]:
                break
            pays = self.reduced(optimum.prices)
            pays[list(self.inside)] = 0.0
            best = np.argsort(-pays, kind="stable")[:MOST_FROM_POOL]
            entering = [int(q) for q in best if pays[q] > 1e-6]
            if not entering:
                break
            for q in entering:
                self._enter(q)
            optimum = self._solved()
        return optimum

    def straight(self, optimum: Optimum) -> bool:
        """Take routes that nobody can drive out of the linear program once they are taken; whether any were."""
        taken = self.circles & optimum.taken.keys()
        for position in taken:
            self.master.forbid(position)
        return bool(taken)

    def _solved(self) -> Optimum | None:
        """The optimum of the linear program; once in a while GLOP fails and it is built again."""
        optimum = self.master.solve()
        if optimum is None:
            self._rebuild(sorted(self.inside), cuts=list(self.master.of_cut))
            optimum = self.master.solve()
        return optimum

    def _rebuild(self, inside: Sequence[int], cuts: Sequence[Cut]) -> None:
        """The linear program anew, over some columns of the pool."""
        self.master, self.inside, self.circles = Master(self.problem, self.classes), set(), set()
        self.evidence.cuts = list(cuts)
        for cut in cuts:
            self.master.cut(cut)
        for q in inside:
            self._enter(q)

    def _pays(self, column: Column, prices: Prices) -> bool:
        wanted = self.problem.candidate_wanted[list(column.route)].tolist()
        earned = int(prices.prizes[list(column.route)].sum())
        earned -= prices.paid(wanted)
        return bool(earned > prices.scale * prices.duty[column.duty_class] + 1)

    def take(self, column: Column, optimal: Prices) -> tuple[int, bool]:
        """A priced route into the linear program, if it pays there; how many are new, whether stops remember more."""
        if not self._pays(column, optimal):
            return 0, False
        k, route = column
        repeats = self._repeats(route)
        if repeats or not fits(self.ground, self.classes[k].duties[0], np.array(route, np.int64)):
            # It goes in circles: its stops must remember more. Or it takes a short cut by way of a visit that it does
            # not make. Until such a route is taken it keeps prices steady.
            self.circles.add(len(self.master.columns))
            self.master.add(column)
            return 0, repeats and self.pricers[k].grow(route) > 0
        # one of the same look-backs in another order may pay other cuts
        return self._share(column, enter=True) or self._add(column, ordered=True), False

    def uncut(self) -> None:
        """Take back the latest cuts, which were too much for pricing, and wait longer for the next ones."""
        found = self.evidence
        found.close /= 2
        self._rebuild(sorted(self.inside), self.before)
        if found.centre is not None:
            kept = {cut: price for cut, price in found.centre.cuts.items() if cut in self.master.of_cut}
            found.centre = replace(found.centre, cuts=kept)
        self.before = []

    def _drivable(self, column: Column) -> bool:
        duty, route = self.classes[column.duty_class].duties[0], np.array(column.route, np.int64)
        return bool(fits(self.ground, duty, route)) and not self._repeats(column.route)

    def _repeats(self, route: Sequence[int]) -> bool:
        """Whether a route serves a look-back twice, or visits a place twice."""
        wanted, place = self.problem.candidate_wanted[list(route)], self.problem.candidate_place[list(route)]
        return min(len(np.unique(wanted)), len(np.unique(place))) < len(route)

    def points(self, optimum: Optimum) -> float:
        """The optimum without premiums."""
        points = self.problem.points
        taken = ((self.master.columns[q], share) for q, share in optimum.taken.items())
        return float(sum(share * int(points[list(column.route)].sum()) for column, share in taken))

    def cut(self, optimum: Optimum) -> bool:
        """Add the cuts that the optimum breaks most; whether there were any."""
        if self.evidence.close < TOO_CLOSE:
            return False
        known = {cut.trio: cut for cut in self.master.of_cut}
        wanted = self.problem.candidate_wanted
        mix = (
            (tuple(wanted[list(self.master.columns[q].route)].tolist()), share) for q, share in optimum.taken.items()
        )
        most = min(MOST_NEW_CUTS, 4 + 2 * len(self.classes), MOST_CUTS - len(known))
        cuts = broken_cuts(mix, known, most)
        if cuts:
            self.before = list(self.master.of_cut)
        for cut in cuts:
            if cut.trio in known:
                self.master.uncut(known[cut.trio])
            self.master.cut(cut)
        self.evidence.cuts = list(self.master.of_cut)
        return bool(cuts)

    def _most_columns(self) -> int:
        """As many columns as a linear program solves fast with."""
        return 2 * len(self.problem.wanted) + 20 * len(self.classes) + 1000

    def remember(self, optimum: Optimum) -> None:
        """Keep what the next slice of time needs: the columns that nearly pay, and cuts that have a price."""
        self.evidence.cuts = [cut for cut, price in optimum.prices.cuts.items() if price > 0]
        pays = self.reduced(optimum.prices)
        pays[list(self.inside)] += 1e-3  # of those that pay alike, first what is in the linear program
        mattering = np.argsort(-pays, kind="stable")[: 3 * self._most_columns()]
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
