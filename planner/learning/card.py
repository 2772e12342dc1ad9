"""
A card: whole points for each step that a place's record has climbed, added up, read aloud, checked by hand.

``score = Σ points × steps climbed``. Twenty points more double the odds that a visit finds a violation.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from planner.errors import InputError, Problem
from planner.learning.known import FADED, LONG, MONTH, QUARTER, YEAR
from planner.learning.terms import AROUND_METRES, BY_TERM, NEXT_DOOR_METRES, climbed
from planner.plan import Reason, Term

if TYPE_CHECKING:
    from planner.geo import BoolArray, FloatArray, IntArray
    from planner.learning.known import Known
    from planner.policy import CardPolicy

POINTS_PER_DOUBLING = 20
MOST_LINES = 20
MOST_RECORDS = 5
"""Records named behind a line: the newest ones, and how many there are in all."""


@dataclass(frozen=True)
class Line:
    """One line: so many points for each of the ascending steps that the term's value has reached."""

    term: Term
    points: int
    steps: tuple[float, ...]


@dataclass(frozen=True)
class Card:
    """The lines; a place's score is their sum."""

    lines: tuple[Line, ...]

    @classmethod
    def of(cls, policy: CardPolicy, *, file: str = "data/policy.toml") -> Card:
        """
        The card in a policy.

        Raises
        ------
        InputError
            A line names no term that a card may have, or one twice.
        """
        problems: list[Problem] = []
        lines: list[Line] = []
        known = {term.value: term for term in BY_TERM}
        for k, line in enumerate(policy.lines):
            where = f"card.lines.{k}.term"
            if line.term not in known:
                text = f"{line.term!r} is not one of {', '.join(known)}"
                problems.append(Problem(file, 0, where, text, "积分卡没有此项"))
            elif known[line.term] in {earlier.term for earlier in lines}:
                problems.append(Problem(file, 0, where, f"{line.term!r} stands on two lines", "积分卡此项重复"))
            else:
                lines.append(Line(known[line.term], line.points, line.steps))
        if problems:
            raise InputError(problems)
        return cls(tuple(lines))

    @property
    def fingerprint(self) -> str:
        """A sha256 over the lines, in any order."""
        rows = sorted([line.term.value, line.points, list(line.steps)] for line in self.lines)
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()

    def scores(self, known: Known) -> IntArray:
        """The score of each place, shape (n,)."""
        return Scores(self, known).total


@dataclass(frozen=True, eq=False)
class Scores:
    """What a card says about the places of which something is known."""

    card: Card
    known: Known

    @cached_property
    def columns(self) -> tuple[tuple[Line, FloatArray, IntArray], ...]:
        """Each line with the value and the steps climbed of each place, shapes (n,)."""
        values = [BY_TERM[line.term].values(self.known) for line in self.card.lines]
        return tuple((line, v, climbed(v, line.steps)) for line, v in zip(self.card.lines, values, strict=True))

    @cached_property
    def total(self) -> IntArray:
        """The score of each place, shape (n,)."""
        total: IntArray = np.zeros(self.known.places, np.int64)
        for line, _, steps in self.columns:
            total += line.points * steps
        return total

    def reasons(self, place: int) -> tuple[Reason, ...]:
        """The lines that give a place points, with the records behind them; they add up to its score."""
        return tuple(
            Reason(
                line.term,
                int(line.points * steps[place]),
                f"{steps[place]} × {line.points}: {_said(line.term, float(values[place]))}",
                records(line.term, self.known, place),
            )
            for line, values, steps in self.columns
            if line.points * steps[place]
        )


def _said(term: Term, value: float) -> str:
    unit = BY_TERM[term].unit
    number = f"{value:.2f}".rstrip("0").rstrip(".") if unit in {"", "rung"} else f"{value:.0f}"
    return f"{number}{'' if unit.startswith('%') else ' '}{unit}".rstrip()


def records(term: Term, known: Known, place: int) -> tuple[str, ...]:
    """The records that a term of a place comes from, newest first: a few ids, then ``(+n)`` for the rest."""
    history = known.history
    if term in {Term.OPEN_ACTION, Term.OVERDUE}:
        mine = known.still_open[history.open_place[known.still_open] == place]
        return _few([history.open_records[k] for k in mine[::-1]])
    visits = np.flatnonzero(_behind(term, known, place))
    return _few([history.records[k] for k in visits[::-1]])


def _few(ids: list[str]) -> tuple[str, ...]:
    more = len(ids) - MOST_RECORDS
    return (*ids[:MOST_RECORDS], *((f"(+{more})",) if more > 0 else ()))


def _behind(term: Term, known: Known, place: int) -> BoolArray:
    """Which visits a term of a place counts; of other places only those that found something."""
    history = known.history
    own: BoolArray = history.place == place
    movable, found = history.movable, history.found
    if term is Term.WAITING or term in {Term.LAST_FOUND, Term.LAST_MINOR}:
        mine = np.flatnonzero(own & (movable | (term is Term.WAITING)))
        last: BoolArray = np.zeros(len(own), bool)
        last[mine[-1:]] = True
        return last
    simple: dict[Term, BoolArray] = {
        Term.CONFIRMED: own & history.lead & found,
        Term.FOLLOWED_UP: own & ~movable,
        Term.FOUND_OTHERWISE: own & ~movable & found,
    }
    if term in simple:
        return simple[term]
    groups = {
        Term.OPERATOR: (history.operator, LONG),
        Term.OPERATOR_MINOR: (history.operator, LONG),
        Term.SCENARIO: (history.scenario, LONG),
        Term.DISTRICT: (history.district, QUARTER),
    }
    worse: BoolArray = found if term is not Term.OPERATOR_MINOR else known.minor > 0
    if term in groups:
        group, half_life = groups[term]
        alike: BoolArray = (group[history.place] == group[place]) & (group[place] >= 0) & ~own
        return movable & worse & alike & _fresh(known, half_life)
    if term in {Term.NEXT_DOOR, Term.AROUND}:
        metres, half_life = (NEXT_DOOR_METRES, YEAR) if term is Term.NEXT_DOOR else (AROUND_METRES, MONTH)
        east, north = (history.metres[history.place] - history.metres[place]).T
        near: BoolArray = (np.hypot(east, north) <= 2 * metres) & ~own
        return movable & worse & near & _fresh(known, half_life)
    checks: BoolArray = own & movable
    return checks


def _fresh(known: Known, half_life: float) -> BoolArray:
    fresh: BoolArray = np.exp2(-known.ages / half_life) > FADED
    return fresh
