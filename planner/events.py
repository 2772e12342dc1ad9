"""
What changes after a plan is published: a shop is shut, a firm asks for Thursday, an officer is ill.

An event is a frozen value: recorded once, never edited, taken back by an ``Undo``. ``changes`` says what the events in
force mean for a horizon; planning, replanning and the checker go by that and by nothing else.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from planner.clock import DAY_SECONDS, hhmm
from planner.errors import InputError, Problem
from planner.plan import Interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True)
class Shut:
    """A shop is closed from a day to a day, whatever its hours say."""

    enterprise_id: str
    first: date
    last: date


@dataclass(frozen=True)
class Appointment:
    """A firm was promised a visit that starts on a day between two times (seconds)."""

    lookback_id: str
    enterprise_id: str
    day: date
    start: int
    end: int


@dataclass(frozen=True)
class Postpone:
    """A look-back must not be made before a day."""

    lookback_id: str
    enterprise_id: str
    until: date


@dataclass(frozen=True)
class Urgent:
    """An enterprise must be seen from a day on, as soon as it can be: a complaint has come in."""

    enterprise_id: str
    day: date


@dataclass(frozen=True)
class TeamOut:
    """A team does not work from a day to a day: all day, or from a time to a time (seconds) on each."""

    team_id: str
    first: date
    last: date
    start: int
    end: int


@dataclass(frozen=True)
class OfficerOut:
    """An officer is away from a day to a day; a team left with too few goes nowhere."""

    officer_id: str
    first: date
    last: date


@dataclass(frozen=True)
class Late:
    """A team runs so many minutes behind the plan in force; of several reports the latest counts."""

    team_id: str
    day: date
    minutes: int


@dataclass(frozen=True)
class Pinned:
    """A look-back stays with a team on a day, and at a time (seconds) if one is given."""

    lookback_id: str
    enterprise_id: str
    team_id: str
    day: date
    start: int | None


@dataclass(frozen=True)
class Unpin:
    """A pinned look-back, or one with an appointment, may move again."""

    lookback_id: str


@dataclass(frozen=True)
class Undo:
    """An earlier event is taken back as if it had not been recorded."""

    event_id: int


Event: TypeAlias = "Shut | Appointment | Postpone | Urgent | TeamOut | OfficerOut | Late | Pinned | Unpin | Undo"

KINDS: Mapping[str, type[Event]] = {
    "shut": Shut,
    "appointment": Appointment,
    "postpone": Postpone,
    "urgent": Urgent,
    "team-out": TeamOut,
    "officer-out": OfficerOut,
    "late": Late,
    "pin": Pinned,
    "unpin": Unpin,
    "undo": Undo,
}
"""What the verb calls them."""

_NAMES = {kind: name for name, kind in KINDS.items()}


def name_of(event: Event) -> str:
    """What the verb calls an event."""
    return _NAMES[type(event)]


class Recorded(NamedTuple):
    """An event as the store keeps it."""

    event_id: int
    event: Event
    recorded_at: str = ""
    """ISO, UTC."""


@dataclass(frozen=True)
class Promise:
    """
    A look-back that must be kept: with a team, on a date, at a start (seconds), at a site, each if it is not None.

    With ``until`` the visit may start at any time from ``start`` to it.
    """

    lookback_id: str
    team_id: str | None = None
    day: date | None = None
    start: int | None = None
    until: int | None = None
    enterprise_id: str | None = None

    def starts(self, second: int) -> bool:
        """Whether a visit that starts then keeps the promise, the hour alone considered."""
        return self.start is None or self.start <= second <= (self.start if self.until is None else self.until)


class Pressing(NamedTuple):
    """Since when an enterprise is urgent, and by which event."""

    since: date
    event_id: int


@dataclass(frozen=True)
class Changes:
    """What the events in force mean for a horizon."""

    shut: frozenset[tuple[str, date]] = frozenset()
    """Enterprises by day."""
    postponed: Mapping[str, date] = field(default_factory=dict)
    """The first day on which a look-back may be made."""
    urgent: Mapping[str, Pressing] = field(default_factory=dict)
    """By enterprise."""
    promises: tuple[Promise, ...] = ()
    team_out: Mapping[tuple[str, date], tuple[Interval, ...]] = field(default_factory=dict)
    """By team and day, in order, none touching the next."""
    officers_out: frozenset[tuple[str, date]] = frozenset()
    """Officers by day."""
    late: Mapping[tuple[str, date], int] = field(default_factory=dict)
    """By team and day: seconds by which its break and its way home may come later."""
    event_ids: tuple[int, ...] = ()
    """Of all that bear on the horizon."""


NOTHING = Changes()


def in_force(recorded: Iterable[Recorded]) -> tuple[Recorded, ...]:
    """The events that nothing has taken back, without the undoing itself; an ``Undo`` can be undone, too."""
    kept: dict[int, Recorded] = {each.event_id: each for each in recorded}
    for each in sorted(kept.values(), reverse=True, key=lambda each: each.event_id):
        if isinstance(each.event, Undo) and each.event_id in kept:
            kept.pop(each.event.event_id, None)
    return tuple(each for each in kept.values() if not isinstance(each.event, Undo))


def changes(recorded: Iterable[Recorded], days: Sequence[date]) -> Changes:
    """
    What events mean for the days of a horizon, in order; of two that contradict each other the later one counts.

    Parameters
    ----------
    recorded
        In the order in which they were recorded.
    """
    work = _Reading(tuple(days))
    for each in in_force(recorded):
        work.take(each)
    return work.changes()


class _Reading:
    """Takes events one after the other."""

    def __init__(self, days: tuple[date, ...]) -> None:
        self.days = days
        self.shut: dict[tuple[str, date], int] = {}
        self.postponed: dict[str, tuple[date, int]] = {}
        self.urgent: dict[str, Pressing] = {}
        self.promises: dict[str, tuple[Promise, int]] = {}
        self.team_out: dict[tuple[str, date], list[tuple[Interval, int]]] = defaultdict(list)
        self.officers_out: dict[tuple[str, date], int] = {}
        self.late: dict[tuple[str, date], tuple[int, int]] = {}

    def take(self, recorded: Recorded) -> None:
        """What an event changes about what was said before it."""
        number, event = recorded.event_id, recorded.event
        match event:
            case Shut():
                self.shut |= {(event.enterprise_id, day): number for day in _span(event)}
                self.promises = {
                    key: (promise, by)
                    for key, (promise, by) in self.promises.items()
                    if promise.enterprise_id != event.enterprise_id or promise.day not in set(_span(event))
                }
            case Appointment():
                promise = Promise(event.lookback_id, None, event.day, event.start, event.end, event.enterprise_id)
                self._promise(promise, number)
            case Pinned():
                at = Promise(event.lookback_id, event.team_id, event.day, event.start, None, event.enterprise_id)
                self._promise(at, number)
            case Unpin():
                self.promises.pop(event.lookback_id, None)
            case Postpone():
                self.promises.pop(event.lookback_id, None)
                self.postponed[event.lookback_id] = (event.until, number)
            case Urgent():
                self.urgent.setdefault(event.enterprise_id, Pressing(event.day, number))
            case TeamOut():
                for day in _span(event):
                    self.team_out[event.team_id, day].append((Interval(event.start, event.end), number))
            case OfficerOut():
                self.officers_out |= {(event.officer_id, day): number for day in _span(event)}
            case Late():
                before, _ = self.late.get((event.team_id, event.day), (0, 0))
                self.late[event.team_id, event.day] = (max(before, 60 * event.minutes), number)

    def _promise(self, promise: Promise, number: int) -> None:
        self.promises[promise.lookback_id] = (promise, number)
        postponed = self.postponed.get(promise.lookback_id)
        if postponed and promise.day and promise.day < postponed[0]:
            del self.postponed[promise.lookback_id]

    def changes(self) -> Changes:
        """What bears on the horizon."""
        first, last, inside = self.days[0], self.days[-1], set(self.days)
        later = {key: (p.day, by) for key, (p, by) in self.promises.items() if p.day is not None and p.day > last}
        promises = {key: (p, by) for key, (p, by) in self.promises.items() if p.day is None or p.day in inside}
        postponed = {key: row for key, row in (self.postponed | later).items() if row[0] > first}
        urgent = {key: pressing for key, pressing in self.urgent.items() if pressing.since <= last}
        shut = {key: by for key, by in self.shut.items() if key[1] in inside}
        officers = {key: by for key, by in self.officers_out.items() if key[1] in inside}
        out = {key: rows for key, rows in self.team_out.items() if key[1] in inside}
        late = {key: row for key, row in self.late.items() if key[1] in inside}
        numbers = {
            *(by for _, by in promises.values()),
            *(by for _, by in postponed.values()),
            *(by for _, by in late.values()),
            *shut.values(),
            *officers.values(),
            *(by for rows in out.values() for _, by in rows),
            *(pressing.event_id for pressing in urgent.values()),
        }
        return Changes(
            shut=frozenset(shut),
            postponed={key: postponed[key][0] for key in sorted(postponed)},
            urgent={key: urgent[key] for key in sorted(urgent)},
            promises=tuple(promises[key][0] for key in sorted(promises)),
            team_out={key: _joined(interval for interval, _ in out[key]) for key in sorted(out)},
            officers_out=frozenset(officers),
            late={key: late[key][0] for key in sorted(late)},
            event_ids=tuple(sorted(numbers)),
        )


def _span(event: Shut | TeamOut | OfficerOut) -> list[date]:
    return [event.first + timedelta(days=k) for k in range((event.last - event.first).days + 1)]


def _joined(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    joined: list[Interval] = []
    for each in sorted(intervals, key=lambda each: (each.start, each.end)):
        if joined and each.start <= joined[-1].end:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].end, each.end))
        else:
            joined.append(each)
    return tuple(joined)


# As JSON: dates are YYYY-MM-DD, times are hh:mm


def to_json(event: Event) -> str:
    """An event as one line of JSON."""
    document = {"event": name_of(event)}
    for name, value in vars(event).items():
        if isinstance(value, date):
            document[name] = value.isoformat()
        else:
            document[name] = hhmm(value) if name in _TIMES and value is not None else value
    return json.dumps(document, ensure_ascii=False)


def from_json(text: str, *, file: str = "event") -> Event:
    """
    Read what ``to_json`` wrote.

    Raises
    ------
    InputError
        It is no event.
    """
    try:
        document = json.loads(text)
        kind = KINDS[document.pop("event")]
        values = {each.name: _read(each.name, str(each.type), document.pop(each.name)) for each in fields(kind)}
        return kind(**values, **document)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as problem:
        message = f"{text[:80]!r} is not an event: {problem}"
        raise InputError([Problem(file, 0, "", message, "不是有效的变更记录")]) from problem


_TIMES = {"start", "end"}
_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)", re.ASCII)


def time_of(text: str) -> int:
    """
    Seconds since midnight of ``14:30``.

    Raises
    ------
    ValueError
        It is not a time of day from 00:00 to 24:00.
    """
    match = _CLOCK.fullmatch(text)
    seconds = int(match[1]) * 3600 + int(match[2]) * 60 if match else DAY_SECONDS + 1
    if seconds > DAY_SECONDS:
        raise ValueError(f"{text!r} is not a time of day (hh:mm)")
    return seconds


def _read(name: str, kind: str, value: Any) -> Any:
    """A field by its annotation."""
    if value is None and "None" in kind:
        return None
    if kind == "date" and type(value) is str:
        return date.fromisoformat(value)
    if name in _TIMES and type(value) is str:
        return time_of(value)
    if (kind == "str" and type(value) is str) or (kind == "int" and type(value) is int and name not in _TIMES):
        return value
    raise ValueError(f"{name}: {value!r} is of the wrong type")
