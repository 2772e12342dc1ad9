"""
The plan: who goes where, when, and why; and what is left, with the rule that stopped it.

A plan is a value. Times are whole seconds since midnight of the duty's date.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from planner.teams import TravelMode


class Term(StrEnum):
    """A line in the sum that makes a priority."""

    ACTION = "action"
    KIND = "kind"
    EXPOSURE = "exposure"
    LEADS = "leads"
    REPEATS = "repeats"
    TIMING = "timing"
    URGENT = "urgent"
    SIBLING = "sibling"
    ANTI_REBOUND = "anti_rebound"
    NEVER_INSPECTED = "never_inspected"
    DRAWN = "drawn"
    # What a learned card may count:
    FOUND_LATELY = "found_lately"
    FOUND_EVER = "found_ever"
    LAST_FOUND = "last_found"
    SERIOUS = "serious"
    MINOR = "minor"
    LAST_MINOR = "last_minor"
    OPEN_ACTION = "open_action"
    OVERDUE = "overdue_days"
    CONFIRMED = "confirmed_complaints"
    FOLLOWED_UP = "followed_up"
    FOUND_OTHERWISE = "found_otherwise"
    WAITING = "waiting"
    OPERATOR = "operator_elsewhere"
    OPERATOR_MINOR = "operator_minor"
    NEXT_DOOR = "next_door"
    AROUND = "around"
    SCENARIO = "scenario_rate"
    DISTRICT = "district_lately"


@dataclass(frozen=True)
class Reason:
    """One term of a priority: its whole points, how they came about, and the records behind them."""

    term: Term
    points: int
    detail: str = ""
    records: tuple[str, ...] = ()


@dataclass(frozen=True)
class Visit:
    """A look-back with a team and a time."""

    enterprise_id: str
    lookback_id: str
    arrive: int
    start: int
    end: int
    travel_seconds: int
    """From the stop before (or the team's start) to here."""
    travel_metres: int
    """As the crow flies."""
    travel_mode: TravelMode
    wait_seconds: int
    """Between arriving and starting, without the break."""
    priority: int
    mandatory: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Interval:
    """From ``start`` to ``end``, seconds since midnight."""

    start: int
    end: int


@dataclass(frozen=True)
class Halt:
    """
    Where a team was when a replan sent it elsewhere, if that is no stop of its route.

    It is the door of a visit that was called off when the team was there or on its way, or the end of its day.
    """

    place_id: str
    """An enterprise, or the team's id and ``:end``."""
    arrive: int
    travel_seconds: int
    """From the stop or the halt before (or the team's start) to here."""
    travel_metres: int
    travel_mode: TravelMode
    after: int
    """How many visits of the route come before it; the way to the next one, or back, begins here."""


@dataclass(frozen=True)
class Duty:
    """One team on one date: its shift, its break if it has one, and its route."""

    team_id: str
    day: date
    shift: Interval
    rest: Interval | None
    route: tuple[Visit, ...]
    return_seconds: int
    """Travel from the last stop or halt to where the team ends; 0 without any."""
    return_metres: int
    return_mode: TravelMode
    halts: tuple[Halt, ...] = ()
    """In order; only a replan knows of any."""

    @property
    def calls(self) -> tuple[Visit | Halt, ...]:
        """Visits and halts, in the order in which the team is there."""
        halts: list[tuple[int, int, Visit | Halt]] = [(halt.after, 0, halt) for halt in self.halts]
        visits = [(k, 1, visit) for k, visit in enumerate(self.route)]
        return tuple(call for *_, call in sorted([*halts, *visits], key=lambda each: each[:2]))

    def is_home(self, halt: Halt) -> bool:
        """Whether the team was back at the end of its day already, when it was sent out again."""
        return halt.place_id == f"{self.team_id}:end"

    @property
    def travel_seconds(self) -> int:
        """On the way, halts and the way back included."""
        halts = sum(halt.travel_seconds for halt in self.halts)
        return sum(visit.travel_seconds for visit in self.route) + halts + self.return_seconds

    @property
    def travel_metres(self) -> int:
        """As the crow flies, halts and the way back included."""
        halts = sum(halt.travel_metres for halt in self.halts)
        return sum(visit.travel_metres for visit in self.route) + halts + self.return_metres

    @property
    def back(self) -> int:
        """When the team is back, a last break included: seconds since midnight; the shift's start without a stop."""
        if not self.route and not self.halts:
            return self.shift.start
        last = max((*(visit.end for visit in self.route[-1:]), *(halt.arrive for halt in self.halts[-1:])))
        back = last + self.return_seconds
        if self.rest is None or self.rest.start < last:
            return back
        return self.rest.end if self.rest.start >= back else self.rest.end + self.return_seconds


@dataclass(frozen=True)
class Unvisited:
    """A look-back, or a check drawn by lot, that is not in the plan, what stopped it, and what one could do."""

    lookback_id: str
    enterprise_id: str
    """The site that came nearest to being visited."""
    priority: int
    mandatory: bool
    rule: str
    reason: str
    reason_zh: str
    hint: str
    hint_zh: str


@dataclass(frozen=True)
class Totals:
    """Sums over the plan; the checker recomputes them to the digit."""

    priority: int
    mandatory: int
    """Mandatory look-backs visited."""
    mandatory_missed: int
    look_backs: int
    spot_checks: int
    travel_seconds: int
    travel_metres: int
    wait_seconds: int


@dataclass(frozen=True)
class Bound:
    """
    No plan that keeps as many promises and makes as many mandatory visits as this one collects more priority.

    A business district's least number of visits, where the policy asks for one, and a check drawn by lot count like
    them.
    """

    priority: int
    gap: float
    """How much more priority was possible at most: ``gap_to`` the bound."""
    proven_by: str
    problem: str = ""
    """Of the problem that it was proven for (sha256); empty in plans that do not say."""


def gap_to(bound: int, collected: int) -> float:
    """
    How much more priority was possible at most, as a share of what is collected.

    It is (bound - collected) / collected, rounded up to six digits: 0.018 is 1.8 % more. Where nothing is collected,
    it is a share of one point.
    """
    return -(-(bound - collected) * 1_000_000 // max(collected, 1)) / 1_000_000


@dataclass(frozen=True)
class Drawn:
    """The share of the teams' time that no score decides about, and what the lot fell on."""

    percent: int
    seed: int
    checks: tuple[str, ...]
    """The spot checks drawn, lowest number first: each is visited, or unvisited with the rule that stopped it."""


@dataclass(frozen=True)
class CreatedBy:
    """What a second run needs to make the same plan."""

    versions: tuple[tuple[str, str], ...]
    solver: str
    seed: int
    steps: int | None
    seconds: float | None
    now: str | None = None
    """Of a replan: the moment from which it plans (ISO, local)."""
    events: tuple[int, ...] = ()
    """The changes that it knows of, by their numbers in the store."""

    @property
    def reproducible(self) -> bool:
        """Whether the same inputs give the same bytes: not when the clock bounded the search."""
        return self.seconds is None


@dataclass(frozen=True)
class Plan:
    """The routes of all duties of a horizon, and what they leave."""

    plan_id: str
    revision: int
    parent: int | None
    """The revision this one replaces."""
    fingerprint: str
    """Of the tables and the policy it was made from (sha256)."""
    created_by: CreatedBy
    horizon: tuple[date, ...]
    """The days planned, in order."""
    duties: tuple[Duty, ...]
    unvisited: tuple[Unvisited, ...]
    totals: Totals
    bound: Bound | None
    card: str = ""
    """The fingerprint of the learned card behind the priorities (sha256); empty: nothing was learned."""
    drawn: Drawn | None = None
    """None: nothing was learned, and nothing is drawn."""


def numbered(plan: Plan, revision: int, parent: int | None) -> Plan:
    """The same plan under another revision."""
    return replace(plan, revision=revision, parent=parent)
