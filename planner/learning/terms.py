"""
What a card may count: one term a line, and on each line the steps that a place's record has climbed.

All terms are monotone: a worse record never takes a step down. Left out although they would raise the figures: who
inspected (it measures the inspector), income or make-up of a neighbourhood (it punishes for where one is), words in
a business's name beyond the chain it belongs to, and the credit-risk class (somebody else's guess). Left out because
it taught nothing where it was tried: the age of an enterprise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from planner.learning.known import LONG, MONTH, QUARTER, YEAR
from planner.plan import Term

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.geo import FloatArray, IntArray
    from planner.learning.known import Known

Values: TypeAlias = "Callable[[Known], FloatArray]"

SHARE = (5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0)
"""Per cent of visits."""
RATIO = (30.0, 40.0, 50.0, 60.0, 75.0, 90.0, 110.0, 135.0, 165.0, 200.0, 250.0, 300.0)
"""Per cent of what is usual in the whole history, about a fifth more each step."""
DAYS = (30.0, 60.0, 90.0, 120.0, 180.0, 270.0, 365.0, 540.0, 730.0)
TIMES = (0.25, 0.5, 1.0, 2.0, 3.0)
RUNGS = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
ONCE = (1.0,)

NEXT_DOOR_METRES = 150.0
AROUND_METRES = 1500.0
"""Distances at which another place counts 1/e as much as one on the spot."""


@dataclass(frozen=True)
class Candidate:
    """A term that a card may have: where its steps are, in which unit, and its value for each place."""

    term: Term
    steps: tuple[float, ...]
    unit: str
    values: Values


def _percent(rate: Values) -> Values:
    return lambda known: 100 * rate(known)


def _of_usual(rate: Values) -> Values:
    return lambda known: 100 * rate(known) / known.usual


def _of_usual_minor(count: Values) -> Values:
    return lambda known: 100 * count(known) / known.usual_minor


CANDIDATES: tuple[Candidate, ...] = (
    Candidate(Term.FOUND_LATELY, SHARE, "%", _percent(lambda k: k.own_rate(YEAR))),
    Candidate(Term.FOUND_EVER, SHARE, "%", _percent(lambda k: k.own_rate(LONG))),
    Candidate(Term.LAST_FOUND, ONCE, "", lambda k: k.at_last(k.history.found, 0.0)),
    Candidate(Term.SERIOUS, SHARE, "%", _percent(lambda k: k.own_serious(LONG))),
    Candidate(Term.MINOR, RATIO, "% of_usual", _of_usual_minor(lambda k: k.own_minor(LONG))),
    Candidate(Term.LAST_MINOR, RATIO, "% of_usual", _of_usual_minor(lambda k: k.at_last(k.minor, k.usual_minor))),
    Candidate(Term.OPEN_ACTION, RUNGS, "rung", lambda k: k.rung()),
    Candidate(Term.OVERDUE, DAYS, "days", lambda k: k.overdue()),
    Candidate(Term.CONFIRMED, TIMES, "", lambda k: k.leads()),
    Candidate(Term.FOLLOWED_UP, TIMES, "", lambda k: k.followed_up()),
    Candidate(Term.FOUND_OTHERWISE, TIMES, "", lambda k: k.found_otherwise()),
    Candidate(Term.WAITING, DAYS, "days", lambda k: k.waiting),
    Candidate(Term.OPERATOR, RATIO, "% of_usual", _of_usual(lambda k: k.elsewhere())),
    Candidate(Term.OPERATOR_MINOR, RATIO, "% of_usual", _of_usual_minor(lambda k: k.elsewhere_minor())),
    Candidate(Term.NEXT_DOOR, RATIO, "% of_usual", _of_usual(lambda k: k.nearby(NEXT_DOOR_METRES, YEAR))),
    Candidate(Term.AROUND, RATIO, "% of_usual", _of_usual(lambda k: k.nearby(AROUND_METRES, MONTH))),
    Candidate(Term.SCENARIO, RATIO, "% of_usual", _of_usual(lambda k: k.scenario_rate)),
    Candidate(Term.DISTRICT, RATIO, "% of_usual", _of_usual(lambda k: k.district_lately(QUARTER))),
)
BY_TERM = {candidate.term: candidate for candidate in CANDIDATES}


def climbed(values: FloatArray, steps: tuple[float, ...]) -> IntArray:
    """How many of the ascending steps each value has reached."""
    return np.searchsorted(np.array(steps), values + 1e-9, side="right").astype(np.int64)
