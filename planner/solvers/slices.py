"""
A slice of work on one part: values in, values out, so that it can be done in this process, in another, or far away.

There are two kinds. *Searching* tries routes (``ruin_recreate``); *proving* mixes routes, prices them and proves a
bound (``columns``, ``choosing``). What one finds the other goes on with.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from planner.geo import LonLat, Place
from planner.lookbacks import SpotCheck
from planner.plan import Reason, Term
from planner.problem import Problem
from planner.solvers.base import Limit
from planner.solvers.choosing import chosen
from planner.solvers.classes import duty_classes
from planner.solvers.columns import Columns, Evidence, bound_on_priority
from planner.solvers.generation import generate
from planner.solvers.greedy import filled
from planner.solvers.layout import thinned
from planner.solvers.pricing import Pricer, Way
from planner.solvers.ruin_recreate import RuinRecreate
from planner.solvers.shortlist import near
from planner.teamdays import TeamDay
from planner.teams import TravelMode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.problem import Routes

POOL = 1 << 13
"""Good routes that a search hands on."""
ROUNDS_A_STEP = 2
"""Pricing rounds in a step, where steps are counted and not seconds."""
PACKING_SHARE, MOST_PACKING = 0.4, 8.0
"""Of the time of a slice that proves, and in seconds: for making routes by whole-number means."""
NEAR_SHARE = 0.5
"""Of the time that is left: for whole-number means when the bound is near enough to list routes."""
FIRST_SHARE, FIRST_TEMPERATURES, FIRST_SEED = 0.15, (0.2, 0.02), 1
"""How long to search where nobody has yet, as a share of the slice: prices that start from good routes settle soon."""
SPELL_SECONDS = 20.0
"""A slice that has longer than this packs more than once, so that prices learn from better plans."""
SHORTEST_SPELL = 3.0
"""Seconds; where less would be left for pricing whole-number means have all of them."""
SHORTEST_ROUND = 0.3
"""Seconds that are worth another round."""


@dataclass(frozen=True)
class Searched:
    """What searching found."""

    best: Routes
    current: Routes
    """Where the annealing stands."""
    pool: tuple[tuple[int, tuple[int, ...]], ...]
    """Good routes: duty and candidates."""


@dataclass(frozen=True)
class Proven:
    """What proving found."""

    best: Routes
    evidence: Evidence = field(compare=False)


def search(
    problem: Problem, best: Routes, current: Routes, limit: Limit, temperatures: tuple[float, float], seed: int
) -> Searched:
    """Ruin & recreate from the current routes, from the first temperature to the last."""
    deadline = limit.deadline()
    work = RuinRecreate(problem, current, seed, pool=POOL)
    if deadline is not None:  # of thousands of stops the setting up takes seconds, too
        limit = Limit(steps=limit.steps, seconds=max(0.01, deadline - time.monotonic()))
    hot, cold = temperatures
    found = work.run(limit, lambda _: None, hot=hot, cold=cold)
    better = found if problem.value(found) > problem.value(best) else best
    return Searched(better, work.standing(), tuple(work.pooled()))


def prove(
    problem: Problem,
    best: Routes,
    evidence: Evidence,
    pool: Sequence[tuple[int, tuple[int, ...]]],
    limit: Limit,
    threads: int = 1,
    *,
    last: bool = True,
) -> Proven:
    """
    Go on pricing with what is known, then pack the best plan that the columns make.

    Parameters
    ----------
    last
        Whether no slice is to come that could still prove a bound.
    """
    deadline = limit.deadline()
    if limit.seconds is not None and not pool and not evidence.columns:
        first = search(problem, best, best, Limit(seconds=FIRST_SHARE * limit.seconds), FIRST_TEMPERATURES, FIRST_SEED)
        best, pool = first.best, first.pool
    columns = Columns(problem, evidence, threads)
    for d, route in pool:
        columns.offer(d, route)
    for d, route in enumerate(best):
        columns.offer(d, route, enter=True)
    while True:
        spell = _Spell.of(deadline, limit)
        premium = problem.premium([c for route in best for c in route])
        enough = premium + sum(int(problem.points[list(route)].sum()) for route in best) + 1
        ripe = deadline is not None and not evidence.listed
        optimum = generate(columns, spell.rounds, enough, spell.pause, last=last, ripe=ripe)
        if optimum is None or limit.steps == 0:
            break
        best = chosen(columns, optimum, best, spell.whole_until(deadline, near=near(columns, optimum)))
        over = deadline is None or deadline - time.monotonic() < SHORTEST_ROUND
        if over or evidence.closed or finished(problem, best, evidence):
            break
    return Proven(best, evidence)


@dataclass(frozen=True)
class _Spell:
    """A while of pricing, and of whole-number means after it."""

    rounds: Limit
    pause: float | None
    """A moment after which no round of pricing begins."""
    packing: float
    """Seconds that are kept for whole-number means."""

    @classmethod
    def of(cls, deadline: float | None, limit: Limit) -> _Spell:
        """The next one: of all that is left, or of half of it where that is long."""
        if deadline is None:
            return cls(Limit(steps=ROUNDS_A_STEP * (limit.steps or 0)), None, 0.0)
        now = time.monotonic()
        left = deadline - now
        spell = left if left < SPELL_SECONDS else left / 2
        packing = min(MOST_PACKING, PACKING_SHARE * spell)
        return cls(Limit(seconds=max(0.01, left - packing)), now + spell - packing, packing)

    def whole_until(self, deadline: float | None, *, near: bool) -> float | None:
        """Until when whole-number means may work: longer where the bound is near, to the end where little is left."""
        if deadline is None:
            return None
        now = time.monotonic()
        whole = max(self.packing, NEAR_SHARE * (deadline - now)) if near else self.packing
        return deadline if deadline - now - whole < SHORTEST_SPELL else now + whole


def finished(problem: Problem, best: Routes, evidence: Evidence) -> bool:
    """Whether nothing can be gained any more: the best is proven to be the best, travel aside."""
    if problem.even_load:  # what is proven is about priority, and there is something to gain beyond it
        return False
    visits = [c for route in best for c in route]
    bound = bound_on_priority(problem, evidence, problem.premium(visits))
    return bound is not None and bound <= int(problem.points[visits].sum())


def compile_kernels() -> None:
    """Compile all kernels into numba's cache, with two duties that could visit two shops; half a minute, once."""
    day = date(2026, 1, 5)
    duties = [TeamDay("T", day, 0, end, 3_600, 0, end, end, 2, TravelMode.CAR) for end in (35_000, 36_000)]
    checks = [SpotCheck(f"SC-{k}", str(k), (Reason(Term.NEVER_INSPECTED, 1),)) for k in range(2)]
    problem = Problem(
        days=(day,),
        duties=tuple(duties),
        wanted=tuple(checks),
        places=tuple(Place(str(k), LonLat(121.0, 31.0)) for k in range(2)),
        candidate_wanted=np.arange(2),
        candidate_place=np.arange(2),
        seconds=np.full(2, 600),
        opens=np.zeros((1, 2, 1), np.int64),
        closes=np.full((1, 2, 1), 30_000),
        allowed=np.ones((2, 2), bool),
        origins=np.zeros(2, np.int64),
        destinations=np.zeros(2, np.int64),
        travel=(np.zeros((2, 2), np.int32),),
        duty_travel=(0, 0),
        later_day_discount=0,
    )
    first = filled(problem, [[], []])
    found = search(problem, first, first, Limit(steps=1), (1.0, 0.1), 0)
    prove(problem, first, Evidence(), found.pool, Limit(steps=1))
    prizes = np.full(2, 100)
    for each in duty_classes(problem):  # two shops are all in one route: nothing is left to be priced, or thinned
        thinned(each, np.arange(2), prizes, threshold=0, few=0)
        for way in Way:
            Pricer(each).price(prizes, (), 0, way, most_labels=1_000, most_routes=1)
        Pricer(each).every(prizes, (), 0, 1_000)
