"""The compiled clockwork tells the same times as ``planner.timing``, and its points add up to what a plan is worth."""

from dataclasses import replace

import longhand
import numpy as np
from hypothesis import given, strategies as st
from towns import examples, prepared, tiny_problems, towns, two_districts

from planner.problem import NEVER, Pin, travel_seconds
from planner.solvers import greedy
from planner.solvers.clockwork import ground_of, lift, put, state_of, time_route
from planner.timing import DutyClock

PROBLEMS = (tiny_problems(candidates=6) | towns().map(lambda town: town.prepared().problem)).filter(
    lambda problem: problem.allowed.any()
)


def nothing(problem):
    """Routes without a visit."""
    return tuple(() for _ in problem.duties)


@st.composite
def driven(draw):
    """A problem, one of its duties and a route: as greedy makes it, with a visit changed, or any at all."""
    problem = draw(PROBLEMS)
    duty = draw(st.sampled_from(np.flatnonzero(problem.allowed.any(axis=0)).tolist()))
    mine = np.flatnonzero(problem.allowed[:, duty]).tolist()
    route = list(greedy.filled(problem, nothing(problem))[duty])
    kind = draw(st.sampled_from(("greedy", "changed", "any")))
    if kind == "changed" and route:
        route.pop(draw(st.integers(0, len(route) - 1)))
        route.insert(draw(st.integers(0, len(route))), draw(st.sampled_from(mine)))
    if kind == "any":
        route = draw(st.lists(st.sampled_from(mine), max_size=5, unique=True))
    longest = state_of(problem, ground_of(problem), nothing(problem)).route.shape[1]
    return problem, duty, tuple(route[:longest])


@st.composite
def plans(draw, problem):
    """Any visits of any duties, no look-back and no place twice, as many of each as there is room for."""
    longest = state_of(problem, ground_of(problem), nothing(problem)).route.shape[1]
    routes, chosen = [[] for _ in problem.duties], []
    for c in draw(st.permutations(range(len(problem.candidate_place))))[:10]:
        duty = draw(st.sampled_from(range(len(problem.duties))))
        if len(routes[duty]) < longest and not longhand.clash(problem, [*chosen, c]):
            routes[duty].append(c)
            chosen.append(c)
    return tuple(map(tuple, routes))


def points_of(problem, plan):
    """What a plan is worth to the search, term by term, at the weights of ``Problem.soft``."""
    soft, total = problem.soft, 0
    for duty, route in enumerate(plan):
        late = problem.days.index(problem.duties[duty].day)
        for c in route:
            wanted = problem.wanted[problem.candidate_wanted[c]]
            total += wanted.priority - wanted.priority * problem.later_day_discount * late // 1000
            total += soft.mandatory * wanted.mandatory + soft.pinned * (wanted.lookback_id in problem.pinned)
        total -= problem.even_load * sum(range(len(route)))
    for goal in problem.district_goals:
        there = sum(c in goal.candidates for route in plan for c in route)
        total += soft.least * min(there, goal.least)
    return total


# Times


@examples(150)
@given(driven())
def test_a_route_has_the_times_of_the_slow_clock(given_):
    """Feasible or not, its travel; the earliest to go on and the latest to arrive, with the break to come and taken."""
    problem, duty, route = given_
    routes = tuple(route if d == duty else () for d in range(len(problem.duties)))
    ground, clock = ground_of(problem), DutyClock(problem, duty)
    state, forward = state_of(problem, ground, routes), clock.forward(route)
    assert time_route(ground, state, duty) == (forward is not None)
    assert state.travel[duty] == (travel_seconds(problem, duty, route, problem.legs(duty)) if route else 0)
    if forward is not None:
        stops = len(route) + 1
        assert state.free[duty, :stops].tolist() == [[*free] for free in forward]
        assert state.late[duty, :stops].tolist() == [[*late] for late in clock.backward(route)]


@examples(80)
@given(driven())
def test_slack_is_by_how_much_an_arrival_may_be_late(given_):
    """The latest arrival less the earliest, with the break to come or taken; room has the wait for the break on top."""
    problem, duty, route = given_
    clock = DutyClock(problem, duty)
    forward = clock.forward(route)
    if forward is None or not route:
        return
    backward = clock.backward(route)
    routes = tuple(route if d == duty else () for d in range(len(problem.duties)))
    state = state_of(problem, ground_of(problem), routes)
    shift, way = problem.duties[duty], longhand.way_of(problem, duty, route)
    for k, free in enumerate(forward):
        ride = int(problem.legs(duty)[way[k], way[k + 1]])
        rested = min(free.rested + ride, _rested(shift, free.unrested + ride))
        slack = max(backward[k].unrested - free.unrested - ride, backward[k].rested - rested)
        wait = max(0, shift.rest_from - free.unrested - ride) if shift.rest_seconds else 0
        assert slack >= 0
        assert (state.slack[duty, k], state.room[duty, k]) == (slack, slack + wait)
    assert state.most_room[duty] == state.room[duty, : len(route) + 1].max()


def _rested(shift, at):
    """The end of a break that begins at a second or when it may."""
    end = max(at, shift.rest_from) + shift.rest_seconds
    return end if shift.rest_seconds and end <= shift.rest_to else NEVER


# Points


@examples(80)
@given(PROBLEMS, st.data())
def test_points_telescope_as_visits_are_put_in_and_lifted_out(problem, data):
    """In whatever order and at whatever position: what is added and taken away is what the plans differ by."""
    plan = data.draw(plans(problem))
    ground = ground_of(problem)
    state = state_of(problem, ground, nothing(problem))
    visits = data.draw(st.permutations([(d, c) for d, route in enumerate(plan) for c in route]))
    standing, points = [[] for _ in plan], 0.0
    for d, c in visits:
        k = data.draw(st.integers(0, len(standing[d])))
        points += put(ground, state, d, k, c)
        standing[d].insert(k, c)
        assert points == points_of(problem, standing)
        assert state.route[d, : state.length[d]].tolist() == standing[d]
        assert (state.duty_of[c], state.server[problem.candidate_wanted[c]]) == (d, c)
    for d, c in data.draw(st.permutations(visits)):
        points -= lift(ground, state, d, c)
        standing[d].remove(c)
        assert points == points_of(problem, standing)
        assert state.length[d] == len(standing[d])
    empty = state_of(problem, ground, nothing(problem))
    for name in ("length", "duty_of", "server", "visited", "visits"):
        assert np.array_equal(getattr(state, name), getattr(empty, name)), name


@examples(60)
@given(PROBLEMS, st.booleans())
def test_the_state_of_greedy_routes_is_theirs(problem, promised):
    """Who visits what, what serves whom, how many visits a district has; and no more travel than they take."""
    if promised:
        problem = replace(problem, pins=(Pin(problem.wanted[0].lookback_id),))
    routes = greedy.filled(problem, nothing(problem))
    state = state_of(problem, ground_of(problem), routes)
    visits = [c for route in routes for c in route]
    assert [d for d, route in enumerate(routes) for _ in route] == state.duty_of[visits].tolist()
    assert np.flatnonzero(state.duty_of >= 0).tolist() == sorted(visits)
    assert state.server[problem.candidate_wanted[visits]].tolist() == visits
    assert int(state.visited.sum()) == len(visits)
    assert np.minimum(state.visits, problem.least_visits).sum() == problem.kept_least(visits)
    travel = sum(travel_seconds(problem, d, route, problem.legs(d)) for d, route in enumerate(routes) if route)
    assert state.travel.sum() == travel


def test_places_are_sorted_and_legs_with_them():
    """Neighbours in town are neighbours in memory; each leg still leads from its place to its place."""
    problem = prepared(two_districts()).problem
    ground = ground_of(problem)
    for c, place in enumerate(problem.candidate_place):
        for other, there in enumerate(problem.candidate_place):
            assert ground.travel[0, ground.place[c], ground.place[other]] == problem.legs(0)[place, there]
            assert ground.back[0, ground.place[c], ground.place[other]] == problem.legs(0)[there, place]
