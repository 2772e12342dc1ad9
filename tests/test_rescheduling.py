"""What people report becomes events, or every word of it that cannot be meant is named."""

from datetime import timedelta

import pytest
from happenings import recorded
from towns import DAY, HOUR, POLICY, one_chain, one_team_ok, planned, prepared, two_districts

from planner.errors import InputError
from planner.events import Appointment, Late, OfficerOut, Pinned, Postpone, Shut, TeamOut, Undo, Unpin, Urgent
from planner.rescheduling import Request, Situation, understood

TOMORROW = DAY + timedelta(days=1)


def situation(found=None, *events, **more):
    """A town with a plan of the day."""
    found = found or one_team_ok()
    return Situation(found, POLICY, planned(prepared(found)), DAY, recorded(*events), **more)


def meant(request, *events, **more):
    """The event of one request."""
    return understood([request], situation(None, *events, **more))[0]


def wrong(*requests, there=None):
    """The columns that are complained of."""
    with pytest.raises(InputError) as error:
        understood(requests, there or situation())
    assert all(problem.zh for problem in error.value.problems)
    return [problem.column for problem in error.value.problems]


@pytest.mark.parametrize(
    ("request_", "event"),
    [
        (Request("shut", "E1"), Shut("E1", DAY, DAY)),
        (Request("停业", "LB-E1", until="2026-11-25"), Shut("E1", DAY, TOMORROW)),
        (Request("postpone", "E1", day="2026-11-25"), Postpone("LB-E1", "E1", TOMORROW)),
        (Request("urgent", "E1"), Urgent("E1", DAY)),
        (Request("team-out", team="T1"), TeamOut("T1", DAY, DAY, 0, 24 * HOUR)),
        (Request("team-out", team="T1", time="9:00-11:00"), TeamOut("T1", DAY, DAY, 9 * HOUR, 11 * HOUR)),
        (Request("officer-out", "T1-1", day="2026-11-25"), OfficerOut("T1-1", TOMORROW, TOMORROW)),
        (Request("late", team="T1", minutes="25"), Late("T1", DAY, 25)),
        (
            Request("appointment", "E1", day="2026-11-24", time="14:00-15:00"),
            Appointment("LB-E1", "E1", DAY, 14 * HOUR, 15 * HOUR),
        ),
        (Request("pin", "E1", team="T1", time="15:00"), Pinned("LB-E1", "E1", "T1", DAY, 15 * HOUR)),
    ],
)
def test_what_is_said_is_what_is_recorded(request_, event):
    assert meant(request_) == event


def test_a_pin_without_more_keeps_a_visit_as_it_is_planned():
    there = situation()
    visit = there.plan.duties[0].route[0]
    found = understood([Request("pin", visit.enterprise_id)], there)[0]
    assert found == Pinned(visit.lookback_id, visit.enterprise_id, "T1", DAY, visit.start)


def test_a_pin_is_let_go_and_an_event_taken_back():
    pinned = Pinned("LB-E1", "E1", "T1", DAY, None)
    assert meant(Request("unpin", "E1"), pinned) == Unpin("LB-E1")
    assert meant(Request("undo", "1"), pinned) == Undo(1)
    assert wrong(Request("undo", "1"), there=situation(None, pinned, Undo(1))) == ["id"]


def test_a_later_line_knows_of_an_earlier_one():
    found = understood([Request("pin", "E1"), Request("unpin", "E1")], situation())
    assert found[1] == Unpin("LB-E1")


def test_one_means_the_operators_look_back_at_any_of_its_sites():
    there = situation(one_chain())
    found = understood([Request("appointment", "E3", day="2026-11-24", time="14:00-15:00")], there)[0]
    assert (found.lookback_id, found.enterprise_id) == ("LB-连锁甲", "E3")


def test_everything_wrong_is_said_in_one_run():
    """Of one line and of all; nothing is recorded of a file with a wrong line."""
    assert wrong(
        Request("appointment", "E9", day="2026-02-30", time="14:00"),
        Request("fire"),
        Request("late", team="T9", minutes="5"),
        Request("late", team="T1", minutes="0"),
        Request("shut", "E1"),
    ) == ["id", "date", "time", "event", "team", "minutes"]


@pytest.mark.parametrize(
    ("request_", "column"),
    [
        (Request("appointment", "E1", day="2026-11-24", time="03:00-04:00"), "time"),
        (Request("appointment", "E1", day="2026-11-24", time="15:00-14:00"), "time"),
        (Request("postpone", "E1", day="2026-11-24"), "date"),
        (Request("postpone", "E1", day="2028-11-24"), "date"),
        (Request("shut", "E1", day="2026-11-25", until="2026-11-24"), "until"),
        (Request("unpin", "E1"), "id"),
        (Request("undo", "7"), "id"),
        (Request("late", team="T1", day="2026-11-25", minutes="5"), "team"),
    ],
)
def test_what_cannot_be_is_refused(request_, column):
    assert wrong(request_) == [column]


def test_no_team_is_pinned_where_it_may_not_act():
    assert wrong(Request("pin", "E3", team="T1"), there=situation(two_districts())) == ["team"]


def test_what_is_done_cannot_be_moved():
    there = situation(seen=frozenset({"LB-E1"}))
    for request in (Request("postpone", "E1", day="2026-11-25"), Request("urgent", "E1"), Request("pin", "E1")):
        assert wrong(request, there=there) == ["id"]
