"""Instances become problems, and what comes back is judged before it is believed."""

import pytest
from towns import ONE_STEP

from planner.bench import referee, toptw
from planner.bench.instances import read
from planner.bench.members import Attempt
from planner.errors import Interrupted
from planner.solvers import SOLVERS
from planner.solvers.child import Answer, Child


@pytest.fixture
def instance(street):
    """The street of nodes 1, 2 and 3, and 4 in the north."""
    (instance,) = read([street])
    return instance


def test_a_result_says_what_was_found_and_what_is_possible(instance):
    """With two routes everything can be visited, and the bound says so."""
    (result,) = toptw.runs([instance], 2, 5.0, "greedy", {("street", 2): 50, ("street", 1): 1})
    assert (result.instance, result.routes, result.best_known) == ("street", 2, 50)
    assert result.score <= result.bound == 41
    assert result.proven == (result.score == 41)
    assert result.gap == (50 - result.score) / 50
    assert (result.failure, result.seconds > 0) == ("", True)


def test_wrong_routes_are_never_a_result(instance, monkeypatch):
    """Even if they would score well."""
    monkeypatch.setattr(toptw, "ours", lambda *_, **__: Attempt(((0, 1, 2, 3),), 0.1))
    with pytest.raises(RuntimeError, match="node 3 closes at 350, arrival is at"):
        list(toptw.runs([instance], 1, 5.0, "greedy", {}))


def test_what_was_done_before_the_user_stopped_is_there(instance, monkeypatch):
    answers = iter([Answer(None), Answer(None, interrupted=True)])
    monkeypatch.setattr(Child, "solve", lambda *_: next(answers))
    runs = toptw.runs([instance, instance], 1, 5.0, "greedy", {})
    assert next(runs).score > 0
    with pytest.raises(Interrupted):
        next(runs)


@pytest.mark.parametrize("name", ["solomon/r101", "cordeau/pr01"])
@pytest.mark.parametrize("routes", [1, 3])
def test_routes_of_public_instances_keep_every_rule(public, name, routes):
    """And collect no more than the bound."""
    (instance,) = read([public / f"{name}.txt"])
    problem = toptw.problem_of(instance, routes)
    found = SOLVERS["ruin_recreate"](problem, ONE_STEP, 0, lambda _: None)
    nodes = [[c + 1 for c in route] for route in found]
    assert referee.faults(instance, nodes, routes) == ()
    assert 0 < referee.score(instance, nodes) <= toptw.by_time(problem).priority
