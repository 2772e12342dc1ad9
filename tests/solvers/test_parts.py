"""Independent parts: nothing is shared, nothing is lost, and what is true of each adds up to what is true of all."""

from dataclasses import replace
from itertools import combinations

import longhand
import numpy as np
from hypothesis import given, strategies as st
from towns import examples, prepared, raised, tiny_problems, towns, two_districts

from planner.problem import DistrictGoal, Pin
from planner.solvers.bound import upper_bound
from planner.solvers.columns import Evidence, bound_on_priority
from planner.solvers.parts import joined, split

PROBLEMS = tiny_problems(candidates=5, duties=4) | towns().map(lambda town: town.prepared().problem)


@st.composite
def routes_of(draw, problem):
    """Any routes that serve nothing twice; whether they could be driven does not matter here."""
    free = draw(st.permutations(np.flatnonzero(problem.allowed.any(axis=1)).tolist()))
    routes, chosen = [[] for _ in problem.duties], []
    for c in free[:12]:
        if not longhand.clash(problem, [*chosen, c]) and draw(st.booleans()):
            routes[draw(st.sampled_from(np.flatnonzero(problem.allowed[c]).tolist()))].append(c)
            chosen.append(c)
    return tuple(map(tuple, routes))


def visits_of(plan):
    """The candidates of a plan."""
    return [c for route in plan for c in route]


def keys_of(problem, candidates):
    """What candidates bring along: look-backs, places and business districts."""
    district = problem.candidate_district[candidates]
    return (
        set(problem.candidate_wanted[candidates].tolist()),
        set(problem.candidate_place[candidates].tolist()),
        set(district[district >= 0].tolist()),
    )


@examples(80)
@given(PROBLEMS)
def test_parts_share_nothing(problem):
    """No duty, candidate, look-back, place or business district with a goal belongs to two of them."""
    parts = split(problem)
    for one, other in combinations(parts, 2):
        assert not set(one.duties.tolist()) & set(other.duties.tolist())
        assert not set(one.candidates.tolist()) & set(other.candidates.tolist())
        for mine, theirs in zip(keys_of(problem, one.candidates), keys_of(problem, other.candidates), strict=True):
            assert not mine & theirs
        assert not problem.allowed[np.ix_(one.candidates, other.duties)].any()


@examples(80)
@given(PROBLEMS)
def test_what_can_be_visited_is_in_exactly_one_part(problem):
    """With every duty that may visit it; what nobody may visit, and who may visit nothing, is in none."""
    parts = split(problem)
    candidates = [c for part in parts for c in part.candidates.tolist()]
    assert sorted(candidates) == np.flatnonzero(problem.allowed.any(axis=1)).tolist()
    duties = [d for part in parts for d in part.duties.tolist()]
    assert sorted(duties) == np.flatnonzero(problem.allowed.any(axis=0)).tolist()
    sizes = [len(part.candidates) for part in parts]
    assert sizes == sorted(sizes, reverse=True)


@examples(80)
@given(PROBLEMS)
def test_a_part_is_the_problem_seen_through_a_window(problem):
    """Whatever the whole says about its candidates and duties, the part says, too."""
    for part in split(problem):
        mine = part.problem
        assert [w.lookback_id for w in mine.wanted] == sorted(
            {problem.wanted[problem.candidate_wanted[c]].lookback_id for c in part.candidates},
            key=[w.lookback_id for w in problem.wanted].index,
        )
        for k, c in enumerate(part.candidates.tolist()):
            assert mine.wanted[mine.candidate_wanted[k]] == problem.wanted[problem.candidate_wanted[c]]
            assert mine.places[mine.candidate_place[k]] == problem.places[problem.candidate_place[c]]
            assert mine.seconds[k] == problem.seconds[c]
            assert np.array_equal(mine.allowed[k], problem.allowed[c, part.duties])
            assert np.array_equal(mine.opens[:, k], problem.opens[:, c])
            assert np.array_equal(mine.closes[:, k], problem.closes[:, c])
        for k, d in enumerate(part.duties.tolist()):
            assert mine.duties[k] == problem.duties[d]
            way = [mine.origins[k], *mine.candidate_place, mine.destinations[k]]
            whole = [problem.origins[d], *problem.candidate_place[part.candidates], problem.destinations[d]]
            assert np.array_equal(mine.legs(k)[np.ix_(way, way)], problem.legs(d)[np.ix_(whole, whole)])
        goals = [
            (goal.district_id, part.candidates[goal.candidates].tolist(), goal.least) for goal in mine.district_goals
        ]
        whole_goals = (
            (goal.district_id, sorted(set(goal.candidates.tolist()) & set(part.candidates.tolist())), goal.least)
            for goal in problem.district_goals
        )
        assert goals == [goal for goal in whole_goals if goal[1]]


@examples(80)
@given(PROBLEMS, st.data())
def test_to_cut_out_and_to_join_is_to_change_nothing(problem, data):
    """And what routes are worth is the sum of what they are worth in each part: points, visits kept and travel."""
    routes = data.draw(routes_of(problem))
    parts = split(problem)
    cuts = [part.cut_out(routes) for part in parts]
    assert joined(problem, parts, cuts) == routes
    visits, of_parts = visits_of(routes), [visits_of(cut) for cut in cuts]
    both = list(zip(parts, of_parts, strict=True))
    assert problem.kept_least(visits) == sum(part.problem.kept_least(mine) for part, mine in both)
    assert _priority(problem, visits) == sum(_priority(part.problem, mine) for part, mine in both)
    of_all = sum((_goals(part.problem, mine) for part, mine in both), np.zeros(3, int))
    assert _goals(problem, visits).tolist() == of_all.tolist()
    # Each part has weights of its own for the goals above travel: with those of the whole, values add up.
    assert problem.value(routes) == sum(
        _value_at(problem.worth, part.problem, cut) for part, cut in zip(parts, cuts, strict=True)
    )


def _priority(problem, visits):
    return int(problem.points[visits].sum())


def _value_at(worth, problem, routes):
    """The value of routes at other weights."""
    problem = replace(problem)
    problem.__dict__["worth"] = worth
    return problem.value(routes)


@examples(80)
@given(tiny_problems(duties=3), st.booleans())
def test_bounds_of_parts_add_up_to_a_bound_of_the_whole(problem, promised):
    """No plan that keeps as many promises, mandatory look-backs and least visits collects more than they say."""
    problem = replace(problem, pins=(Pin(problem.wanted[0].lookback_id),) if promised else ())
    parts, plans = split(problem), longhand.all_plans(problem)
    assert sum(upper_bound(part.problem) for part in parts) >= max(_priority(problem, visits_of(p)) for p in plans)
    bounds = [max(map(_soft(part.problem), longhand.all_plans(part.problem))) for part in parts]
    goals = [_goals(problem, visits_of(plan)) for plan in plans]
    for standing, kept in zip(plans, goals, strict=True):
        as_good = (plan for plan, other in zip(plans, goals, strict=True) if np.all(other >= kept))
        assert max(_priority(problem, visits_of(plan)) for plan in as_good) <= _bound(parts, bounds, standing)


def test_a_mandatory_look_back_weighs_the_same_in_all_parts():
    """
    West keeps its mandatory look-back and leaves the one with most points, east misses its own.

    The other way round as many are kept, and more is collected: the bound must allow for it.
    """
    problem = prepared(two_districts()).problem
    rich = raised(problem, 1, 100_000).wanted[1]
    wanted = tuple(
        replace(w, mandatory=w.lookback_id in {"LB-E1", "LB-E3"})
        for w in (problem.wanted[0], rich, *problem.wanted[2:])
    )
    duties = tuple(replace(duty, max_visits=1) for duty in problem.duties)
    problem = replace(problem, wanted=wanted, duties=duties)
    parts = split(problem)
    bounds = [max(int(mine.prizes[[c]].sum()) for c in range(2)) for mine in (part.problem for part in parts)]
    assert _bound(parts, bounds, ((0,), (3,))) >= _priority(problem, [1, 2])


def _bound(parts, bounds, standing):
    """On the priority of plans that are as good as this one, from what plans of the parts are worth at most."""
    return sum(
        bound_on_priority(part.problem, Evidence(bound=bound), part.problem.premium(visits_of(part.cut_out(standing))))
        for part, bound in zip(parts, bounds, strict=True)
    )


def _soft(problem):
    """What plans are worth to column generation."""
    return lambda plan: _priority(problem, visits_of(plan)) + problem.premium(visits_of(plan))


def _goals(problem, visits):
    """Promises kept, mandatory look-backs served, least visits made."""
    wanted = [problem.wanted[k] for k in problem.candidate_wanted[visits]]
    promises = sum(w.lookback_id in problem.pinned for w in wanted)
    return np.array([promises, sum(w.mandatory for w in wanted), problem.kept_least(visits)])


def test_a_river_makes_two_parts():
    """Of two banks with a team each that may not act on the other."""
    problem = prepared(two_districts()).problem
    one, other = split(problem)
    teams = [[problem.duties[d].team_id for d in part.duties] for part in (one, other)]
    assert sorted(teams) == [["T1"], ["T2"]]
    assert joined(problem, (one, other), [((),), ((),)]) == ((), ())


def test_what_belongs_together_makes_one_part_of_two():
    """A place that both banks visit, a look-back with a site on either, a goal for shops of both."""
    problem = prepared(two_districts()).problem
    west, east = (np.flatnonzero(problem.allowed[:, d])[0] for d in range(2))
    place, wanted = problem.candidate_place.copy(), problem.candidate_wanted.copy()
    place[east], wanted[east] = place[west], wanted[west]
    goal = DistrictGoal("D", np.array([west, east]), 1)
    for together in ({"candidate_place": place}, {"candidate_wanted": wanted}, {"district_goals": (goal,)}):
        (part,) = split(replace(problem, **together))
        assert len(part.duties) == 2


def test_promises_go_with_their_look_backs():
    """Each part has those of its own."""
    problem = prepared(two_districts(), pins=(Pin("LB-E1"), Pin("LB-E3", "T2"))).problem
    pins = {part.problem.duties[0].team_id: [pin.lookback_id for pin in part.problem.pins] for part in split(problem)}
    assert pins == {"T1": ["LB-E1"], "T2": ["LB-E3"]}


def test_without_duties_or_visits_there_is_no_part():
    """Nobody at work, or nothing that anybody may visit."""
    problem = prepared(two_districts()).problem
    assert split(replace(problem, allowed=np.zeros_like(problem.allowed))) == ()
    assert split(prepared(replace(two_districts(), teams=())).problem) == ()
