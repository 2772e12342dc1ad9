"""What differs between two plans, and why."""

from dataclasses import replace

import pytest
from happenings import recorded
from towns import DAY, HOUR, ONE_STEP, POLICY, officers_of, planned, prepared, register, shop, team, violation

from planner.begun import Moment
from planner.compare import CauseKind, ChangeKind, compare
from planner.events import Appointment, OfficerOut, Shut, Undo, Urgent
from planner.replanning import replan
from planner.writers.comparison import comparison_document, comparison_text, messages


@pytest.fixture
def town():
    """Two teams and eight shops in a street: the longer visits fill the day of both."""
    shops = [shop(f"E{k}", 3 * k, 5, visit_minutes=75) for k in range(1, 10)]
    crews = [team("T1", 4, 6), team("T2", 20, 6)]
    found = register(shops, [violation(f"V{k}", f"E{k}") for k in range(1, 9)], crews, officers=officers_of(*crews))
    return found, planned(prepared(found))


def replanned(town, *happened, plan=None, now=8 * HOUR):
    """The comparison of a plan with what a replan makes of it, and the promises that are broken."""
    found, first = town
    plan = plan or first
    made = replan(found, POLICY, plan, Moment(DAY, now), recorded(*happened), limit=ONE_STEP)
    new = replace(made.plan, revision=plan.revision + 1, parent=plan.revision)
    return compare(plan, new, found, recorded(*happened), moved_minutes=POLICY.replan.moved_minutes), made.broken


def after(town, *happened, **more):
    """The comparison alone."""
    return replanned(town, *happened, **more)[0]


def test_a_plan_does_not_differ_from_itself(town):
    found, plan = town
    same = compare(plan, plan, found, moved_minutes=30)
    assert (same.changes, same.teams, same.events, same.retimed) == ((), (), (), 0)
    assert "没有差别" in comparison_text(same, found, "zh")


def test_a_dropped_visit_names_its_event(town):
    _, plan = town
    site = plan.duties[0].route[-1].enterprise_id
    differing = after(town, Shut(site, DAY, DAY))
    dropped = [change for change in differing.changes if change.kind is ChangeKind.DROPPED]
    assert [(c.enterprise_id, c.cause.kind, c.cause.event_id) for c in dropped] == [(site, CauseKind.EVENT, 1)]
    team_change = next(each for each in differing.teams if each.team_id == "T1")
    assert team_change.visits_now <= team_change.visits_before


def test_what_made_room_names_the_visit_and_the_event(town):
    """An urgent visit comes into a full day: what it displaces was not named by anybody."""
    differing = after(town, Urgent("E9", DAY))
    by_kind = {change.kind: change for change in differing.changes}
    assert by_kind[ChangeKind.ADDED].enterprise_id == "E9"
    assert by_kind[ChangeKind.ADDED].cause.event_id == 1
    dropped = by_kind[ChangeKind.DROPPED]
    assert (dropped.cause.kind, dropped.cause.enterprise_id, dropped.cause.event_id) == (CauseKind.MADE_ROOM, "E9", 1)


def test_taking_an_event_back_is_a_cause_too(town):
    _, plan = town
    site = plan.duties[0].route[-1].enterprise_id
    shut = Shut(site, DAY, DAY)
    without = after(town, shut).now
    differing = after(town, shut, Undo(1), plan=without)
    assert [each.event_id for each in differing.events] == [2]
    assert site in {change.enterprise_id for change in differing.changes if change.kind is ChangeKind.ADDED}


def test_teams_are_told_and_other_firms_are_not(town):
    """A look-back is not announced: only who was promised a time hears of another."""
    found, plan = town
    told = messages(after(town, OfficerOut("T1-1", DAY, DAY)), found)
    assert {each.to for each in told} == {"team"}
    assert "T1" in {each.recipient for each in told}
    visit = plan.duties[0].route[0]
    appointment = Appointment(visit.lookback_id, visit.enterprise_id, DAY, 15 * HOUR, 16 * HOUR)
    firms = [each for each in messages(after(town, appointment), found) if each.to == "firm"]
    assert [each.recipient for each in firms] == [visit.enterprise_id]
    assert "2026-11-24 15:" in firms[0].zh


def test_an_urgent_visit_that_no_team_can_make_is_told_with_the_reason(town):
    """Nothing else would say that a complaint was heard and nobody goes."""
    found, _ = town
    comparison = after(town, Urgent("E9", DAY), now=16 * HOUR)
    (row,) = [row for row in comparison.now.unvisited if row.enterprise_id == "E9"]
    (told,) = comparison_document(comparison, found)["urgent_left"]
    assert (told["event_id"], told["enterprise_id"], told["reason_zh"]) == (1, "E9", row.reason_zh)
    line = f"急办未能安排:E9 店E9({row.reason_zh});建议:{row.hint_zh}"
    assert line in comparison_text(comparison, found, "zh").splitlines()
    in_time = after(town, Urgent("E9", DAY), now=9 * HOUR)
    assert comparison_document(in_time, found)["urgent_left"] == []
    taken_back = after(town, Urgent("E9", DAY), Undo(1), now=16 * HOUR)
    assert comparison_document(taken_back, found)["urgent_left"] == []


def test_a_promise_that_is_broken_is_told_with_the_reason(town):
    found, _ = town
    promised = Appointment("LB-E1", "E1", DAY, 9 * HOUR, 9 * HOUR + 60)  # nobody is there so early
    comparison, broken = replanned(town, promised)
    (row,) = [row for row in comparison.now.unvisited if row.lookback_id == "LB-E1"]
    line = f"无法兑现的约定:E1 店E1({row.reason_zh})"
    assert line in comparison_text(comparison, found, "zh", broken).splitlines()


def test_the_document_and_the_text_tell_the_same(town):
    found, plan = town
    site = plan.duties[0].route[-1].enterprise_id
    differing = after(town, Shut(site, DAY, DAY))
    document = comparison_document(differing, found)
    text = comparison_text(differing, found, "en")
    assert len(document["changes"]) == len(differing.changes)
    assert all(change["enterprise_id"] in text for change in document["changes"])
    assert document["changes"][0]["before"]["team_id"] == "T1"
