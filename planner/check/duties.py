"""One team on one day: who goes, when they rest, how they get from stop to stop, and each visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.check.changing import away, has_room_to_rest, reported
from planner.check.conflicts import Conflict, span
from planner.check.hours import open_throughout, overlap
from planner.check.times import times
from planner.check.ways import lies_in
from planner.clock import hhmm
from planner.lookbacks import LookBack
from planner.plan import Interval

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.check.given import Given
    from planner.enterprises import Enterprise
    from planner.lookbacks import Wanted
    from planner.plan import Duty, Visit
    from planner.teams import Team


def duty_conflicts(given: Given, duty: Duty) -> Iterator[Conflict]:
    """Every conflict of one duty."""
    where = f"{duty.team_id} {duty.day}"
    team = given.register.team.get(duty.team_id)
    if team is None:
        yield Conflict("team", where, "no such team")
        return
    if duty.day not in given.plan.horizon:
        yield Conflict("horizon", where, "the date is outside the horizon")
    working = given.working_time(team, duty.day)
    if working is None:
        yield Conflict("shift", where, "the team does not work on this day")
        return
    shift = working.shift
    if duty.shift != shift:
        yield Conflict("shift", where, f"the shift is {span(shift)}, not {span(duty.shift)}")
    if duty.route or duty.halts:
        for agency, count in given.too_few(team, duty.day):
            yield Conflict("officers", where, f"only {count} officers of {agency} have a valid certificate")
        yield from away(given, duty, team, where)
        yield from _rest(given, duty, working.rest_seconds, working.rest_window, where)
    elif duty.rest is not None or duty.return_seconds or duty.return_metres:
        yield Conflict("idle", where, "has no visits, and yet a break or a way back")
    if len(duty.route) > given.most_visits(team):
        yield Conflict("max_visits", where, f"{len(duty.route)} visits; at most {given.most_visits(team)}")
    yield from times(given, duty, team, shift, where)
    done = given.begun(duty.team_id, duty.day)
    for k, visit in enumerate(duty.route):
        yield from _visit(given, visit, duty, team, shift)
        if k >= done:
            yield from reported(given, visit, duty)


def _rest(given: Given, duty: Duty, seconds: int, window: Interval, where: str) -> Iterator[Conflict]:
    rest = duty.rest
    window = Interval(window.start, window.end + given.changes.late.get((duty.team_id, duty.day), 0))
    if rest is None:
        if seconds and has_room_to_rest(given, duty, seconds, window):
            yield Conflict("break", where, "no break")
        return
    if rest.end - rest.start != seconds:
        yield Conflict("break", where, f"the break {span(rest)} should last {seconds // 60} min")
    if rest.start < window.start or rest.end > window.end:
        yield Conflict("break", where, f"the break {span(rest)} is outside {span(window)}")
    if any(rest.start < halt.arrive < rest.end for halt in duty.halts):
        yield Conflict("break", where, f"the break {span(rest)} begins on the way to a door and ends there")
    for visit in duty.route:
        if overlap((rest.start, rest.end), (visit.start, visit.end)):
            yield Conflict("break", where, f"the break {span(rest)} overlaps the visit to {visit.enterprise_id}")


def _visit(given: Given, visit: Visit, duty: Duty, team: Team, shift: Interval) -> Iterator[Conflict]:
    where = f"{duty.team_id} {duty.day} {visit.enterprise_id}"
    enterprise = given.register.enterprise.get(visit.enterprise_id)
    wanted = given.wanted.get(visit.lookback_id)
    if enterprise is None:
        yield Conflict("enterprise", where, "no such enterprise")
        return
    if wanted is None:
        yield Conflict("look_back", where, f"{visit.lookback_id} is not owed, nor a spot check of this day")
        return
    if visit.enterprise_id not in wanted.sites:
        yield Conflict("site", where, f"is not a site of {visit.lookback_id}")
    yield from _when(given, visit, duty, shift, given.minutes(enterprise, wanted), enterprise, where)
    yield from _where(given, enterprise, team, where)
    if isinstance(wanted, LookBack) and duty.day < wanted.release:
        yield Conflict("release", where, f"{visit.lookback_id} opens on {wanted.release}")
    yield from _why(visit, wanted, where)


def _when(
    given: Given, visit: Visit, duty: Duty, shift: Interval, minutes: int, enterprise: Enterprise, where: str
) -> Iterator[Conflict]:
    """How long it lasts, and in which hours it lies."""
    scenario = given.policy.scenarios[enterprise.scenario]
    if visit.end - visit.start != minutes * 60:
        yield Conflict("duration", where, f"lasts {(visit.end - visit.start) / 60:g} min, not {minutes}")
    last = shift.end - given.policy.visits.last_start_before_end * 60
    if visit.start > last:
        yield Conflict("last_start", where, f"starts {hhmm(visit.start)}, after {hhmm(last)}")
    if visit.start < shift.start or visit.end > shift.end:
        yield Conflict("shift", where, f"{hhmm(visit.start)}-{hhmm(visit.end)} is outside the shift")
    for avoid in scenario.avoid:
        if overlap(avoid, (visit.start, visit.end)):
            yield Conflict("avoid", where, f"lies in the hours to avoid {hhmm(avoid[0])}-{hhmm(avoid[1])}")
    if not open_throughout(enterprise.opening_hours or scenario.hours, duty.day, visit.start, visit.end):
        yield Conflict("opening_hours", where, f"is not open {hhmm(visit.start)}-{hhmm(visit.end)}")


def _where(given: Given, enterprise: Enterprise, team: Team, where: str) -> Iterator[Conflict]:
    """Whether the place is known, and the team's to go to."""
    place, district = enterprise.place, given.register.district_of(enterprise.enterprise_id)
    if place is None:
        yield Conflict("place", where, "has no coordinates")
    for rule, message in given.keeps_away(team, enterprise):
        yield Conflict(rule, where, message)
    near = given.policy.workspace.nearest_district_metres
    if district is not None and (place is None or not lies_in(place, district, near)):
        yield Conflict("jurisdiction", where, f"is counted for {district.district_id} and lies outside it")


def _why(visit: Visit, wanted: Wanted, where: str) -> Iterator[Conflict]:
    """Whether its priority is the one that the records give."""
    if visit.priority != wanted.priority or visit.priority != sum(reason.points for reason in visit.reasons):
        yield Conflict("priority", where, f"priority {visit.priority}; the records give {wanted.priority}")
    elif visit.reasons != wanted.reasons:
        yield Conflict("reasons", where, "the terms of its priority are not those that the records give")
    if visit.mandatory != wanted.mandatory:
        yield Conflict("mandatory", where, f"mandatory is {visit.mandatory}; it should be {wanted.mandatory}")
