"""
Learning as an office meets it: a card, what it would have gained, how sure it is, and whether it may stand.

The default card stays when the history is too small, when too few later windows can judge the learned one, or when it
did not do better than the default, by more than the error, in the windows that it had not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.learning.backtest import Backtest, backtest
from planner.learning.fit import (
    LEAST_FOUND,
    LEAST_VISITS,
    Chance,
    Spread,
    chance,
    enough,
    fit,
    lessons,
    stability,
    window_days,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.geo import IntArray
    from planner.learning.card import Card
    from planner.learning.history import History
    from planner.plan import Term


JUDGED_WINDOWS = 2
"""Fewer windows that a card had not seen tell nothing of the error."""


@dataclass(frozen=True)
class Learnt:
    """What a history before a day teaches."""

    until: int
    """An ordinal: nothing of this day or later was looked at."""
    visits: int
    found: int
    """The lessons: visits in the windows that taught, and those with a finding."""
    card: Card | None
    chance: Chance | None
    spread: Mapping[Term, Spread]
    judged: Backtest
    """Windows that the card of each had not seen."""

    @property
    def refusal(self) -> tuple[str, str] | None:
        """Why the default card stays, in English and Chinese; None: the learned card may stand."""
        if self.card is None:
            english = (
                f"the history is too small: {self.visits} visits teach, {self.found} of them with a finding; it takes "
                f"{LEAST_VISITS} visits, {LEAST_FOUND} of them with and {LEAST_FOUND} without a finding"
            )
            chinese = (
                f"历史太少:可学检查 {self.visits} 次,其中检出 {self.found} 次;至少需 {LEAST_VISITS} 次,"
                f"且检出与未检出各 {LEAST_FOUND} 次"
            )
            return english, chinese
        if sum(window.learned for window in self.judged.windows) < JUDGED_WINDOWS:
            return (
                f"the history is too short: it takes {JUDGED_WINDOWS} later windows to judge a learned card by",
                f"历史太短:检验学习积分卡至少需 {JUDGED_WINDOWS} 个后续时段",
            )
        gained = self.judged.total("learned").days - self.judged.total("default").days
        if not self.card.lines or gained <= self.judged.error("learned", "default"):
            return (
                "in the windows not seen, the learned card is ahead of the default one by less than the error",
                "在未参与学习的时段,学习所得优于默认积分卡的幅度未超过误差",
            )
        return None


def learn(history: History, until: int, default: Card, *, samples: int = 20, seed: int = 0) -> Learnt:
    """
    Learn from the history before a day.

    Parameters
    ----------
    until
        An ordinal; nothing of this day or later is looked at.
    default
        The card to do better than.
    samples
        Of the bootstrap that tells how sure the points are.
    """
    past = history.until(until)
    length = window_days(past, until)
    taught = lessons(past, until, length)
    judged = backtest(past, default, length)
    card = fit(taught) if enough(taught.found) else None
    return Learnt(
        until,
        len(taught.found),
        int(taught.found.sum()),
        card,
        chance(taught, card) if card and card.lines else None,
        stability(taught, samples=samples, seed=seed) if card else {},
        judged,
    )


@dataclass(frozen=True)
class Coverage:
    """How often a scenario or a district is visited, beside its share of the findings."""

    name: str
    places: int
    never: int
    """Places without any visit."""
    visits: int
    found: int
    visits_share: float
    found_share: float


def coverage(history: History, group: IntArray, names: Sequence[str]) -> tuple[Coverage, ...]:
    """Every scenario or district, the one visited least beside its findings first."""
    checks = history.movable
    visited = np.zeros(len(history.ids), bool)
    visited[history.place] = True
    of = group[history.place]
    all_visits, all_found = max(1, int(checks.sum())), max(1, int((checks & history.found).sum()))
    rows = []
    for k, name in enumerate(names):
        visits, found = int((checks & (of == k)).sum()), int((checks & history.found & (of == k)).sum())
        mine = group == k
        rows.append(
            Coverage(
                name,
                int(mine.sum()),
                int((mine & ~visited).sum()),
                visits,
                found,
                visits / all_visits,
                found / all_found,
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.visits_share - row.found_share, row.name)))
