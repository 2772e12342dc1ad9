"""The bound is never less than what the best of all plans collects."""

from dataclasses import replace
from datetime import timedelta

import longhand
import numpy as np
import pytest
from hypothesis import given
from towns import DAY, examples, prepared, tiny_problems, towns

from planner.solvers import bound, greedy
from planner.solvers.bound import upper_bound


@examples(200)
@given(tiny_problems())
def test_no_plan_collects_more_than_the_bound(problem):
    """Every plan of two hundred problems with breaks, several windows, days and sites."""
    assert upper_bound(problem) >= max(longhand.collected(problem, plan) for plan in longhand.all_plans(problem))


@examples(40)
@given(towns())
def test_the_bound_is_at_least_what_greedy_collects(town):
    """In towns of any kind; nor is it more than everything that is wanted."""
    problem = town.prepared().problem
    routes = greedy.filled(problem, [[] for _ in problem.duties])
    wanted = sum(max(w.priority, 0) for w in problem.wanted)
    assert longhand.collected(problem, routes) <= upper_bound(problem) <= wanted


def test_the_bound_is_met_when_there_is_time_for_all(one_team_ok):
    """Three look-backs in one street: the bound is their sum, and the plan collects it."""
    problem = prepared(one_team_ok).problem
    routes = greedy.filled(problem, [[]])
    assert upper_bound(problem) == longhand.collected(problem, routes) == sum(lb.priority for lb in problem.wanted)


def test_a_visit_less_a_day_lowers_the_bound(one_team_ok):
    """With one visit a day nothing beyond the most pressing look-back can be collected."""
    problem = prepared(one_team_ok).problem
    once = replace(problem, duties=tuple(replace(duty, max_visits=1) for duty in problem.duties))
    assert upper_bound(once) == max(lb.priority for lb in problem.wanted)


def test_no_time_no_priority(one_team_ok):
    """A shift as long as its break and the way home leaves nothing."""
    problem = prepared(one_team_ok).problem
    short = replace(problem.duties[0], end=problem.duties[0].start + problem.duties[0].rest_seconds)
    assert upper_bound(replace(problem, duties=(short,))) == 0


def test_without_duties_the_bound_is_nothing(one_team_ok):
    """Nobody can collect anything, and no error says so."""
    assert upper_bound(prepared(replace(one_team_ok, teams=())).problem) == 0


@pytest.mark.parametrize("factor", [0, 0.5, 2])
def test_wrong_duals_weaken_the_bound_and_never_break_it(factor, two_districts, monkeypatch):
    """The linear program only proposes: whatever it says, the bound holds."""
    problem = prepared(two_districts, days=2).problem
    best = longhand.collected(problem, greedy.filled(problem, [[] for _ in problem.duties]))
    proposed = bound._duals

    def wrong(*arguments):
        return tuple([round(factor * 8) * price / 8 for price in prices] for prices in proposed(*arguments))

    right = upper_bound(problem)
    monkeypatch.setattr(bound, "_duals", wrong)
    assert upper_bound(problem) >= max(best, right if factor == 0 else 0)


def test_a_later_day_is_bounded_by_undiscounted_points(two_districts):
    """The discount for later days orders the plan; the points that the plan shows are whole."""
    problem = prepared(two_districts, day=DAY - timedelta(days=1), days=2).problem
    assert problem.later_day_discount
    assert upper_bound(problem) == upper_bound(replace(problem, later_day_discount=0))
    assert np.array_equal(problem.gains[:, 0], replace(problem, later_day_discount=0).gains[:, 0])
