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

from planner.solvers import completion
from planner.solvers.alarm import SILENT, Rang
from planner.solvers.layout import MOST_REMEMBERED, REMEMBERED, TEMPTING, Layout

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
"""How often a search is made again because its best route goes in circles."""
FEW_STOPS = 150
"""With more stops than these it pays to find out first which of them can matter."""
MOST_STOPS = 200
"""Stops that a quick search looks at."""
ALIKE = 0.6
"""Of a new column no larger share is in others of the same round."""


class Way(Enum):
    """How to look for routes."""

    QUICK = "some good ones among the densest stops and the most promising arcs"
    MANY = "all that no other beats in everything, none with a repetition"
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
        try:
            return self._price(prizes, cuts, threshold, way, most_labels, most_routes, alarm)
        except Rang:
            return None

    def _price(
        self,
        prizes: IntArray,
        cuts: Sequence[tuple[Cut, int]],
        threshold: int,
        way: Way,
        most_labels: int,
        most_routes: int,
        alarm: Alarm,
    ) -> Priced:
        """What ``price`` does, or ``Rang``."""
        rows = np.flatnonzero((prizes[self.duties.candidates] > 0) & (self.duties.windows[1][:, 0] >= 0))
        if not len(rows):
            return Priced(max(0, threshold), (), complete=True)
        if way is Way.QUICK:
            rows = self._densest(rows, prizes)
        ground = _Ground(self, rows, prizes, cuts, way, alarm)
        if ground.timeless:  # nothing can be said about when what is possible
            shift = self.duties.shift
            most = shift.most if shift.most < completion.UNLIMITED else len(rows)
            return Priced(int(np.sort(prizes[self.duties.candidates[rows]])[-most:].sum()), (), complete=False)
        if ground.most <= threshold:
            return Priced(max(0, threshold), (), complete=True)
        if way is Way.QUICK:
            return self._quick(ground, threshold, most_labels, most_routes, alarm)
        if way is Way.MANY:
            layout = ground.above(threshold)
            if layout is None:
                return Priced(max(0, threshold), (), complete=True)
            ends, _, complete = layout.extend(threshold, most_labels, alarm, elementary=True)
            return Priced(ground.most, layout.routes(ends, most_routes, most_alike=1.0), complete)
        return self._exact(ground, threshold, most_labels, most_routes, alarm)

    def _densest(self, rows: IntArray, prizes: IntArray) -> IntArray:
        """Of rows of the candidates those that earn most for their time."""
        if len(rows) <= MOST_STOPS:
            return rows
        chosen = self.duties.candidates[rows]
        density = prizes[chosen] / (self.duties.problem.seconds[chosen] + 600.0)
        densest: IntArray = np.sort(rows[np.argsort(-density, kind="stable")[:MOST_STOPS]])
        return densest

    @staticmethod
    def _quick(ground: _Ground, threshold: int, most_labels: int, most_routes: int, alarm: Alarm) -> Priced:
        """Good routes in a band below what is promised: a narrower one where there are many, a wider where none."""
        share, layout = 0.12, ground.all
        for _ in range(5):
            floor = max(threshold, ground.most - int(share * ground.most))
            ends, _, complete = layout.extend(floor, most_labels, alarm, elementary=True)
            if not complete and share > 0.01:
                share /= 2.5
            elif complete and floor > threshold and not len(ends):
                share *= 3
            else:
                break
        return Priced(ground.most, layout.routes(ends, most_routes, ALIKE), complete=False)

    def _exact(self, ground: _Ground, threshold: int, most_labels: int, most_routes: int, alarm: Alarm) -> Priced:
        """
        The best route and others.

        Above a high floor there are few labels; where none of them ends in a route, nothing earns more than it. Where
        the best route goes in circles its stops remember more, and the search is made again.
        """
        found, again = Priced(ground.most, (), complete=False), 0
        for k, lift in enumerate(LIFTS[self.first_lift :], self.first_lift):
            floor = threshold + int(lift * (ground.most - threshold))
            try:
                layout = ground.above(floor)
            except Rang:
                break
            self.first_lift = max(0, k - 1)
            if layout is None:
                found = Priced(max(0, floor), (), complete=True)
            while layout is not None:
                ends, made, complete = layout.extend(floor, most_labels, alarm, elementary=False)
                routes = layout.routes(ends, most_routes, ALIKE)
                best = max(0, layout.best(ends) if len(ends) else floor)
                bound = best if complete else min(found.bound, max(floor, ground.top))
                found = Priced(bound, routes, complete, made)
                if not complete or alarm[0] or again == MOST_AGAIN or not routes or not self.grow(routes[0]):
                    break
                for route in routes[1:]:
                    self.grow(route)
                layout.remember(self.grown)
                again += 1
            if not found.complete or alarm[0] or (found.routes and found.labels > FEW_LABELS):
                break
        return found

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


class _Ground:
    """Some candidates of a class, and of those only what matters above a floor."""

    def __init__(
        self,
        pricer: Pricer,
        rows: IntArray,
        prizes: IntArray,
        cuts: Sequence[tuple[Cut, int]],
        way: Way,
        alarm: Alarm,
    ) -> None:
        self.duties, self.grown, self.cuts, self.alarm = pricer.duties, pricer.grown, cuts, alarm
        self.rows, self.prizes = rows, prizes
        self.worth: IntArray | None = None
        """The most that a route by way of each row earns; None where all of them are laid out."""
        many = way is not Way.QUICK and len(rows) > FEW_STOPS
        self.all = Layout(self.duties, rows, prizes, quick=way is Way.QUICK, coarse=many)
        self.timeless, self.most, self.top = self.all.timeless, 0, 0
        self.layout: Layout | None = None
        if self.timeless:
            return
        if many:
            self.worth = self.all.most_by_way(alarm)
            self.most = int(self.worth.max())
        else:
            self.layout, self.most = self.all, self.all.prepare(cuts, self.grown, alarm)
            self.top = self.most

    def above(self, floor: int) -> Layout | None:
        """The candidates of routes that may earn more than a floor, ready to be searched; None if there is no such."""
        if self.worth is not None:
            kept = self.rows[self.worth > floor]
            if not len(kept):
                return None
            if self.layout is None or len(kept) != len(self.layout.mine):
                layout = Layout(self.duties, kept, self.prizes)
                self.layout, self.top = layout, layout.prepare(self.cuts, self.grown, self.alarm)
        return self.layout if self.top > floor else None
