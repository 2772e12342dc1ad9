"""What a plan is judged by: tables, policy, what was promised and what has happened, as the checker reads them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import shapely

from planner.lookbacks import LookBack, look_backs, spot_checks
from planner.plan import Interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from planner.districts import Barrier
    from planner.enterprises import Enterprise
    from planner.events import Changes, Promise
    from planner.lookbacks import SpotCheck, Wanted
    from planner.plan import Duty, Plan, Visit
    from planner.policy import Policy
    from planner.register import Register
    from planner.teams import Team, TravelMode


@dataclass(frozen=True)
class Before:
    """The plan that a replan goes on from, and how far it had come: what had begun stays."""

    plan: Plan
    day: date
    second: int
    """From this moment on things could be changed, seconds since midnight."""
    late: Mapping[tuple[str, date], int]
    """Seconds by which teams were behind it, by team and day."""
    seen: frozenset[str] = frozenset()
    """Look-backs of which an outcome had been recorded, or a beginning."""

    def begun(self, duty: Duty) -> int:
        """How many visits of one of its duties had begun, the one that began last included."""
        behind = self.late.get((duty.team_id, duty.day), 0)
        now = (self.day, self.second)
        begun = [(duty.day, v.start + behind) <= now or v.lookback_id in self.seen for v in duty.route]
        return len(begun) - begun[::-1].index(True) if any(begun) else 0

    def has_rested(self, duty: Duty) -> bool:
        """Whether the break of one of its duties had begun."""
        behind, done = self.late.get((duty.team_id, duty.day), 0), duty.route[: self.begun(duty)]
        if duty.rest is None:
            return False
        on_time = (duty.day, duty.rest.start + behind) <= (self.day, self.second)
        return on_time or (bool(done) and duty.rest.start < done[-1].start)

    def left_for(self, duty: Duty) -> Visit | None:
        """The visit of one of its duties that the team was on its way to; None if there was none."""
        behind, ahead = self.late.get((duty.team_id, duty.day), 0), duty.route[self.begun(duty) :]
        if duty.day != self.day or not ahead:
            return None
        return ahead[0] if ahead[0].arrive - ahead[0].travel_seconds + behind < self.second else None

    def arrives(self, duty: Duty, visit: Visit) -> int:
        """When a team is at the visit that it was on its way to; a late one that already rested there came in time."""
        rests_there = duty.rest is not None and visit.arrive <= duty.rest.start and self.has_rested(duty)
        return visit.arrive + (0 if rests_there else self.late.get((duty.team_id, duty.day), 0))


class WorkingTime(NamedTuple):
    """When a team works on a day, how long it rests, and within which window."""

    shift: Interval
    rest_seconds: int
    rest_window: Interval


@dataclass(frozen=True, eq=False)
class Given:
    """A plan, and everything that one needs to know to judge it."""

    plan: Plan
    register: Register
    policy: Policy
    promises: Sequence[Promise]
    measured: Mapping[tuple[str, str], tuple[int, int, TravelMode]]
    """Seconds, metres and mode of the legs that a matrix file gives."""
    changes: Changes
    before: Before | None

    @cached_property
    def old(self) -> dict[tuple[str, date], Duty]:
        """The duties that a replan goes on from, by team and day."""
        return {} if self.before is None else {(duty.team_id, duty.day): duty for duty in self.before.plan.duties}

    @cached_property
    def published(self) -> frozenset[str]:
        """What the plan that a replan goes on from visits, by the ids of look-backs."""
        return frozenset(visit.lookback_id for duty in self.old.values() for visit in duty.route)

    @cached_property
    def owed(self) -> dict[str, LookBack]:
        """The look-backs owed, by id; what had begun, or the way to it, is made no more pressing by what came later."""
        owed = {lb.lookback_id: lb for lb in self._look_backs}
        kept = {visit for duty in self.plan.duties for visit in duty.route}
        for old in self.old.values():
            stays, left_for = old.route[: self.begun(old.team_id, old.day)], self.left_for(old.team_id, old.day)
            for visit in (*stays, *({left_for} & kept)):
                if visit is not None and visit.lookback_id in owed:
                    lb = owed[visit.lookback_id]
                    owed[lb.lookback_id] = replace(lb, mandatory=visit.mandatory, reasons=visit.reasons)
        return owed

    @cached_property
    def wanted(self) -> dict[str, Wanted]:
        """The look-backs owed and the spot checks that may fill what time is left, by id."""
        return {**self.owed, **{check.lookback_id: check for check in self._spot_checks}}

    @cached_property
    def listed(self) -> dict[str, Wanted]:
        """What is listed as unvisited when nobody visits it: all that is owed, and the checks drawn by lot, by id."""
        return {**self.owed, **{check.lookback_id: check for check in self._spot_checks if check.drawn}}

    @cached_property
    def _spot_checks(self) -> tuple[SpotCheck, ...]:
        days = len(self.plan.horizon)
        return spot_checks(self.register, self._look_backs, self.plan.horizon[0], self.policy, days=days)

    @cached_property
    def _look_backs(self) -> tuple[LookBack, ...]:
        return look_backs(self.register, self.plan.horizon, self.policy, self.changes)

    @cached_property
    def visited_sites(self) -> frozenset[str]:
        """Every enterprise that the plan visits."""
        return frozenset(visit.enterprise_id for duty in self.plan.duties for visit in duty.route)

    @cached_property
    def rivers(self) -> list[tuple[Barrier, shapely.LineString]]:
        """Each barrier with its line."""
        return [(barrier, shapely.LineString(barrier.line)) for barrier in self.register.barriers]

    def begun(self, team_id: str, day: date) -> int:
        """How many visits of a duty had begun when the plan was changed."""
        old = self.old.get((team_id, day))
        return 0 if old is None or self.before is None else self.before.begun(old)

    def left_for(self, team_id: str, day: date) -> Visit | None:
        """The visit that a team was on its way to when the plan was changed; None if there was none."""
        old = self.old.get((team_id, day))
        return None if old is None or self.before is None else self.before.left_for(old)

    def working_time(self, team: Team, day: date) -> WorkingTime | None:
        """None when the team does not work."""
        default, calendar = self.policy.shift, self.register.calendar
        chosen = None
        for row in self.register.shifts:
            if row.team_id != team.team_id:
                continue
            if row.day == day:
                chosen = row
                break
            free_weekday = day.weekday() < 5 and not calendar.is_working(day)
            if row.day is None and row.weekday == day.weekday() and not free_weekday:
                chosen = row
        if chosen is None and not calendar.is_working(day):
            return None
        start, end = (default.start, default.end) if chosen is None else (chosen.start, chosen.end)
        if start is None or end is None:
            return None
        seconds, earliest, latest = default.break_minutes * 60, default.break_from, default.break_to
        if chosen is not None and chosen.break_seconds is not None:
            seconds = chosen.break_seconds
            earliest = chosen.break_from if chosen.break_from is not None else start
            latest = chosen.break_to if chosen.break_to is not None else end
        window = Interval(max(earliest, start), min(latest, end))
        if window.end - window.start < seconds:
            seconds = 0
        return WorkingTime(Interval(start, end), seconds, window)

    def too_few(self, team: Team, day: date, *, here: bool = False) -> list[tuple[str, int]]:
        """Agencies with too few certified officers, and how many; with ``here`` those who are away do not count."""
        valid: Counter[str] = Counter()
        for officer_id in team.officers:
            officer = self.register.officer[officer_id]
            away = here and (officer_id, day) in self.changes.officers_out
            valid[officer.agency] += not away and (officer.valid_until is None or officer.valid_until >= day)
        return [(agency, count) for agency, count in valid.items() if count < self.policy.visits.officers_per_agency]

    def most_visits(self, team: Team) -> int:
        """How many visits a team may make on a day."""
        return self.policy.visits.max_visits if team.max_visits is None else team.max_visits

    def minutes(self, enterprise: Enterprise, wanted: Wanted) -> int:
        """How long a visit lasts, with showing the certificates and writing the record."""
        scenario = self.policy.scenarios[enterprise.scenario]
        minutes = scenario.look_back if isinstance(wanted, LookBack) else scenario.spot_check
        minutes = minutes if enterprise.visit_minutes is None else enterprise.visit_minutes
        return minutes + self.policy.visits.certificate_minutes + self.policy.visits.record_minutes

    def keeps_away(self, team: Team, enterprise: Enterprise) -> Iterator[tuple[str, str]]:
        """Rules that keep a team from an enterprise at any hour, and how, in the order in which one would ask."""
        district = self.register.district_of(enterprise.enterprise_id)
        if team.authorities and (district is None or district.authority not in team.authorities):
            yield "jurisdiction", "is outside the districts of the team's authorities"
        if team.scenarios and enterprise.scenario not in team.scenarios:
            yield "scenario", f"the team does not inspect {enterprise.scenario}"
        for recusal in self.register.recusals:
            concerned = recusal.enterprise_id == enterprise.enterprise_id or recusal.operator == enterprise.operator
            if recusal.officer_id in team.officers and concerned:
                yield "recusal", f"officer {recusal.officer_id} is recused"

    def first_obstacle(self, team_id: str, enterprise: Enterprise) -> str:
        """The first rule that keeps a team away from an enterprise; empty when it may go."""
        return next((rule for rule, _ in self.keeps_away(self.register.team[team_id], enterprise)), "")
