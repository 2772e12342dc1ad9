"""
What people report becomes events: each word checked against the register and the plan, every problem at once.

Who says "E00057 is shut" means an enterprise; who moves or pins it means the look-back to be made there. The planned
one is meant if there is one, else the one owed there, else an operator's, else the spot check of the day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, Any

from planner.clock import DAY_SECONDS, hhmm
from planner.eligibility import obstacle
from planner.errors import InputError, Problem
from planner.events import (
    KINDS,
    Appointment,
    Changes,
    Late,
    OfficerOut,
    Pinned,
    Postpone,
    Recorded,
    Shut,
    TeamOut,
    Undo,
    Unpin,
    Urgent,
    changes,
    in_force,
    time_of,
)
from planner.hours import visiting_hours
from planner.lookbacks import look_backs, spot_checks
from planner.problem import visit_seconds
from planner.words import EVENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planner.enterprises import Enterprise
    from planner.events import Event
    from planner.lookbacks import Wanted
    from planner.plan import Plan
    from planner.policy import Policy
    from planner.register import Register

LONGEST_DELAY = 600
"""Minutes."""
FARTHEST = 366
"""Days ahead that anything can be put off to."""


@dataclass(frozen=True)
class Request:
    """A change as it was written: all fields are text, empty where nothing was said."""

    event: str
    subject: str = ""
    """An enterprise, a look-back, an officer, or the number of an event."""
    team: str = ""
    day: str = ""
    until: str = ""
    time: str = ""
    minutes: str = ""
    file: str = "reschedule"
    row: int = 0


@dataclass(frozen=True)
class Situation:
    """What a change is checked against."""

    register: Register
    policy: Policy
    plan: Plan
    """The latest revision."""
    today: date
    """The day meant where none is said."""
    recorded: tuple[Recorded, ...] = ()
    seen: frozenset[str] = frozenset()
    """Look-backs of the plan of which something was recorded."""

    @cached_property
    def changes(self) -> Changes:
        """What was recorded before."""
        return changes(self.recorded, self.plan.horizon)

    @cached_property
    def wanted(self) -> dict[str, Wanted]:
        """What is owed, and the spot checks, by id."""
        owed = look_backs(self.register, self.plan.horizon, self.policy, self.changes)
        checks = spot_checks(self.register, owed, self.plan.horizon[0], self.policy, days=len(self.plan.horizon))
        every: tuple[Wanted, ...] = (*owed, *checks)
        return {each.lookback_id: each for each in every}

    @cached_property
    def planned(self) -> dict[str, tuple[str, str, date, int]]:
        """Enterprise, team, day and start of each look-back in the plan."""
        return {
            visit.lookback_id: (visit.enterprise_id, duty.team_id, duty.day, visit.start)
            for duty in self.plan.duties
            for visit in duty.route
        }


def understood(requests: Sequence[Request], situation: Situation) -> tuple[Event, ...]:
    """
    The events that people mean.

    Raises
    ------
    InputError
        Every word that cannot be meant, of all requests.
    """
    problems: list[Problem] = []
    events: list[Event] = []
    recorded = list(situation.recorded)
    for request in requests:
        reading = _Reading(request, situation, tuple(recorded))
        event = reading.event()
        problems += reading.problems
        if event is not None and not reading.problems:
            events.append(event)
            recorded.append(Recorded(1 + max((each.event_id for each in recorded), default=0), event))
    if problems:
        raise InputError(problems)
    return tuple(events)


class _Unclear(Exception):  # noqa: N818
    """A word that cannot be meant; the problem is noted already."""


@dataclass
class _Reading:
    request: Request
    situation: Situation
    recorded: tuple[Recorded, ...]
    problems: list[Problem] = field(default_factory=list)

    def event(self) -> Event | None:
        """The event of the request, or None when something in it is wrong."""
        readers: dict[type[Event], Callable[[], Event]] = {
            Shut: self._shut,
            Appointment: self._appointment,
            Postpone: self._postpone,
            Urgent: self._urgent,
            TeamOut: self._team_out,
            OfficerOut: self._officer_out,
            Late: self._late,
            Pinned: self._pin,
            Unpin: self._unpin,
            Undo: self._undo,
        }
        names = {label.zh: name for name, label in EVENTS.items()}
        said = self.request.event.strip()
        kind = KINDS.get(names.get(said, said.lower()))
        try:
            if kind is None:
                self._fault("event", f"{said!r} is not one of {', '.join(KINDS)}", f"应为:{'、'.join(names)}")
            else:
                return readers[kind]()
        except _Unclear:
            pass
        return None

    def _fault(self, column: str, message: str, zh: str) -> None:
        self.problems.append(Problem(self.request.file, self.request.row, column, message, zh))
        raise _Unclear

    # The kinds

    def _shut(self) -> Shut:
        enterprise = self._enterprise()
        return Shut(enterprise.enterprise_id, *self._days())

    def _appointment(self) -> Appointment:
        (lookback_id, enterprise), day, (start, end) = self._each(
            self._visit, lambda: self._day("date", self.request.day, needed=True), self._span
        )
        self._can_be_made(lookback_id, enterprise, day, start, end)
        return Appointment(lookback_id, enterprise.enterprise_id, day, start, end)

    def _postpone(self) -> Postpone:
        (lookback_id, enterprise), day = self._each(
            self._visit, lambda: self._day("date", self.request.day, needed=True)
        )
        if day <= self.situation.today:
            self._fault("date", f"{day} is not after {self.situation.today}", "应晚于当日")
        return Postpone(lookback_id, enterprise.enterprise_id, day)

    def _urgent(self) -> Urgent:
        enterprise = self._placed(self._enterprise())
        self._somebody_may_go(enterprise)
        key = f"LB-{enterprise.enterprise_id}"
        if key in self.situation.seen:
            self._fault("id", f"{enterprise.enterprise_id} has been visited already", "当日已检查")
        return Urgent(enterprise.enterprise_id, self._day("date", self.request.day))

    def _team_out(self) -> TeamOut:
        team_id, (first, last), (start, end) = self._each(
            self._team, self._days, lambda: self._span() if self.request.time.strip() else (0, DAY_SECONDS)
        )
        return TeamOut(team_id, first, last, start, end)

    def _officer_out(self) -> OfficerOut:
        officer_id = self._known("id", self.request.subject, self.situation.register.officer, "data/officers.csv")
        return OfficerOut(officer_id, *self._days())

    def _late(self) -> Late:
        team_id = self._team()
        day = self._day("date", self.request.day)
        minutes = self.request.minutes.strip()
        if not (minutes.isascii() and minutes.isdigit() and 1 <= int(minutes[:6]) <= LONGEST_DELAY):
            message = f"{minutes!r} is not a number of minutes from 1 to {LONGEST_DELAY}"
            self._fault("minutes", message, f"应为 1 至 {LONGEST_DELAY} 分钟")
        if not any(duty.team_id == team_id and duty.day == day for duty in self.situation.plan.duties):
            self._fault("team", f"{team_id} has no duty on {day} in the plan", "该队伍当日不在方案中")
        return Late(team_id, day, int(minutes))

    def _pin(self) -> Pinned:
        lookback_id, enterprise = self._visit()
        planned = self.situation.planned.get(lookback_id)
        given = self.request.team.strip()
        if planned is None and not given:
            message = f"{lookback_id} is not in the plan: name the team that should go"
            self._fault("team", message, "方案中没有此项,请指定队伍")
        if not given and planned is not None:
            return Pinned(lookback_id, planned[0], planned[1], planned[2], planned[3])
        team_id = self._team()
        default = planned[2] if planned else self.situation.today
        day = self._day("date", self.request.day) if self.request.day.strip() else default
        why = obstacle(self.situation.register, team_id, enterprise)
        if why is not None:
            message = f"{team_id} may not go to {enterprise.enterprise_id}: {why.value}"
            self._fault("team", message, "该队伍不得前往")
        start = self._time(self.request.time) if self.request.time.strip() else None
        self._can_be_made(lookback_id, enterprise, day, start or 0, DAY_SECONDS if start is None else start)
        return Pinned(lookback_id, enterprise.enterprise_id, team_id, day, start)

    def _unpin(self) -> Unpin:
        promised = {promise.lookback_id for promise in changes(self.recorded, self.situation.plan.horizon).promises}
        promised |= {
            each.event.lookback_id for each in in_force(self.recorded) if isinstance(each.event, Appointment | Pinned)
        }
        said = self.request.subject.strip()
        there = [key for key in sorted(promised) if said in {key, key[3:]}] or [
            each.event.lookback_id
            for each in self.recorded
            if isinstance(each.event, Appointment | Pinned) and each.event.enterprise_id == said
        ]
        if not there:
            self._fault("id", f"{said!r} is neither pinned nor has it an appointment", "没有锁定或预约")
        return Unpin(there[-1])

    def _undo(self) -> Undo:
        said = self.request.subject.strip()
        known = {str(each.event_id): each.event_id for each in self.recorded}
        if said not in known:
            self._fault("id", f"{said!r} is not the number of an event", "没有该编号的变更")
        taken_back = {each.event.event_id for each in self.recorded if isinstance(each.event, Undo)}
        standing = {each.event_id for each in in_force(self.recorded)}
        if known[said] in taken_back and known[said] not in standing:
            self._fault("id", f"event {said} has been taken back already", "该变更已撤销")
        return Undo(known[said])

    # The words

    def _each(self, *parts: Callable[[], Any]) -> tuple[Any, ...]:
        """Every part of a request, so that what is wrong with each is said in one run."""
        values: list[Any] = []
        for part in parts:
            try:
                values.append(part())
            except _Unclear:
                continue
        if len(values) < len(parts):
            raise _Unclear
        return tuple(values)

    def _known(self, column: str, text: str, there: object, table: str) -> str:
        said = text.strip()
        ids = list(there)  # type: ignore[call-overload]
        if said not in ids:
            near = get_close_matches(said, ids, n=1)
            hint = f"; the nearest is {near[0]}" if near else ""
            self._fault(column, f"{said!r} is not in {table}{hint}", f"{table} 中没有此编号")
        return said

    def _enterprise(self) -> Enterprise:
        register, said = self.situation.register, self.request.subject.strip()
        if said in self.situation.planned:
            said = self.situation.planned[said][0]
        elif said.startswith(("LB-", "SC-")) and said[3:] in register.enterprise:
            said = said[3:]
        return register.enterprise[self._known("id", said, register.enterprise, "data/enterprises.csv")]

    def _visit(self) -> tuple[str, Enterprise]:
        """The look-back that is meant, and where."""
        register, wanted, planned = self.situation.register, self.situation.wanted, self.situation.planned
        said = self.request.subject.strip()
        if said in planned or said in wanted:
            site = planned[said][0] if said in planned else wanted[said].sites[0]
            return self._not_seen(said), self._placed(register.enterprise[site])
        site = self._enterprise().enterprise_id
        there = [key for key, at in planned.items() if at[0] == site and key.startswith("LB-")]
        there += [key for key in (f"LB-{site}",) if key in wanted]
        there += [key for key, each in wanted.items() if site in each.sites]
        if not there:
            message = f"nothing is owed at {site}; if it must be seen: lookback reschedule urgent {site}"
            self._fault("id", message, "该企业没有待办回头看;如需检查请用 urgent")
        return self._not_seen(there[0]), self._placed(register.enterprise[site])

    def _placed(self, enterprise: Enterprise) -> Enterprise:
        if enterprise.place is None:
            message = f"the coordinates of {enterprise.enterprise_id} are not known: no team finds it (lookback locate)"
            self._fault("id", message, "该企业没有坐标,无法安排(lookback locate)")
        return enterprise

    def _not_seen(self, lookback_id: str) -> str:
        if lookback_id in self.situation.seen:
            self._fault("id", f"{lookback_id} has been visited already", "已检查")
        return lookback_id

    def _team(self) -> str:
        return self._known("team", self.request.team, self.situation.register.team, "data/teams.csv")

    def _day(self, column: str, text: str, *, needed: bool = False) -> date:
        said = text.strip()
        if not said and not needed:
            return self.situation.today
        try:
            day = date.fromisoformat(said) if len(said) == len("2026-11-24") else None
        except ValueError:
            day = None
        if day is None:
            self._fault(column, f"{said!r} is not a date (YYYY-MM-DD)", "应为日期 YYYY-MM-DD")
        elif not self.situation.plan.horizon[0] <= day <= self.situation.today + timedelta(days=FARTHEST):
            message = f"{day} lies before the plan ({self.situation.plan.horizon[0]}) or more than a year ahead"
            self._fault(column, message, "日期早于方案或超过一年")
        else:
            return day
        raise _Unclear

    def _days(self) -> tuple[date, date]:
        first = self._day("date", self.request.day)
        last = self._day("until", self.request.until) if self.request.until.strip() else first
        if last < first:
            self._fault("until", f"{last} lies before {first}", "结束日期早于开始日期")
        return first, last

    def _time(self, text: str) -> int:
        try:
            return time_of(text.strip().zfill(5))
        except ValueError:
            self._fault("time", f"{text.strip()!r} is not a time of day (hh:mm)", "应为时刻 hh:mm")
        raise _Unclear

    def _span(self) -> tuple[int, int]:
        start, dash, end = self.request.time.strip().partition("-")
        if not dash:
            self._fault("time", f"{start!r} is not a span of time (hh:mm-hh:mm)", "应为时段 hh:mm-hh:mm")
        span = self._time(start), self._time(end)
        if span[0] >= span[1]:
            self._fault("time", f"{self.request.time.strip()!r} ends before it starts", "结束早于开始")
        return span

    # What cannot be kept

    def _somebody_may_go(self, enterprise: Enterprise) -> None:
        register = self.situation.register
        whys = [obstacle(register, team.team_id, enterprise) for team in register.teams]
        if None not in whys:
            rules = ", ".join(sorted({why.value for why in whys if why is not None})) or "no team"
            self._fault("id", f"no team may go to {enterprise.enterprise_id} ({rules})", "没有队伍可前往")

    def _can_be_made(self, lookback_id: str, enterprise: Enterprise, day: date, start: int, end: int) -> None:
        """Whether a visit may start between two times of a day, as far as doors and teams go."""
        situation = self.situation
        self._somebody_may_go(enterprise)
        if not situation.register.calendar.is_working(day) and day not in situation.plan.horizon:
            self._fault("date", f"{day} is not a working day", "非工作日")
        seconds = visit_seconds(situation.wanted[lookback_id], enterprise, situation.policy)
        hours = visiting_hours(enterprise, day, situation.policy)
        if not any(max(opens, start) <= min(closes - seconds, end) for opens, closes in hours):
            spans = ", ".join(f"{hhmm(opens)}-{hhmm(closes)}" for opens, closes in hours) or "not at all"
            message = f"a visit of {seconds // 60} min cannot start then: it may be made {spans} on {day}"
            self._fault("time", message, f"该时段无法开始{seconds // 60}分钟的检查,可检查时段:{spans}")
