"""What was known on a day: decayed counts and rates of places, and of the company that a place keeps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from planner.learning.history import NEVER

if TYPE_CHECKING:
    from planner.geo import BoolArray, FloatArray, IntArray
    from planner.learning.history import History

LONG = 1000.0
YEAR = 365.0
QUARTER = 90.0
MONTH = 30.0
"""Half-lives, days: after so long a visit counts half as much."""
OWN_PRIOR = 0.3
"""Visits that the expected rate counts for beside a place's own: few, as one visit already says much."""
GROUP_PRIOR = 10.0
"""Visits that the usual rate counts for beside those of a scenario or a district."""
CHAIN_PRIOR = 3.0
NEARBY_PRIOR = 2.0
MOST_NEIGHBOURS = 150
"""Places looked at around one; beyond them the weights have faded."""
FADED = 2.0**-4
"""A place that counts less than this is no neighbour any more."""
MOST_EXPECTED = 0.95
MINOR_CAP = 8
"""Minor findings of one visit counted at most."""


@dataclass(frozen=True, eq=False)
class Known:
    """The history before a day. Arrays have one value a place, shape (n,), unless they say otherwise."""

    history: History
    """Nothing in it is of the day or later."""
    day: int
    asked: IntArray
    """The places that somebody asks about, by index: only these get to know their neighbours."""

    @classmethod
    def on(cls, history: History, day: int, asked: IntArray | None = None) -> Known:
        """What was known in the morning of a day (an ordinal), with the neighbours of all places if none are named."""
        who = np.arange(len(history.ids)) if asked is None else np.unique(asked)
        return cls(history.until(day), day, who)

    @property
    def places(self) -> int:
        """How many places there are."""
        return len(self.history.ids)

    @cached_property
    def checks(self) -> IntArray:
        """The visits that the office chose to make, by index: neither leads nor follow-ups."""
        return np.flatnonzero(self.history.movable)

    @cached_property
    def others(self) -> IntArray:
        """The other visits, by index."""
        return np.flatnonzero(~self.history.movable)

    @cached_property
    def ages(self) -> FloatArray:
        """Days since each visit, shape (m,)."""
        return (self.day - self.history.day).astype(float)

    @cached_property
    def minor(self) -> FloatArray:
        """Minor findings of each visit, capped, shape (m,)."""
        return np.minimum(self.history.minor, MINOR_CAP).astype(float)

    def summed(self, visits: IntArray, values: FloatArray | BoolArray | None, half_life: float) -> FloatArray:
        """The decayed sum over visits of a value that each visit has, shape (m,); of 1 if it is None."""
        weights = np.exp2(-self.ages[visits] / half_life)
        if values is not None:
            weights = weights * values[visits]
        sums: FloatArray = np.bincount(self.history.place[visits], weights, self.places).astype(float)
        return sums

    @cached_property
    def usual(self) -> FloatArray:
        """
        The share of checks that found something, recent ones counting more; between 0 and 1, never either.

        Of all other places than each: what is found at a place never makes the others' usual look better for it.
        """
        return self._mean(self.history.found)

    @cached_property
    def usual_serious(self) -> FloatArray:
        """The same of serious findings."""
        return self._mean(self.history.serious)

    @cached_property
    def usual_minor(self) -> FloatArray:
        """The same of minor findings, how many a check; never 0."""
        return self._mean(self.minor)

    def _mean(self, values: FloatArray | BoolArray) -> FloatArray:
        n, found = self.summed(self.checks, None, LONG), self.summed(self.checks, values, LONG)
        others, theirs = np.maximum(n.sum() - n, 0.0), np.maximum(found.sum() - found, 0.0)
        mean: FloatArray = (theirs + 0.5) / (others + 1.0)
        return mean

    @cached_property
    def scenario_rate(self) -> FloatArray:
        """The rate of a place's scenario."""
        return self._group(self.history.scenario, LONG)

    def district_lately(self, half_life: float) -> FloatArray:
        """The rate of a place's district."""
        return self._group(self.history.district, half_life)

    @cached_property
    def expected(self) -> FloatArray:
        """What one expects of a place that nobody has visited: by its scenario and its district."""
        rates = self.scenario_rate * self._group(self.history.district, LONG) / self.usual
        return np.minimum(rates, MOST_EXPECTED)

    def _group(self, group: IntArray, half_life: float) -> FloatArray:
        """
        The smoothed rate of each place's group.

        A place counts once at most, however often it was visited, so that those which are visited often because they
        scored high do not speak for the others.
        """
        n = self.summed(self.checks, None, half_life)
        found = self.summed(self.checks, self.history.found, half_life)
        once = 1 / np.maximum(n, 1.0)
        known = group >= 0
        size = int(group.max(initial=0)) + 1
        total = np.bincount(group[known], (n * once)[known], size)
        hits = np.bincount(group[known], (found * once)[known], size)
        rates = (hits[group] + GROUP_PRIOR * self.usual) / (total[group] + GROUP_PRIOR)
        return np.where(known, rates, self.usual)

    def own_rate(self, half_life: float) -> FloatArray:
        """The share of a place's own checks that found something, smoothed towards what one expects of it."""
        return self._own(self.history.found, self.expected, half_life)

    def own_serious(self, half_life: float) -> FloatArray:
        """The share of a place's own checks with a serious finding, smoothed."""
        return self._own(self.history.serious, self.usual_serious, half_life)

    def own_minor(self, half_life: float) -> FloatArray:
        """Minor findings a check, smoothed."""
        return self._own(self.minor, self.usual_minor, half_life)

    def _own(self, values: FloatArray | BoolArray, prior: FloatArray, half_life: float) -> FloatArray:
        found = self.summed(self.checks, values, half_life)
        return (found + OWN_PRIOR * prior) / (self.summed(self.checks, None, half_life) + OWN_PRIOR)

    @cached_property
    def last(self) -> IntArray:
        """The last check of each place, by index; -1: none."""
        last = np.full(self.places, -1, np.int64)
        last[self.history.place[self.checks]] = self.checks  # oldest first: the last one stays
        return last

    def at_last(self, values: FloatArray | BoolArray, otherwise: FloatArray | float) -> FloatArray:
        """The value of each place's last check; ``otherwise`` without one."""
        found: FloatArray = np.zeros(self.places) + otherwise
        checked = self.last >= 0
        found[checked] = values[self.last[checked]]
        return found

    @cached_property
    def waiting(self) -> FloatArray:
        """Days since the last visit of any kind; without one, since the history began."""
        days = np.full(self.places, float(self.ages.max(initial=0.0)))
        days[self.history.place] = self.ages
        return days

    def elsewhere(self) -> FloatArray:
        """The smoothed rate at the other places of the same operator."""
        return self._elsewhere(self.history.found, self.usual)

    def elsewhere_minor(self) -> FloatArray:
        """Minor findings a check at the other places of the same operator, smoothed."""
        return self._elsewhere(self.minor, self.usual_minor)

    def _elsewhere(self, values: FloatArray | BoolArray, usual: FloatArray) -> FloatArray:
        n, hits = self.summed(self.checks, None, LONG), self.summed(self.checks, values, LONG)
        operator = self.history.operator
        total, sums = np.bincount(operator, n), np.bincount(operator, hits)
        others, theirs = np.maximum(total[operator] - n, 0.0), np.maximum(sums[operator] - hits, 0.0)
        return (theirs + CHAIN_PRIOR * usual) / (others + CHAIN_PRIOR)

    def nearby(self, metres: float, half_life: float) -> FloatArray:
        """
        The smoothed rate of the other places around each, fading with distance (to 1/e) and with time (by half).

        A place that nobody can locate, or that nobody asked about, has the usual rate.
        """
        from scipy.spatial import cKDTree  # noqa: PLC0415  (slow to import, and most verbs do without)

        n = self.summed(self.checks, None, half_life)
        hits = self.summed(self.checks, self.history.found, half_life)
        located: BoolArray = ~np.isnan(self.history.metres[:, 0])
        there = np.flatnonzero(located & (n > FADED))
        here = self.asked[located[self.asked]]
        rates = self.usual.copy()
        if not (len(there) and len(here)):
            return rates
        most = min(MOST_NEIGHBOURS, len(there))
        far, which = cKDTree(self.history.metres[there]).query(self.history.metres[here], k=[*range(1, most + 1)])
        other = there[which]
        weights = np.exp(-far / metres) * np.not_equal(other, here[:, None])
        total, sums = (weights * n[other]).sum(axis=1), (weights * hits[other]).sum(axis=1)
        rates[here] = (sums + NEARBY_PRIOR * self.usual[here]) / (total + NEARBY_PRIOR)
        return rates

    def leads(self) -> FloatArray:
        """Complaints that a visit confirmed, fading by a year's half-life."""
        return self.summed(np.flatnonzero(self.history.lead & self.history.found), None, YEAR)

    def followed_up(self) -> FloatArray:
        """Visits that were no checks, fading by a year's half-life."""
        return self.summed(self.others, None, YEAR)

    def found_otherwise(self) -> FloatArray:
        """Visits that were no checks and found something, fading by a year's half-life."""
        return self.summed(self.others, self.history.found, YEAR)

    @cached_property
    def still_open(self) -> IntArray:
        """The findings that were not verified as rectified, by index."""
        return np.flatnonzero(self.history.open_until == NEVER)

    def rung(self) -> FloatArray:
        """The highest rung of the ladder of actions among a place's open findings, from 1; 0 without any."""
        rungs = np.zeros(self.places)
        np.maximum.at(rungs, self.history.open_place[self.still_open], self.history.open_rung[self.still_open] + 1.0)
        return rungs

    def overdue(self) -> FloatArray:
        """Days since the earliest deadline that passed without the rectification being verified."""
        days = np.zeros(self.places)
        late = (self.day - self.history.open_by[self.still_open]).astype(float)
        np.maximum.at(days, self.history.open_place[self.still_open], late)
        return days
