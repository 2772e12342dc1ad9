"""What changes during a day: what had begun stays, nobody visits while away, and what was reported stands."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from planner.check.conflicts import Conflict, span
from planner.check.hours import overlap
from planner.check.ways import at_most, ways
from planner.clock import hhmm
from planner.plan import Halt

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
        goes = key in now and (now[key].route or now[key].halts)  # a team that goes nowhere has no break to show
        if goes and now[key].rest != old.rest and given.before.has_rested(old):
            yield Conflict("begun", f"{key[0]} {key[1]}", "a break that had begun is not as it was")
        if key in now:
            yield from _halts(given, old, now[key])
    for (team_id, day), duty in now.items():
        done = given.begun(team_id, day)
        for visit in duty.route[done:]:
            if (day, visit.start) < (given.before.day, given.before.second):
                where = f"{team_id} {day} {visit.enterprise_id}"
                yield Conflict("now", where, f"starts {hhmm(visit.start)}, before the plan was changed")


def _halts(given: Given, old: Duty, duty: Duty) -> Iterator[Conflict]:
    """A team is sent elsewhere from where it was, and from nowhere else."""
    if given.before is None:
        return
    done, left_for = given.before.begun(old), given.before.left_for(old)
    behind = given.before.late.get((old.team_id, old.day), 0)
    stayed = tuple(halt for halt in old.halts if halt.after <= done)
    if left_for is not None:
        way = (left_for.travel_seconds, left_for.travel_metres, left_for.travel_mode)
        expected = (*stayed, Halt(left_for.enterprise_id, given.before.arrives(old, left_for), *way, done))
        goes_on = behind or left_for in duty.route[done : done + 1]
    else:
        back = (old.return_seconds, old.return_metres, old.return_mode)
        home = Halt(f"{old.team_id}:end", old.back + behind, *back, done)
        is_home = done == len(old.route) and old.day == given.before.day and given.before.second >= home.arrive
        expected = (*stayed, home) if is_home and (old.route or stayed) else stayed
        goes_on = False
    if len(duty.route) <= done:  # a team that goes nowhere any more has only come home
        while expected and expected[-1].place_id.endswith(":end") and expected[-1].after == done:
            expected = expected[:-1]
    if duty.halts != expected and not (goes_on and duty.halts == stayed):
        where = f"{duty.team_id} {duty.day}"
        yield Conflict("halts", where, "the places from which it was sent elsewhere are not those where it was")


def away(given: Given, duty: Duty, team: Team, where: str) -> Iterator[Conflict]:
    """A team makes no visit while it is out, nor on its way to one."""
    done = given.begun(duty.team_id, duty.day)
    if given.too_few(team, duty.day, here=True) and not given.too_few(team, duty.day):
        for visit in duty.route[done:]:
            yield Conflict("officers", f"{where} {visit.enterprise_id}", "too few officers are there")
    there = [way for way in ways(given, duty, team) if way.position >= done and not isinstance(way.stop, Halt)]
    for out in given.changes.team_out.get((duty.team_id, duty.day), ()):
        for visit in duty.route[done:]:
            if overlap((out.start, out.end), (visit.start, visit.end)):
                yield Conflict("team_out", f"{where} {visit.enterprise_id}", f"the team is out {span(out)}")
        for way in there:
            at = f"{where} {way.leg.destination_id}"
            gone = seconds_gone(given, duty, way.free, way.stop.arrive)
            if gone and way.stop.arrive - way.free - gone < way.leg.seconds:
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


def has_room_to_rest(given: Given, duty: Duty, seconds: int, window: Interval) -> bool:
    """Whether a break would fit into its window, were there nothing but what had begun and what teams are away."""
    key = (duty.team_id, duty.day)
    count, behind, fresh = given.begun(*key), 0, False
    if given.before is not None:
        behind = given.before.late.get(key, 0)
        fresh = bool(duty.halts) and (key not in given.old or duty.halts[-1] not in given.old[key].halts)
    if not behind and given.left_for(*key) in duty.route[count : count + 1]:
        count += 1  # whoever was on the way to a visit that stays goes there
    done, ahead = duty.route[:count], duty.route[count:]
    taken = [(visit.start, visit.end) for visit in done]
    team, outs = given.register.team[duty.team_id], given.changes.team_out.get(key, ())
    taken += [(out.start, out.end) for out in outs]
    if given.too_few(team, duty.day, here=True):
        taken.append((0, 86_400))
    left = max([0, *(visit.end for visit in done[-1:])]) + behind
    halts = [halt.arrive + (0 if fresh else behind) for halt in duty.halts[-1:] if halt.after == count]
    at, latest, way = max([left, *halts]), min(window.end, duty.shift.end), 0
    if given.before is not None and given.before.day == duty.day:
        at = max(at, given.before.second)
    for start, end in sorted(taken):
        if min(start, latest) - max(at, window.start) >= seconds:
            return True
        at = max(at, end)
    if any(at == out.end for out in outs):  # it is at its office, with the way from there to where it ends
        way = math.ceil(at_most(given, team, team.start, team.end))
    elif not ahead:
        way = duty.return_seconds
    first, home = max(at, window.start), max(at + way, window.start)
    return min(latest, duty.shift.end - way) - first >= seconds or latest - home >= seconds


def reported(given: Given, visit: Visit, duty: Duty) -> Iterator[Conflict]:
    """What has been reported stands against no visit."""
    where = f"{duty.team_id} {duty.day} {visit.enterprise_id}"
    if (visit.enterprise_id, duty.day) in given.changes.shut:
        yield Conflict("shut", where, "is reported shut on this day")
    first = given.changes.postponed.get(visit.lookback_id, duty.day)
    if duty.day < first:
        yield Conflict("postponed", where, f"is postponed to {first}")
