"""
Learning a card: a logistic regression without negative weights, rounded to whole points.

The history is cut into windows. What was known at a window's start stands beside what its visits found; nothing
later is looked at. Weights below zero are not allowed, so a worse record never lowers a score.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.learning.card import MOST_LINES, POINTS_PER_DOUBLING, Card, Line
from planner.learning.known import Known
from planner.learning.terms import CANDIDATES, climbed

if TYPE_CHECKING:
    from planner.geo import BoolArray, FloatArray, IntArray
    from planner.learning.history import History

WINDOW = 60
"""Days for which a score is frozen."""
FIRST_DAYS = 60
"""Days of history before the first window that teaches."""
PENALTY = 20.0
"""Of half the squared weights, in units of one standard deviation of a term; the same for every history."""
LEAST_VISITS = 500
LEAST_FOUND = 50
"""Fewer visits, or fewer that found something, teach no card."""
BANDS = 10
"""Tenths of the score in which the chance to be visited is counted."""
MOST_CORRECTION = 3.0
"""No visit counts more than this, or less than its inverse."""
SAMPLED = 1500
"""Places not visited in a window that stand for all of them there."""


@dataclass(frozen=True, eq=False)
class Lessons:
    """Visits of many windows: the steps climbed by each place at its window's start, and what was found."""

    length: int
    """Days of a window."""
    steps: IntArray
    """Shape (visits, candidates)."""
    found: BoolArray
    place: IntArray
    window: IntArray
    """The ordinal of the window's first day."""
    unvisited: IntArray
    """Steps of sampled places that were not visited in a window, shape (sampled, candidates)."""
    stands_for: FloatArray
    """How many places each of the sampled ones stands for."""

    unvisited_window: IntArray
    """The ordinal of the first day of the window of each of them."""

    def before(self, day: int) -> Lessons:
        """Those of windows that had ended by a day."""
        kept, others = self.window + self.length <= day, self.unvisited_window + self.length <= day
        return Lessons(
            self.length,
            self.steps[kept],
            self.found[kept],
            self.place[kept],
            self.window[kept],
            self.unvisited[others],
            self.stands_for[others],
            self.unvisited_window[others],
        )


def starts(history: History, until: int, length: int = WINDOW) -> tuple[int, ...]:
    """The first days of the windows before a day, the last one ending there."""
    first = int(history.day[0]) if len(history.day) else until
    return tuple(range(until - length, first + FIRST_DAYS - 1, -length))[::-1]


def window_steps(history: History, start: int, places: IntArray) -> IntArray:
    """The steps that some places had climbed on a day, by candidate, shape (places, candidates)."""
    known = Known.on(history, start, places)
    return np.column_stack([climbed(c.values(known)[places], c.steps) for c in CANDIDATES])


def lessons(history: History, until: int, length: int = WINDOW) -> Lessons:
    """What the windows before a day teach; each looks only at what was known at its own start."""
    parts = [_lesson(history, start, length) for start in starts(history, until, length)]
    return Lessons(
        length,
        steps=np.concatenate([part.steps for part in parts] or [np.empty((0, len(CANDIDATES)), np.int64)]),
        found=np.concatenate([part.found for part in parts] or [np.empty(0, bool)]),
        place=np.concatenate([part.place for part in parts] or [np.empty(0, np.int64)]),
        window=np.concatenate([part.window for part in parts] or [np.empty(0, np.int64)]),
        unvisited=np.concatenate([part.unvisited for part in parts] or [np.empty((0, len(CANDIDATES)), np.int64)]),
        stands_for=np.concatenate([part.stands_for for part in parts] or [np.empty(0)]),
        unvisited_window=np.concatenate([part.unvisited_window for part in parts] or [np.empty(0, np.int64)]),
    )


def _lesson(history: History, start: int, length: int) -> Lessons:
    visits = history.window(start, length)
    visited = history.place[visits]
    seen = np.unique(history.place[history.day < start + length])
    rest = np.setdiff1d(seen, visited)
    sampled = np.random.default_rng(start).permutation(rest)[:SAMPLED]
    steps = window_steps(history, start, np.concatenate([visited, sampled]))
    return Lessons(
        length,
        steps=steps[: len(visits)],
        found=history.found[visits],
        place=visited,
        window=np.full(len(visits), start),
        unvisited=steps[len(visits) :],
        stands_for=np.full(len(sampled), len(rest) / max(1, len(sampled))),
        unvisited_window=np.full(len(sampled), start),
    )


def enough(found: BoolArray) -> bool:
    """Whether so many visits, and so many with findings, can teach a card."""
    return len(found) >= LEAST_VISITS and LEAST_FOUND <= int(found.sum()) <= len(found) - LEAST_FOUND


def fit(taught: Lessons, weights: FloatArray | None = None) -> Card:
    """
    The card that the lessons teach.

    Visits are weighted against the office's own habit: those in a tenth of the scores that is visited twice as often
    as the others count half as much.

    Parameters
    ----------
    weights
        How often each visit counts; once if not given.
    """
    each = np.ones(len(taught.found)) if weights is None else weights
    first = weights_of(taught.steps, taught.found, each)
    corrected = weights_of(taught.steps, taught.found, each * correction(taught, first))
    points = np.rint(corrected * POINTS_PER_DOUBLING / math.log(2)).astype(int)
    lines = [Line(c.term, int(p), c.steps) for c, p in zip(CANDIDATES, points, strict=True) if p > 0]
    return Card(tuple(lines[:MOST_LINES]))


def correction(taught: Lessons, weights: FloatArray) -> FloatArray:
    """The inverse of how likely a place of such a score was to be visited, by tenths of the score; mean about 1."""
    visited, others = taught.steps @ weights, taught.unvisited @ weights
    if not len(others):
        return np.ones(len(visited))
    edges = np.quantile(visited, np.linspace(0, 1, BANDS + 1)[1:-1])
    here, there = np.searchsorted(edges, visited, side="right"), np.searchsorted(edges, others, side="right")
    seen = np.bincount(here, minlength=BANDS)
    missed = np.bincount(there, taught.stands_for, BANDS)
    share = seen / np.maximum(seen + missed, 1.0)
    overall = seen.sum() / (seen.sum() + missed.sum())
    inverse = np.clip(overall / np.maximum(share, 1e-9), 1 / MOST_CORRECTION, MOST_CORRECTION)
    each = inverse[here]
    return each / each.mean()


def weights_of(steps: IntArray, found: BoolArray, each: FloatArray) -> FloatArray:
    """
    The non-negative weights of a logistic regression with an L2 penalty, in log-odds a step.

    Each term is measured in its own standard deviations, so that the penalty does not depend on how many steps it has.
    """
    from scipy.optimize import minimize  # noqa: PLC0415  (slow to import, and most verbs do without)

    spread = steps.std(axis=0)
    used = np.flatnonzero(spread > 0)
    scaled = (steps[:, used] - steps[:, used].mean(axis=0)) / spread[used]
    x = np.column_stack([np.ones(len(found)), scaled])
    y = found.astype(float)
    shrink = np.r_[0.0, np.full(len(used), PENALTY)]

    def loss(b: FloatArray) -> tuple[float, FloatArray]:
        z = x @ b
        value = each @ (np.logaddexp(0.0, z) - y * z) + 0.5 * shrink @ b**2
        slope = x.T @ (each * (1 / (1 + np.exp(-z)) - y)) + shrink * b
        return float(value), slope

    base = float(np.clip(np.average(y, weights=each), 1e-6, 1 - 1e-6))
    start = np.r_[math.log(base / (1 - base)), np.zeros(len(used))]
    bounds = [(None, None), *[(0.0, None)] * len(used)]
    found_at = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    weights = np.zeros(steps.shape[1])
    weights[used] = found_at[1:] / spread[used]
    return weights
