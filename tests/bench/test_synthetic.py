"""Members are compared by plans that keep every rule, and by one number."""

from dataclasses import replace

import pytest
from towns import planned

from planner.bench import synthetic
from planner.bench.members import Attempt
from planner.bench.synthetic import Result, prepared, ratios, runs
from planner.bench.worth import objective, worth
from planner.check import check
from planner.solvers import greedy


@pytest.fixture(scope="module")
def small():
    """A small city, ready to be solved."""
    return prepared("S", 1)


@pytest.mark.parametrize("solver", ["greedy", "ruin_recreate"])
@pytest.mark.parametrize("breaks", [True, False])
def test_a_plan_of_a_small_city_keeps_every_rule(solver, breaks):
    """After one step already, as the checker finds; and it visits all that must be visited."""
    ready = prepared("S", 1, breaks=breaks)
    plan = planned(ready, solver)
    assert check(plan, ready.register, ready.policy) == ()
    assert plan.totals.mandatory == sum(wanted.mandatory for wanted in ready.problem.wanted)
    assert all((duty.rest is not None) == breaks for duty in plan.duties if duty.route)


def test_the_size_of_a_problem_is_that_of_its_class(small):
    problem = small.problem
    assert (len(problem.days), len(problem.duties), len(problem.candidate_place)) == (2, 4, 120)


def test_the_objective_is_what_the_routes_are_worth_less_their_minutes(small):
    """By the plan's totals as by the problem's candidates."""
    plan = planned(small)
    served = {visit.lookback_id for duty in plan.duties for visit in duty.route}
    points = sum(worth(wanted) for wanted in small.problem.wanted if wanted.lookback_id in served)
    assert objective(plan.totals) == points - plan.totals.travel_seconds / 60
    assert points == plan.totals.priority + 8_000 * plan.totals.mandatory


def test_a_run_says_what_came_of_it():
    """Of our member in a process of its own."""
    (result,) = runs("S", (1,), 5.0, "greedy")
    assert (result.size, result.seed, result.solver) == ("S", 1, "greedy")
    assert 0 < result.score < min(result.objective, result.bound)
    assert (result.dropped, result.failure) == (0, "")


def test_peers_follow_on_the_same_problem_and_may_fail(monkeypatch, small):
    """A peer without an answer is a result without a plan; what breaks a rule in another's is dropped."""
    everything = tuple(range(len(small.problem.candidate_place)))
    answers = {
        "pyvrp": Attempt((), 0.2, failure="crashed"),
        "vroom": Attempt((everything, everything, (), ()), 0.1),
    }
    monkeypatch.setattr(synthetic.peers, "PEERS", {name: name for name in answers})
    monkeypatch.setattr(synthetic.peers, "attempt", lambda member, *_: answers[member])
    monkeypatch.setattr(synthetic, "ours", lambda problem, *_: Attempt(_filled(problem), 0.1))
    ours, none, much = runs("S", (1,), 5.0, "greedy", against=("pyvrp", "vroom"))
    assert none == Result("S", 1, "pyvrp", None, None, None, 0.2, failure="crashed")
    assert 0 < much.score < ours.score
    assert much.bound == ours.bound
    assert 200 < much.dropped < 240


def _filled(problem):
    return greedy.filled(problem, [[] for _ in problem.duties])


def test_ratios_are_over_the_seeds_that_both_have():
    ours = [Result("S", seed, "ours", 100 * seed, 0, 0, 1.0) for seed in (1, 2, 3)]
    theirs = [replace(result, solver="theirs", objective=100) for result in ours]
    theirs[0] = replace(theirs[0], objective=None)
    silent = [replace(result, solver="silent", objective=None) for result in ours]
    (ratio,) = ratios([*ours, *theirs, *silent])
    assert (ratio.peer, ratio.mean, ratio.least, ratio.seeds) == ("theirs", 2.5, 2.0, 2)
    assert ratios(ours) == ratios([]) == ()
