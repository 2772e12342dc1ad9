"""
What is wrong with a plan: every rule it breaks, found from the tables alone.

A solver's answer, and the code that timed it, are not believed. This module knows the rules a second time, with
arithmetic of its own: one visit after the other, in plain numbers, with another way to measure, to cross a river and
to ask whether a door is open. It imports nothing of ``problem``, ``timing``, ``travel``, ``hours``, ``teamdays``,
``eligibility``, ``planning`` or ``solvers``; ``tests/test_layers.py`` sees to that.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import shapely
from opening_hours import OpeningHours

from planner.clock import hhmm
from planner.events import NOTHING, Promise
from planner.lookbacks import LookBack, SpotCheck, look_backs, spot_checks
from planner.plan import Drawn, Interval
from planner.teams import TravelMode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from planner.clock import Calendar
    from planner.districts import District
    from planner.enterprises import Enterprise
    from planner.events import Changes
    from planner.geo import LonLat
    from planner.lookbacks import Wanted
    from planner.plan import Duty, Plan, Unvisited, Visit
    from planner.policy import Policy
    from planner.register import Register
    from planner.teams import Team


@dataclass(frozen=True)
class Conflict:
    """A rule that a plan breaks, and where."""

    rule: str
    where: str
    """A team and a date, a look-back, or the part of the plan."""
    message: str

    def line(self) -> str:
        """The conflict as one line."""
        return f"{self.where}: {self.message} [{self.rule}]"


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


def check(
    plan: Plan,
    register: Register,
    policy: Policy,
    *,
    promises: Sequence[Promise] = (),
    measured: Mapping[tuple[str, str], tuple[int, int, TravelMode]] | None = None,
    changes: Changes = NOTHING,
    before: Before | None = None,
) -> tuple[Conflict, ...]:
    """
    Every conflict of a plan with the rules; empty when it may be carried out.

    Parameters
    ----------
    promises
        Pinned look-backs that the plan must keep.
    measured
        Legs that a matrix file gives; all others are checked against the great circle.
    changes
        What the events in force mean for the horizon.
    before
        Of a replan: the plan that it goes on from.
    """
    # Without days in order nothing is owed and nothing can be said about the rest.
    wrong = tuple(_horizon(plan, register.calendar))
    return wrong or tuple(_Checker(plan, register, policy, promises, measured or {}, changes, before).conflicts())


YEARS = range(2000, 2101)
"""Those that a table may name, too."""


def _horizon(plan: Plan, calendar: Calendar) -> Iterator[Conflict]:
    """The days planned: the first and the working days after it, none left out, as the plan's id says."""
    days = plan.horizon
    if not days or list(days) != sorted(set(days)):
        yield Conflict("horizon", "plan", "the horizon must list its days once each, in order")
        return
    if days[0].year not in YEARS or days[-1].year not in YEARS:
        yield Conflict("horizon", "plan", f"the horizon must lie in the years {YEARS[0]} to {YEARS[-1]}")
        return
    for day, following in pairwise(days):
        between = (day + timedelta(days=k) for k in range(1, (following - day).days))
        if not calendar.is_working(following) or any(calendar.is_working(other) for other in between):
            yield Conflict("horizon", "plan", f"{following} is not the working day after {day}")
    plan_id = f"{days[0]}+{len(days)}" if len(days) > 1 else f"{days[0]}"
    if plan.plan_id != plan_id:
        yield Conflict("plan_id", "plan", f"a plan of these days is called {plan_id}, not {plan.plan_id}")


class _WorkingTime(NamedTuple):
    """When a team works on a day, how long it rests, and within which window."""

    shift: Interval
    rest_seconds: int
    rest_window: Interval


class _Checker:
    def __init__(
        self,
        plan: Plan,
        register: Register,
        policy: Policy,
        promises: Sequence[Promise],
        measured: Mapping[tuple[str, str], tuple[int, int, TravelMode]],
        changes: Changes,
        before: Before | None,
    ) -> None:
        self.plan, self.register, self.policy = plan, register, policy
        self.promises, self.measured = promises, measured
        self.changes, self.before = changes, before
        self.old = {} if before is None else {(duty.team_id, duty.day): duty for duty in before.plan.duties}
        owed = look_backs(register, plan.horizon, policy, changes)
        self.owed = {lb.lookback_id: lb for lb in owed}
        for old in self.old.values():  # what had begun is not made more pressing by what came later
            for visit in old.route[: self._begun(old.team_id, old.day)]:
                if visit.lookback_id in self.owed:
                    lb = self.owed[visit.lookback_id]
                    self.owed[lb.lookback_id] = replace(lb, mandatory=visit.mandatory, reasons=visit.reasons)
        self.wanted: dict[str, Wanted] = dict(self.owed)
        checks = spot_checks(register, owed, plan.horizon[0], policy, days=len(plan.horizon))
        self.wanted |= {check.lookback_id: check for check in checks}
        self.listed = self.owed | {check.lookback_id: check for check in checks if check.drawn}
        self.rivers = [(barrier, shapely.LineString(barrier.line)) for barrier in register.barriers]

    def conflicts(self) -> Iterator[Conflict]:
        yield from self._at_work()
        yield from self._stays()
        for duty in self.plan.duties:
            yield from self._duty(duty)
        yield from self._once()
        yield from self._complete()
        yield from self._promised()
        yield from self._by_lot()
        yield from self._totals()

    def _at_work(self) -> Iterator[Conflict]:
        """Every team that works on a day has one duty, if only an empty one: nobody is forgotten."""
        seen = Counter((duty.team_id, duty.day) for duty in self.plan.duties)
        for (team_id, day), count in seen.items():
            if count > 1:
                yield Conflict("duty", f"{team_id} {day}", f"the duty stands {count} times in the plan")
        for day in self.plan.horizon:
            for team in self.register.teams:
                forgotten = (team.team_id, day) not in seen
                if forgotten and self._working_time(team, day) and not any(self._officers(team, day, "")):
                    yield Conflict("duty", f"{team.team_id} {day}", "the team works on this day and has no duty")

    # What changes during the day

    def _begun(self, team_id: str, day: date) -> int:
        """How many visits of a duty had begun when the plan was changed."""
        old = self.old.get((team_id, day))
        return 0 if old is None or self.before is None else self.before.begun(old)

    def _stays(self) -> Iterator[Conflict]:
        """What had begun is in the plan as it was, first in the team's route, and nothing new lies in the past."""
        if self.before is None:
            return
        now = {(duty.team_id, duty.day): duty for duty in self.plan.duties}
        for key, old in self.old.items():
            done = self.before.begun(old)
            kept = now[key].route if key in now else ()
            if kept[:done] != old.route[:done]:
                yield Conflict("begun", f"{key[0]} {key[1]}", "visits that had begun are not as they were")
        for (team_id, day), duty in now.items():
            done = self._begun(team_id, day)
            behind = self.before.late.get((team_id, day), 0)
            for k, visit in enumerate(duty.route[done:], done):
                where = f"{team_id} {day} {visit.enterprise_id}"
                if (day, visit.start) < (self.before.day, self.before.second):
                    yield Conflict("now", where, f"starts {hhmm(visit.start)}, before the plan was changed")
                free = (duty.route[k - 1].end if k else duty.shift.start) + behind
                if k == done and behind and visit.arrive < free + visit.travel_seconds:
                    yield Conflict("now", where, f"the team is late and not there before {hhmm(free)}")

    def _away(self, duty: Duty, team: Team, where: str) -> Iterator[Conflict]:
        """A team makes no visit while it is out, nor on its way to one."""
        done = self._begun(duty.team_id, duty.day)
        if any(self._officers(team, duty.day, "", here=True)) and not any(self._officers(team, duty.day, "")):
            for visit in duty.route[done:]:
                yield Conflict("officers", f"{where} {visit.enterprise_id}", "too few officers are there")
        for out in self.changes.team_out.get((duty.team_id, duty.day), ()):
            for k, visit in enumerate(duty.route[done:], done):
                at = f"{where} {visit.enterprise_id}"
                if _overlap((out.start, out.end), (visit.start, visit.end)):
                    yield Conflict("team_out", at, f"the team is out {_span(out)}")
                free = duty.route[k - 1].end if k else duty.shift.start
                gone = self._gone(duty, free, visit.arrive)
                if gone and visit.arrive - free - gone < visit.travel_seconds:
                    yield Conflict("team_out", at, f"the team is out {_span(out)} and cannot be on its way")

    def _gone(self, duty: Duty, start: int, end: int) -> int:
        """Seconds of a span in which the team of a duty is out or rests; 0 if it is not out in it."""
        out = self.changes.team_out.get((duty.team_id, duty.day), ())
        if not any(_overlap((each.start, each.end), (start, end)) for each in out):
            return 0
        gone, at = 0, start
        for each in sorted((*out, *((duty.rest,) if duty.rest else ())), key=lambda each: each.start):
            gone += max(0, min(each.end, end) - max(each.start, at))
            at = max(at, each.end)
        return gone

    def _has_room_to_rest(self, duty: Duty, seconds: int, window: Interval) -> bool:
        """Whether a break would fit into its window, were there nothing but what had begun and what teams are away."""
        done = duty.route[: self._begun(duty.team_id, duty.day)]
        taken = [(visit.start, visit.end) for visit in done]
        taken += [(out.start, out.end) for out in self.changes.team_out.get((duty.team_id, duty.day), ())]
        if any(self._officers(self.register.team[duty.team_id], duty.day, "", here=True)):
            taken.append((0, 86_400))
        at = max([window.start, *(visit.end for visit in done[-1:])])
        if self.before is not None and self.before.day == duty.day:
            at = max(at, self.before.second)
        for start, end in sorted(taken):
            if start - at >= seconds:
                return True
            at = max(at, end)
        return window.end - at >= seconds

    # One duty

    def _duty(self, duty: Duty) -> Iterator[Conflict]:
        where = f"{duty.team_id} {duty.day}"
        team = self.register.team.get(duty.team_id)
        if team is None:
            yield Conflict("team", where, "no such team")
            return
        if duty.day not in self.plan.horizon:
            yield Conflict("horizon", where, "the date is outside the horizon")
        working = self._working_time(team, duty.day)
        if working is None:
            yield Conflict("shift", where, "the team does not work on this day")
            return
        shift, rest_seconds, rest_window = working
        most = self.policy.visits.max_visits if team.max_visits is None else team.max_visits
        if duty.shift != shift:
            yield Conflict(
                "shift", where, f"the shift is {hhmm(shift.start)}-{hhmm(shift.end)}, not {_span(duty.shift)}"
            )
        if duty.route:
            yield from self._officers(team, duty.day, where)
            yield from self._away(duty, team, where)
            yield from self._rest(duty, rest_seconds, rest_window, where)
        elif duty.rest is not None or duty.return_seconds or duty.return_metres:
            yield Conflict("idle", where, "has no visits, and yet a break or a way back")
        if len(duty.route) > most:
            yield Conflict("max_visits", where, f"{len(duty.route)} visits; at most {most}")
        yield from self._times(duty, team, shift, where)
        done = self._begun(duty.team_id, duty.day)
        for k, visit in enumerate(duty.route):
            yield from self._visit(visit, duty, team, shift)
            if k >= done:
                yield from self._may_be_made(visit, duty)

    def _working_time(self, team: Team, day: date) -> _WorkingTime | None:
        """None when the team does not work."""
        default, calendar = self.policy.shift, self.register.calendar
        usual = (default.break_minutes * 60, default.break_from, default.break_to)
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
        seconds, earliest, latest = usual
        if chosen is not None and chosen.break_seconds is not None:
            seconds = chosen.break_seconds
            earliest = chosen.break_from if chosen.break_from is not None else start
            latest = chosen.break_to if chosen.break_to is not None else end
        window = Interval(max(earliest, start), min(latest, end))
        if window.end - window.start < seconds:
            seconds = 0
        return _WorkingTime(Interval(start, end), seconds, window)

    def _officers(self, team: Team, day: date, where: str, *, here: bool = False) -> Iterator[Conflict]:
        """Agencies with too few certified officers; with ``here`` those who are away do not count."""
        valid: Counter[str] = Counter()
        for officer_id in team.officers:
            officer = self.register.officer[officer_id]
            away = here and (officer_id, day) in self.changes.officers_out
            valid[officer.agency] += not away and (officer.valid_until is None or officer.valid_until >= day)
        for agency, count in valid.items():
            if count < self.policy.visits.officers_per_agency:
                yield Conflict("officers", where, f"only {count} officers of {agency} have a valid certificate")

    def _rest(self, duty: Duty, seconds: int, window: Interval, where: str) -> Iterator[Conflict]:
        rest = duty.rest
        window = Interval(window.start, window.end + self.changes.late.get((duty.team_id, duty.day), 0))
        if rest is None:
            if seconds and self._has_room_to_rest(duty, seconds, window):
                yield Conflict("break", where, "no break")
            return
        if rest.end - rest.start != seconds:
            yield Conflict("break", where, f"the break {_span(rest)} should last {seconds // 60} min")
        if rest.start < window.start or rest.end > window.end:
            yield Conflict("break", where, f"the break {_span(rest)} is outside {_span(window)}")
        for visit in duty.route:
            if rest.start < visit.end and visit.start < rest.end:
                yield Conflict("break", where, f"the break {_span(rest)} overlaps the visit to {visit.enterprise_id}")

    def _times(self, duty: Duty, team: Team, shift: Interval, where: str) -> Iterator[Conflict]:
        """Travel and waiting from stop to stop, and the way back."""
        free, place, place_id = shift.start, team.start, f"{team.team_id}:start"
        done = self._begun(duty.team_id, duty.day)
        for k, visit in enumerate(duty.route):
            enterprise = self.register.enterprise.get(visit.enterprise_id)
            if enterprise is None or enterprise.place is None:
                return  # named by _visit; without the place nothing after it can be measured
            at = f"{where} {visit.enterprise_id}"
            ends = (place, enterprise.place, place_id, visit.enterprise_id)
            yield from self._leg(team, ends, visit.travel_seconds, visit.travel_metres, visit.travel_mode, at)
            leaves, rest_on_arrival = free, 0
            if duty.rest is not None and free <= duty.rest.start and duty.rest.end <= visit.start:
                if duty.rest.start >= visit.arrive:
                    rest_on_arrival = duty.rest.end - duty.rest.start
                else:
                    leaves = duty.rest.end
            if duty.rest is not None and leaves == duty.rest.end and k >= done and self._gone(duty, free, visit.arrive):
                leaves = free  # the break may lie in the midst of a way by the office; _away adds up what is left of it
            if visit.arrive < leaves + visit.travel_seconds:
                late = hhmm(leaves + visit.travel_seconds)
                yield Conflict("travel", at, f"arrives {hhmm(visit.arrive)}; not possible before {late}")
            if visit.start < visit.arrive:
                yield Conflict("travel", at, "starts before it arrives")
            wait = visit.start - visit.arrive - rest_on_arrival
            if visit.wait_seconds != wait:
                yield Conflict("wait", at, f"waits {wait} s, not {visit.wait_seconds} s")
            free, place, place_id = visit.end, enterprise.place, visit.enterprise_id
        if duty.route:
            ends = (place, team.end, place_id, f"{team.team_id}:end")
            yield from self._leg(team, ends, duty.return_seconds, duty.return_metres, duty.return_mode, where)
            back = free + duty.return_seconds
            if duty.rest is not None and duty.rest.start >= free:
                back = duty.rest.end if duty.rest.start >= back else duty.rest.end + duty.return_seconds
            if back > shift.end:
                yield Conflict("shift", where, f"back at {hhmm(back)}, after the shift's end")

    def _leg(
        self,
        team: Team,
        ends: tuple[LonLat, LonLat, str, str],
        seconds: int,
        metres: int,
        mode: TravelMode,
        where: str,
    ) -> Iterator[Conflict]:
        origin, destination, origin_id, destination_id = ends
        known = self.measured.get((origin_id, destination_id))
        if known is not None:
            if (seconds, metres, mode) != known:
                yield Conflict("travel", where, f"the leg is {known[0]} s by {known[2]} in the matrix file")
            return
        straight = _metres(origin, destination)
        if abs(straight - metres) > 0.51:  # rounded to whole metres
            yield Conflict("travel", where, f"the leg is {straight:.0f} m long, not {metres} m")
        travels = team.travel or self.policy.travel.mode
        if mode is TravelMode.MIXED or (travels is not TravelMode.MIXED and mode is not travels):
            yield Conflict("travel", where, f"the team travels by {travels}, not by {mode}")
            return
        if mode is TravelMode.WALK:
            yield from self._walk(origin, destination, straight, travels, where)
        needed = self._needed(mode, metres, origin, destination) / 60
        least = self.policy.travel.least_minutes
        either = {max(math.ceil(needed + noise), least) for noise in (-1e-9, 1e-9)}  # two, where it takes whole minutes
        if seconds not in {60 * minutes for minutes in either}:
            yield Conflict("travel", where, f"takes {min(either)} min by {mode}, not {seconds / 60:g}")

    def _walk(
        self, origin: LonLat, destination: LonLat, straight: float, travels: TravelMode, where: str
    ) -> Iterator[Conflict]:
        if travels is TravelMode.MIXED and straight > self.policy.travel.walk_most_metres + 1:
            yield Conflict("travel", where, f"{straight:.0f} m are too far to walk")
        way = shapely.LineString([origin, destination])
        for barrier, line in self.rivers:
            if not barrier.walkable and way.crosses(line):
                yield Conflict("barrier", where, f"walks across {barrier.name}")

    def _needed(self, mode: TravelMode, metres: int, origin: LonLat, destination: LonLat) -> float:
        """Seconds of a leg by the policy's formula, before rounding up to the minute."""
        rules = self.policy.travel
        km = metres / 1000
        if mode is TravelMode.WALK:
            return km * rules.walk_detour / rules.walk_kmh * 3600
        if mode is TravelMode.METRO:
            changes = metres // rules.metro_change_every_metres
            riding = km * rules.metro_detour / rules.metro_kmh * 3600
            return riding + 60 * (rules.metro_minutes + changes * rules.metro_change_minutes)
        inner = min(km, rules.car_inner_metres / 1000)
        driving = inner / rules.car_inner_kmh + (km - inner) / rules.car_outer_kmh
        crossing = 0.0
        way = shapely.LineString([origin, destination])
        for barrier, line in self.rivers:
            if barrier.crossing_minutes and way.intersects(line):
                crossing += 60 * barrier.crossing_minutes * len(shapely.get_parts(way.intersection(line)))
        return 60 * rules.car_minutes + 3600 * driving * rules.car_detour + crossing

    # One visit

    def _visit(self, visit: Visit, duty: Duty, team: Team, shift: Interval) -> Iterator[Conflict]:
        where = f"{duty.team_id} {duty.day} {visit.enterprise_id}"
        enterprise = self.register.enterprise.get(visit.enterprise_id)
        wanted = self.wanted.get(visit.lookback_id)
        if enterprise is None:
            yield Conflict("enterprise", where, "no such enterprise")
            return
        if wanted is None:
            yield Conflict("look_back", where, f"{visit.lookback_id} is not owed, nor a spot check of this day")
            return
        if visit.enterprise_id not in wanted.sites:
            yield Conflict("site", where, f"is not a site of {visit.lookback_id}")
        scenario = self.policy.scenarios[enterprise.scenario]
        minutes = self._minutes(enterprise, wanted)
        if visit.end - visit.start != minutes * 60:
            yield Conflict("duration", where, f"lasts {(visit.end - visit.start) / 60:g} min, not {minutes}")
        last = shift.end - self.policy.visits.last_start_before_end * 60
        if visit.start > last:
            yield Conflict("last_start", where, f"starts {hhmm(visit.start)}, after {hhmm(last)}")
        if visit.start < shift.start or visit.end > shift.end:
            yield Conflict("shift", where, f"{hhmm(visit.start)}-{hhmm(visit.end)} is outside the shift")
        for avoid in scenario.avoid:
            if _overlap(avoid, (visit.start, visit.end)):
                yield Conflict("avoid", where, f"lies in the hours to avoid {hhmm(avoid[0])}-{hhmm(avoid[1])}")
        if not _open_throughout(enterprise.opening_hours or scenario.hours, duty.day, visit.start, visit.end):
            yield Conflict("opening_hours", where, f"is not open {hhmm(visit.start)}-{hhmm(visit.end)}")
        if enterprise.place is None:
            yield Conflict("place", where, "has no coordinates")
        yield from self._may_go(team, enterprise, where)
        district = self.register.district_of(enterprise.enterprise_id)
        if district is not None and not self._lies_in(enterprise, district):
            yield Conflict("jurisdiction", where, f"is counted for {district.district_id} and lies outside it")
        if isinstance(wanted, LookBack) and duty.day < wanted.release:
            yield Conflict("release", where, f"{visit.lookback_id} opens on {wanted.release}")
        if visit.priority != wanted.priority or visit.priority != sum(reason.points for reason in visit.reasons):
            yield Conflict("priority", where, f"priority {visit.priority}; the records give {wanted.priority}")
        elif visit.reasons != wanted.reasons:
            yield Conflict("reasons", where, "the terms of its priority are not those that the records give")
        if visit.mandatory != wanted.mandatory:
            yield Conflict("mandatory", where, f"mandatory is {visit.mandatory}; it should be {wanted.mandatory}")

    def _may_be_made(self, visit: Visit, duty: Duty) -> Iterator[Conflict]:
        """What has been reported does not stand against it."""
        where = f"{duty.team_id} {duty.day} {visit.enterprise_id}"
        if (visit.enterprise_id, duty.day) in self.changes.shut:
            yield Conflict("shut", where, "is reported shut on this day")
        first = self.changes.postponed.get(visit.lookback_id, duty.day)
        if duty.day < first:
            yield Conflict("postponed", where, f"is postponed to {first}")

    def _minutes(self, enterprise: Enterprise, wanted: Wanted) -> int:
        scenario = self.policy.scenarios[enterprise.scenario]
        minutes = scenario.look_back if isinstance(wanted, LookBack) else scenario.spot_check
        minutes = minutes if enterprise.visit_minutes is None else enterprise.visit_minutes
        return minutes + self.policy.visits.certificate_minutes + self.policy.visits.record_minutes

    def _may_go(self, team: Team, enterprise: Enterprise, where: str) -> Iterator[Conflict]:
        """What keeps a team away from an enterprise at any hour, in the order in which one would ask."""
        district = self.register.district_of(enterprise.enterprise_id)
        if team.authorities and (district is None or district.authority not in team.authorities):
            yield Conflict("jurisdiction", where, "is outside the districts of the team's authorities")
        if team.scenarios and enterprise.scenario not in team.scenarios:
            yield Conflict("scenario", where, f"the team does not inspect {enterprise.scenario}")
        for recusal in self.register.recusals:
            concerned = recusal.enterprise_id == enterprise.enterprise_id or recusal.operator == enterprise.operator
            if recusal.officer_id in team.officers and concerned:
                yield Conflict("recusal", where, f"officer {recusal.officer_id} is recused")

    def _lies_in(self, enterprise: Enterprise, district: District) -> bool:
        """Whether a place is inside a district, or as near to it as the policy lets it be."""
        here = enterprise.place
        if here is None:
            return False
        east = math.cos(math.radians(here.lat))
        degree = math.radians(1) * _EARTH_RADIUS_M

        def metres(at: LonLat) -> tuple[float, float]:
            return (at.lon - here.lon) * east * degree, (at.lat - here.lat) * degree

        polygons = [shapely.Polygon(*_rings(rings, metres)) for rings in district.polygons]
        away = min(polygon.distance(shapely.Point(0, 0)) for polygon in polygons)
        return bool(away <= 1.01 * self.policy.workspace.nearest_district_metres)  # the plane is true to 1 %

    # The whole plan

    def _once(self) -> Iterator[Conflict]:
        on_day: Counter[tuple[date, str]] = Counter()
        served: Counter[str] = Counter()
        for duty in self.plan.duties:
            for visit in duty.route:
                on_day[duty.day, visit.enterprise_id] += 1
                served[visit.lookback_id] += 1
        for (day, enterprise_id), count in on_day.items():
            if count > 1:
                yield Conflict("same_day", f"{enterprise_id} {day}", f"is visited {count} times on one day")
        for lookback_id, count in served.items():
            if count > 1:
                yield Conflict("twice", lookback_id, f"is visited {count} times")

    def _complete(self) -> Iterator[Conflict]:
        visited = {visit.lookback_id for duty in self.plan.duties for visit in duty.route}
        listed: dict[str, int] = defaultdict(int)
        for row in self.plan.unvisited:
            listed[row.lookback_id] += 1
            lb = self.listed.get(row.lookback_id)
            if lb is None:
                yield Conflict("unvisited", row.lookback_id, "is listed as unvisited but is not owed")
                continue
            if row.lookback_id in visited:
                yield Conflict("unvisited", row.lookback_id, "is both visited and unvisited")
            if (row.priority, row.mandatory) != (lb.priority, lb.mandatory):
                yield Conflict("unvisited", row.lookback_id, "is listed with another priority than it has")
            if row.enterprise_id not in lb.sites:
                yield Conflict("unvisited", row.lookback_id, f"{row.enterprise_id} is not one of its sites")
            if not (row.rule and row.reason and row.reason_zh):
                yield Conflict("unvisited", row.lookback_id, "is unvisited without a reason")
            elif row.lookback_id not in visited:
                yield from self._stopped(row, lb)
        for lookback_id in self.listed:
            if lookback_id not in visited and not listed[lookback_id]:
                yield Conflict("complete", lookback_id, "is neither visited nor listed as unvisited")
            if listed[lookback_id] > 1:
                yield Conflict("unvisited", lookback_id, "is listed more than once")

    def _stopped(self, row: Unvisited, lb: Wanted) -> Iterator[Conflict]:
        """Whether the rule that is said to have stopped a look-back may be the one that did."""
        if any(promise.lookback_id == lb.lookback_id for promise in (*self.promises, *self.changes.promises)):
            return  # a promise narrows the teams and hours; that it is broken is a conflict of its own
        possible = self._obstacles(lb)
        if row.rule not in possible:
            rules = " or ".join(possible)
            yield Conflict("unvisited", row.lookback_id, f"is said to be stopped by {row.rule}; it may be {rules}")

    def _obstacles(self, lb: Wanted) -> tuple[str, ...]:
        """The rules that may have stopped a look-back, what has been reported among them."""
        days = {duty.day for duty in self.plan.duties}
        rules = list(self._standing_obstacles(lb))
        if rules != ["not_released"] and min(days, default=date.max) < self.changes.postponed.get(
            lb.lookback_id, date.min
        ):
            rules.append("postponed")
        if any((site, day) in self.changes.shut for site in lb.sites for day in days):
            rules.append("shut")
        if self.before is not None or self.changes.team_out or self.changes.officers_out:
            rules.append("team_out")
        return tuple(rules)

    def _standing_obstacles(self, lb: Wanted) -> tuple[str, ...]:
        """The rules that may have stopped a look-back: of its hopeful sites and teams the one that got farthest."""
        release = lb.release if isinstance(lb, LookBack) else date.min
        if release > self.plan.horizon[-1]:
            return ("not_released",)
        sites = [site for site in map(self.register.enterprise.__getitem__, lb.sites) if site.place is not None]
        if not sites:
            return ("no_place",)
        if not self.plan.duties:
            return ("no_team",)
        barred = {
            (team_id, site.enterprise_id): self._first_obstacle(team_id, site)
            for team_id in {duty.team_id for duty in self.plan.duties} & self.register.team.keys()
            for site in sites
        }
        if "" not in barred.values():
            return tuple(rule for rule in ("recusal", "scenario", "jurisdiction") if rule in barred.values())[:1]
        free = [
            (duty, site)
            for duty in self.plan.duties
            for site in sites
            if barred.get((duty.team_id, site.enterprise_id)) == ""
        ]
        if not any(self._ever_open(site, lb, duty.day) for duty, site in free if duty.day >= release):
            return ("closed",)
        rules = ["shift", "time"]
        if any(site.enterprise_id in self.visited_sites for _, site in free):
            rules.append("same_day")
        if any(self._is_full(duty) for duty, _ in free):
            rules.append("max_visits")
        return tuple(rules)

    @cached_property
    def visited_sites(self) -> frozenset[str]:
        """Every enterprise that the plan visits."""
        return frozenset(visit.enterprise_id for duty in self.plan.duties for visit in duty.route)

    def _first_obstacle(self, team_id: str, enterprise: Enterprise) -> str:
        """The first rule that keeps a team away from an enterprise; empty when it may go."""
        return next((conflict.rule for conflict in self._may_go(self.register.team[team_id], enterprise, "")), "")

    def _is_full(self, duty: Duty) -> bool:
        team = self.register.team[duty.team_id]
        return len(duty.route) >= (self.policy.visits.max_visits if team.max_visits is None else team.max_visits)

    def _ever_open(self, enterprise: Enterprise, lb: Wanted, day: date) -> bool:
        scenario = self.policy.scenarios[enterprise.scenario]
        hours = enterprise.opening_hours or scenario.hours
        return _ever_open(hours, tuple(scenario.avoid), day, 60 * self._minutes(enterprise, lb))

    def _promised(self) -> Iterator[Conflict]:
        kept = {visit.lookback_id: (duty, visit) for duty in self.plan.duties for visit in duty.route}
        for promise in self.promises:
            if promise.lookback_id not in kept:
                yield Conflict("pinned", promise.lookback_id, "is pinned and not visited")
                continue
            duty, visit = kept[promise.lookback_id]
            if promise.team_id not in {None, duty.team_id} and not self._is_away(promise):
                yield Conflict("pinned", promise.lookback_id, f"is pinned to {promise.team_id}, not {duty.team_id}")
            if promise.day not in {None, duty.day}:
                yield Conflict("pinned", promise.lookback_id, f"is pinned to {promise.day}, not {duty.day}")
            if not promise.starts(visit.start):
                yield Conflict("pinned", promise.lookback_id, f"is pinned to another time than {hhmm(visit.start)}")
            if promise.enterprise_id not in {None, visit.enterprise_id}:
                yield Conflict("pinned", promise.lookback_id, f"is pinned to {promise.enterprise_id}")

    def _is_away(self, promise: Promise) -> bool:
        """Whether the team that was promised is out at the time: then another may keep the promise."""
        team = self.register.team.get(promise.team_id or "")
        if team is None or promise.day is None:
            return False
        out = self.changes.team_out.get((team.team_id, promise.day), ())
        at = promise.start
        short = any(self._officers(team, promise.day, "", here=True))
        return short or any(at is None or each.start <= at < each.end for each in out)

    # What was drawn by lot

    def _by_lot(self) -> Iterator[Conflict]:
        """The lot drawn again; and no check that it fell on was left out for a visit that nobody must make."""
        card, stated = self.policy.card, self.plan.drawn
        lot = tuple(f"SC-{site}" for site in self._lot()) if card.learned else ()
        due = Drawn(card.drawn_percent, card.drawn_seed, lot) if card.learned else None
        if stated != due:
            yield Conflict("drawn", "plan", f"the lot falls on {lot}; the plan says {stated and stated.checks}")
        # A replan moves as little as it can; measured legs are known from stop to stop only.
        if self.before is None and not self.measured and not self.policy.plan.least_visits_per_district:
            for lookback_id in lot:
                yield from self._given_way(lookback_id)

    def _lot(self) -> Iterator[str]:
        """Sites by the sha256 of seed, day and id, until the share of the teams' time is used; the last by chance."""
        card, shift, day = self.policy.card, self.policy.shift, self.plan.horizon[0]
        owing = {lb.sites[0] for lb in self.owed.values() if len(lb.sites) == 1 and lb.violations}
        minutes = (shift.end - shift.start) // 60 - shift.break_minutes
        left = card.drawn_percent * minutes * len(self.register.teams) * len(self.plan.horizon) / 100
        if not card.drawn_points:
            return

        def number(text: str) -> int:
            return int.from_bytes(hashlib.sha256(f"{card.drawn_seed}|{day}|{text}".encode()).digest(), "big")

        for site in sorted((e for e in self.register.enterprise if e not in owing), key=number):
            enterprise = self.register.enterprise[site]
            if enterprise.place is None or all(self._first_obstacle(t, enterprise) for t in self.register.team):
                continue
            needed = self._minutes(enterprise, SpotCheck(f"SC-{site}", site, ()))
            if left < needed and number("") >= left / needed * 2**256:
                return
            yield site
            left -= needed
            if left <= 0:
                return

    def _given_way(self, lookback_id: str) -> Iterator[Conflict]:
        """A check that the lot fell on, left out, while a visit that nobody must make stands where it could stand."""
        check = self.wanted.get(lookback_id)
        if check is None or check.sites[0] in self.visited_sites:
            return
        site = self.register.enterprise[check.sites[0]]
        promised = {promise.lookback_id for promise in (*self.promises, *self.changes.promises)}
        for duty in self.plan.duties:
            if self._keeps_away(site, check, duty):
                continue
            for k, visit in enumerate(duty.route):
                wanted = self.wanted.get(visit.lookback_id)
                may_go = wanted is not None and not (wanted.mandatory or wanted.drawn)
                if may_go and visit.lookback_id not in promised and self._fits_instead(site, check, duty, k):
                    where = f"{duty.team_id} {duty.day} {visit.enterprise_id}"
                    yield Conflict("drawn", where, f"stands where {lookback_id} could, which was drawn by lot")
                    return

    def _keeps_away(self, site: Enterprise, check: Wanted, duty: Duty) -> bool:
        """Whether a duty may not visit a site, or is not as its team usually is."""
        key = (duty.team_id, duty.day)
        return (
            duty.team_id not in self.register.team
            or self._first_obstacle(duty.team_id, site) != ""
            or (site.enterprise_id, duty.day) in self.changes.shut
            or duty.day < self.changes.postponed.get(check.lookback_id, duty.day)
            or key in self.changes.team_out
            or key in self.changes.late
        )

    def _fits_instead(self, site: Enterprise, check: Wanted, duty: Duty, k: int) -> bool:
        """Whether a spot check could take a visit's time, from its start on, with no other visit or break moved."""
        team, rest = self.register.team[duty.team_id], duty.rest
        start = duty.route[k].start
        end = start + 60 * self._minutes(site, check)
        free, origin = (duty.route[k - 1].end, self._at(duty.route[k - 1])) if k else (duty.shift.start, team.start)
        last = k + 1 == len(duty.route)
        due, goal = (duty.shift.end, team.end) if last else (duty.route[k + 1].start, self._at(duty.route[k + 1]))
        if rest is not None and free <= rest.start < start:
            free = rest.end  # the break is at the stop before
        if rest is not None and end <= rest.start < due:
            due = rest.start  # the break is at the stop after
        scenario = self.policy.scenarios[site.scenario]
        hours = site.opening_hours or scenario.hours
        taken = [*scenario.avoid, *((rest.start, rest.end) for rest in (rest,) if rest is not None)]
        return (
            site.place is not None
            and start <= duty.shift.end - 60 * self.policy.visits.last_start_before_end
            and free + self._at_most(team, origin, site.place) <= start
            and end + self._at_most(team, site.place, goal) <= due
            and not any(_overlap(span, (start, end)) for span in taken)
            and _open_throughout(hours, duty.day, start, end)
        )

    def _at(self, visit: Visit) -> LonLat:
        return self.register.enterprise[visit.enterprise_id].at

    def _at_most(self, team: Team, origin: LonLat, destination: LonLat) -> float:
        """Seconds that a team needs at most, by the way that it goes."""
        straight = _metres(origin, destination)
        needed = {
            mode: self._needed(mode, round(straight), origin, destination)
            for mode in TravelMode
            if mode is not TravelMode.MIXED
        }
        travels = team.travel or self.policy.travel.mode
        if any(self._walk(origin, destination, straight + 2, travels, "")):
            needed[TravelMode.WALK] = math.inf
        if travels is TravelMode.MIXED:
            riding = min(needed[TravelMode.METRO], needed[TravelMode.CAR])
            seconds = riding if math.isinf(needed[TravelMode.WALK]) else needed[TravelMode.WALK]
            if abs(straight - self.policy.travel.walk_most_metres) < 5:
                seconds = max(seconds, riding, needed[TravelMode.WALK])
        else:
            seconds = needed[travels]
        return max(60.0 * self.policy.travel.least_minutes, seconds + 60)

    def _totals(self) -> Iterator[Conflict]:
        visits = [visit for duty in self.plan.duties for visit in duty.route]
        mandatory = {lb.lookback_id for lb in self.owed.values() if lb.mandatory}
        expected = {
            "priority": sum(visit.priority for visit in visits),
            "mandatory": sum(visit.lookback_id in mandatory for visit in visits),
            "mandatory_missed": len(mandatory - {visit.lookback_id for visit in visits}),
            "look_backs": sum(visit.lookback_id in self.owed for visit in visits),
            "spot_checks": sum(visit.lookback_id not in self.owed for visit in visits),
            "travel_seconds": sum(v.travel_seconds for v in visits)
            + sum(duty.return_seconds for duty in self.plan.duties),
            "travel_metres": sum(v.travel_metres for v in visits)
            + sum(duty.return_metres for duty in self.plan.duties),
            "wait_seconds": sum(visit.wait_seconds for visit in visits),
        }
        for name, value in expected.items():
            stated = getattr(self.plan.totals, name)
            if stated != value:
                yield Conflict("totals", f"totals.{name}", f"is {stated}; the visits add up to {value}")
        bound = self.plan.bound
        if bound is not None:
            if bound.priority < expected["priority"]:
                yield Conflict("bound", "bound", f"{bound.priority} is less than the plan collects")
            gap = (bound.priority - expected["priority"]) / bound.priority if bound.priority else 0.0
            if abs(gap - bound.gap) > 1e-6:
                yield Conflict("bound", "bound", f"the gap is {gap:.6f}, not {bound.gap:.6f}")


def _span(interval: Interval) -> str:
    return f"{hhmm(interval.start)}-{hhmm(interval.end)}"


def _overlap(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


_EARTH_RADIUS_M = 6_371_008.8


def _rings(
    rings: Sequence[Sequence[LonLat]], metres: Callable[[LonLat], tuple[float, float]]
) -> tuple[list[tuple[float, float]], list[list[tuple[float, float]]]]:
    """The outer ring and the holes of a polygon, in metres."""
    outer, *holes = ([metres(at) for at in ring] for ring in rings)
    return outer, holes


def _metres(a: LonLat, b: LonLat) -> float:
    """The great circle by the spherical law of cosines for the half angle (Vincenty's form), metres."""
    phi, theta, across = math.radians(a.lat), math.radians(b.lat), math.radians(b.lon - a.lon)
    east = math.cos(theta) * math.sin(across)
    north = math.cos(phi) * math.sin(theta) - math.sin(phi) * math.cos(theta) * math.cos(across)
    along = math.sin(phi) * math.sin(theta) + math.cos(phi) * math.cos(theta) * math.cos(across)
    return _EARTH_RADIUS_M * math.atan2(math.hypot(east, north), along)


def _open_throughout(hours: str, day: date, start: int, end: int) -> bool:
    """Whether a door is open at a moment and does not close before another, seconds since midnight."""
    opening, midnight = _parsed(hours), _midnight(day)
    begins, ends = midnight + timedelta(seconds=start), midnight + timedelta(seconds=end)
    if not opening.is_open(begins):
        return False
    change = opening.next_change(begins)
    while change is not None and change < ends:
        if not opening.is_open(change):
            return False
        change = opening.next_change(change)
    return True


@cache
def _ever_open(hours: str, avoid: tuple[tuple[int, int], ...], day: date, seconds: int) -> bool:
    """Whether a visit fits into the opening hours of a day: if at all, then as soon as some of them begin."""
    return any(
        at + seconds <= 86_400
        and not any(_overlap(span, (at, at + seconds)) for span in avoid)
        and _open_throughout(hours, day, at, at + seconds)
        for at in (*_opening_moments(hours, day), *(to for _, to in avoid))
    )


def _opening_moments(hours: str, day: date) -> Iterator[int]:
    """Midnight, and when something changes at a door on a day, seconds since midnight."""
    opening, midnight = _parsed(hours), _midnight(day)
    change: datetime | None = midnight
    while change is not None and change < midnight + timedelta(days=1):
        yield (change - midnight).seconds
        change = opening.next_change(change)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001  (local time throughout)


@cache
def _parsed(hours: str) -> OpeningHours:
    return OpeningHours(hours)
