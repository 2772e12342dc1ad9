"""The checker on towns one can picture: what it accepts, and that no document makes it stumble."""

import ast
import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import towns
from hypothesis import given, strategies as st

import planner.check
from planner.check import Conflict, check
from planner.check.hours import ever_open, open_throughout
from planner.enterprises import Enterprise, Scenario
from planner.errors import InputError
from planner.events import Promise
from planner.geo import LonLat
from planner.hours import visiting_hours
from planner.plan_json import from_json, to_json
from planner.planning import finish, prepare
from planner.solvers import Limit, greedy
from planner.teams import Shift
from planner.travel import engine

DAY = towns.DAY
HOUR = 3600


def planned(register, policy=towns.POLICY, day=DAY, **more):
    """The greedy plan of a town; ``finish`` raises when the checker finds a conflict."""
    ready = prepare(register, policy, day, engine(register, policy), **more)
    routes = greedy.filled(ready.problem, [[] for _ in ready.problem.duties])
    return finish(ready, routes, solver="greedy", seed=0, limit=Limit(steps=0))


def rules(plan, register, policy=towns.POLICY, **more):
    return {conflict.rule for conflict in check(plan, register, policy, **more)}


def test_towns_have_plans_without_conflict(one_team_ok, two_districts, one_chain):
    for register in (one_team_ok, two_districts, one_chain):
        plan = planned(register)
        assert plan.totals.look_backs
        assert check(plan, register, towns.POLICY) == ()


@given(towns.towns())
def test_plan_of_any_town_passes_and_so_does_one_without_visits(town):
    """The checker and what it judges were written apart; on towns nobody thought of they agree."""
    ready = prepare(town.register, town.policy, town.day, engine(town.register, town.policy), days=town.days)
    for routes in (
        greedy.filled(ready.problem, [[] for _ in ready.problem.duties]),
        tuple(() for _ in ready.problem.duties),
    ):
        plan = finish(ready, routes, solver="greedy", seed=0, limit=Limit(steps=0))
        assert check(plan, town.register, town.policy) == ()


@given(towns.towns(), st.data())
def test_visit_moved_by_a_minute_is_always_noticed(town, data):
    """Nothing in a plan has a minute's play without something else that gives it away."""
    plan = planned(town.register, town.policy, town.day, days=town.days)
    busy = [d for d, duty in enumerate(plan.duties) if duty.route]
    if not busy:
        return
    d = data.draw(st.sampled_from(busy))
    route = list(plan.duties[d].route)
    k = data.draw(st.integers(0, len(route) - 1))
    name = data.draw(st.sampled_from(("arrive", "start", "end", "travel_seconds", "wait_seconds", "travel_metres")))
    by = data.draw(st.sampled_from((-60, 60)))
    route[k] = replace(route[k], **{name: getattr(route[k], name) + by})
    duties = [*plan.duties[:d], replace(plan.duties[d], route=tuple(route)), *plan.duties[d + 1 :]]
    assert check(replace(plan, duties=tuple(duties)), town.register, town.policy)


def test_break_after_the_way_back_ends_with_the_shift():
    """A team may be back at half past eleven and rest until its shift ends at half past twelve."""
    crew = towns.team("T1", 0, 0)
    until_noon = Shift("T1", DAY, None, 9 * HOUR + 1800, 12 * HOUR + 1800)
    register = towns.register(
        [towns.shop("E1", 0, 0, visit_minutes=93)], [towns.violation("V1", "E1")], [crew], shifts=(until_noon,)
    )
    plan = planned(register)
    assert [visit.enterprise_id for visit in plan.duties[0].route] == ["E1"]
    assert check(plan, register, towns.POLICY) == ()


def test_every_conflict_is_one_line_that_says_where():
    assert Conflict("travel", "T01 2026-11-24 E1", "starts before it arrives").line() == (
        "T01 2026-11-24 E1: starts before it arrives [travel]"
    )


def test_shop_beside_a_district_is_inside_it_as_far_as_the_policy_says(one_team_ok):
    """A place outside all polygons belongs to the nearest district within reach, and to none beyond."""
    beside = towns.shop("E9", 24, 5)
    crew = replace(one_team_ok.teams[0], authorities=frozenset({"黄浦区"}))
    register = towns.register([beside], [towns.violation("V9", "E9")], [crew])
    plan = planned(register)
    assert plan.totals.look_backs == 1
    nearer = towns.with_policy(workspace={"nearest_district_metres": 300})
    assert "jurisdiction" in rules(plan, register, nearer)


def test_promise_that_cannot_be_kept_is_the_only_complaint(one_team_ok):
    """Where a promise is broken, the reason that the look-back is listed with is not doubted, too."""
    plan = planned(one_team_ok)
    visit = plan.duties[0].route[0]
    promise = Promise(visit.lookback_id, start=visit.start + 60)
    assert rules(plan, one_team_ok, promises=[promise]) == {"pinned"}


HOURS = (
    "24/7",
    "10:00-22:00",
    "Mo-Fr 09:00-11:30,13:00-17:00",
    "Tu off; Mo-Su 09:30-18:00",
    "Mo-Su 18:00-02:00",
    "10:00-10:40,11:00-11:40,14:00-14:50",
    '09:00-12:00 "楼上", 12:00-15:00 "楼下"',
    "10:00-14:00 || 14:00-20:00 unknown",
    "PH off; 09:00-18:00",
    "09:00-18:00; 2026 Nov 24 off",
    "week 1-53/2 We 10:00-18:00; Th 12:00-18:00",
    "sunrise-sunset",
    "10:00-24:00",
    "00:00-24:00",
)


@pytest.mark.parametrize("hours", HOURS)
def test_doors_open_for_both_or_for_neither(hours):
    """Opening hours are read twice, as spans and as moments; every quarter of an hour of a week they agree."""
    shop = Enterprise("E1", "店", LonLat(121.4, 31.2), Scenario.CAR_DEALER, "E1", opening_hours=hours)
    for day in (DAY + timedelta(days=k) for k in range(7)):
        spans = visiting_hours(shop, day, towns.POLICY)
        for start in range(0, 24 * HOUR, 900):
            for seconds in (900, 2 * HOUR):
                end = start + seconds
                if end <= 24 * HOUR:
                    within = any(opens <= start and end <= closes for opens, closes in spans)
                    assert within == open_throughout(hours, day, start, end)
        for seconds in (900, 2 * HOUR, 12 * HOUR):
            fits = any(closes - opens >= seconds for opens, closes in spans)
            assert fits == ever_open(hours, (), day, seconds)


# Documents


SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=9) | st.sampled_from((1e300, -1.5))
)
TIMES = st.datetimes(datetime.min, datetime.max).map(lambda at: at.replace(microsecond=0).isoformat())  # noqa: DTZ901
WORDS = st.sampled_from(
    ("T1", "E1", "LB-E1", "SC-E1", "2026-11-24", "0001-01-01", "9999-12-31", "walk", "time", "\x1b[31m")
)


def leaves(document, way=()):
    """The ways to every value of a document that is neither a list nor a table."""
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in items:
        if isinstance(value, (dict, list)) and value:
            yield from leaves(value, (*way, key))
        else:
            yield (*way, key)


@given(st.data())
def test_no_document_makes_the_checker_stumble(data):
    """Edited anywhere, with anything: the document is refused, or read and judged."""
    register = towns.two_districts()
    document = json.loads(to_json(planned(register)))
    ways = list(leaves(document))
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(ways))
        place = document
        for step in way:
            place = place[step]
        place[last] = data.draw(SCALARS | TIMES | WORDS)
    try:
        plan = from_json(json.dumps(document))
    except InputError:
        return
    for conflict in check(plan, register, towns.POLICY):
        assert conflict.rule
        assert conflict.message


@pytest.mark.parametrize("day", [date.min, date.max, date(1999, 12, 31), date(2101, 1, 1)])
def test_days_out_of_reach_are_a_conflict_and_no_crash(day, one_team_ok):
    plan = replace(planned(one_team_ok), horizon=(day,), plan_id=f"{day}")
    assert rules(plan, one_team_ok) == {"horizon"}


def test_duty_at_the_end_of_time_is_a_conflict_and_no_crash(one_team_ok):
    plan = planned(one_team_ok)
    for day in (date.min, date.max):
        moved = replace(plan, duties=(replace(plan.duties[0], day=day),))
        assert "horizon" in rules(moved, one_team_ok)


def test_checker_shares_no_code_with_what_it_judges():
    """Of the program it knows the nouns, the plan and what is owed; nothing that chooses, orders or times visits."""
    imported = set()
    for path in Path(planner.check.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("planner"):
                imported.add(node.module.split(".")[1])
    nouns = {"clock", "districts", "enterprises", "events", "geo", "lookbacks", "plan", "policy", "register", "teams"}
    assert imported <= nouns | {"check"}
