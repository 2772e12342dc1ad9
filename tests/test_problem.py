"""A horizon in integers: who may go where and when, and what decides first."""

from dataclasses import replace
from datetime import timedelta

import longhand
import numpy as np
import pytest
from hypothesis import given, strategies as st
from towns import DAY, HOUR, POLICY, examples, one_chain, prepared, tiny_problems, towns, violation, with_policy

from planner.eligibility import obstacle
from planner.enterprises import Scenario
from planner.hours import visiting_hours
from planner.lookbacks import LookBack, SpotCheck, look_backs, spot_checks
from planner.problem import LARGEST_SUM, NEVER, Pin, build, places_of, travel_seconds, visit_seconds
from planner.teamdays import horizon, team_days


def built(town, pins=()):
    """A town's problem before what nobody reaches is taken out, with a minute between any two places."""
    days = horizon(town.register, town.day, town.days)
    duties = team_days(town.register, days, town.policy)
    owed = look_backs(town.register, days, town.policy)
    wanted = (*owed, *spot_checks(town.register, owed, town.day, town.policy))
    places = places_of(town.register, wanted, duties)
    minute = np.full((len(places), len(places)), 60, np.int32)
    travel = {duty.mode.value: minute for duty in duties}
    return build(town.register, town.policy, days, duties, wanted, places, travel, pins)


@examples(40)
@given(towns())
def test_every_candidate_is_a_look_back_at_one_of_its_sites(town):
    """Each of them once; places are the teams' and the sites, each once."""
    problem = built(town)
    pairs = [
        (problem.wanted[k].lookback_id, problem.places[p].place_id)
        for k, p in zip(problem.candidate_wanted, problem.candidate_place, strict=True)
    ]
    assert pairs == [(w.lookback_id, site) for w in problem.wanted for site in w.sites]
    ids = [place.place_id for place in problem.places]
    assert len(set(ids)) == len(ids)
    at_work = {duty.team_id for duty in problem.duties}
    assert set(ids) == {f"{t}:{end}" for t in at_work for end in ("start", "end")} | {site for _, site in pairs}
    for d, duty in enumerate(problem.duties):
        assert ids[problem.origins[d]] == f"{duty.team_id}:start"
        assert ids[problem.destinations[d]] == f"{duty.team_id}:end"


@examples(40)
@given(towns())
def test_a_visit_fits_into_the_hours_from_its_first_start_to_its_last(town):
    """As a whole; and nothing starts before the look-back opens."""
    problem = built(town)
    for c, (k, p) in enumerate(zip(problem.candidate_wanted, problem.candidate_place, strict=True)):
        wanted, enterprise = problem.wanted[k], town.register.enterprise[problem.places[p].place_id]
        for h, day in enumerate(problem.days):
            hours = visiting_hours(enterprise, day, town.policy)
            windows = [w for w in zip(problem.opens[h, c], problem.closes[h, c], strict=True) if w != (NEVER, -1)]
            assert all(any(a <= first <= last <= b - problem.seconds[c] for a, b in hours) for first, last in windows)
            assert windows == sorted(windows)
            released = not isinstance(wanted, LookBack) or day >= wanted.release
            assert len(windows) == released * sum(b - a >= problem.seconds[c] for a, b in hours)


@examples(40)
@given(towns())
def test_a_candidate_is_allowed_exactly_where_nothing_stands_in_the_way(town):
    """Jurisdiction, scenario and recusal; hours and travel are another matter."""
    problem = built(town)
    for c, p in enumerate(problem.candidate_place):
        enterprise = town.register.enterprise[problem.places[p].place_id]
        for d, duty in enumerate(problem.duties):
            assert problem.allowed[c, d] == (obstacle(town.register, duty.team_id, enterprise) is None)


@pytest.mark.parametrize(
    ("scenario", "look_back", "spot_check"),
    [(Scenario.SCAN_TO_ORDER, 40, 55), (Scenario.POWER_BANK_RENTAL, 27, 35), (Scenario.CHILDRENS_TRAINING, 60, 85)],
)
def test_a_visit_lasts_as_long_as_its_scenario_takes_with_the_formalities(scenario, look_back, spot_check, one_team_ok):
    """Fifteen minutes of certificate and record on top; a length in the table replaces the scenario's."""
    enterprise = replace(one_team_ok.enterprises[0], scenario=scenario)
    (owed, *_), check = look_backs(one_team_ok, (DAY,), POLICY), SpotCheck("SC-E1", "E1", ())
    assert visit_seconds(owed, enterprise, POLICY) == look_back * 60
    assert visit_seconds(check, enterprise, POLICY) == spot_check * 60
    assert visit_seconds(owed, replace(enterprise, visit_minutes=5), POLICY) == 20 * 60


def test_any_site_of_a_chain_serves_its_look_back():
    """Four candidates for one look-back."""
    problem = prepared(one_chain()).problem
    of_chain = [c for c, k in enumerate(problem.candidate_wanted) if problem.wanted[k].lookback_id == "LB-连锁甲"]
    assert [problem.places[problem.candidate_place[c]].place_id for c in of_chain] == ["E1", "E2", "E3", "E4"]


# Pins


def test_a_pin_narrows_teams_days_and_hours(two_districts):
    """Of the pinned look-back alone."""
    free = prepared(two_districts, days=2).problem
    pin = Pin("LB-E1", "T1", DAY, 10 * HOUR)
    pinned = prepared(two_districts, days=2, pins=(pin,)).problem
    (c,) = [c for c, k in enumerate(pinned.candidate_wanted) if pinned.wanted[k].lookback_id == "LB-E1"]
    assert [(pinned.duties[d].team_id, pinned.duties[d].day) for d in np.flatnonzero(pinned.allowed[c])] == [
        ("T1", DAY)
    ]
    assert (pinned.opens[0, c].min(), pinned.closes[0, c].max()) == (10 * HOUR, 10 * HOUR)
    others = np.arange(len(free.candidate_wanted)) != c
    assert np.array_equal(pinned.allowed[others], free.allowed[others])
    assert np.array_equal(pinned.opens[:, others], free.opens[:, others])


def test_a_pin_outside_the_hours_leaves_nothing(two_districts):
    """Half past eight, when the shop is shut."""
    problem = prepared(two_districts, pins=(Pin("LB-E1", start=8 * HOUR + 1800),)).problem
    (c,) = [c for c, k in enumerate(problem.candidate_wanted) if problem.wanted[k].lookback_id == "LB-E1"]
    assert not problem.allowed[c].any()


# Business districts


@examples(60)
@given(towns())
def test_a_district_should_have_no_more_visits_than_duties_can_reach_in_it(town):
    """As many as the policy says, or all there are; each reachable candidate of a district counts for that district."""
    problem, least = town.prepared().problem, town.policy.plan.least_visits_per_district
    assert problem.even_load == town.policy.plan.even_load
    there = {}
    for c in np.flatnonzero(problem.allowed.any(axis=1)).tolist():
        district = town.register.district_of(problem.places[problem.candidate_place[c]].place_id)
        if district is not None and least:
            there.setdefault(district.district_id, []).append(c)
    assert {goal.district_id: goal.candidates.tolist() for goal in problem.district_goals} == there
    for goal in problem.district_goals:
        places, wanted = problem.candidate_place[goal.candidates], problem.candidate_wanted[goal.candidates]
        assert goal.least == min(least, len(set(places)), len(set(wanted)))


def test_districts_have_goals_only_when_the_policy_asks(two_districts):
    """Two shops in either of the two districts: three visits cannot be asked for."""

    def least(policy):
        return [(g.district_id, g.least) for g in prepared(two_districts, policy).problem.district_goals]

    assert least(POLICY) == []
    assert least(with_policy(plan={"least_visits_per_district": 1})) == [("D1", 1), ("D2", 1)]
    assert least(with_policy(plan={"least_visits_per_district": 3})) == [("D1", 2), ("D2", 2)]


# What decides


@examples(80)
@given(tiny_problems())
def test_goals_are_strictly_ordered(problem):
    """A promise outweighs all that is mandatory, that all districts, those all points, and a point all travel."""
    pinned = replace(problem, pins=(Pin(problem.wanted[0].lookback_id),))
    worth, points = pinned.worth, sum(w.priority for w in problem.wanted)
    travel = sum(duty.end - duty.start for duty in problem.duties)
    mandatory = sum(w.mandatory for w in problem.wanted)
    assert worth.point > travel
    uneven = problem.even_load * sum(duty.max_visits * (duty.max_visits - 1) // 2 for duty in problem.duties)
    assert worth.least > (points + uneven) * worth.point + travel
    assert worth.mandatory > sum(goal.least for goal in problem.district_goals) * worth.least
    assert worth.pinned > mandatory * worth.mandatory
    assert pinned.gains.max(initial=0) <= worth.pinned + worth.mandatory + points * worth.point


@pytest.mark.parametrize("points", [1, 10**5, 10**9])
def test_sums_stay_inside_64_bits(points, one_team_ok):
    """However many points the policy gives and however many look-backs are mandatory."""
    (owed, *_), problem = look_backs(one_team_ok, (DAY,), POLICY), prepared(one_team_ok).problem
    reasons = (replace(owed.reasons[0], points=points),)
    wanted = tuple(replace(owed, lookback_id=f"LB-{k}", reasons=reasons, mandatory=True) for k in range(3000))
    city = replace(problem, wanted=wanted, candidate_wanted=np.arange(3000), pins=(Pin("LB-0"),))
    assert 0 < int(city.gains.sum()) <= 2 * LARGEST_SUM


@examples(80)
@given(tiny_problems(), st.data())
def test_the_value_of_routes_is_what_they_serve_less_their_travel(problem, data):
    """Feasible or not; a team that stays in costs nothing."""
    count = len(problem.candidate_wanted)
    routes = tuple(
        tuple(data.draw(st.lists(st.integers(0, count - 1), unique=True, max_size=3))) for _ in problem.duties
    )
    assert problem.value(routes) == longhand.worth(problem, routes)
    for duty, route in enumerate(routes):
        legs = problem.legs(duty)
        if route:
            assert travel_seconds(problem, duty, route, legs) == longhand.travelled(problem, duty, route, legs)


def test_a_later_day_is_worth_a_little_less(one_team_ok):
    """Five per mille a day, of priority alone: a mandatory look-back stays one."""
    problem = prepared(one_team_ok, days=3).problem
    lb, (first, second, third) = problem.wanted[0], problem.gains[0].tolist()
    assert first - second == problem.worth.point * (lb.priority * 5 // 1000)
    assert first > second > third > 0
    even = prepared(one_team_ok, with_policy(plan={"later_day_discount": 0}), days=3).problem
    assert len(set(even.gains[0].tolist())) == 1


def test_a_look_back_that_opens_in_the_horizon_waits_for_its_day(one_team_ok):
    """Due to be corrected by today: from tomorrow on."""
    tomorrow = DAY + timedelta(days=1)
    found = replace(one_team_ok, violations=(violation("V1", "E1", rectify_by=DAY),))
    problem = prepared(found, days=2).problem
    (c,) = [c for c, k in enumerate(problem.candidate_wanted) if problem.wanted[k].lookback_id == "LB-E1"]
    assert [problem.duties[d].day for d in np.flatnonzero(problem.allowed[c])] == [tomorrow]
