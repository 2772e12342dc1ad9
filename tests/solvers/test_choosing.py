"""The integer step never loses what is there, and what it makes of the columns can be driven."""

import time

import numpy as np
import pytest
from towns import prepared, two_districts

from planner.solvers.base import Limit
from planner.solvers.choosing import chosen
from planner.solvers.clockwork import fits
from planner.solvers.columns import Columns, Evidence
from planner.solvers.generation import generate
from planner.solvers.greedy import filled
from planner.solvers.packing import worth_of


def priced():
    """Columns of a small town after rounds of pricing, the optimum over them, and a plan."""
    problem = prepared(two_districts()).problem
    columns = Columns(problem, Evidence())
    best = filled(problem, [[] for _ in problem.duties])
    for d, route in enumerate(best):
        columns.offer(d, route)
    return columns, generate(columns, Limit(steps=60), 0.0), best


@pytest.mark.parametrize("seconds", [None, 0.3], ids=["by steps", "by time"])
def test_what_is_chosen_can_be_driven_and_is_no_worse(seconds):
    """From an empty plan, too, it makes one: no look-back twice, and worth no more than the linear program."""
    columns, optimum, best = priced()
    problem = columns.problem
    for start in (best, tuple(() for _ in problem.duties)):
        until = None if seconds is None else time.monotonic() + seconds
        routes = chosen(columns, optimum, start, until)
        visits = [c for route in routes for c in route]
        assert len(set(problem.candidate_wanted[visits].tolist())) == len(visits) > 0
        assert all(fits(columns.ground, d, np.array(route, np.int64)) for d, route in enumerate(routes) if route)
        assert problem.value(routes) >= problem.value(start)
        assert worth_of(problem, routes) <= columns.evidence.bound < float("inf")


def test_an_empty_plan_is_not_what_a_dive_ends_with():
    """What a dive had no time for is filled, and found by the columns' own means."""
    columns, optimum, best = priced()
    nothing = tuple(() for _ in columns.problem.duties)
    routes = chosen(columns, optimum, nothing, time.monotonic() + 0.06)
    assert columns.problem.value(routes) >= 0.9 * columns.problem.value(best)


def test_without_time_the_best_plan_is_kept():
    """And nothing joins the pool."""
    columns, optimum, best = priced()
    before = list(columns.pool)
    assert chosen(columns, optimum, best, time.monotonic() - 1) == best
    assert columns.pool == before
