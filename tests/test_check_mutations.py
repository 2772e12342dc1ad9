"""
Plans of the sample that nothing is wrong with, and what the checker says after somebody spoiled them.

A defect takes a case (a plan with the tables it was made from) and returns one with exactly one thing wrong in it. The
totals are added up again afterwards, so that it is never the sums that give a defect away. The docstring of each
defect is the rule that it breaks.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest

from planner.check import check
from planner.clock import Calendar
from planner.districts import Barrier
from planner.errors import InputError
from planner.events import Promise
from planner.geo import LonLat
from planner.lookbacks import look_backs
from planner.plan import Interval, Reason, gap_to
from planner.plan_json import from_json, to_json
from planner.planning import finish, prepare
from planner.policy import Policy
from planner.register import Register
from planner.samples import SAMPLES
from planner.solvers import Limit, greedy
from planner.teams import Recusal, Shift, TravelMode
from planner.travel import MatrixFile, engine, measured
from planner.workspace import Workspace, create

DAY = date(2026, 11, 24)
HOUR = 3600


@dataclass(frozen=True)
class Case:
    """A plan, what it was made from, and what was promised."""

    plan: object
    register: Register
    policy: Policy
    promises: tuple = ()
    measured: dict = field(default_factory=dict)

    def rules(self):
        """The names of the rules that the checker finds broken."""
        return {conflict.rule for conflict in self.conflicts()}

    def conflicts(self):
        return check(self.plan, self.register, self.policy, promises=self.promises, measured=self.measured)


@pytest.fixture(scope="session")
def shanghai(tmp_path_factory):
    """The sample's policy and register."""
    root = tmp_path_factory.mktemp("shanghai")
    create(root, SAMPLES["shanghai"](DAY))
    policy, reading = Workspace.at(root).read()
    return policy, reading.register


def planned(policy, register, travel, days=1):
    """The greedy plan of so many days."""
    ready = prepare(register, policy, DAY, travel, days=days)
    routes = greedy.filled(ready.problem, [[] for _ in ready.problem.duties])
    plan = finish(ready, routes, solver="greedy", seed=0, limit=Limit(steps=0))
    return Case(plan, register, policy, measured=measured(travel))


@pytest.fixture(scope="session")
def one_day(shanghai):
    policy, register = shanghai
    return planned(policy, register, engine(register, policy))


@pytest.fixture(scope="session")
def two_days(shanghai):
    policy, register = shanghai
    return planned(policy, register, engine(register, policy), days=2)


@pytest.fixture(scope="session")
def with_matrix(shanghai, one_day):
    """A plan for which the legs of ten routes were measured: two minutes less than the straight line says."""
    policy, register = shanghai
    legs = {}
    for duty in one_day.plan.duties[:10]:
        here = f"{duty.team_id}:start"
        for visit in duty.route:
            legs[here, visit.enterprise_id] = (visit.travel_seconds - 120, visit.travel_metres + 70, TravelMode.CAR)
            here = visit.enterprise_id
    return planned(policy, register, MatrixFile(legs, engine(register, policy)))


@pytest.mark.parametrize("name", ["one_day", "two_days", "with_matrix"])
def test_plan_of_the_sample_has_no_conflict(name, request):
    case = request.getfixturevalue(name)
    assert case.conflicts() == ()
    assert case.plan.totals.look_backs > 150


# Changing a case


def where(case, fits):
    """The first visit that fits, as the positions of its duty and of itself."""
    return next((d, k) for d, duty in enumerate(case.plan.duties) for k in range(len(duty.route)) if fits(duty, k))


def with_duty(case, d, **changes):
    duties = list(case.plan.duties)
    duties[d] = replace(duties[d], **changes)
    return replace(case, plan=replace(case.plan, duties=tuple(duties)))


def with_visit(case, d, k, **changes):
    route = list(case.plan.duties[d].route)
    route[k] = replace(route[k], **changes)
    return with_duty(case, d, route=tuple(route))


def with_unvisited(case, row, **changes):
    """The plan with one row of those left out changed."""
    rows = tuple(replace(other, **changes) if other is row else other for other in case.plan.unvisited)
    return replace(case, plan=replace(case.plan, unvisited=rows))


def with_register(case, **changes):
    return replace(case, register=replace(case.register, **changes))


def with_policy(case, section, **values):
    changed = getattr(case.policy, section).model_copy(update=values)
    return replace(case, policy=case.policy.model_copy(update={section: changed}))


def with_scenario(case, scenario, **values):
    scenarios = dict(case.policy.scenarios)
    scenarios[scenario] = scenarios[scenario].model_copy(update=values)
    return replace(case, policy=case.policy.model_copy(update={"scenarios": scenarios}))


def with_enterprise(case, enterprise_id, **changes):
    rows = case.register.enterprises
    return with_register(
        case, enterprises=tuple(replace(e, **changes) if e.enterprise_id == enterprise_id else e for e in rows)
    )


def with_team(case, team_id, **changes):
    rows = case.register.teams
    return with_register(case, teams=tuple(replace(t, **changes) if t.team_id == team_id else t for t in rows))


def with_shift(case, team_id, start, end, **more):
    """The team works other hours on the day."""
    shifts = tuple(s for s in case.register.shifts if s.team_id != team_id)
    return with_register(case, shifts=(*shifts, Shift(team_id, DAY, None, start, end, **more)))


def visit_at(case, d, k):
    return case.plan.duties[d].route[k]


def before(case, d, k):
    """Where the team comes from on its way to a visit."""
    duty = case.plan.duties[d]
    if k == 0:
        return case.register.team[duty.team_id].start
    return case.register.enterprise[duty.route[k - 1].enterprise_id].place


def idle(case):
    """The case with the last duty emptied, its visits left out as for lack of time, and the position of that duty."""
    d = len(case.plan.duties) - 1
    owed, _ = owed_of(case)
    left = [
        replace(
            case.plan.unvisited[0],
            lookback_id=visit.lookback_id,
            enterprise_id=visit.enterprise_id,
            priority=visit.priority,
            mandatory=visit.mandatory,
            rule="time",
        )
        for visit in case.plan.duties[d].route
        if visit.lookback_id in owed
    ]
    emptied = with_duty(case, d, route=(), rest=None, return_seconds=0, return_metres=0)
    return replace(emptied, plan=replace(emptied.plan, unvisited=(*case.plan.unvisited, *left))), d


def clock(seconds):
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"


OWED = {}


def owed_of(case):
    """Ids of the look-backs that are owed, and of the mandatory ones; remembered as long as tables and policy stay."""
    key = id(case.register), id(case.policy), case.plan.horizon
    if key not in OWED:
        owed = look_backs(case.register, case.plan.horizon, case.policy)
        musts = {lb.lookback_id for lb in owed if lb.mandatory}
        OWED[key] = case, {lb.lookback_id for lb in owed}, musts  # with the case, so that its ids stay its own
    return OWED[key][1:]


def resummed(case):
    """The case with totals that add up, and the gap that belongs to them."""
    plan = case.plan
    visits = [visit for duty in plan.duties for visit in duty.route]
    ids, musts = owed_of(case)
    totals = replace(
        plan.totals,
        priority=sum(v.priority for v in visits),
        mandatory=sum(v.lookback_id in musts for v in visits),
        mandatory_missed=len(musts - {v.lookback_id for v in visits}),
        look_backs=sum(v.lookback_id in ids for v in visits),
        spot_checks=sum(v.lookback_id not in ids for v in visits),
        travel_seconds=sum(v.travel_seconds for v in visits) + sum(d.return_seconds for d in plan.duties),
        travel_metres=sum(v.travel_metres for v in visits) + sum(d.return_metres for d in plan.duties),
        wait_seconds=sum(v.wait_seconds for v in visits),
    )
    bound = plan.bound and replace(plan.bound, gap=gap_to(plan.bound.priority, totals.priority))
    return replace(case, plan=replace(plan, totals=totals, bound=bound))


DEFECTS = []


def defect(rule, on="one_day", *, sums=True):
    """Put a defect on the list: the rule that it breaks, the plan it is planted in, whether totals are made to fit."""

    def listed(plant):
        DEFECTS.append(pytest.param(plant, rule, on, sums, id=plant.__name__))
        return plant

    return listed


@pytest.mark.parametrize(("plant", "rule", "on", "sums"), DEFECTS)
def test_defect_is_found(plant, rule, on, sums, request):
    spoiled = plant(request.getfixturevalue(on))
    assert rule in (resummed(spoiled) if sums else spoiled).rules()


# Times of a visit


@defect("duration")
def a_visit_is_a_minute_short(case):
    visit = visit_at(case, 0, 1)
    return with_visit(case, 0, 1, end=visit.end - 60)


@defect("duration")
def a_visit_is_a_minute_long(case):
    d, k = where(case, lambda duty, k: k + 1 == len(duty.route))
    return with_visit(case, d, k, end=visit_at(case, d, k).end + 60)


@defect("duration")
def a_visit_ends_before_it_starts(case):
    visit = visit_at(case, 0, 0)
    return with_visit(case, 0, 0, end=visit.start - 60)


@defect("duration")
def visits_of_a_scenario_take_longer_now(case):
    scenario = case.register.enterprise[visit_at(case, 0, 0).enterprise_id].scenario
    return with_scenario(case, scenario, look_back=99)


@defect("duration")
def one_shop_takes_longer_than_its_scenario(case):
    return with_enterprise(case, visit_at(case, 0, 0).enterprise_id, visit_minutes=90)


@defect("duration")
def the_record_takes_longer_now(case):
    return with_policy(case, "visits", record_minutes=13)


@defect("travel")
def a_visit_starts_before_the_team_is_there(case):
    visit = visit_at(case, 0, 1)
    return with_visit(case, 0, 1, arrive=visit.start + 60, wait_seconds=-60)


@defect("travel")
def a_team_arrives_a_second_too_early(case):
    d, k = where(
        case, lambda duty, k: k and duty.route[k].arrive == duty.route[k - 1].end + duty.route[k].travel_seconds
    )
    visit = visit_at(case, d, k)
    return with_visit(case, d, k, arrive=visit.arrive - 1, wait_seconds=visit.wait_seconds + 1)


@defect("travel")
def a_team_leaves_before_its_shift_begins(case):
    duty = case.plan.duties[0]
    early = duty.route[0].start - duty.route[0].travel_seconds + 60
    return with_shift(with_duty(case, 0, shift=Interval(early, duty.shift.end)), duty.team_id, early, duty.shift.end)


@defect("wait")
def a_wait_is_a_second_short(case):
    d, k = where(case, lambda duty, k: duty.route[k].wait_seconds > 0)
    return with_visit(case, d, k, wait_seconds=visit_at(case, d, k).wait_seconds - 1)


@defect("wait")
def a_wait_counts_the_break(case):
    d, k = where(case, lambda duty, k: duty.rest and duty.route[k].arrive <= duty.rest.start < duty.route[k].start)
    visit = visit_at(case, d, k)
    return with_visit(case, d, k, wait_seconds=visit.start - visit.arrive)


@defect("last_start")
def a_visit_starts_too_shortly_before_the_end(case):
    d, k = where(case, lambda duty, k: k + 1 == len(duty.route))
    duty, visit = case.plan.duties[d], visit_at(case, d, k)
    margin = (duty.shift.end - visit.start) // 60 + 1
    return with_policy(case, "visits", last_start_before_end=margin)


@defect("shift")
def a_visit_ends_after_the_shift(case):
    d, k = where(case, lambda duty, k: k + 1 == len(duty.route))
    duty, visit = case.plan.duties[d], visit_at(case, d, k)
    later = duty.shift.end + 60 - visit.end
    return with_visit(case, d, k, arrive=visit.arrive + later, start=visit.start + later, end=visit.end + later)


@defect("shift")
def a_team_comes_back_after_its_shift(case):
    duty = case.plan.duties[0]
    early = duty.back - 60
    return with_shift(
        with_duty(case, 0, shift=Interval(duty.shift.start, early)), duty.team_id, duty.shift.start, early
    )


@defect("avoid")
def a_visit_lies_in_hours_to_avoid(case):
    visit = visit_at(case, 0, 1)
    scenario = case.register.enterprise[visit.enterprise_id].scenario
    return with_scenario(case, scenario, avoid=((visit.end - 60, visit.end + HOUR),))


# Doors


@defect("opening_hours")
def a_shop_opens_a_minute_later(case):
    visit = visit_at(case, 0, 1)
    return with_enterprise(case, visit.enterprise_id, opening_hours=f"{clock(visit.start + 60)}-23:00")


@defect("opening_hours")
def a_shop_closes_a_minute_earlier(case):
    visit = visit_at(case, 0, 1)
    return with_enterprise(case, visit.enterprise_id, opening_hours=f"08:00-{clock(visit.end - 60)}")


@defect("opening_hours")
def a_shop_closes_for_a_minute_during_the_visit(case):
    visit = visit_at(case, 0, 1)
    noon = clock(visit.start + 300), clock(visit.start + 360)
    return with_enterprise(case, visit.enterprise_id, opening_hours=f"08:00-{noon[0]},{noon[1]}-23:00")


@defect("opening_hours")
def a_shop_is_shut_on_tuesdays(case):
    return with_enterprise(case, visit_at(case, 0, 1).enterprise_id, opening_hours="Mo-Su 08:00-23:00; Tu off")


@defect("opening_hours")
def a_shop_is_shut_on_this_date(case):
    return with_enterprise(case, visit_at(case, 0, 1).enterprise_id, opening_hours="08:00-23:00; 2026 Nov 24 off")


@defect("opening_hours")
def nobody_knows_whether_a_shop_is_open(case):
    return with_enterprise(case, visit_at(case, 0, 1).enterprise_id, opening_hours="08:00-23:00 unknown")


@defect("opening_hours")
def the_usual_hours_of_a_scenario_end_earlier(case):
    register = case.register

    def usual(duty, k):
        return not register.enterprise[duty.route[k].enterprise_id].opening_hours

    d, k = where(case, usual)
    scenario = register.enterprise[visit_at(case, d, k).enterprise_id].scenario
    return with_scenario(case, scenario, hours="05:00-06:00")


# The break


def resting(case):
    """The position of a duty that rests."""
    return where(case, lambda duty, _k: duty.rest is not None)[0]


@defect("break")
def a_break_is_missing(case):
    return with_duty(case, resting(case), rest=None)


@defect("break")
def a_break_is_a_minute_short(case):
    d = resting(case)
    rest = case.plan.duties[d].rest
    return with_duty(case, d, rest=Interval(rest.start, rest.end - 60))


@defect("break")
def a_break_is_a_minute_long(case):
    d = resting(case)
    rest = case.plan.duties[d].rest
    return with_duty(case, d, rest=Interval(rest.start - 60, rest.end))


@defect("break")
def a_break_lies_before_its_window(case):
    d = resting(case)
    duty = case.plan.duties[d]
    length = duty.rest.end - duty.rest.start
    return with_duty(case, d, rest=Interval(duty.shift.start, duty.shift.start + length))


@defect("break")
def the_window_of_the_break_was_moved(case):
    return with_policy(case, "shift", break_from=15 * HOUR, break_to=17 * HOUR)


@defect("break")
def the_break_is_longer_now(case):
    return with_policy(case, "shift", break_minutes=75)


@defect("break")
def a_break_was_abolished_for_a_team(case):
    d = where(case, lambda duty, _k: duty.rest is not None and duty.team_id == "T01")[0]
    shift = case.plan.duties[d].shift
    return with_shift(case, "T01", shift.start, shift.end, break_seconds=0)


@defect("break")
def a_break_runs_into_a_visit(case):
    d, k = where(case, lambda duty, k: duty.rest and duty.rest.end <= duty.route[k].start < 13.4 * HOUR)
    rest, start = case.plan.duties[d].rest, visit_at(case, d, k).start
    return with_duty(case, d, rest=Interval(start + 120 - (rest.end - rest.start), start + 120))


@defect("travel")
def a_break_is_taken_on_the_way(case):
    def leaving_at_once(duty, k):
        return duty.rest and duty.rest.end + duty.route[k].travel_seconds == duty.route[k].arrive

    d, _ = where(case, leaving_at_once)
    rest = case.plan.duties[d].rest
    return with_duty(case, d, rest=Interval(rest.start + 120, rest.end + 120))


@defect("travel")
def a_break_on_arrival_begins_before_arriving(case):
    d, _ = where(case, lambda duty, k: duty.rest and k and duty.rest.start == duty.route[k].arrive)
    rest = case.plan.duties[d].rest
    return with_duty(case, d, rest=Interval(rest.start - 120, rest.end - 120))


@defect("idle")
def a_team_without_visits_rests(case):
    emptied, d = idle(case)
    return with_duty(emptied, d, rest=Interval(12 * HOUR, 13 * HOUR))


@defect("idle")
def a_team_without_visits_travels_back(case):
    emptied, d = idle(case)
    return with_duty(emptied, d, return_seconds=600)


@defect("idle")
def a_team_without_visits_covers_ground(case):
    emptied, d = idle(case)
    return with_duty(emptied, d, return_metres=600)


# The way


@defect("travel")
def a_leg_is_a_minute_short(case):
    visit = visit_at(case, 0, 1)
    return with_visit(case, 0, 1, travel_seconds=visit.travel_seconds - 60)


@defect("travel")
def a_leg_is_a_minute_long(case):
    visit = visit_at(case, 0, 1)
    return with_visit(case, 0, 1, travel_seconds=visit.travel_seconds + 60)


@defect("travel")
def a_leg_is_a_second_short(case):
    visit = visit_at(case, 0, 1)
    return with_visit(case, 0, 1, travel_seconds=visit.travel_seconds - 1)


@defect("travel")
def a_leg_is_two_metres_short(case):
    return with_visit(case, 0, 1, travel_metres=visit_at(case, 0, 1).travel_metres - 2)


@defect("travel")
def a_leg_takes_no_time(case):
    return with_visit(case, 0, 1, travel_seconds=0)


@defect("travel")
def a_leg_has_no_way_of_getting_about(case):
    return with_visit(case, 0, 1, travel_mode=TravelMode.MIXED)


@defect("travel")
def a_long_leg_is_walked(case):
    d, k = where(case, lambda duty, k: duty.route[k].travel_metres > 3000)
    return with_visit(case, d, k, travel_mode=TravelMode.WALK)


@defect("travel")
def the_metro_is_as_fast_as_a_car(case):
    d, k = where(
        case, lambda duty, k: duty.route[k].travel_mode is TravelMode.CAR and duty.route[k].travel_metres > 2000
    )
    return with_visit(case, d, k, travel_mode=TravelMode.METRO)


@defect("travel")
def the_way_back_is_a_minute_short(case):
    return with_duty(case, 0, return_seconds=case.plan.duties[0].return_seconds - 60)


@defect("travel")
def the_way_back_is_two_metres_long(case):
    return with_duty(case, 0, return_metres=case.plan.duties[0].return_metres + 2)


@defect("travel")
def the_way_back_has_no_way_of_getting_about(case):
    return with_duty(case, 0, return_mode=TravelMode.MIXED)


@defect("travel")
def a_team_goes_by_car_only_now(case):
    d, _ = where(case, lambda duty, k: duty.route[k].travel_mode is TravelMode.WALK)
    return with_team(case, case.plan.duties[d].team_id, travel=TravelMode.CAR)


@defect("travel")
def everybody_goes_by_metro_now(case):
    return with_policy(case, "travel", mode=TravelMode.METRO)


@defect("travel")
def people_walk_more_slowly(case):
    return with_policy(case, "travel", walk_kmh=2.0)


@defect("travel")
def nobody_walks_that_far(case):
    longest = max(v.travel_metres for d in case.plan.duties for v in d.route if v.travel_mode is TravelMode.WALK)
    return with_policy(case, "travel", walk_most_metres=longest - 5)


@defect("travel")
def every_leg_takes_seven_minutes_at_least(case):
    return with_policy(case, "travel", least_minutes=7)


@defect("travel")
def parking_takes_longer(case):
    return with_policy(case, "travel", car_minutes=12)


@defect("travel")
def changing_trains_takes_longer(case):
    d, k = where(case, lambda duty, k: duty.route[k].travel_mode is TravelMode.METRO)
    assert visit_at(case, d, k).travel_metres
    return with_policy(case, "travel", metro_minutes=14)


@defect("travel")
def a_shop_has_moved(case):
    visit = visit_at(case, 0, 1)
    place = case.register.enterprise[visit.enterprise_id].place
    return with_enterprise(case, visit.enterprise_id, place=LonLat(place.lon + 0.0004, place.lat))


@defect("travel")
def a_team_starts_elsewhere(case):
    team = case.register.team[case.plan.duties[0].team_id]
    return with_team(case, team.team_id, start=LonLat(team.start.lon, team.start.lat + 0.0004))


@defect("travel")
def a_team_ends_elsewhere(case):
    team = case.register.team[case.plan.duties[0].team_id]
    return with_team(case, team.team_id, end=LonLat(team.end.lon, team.end.lat - 0.0004))


def across(case, d, k, **more):
    """A barrier across the way to a visit."""
    a, b = before(case, d, k), case.register.enterprise[visit_at(case, d, k).enterprise_id].place
    middle, east, north = LonLat((a.lon + b.lon) / 2, (a.lat + b.lat) / 2), b.lon - a.lon, b.lat - a.lat
    line = tuple(LonLat(middle.lon - s * north, middle.lat + s * east) for s in (-0.4, 0.4))
    return with_register(case, barriers=(*case.register.barriers, Barrier("B", "新河", line, **more)))


@defect("barrier")
def a_river_runs_across_a_walk(case):
    d, k = where(
        case, lambda duty, k: duty.route[k].travel_mode is TravelMode.WALK and duty.route[k].travel_metres > 50
    )
    return across(case, d, k)


@defect("travel")
def a_river_runs_across_a_drive(case):
    d, k = where(case, lambda duty, k: duty.route[k].travel_mode is TravelMode.CAR and duty.route[k].travel_metres > 50)
    return across(case, d, k, walkable=True, crossing_minutes=15.0)


@defect("travel", on="with_matrix")
def a_measured_leg_is_a_minute_short(case):
    visit = visit_at(case, 0, 0)
    return with_visit(case, 0, 0, travel_seconds=visit.travel_seconds - 60)


@defect("travel", on="with_matrix")
def a_measured_leg_has_other_metres(case):
    d, k = where(
        case, lambda duty, k: k == 0 and (f"{duty.team_id}:start", duty.route[0].enterprise_id) in case.measured
    )
    return with_visit(case, d, k, travel_metres=visit_at(case, d, k).travel_metres - 70)


@defect("travel", on="with_matrix")
def a_measured_leg_is_walked_instead(case):
    d, k = where(
        case, lambda duty, k: k == 0 and (f"{duty.team_id}:start", duty.route[0].enterprise_id) in case.measured
    )
    return with_visit(case, d, k, travel_mode=TravelMode.WALK)


@defect("travel", on="with_matrix")
def the_matrix_file_is_gone(case):
    return replace(case, measured={})


# Duties


@defect("team")
def a_team_is_unknown(case):
    return with_duty(case, 0, team_id="T99")


@defect("duty")
def a_duty_stands_twice(case):
    return replace(case, plan=replace(case.plan, duties=(*case.plan.duties, replace(case.plan.duties[0], route=()))))


@defect("duty")
def a_team_without_visits_is_forgotten(case):
    emptied, _ = idle(case)
    return replace(emptied, plan=replace(emptied.plan, duties=emptied.plan.duties[:-1]))


@defect("duty")
def a_new_team_has_no_duty(case):
    team = replace(case.register.teams[0], team_id="T99")
    return with_register(case, teams=(*case.register.teams, team))


@defect("shift")
def the_day_is_a_holiday(case):
    return with_register(case, calendar=Calendar({**case.register.calendar.overrides, DAY: False}))


@defect("shift")
def a_team_has_the_day_off(case):
    return with_shift(case, case.plan.duties[0].team_id, None, None)


@defect("shift")
def a_team_works_other_hours(case):
    duty = case.plan.duties[0]
    return with_shift(case, duty.team_id, duty.shift.start, duty.shift.end + 60)


@defect("shift")
def a_shift_was_stretched_in_the_plan(case):
    duty = case.plan.duties[0]
    return with_duty(case, 0, shift=Interval(duty.shift.start - 60, duty.shift.end))


@defect("horizon")
def a_duty_lies_outside_the_horizon(case):
    return with_duty(case, 0, day=DAY + timedelta(days=1))


@defect("max_visits")
def a_team_makes_fewer_visits_now(case):
    duty = case.plan.duties[0]
    return with_team(case, duty.team_id, max_visits=len(duty.route) - 1)


@defect("max_visits")
def a_team_makes_only_as_many_visits_as_is_usual_now(case):
    duty = case.plan.duties[0]
    unlimited = with_team(case, duty.team_id, max_visits=None)
    return with_policy(unlimited, "visits", max_visits=len(duty.route) - 1)


@defect("officers")
def a_certificate_expired_yesterday(case):
    officer_id = case.register.team[case.plan.duties[0].team_id].officers[0]
    expired = DAY - timedelta(days=1)
    officers = tuple(
        replace(o, valid_until=expired) if o.officer_id == officer_id else o for o in case.register.officers
    )
    return with_policy(with_register(case, officers=officers), "visits", officers_per_agency=2)


@defect("officers")
def an_officer_has_left_the_team(case):
    team = case.register.team[case.plan.duties[0].team_id]
    return with_team(case, team.team_id, officers=team.officers[:1])


@defect("officers")
def three_officers_of_each_agency_are_needed_now(case):
    return with_policy(case, "visits", officers_per_agency=3)


# Who may go where


@defect("jurisdiction")
def a_team_acts_in_another_district_now(case):
    d, _ = where(case, lambda duty, _k: case.register.team[duty.team_id].authorities)
    return with_team(case, case.plan.duties[d].team_id, authorities=frozenset({"崇明区"}))


@defect("jurisdiction")
def a_shop_is_outside_all_districts(case):
    d, k = where(case, lambda duty, _k: case.register.team[duty.team_id].authorities)
    located = dict(case.register.located)
    del located[visit_at(case, d, k).enterprise_id]
    return with_register(case, located=located)


@defect("jurisdiction")
def a_district_belongs_to_another_authority(case):
    d, k = where(case, lambda duty, _k: case.register.team[duty.team_id].authorities)
    mine = case.register.located[visit_at(case, d, k).enterprise_id]
    districts = tuple(replace(x, authority="崇明区") if x.district_id == mine else x for x in case.register.districts)
    return with_register(case, districts=districts)


@defect("jurisdiction")
def a_shop_is_counted_for_a_district_it_is_not_in(case):
    d, k = where(case, lambda duty, _k: case.register.team[duty.team_id].authorities)
    mine = case.register.located[visit_at(case, d, k).enterprise_id]

    def moved(rings):
        return tuple(tuple(LonLat(at.lon + 1, at.lat) for at in ring) for ring in rings)

    districts = tuple(
        replace(x, polygons=tuple(map(moved, x.polygons))) if x.district_id == mine else x
        for x in case.register.districts
    )
    return with_register(case, districts=districts)


@defect("place")
def a_shop_has_no_coordinates_any_more(case):
    site = visit_at(case, 0, 0).enterprise_id
    shops = tuple(replace(e, place=None) if e.enterprise_id == site else e for e in case.register.enterprises)
    return with_register(case, enterprises=shops)


@defect("scenario")
def a_team_does_not_inspect_such_shops(case):
    duty = case.plan.duties[0]
    scenarios = {case.register.enterprise[v.enterprise_id].scenario for v in duty.route}
    return with_team(case, duty.team_id, scenarios=frozenset(sorted(scenarios)[1:]) or frozenset({"car_dealer"}))


@defect("recusal")
def an_officer_is_recused_at_a_shop(case):
    duty = case.plan.duties[0]
    officer = case.register.team[duty.team_id].officers[-1]
    recusal = Recusal(officer, enterprise_id=duty.route[0].enterprise_id)
    return with_register(case, recusals=(*case.register.recusals, recusal))


@defect("recusal")
def an_officer_is_recused_at_an_operator(case):
    duty = case.plan.duties[0]
    officer = case.register.team[duty.team_id].officers[0]
    operator = case.register.enterprise[duty.route[-1].enterprise_id].operator
    return with_register(case, recusals=(*case.register.recusals, Recusal(officer, operator=operator)))


# What is owed


@defect("enterprise")
def a_shop_is_unknown(case):
    return with_visit(case, 0, 0, enterprise_id="E99999")


@defect("look_back")
def a_look_back_is_unknown(case):
    return with_visit(case, 0, 0, lookback_id="LB-E99999")


@defect("look_back")
def a_spot_check_is_not_of_this_day(case):
    wanted = {v.enterprise_id for d in case.plan.duties for v in d.route}
    other = next(i for i in case.register.inspections_of if i not in wanted and i not in case.register.violations_at)
    d, k = where(case, lambda duty, k: duty.route[k].lookback_id.startswith("SC-"))
    return with_visit(case, d, k, enterprise_id=other, lookback_id=f"SC-{other}")


@defect("look_back")
def a_rectification_was_verified_meanwhile(case):
    d, k = where(case, lambda duty, k: duty.route[k].lookback_id == f"LB-{duty.route[k].enterprise_id}")
    here = visit_at(case, d, k).enterprise_id
    violations = tuple(replace(v, rectified_on=DAY) if v.enterprise_id == here else v for v in case.register.violations)
    return with_register(case, violations=violations)


@defect("site")
def a_look_back_is_made_next_door(case):
    d, k = where(case, lambda duty, k: duty.route[k].lookback_id == f"LB-{duty.route[k].enterprise_id}")
    visited = {v.enterprise_id for duty in case.plan.duties for v in duty.route}
    other = next(e.enterprise_id for e in case.register.enterprises if e.enterprise_id not in visited)
    return with_visit(case, d, k, enterprise_id=other)


def of_an_operator(case):
    """A visit that serves an operator's look-back."""
    return where(
        case,
        lambda duty, k: (
            duty.route[k].lookback_id.removeprefix("LB-") in case.register.sites
            and len(case.register.sites[duty.route[k].lookback_id.removeprefix("LB-")]) > 1
        ),
    )


@defect("site")
def an_operators_look_back_is_made_at_a_foreign_site(case):
    d, k = of_an_operator(case)
    operator = visit_at(case, d, k).lookback_id.removeprefix("LB-")
    other = next(e.enterprise_id for e in case.register.enterprises if e.operator != operator)
    return with_visit(case, d, k, enterprise_id=other)


@defect("site")
def a_site_was_sold_to_another_operator(case):
    d, k = of_an_operator(case)
    return with_enterprise(case, visit_at(case, d, k).enterprise_id, operator="新东家")


@defect("same_day")
def a_shop_is_visited_by_two_teams(case):
    other = visit_at(case, 1, 0)
    return with_visit(case, 0, 0, enterprise_id=other.enterprise_id)


@defect("twice")
def a_look_back_is_made_twice(case):
    return with_visit(case, 0, 0, lookback_id=visit_at(case, 1, 0).lookback_id)


@defect("twice", on="two_days")
def a_look_back_is_made_on_both_days(case):
    first = next(d for d, duty in enumerate(case.plan.duties) if duty.day == case.plan.horizon[0] and duty.route)
    second = next(d for d, duty in enumerate(case.plan.duties) if duty.day == case.plan.horizon[1] and duty.route)
    visit = visit_at(case, first, 0)
    return with_visit(case, second, 0, enterprise_id=visit.enterprise_id, lookback_id=visit.lookback_id)


@defect("release")
def a_deadline_was_extended(case):
    d, k = where(case, lambda duty, k: duty.route[k].lookback_id == f"LB-{duty.route[k].enterprise_id}")
    here = visit_at(case, d, k).enterprise_id
    violations = tuple(replace(v, rectify_by=DAY) if v.enterprise_id == here else v for v in case.register.violations)
    return with_register(case, violations=violations)


@defect("release", on="two_days")
def a_look_back_is_made_the_day_before_it_opens(case):
    owed = {lb.lookback_id: lb for lb in look_backs(case.register, case.plan.horizon, case.policy)}
    tomorrow = next(
        lb for lb in owed.values() if lb.release == case.plan.horizon[1] and lb.lookback_id == f"LB-{lb.sites[0]}"
    )
    first = next(d for d, duty in enumerate(case.plan.duties) if duty.day == case.plan.horizon[0] and duty.route)
    return with_visit(case, first, 0, enterprise_id=tomorrow.sites[0], lookback_id=tomorrow.lookback_id)


@defect("mandatory")
def a_mandatory_look_back_is_said_not_to_be(case):
    d, k = where(case, lambda duty, k: duty.route[k].mandatory)
    return with_visit(case, d, k, mandatory=False)


@defect("mandatory")
def a_look_back_is_said_to_be_mandatory(case):
    d, k = where(case, lambda duty, k: not duty.route[k].mandatory)
    return with_visit(case, d, k, mandatory=True)


# Priority and its reasons


@defect("priority")
def a_priority_is_a_point_too_high(case):
    return with_visit(case, 0, 0, priority=visit_at(case, 0, 0).priority + 1)


@defect("priority")
def a_priority_and_a_reason_are_a_point_too_high(case):
    visit = visit_at(case, 0, 0)
    first = replace(visit.reasons[0], points=visit.reasons[0].points + 1)
    return with_visit(case, 0, 0, priority=visit.priority + 1, reasons=(first, *visit.reasons[1:]))


@defect("priority")
def a_priority_has_no_reasons(case):
    return with_visit(case, 0, 0, reasons=())


@defect("priority")
def the_office_weighs_fines_otherwise(case):
    return with_policy(case, "priority", points=101)


@defect("reasons")
def a_reason_is_put_into_other_words(case):
    visit = visit_at(case, 0, 0)
    return with_visit(case, 0, 0, reasons=(replace(visit.reasons[0], detail="case 8"), *visit.reasons[1:]))


@defect("reasons")
def a_reason_names_another_record(case):
    visit = visit_at(case, 0, 0)
    return with_visit(case, 0, 0, reasons=(replace(visit.reasons[0], records=("V00000",)), *visit.reasons[1:]))


@defect("reasons")
def a_point_is_moved_from_one_reason_to_another(case):
    a, b, *more = visit_at(case, 0, 0).reasons
    moved = (replace(a, points=a.points - 1), replace(b, points=b.points + 1), *more)
    return with_visit(case, 0, 0, reasons=moved)


@defect("reasons")
def one_reason_stands_for_all(case):
    visit = visit_at(case, 0, 0)
    return with_visit(case, 0, 0, reasons=(Reason(visit.reasons[0].term, visit.priority),))


# Who is not visited


def left(case, rule):
    """A look-back that is left out by a rule."""
    return next(row for row in case.plan.unvisited if row.rule == rule)


@defect("complete")
def a_look_back_is_neither_visited_nor_listed(case):
    return replace(case, plan=replace(case.plan, unvisited=case.plan.unvisited[1:]))


@defect("complete")
def a_visit_was_struck_out_and_not_listed(case):
    duty = case.plan.duties[0]
    assert duty.route[-1].lookback_id.startswith("LB-")
    return with_duty(case, 0, route=duty.route[:-1])


@defect("unvisited")
def a_look_back_is_listed_twice(case):
    rows = case.plan.unvisited
    return replace(case, plan=replace(case.plan, unvisited=(rows[0], *rows)))


@defect("unvisited")
def a_visited_look_back_is_listed(case):
    visit = next(v for duty in case.plan.duties for v in duty.route if v.lookback_id.startswith("LB-"))
    return with_unvisited(
        case,
        case.plan.unvisited[-1],
        lookback_id=visit.lookback_id,
        enterprise_id=visit.enterprise_id,
        priority=visit.priority,
        mandatory=visit.mandatory,
    )


@defect("unvisited")
def something_is_listed_that_nobody_owes(case):
    return with_unvisited(case, case.plan.unvisited[0], lookback_id="LB-E99999")


@defect("unvisited")
def a_look_back_is_left_out_without_a_rule(case):
    return with_unvisited(case, case.plan.unvisited[0], rule="")


@defect("unvisited")
def a_look_back_is_left_out_without_a_reason(case):
    return with_unvisited(case, case.plan.unvisited[0], reason="")


@defect("unvisited")
def a_look_back_is_left_out_without_a_chinese_reason(case):
    return with_unvisited(case, case.plan.unvisited[0], reason_zh="")


@defect("unvisited")
def a_look_back_is_left_out_by_a_rule_that_does_not_exist(case):
    return with_unvisited(case, left(case, "time"), rule="lunch")


@defect("unvisited")
def a_look_back_that_is_left_out_has_another_priority(case):
    row = case.plan.unvisited[0]
    return with_unvisited(case, row, priority=row.priority - 1)


@defect("unvisited")
def a_mandatory_look_back_is_left_out_as_if_it_were_not(case):
    row = next(row for row in case.plan.unvisited if row.mandatory)
    return with_unvisited(case, row, mandatory=False)


@defect("unvisited")
def a_look_back_is_left_out_at_a_foreign_site(case):
    first, second = case.plan.unvisited[:2]
    return with_unvisited(case, first, enterprise_id=second.enterprise_id)


@defect("unvisited")
def an_open_look_back_is_said_to_open_later(case):
    return with_unvisited(case, left(case, "time"), rule="not_released")


@defect("unvisited")
def a_look_back_that_opens_later_is_said_to_lack_time(case):
    return with_unvisited(case, left(case, "not_released"), rule="time")


@defect("unvisited")
def a_team_may_go_and_is_said_not_to(case):
    return with_unvisited(case, left(case, "time"), rule="jurisdiction")


@defect("unvisited")
def a_team_inspects_such_shops_and_is_said_not_to(case):
    return with_unvisited(case, left(case, "time"), rule="scenario")


@defect("unvisited")
def nobody_is_recused_and_is_said_to_be(case):
    return with_unvisited(case, left(case, "time"), rule="recusal")


@defect("unvisited")
def a_shop_is_open_and_is_said_to_be_closed(case):
    return with_unvisited(case, left(case, "time"), rule="closed")


@defect("unvisited")
def a_shop_is_closed_and_time_is_said_to_lack(case):
    return with_unvisited(case, left(case, "closed"), rule="time")


@defect("unvisited")
def teams_are_at_work_and_said_not_to_be(case):
    return with_unvisited(case, left(case, "time"), rule="no_team")


@defect("unvisited")
def a_shop_is_said_to_be_visited_and_is_not(case):
    return with_unvisited(case, left(case, "time"), rule="same_day")


@defect("unvisited")
def teams_are_said_to_be_full_and_are_not(case):
    most = max(len(duty.route) for duty in case.plan.duties) + 1
    roomy = with_policy(case, "visits", max_visits=most)
    return with_unvisited(roomy, left(roomy, "time"), rule="max_visits")


# Sums


def totals_off(name):
    def plant(case):
        totals = replace(case.plan.totals, **{name: getattr(case.plan.totals, name) + 1})
        return replace(case, plan=replace(case.plan, totals=totals))

    plant.__name__ = f"the_total_of_{name}_is_one_too_high"
    return plant


for _name in (
    "priority",
    "mandatory",
    "mandatory_missed",
    "look_backs",
    "spot_checks",
    "travel_seconds",
    "travel_metres",
    "wait_seconds",
):
    defect("totals", sums=False)(totals_off(_name))


@defect("bound")
def a_bound_is_less_than_the_plan_collects(case):
    bound = replace(case.plan.bound, priority=case.plan.totals.priority - 1)
    return replace(case, plan=replace(case.plan, bound=bound))


@defect("bound", sums=False)
def a_gap_is_smaller_than_it_is(case):
    bound = replace(case.plan.bound, gap=case.plan.bound.gap - 0.00001)
    return replace(case, plan=replace(case.plan, bound=bound))


# Promises


def promised(case, **changes):
    """The first visit of the plan as a promise."""
    duty = case.plan.duties[0]
    promise = Promise(duty.route[0].lookback_id, duty.team_id, duty.day, duty.route[0].start)
    return replace(case, promises=(replace(promise, **changes),))


@defect("pinned")
def a_promised_look_back_is_left_out(case):
    return promised(case, lookback_id=case.plan.unvisited[0].lookback_id)


@defect("pinned")
def a_promised_look_back_is_made_by_another_team(case):
    return promised(case, team_id="T02")


@defect("pinned")
def a_promised_look_back_is_made_on_another_day(case):
    return promised(case, day=DAY + timedelta(days=1))


@defect("pinned")
def a_promised_look_back_is_made_a_minute_late(case):
    return promised(case, start=visit_at(case, 0, 0).start - 60)


# The days


def over(case, *days):
    return replace(case, plan=replace(case.plan, horizon=tuple(days)))


@defect("horizon", sums=False)
def the_horizon_is_empty(case):
    return over(case)


@defect("horizon", sums=False)
def the_horizon_names_a_day_twice(case):
    return over(case, DAY, DAY)


@defect("horizon", on="two_days", sums=False)
def the_horizon_runs_backwards(case):
    return over(case, *case.plan.horizon[::-1])


@defect("horizon", on="two_days", sums=False)
def the_horizon_leaves_out_a_working_day(case):
    return over(case, DAY, DAY + timedelta(days=2))


@defect("horizon", on="two_days", sums=False)
def the_horizon_holds_a_saturday(case):
    return over(case, DAY + timedelta(days=3), DAY + timedelta(days=4))


@defect("horizon", sums=False)
def the_horizon_lies_at_the_beginning_of_time(case):
    return over(case, date.min)


@defect("horizon", sums=False)
def the_horizon_lies_at_the_end_of_time(case):
    return over(case, date.max)


@defect("plan_id")
def a_plan_is_called_by_another_day(case):
    return replace(case, plan=replace(case.plan, plan_id="2026-11-25"))


@defect("plan_id")
def a_plans_name_leads_out_of_the_folder(case):
    return replace(case, plan=replace(case.plan, plan_id="../../tmp"))


@defect("plan_id", on="two_days")
def a_plan_of_two_days_is_called_a_plan_of_one(case):
    return replace(case, plan=replace(case.plan, plan_id=f"{DAY}"))


def test_defects_are_many():
    assert len(DEFECTS) > 130


# What is no defect

HARMLESS = {
    "another_revision": {"revision": 7, "parent": 6},
    "another_fingerprint": {"fingerprint": "0" * 64},
    "no_bound": {"bound": None},
}


@pytest.mark.parametrize("changes", HARMLESS.values(), ids=HARMLESS.keys())
def test_harmless_change_is_not_reported(changes, one_day):
    assert replace(one_day, plan=replace(one_day.plan, **changes)).conflicts() == ()


def test_who_made_a_plan_does_not_matter(one_day):
    made = replace(
        one_day.plan.created_by, versions=(("abacus", "1"),), solver="by hand", seed=5, steps=None, seconds=1.0
    )
    assert replace(one_day, plan=replace(one_day.plan, created_by=made)).conflicts() == ()


def test_words_of_a_hint_do_not_matter(one_day):
    changed = with_unvisited(one_day, one_day.plan.unvisited[0], hint="", hint_zh="", reason="because")
    assert changed.conflicts() == ()


def test_order_of_duties_and_of_what_is_left_does_not_matter(one_day):
    plan = replace(one_day.plan, duties=one_day.plan.duties[::-1], unvisited=one_day.plan.unvisited[::-1])
    assert replace(one_day, plan=plan).conflicts() == ()


def test_kept_promise_is_not_reported(one_day):
    assert promised(one_day).conflicts() == ()
    assert promised(one_day, team_id=None, day=None, start=None).conflicts() == ()


def test_team_emptied_by_hand_is_not_reported(one_day):
    """A visit may be taken out by hand if it is listed with a rule that can have stopped it."""
    emptied, _ = idle(one_day)
    assert resummed(emptied).conflicts() == ()


# The document


def test_document_comes_back_as_the_plan_it_was(one_day):
    assert from_json(to_json(one_day.plan)) == one_day.plan


def spoil(document, path, value):
    """The document with one value replaced, or taken out when the value is missing."""
    *way, last = path
    for step in way:
        document = document[step]
    if value is None:
        del document[last]
    else:
        document[last] = value


WRONG_DOCUMENTS = {
    "schema of tomorrow": (["schema"], 2),
    "no duties": (["duties"], None),
    "duties as text": (["duties"], "T01"),
    "revision as text": (["revision"], "1"),
    "revision as truth": (["revision"], True),
    "day that does not exist": (["horizon", 0], "2026-02-30"),
    "time that does not exist": (["duties", 0, "route", 0, "start"], "2026-11-24T25:00:00"),
    "time without seconds": (["duties", 0, "route", 0, "start"], "2026-11-24T10:00"),
    "seconds with a fraction": (["duties", 0, "route", 0, "travel_seconds"], 600.5),
    "priority as text": (["duties", 0, "route", 0, "priority"], "600"),
    "mandatory as number": (["duties", 0, "route", 0, "mandatory"], 1),
    "unknown way of getting about": (["duties", 0, "route", 0, "travel_mode"], "helicopter"),
    "unknown term": (["duties", 0, "route", 0, "reasons", 0, "term"], "mood"),
    "no reasons": (["duties", 0, "route", 0, "reasons"], None),
    "unvisited without a rule": (["unvisited", 0, "rule"], None),
    "totals without travel": (["totals", "travel_seconds"], None),
}


@pytest.mark.parametrize(("path", "value"), WRONG_DOCUMENTS.values(), ids=WRONG_DOCUMENTS.keys())
def test_wrong_document_is_refused(path, value, one_day):
    document = json.loads(to_json(one_day.plan))
    spoil(document, path, value)
    with pytest.raises(InputError, match=r"plan\.json"):
        from_json(json.dumps(document))
