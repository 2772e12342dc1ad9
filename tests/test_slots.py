"""Free slots: each can be kept, and what gives way is named with its price."""

from dataclasses import replace

from happenings import recorded
from towns import (
    DAY,
    HOUR,
    ONE_STEP,
    POLICY,
    one_team_ok,
    planned,
    prepared,
    register,
    shop,
    team,
    two_districts,
    violation,
)

from planner.begun import Moment
from planner.check import Before
from planner.events import Appointment, OfficerOut, TeamOut
from planner.replanning import replan
from planner.slots import slots


def offers(found, plan, site, days=(DAY,), now=8 * HOUR, events=()):
    """Slots at a moment of the day."""
    return slots(found, POLICY, Before(plan, DAY, now, {}), recorded(*events), site, days)


def test_a_slot_can_be_had():
    """An appointment at its first and at its last minute is kept, and nobody else moves."""
    found = one_team_ok()
    plan = planned(prepared(found))
    offer = offers(found, plan, "E2")[0]
    assert (offer.team_id, offer.lookback_id, offer.points) == ("T1", "LB-E2", 0)
    for start in (offer.earliest, offer.latest):
        events = recorded(Appointment("LB-E2", "E2", DAY, start, start))
        changed = replan(found, POLICY, plan, Moment(DAY, 8 * HOUR), events, limit=ONE_STEP)
        starts = {visit.lookback_id: visit.start for visit in changed.plan.duties[0].route}
        assert starts["LB-E2"] == start
        assert not changed.broken
        assert len(starts) == 3


def test_where_a_day_is_full_something_gives_way():
    """The least that a day can lose, at the price of its priority."""
    shops = [shop(f"E{k}", 3 * k, 5, visit_minutes=75) for k in range(1, 8)]
    found = register(shops, [violation(f"V{k}", f"E{k}") for k in range(1, 7)], [team("T1", 4, 6)])
    plan = planned(prepared(found))
    offer = offers(found, plan, "E7")[0]
    there = {visit.enterprise_id: visit.priority for visit in plan.duties[0].route}
    assert offer.points == there[offer.gives_way]


def test_on_a_day_without_a_plan_every_team_is_free():
    found = one_team_ok()
    tomorrow = found.calendar.next_working(DAY)
    last = offers(found, planned(prepared(found)), "E1", days=(DAY, tomorrow))[-1]
    assert (last.day, last.planned, last.points) == (tomorrow, False, 0)


def test_what_no_team_may_visit_has_no_slot():
    found = two_districts()
    west = replace(found, teams=found.teams[:1])
    assert offers(west, planned(prepared(west)), "E3") == ()


def test_who_is_away_on_a_day_without_a_plan_has_no_slot_there():
    """What was reported of days beyond the plan counts on them: a team away, a shop shut, an officer ill."""
    found = one_team_ok()
    plan, tomorrow = planned(prepared(found)), found.calendar.next_working(DAY)
    away = [
        TeamOut("T1", tomorrow, tomorrow, 0, 24 * HOUR),
        OfficerOut(found.teams[0].officers[0], tomorrow, tomorrow),
    ]
    for event in away:
        assert not offers(found, plan, "E1", days=(tomorrow,), events=[event])
    morning = TeamOut("T1", tomorrow, tomorrow, 0, 13 * HOUR)
    assert all(offer.earliest >= 13 * HOUR for offer in offers(found, plan, "E1", (tomorrow,), events=[morning]))
    midday = TeamOut("T1", tomorrow, tomorrow, 9 * HOUR, 16 * HOUR)
    around = offers(found, plan, "E1", days=(tomorrow,), events=[midday])
    assert around
    for offer in around:
        assert offer.latest < 9 * HOUR or offer.earliest >= 16 * HOUR
    elsewhere = TeamOut("T1", DAY, DAY, 0, 24 * HOUR)
    assert offers(found, plan, "E1", days=(tomorrow,), events=[elsewhere])
