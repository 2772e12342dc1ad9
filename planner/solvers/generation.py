"""
Column generation: rounds of pricing that find columns for the linear program, and prove what no plan exceeds.

With smoothed prices (``smoothing``): first quick pricing, then exact pricing, which proves a bound at every round.
Where priced routes go in circles memories grow; where the bound is near the linear program is cut (``columns``).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from planner.solvers.alarm import alarm
from planner.solvers.master import Column, Prices
from planner.solvers.pricing import Way
from planner.solvers.smoothing import Smoothing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.solvers.alarm import Alarm
    from planner.solvers.base import Limit
    from planner.solvers.columns import Columns
    from planner.solvers.master import Optimum

QUICK_LABELS, FAR_LABELS, EXACT_LABELS = 60_000, 80_000, 300_000
FAR = 0.03
"""
A gap between bound and linear program, as a share, above which exact pricing is content with fewer labels: prices will
change, and a bound that says too much today sooner leads to better ones than the right one tomorrow.
"""
MOST_ROUTES = 30
"""Routes that one pricing may add."""
HARD_LABELS = 25_000
"""Where a class needs more labels than this, cuts wait until prices have settled: each makes it harder."""
FEW_ADDED = 3
"""Columns a class: a round of quick pricing that adds no more has found little."""
LITTLE_RISE, LITTLE_FALL = 0.0005, 0.1
"""
Nor has one after which the linear program rises by no more, as a share, and what is promised comes no nearer to it, as
a share of what lies between.
"""
WILD = 1.5
"""Prices that prove so many times the best gap are wild."""
RIPE = 0.003
"""A gap between bound and linear program, as a share, below which it is time to list routes."""
EXACT_TIMES = 15.0
"""Rounds of quick pricing that one of exact pricing may take: where nothing is proven yet it must begin in time."""
WHOLE_ROUND = 0.7
"""No round begins for which less time is left than this share of the latest one: it would be cut short."""


@dataclass(frozen=True)
class _Round:
    """What came of a round of pricing."""

    added: int
    """New columns."""
    bound: float
    """In points and premiums."""
    proven: Prices
    """Those that prove the bound, completed."""
    grown: bool
    """Whether some stop remembers more than before."""
    overcut: bool = False
    """Whether there are more cuts than pricing can keep up with."""
    labels: int = 0
    """Of the class that had most."""
    served: NDArray[np.float64] | None = None
    """How often the best routes serve each look-back, shape (L,)."""
    slope: float = 0.0
    """How the bound changes from the best prices towards those of the linear program."""
    wild: bool = False
    """Whether the prices proved much less than the best do."""

    def towards(self, these: Prices, away: Prices) -> float:
        """How the bound changes on the way from some prices to others, where this round was; of look-backs' rows."""
        return 0.0 if self.served is None else float((1 - self.served) @ (these.wanted - away.wanted))


def generate(
    columns: Columns, limit: Limit, enough: float, pause: float | None = None, *, last: bool = True, ripe: bool = False
) -> Optimum | None:
    """
    Rounds of pricing until the limit, until the bound is ``enough``, or until they say nothing new.

    The optimum of the linear program over the columns that were found; None when there is none.

    Parameters
    ----------
    pause
        A moment (``time.monotonic()``) after which no round begins, but that which is under way goes on.
    last
        Whether a bound must be proven now, be prices settled or not.
    ripe
        Whether to stop once the bound is so near that routes can be listed (``shortlist``).
    """
    with alarm(limit.deadline()) as rings:
        work = _Rounds(columns, rings, hurried=last)
        optimum = work.run(columns.optimum(rings), limit, enough, float("inf") if pause is None else pause, ripe=ripe)
    columns.evidence.smoothed = work.smoothing.exact
    if optimum is not None:
        columns.remember(optimum)
    return optimum


class _Rounds:
    """Rounds of pricing, quick and exact, and what one learns from another."""

    def __init__(self, columns: Columns, rings: Alarm, *, hurried: bool) -> None:
        self.columns, self.evidence, self.rings = columns, columns.evidence, rings
        # Far from settled prices exact pricing takes long and says little: only where there would be no bound at all.
        self.hurried = hurried and columns.evidence.bound == float("inf")
        self.lasted = dict.fromkeys(Way, 0.0)
        """The latest round of each kind, in seconds."""
        self.nearest = float("inf")
        """What quick pricing promised, above the linear program."""
        # No less than at first when going on, too: the columns at hand are few, and their prices wild.
        self.smoothing = Smoothing(max(columns.evidence.smoothed, Smoothing.exact))

    def run(self, optimum: Optimum | None, limit: Limit, enough: float, pause: float, *, ripe: bool) -> Optimum | None:
        """Rounds, from one optimum to the next, as ``generate`` tells."""
        found, deadline, rounds = self.evidence, limit.deadline(), 0
        while optimum is not None and found.bound > enough and not found.closed:
            if self.rings[0] or rounds == limit.steps or time.monotonic() >= pause:
                break
            rounds += 1
            left = float("inf") if deadline is None else deadline - time.monotonic()
            way = self._way(left)
            if left < WHOLE_ROUND * self.lasted[way]:
                break
            this = self._round(optimum, way)
            if self.rings[0]:
                break  # what was cut short says nothing about whether there is something left to find
            if ripe and found.proven_bound - optimum.value < RIPE * self.columns.points(optimum):
                return self.columns.optimum(self.rings) or optimum
            if way is Way.EXACT:
                self._learn(optimum, this)
            before, optimum = optimum, self.columns.optimum(self.rings)
            if way is Way.QUICK and optimum is not None:
                self._settle(before, optimum, this)
        return optimum

    def _way(self, left: float) -> Way:
        """How to price next, with so many seconds left."""
        impatient = self.hurried and left < EXACT_TIMES * self.lasted[Way.QUICK]
        return Way.EXACT if self.evidence.exact or impatient else Way.QUICK

    def _round(self, optimum: Optimum, way: Way) -> _Round:
        """One round, with prices between the best and those of the optimum; what it proves is kept."""
        found, began = self.evidence, time.monotonic()
        centre, share = found.centre, self.smoothing.share if way is Way.EXACT else self.smoothing.quick
        prices = optimum.prices if centre is None else centre.mixed(optimum.prices, share)
        this = _priced(self.columns, prices, optimum, way, self.rings)
        if centre is not None:
            this = replace(this, slope=this.towards(optimum.prices, centre))
        this = replace(this, wild=this.bound - optimum.value > WILD * (found.centre_bound - optimum.value))
        if way is Way.QUICK:
            found.centre = prices
        elif this.bound < found.centre_bound:
            found.centre, found.centre_bound = this.proven, this.bound
        if way is Way.EXACT and self.columns.proves and this.bound < found.proven_bound:
            found.proven, found.proven_bound = this.proven, this.bound
            found.bound = min(found.bound, this.bound)
        self.lasted[way] = time.monotonic() - began
        return this

    def _learn(self, optimum: Optimum, this: _Round) -> None:
        """What a round of exact pricing says: how far to follow the linear program, whether to cut it, or to end."""
        columns, found, settled = self.columns, self.evidence, self.smoothing.share == 0
        news = columns.straight(optimum) or this.added > 0 or this.grown
        if this.overcut:
            columns.uncut()
            news = news or bool(optimum.prices.cuts)
        elif (_ripe(columns, optimum, this) or (not news and settled)) and columns.cut(optimum):
            news, found.exact = True, False
            found.centre_bound = float("inf")
        self.smoothing.learn(this.slope, found=news, wild=this.wild)
        found.closed = not news and settled

    def _settle(self, before: Optimum, after: Optimum, this: _Round) -> None:
        """Whether quick pricing has found what it can, with less and less of the old prices."""
        between, self.nearest = self.nearest, min(self.nearest, this.bound - after.value)
        few = this.added <= FEW_ADDED * len(self.columns.classes)
        settled = between - self.nearest <= LITTLE_FALL * abs(self.nearest)
        if settled and (few or _rises_little(self.columns, before, after)):
            self.evidence.exact = self.smoothing.tire()


def _priced(columns: Columns, prices: Prices, optimum: Optimum, way: Way, rings: Alarm) -> _Round:
    """One round of pricing."""
    problem, classes = columns.problem, columns.classes
    total, added, grown, overcut, most = prices.fixed, 0, False, False, 0
    bests, served = np.zeros(len(classes)), np.zeros(len(problem.wanted))
    # the kernels let go of the interpreter, so that threads share the work; the largest classes go first
    order = sorted(range(len(classes)), key=lambda k: (-len(classes[k].candidates), k))
    most_labels = _most_labels(columns, optimum, way)
    ask = partial(columns.price, prices=prices, way=way, rings=rings, most_labels=most_labels, most_routes=MOST_ROUTES)
    for k, priced in zip(order, columns.threads.map(ask, order), strict=True):
        if priced is None:
            return _Round(added, float("inf"), prices, grown)
        total += len(classes[k].duties) * priced.bound
        bests[k] = priced.bound / prices.scale
        most = max(most, priced.labels)
        overcut = overcut or not (priced.complete or not prices.whole_cuts)
        if priced.routes:
            np.add.at(served, problem.candidate_wanted[list(priced.routes[0])], len(classes[k].duties))
        for route in priced.routes:
            new, learnt = columns.take(Column(k, route), optimum.prices)
            added, grown = added + new, grown or learnt
    proven = Prices(problem, prices.wanted, prices.place, prices.district, bests, prices.cuts)
    return _Round(added, total / prices.scale, proven, grown, overcut, most, served)


def _most_labels(columns: Columns, optimum: Optimum, way: Way) -> int:
    """How many labels a class may have."""
    if way is Way.QUICK:
        return QUICK_LABELS
    far = columns.evidence.centre_bound - optimum.value > FAR * columns.points(optimum)
    return FAR_LABELS if far else EXACT_LABELS


def _rises_little(columns: Columns, before: Optimum, after: Optimum) -> bool:
    """Whether the linear program has gained little from a round."""
    return after.value - before.value < LITTLE_RISE * columns.points(after)


def _ripe(columns: Columns, optimum: Optimum, last: _Round) -> bool:
    """Whether it is time for cuts though prices have not settled: the bound is near, and pricing is easy."""
    found = columns.evidence
    return found.centre_bound - optimum.value < found.close * columns.points(optimum) and last.labels < HARD_LABELS
