"""A list of routes leaves nothing out that may matter, and what is proven with it is true of every plan."""

import longhand
import pytest
from hypothesis import given, strategies as st
from pricetags import priced_problems, proven_by
from towns import examples, prepared

from planner.bench import synthetic
from planner.solvers import Limit, greedy, shortlist as shortlists
from planner.solvers.alarm import SILENT, alarm
from planner.solvers.classes import duty_classes
from planner.solvers.columns import Columns, Evidence
from planner.solvers.generation import generate
from planner.solvers.packing import gap_of, worth_of
from planner.solvers.pricing import Pricer
from planner.solvers.shortlist import shortlist


def listed(pricer, prices, threshold, most_labels=100_000):
    """The sets of candidates of a list, and its routes."""
    table = pricer.every(prices.prizes, prices.whole_cuts, threshold, most_labels)
    routes = [tuple(route[route >= 0].tolist()) for route in table]
    return {frozenset(route) for route in routes}, routes


def pays_for_all(prices, served):
    """What visits pay for cuts that nobody forgets, in units."""
    return sum(price * (len(cut.trio & served) // 2) for cut, price in prices.whole_cuts)


@examples(300)
@given(priced_problems(), st.floats(-1, 1))
def test_a_list_leaves_out_no_route_above_its_threshold(given_, share):
    """At any prices, and also below nothing; and no route comes back to a look-back."""
    problem, prices = given_
    wanted = problem.candidate_wanted
    threshold = int(share * max(1, problem.prizes.max(initial=0)) * prices.scale)
    for each in duty_classes(problem):
        sets, routes = listed(Pricer(each), prices, threshold)
        for route in longhand.feasible_routes(problem, each.duties[0]):
            served = {int(wanted[c]) for c in route}
            earns = int(prices.prizes[list(route)].sum()) - pays_for_all(prices, served)
            assert not route or earns <= threshold or frozenset(route) in sets
        for route in routes:
            assert len({int(wanted[c]) for c in route}) == len(route)


@examples(200)
@given(priced_problems(), st.data())
def test_no_plan_is_worth_more_than_a_shortlist_proves(given_, data):
    """Whatever prices it comes from, however far the lists reach, whatever plan was known."""
    problem, prices = given_
    plans = list(longhand.all_plans(problem))
    known = data.draw(st.sampled_from(plans))
    columns = Columns(problem, Evidence(**proven_by(problem, prices)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shortlists, "FEW_LABELS", data.draw(st.sampled_from([1, 3, 10, 100_000])))
        short = shortlist(columns, known, None)
    if short is None:
        return
    assert short.bound >= max(worth_of(problem, plan) for plan in plans)
    if short.whole:
        choice = {(column.duty_class, frozenset(column.route)) for column in short.columns}
        for plan in plans:
            if worth_of(problem, plan) > worth_of(problem, known):
                assert all(
                    not route or (columns.class_of[d], frozenset(route)) in choice for d, route in enumerate(plan)
                )


def test_a_day_of_six_teams_is_planned_as_well_as_can_be():
    """A shortlist closes a gap that pricing alone leaves open: no plan can be better than the one chosen from it."""
    problem = synthetic.prepared("S", 1).problem
    columns = Columns(problem, Evidence())
    best = greedy.filled(problem, [[] for _ in problem.duties])
    generate(columns, Limit(steps=25), 0.0)
    short = shortlist(columns, best, None)
    assert short is not None
    assert worth_of(problem, best) <= short.bound <= columns.evidence.proven_bound


def test_a_list_that_would_be_too_long_is_none(one_team_ok):
    """Half a list proves nothing, and says so; nor is there one after the alarm."""
    problem = prepared(one_team_ok).problem
    (each,) = duty_classes(problem)
    prizes = problem.prizes
    count = sum(len(route) > 0 for route in longhand.feasible_routes(problem, 0))
    assert count > 3
    assert Pricer(each).every(prizes, (), -1, 3) is None
    with alarm(0.0) as rings:
        rings[0] = True
        assert Pricer(each).every(prizes, (), -1, 100_000, rings) is None
    assert Pricer(each).every(prizes, (), -1, 100_000, SILENT) is not None


def test_what_was_too_long_to_list_is_tried_again_only_much_nearer(monkeypatch):
    """Once the bound or the plan has come so near that half of the list is left."""
    problem = synthetic.prepared("S", 1).problem
    columns = Columns(problem, Evidence())
    best = greedy.filled(problem, [[] for _ in problem.duties])
    generate(columns, Limit(steps=25), 0.0)
    assert shortlists.listable(columns, best)
    monkeypatch.setattr(shortlists, "MOST_ROUTES", 0)
    assert shortlist(columns, best, None) is None
    assert not shortlists.listable(columns, best)
    gap = gap_of(problem, columns.evidence.proven_bound, best)
    columns.evidence.proven_bound -= 0.51 * gap
    assert shortlists.listable(columns, best)


def test_a_list_reaches_as_far_as_there_is_time_for():
    """It grows by what it took to grow last time, and by nothing where no time is left."""
    assert shortlists._reach(0.04, 1.0, 2.0, 4.0) == pytest.approx(0.04)
    assert shortlists._reach(0.04, 1.0, 2.0, 1.0) == 0
    assert shortlists._reach(0.04, 1.0, 4.0, 8.0) == pytest.approx(0.02)
