"""What changes during a day: what had begun stays, nobody visits while away, and what was reported stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.check.conflicts import Conflict, span
from planner.check.hours import overlap
from planner.clock import hhmm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.check.given import Given
    from planner.plan import Duty, Interval, Visit
    from planner.teams import Team


def stays(given: Given) -> Iterator[Conflict]:
    """What had begun is in the plan as it was, first in the team's route, and nothing new lies in the past."""
    if given.before is None:
        return
    now = {(duty.team_id, duty.day): duty for duty in given.plan.duties}
    for key, old in given.old.items():
        done = given.before.begun(old)
        kept = now[key].route if key in now else ()
        if kept[:done] != old.route[:done]:
            yield Conflict("begun", f"{key[0]} {key[1]}", "visits that had begun are not as they were")
    for (team_id, day), duty in now.items():
        done = given.begun(team_id, day)
        behind = given.before.late.get((team_id, day), 0)
        for k, visit in enumerate(duty.route[done:], done):
            where = f"{team_id} {day} {visit.enterprise_id}"
            if (day, visit.start) < (given.before.day, given.before.second):
                yield Conflict("now", where, f"starts {hhmm(visit.start)}, before the plan was changed")
            free = (duty.route[k - 1].end if k else duty.shift.start) + behind
            if k == done and behind and visit.arrive < free + visit.travel_seconds:
                yield Conflict("now", where, f"the team is late and not there before {hhmm(free)}")


def away(given: Given, duty: Duty, team: Team, where: str) -> Iterator[Conflict]:
    """A team makes no visit while it is out, nor on its way to one."""
    done = given.begun(duty.team_id, duty.day)
    if given.too_few(team, duty.day, here=True) and not given.too_few(team, duty.day):
        for visit in duty.route[done:]:
            yield Conflict("officers", f"{where} {visit.enterprise_id}", "too few officers are there")
    for out in given.changes.team_out.get((duty.team_id, duty.day), ()):
        for k, visit in enumerate(duty.route[done:], done):
            at = f"{where} {visit.enterprise_id}"
            if overlap((out.start, out.end), (visit.start, visit.end)):
                yield Conflict("team_out", at, f"the team is out {span(out)}")
            free = duty.route[k - 1].end if k else duty.shift.start
            gone = seconds_gone(given, duty, free, visit.arrive)
            if gone and visit.arrive - free - gone < visit.travel_seconds:
                yield Conflict("team_out", at, f"the team is out {span(out)} and cannot be on its way")


def seconds_gone(given: Given, duty: Duty, start: int, end: int) -> int:
    """Seconds of a span in which the team of a duty is out or rests; 0 if it is not out in it."""
    out = given.changes.team_out.get((duty.team_id, duty.day), ())
    if not any(overlap((each.start, each.end), (start, end)) for each in out):
        return 0
    gone, at = 0, start
    for each in sorted((*out, *((duty.rest,) if duty.rest else ())), key=lambda each: each.start):
        gone += max(0, min(each.end, end) - max(each.start, at))
        at = max(at, each.end)
    return gone


def rests_on_the_way(given: Given, duty: Duty) -> bool:
    """
    Whether a team rests in the midst of a way that it had begun.

    It does at a place whose visit is off or comes later, from where it then goes on; and a late team where it is.
    """
    door = given.left_for(duty.team_id, duty.day)
    if door is None or duty.rest is None or given.before is None:
        return False
    late = given.before.late.get((duty.team_id, duty.day), 0)
    return duty.rest.start >= (given.before.second if late else door.arrive)


def has_room_to_rest(given: Given, duty: Duty, seconds: int, window: Interval) -> bool:
    """Whether a break would fit into its window, were there nothing but what had begun and what teams are away."""
    count = given.begun(duty.team_id, duty.day)
    if given.left_for(duty.team_id, duty.day) in duty.route[count : count + 1]:
        count += 1  # whoever was on the way to a visit that stays goes there
    done = duty.route[:count]
    taken = [(visit.start, visit.end) for visit in done]
    taken += [(out.start, out.end) for out in given.changes.team_out.get((duty.team_id, duty.day), ())]
    if given.too_few(given.register.team[duty.team_id], duty.day, here=True):
        taken.append((0, 86_400))
    at = max([window.start, *(visit.end for visit in done[-1:])])
    if given.before is not None and given.before.day == duty.day:
        at = max(at, given.before.second)
    for start, end in sorted(taken):
        if start - at >= seconds:
            return True
        at = max(at, end)
    return window.end - at >= seconds


def reported(given: Given, visit: Visit, duty: Duty) -> Iterator[Conflict]:
    """What has been reported stands against no visit."""
    where = f"{duty.team_id} {duty.day} {visit.enterprise_id}"
    if (visit.enterprise_id, duty.day) in given.changes.shut:
        yield Conflict("shut", where, "is reported shut on this day")
    first = given.changes.postponed.get(visit.lookback_id, duty.day)
    if duty.day < first:
        yield Conflict("postponed", where, f"is postponed to {first}")
