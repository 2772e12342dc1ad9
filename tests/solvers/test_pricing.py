"""What pricing proves is true, for whatever prices, and what it finds can be driven."""

from dataclasses import replace
from functools import partial

import longhand
import numpy as np
import pytest
from hypothesis import given, strategies as st
from pricetags import priced_problems, visits_of
from towns import examples, prepared, raised, register, shop, team, tiny_problems, violation

from planner.bench import synthetic
from planner.plan import Reason, Term
from planner.solvers import Limit, completion, thinning
from planner.solvers.alarm import SILENT
from planner.solvers.classes import can_prove, duty_classes
from planner.solvers.clockwork import fits, ground_of
from planner.solvers.columns import Columns, Evidence, bound_on_priority
from planner.solvers.generation import generate
from planner.solvers.layout import thinned
from planner.solvers.master import Column, Prices
from planner.solvers.pricing import LIFTS, Pricer, Way


@examples(300)
@given(priced_problems())
def test_at_any_prices_the_bound_holds(given_):
    """Whatever plan is made: it is worth no more than the prices prove, breaks, windows, days and cuts included."""
    problem, prices = given_
    total = prices.fixed
    for each in duty_classes(problem):
        priced = Pricer(each).price(prices.prizes, prices.whole_cuts, 0, Way.EXACT, most_labels=100_000, most_routes=5)
        total += len(each.duties) * priced.bound
    worth = (
        longhand.collected(problem, plan) + problem.premium(visits_of(plan)) for plan in longhand.all_plans(problem)
    )
    assert total >= prices.scale * max(worth)


@examples(300)
@given(priced_problems())
def test_the_best_route_is_found_and_none_is_invented(given_):
    """The first route that exact pricing names without repetition earns what the best of all routes earns."""
    problem, prices = given_
    wanted = problem.candidate_wanted

    def earns(route):
        served = [int(wanted[c]) for c in route]
        return int(prices.prizes[list(route)].sum()) - prices.paid(served)

    for each in duty_classes(problem):
        priced = Pricer(each).price(prices.prizes, prices.whole_cuts, 0, Way.EXACT, most_labels=100_000, most_routes=50)
        routes = [route for route in longhand.feasible_routes(problem, each.duties[0]) if route]
        # A stop that earns nothing may make a route forget a cut; the plan without it is bounded just as well.
        best = max((earns(route) for route in routes if (prices.prizes[list(route)] > 0).all()), default=0)
        assert priced.bound >= max(0, best)
        clean = [
            route
            for route in priced.routes
            if not longhand.clash(problem, route) and longhand.earliest_back(problem, each.duties[0], route) is not None
        ]
        if clean and priced.routes[0] == clean[0]:
            assert earns(clean[0]) >= best  # another order of the same visits may pay less


@examples(100)
@given(priced_problems())
def test_no_good_route_is_thinned_out(given_):
    """Every route earns at most what is promised for each of its stops, so that none above a threshold is lost."""
    problem, prices = given_
    for each in duty_classes(problem):
        earning = (prices.prizes[each.candidates] > 0) & (each.windows[1][:, 0] >= 0)
        rows = np.flatnonzero(earning)
        for route in longhand.feasible_routes(problem, each.duties[0]):
            earned = int(prices.prizes[list(route)].sum())
            kept = each.candidates[thinned(each, rows, prices.prizes, earned - 1, few=0)]
            assert set(route) <= {*kept, *each.candidates[~earning]}


@pytest.mark.parametrize("rest_from", [0, 28_800])
def test_a_break_may_come_before_a_stop_or_after_it(rest_from):
    """One shop that is open in the second hour, a break that must be in the first two or in the last two."""
    shift = completion.Shift(0, 36_000, 3_600, rest_from, rest_from + 7_200, completion.UNLIMITED)
    one = np.ones(1, np.int32)
    stops = completion.Stops(
        prize=70 * one,
        item=0 * one,
        seconds=1_200 * one,
        opens=4_000 * one[:, None],
        closes=5_400 * one[:, None],
        out=300 * one,
        ride=0 * one[:, None],
        home=300 * one,
        next=-one[:, None],
    )
    nothing = np.empty((1, 0), np.int32)
    assert thinning.by_way(shift, stops, nothing, 100, completion.Room(), SILENT).tolist() == [70]
    assert thinning.roughly_by_way(shift, stops, 100, SILENT).tolist() == [70]


def test_no_good_route_of_a_city_is_thinned_out():
    """Days that are full, with breaks that not every hour allows: each of the best routes is promised at its stops."""
    problem = synthetic.prepared("S", 1).problem
    points = problem.points.astype(np.int64)
    for each in duty_classes(problem):
        priced = Pricer(each).price(points, (), 0, Way.EXACT, most_labels=20_000, most_routes=50)
        rows = np.flatnonzero((points[each.candidates] > 0) & (each.windows[1][:, 0] >= 0))
        assert priced.routes
        for route in priced.routes:
            if fits(ground_of(problem), each.duties[0], np.array(route, np.int64)):
                kept = thinned(each, rows, points, int(points[list(route)].sum()) - 1, few=0)
                assert set(route) <= set(each.candidates[kept])
        best = int(points[list(priced.routes[0])].sum())
        assert len(thinned(each, rows, points, 2 * best, few=0)) < len(rows)


def test_who_prices_hears_the_alarm(one_team_ok):
    """Rung before anything was promised it leaves nothing to say; unheard it changes nothing."""
    problem = prepared(one_team_ok).problem
    (only,) = duty_classes(problem)
    prices = Prices(problem, *(np.zeros(n) for n in (len(problem.wanted), len(problem.places), 0, 1)), {})
    for way in Way:
        asked = partial(Pricer(only).price, prices.prizes, (), 0, way, most_labels=1000, most_routes=5)
        assert asked(alarm=np.ones(1, np.bool_)) is None
        assert asked().routes


@examples(200)
@given(tiny_problems())
def test_column_generation_proves_what_is_true_of_every_plan(problem):
    """With as many promises and mandatory visits as a plan has, none collects more than the bound says."""
    evidence = Evidence()
    generate(Columns(problem, evidence), Limit(steps=20), enough=0.0)
    for plan in longhand.all_plans(problem):
        bound = bound_on_priority(problem, evidence, problem.premium(visits_of(plan)))
        assert bound is None or bound >= longhand.collected(problem, plan)


@examples(200)
@given(tiny_problems())
def test_where_nothing_is_left_to_find_the_linear_program_is_the_bound(problem):
    """Cuts or not: with all routes that pay the prices prove no more than the optimum (none were found going round)."""
    evidence = Evidence()
    columns = Columns(problem, evidence)
    optimum = generate(columns, Limit(steps=60), enough=0.0)
    if evidence.closed and not columns.circles:
        assert evidence.centre_bound - optimum.value < 0.5


def test_a_route_in_another_order_is_another_column_where_it_pays_less_for_cuts(one_team_ok):
    """The same visits the other way round: both stay, though one set of look-backs is one route to the pool."""
    columns = Columns(prepared(one_team_ok).problem, Evidence())
    there, back = Column(0, (0, 1, 2)), Column(0, (2, 1, 0))
    assert columns._add(there) == 1
    assert columns._add(back) == 0
    assert columns._add(back, ordered=True) == 1
    assert [column.route for column in columns.master.columns] == [(0, 1, 2), (2, 1, 0)]


def test_a_visit_may_be_a_short_cut(one_team_ok):
    """Nobody gets to the only shop with points but by way of two that have none: the bound must know the way."""
    problem = prepared(one_team_ok).problem
    (duty,) = problem.duties
    points = (0, 330, 0)
    wanted = tuple(replace(lb, reasons=(Reason(Term.ACTION, p),)) for lb, p in zip(problem.wanted, points, strict=True))
    far = int(problem.candidate_place[1])
    legs = np.zeros_like(problem.travel[0])
    legs[problem.origins[0], far] = legs[far, problem.destinations[0]] = 30_000
    duty = replace(duty, rest_seconds=0)
    hard = replace(problem, wanted=wanted, travel=(legs,), duties=(duty,))
    assert longhand.earliest_back(hard, 0, (1,)) is None
    assert longhand.earliest_back(hard, 0, (0, 1, 2)) is not None
    evidence = Evidence()
    generate(Columns(hard, evidence), Limit(steps=20), enough=0.0)
    assert bound_on_priority(hard, evidence, 0) >= 330


def test_teams_of_one_office_are_priced_together():
    """Two that set out from the same door with the same shift share a class, whatever their office is called."""
    shops = [shop(f"E{k}", 3 * k, 4) for k in (1, 2, 3)]
    owed = [violation(f"V{k}", f"E{k}") for k in (1, 2, 3)]
    here = [team("T1", 5, 6), team("T2", 5, 6)]
    assert [each.duties for each in duty_classes(prepared(register(shops, owed, here)).problem)] == [(0, 1)]
    elsewhere = [team("T1", 5, 6), team("T2", 15, 6)]
    assert [each.duties for each in duty_classes(prepared(register(shops, owed, elsewhere)).problem)] == [(0,), (1,)]


def test_a_high_floor_hides_no_route(one_team_ok):
    """Where pricing begins its search changes what it costs, never what it proves."""
    problem = prepared(one_team_ok).problem
    (only,) = duty_classes(problem)
    prices = Prices(problem, *(np.zeros(n) for n in (len(problem.wanted), len(problem.places), 0, 1)), {})
    bounds = set()
    for first in range(len(LIFTS)):
        pricer = Pricer(only)
        pricer.first_lift = first
        priced = pricer.price(prices.prizes, (), 0, Way.EXACT, most_labels=1000, most_routes=5)
        bounds.add(priced.bound)
        assert priced.complete
    assert len(bounds) == 1


def test_profits_that_do_not_fit_prove_nothing(one_team_ok):
    """Visits of a second, look-backs of half a million points: 32 bits would not hold a route of them."""
    problem = prepared(one_team_ok).problem
    assert can_prove(problem)
    assert not can_prove(raised(replace(problem, seconds=np.full_like(problem.seconds, 1)), 0, 500_000))


@examples(100)
@given(tiny_problems(), st.data())
def test_what_fits_is_what_can_be_walked(problem, data):
    """The compiled clockwork says of any order of visits what walking it slot by slot says."""
    duty = data.draw(st.sampled_from(range(len(problem.duties))))
    mine = [c for c in range(len(problem.candidate_wanted)) if problem.allowed[c, duty]]
    route = data.draw(st.permutations(mine)) if mine else []
    route = route[: data.draw(st.integers(0, 4))]
    walkable = len(route) <= problem.duties[duty].max_visits and (
        not route or longhand.earliest_back(problem, duty, route) is not None
    )
    assert not route or fits(ground_of(problem), duty, np.array(route, np.int64)) == walkable
