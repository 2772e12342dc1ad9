"""
The shortlist: all routes that a plan better than the best known can be made of, and what no choice of them exceeds.

Prices that prove a bound prove more: a plan with a route that earns so much less than its duty's price is so much
worse than the bound. The routes that earn no less are listed (``listing``), at first those within little of the gap
to the best known plan. Over a list pricing is a look at each row, and cuts make it no harder [1]_: the linear program
is cut until little is left to choose. What no choice exceeds is the bound over the list, or that of all other plans.

.. [1] Contardo, Martinelli (2014), A new exact algorithm for the multi-depot vehicle routing problem under capacity and
   route length constraints. Discrete Optimization 12, 129-146.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from planner.solvers.alarm import alarm
from planner.solvers.cuts import Cut, broken_cuts
from planner.solvers.master import Column, Master, Optimum
from planner.solvers.packing import gap_of, worth_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.geo import IntArray
    from planner.problem import Routes
    from planner.solvers.alarm import Alarm
    from planner.solvers.columns import Columns
    from planner.solvers.master import Prices

NARROW = 0.004
"""A gap between bound and linear program, as a share, below which it is worth while to list routes."""
LESS = 0.5
"""Routes that were too many to be listed are tried again within this share of the distance."""
FIRST_SHARE = 0.04
"""Of the gap between the bound and the best known plan; then twice as much, as long as there is time for it."""
LEAST_REACH = 0.15
"""A list that reaches so little farther, as a share of how far it reached, is not worth while."""
LEAST_GROWTH, MOST_GROWTH = 1.3, 2.0
"""How many times as long a list takes that reaches one step farther, at least, and before it is known."""
MOST_LABELS, FEW_LABELS = 2_000_000, 300_000
"""For a list, with a clock and without."""
MOST_ROUTES = 400_000
"""Of all duties: of more even a look at each takes long."""
LISTING = 0.85
"""Of the time for listing routes; the rest is for cutting."""
MOST_NEW, MOST_NEW_CUTS = 300, 60
"""Columns and cuts that enter the program at once."""
FIRST = 1_000
"""Columns that it begins with."""
LEAST = 1e-6
"""Of points: what pays no more does not enter."""
MOST_CHOSEN = 10_000
"""Columns that a shortlist has at the most."""


@dataclass(frozen=True)
class Shortlist:
    """What is left to choose from."""

    columns: list[Column]
    """The most promising first; the same visits may come more than once."""
    bound: float
    """No plan is worth more, points and premiums."""
    whole: bool
    """Whether every plan that is better than the best known is made of these columns."""


def near(columns: Columns, optimum: Optimum) -> bool:
    """Whether the bound is so near the linear program that routes can be told apart by what they earn."""
    return columns.evidence.proven_bound - optimum.value < NARROW * columns.points(optimum)


def listable(columns: Columns, best: Routes) -> bool:
    """Whether the routes that come first are not known to be too many."""
    found = columns.evidence
    return FIRST_SHARE * gap_of(columns.problem, found.proven_bound, best) < LESS * found.too_far


def shortlist(columns: Columns, best: Routes, until: float | None) -> Shortlist | None:
    """List, and cut, until a moment of ``time.monotonic()``; None if nothing could be listed."""
    prices, bound = columns.evidence.proven, columns.evidence.proven_bound
    if prices is None or not columns.classes:
        return None
    gap = gap_of(columns.problem, bound, best)
    end = None if until is None else time.monotonic() + LISTING * (until - time.monotonic())
    with alarm(end) as rings:
        lists, share = _listed(columns, prices, gap, end, rings)
    columns.evidence.listed = True
    if not share:
        columns.evidence.too_far = FIRST_SHARE * gap
        return None
    with alarm(until) as rings:
        program = _Program(columns, lists, prices)
        outside = max(worth_of(columns.problem, best), bound - share * gap)
        inside = program.cut_down(best, outside, rings)
    chosen = program.promising(MOST_CHOSEN)
    return Shortlist(chosen, max(inside, outside), whole=share == 1 and len(program.class_row) <= MOST_CHOSEN)


def _listed(
    columns: Columns, prices: Prices, gap: float, end: float | None, rings: Alarm
) -> tuple[list[IntArray], float]:
    """Of each class the routes that earn no less than its price by a share of a gap, and the share; 0 if not all."""
    lists: list[IntArray] = []
    covered, share, took = 0.0, FIRST_SHARE, 0.0
    most_labels = FEW_LABELS if end is None else MOST_LABELS
    while covered < 1:
        began = time.monotonic()
        ask = partial(columns.every, prices=prices, less=share * gap, most_labels=most_labels, rings=rings)
        found = [each for each in columns.threads.map(ask, range(len(columns.classes))) if each is not None]
        if len(found) < len(columns.classes) or sum(map(len, found)) > MOST_ROUTES:
            break
        lists, step, before, took = found, share - covered, took, time.monotonic() - began
        covered, share = share, min(1.0, 2 * share)
        if end is not None:
            reach = _reach(step, before, took, end - time.monotonic())
            share = min(share, covered + reach)
            if reach < LEAST_REACH * covered:
                break
    return lists, covered


def _reach(step: float, before: float, took: float, left: float) -> float:
    """
    How much more of the gap a list may cover, if what it takes grows as it did.

    Parameters
    ----------
    step, before, took
        How much more the latest list covered than the one before, and how long both took.
    left
        Seconds.
    """
    grows = max(LEAST_GROWTH, took / before) if before else MOST_GROWTH
    return step * math.log(max(left, took) / took) / math.log(grows)


class _Program:
    """A linear program over lists of routes, which enter it as they pay."""

    def __init__(self, columns: Columns, lists: Sequence[IntArray], prices: Prices) -> None:
        problem = columns.problem
        width = max(len(each.T) for each in lists)
        padded = [np.pad(each, ((0, 0), (0, width - len(each.T))), constant_values=-1) for each in lists]
        self.problem, self.classes = problem, columns.classes
        self.routes = np.concatenate(padded)
        """The candidates of each route, -1 where it has ended, shape (n, longest)."""
        self.class_row = np.repeat(np.arange(len(lists)), [len(each) for each in lists])
        self.inside = np.zeros(len(self.routes), bool)
        self.master = Master(problem, columns.classes)
        self.times: dict[Cut, NDArray[np.int8]] = {}
        """How often each route pays a cut, shape (n,)."""
        for trio in {cut.trio: None for cut in columns.evidence.cuts}:
            self._cut(trio)
        self.reduced = self._earned(prices) / prices.scale - prices.duty[self.class_row]
        """What each route would add to the optimum, in points: below 0 it would only take; shape (n,)."""
        for q in np.argsort(-self.reduced, kind="stable")[:FIRST].tolist():
            self._enter(q)

    def cut_down(self, best: Routes, outside: float, rings: Alarm) -> float:
        """
        Cut, and drop what cannot be part of a better plan; no plan made of the list is worth more than what comes back.

        Parameters
        ----------
        outside
            What plans may be worth that have other routes, too: a list worth less is cut enough.
        """
        bound = float("inf")
        while (optimum := self._optimum(rings)) is not None:
            prices, earned = optimum.prices, self._earned(optimum.prices)
            now = self._bound(prices, earned)
            bound = min(bound, now)
            self.reduced = earned / prices.scale - prices.duty[self.class_row]
            self._keep(self.reduced > -gap_of(self.problem, now, best))
            if bound <= outside or rings[0] or not self._cut_off(optimum):
                break
        return bound

    def promising(self, most: int) -> list[Column]:
        """So many of the routes, the most promising first."""
        order = np.argsort(-self.reduced, kind="stable")[:most]
        return [self._column(q) for q in order.tolist()]

    def _column(self, q: int) -> Column:
        route = self.routes[q]
        return Column(int(self.class_row[q]), tuple(route[route >= 0].tolist()))

    def _enter(self, q: int) -> None:
        self.inside[q] = True
        self.master.add(self._column(q))

    def _optimum(self, rings: Alarm) -> Optimum | None:
        """The optimum over the whole list; None if it was not reached."""
        while not rings[0] and (optimum := self.master.solve()) is not None:
            pays = self._earned(optimum.prices) / optimum.prices.scale - optimum.prices.duty[self.class_row]
            pays[self.inside] = 0.0
            best = np.argsort(-pays, kind="stable")[:MOST_NEW]
            entering = best[pays[best] > LEAST].tolist()
            if not entering:
                return optimum
            for q in entering:
                self._enter(q)
        return None

    def _earned(self, prices: Prices) -> IntArray:
        """What each route earns beyond the prices, in units, shape (n,)."""
        earned: IntArray = np.append(prices.prizes, 0)[self.routes].sum(axis=1)
        for cut, price in prices.whole_cuts:
            if cut in self.times:  # to leave one out makes routes look better, never worse
                earned -= np.int64(price) * self.times[cut]
        return earned

    def _bound(self, prices: Prices, earned: IntArray) -> float:
        """What no plan made of the list is worth more than, at any prices; in points and premiums."""
        most = np.zeros(len(self.classes), np.int64)
        np.maximum.at(most, self.class_row, earned)
        duties = [len(each.duties) for each in self.classes]
        return float(prices.fixed + (most * duties).sum()) / prices.scale

    def _keep(self, kept: NDArray[np.bool_]) -> None:
        self.routes, self.class_row, self.inside = self.routes[kept], self.class_row[kept], self.inside[kept]
        self.reduced = self.reduced[kept]
        self.times = {cut: times[kept] for cut, times in self.times.items()}

    def _cut_off(self, optimum: Optimum) -> bool:
        """Cut the optimum off; whether there was a way to."""
        wanted = self.problem.candidate_wanted
        mix = (
            (tuple(wanted[list(self.master.columns[q].route)].tolist()), share) for q, share in optimum.taken.items()
        )
        known = {cut.trio: cut for cut in self.times}
        cuts = [cut.trio for cut in broken_cuts(mix, known, MOST_NEW_CUTS) if cut.trio not in known]
        for trio in cuts:
            self._cut(trio)
        return bool(cuts)

    def _cut(self, trio: frozenset[int]) -> None:
        """Add a cut that nobody forgets: over a list that costs nothing."""
        cut = Cut(trio, frozenset(range(len(self.problem.wanted))))
        serves = np.isin(np.append(self.problem.candidate_wanted, -1), list(trio))
        self.times[cut] = (serves[self.routes].sum(axis=1) // 2).astype(np.int8)
        self.master.cut(cut)
