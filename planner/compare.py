"""
What differs between two plans of the same days, and why: moved, dropped and added visits, each with its cause.

A visit has moved when its team or its day is another, or when it starts later by more than the policy's threshold or
earlier by as much. The cause is the event that names the visit or its team; where none does, the visit that took the
time, or the one that left it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from planner.events import (
    Appointment,
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
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from planner.events import Promise
    from planner.plan import Duty, Plan, Unvisited, Visit
    from planner.register import Register


class ChangeKind(StrEnum):
    """What happened to a visit."""

    MOVED = "moved"
    DROPPED = "dropped"
    ADDED = "added"


class CauseKind(StrEnum):
    """Why it happened."""

    EVENT = "event"
    MADE_ROOM = "made_room"
    """Another visit took its time."""
    FREED = "freed"
    """Another visit left its time."""
    SEARCH = "search"
    """No event and no neighbour: the plan became better."""


class Slot(NamedTuple):
    """Where and when a visit is; seconds since midnight."""

    team_id: str
    day: date
    start: int
    end: int


@dataclass(frozen=True)
class Cause:
    """An event, or another visit, or both: the visit and the event behind it."""

    kind: CauseKind
    event_id: int | None = None
    enterprise_id: str | None = None
    """Where the other visit is."""


@dataclass(frozen=True)
class Change:
    """One visit that is not as it was."""

    kind: ChangeKind
    lookback_id: str
    enterprise_id: str
    priority: int
    mandatory: bool
    was: Slot | None
    now: Slot | None
    aspects: tuple[str, ...]
    """Of a move: ``team``, ``day``, ``time``."""
    cause: Cause


@dataclass(frozen=True)
class TeamChange:
    """What changes for a team on a day: visits, minutes at work (on the way and on site), and when it is back."""

    team_id: str
    day: date
    visits_before: int
    visits_now: int
    minutes: int
    """More (or less) at work than before."""
    back_before: int | None
    back_now: int | None
    """Seconds since midnight; None without a route."""


@dataclass(frozen=True)
class Comparison:
    """Everything that differs."""

    before: Plan
    now: Plan
    changes: tuple[Change, ...]
    teams: tuple[TeamChange, ...]
    events: tuple[Recorded, ...]
    """What has been recorded in between, undoing included."""
    retimed: int
    """Visits that start at another time within the threshold."""
    told: frozenset[str] = frozenset()
    """Look-backs whose firm was promised a time: by an event that holds for either plan."""


def compare(
    before: Plan, now: Plan, register: Register, recorded: Sequence[Recorded] = (), *, moved_minutes: int
) -> Comparison:
    """
    What differs between two plans.

    Parameters
    ----------
    recorded
        All events ever recorded; those that one of the plans knows of and the other does not are the causes.
    moved_minutes
        A visit whose start differs by no more than this has not moved.
    """
    news = _between(before, now, recorded)
    causes = _Causes(before, now, register, news, moved_minutes)
    known = {*before.created_by.events, *now.created_by.events}
    told = {
        each.event.lookback_id
        for each in recorded
        if each.event_id in known
        and (isinstance(each.event, Appointment) or (isinstance(each.event, Pinned) and each.event.start is not None))
    }
    return Comparison(before, now, causes.changes(), tuple(_teams(before, now)), news, causes.retimed, frozenset(told))


def _between(before: Plan, now: Plan, recorded: Sequence[Recorded]) -> tuple[Recorded, ...]:
    """Events that only one of the plans knows of, and what took them back."""
    differing = {*before.created_by.events} ^ {*now.created_by.events}
    standing = {each.event_id for each in in_force(recorded)}
    undone = differing & {*before.created_by.events} - standing
    return tuple(
        each
        for each in recorded
        if each.event_id in differing - undone or (isinstance(each.event, Undo) and each.event.event_id in undone)
    )


def broken_promises(plan: Plan, recorded: Sequence[Recorded]) -> tuple[Promise, ...]:
    """What was promised by an event that a plan knows of, and the plan does not keep."""
    known = [each for each in recorded if each.event_id in {*plan.created_by.events}]
    made = {visit.lookback_id for duty in plan.duties for visit in duty.route}
    promises = changes(known, plan.horizon).promises if plan.horizon else ()
    return tuple(promise for promise in promises if promise.lookback_id not in made)


def slots(plan: Plan) -> dict[str, tuple[Slot, Visit]]:
    """Where and when each look-back of a plan is visited."""
    return {
        visit.lookback_id: (Slot(duty.team_id, duty.day, visit.start, visit.end), visit)
        for duty in plan.duties
        for visit in duty.route
    }


class _Causes:
    """Looks for the cause of each change."""

    def __init__(
        self, before: Plan, now: Plan, register: Register, news: Sequence[Recorded], moved_minutes: int
    ) -> None:
        self.register, self.news, self.threshold = register, news, 60 * moved_minutes
        self.was, self.now = slots(before), slots(now)
        self.by_id = {each.event_id: each for each in news}
        self.retimed = 0
        pairs = {key: (self.was.get(key), self.now.get(key)) for key in {**self.was, **self.now}}
        self.found = {key: kind for key, (was, is_) in pairs.items() if (kind := self._kind(was, is_)) is not None}

    def _kind(self, was: tuple[Slot, Visit] | None, now: tuple[Slot, Visit] | None) -> ChangeKind | None:
        if was is None or now is None:
            return ChangeKind.ADDED if was is None else ChangeKind.DROPPED
        if self._aspects(was[0], now[0]):
            return ChangeKind.MOVED
        self.retimed += was[0].start != now[0].start
        return None

    def _aspects(self, was: Slot, now: Slot) -> tuple[str, ...]:
        aspects = (
            ("team", was.team_id != now.team_id),
            ("day", was.day != now.day),
            ("time", was.day == now.day and abs(was.start - now.start) > self.threshold),
        )
        return tuple(name for name, differs in aspects if differs)

    def changes(self) -> tuple[Change, ...]:
        """All of them, by day and team, then time."""
        found = [self._change(key, kind) for key, kind in self.found.items()]
        return tuple(sorted(found, key=lambda c: (_order(c.was or c.now), c.lookback_id)))

    def _change(self, key: str, kind: ChangeKind) -> Change:
        was, now = self.was.get(key), self.now.get(key)
        visit = (now or was or (None, None))[1]
        assert visit is not None  # noqa: S101  (one of the two is there)
        old, new = (was[0] if was else None), (now[0] if now else None)
        aspects = self._aspects(old, new) if old and new else ()
        cause = self._cause(key, visit, old, new)
        return Change(kind, key, visit.enterprise_id, visit.priority, visit.mandatory, old, new, aspects, cause)

    def _cause(self, key: str, visit: Visit, was: Slot | None, now: Slot | None) -> Cause:
        event = self._named(key, visit.enterprise_id, was, now)
        if event is not None:
            return Cause(CauseKind.EVENT, event)
        if was is not None:
            other = self._neighbour(was, self.now, self.was, but=key)
            if other is not None:
                return Cause(CauseKind.MADE_ROOM, self._behind(other), self.now[other][1].enterprise_id)
        if now is not None:
            other = self._neighbour(now, self.was, self.now, but=key)
            if other is not None:
                return Cause(CauseKind.FREED, self._behind(other), self.was[other][1].enterprise_id)
        return Cause(CauseKind.SEARCH)

    def _neighbour(
        self,
        at: Slot,
        there: Mapping[str, tuple[Slot, Visit]],
        not_there: Mapping[str, tuple[Slot, Visit]],
        *,
        but: str,
    ) -> str | None:
        """Of the changed visits that are on a duty in one plan and in the other are not, or not then, the nearest."""
        near = [
            (abs(slot.start - at.start), key)
            for key, (slot, _) in there.items()
            if key != but and key in self.found and slot[:2] == at[:2] and not_there.get(key, (None,))[0] != slot
        ]
        return min(near)[1] if near else None

    def _behind(self, key: str) -> int | None:
        """The event behind a change, if one names it."""
        was, now = self.was.get(key), self.now.get(key)
        visit = (now or was or (None, None))[1]
        site = "" if visit is None else visit.enterprise_id
        return self._named(key, site, was[0] if was else None, now[0] if now else None)

    def _named(self, key: str, site: str, was: Slot | None, now: Slot | None) -> int | None:
        """The latest event that names a visit, or else the team that had it."""
        for each in reversed(self.news):
            if _names_visit(each, self.by_id, key, site):
                return each.event_id
        for each in reversed(self.news):
            if was is not None and _names_team(each, was, self.register):
                return each.event_id
        for each in reversed(self.news):
            if now is not None and isinstance(each.event, Undo | Late) and _names_team(each, now, self.register):
                return each.event_id
        return None


def _names_visit(recorded: Recorded, _known: Mapping[int, Recorded], key: str, site: str) -> bool:
    match recorded.event:
        case Shut() | Urgent():
            return recorded.event.enterprise_id == site
        case Appointment() | Postpone() | Pinned() | Unpin():
            return recorded.event.lookback_id == key
    return False


def _names_team(recorded: Recorded, slot: Slot, register: Register) -> bool:
    match recorded.event:
        case TeamOut():
            return recorded.event.team_id == slot.team_id and recorded.event.first <= slot.day <= recorded.event.last
        case OfficerOut():
            team = register.team.get(slot.team_id)
            here = team is not None and recorded.event.officer_id in team.officers
            return here and recorded.event.first <= slot.day <= recorded.event.last
        case Late():
            return (recorded.event.team_id, recorded.event.day) == (slot.team_id, slot.day)
    return False


def lost_by_lot(comparison: Comparison) -> tuple[Unvisited, ...]:
    """The checks drawn by lot that the plan before visits and the one now does not, with what stopped them."""
    drawn = comparison.now.drawn
    dropped = {change.lookback_id for change in comparison.changes if change.kind is ChangeKind.DROPPED}
    lost = dropped & set(() if drawn is None else drawn.checks)
    return tuple(row for row in comparison.now.unvisited if row.lookback_id in lost)


def urgent_left(comparison: Comparison) -> tuple[tuple[int, Unvisited], ...]:
    """The urgent events that the plan now knows of and answers with no visit, by number, with what stopped it."""
    known = {*comparison.now.created_by.events}
    urgent = {e.event.enterprise_id: e.event_id for e in comparison.events if isinstance(e.event, Urgent)}
    left = (row for row in comparison.now.unvisited if row.mandatory and urgent.get(row.enterprise_id) in known)
    return tuple((urgent[row.enterprise_id], row) for row in left)


def _order(slot: Slot | None) -> tuple[str, str, int]:
    return ("", "", 0) if slot is None else (slot.day.isoformat(), slot.team_id, slot.start)


def _teams(before: Plan, now: Plan) -> Iterable[TeamChange]:
    """Every duty that is not the same."""
    old = {(duty.team_id, duty.day): duty for duty in before.duties}
    new = {(duty.team_id, duty.day): duty for duty in now.duties}
    for key in sorted({**old, **new}, key=lambda key: (key[1], key[0])):
        was, is_ = old.get(key), new.get(key)
        if was == is_:
            continue
        yield TeamChange(
            *key,
            len(was.route) if was else 0,
            len(is_.route) if is_ else 0,
            (_work(is_) - _work(was)) // 60,
            was.back if was and was.route else None,
            is_.back if is_ and is_.route else None,
        )


def _work(duty: Duty | None) -> int:
    """Seconds on the way and on site."""
    if duty is None:
        return 0
    return sum(visit.end - visit.start for visit in duty.route) + duty.travel_seconds
