"""
The prices of change: what it costs to move what was published, in the points of priorities.

Of each visit that was published and has not begun there are several candidates instead of one: at its own time and
team, at another time, with another team, on another day. Each is worth its priority and, beyond it, what the policy
asks for the changes that it avoids. So the solvers' own objective trades change against priority.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.absences import is_absence
from planner.problem import NEVER, Problem

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from planner.geo import BoolArray, IntArray
    from planner.plan import Plan
    from planner.planning import Prepared
    from planner.policy import ReplanPolicy


@dataclass(frozen=True, eq=False)
class Open:
    """What is left to plan: the candidates with and without the prices of change."""

    prepared: Prepared
    """Each candidate once."""
    problem: Problem
    """With several candidates for what was published."""
    source: IntArray
    """The candidate of ``prepared`` that a candidate of ``problem`` stands for."""
    published: tuple[tuple[Choice, ...], ...]
    """For each duty its visits that have not begun, in order."""


@dataclass(frozen=True)
class Choice:
    """The candidates of a published visit on its own duty: at its time, or at another."""

    as_published: int
    moved: int


def unplanned(prepared: Prepared) -> Open:
    """A horizon of which nothing is published yet."""
    problem = prepared.problem
    return Open(prepared, problem, np.arange(len(problem.candidate_place)), tuple(() for _ in problem.duties))


def priced(prepared: Prepared, published: Plan, prices: ReplanPolicy) -> Open:
    """Several candidates for each published visit, and what each is worth beyond its priority."""
    base = prepared.problem
    at = _candidates(base)
    duty_at = {(duty.team_id, duty.day): d for d, duty in enumerate(base.duties)}
    told = {pin.lookback_id for pin in base.pins if pin.start is not None}
    rows = _Rows(base, prices)
    choices: list[list[Choice]] = [[] for _ in base.duties]
    for duty in published.duties:
        d = duty_at.get((duty.team_id, duty.day))
        if d is None:
            continue
        stays = prepared.begun[d].visits if d in prepared.begun else ()
        for visit in duty.route[len(stays) :]:
            c = at.get((visit.lookback_id, visit.enterprise_id))
            if visit.lookback_id.startswith("SC-"):  # it may have become an urgent look-back
                c = at.get(("", visit.enterprise_id), c)
            if c is not None and c not in rows.published:
                promised = base.wanted[base.candidate_wanted[c]].lookback_id in told
                choices[d].append(rows.add(c, d, visit.start, promised=promised))
    problem, source = rows.problem({f"LB-{site}" for site in prepared.changes.urgent})
    return Open(prepared, problem, source, tuple(tuple(each) for each in choices))


def _candidates(problem: Problem) -> dict[tuple[str, str], int]:
    """Candidates by look-back and enterprise; a look-back of its own also by the enterprise alone."""
    found = {}
    for c, (k, place) in enumerate(zip(problem.candidate_wanted, problem.candidate_place, strict=True)):
        wanted, site = problem.wanted[k], problem.places[place].place_id
        found[wanted.lookback_id, site] = c
        if wanted.lookback_id == f"LB-{site}":
            found["", site] = c
    return found


class _Rows:
    """Candidates as they are added to a problem."""

    def __init__(self, base: Problem, prices: ReplanPolicy) -> None:
        self.base, self.prices = base, prices
        self.published: set[int] = set()
        self.allowed = base.allowed.copy()
        free = np.array([is_absence(w.lookback_id) for w in base.wanted], bool)[base.candidate_wanted]
        self.extra = np.where(free, 0, -prices.price_added)[:, None] * np.ones((1, len(base.days)), np.int64)
        self.new: list[tuple[int, BoolArray, tuple[int, int] | None, int]] = []

    def add(self, c: int, d: int, start: int, *, promised: bool) -> Choice:
        """A published visit: at its time, at another, and with another team; what is left of it, on another day."""
        prices, base, day = self.prices, self.base, self.base.duty_day
        self.published.add(c)
        first = len(base.candidate_wanted) + len(self.new)
        here = np.zeros(len(base.duties), bool)
        here[d] = base.allowed[c, d]
        same_day = base.allowed[c] & (day == day[d]) & ~here
        time = prices.price_promised_time if promised else prices.price_time
        window = (start, start + 60 * prices.moved_minutes)
        self.new += [
            (c, here, window, prices.price_dropped),
            (c, here, None, prices.price_dropped - time),
            (c, same_day, None, prices.price_dropped - prices.price_team),
        ]
        self.allowed[c] &= day != day[d]
        self.extra[c] = prices.price_dropped - prices.price_day
        return Choice(first, first + 1)

    def problem(self, urgent: AbstractSet[str]) -> tuple[Problem, IntArray]:
        """
        The problem with all of them, and which candidate each stands for.

        Each day that an urgent visit comes later costs as much as leaving out two others.
        """
        base = self.base
        source = np.array([*range(len(base.candidate_wanted)), *(c for c, *_ in self.new)], np.int64)
        opens, closes = base.opens[:, source].copy(), base.closes[:, source].copy()
        for k, (_, _, window, _) in enumerate(self.new, len(base.candidate_wanted)):
            if window is not None:
                first, last = np.maximum(opens[:, k], window[0]), np.minimum(closes[:, k], window[1])
                opens[:, k], closes[:, k] = np.where(first <= last, first, NEVER), np.where(first <= last, last, -1)
        allowed = np.array([mask for _, mask, _, _ in self.new], bool).reshape(len(self.new), len(base.duties))
        extra = np.repeat(np.array([points for *_, points in self.new], np.int64)[:, None], len(base.days), axis=1)
        is_urgent = np.array([w.lookback_id in urgent for w in base.wanted], bool)[base.candidate_wanted[source]]
        hurry = np.outer(is_urgent, 2 * self.prices.price_dropped * np.arange(len(base.days)))
        goals = tuple(
            replace(goal, candidates=np.flatnonzero(np.isin(source, goal.candidates))) for goal in base.district_goals
        )
        problem = replace(
            base,
            candidate_wanted=base.candidate_wanted[source],
            candidate_place=base.candidate_place[source],
            seconds=base.seconds[source],
            opens=opens,
            closes=closes,
            allowed=np.concatenate([self.allowed, allowed]),
            district_goals=goals,
            extra=np.concatenate([self.extra, extra]) - hurry,
        )
        return problem, source
