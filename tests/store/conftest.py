"""A plan to save, and what its visits found."""

from datetime import date

import pytest
import towns

from planner.outcomes import Outcome, OutcomeKind
from planner.planning import plan as make_plan
from planner.solvers import Limit


@pytest.fixture(scope="session")
def plan():
    """The plan of a morning in one street."""
    return make_plan(towns.one_team_ok(), towns.POLICY, towns.DAY, limit=Limit(steps=0), solver="greedy")


@pytest.fixture
def store(place):
    """An empty store, in every kind of database."""
    with place.open() as store:
        yield store


@pytest.fixture
def outcome():
    """What one visit found."""
    return Outcome("2026-11-24", 1, "LB-S1", "S1", "T1", date(2026, 11, 24), OutcomeKind.RECTIFIED, 34200, 36000)
