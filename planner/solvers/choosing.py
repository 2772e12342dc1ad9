"""
The integer step: a plan of the columns, by diving, by listing and by choosing in whole numbers.

A dive (``diving``) settles one route after the other; a short and cold search then mends what it was too hasty about.
Where prices have settled, a list of all routes that still matter (``shortlist``) may prove more than they do. What is
left to choose from is for branch and cut (``packing``).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from planner.solvers.base import Limit
from planner.solvers.diving import dive
from planner.solvers.greedy import filled
from planner.solvers.packing import gap_of, packed, promising
from planner.solvers.ruin_recreate import RuinRecreate
from planner.solvers.shortlist import listable, near, shortlist

if TYPE_CHECKING:
    from planner.problem import Routes
    from planner.solvers.columns import Columns
    from planner.solvers.master import Optimum

DIVING, DIVING_ALONE, PACKING = 0.4, 0.75, 0.15
"""Shares of the time: for dives, where routes are listed and where not, and for packing after a list."""
MENDING, HOT, COLD, SEED = 0.1, 0.03, 0.01, 2
"""
A share of it, for ruin & recreate of what a dive has found, and its temperatures: hot enough for small changes alone.
"""
POOL = 1 << 12
"""Good routes that it hands on."""
LEAST_SECONDS = 0.05
"""For less it is not worth while to begin."""


def chosen(columns: Columns, optimum: Optimum, best: Routes, until: float | None) -> Routes:
    """
    The best plan that is found until a moment of ``time.monotonic()``; if there is none, with a fixed amount of work.

    What it finds on its way joins the pool, and what it proves the evidence.
    """
    left = None if until is None else until - time.monotonic()
    if left is not None and left < LEAST_SECONDS:
        return best
    problem, evidence = columns.problem, columns.evidence
    listing = near(columns, optimum) and listable(columns, best)
    best = _dived(columns, optimum, best, left, DIVING if listing else DIVING_ALONE)
    candidates = promising(columns, optimum.prices, gap_of(problem, optimum.value, best))
    if listing:
        short = shortlist(columns, best, None if until is None or left is None else until - PACKING * left)
        if short is not None:
            evidence.bound = min(evidence.bound, short.bound)
            listed = columns.positions(short.columns)
            among = set(listed)
            candidates = listed if short.whole else [*listed, *(q for q in candidates if q not in among)]
    rest = None if until is None else until - time.monotonic()
    return packed(columns, candidates, best, rest) if rest is None or rest > LEAST_SECONDS else best


def _dived(columns: Columns, optimum: Optimum, best: Routes, seconds: float | None, share: float) -> Routes:
    """The better of the best plan and those of as many dives as a share of the time is enough for; of one at least."""
    began = time.monotonic()
    until = None if seconds is None else began + share * seconds
    limit = Limit(steps=1) if seconds is None else Limit(seconds=MENDING * seconds)
    while True:
        found = _mended(columns, dive(columns, optimum, until), limit)
        if columns.problem.value(found) > columns.problem.value(best):
            best = found
        took, began = time.monotonic() - began, time.monotonic()
        if until is None or until - began < took:
            return best


def _mended(columns: Columns, settled: Routes, limit: Limit) -> Routes:
    """Routes that a dive has settled, with more visits where it did not come to a duty, and improved a little."""
    work = RuinRecreate(columns.problem, filled(columns.problem, settled), SEED, pool=POOL)
    found = work.run(limit, lambda _: None, hot=HOT, cold=COLD)
    for d, route in work.pooled():
        columns.offer(d, route)
    return found
