"""A dive brings routes that duties can drive, and leaves the linear program as free as it was."""

import numpy as np
from towns import prepared, two_districts

from planner.solvers.base import Limit
from planner.solvers.clockwork import fits
from planner.solvers.columns import Columns, Evidence
from planner.solvers.diving import dive
from planner.solvers.generation import generate
from planner.solvers.greedy import filled


def priced():
    """Columns of a small town after a round of pricing, and the optimum over them."""
    problem = prepared(two_districts()).problem
    columns = Columns(problem, Evidence())
    for d, route in enumerate(filled(problem, [[] for _ in problem.duties])):
        columns.offer(d, route)
    return columns, generate(columns, Limit(steps=1), 0.0)


def test_what_a_dive_finds_can_be_driven():
    """By every duty of its class, and no look-back twice."""
    columns, optimum = priced()
    dive(columns, optimum, until=None)
    for column in columns.pool:
        wanted = columns.problem.candidate_wanted[list(column.route)].tolist()
        assert len(set(wanted)) == len(wanted)
        for d in columns.classes[column.duty_class].duties:
            assert fits(columns.ground, d, np.array(column.route, np.int64))


def test_at_the_bottom_of_a_dive_is_a_plan():
    """Each duty can drive its route, no look-back is served twice, and the linear program is worth no less."""
    columns, optimum = priced()
    problem, routes = columns.problem, dive(columns, optimum, until=None)
    visits = [c for route in routes for c in route]
    assert len(routes) == len(problem.duties)
    assert len(set(problem.candidate_wanted[visits].tolist())) == len(visits) > 0
    assert all(fits(columns.ground, d, np.array(route, np.int64)) for d, route in enumerate(routes) if route)
    assert problem.prizes[visits].sum() <= columns.master.solve().value + 1e-6


def test_a_dive_settles_nothing_for_good():
    """Afterwards the linear program is worth at least as much as before: it has lost no freedom and won columns."""
    columns, optimum = priced()
    dive(columns, optimum, until=None)
    after = columns.master.solve()
    assert after is not None
    assert after.value >= optimum.value - 1e-6


def test_a_dive_ends_at_its_time():
    """One that is over before it begins adds nothing."""
    columns, optimum = priced()
    before = list(columns.pool)
    assert not any(dive(columns, optimum, until=0.0))
    assert columns.pool == before
