"""
A dive: the routes that the linear program takes most of are settled, one after the other, and the rest is priced anew.

What is left after each step is a smaller problem, for which routes come up that were not worth a column before; all of
them stay in the pool, for the whole-number choice to mix (``packing``).

References
----------
.. [1] Sadykov, Vanderbeck, Pessoa, Tahiri, Uchoa (2019), Primal heuristics for branch and price: the assets of diving
   methods. INFORMS Journal on Computing 31(2), 251-267.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from planner.solvers.alarm import alarm
from planner.solvers.master import Column
from planner.solvers.pricing import Way

if TYPE_CHECKING:
    from planner.problem import Routes
    from planner.solvers.alarm import Alarm
    from planner.solvers.columns import Columns
    from planner.solvers.master import Optimum, Prices

LABELS, ROUTES = 30_000, 8
"""For pricing what is left."""
ROUNDS = 2
"""Of pricing after each step."""
NEARLY = 0.9
"""So much of a route is as good as all of it."""


def dive(columns: Columns, optimum: Optimum, until: float | None) -> Routes:
    """
    Settle routes until no duty is left, or until a moment of ``time.monotonic()``; what comes up joins the pool.

    The routes that were settled; none for duties that it did not come to.
    """
    settled: set[int] = set()
    with alarm(until) as rings:
        try:
            _settle(columns, optimum, settled, rings)
        finally:
            for position in settled:
                columns.master.release(position)
    routes: list[tuple[int, ...]] = [()] * len(columns.problem.duties)
    free = [list(each.duties) for each in columns.classes]
    for k, route in (columns.master.columns[position] for position in sorted(settled)):
        routes[free[k].pop(0)] = route
    return tuple(routes)


def _settle(columns: Columns, optimum: Optimum, settled: set[int], rings: Alarm) -> None:
    """Fix routes in the linear program, one after the other; ``settled`` says which."""
    while not rings[0]:
        new = _next(columns, optimum, settled)
        if not new:
            return
        settled |= new
        for position in new:
            columns.master.fix(position)
        for _ in range(ROUNDS):
            found = columns.master.solve()
            if found is None:
                return
            optimum = found
            if rings[0] or not _priced(columns, optimum, settled, rings):
                break


def _next(columns: Columns, optimum: Optimum, settled: set[int]) -> set[int]:
    """The routes that are nearly taken as a whole, or else the one that is taken most of."""
    open_ = {
        position: share
        for position, share in optimum.taken.items()
        if position not in settled and position not in columns.circles
    }
    whole = {position for position, share in open_.items() if share > NEARLY}
    return whole or ({max(open_, key=lambda position: (open_[position], -position))} if open_ else set())


def _priced(columns: Columns, optimum: Optimum, settled: set[int], rings: Alarm) -> int:
    """Price the duties that have no route yet, without what is served already; how many new columns."""
    master = columns.master
    routes = [master.columns[position] for position in settled]
    served = [c for column in routes for c in column.route]
    full = Counter(column.duty_class for column in routes)
    prices = _without(optimum.prices, served)
    ask = partial(columns.price, prices=prices, way=Way.QUICK, rings=rings, most_labels=LABELS, most_routes=ROUTES)
    left = [k for k, each in enumerate(columns.classes) if full[k] < len(each.duties)]
    found = columns.threads.map(ask, left)
    return sum(
        columns.enter(Column(k, route))
        for k, priced in zip(left, found, strict=True)
        if priced is not None
        for route in priced.routes
    )


def _without(prices: Prices, served: list[int]) -> Prices:
    """Prices at which nobody wants to serve some candidates' look-backs again, or to visit their places."""
    problem = prices.problem
    wanted, place = prices.wanted.copy(), prices.place.copy()
    dear = float(problem.prizes.max(initial=0) + problem.soft.least + 1) + float(np.max(prices.district, initial=0.0))
    wanted[problem.candidate_wanted[served]] = dear
    place[problem.candidate_place[served]] = dear
    return replace(prices, wanted=wanted, place=place)
