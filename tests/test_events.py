"""Events: kept as they were said, taken back by later ones, and what they mean for a horizon."""

from datetime import date, timedelta

import pytest
from happenings import recorded
from hypothesis import given, strategies as st
from towns import DAY, HOUR, examples

from planner.errors import InputError
from planner.events import (
    KINDS,
    NOTHING,
    Appointment,
    Late,
    OfficerOut,
    Pinned,
    Postpone,
    Promise,
    Shut,
    TeamOut,
    Undo,
    Unpin,
    Urgent,
    changes,
    from_json,
    in_force,
    to_json,
)
from planner.plan import Interval

TOMORROW = DAY + timedelta(days=1)
TIMES = st.integers(0, 24 * 60).map(lambda minutes: minutes * 60)
FIELDS = {
    "str": st.text(max_size=5),
    "date": st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    "int": st.integers(0, 10**6),
    "int | None": st.none() | TIMES,
}


@st.composite
def any_event(draw):
    """One of any kind, with any values."""
    kind = draw(st.sampled_from([*KINDS.values()]))
    types = {name: str(field.type) for name, field in kind.__dataclass_fields__.items()}
    return kind(
        **{name: draw(TIMES if name in {"start", "end"} and t == "int" else FIELDS[t]) for name, t in types.items()}
    )


def meaning(*events, days=(DAY,)):
    """What events mean for some days."""
    return changes(recorded(*events), days)


@given(any_event())
@examples(100)
def test_an_event_is_read_as_it_was_written(event):
    assert from_json(to_json(event)) == event


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"event": "shot", "enterprise_id": "E1"}',
        '{"event": "unpin"}',
        '{"event": "unpin", "lookback_id": 7}',
        '{"event": "undo", "event_id": true}',
        '{"event": "unpin", "lookback_id": "LB-1", "more": 1}',
        '{"event": "late", "team_id": "T1", "day": "2026-02-30", "minutes": 5}',
        '{"event": "pin", "lookback_id": "", "enterprise_id": "", "team_id": "", "day": "2026-11-24", "start": "9"}',
    ],
)
def test_what_is_no_event_is_refused(text):
    with pytest.raises(InputError, match="is not an event"):
        from_json(text)


def test_no_events_mean_nothing():
    assert meaning() == NOTHING


def test_an_undone_event_never_was():
    """And an undone undoing leaves it in force."""
    shut = Shut("E1", DAY, DAY)
    assert meaning(shut, Undo(1)) == NOTHING
    assert meaning(shut, Undo(1), Undo(2)).shut == {("E1", DAY)}
    assert [each.event_id for each in in_force(recorded(shut, Undo(1), Undo(2)))] == [1]


def test_only_what_bears_on_the_days_counts():
    """An event of another day is not among the numbers of the plan."""
    shut = Shut("E1", TOMORROW, TOMORROW)
    assert meaning(shut, OfficerOut("O1", TOMORROW, TOMORROW), Late("T1", TOMORROW, 5)) == NOTHING
    assert meaning(shut, days=(DAY, TOMORROW)).event_ids == (1,)


def test_of_several_days_each_counts():
    assert meaning(Shut("E1", DAY, TOMORROW), days=(DAY, TOMORROW)).shut == {("E1", DAY), ("E1", TOMORROW)}


def test_the_later_word_counts():
    """A pin after an appointment, a postponement after a pin, and letting go."""
    appointment = Appointment("LB-E1", "E1", DAY, 14 * HOUR, 15 * HOUR)
    pinned = Pinned("LB-E1", "E1", "T1", DAY, None)
    assert meaning(appointment, pinned).promises == (Promise("LB-E1", "T1", DAY, None, None, "E1"),)
    assert meaning(pinned, Unpin("LB-E1")) == NOTHING
    later = meaning(pinned, Postpone("LB-E1", "E1", TOMORROW))
    assert (later.promises, later.postponed) == ((), {"LB-E1": TOMORROW})
    assert meaning(Postpone("LB-E1", "E1", TOMORROW), appointment).postponed == {}
    assert meaning(pinned, Shut("E1", DAY, DAY)).promises == ()


def test_an_appointment_on_a_later_day_keeps_a_visit_until_then():
    appointment = Appointment("LB-E1", "E1", TOMORROW, 14 * HOUR, 15 * HOUR)
    assert meaning(appointment).postponed == {"LB-E1": TOMORROW}
    assert meaning(appointment, days=(TOMORROW,)).promises[0].starts(14 * HOUR + 60)


def test_a_complaint_stays_urgent_on_the_days_after():
    assert meaning(Urgent("E1", DAY), days=(TOMORROW,)).urgent["E1"].since == DAY
    assert meaning(Urgent("E1", TOMORROW)) == NOTHING


def test_absences_that_touch_are_one():
    out = [TeamOut("T1", DAY, DAY, start * HOUR, end * HOUR) for start, end in ((9, 11), (13, 14), (11, 12))]
    found = meaning(*out).team_out["T1", DAY]
    assert found == (Interval(9 * HOUR, 12 * HOUR), Interval(13 * HOUR, 14 * HOUR))
