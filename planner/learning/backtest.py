"""
How many days earlier a score would have found what the visits of a window found.

A score is frozen at a window's start. The same visits are made on the same dates, dealt out again in the order of
the score; among equals every order is as likely, and the figures are the exact means over all of them. What cannot
be seen: what the visits never made would have found, and whether a violation was already there on the earlier day.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.learning.fit import JUDGED_VISITS, chance, enough, fit, lessons, window_days
from planner.learning.known import Known

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.geo import BoolArray, FloatArray, IntArray
    from planner.learning.card import Card
    from planner.learning.history import History

WARM_UP = 365
"""Days of history before the first window; half the history where that is less than twice as long."""
LEAST_FOUND = 10
"""Windows with fewer findings, or too few visits, are left out, and counted."""
ORDERS = ("chance", "default", "learned", "oracle")


@dataclass(frozen=True)
class Gain:
    """What an order would have gained in a window, or over several."""

    days: float
    """Earlier, on average over the findings; negative: later."""
    first_half: float
    """Share of the findings that the first half of the visits would have found."""


@dataclass(frozen=True)
class Window:
    """One window: what each order would have gained there."""

    start: int
    """The ordinal of its first day."""
    visits: int
    found: int
    learned: bool
    """Whether the history before it taught a card; else the default one stands in."""
    gains: Mapping[str, Gain]


@dataclass(frozen=True)
class Group:
    """A scenario or a district: its findings in all windows, and how much earlier the card in use finds them."""

    name: str
    visits: int
    found: int
    days: float


@dataclass(frozen=True)
class Band:
    """Visits to which a card gave about the same chance before they were made, and how many found something."""

    visits: int
    expected: float
    observed: float


@dataclass(frozen=True)
class Backtest:
    """All windows, and their sum."""

    length: int
    windows: tuple[Window, ...]
    left_out: int
    """Windows with too few visits or findings."""
    by_scenario: tuple[Group, ...]
    by_district: tuple[Group, ...]
    calibration: tuple[Band, ...] = ()
    """Of the windows that had a learned card, in tenths of the chance, lowest first."""

    @property
    def found(self) -> int:
        """Findings in all windows."""
        return sum(window.found for window in self.windows)

    def total(self, order: str) -> Gain:
        """The mean over all findings of all windows."""
        rows = [(window.found, window.gains[order]) for window in self.windows]
        all_ = max(1, self.found)
        days = sum(found * gain.days for found, gain in rows) / all_
        return Gain(days, sum(found * gain.first_half for found, gain in rows) / all_)

    def error(self, order: str, against: str | None = None) -> float:
        """The standard error of the days over windows, or of the difference of two orders; NaN for one window."""
        days = [window.gains[order].days - (window.gains[against].days if against else 0.0) for window in self.windows]
        return float(np.std(days, ddof=1) / math.sqrt(len(days))) if len(days) > 1 else math.nan


def earlier(score: FloatArray | IntArray, days: IntArray) -> tuple[FloatArray, FloatArray]:
    """
    How many days earlier each visit would be made in the order of its score, and how likely it is in the first half.

    Both are exact means over all orders of equals.

    Parameters
    ----------
    score
        Highest first, shape (visits,).
    days
        When each visit was made, as an ordinal, shape (visits,).
    """
    dates = np.sort(days).astype(float)
    order = np.argsort(-np.asarray(score, float), kind="stable")
    ranked = np.asarray(score, float)[order]
    first = np.r_[0, np.flatnonzero(np.diff(ranked)) + 1]
    block = np.cumsum(np.isin(np.arange(len(ranked)), first)) - 1
    size = np.bincount(block)
    half = len(dates) / 2
    early = np.clip(half - np.arange(len(dates)), 0.0, 1.0)
    moved, share = np.empty(len(dates)), np.empty(len(dates))
    moved[order] = (np.bincount(block, dates) / size)[block]
    share[order] = (np.bincount(block, early) / size)[block]
    return days - moved, share


def backtest(history: History, default: Card, length: int | None = None, *, given: Card | None = None) -> Backtest:
    """
    Ask every window of a history.

    Parameters
    ----------
    default
        The card that stays where nothing can be learned.
    length
        Days of a window; by the length of the history if not given.
    given
        A card to ask about; without one each window gets the card that the history before it teaches.
    """
    if not len(history.day):
        return Backtest(length or 0, (), 0, (), ())
    first, end = int(history.day[0]), int(history.day[-1]) + 1
    length = length or window_days(history, end)
    warm_up = min(WARM_UP, (end - first) // 2)
    windows: list[Window] = []
    parts: list[tuple[IntArray, FloatArray]] = []
    left_out = 0
    days_asked = range(first + warm_up, end, length)
    taught = None if given else lessons(history, days_asked[-1], length)
    forecasts: list[tuple[FloatArray, BoolArray]] = []
    for start in days_asked:
        visits = history.window(start, length)
        found = history.found[visits]
        if len(visits) < JUDGED_VISITS or int(found.sum()) < LEAST_FOUND:
            left_out += 1
            continue
        card = given
        if taught is not None and enough((before := taught.before(start)).found):
            card = fit(before)
            scores = card.scores(Known.on(history, start, history.place[visits]))[history.place[visits]]
            forecasts.append((chance(before, card).of(scores), found))
        window, days = _window(history, start, visits, default, card)
        windows.append(window)
        parts.append((visits, days))
    return Backtest(
        length,
        tuple(windows),
        left_out,
        _groups(history, parts, history.scenario, history.scenarios),
        _groups(history, parts, history.district, history.districts),
        _bands(forecasts),
    )


def _bands(forecasts: Sequence[tuple[FloatArray, BoolArray]]) -> tuple[Band, ...]:
    if not forecasts:
        return ()
    expected, found = (np.concatenate([pair[k] for pair in forecasts]) for k in (0, 1))
    tenths = np.array_split(np.argsort(expected, kind="stable"), 10)
    return tuple(Band(len(t), float(expected[t].mean()), float(found[t].mean())) for t in tenths if len(t))


def _window(
    history: History, start: int, visits: IntArray, default: Card, card: Card | None
) -> tuple[Window, FloatArray]:
    places, days, found = history.place[visits], history.day[visits], history.found[visits]
    known = Known.on(history, start, places)
    usual = default.scores(known)[places]
    learned = usual if card is None else card.scores(known)[places]
    scores = {"chance": np.zeros(len(visits)), "default": usual, "learned": learned, "oracle": found.astype(float)}
    moved = {order: earlier(score, days) for order, score in scores.items()}
    gains = {order: Gain(float(d[found].mean()), float(half[found].mean())) for order, (d, half) in moved.items()}
    return Window(start, len(visits), int(found.sum()), card is not None, gains), moved["learned"][0]


def _groups(
    history: History, parts: Sequence[tuple[IntArray, FloatArray]], group: IntArray, names: Sequence[str]
) -> tuple[Group, ...]:
    """By scenario or district, most findings first."""
    if not parts or not names:
        return ()
    visits, days = np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    of, found = group[history.place[visits]], history.found[visits]
    rows = []
    for k, name in enumerate(names):
        mine = of == k
        hits = mine & found
        if hits.any():
            rows.append(Group(name, int(mine.sum()), int(hits.sum()), float(days[hits].mean())))
    return tuple(sorted(rows, key=lambda row: (-row.found, row.name)))
