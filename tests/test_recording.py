"""What an outcome must agree with before it is recorded, and what a reviewer would ask about it."""

from dataclasses import replace

import pytest
import towns
from towns import DAY, POLICY

from planner.outcomes import NewViolation, Outcome, OutcomeKind
from planner.planning import plan as make_plan
from planner.recording import against_plan, doubts, strays
from planner.solvers import Limit
from planner.violations import Action, ViolationKind

TOWN = towns.two_districts()


@pytest.fixture(scope="module")
def plan():
    return make_plan(TOWN, POLICY, DAY, limit=Limit(steps=0), solver="greedy")


@pytest.fixture
def good(plan):
    """What the first visit of the first team found."""
    duty = plan.duties[0]
    visit = duty.route[0]
    head = (plan.plan_id, plan.revision, visit.lookback_id, visit.enterprise_id, duty.team_id, duty.day)
    return Outcome(*head, OutcomeKind.RECTIFIED, visit.arrive // 60 * 60, visit.end // 60 * 60)


def wrong(plan, outcome):
    return [problem.line() for problem in against_plan([outcome], plan, TOWN, "t.json")]


def test_outcome_of_a_planned_visit_is_good(plan, good):
    assert wrong(plan, good) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"team_id": "T9"}, "'T9' is not in plan"),
        ({"team_id": "T2"}, "is a visit of T1 on 2026-11-24, not of T2"),
        ({"day": DAY.replace(day=25)}, "not of T1 on 2026-11-25"),
        ({"lookback_id": "LB-E9"}, "'LB-E9' in revision 1 of 2026-11-24 is no visit"),
        ({"enterprise_id": "E4"}, "'E4' is not where"),
    ],
)
def test_outcome_that_is_not_of_the_plan_is_named(plan, good, changed, said):
    (line,) = wrong(plan, replace(good, **changed))
    assert said in line


def test_enterprise_that_is_gone_from_the_tables_is_named(plan, good):
    gone = replace(TOWN, enterprises=tuple(e for e in TOWN.enterprises if e.enterprise_id != good.enterprise_id))
    (problem,) = against_plan([good], plan, gone, "t.json")
    assert "is not in data/enterprises.csv" in problem.message


def said(*outcomes):
    return [problem.message for problem in doubts(outcomes, TOWN, "t.json")]


@pytest.mark.parametrize("facts", ["涉嫌违法", "该店违规收集手机号", "clearly illegal", "a suspected breach"])
def test_conclusions_among_the_facts_are_doubtful(good, facts):
    (message,) = said(replace(good, facts=facts))
    assert "legal conclusion" in message


@pytest.mark.parametrize("facts", ["", "扫码后要求手机号,拒绝后无法下单", "违规用 未见", "it asks for a phone number"])
def test_plain_facts_are_not(good, facts):
    assert said(replace(good, facts=facts)) == []


def test_times_that_overlap_or_leave_no_time_for_the_way_are_doubtful(good):
    """Two places a kilometre apart in no time at all; a second visit before the first has ended."""
    first = replace(good, enterprise_id="E1", arrived=36_000, left=37_800)
    overlapping = replace(good, lookback_id="LB-E2", enterprise_id="E2", arrived=37_740, left=39_000)
    hasty = replace(overlapping, enterprise_id="E3", arrived=37_860)
    assert "before leaving" in said(first, overlapping)[0]
    assert "km from" in said(first, hasty)[0]
    assert said(first, replace(hasty, arrived=37_800 + 1800)) == []
    assert said(first, replace(overlapping, team_id="T2")) == []


def test_spot_check_that_found_something_says_what(good):
    found = replace(good, lookback_id="SC-E1", kind=OutcomeKind.NOT_RECTIFIED)
    assert "no violation is given" in said(found)[0]
    new = NewViolation(ViolationKind.INDUCED, Action.INTERVIEW)
    assert said(replace(found, violations=(new,))) == []


def test_outcome_of_an_enterprise_that_left_the_tables_is_told(good):
    """It is kept, and counts for nothing: nobody should have to find that out alone."""
    assert list(strays([good], TOWN)) == []
    (problem,) = strays([replace(good, enterprise_id="E9")], TOWN)
    assert "counts for nothing" in problem.message
