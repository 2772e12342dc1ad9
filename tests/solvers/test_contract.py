"""What every solver promises: feasible routes, reported as they get better, the same for the same seed and steps."""

from dataclasses import replace
from itertools import pairwise

import longhand
import numpy as np
import pytest
from hypothesis import given, strategies as st
from towns import (
    ONE_STEP,
    examples,
    planned,
    prepared,
    promises,
    raised,
    register,
    shop,
    team,
    tiny_problems,
    towns,
    violation,
)

from planner.check import check
from planner.problem import DistrictGoal, Pin
from planner.solvers import DEFAULT, SOLVERS, Limit

PATIENCE = {"greedy": 120}
"""How many towns a member is tried on; a member that searches takes longer."""

every_member = pytest.mark.parametrize("solver", SOLVERS)


def tried(solver, *strategies, share=1.0):
    """A property for as many examples as the member's speed allows."""

    def run(property_):
        examples(int(share * PATIENCE.get(solver, 15)))(given(*strategies)(property_))()

    return run


def solved(solver, problem, limit=ONE_STEP, seed=0):
    """The routes of a solver and all that it reported on the way."""
    reported = []
    routes = SOLVERS[solver](problem, limit, seed, reported.append)
    return routes, reported


def assert_feasible(problem, routes):
    """One route a duty, each allowed and walkable, each look-back served once, each enterprise visited once."""
    assert len(routes) == len(problem.duties)
    assert not longhand.clash(problem, [c for route in routes for c in route])
    for duty, route in enumerate(routes):
        assert all(problem.allowed[c, duty] for c in route)
        assert len(route) <= problem.duties[duty].max_visits
        assert not route or longhand.earliest_back(problem, duty, route) is not None


def outdoes(later, earlier):
    """Whether routes are worth more, or as much and more is proven about them."""
    if later.value == earlier.value and later.proof is not None:
        return earlier.proof is None or later.proof.priority < earlier.proof.priority
    return later.value > earlier.value


def test_the_default_is_a_member():
    """Whoever names no solver gets one that exists."""
    assert DEFAULT in SOLVERS


@every_member
def test_any_plan_of_any_town_passes_the_check(solver):
    """Whatever the districts, shifts, hours, history and policy."""

    @tried(solver, towns())
    def keeps_every_rule(town):
        conflicts = check(planned(town.prepared(), solver), town.register, town.policy)
        assert not conflicts, "\n".join(conflict.line() for conflict in conflicts)


@every_member
def test_what_is_pinned_stays_where_it_was_promised(solver):
    """Any part of a plan can be promised: the next plan keeps it to the second, and every rule beside it."""

    @tried(solver, towns(), st.data(), share=0.5)
    def keeps_promises(town, data):
        first = planned(town.prepared())
        visited = [visit.lookback_id for duty in first.duties for visit in duty.route]
        pins, promised = promises(first, data.draw(st.sets(st.sampled_from(visited))) if visited else set())
        second = planned(town.prepared(pins=pins), solver)
        conflicts = check(second, town.register, town.policy, promises=promised)
        assert not conflicts, "\n".join(conflict.line() for conflict in conflicts)


@every_member
def test_routes_are_feasible_and_no_better_than_the_best(solver):
    """Against all plans of tiny problems, made one after the other."""

    @tried(solver, tiny_problems())
    def is_bounded_by_the_best(problem):
        routes, _ = solved(solver, problem)
        assert_feasible(problem, routes)
        assert problem.value(routes) == longhand.worth(problem, routes)
        assert problem.value(routes) <= max(longhand.worth(problem, plan) for plan in longhand.all_plans(problem))


@every_member
def test_reports_get_better_and_end_with_the_answer(solver):
    """Who stops listening early holds a plan that is feasible and worth what it says."""

    @tried(solver, tiny_problems(candidates=6), share=0.5)
    def reports(problem):
        routes, reported = solved(solver, problem, Limit(steps=2))
        assert reported[-1].routes == routes
        assert all(best.value == problem.value(best.routes) for best in reported)
        assert all(outdoes(better, worse) and worse.steps <= better.steps for worse, better in pairwise(reported))
        for best in reported:
            assert_feasible(problem, best.routes)


@every_member
def test_same_seed_and_steps_same_routes(solver, two_districts):
    """And the same reports; the limit of seconds, if there is one too, must only be out of reach."""
    problem = prepared(two_districts).problem
    first = solved(solver, problem, Limit(steps=3), seed=5)
    assert solved(solver, problem, Limit(steps=3), seed=5) == first


@every_member
@pytest.mark.parametrize("limit", [Limit(steps=0), Limit(seconds=0.01)])
def test_the_least_limit_still_gives_routes(solver, limit, two_districts):
    """There is always a plan."""
    problem = prepared(two_districts).problem
    routes, reported = solved(solver, problem, limit)
    assert_feasible(problem, routes)
    assert any(routes)
    assert reported


@every_member
def test_nobody_at_work_is_no_trouble(solver, one_team_ok):
    """No teams, no routes; the search ends at once."""
    problem = prepared(replace(one_team_ok, teams=())).problem
    assert solved(solver, problem, Limit(steps=5))[0] == ()


@every_member
def test_nothing_wanted_is_no_trouble(solver, one_team_ok):
    """Teams without anything to do stay in."""
    problem = prepared(replace(one_team_ok, enterprises=(), violations=())).problem
    assert solved(solver, problem)[0] == ((),)


@every_member
def test_what_matters_most_goes_first(solver, one_team_ok):
    """With one visit a day, the mandatory look-back is made though another has more points."""
    problem = prepared(one_team_ok).problem
    assert {lb.mandatory for lb in problem.wanted} == {False}
    poorest = min(range(len(problem.wanted)), key=lambda k: (problem.wanted[k].priority, k))
    must = replace(problem.wanted[poorest], mandatory=True)
    wanted = tuple(must if k == poorest else lb for k, lb in enumerate(problem.wanted))
    duties = tuple(replace(duty, max_visits=1) for duty in problem.duties)
    (route,), _ = solved(solver, replace(problem, wanted=wanted, duties=duties))
    assert [int(problem.candidate_wanted[c]) for c in route] == [poorest]


@every_member
def test_a_promise_goes_before_what_is_mandatory(solver, one_team_ok):
    """Though it takes twelve times as long, and the team makes one visit a day."""
    problem = prepared(one_team_ok).problem
    wanted = (replace(problem.wanted[0], mandatory=True), *problem.wanted[1:])
    minutes = np.where(problem.candidate_wanted == 1, 120, 10)
    duties = tuple(replace(duty, max_visits=1) for duty in problem.duties)
    pins = (Pin(problem.wanted[1].lookback_id),)
    (route,), _ = solved(solver, replace(problem, wanted=wanted, duties=duties, seconds=minutes * 60, pins=pins))
    assert [int(problem.candidate_wanted[c]) for c in route] == [1]


@every_member
def test_a_business_district_gets_its_least_visits_before_points_count(solver, one_team_ok):
    """Of three shops the one with the fewest points is the only one of its district: one visit a day goes there."""
    problem = prepared(one_team_ok).problem
    wanted = tuple(raised(problem, k, 1000 * k).wanted[k] for k in range(3))
    duties = tuple(replace(duty, max_visits=1) for duty in problem.duties)
    free = replace(problem, wanted=wanted, duties=duties)
    goal = DistrictGoal("D1", np.flatnonzero(problem.candidate_wanted == 0), 1)
    served = [
        [int(problem.candidate_wanted[c]) for c in solved(solver, each)[0][0]]
        for each in (free, replace(free, district_goals=(goal,)))
    ]
    assert served == [[2], [0]]


@every_member
def test_a_mandatory_look_back_goes_before_the_least_visits_of_a_district(solver, one_team_ok):
    """Though the shop of the lacking district has more points."""
    problem = prepared(one_team_ok).problem
    wanted = (problem.wanted[0], replace(problem.wanted[1], mandatory=True), problem.wanted[2])
    duties = tuple(replace(duty, max_visits=1) for duty in problem.duties)
    goal = DistrictGoal("D1", np.flatnonzero(problem.candidate_wanted == 2), 1)
    (route,), _ = solved(solver, replace(problem, wanted=wanted, duties=duties, district_goals=(goal,)))
    assert [int(problem.candidate_wanted[c]) for c in route] == [1]


@every_member
def test_an_even_load_is_worth_its_points(solver):
    """Four shops in one street and two teams at its end: one team goes alone, or each makes two visits."""
    shops = [shop(f"E{k}", 2 + 3 * k, 5) for k in range(1, 5)]
    found = [violation(f"V{k}", f"E{k}") for k in range(1, 5)]
    problem = prepared(register(shops, found, [team("T1", 5, 6), team("T2", 5, 6)])).problem
    routes = [solved(solver, replace(problem, even_load=points))[0] for points in (0, 100)]
    assert [sorted(len(route) for route in each) for each in routes] == [[0, 4], [2, 2]]


def test_at_the_optimum_raising_a_priority_never_unvisits():
    """Whoever is visited by the best plan is visited by a best plan when they become more pressing."""

    @examples(80)
    @given(tiny_problems(), st.data())
    def stays(problem, data):
        plans = longhand.all_plans(problem)
        best = max(plans, key=lambda plan: longhand.worth(problem, plan))
        if not longhand.visited(problem, best):
            return
        one = data.draw(st.sampled_from(sorted(longhand.visited(problem, best))))
        pressing = raised(problem, one, data.draw(st.integers(1, 2000)))
        top = max(longhand.worth(pressing, plan) for plan in plans)
        assert any(longhand.worth(pressing, plan) == top and one in longhand.visited(pressing, plan) for plan in plans)

    stays()


def test_a_limit_is_some_time_or_some_steps():
    """Neither, or less than nothing, is a mistake of the caller."""
    for wrong in ({}, {"seconds": 0}, {"seconds": float("nan")}, {"seconds": -1.0}, {"steps": -1}):
        with pytest.raises(ValueError, match="limit"):
            Limit(**wrong)
    assert Limit(steps=0).deadline() is None
    assert isinstance(np.float64(Limit(seconds=1).deadline()), float)
