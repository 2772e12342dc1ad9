"""Free slots: each can be kept, and what gives way is named with its price."""

from dataclasses import replace

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
from planner.events import NOTHING, Appointment, Recorded
from planner.replanning import replan
from planner.slots import slots


def offers(found, plan, site, days=(DAY,), now=8 * HOUR):
    """Slots at a moment of the day."""
    return slots(found, POLICY, Before(plan, DAY, now, {}), NOTHING, site, days)


def test_a_slot_can_be_had():
    """An appointment at its first and at its last minute is kept, and nobody else moves."""
    found = one_team_ok()
    plan = planned(prepared(found))
    offer = offers(found, plan, "E2")[0]
    assert (offer.team_id, offer.lookback_id, offer.points) == ("T1", "LB-E2", 0)
    for start in (offer.earliest, offer.latest):
        recorded = (Recorded(1, Appointment("LB-E2", "E2", DAY, start, start)),)
        changed = replan(found, POLICY, plan, Moment(DAY, 8 * HOUR), recorded, limit=ONE_STEP)
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
