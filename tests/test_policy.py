"""The policy: what comes with the program, and a workspace's own file laid over it."""

import tomllib
from contextlib import suppress

import pytest
from hypothesis import given, strategies as st
from pydantic import ValidationError

from planner.enterprises import Scenario
from planner.errors import InputError
from planner.geo import Datum
from planner.policy import Policy, default_text
from planner.violations import Action, Aggravation, ViolationKind

DEFAULT = Policy.default()


def problems(text):
    """The lines that a policy brings."""
    with pytest.raises(InputError) as caught:
        Policy.from_toml(text, file="data/policy.toml")
    return [problem.line() for problem in caught.value.problems]


def test_every_code_has_its_weight():
    """No action, kind, aggravation or scenario is left without a number."""
    assert set(DEFAULT.priority.action) == set(Action)
    assert set(DEFAULT.priority.kind) == set(ViolationKind)
    assert set(DEFAULT.priority.aggravation) == set(Aggravation)
    assert set(DEFAULT.deadlines.default_days) == set(Action)
    assert set(DEFAULT.scenarios) == set(Scenario)


def test_times_are_seconds_since_midnight():
    """As everywhere in the program."""
    assert (DEFAULT.shift.start, DEFAULT.shift.end) == (9 * 3600, 17 * 3600 + 1800)
    assert DEFAULT.scenarios[Scenario.PARKING_PAYMENT].avoid == ((17 * 3600 + 1800, 19 * 3600),)


@pytest.mark.parametrize("text", ["", "\ufeff", default_text()])
def test_what_a_file_does_not_say_keeps_its_default(text):
    """An empty file and the packaged one are the default."""
    assert Policy.from_toml(text, file="data/policy.toml") == DEFAULT


def test_one_value_is_laid_over_the_default():
    """Its neighbours, also those in the same table, stay."""
    own = Policy.from_toml("[priority]\naction = { fine = 9 }\n[workspace]\ndatum = 'gcj02'\n", file="policy.toml")
    assert own.priority.action == {**DEFAULT.priority.action, Action.FINE: 9}
    assert own.workspace.datum is Datum.GCJ02
    assert own.visits == DEFAULT.visits


@pytest.mark.parametrize("key", ["least_visits_per_district", "even_load"])
def test_goals_beyond_priority_are_off_until_the_office_asks(key):
    """Whole numbers from 0, which means no such goal."""
    assert getattr(DEFAULT.plan, key) == 0
    assert getattr(Policy.from_toml(f"[plan]\n{key} = 2\n", file="policy.toml").plan, key) == 2
    assert [line.partition(":")[0] for line in problems(f"[plan]\n{key} = -1\n")] == [f"data/policy.toml plan.{key}"]


def test_every_problem_is_named_at_once():
    """Unknown keys, wrong types and values out of range, each by its path."""
    found = problems("[visits]\nmax_visit = 8\nmax_visits = 0\n[travel]\nwalk_kmh = nan\n")
    places = [line.partition(":")[0] for line in found]
    assert sorted(places) == [
        "data/policy.toml travel.walk_kmh",
        "data/policy.toml visits.max_visit",
        "data/policy.toml visits.max_visits",
    ]


@pytest.mark.parametrize("text", ["[visits", "a = " + "[" * 5_000, "a = " + "7" * 5_000, "[priority]\npoints = 7.0"])
def test_a_file_that_cannot_be_read_is_one_problem(text):
    """Whatever is wrong with it."""
    assert len(problems(text)) == 1


def test_a_policy_is_frozen():
    """Nobody changes it on the way."""
    with pytest.raises(ValidationError):
        DEFAULT.visits.max_visits = 3


@given(st.text(max_size=60))
def test_no_text_brings_anything_but_problems(text):
    """A policy is read or refused, and nothing else is raised."""
    with suppress(InputError):
        Policy.from_toml(text, file="data/policy.toml")


def test_every_default_has_its_comment_in_the_file():
    """The packaged file is what people read: it holds every key of the policy."""
    assert set(tomllib.loads(default_text())) == set(Policy.model_fields)
