"""
Pricing: the best routes of one duty class when every candidate has a reduced prize.

What is priced is priority alone, not travel; the route that is found for a set of visits is the one that is over first.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from planner.solvers.alarm import SILENT, Rang
from planner.solvers.layout import MOST_REMEMBERED, REMEMBERED, TEMPTING, Layout, thinned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.geo import IntArray
    from planner.solvers.alarm import Alarm
    from planner.solvers.classes import DutyClass
    from planner.solvers.cuts import Cut

LIFTS = (0.5, 0.3, 0.18, 0.1, 0.05, 0.0)
"""Floors of the search for labels, one after the other: shares of the way from the threshold to what is promised."""
FEW_LABELS = 15_000
"""Where no more than these were made a lower floor is tried for more routes, though the best has been found."""
MOST_AGAIN = 3
"""How often a search is made again because its best route goes in circles, while it has labels left."""
MOST_STOPS = 200
"""Stops that a quick search looks at."""
ALIKE = 0.6
"""Of a new column no larger share is in others of the same round."""


class Way(Enum):
    """How to look for routes."""

    QUICK = "some good ones among the densest stops and the most promising arcs"
    EXACT = "the best of all, and the proof that there is none better"


@dataclass(frozen=True)
class Priced:
    """What pricing found for one duty of a class."""

    bound: int
    """No route of the candidates that were looked at earns more than this and the threshold."""
    routes: tuple[tuple[int, ...], ...]
    """Routes that earn more than the threshold, best first; an item may come twice where that was not excluded."""
    complete: bool
    """Whether nothing was cut off for want of room."""
    labels: int = 0
    """How many were made at last."""


@dataclass(eq=False)
class Pricer:
    """Prices the routes of one duty class; remembers what its memory has grown to."""

    duties: DutyClass
    grown: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Items beyond the nearest that a candidate remembers."""
    first_lift: int = 0
    """Which of ``LIFTS`` to begin with: one above that which the last search ended with."""

    def price(
        self,
        prizes: IntArray,
        cuts: Sequence[tuple[Cut, int]],
        threshold: int,
        way: Way,
        *,
        most_labels: int,
        most_routes: int,
        alarm: Alarm = SILENT,
    ) -> Priced | None:
        """
        Routes that earn more than a threshold, best first; None when there was no time to say anything.

        Parameters
        ----------
        prizes
            What each candidate earns beyond the prices, shape (C,); those of 0 or less are left out. Without them a
            plan keeps its rules and loses no more than their prices, which the bound counts anyway.
        cuts
            With what it costs to pay each.
        alarm
            Cuts the search off when it rings; what was promised holds all the same.
        """
        nothing = Priced(max(0, threshold), (), complete=True)
        rows = np.flatnonzero((prizes[self.duties.candidates] > 0) & (self.duties.windows[1][:, 0] >= 0))
        try:
            if way is Way.QUICK:
                rows = self._densest(rows, prizes)
            else:
                rows = thinned(self.duties, rows, prizes, threshold, alarm)
            if not len(rows):
                return nothing
            layout = Layout(self.duties, rows, prizes, cuts, self.grown, alarm, quick=way is Way.QUICK)
        except Rang:
            return None
        if layout.timeless:
            return Priced(layout.most, (), complete=False)
        if layout.most <= threshold:
            return nothing
        if way is Way.QUICK:
            return self._quick(layout, threshold, most_labels, most_routes)
        return self._exact(layout, threshold, most_labels, most_routes)

    def every(
        self,
        prizes: IntArray,
        cuts: Sequence[tuple[Cut, int]],
        threshold: int,
        most_labels: int,
        alarm: Alarm = SILENT,
    ) -> IntArray | None:
        """
        All routes that earn more than a threshold, -1 where a route has ended, shape (routes, longest).

        What earns nothing beyond the prices is looked at, too: it is part of routes that may be chosen. None if there
        was not the time for it, or more labels were needed.
        """
        rows = np.flatnonzero(self.duties.windows[1][:, 0] >= 0)
        try:
            rows = thinned(self.duties, rows, prizes, threshold, alarm)
            if not len(rows):
                return np.empty((0, 1), np.int64)
            layout = Layout(self.duties, rows, prizes, cuts, {}, alarm, quick=False)
        except Rang:
            return None
        return None if layout.timeless else layout.every(threshold, most_labels)

    def _densest(self, rows: IntArray, prizes: IntArray) -> IntArray:
        """Of rows of the candidates those that earn most for their time."""
        if len(rows) <= MOST_STOPS:
            return rows
        chosen = self.duties.candidates[rows]
        density = prizes[chosen] / (self.duties.problem.seconds[chosen] + 600.0)
        densest: IntArray = np.sort(rows[np.argsort(-density, kind="stable")[:MOST_STOPS]])
        return densest

    @staticmethod
    def _quick(layout: Layout, threshold: int, most_labels: int, most_routes: int) -> Priced:
        """Good routes in a band below what is promised: a narrower one where there are many, a wider where none."""
        share, most = 0.12, layout.most
        for _ in range(5):
            floor = max(threshold, most - int(share * most))
            ends, _, complete = layout.extend(floor, most_labels, elementary=True)
            if not complete and share > 0.01:
                share /= 2.5
            elif complete and floor > threshold and not len(ends):
                share *= 3
            else:
                break
        return Priced(most, layout.routes(ends, most_routes, ALIKE), complete=False)

    def _exact(self, layout: Layout, threshold: int, most_labels: int, most_routes: int) -> Priced:
        """
        The best route and others.

        Above a high floor there are few labels; where none of them ends in a route, nothing earns more than it. Where
        the best route goes in circles its stops remember more, and the search is made again.
        """
        bound, again, left, alarm = layout.most, 0, most_labels, layout.alarm
        for lift in LIFTS[self.first_lift :]:
            floor = threshold + int(lift * (layout.most - threshold))
            while True:
                ends, made, complete = layout.extend(floor, most_labels, elementary=False)
                routes = layout.routes(ends, most_routes, ALIKE)
                if complete:
                    bound = layout.best(ends) if len(ends) else floor
                left -= made
                over = not complete or alarm[0] or again == MOST_AGAIN or left < made
                if over or not routes or not self.grow(routes[0]):
                    break
                for route in routes[1:]:
                    self.grow(route)
                layout.remember(self.grown)
                again += 1
            if not complete or alarm[0] or (routes and made > FEW_LABELS):
                break
        self.first_lift = max(0, LIFTS.index(lift) - 1)
        return Priced(max(0, bound), routes, complete, made)

    def grow(self, route: Sequence[int]) -> int:
        """Make the stops between two visits of one item remember it; how many learnt something."""
        wanted = self.duties.problem.candidate_wanted
        learnt, last = 0, dict[int, int]()
        for k, c in enumerate(route):
            item = int(wanted[c])
            for between in route[last[item] + 1 : k] if item in last else ():
                known = self.grown[between]
                if item not in known and len(known) < MOST_REMEMBERED - 2 * REMEMBERED - TEMPTING - 1:
                    known.add(item)
                    learnt += 1
            last[item] = k
        return learnt
