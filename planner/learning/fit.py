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
    from planner.plan import Term

WINDOW = 60
"""Days for which a score is frozen; shorter in a history that is shorter than ten of them."""
SHORTEST = 14
LONGEST = 180
JUDGED_VISITS = 300
"""Windows with fewer visits judge no card; where visits are few, windows are made long enough for so many."""
FIRST_DAYS = 30
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
SAMPLED = 500
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


def window_days(history: History, until: int) -> int:
    """How long windows are when nobody says."""
    span = until - int(history.day[0]) if len(history.day) else 0
    checks = max(1, int(history.movable.sum()))
    usual = min(WINDOW, max(SHORTEST, span // 10))
    return max(usual, min(LONGEST, math.ceil(1.2 * JUDGED_VISITS * span / checks)))


def starts(history: History, until: int, length: int) -> tuple[int, ...]:
    """The first days of the windows before a day, the last one ending there."""
    first = int(history.day[0]) if len(history.day) else until
    return tuple(range(until - length, first + FIRST_DAYS - 1, -length))[::-1]


def window_steps(history: History, start: int, places: IntArray) -> IntArray:
    """The steps that some places had climbed on a day, by candidate, shape (places, candidates)."""
    known = Known.on(history, start, places)
    return np.column_stack([climbed(c.values(known)[places], c.steps) for c in CANDIDATES])


def lessons(history: History, until: int, length: int) -> Lessons:
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


def fit(taught: Lessons) -> Card:
    """
    The card that the lessons teach.

    Visits are weighted against the office's own habit: those in a tenth of the scores that is visited twice as often
    as the others count half as much.
    """
    once = np.ones(len(taught.found))
    first = regression(taught.steps, taught.found, once, PENALTY)
    return _card(regression(taught.steps, taught.found, correction(taught, first.weights), PENALTY, first))


def _card(found: Regression) -> Card:
    points = np.rint(found.weights * POINTS_PER_DOUBLING / math.log(2)).astype(int)
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
    each: FloatArray = inverse[here]
    return each / float(each.mean())


@dataclass(frozen=True)
class Chance:
    """How likely a visit to a place of some score finds a violation: a logistic curve."""

    intercept: float
    per_point: float

    def of(self, scores: IntArray) -> FloatArray:
        """Between 0 and 1, one for each score."""
        chances: FloatArray = 1 / (1 + np.exp(-(self.intercept + self.per_point * scores)))
        return chances


def chance(taught: Lessons, card: Card) -> Chance:
    """The curve through the lessons' visits, as many as were made at each score."""
    scores = card_scores(card, taught.steps)
    curve = regression(scores[:, None], taught.found, np.ones(len(scores)), 0.0)
    return Chance(curve.intercept, float(curve.weights[0]))


def card_scores(card: Card, steps: IntArray) -> IntArray:
    """The scores of a learned card from the steps climbed, shape (visits,)."""
    points = {line.term: line.points for line in card.lines}
    scores: IntArray = steps @ np.array([points.get(c.term, 0) for c in CANDIDATES], np.int64)
    return scores


@dataclass(frozen=True)
class Spread:
    """The points of one term over samples of the history: the middle 80 %, and how often it had any."""

    low: float
    high: float
    share: float


def stability(taught: Lessons, *, samples: int = 20, seed: int = 0) -> dict[Term, Spread]:
    """
    How much a card would differ had other places been visited: bootstrap over places.

    References
    ----------
    Efron, Tibshirani: An Introduction to the Bootstrap (1993), chapter 8: whole clusters are drawn.
    """
    dice = np.random.default_rng(seed)
    places, of = np.unique(taught.place, return_inverse=True)
    first = regression(taught.steps, taught.found, np.ones(len(taught.found)), PENALTY)
    corrected = correction(taught, first.weights)
    rows = []
    for _ in range(samples):
        drawn = np.bincount(dice.integers(len(places), size=len(places)), minlength=len(places))
        card = _card(regression(taught.steps, taught.found, corrected * drawn[of], PENALTY, first))
        points = {line.term: line.points for line in card.lines}
        rows.append([points.get(c.term, 0) for c in CANDIDATES])
    table = np.array(rows)
    low, high = np.quantile(table, [0.1, 0.9], axis=0)
    return {
        c.term: Spread(float(low[k]), float(high[k]), float((table[:, k] > 0).mean())) for k, c in enumerate(CANDIDATES)
    }


@dataclass(frozen=True, eq=False)
class Regression:
    """Log-odds: the intercept, and a weight for each step of each term, none of them negative."""

    intercept: float
    weights: FloatArray


def regression(
    steps: IntArray, found: BoolArray, each: FloatArray, penalty: float, near: Regression | None = None
) -> Regression:
    """
    A logistic regression with an L2 penalty and without negative weights.

    Each term is measured in its own standard deviations, so that the penalty does not depend on how many steps it has.

    Parameters
    ----------
    each
        How much each visit counts.
    near
        Where to start to look.
    """
    from scipy.optimize import minimize  # noqa: PLC0415  (slow to import, and most verbs do without)

    mean, spread = steps.mean(axis=0), steps.std(axis=0)
    used = np.flatnonzero(spread > 0)
    counted = np.flatnonzero(each > 0)
    x = np.column_stack([np.ones(len(counted)), (steps[np.ix_(counted, used)] - mean[used]) / spread[used]])
    y, times = found[counted].astype(float), each[counted]
    shrink = np.r_[0.0, np.full(len(used), penalty)]

    def loss(b: FloatArray) -> tuple[float, FloatArray]:
        z = x @ b
        small = np.exp(-np.abs(z))
        value = times @ (np.log1p(small) + np.maximum(z, 0.0) - y * z) + 0.5 * shrink @ b**2
        share = np.where(z >= 0, 1.0, small) / (1 + small)
        return float(value), x.T @ (times * (share - y)) + shrink * b

    if near is None:
        base = float(np.clip(np.average(y, weights=times), 1e-6, 1 - 1e-6))
        start = np.r_[math.log(base / (1 - base)), np.zeros(len(used))]
    else:
        start = np.r_[near.intercept + near.weights @ mean, near.weights[used] * spread[used]]
    bounds = [(None, None), *[(0.0, None)] * len(used)]
    best = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    weights = np.zeros(steps.shape[1])
    weights[used] = best[1:] / spread[used]
    return Regression(float(best[0] - weights @ mean), weights)
