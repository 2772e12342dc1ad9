"""From stop to stop: when a team can leave, where it rests, how long it is on its way, and when it is back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.check.changing import seconds_gone
from planner.check.conflicts import Conflict
from planner.check.ways import Leg, leg, ways
from planner.clock import hhmm
from planner.plan import Halt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.check.given import Given
    from planner.check.ways import Way
    from planner.plan import Duty, Interval
    from planner.teams import Team


def times(given: Given, duty: Duty, team: Team, shift: Interval, where: str) -> Iterator[Conflict]:
    """Travel and waiting from stop to stop, and the way back."""
    free, place, place_id = shift.start, team.start, f"{team.team_id}:start"
    found = list(ways(given, duty, team))
    for way in found:
        at = f"{where} {way.leg.destination_id}"
        yield from leg(given, team, way.leg, at)
        yield from _there(given, duty, way, at)
        free = way.stop.arrive if isinstance(way.stop, Halt) else way.stop.end
        place, place_id = way.leg.destination, way.leg.destination_id
    if found and len(found) == len(duty.route) + len(duty.halts):
        stated = (duty.return_seconds, duty.return_metres, duty.return_mode)
        yield from leg(given, team, Leg(place, team.end, place_id, f"{team.team_id}:end", *stated), where)
        back, rest = free + duty.return_seconds, duty.rest
        if rest is not None and rest.start >= free:
            back = rest.end if rest.start >= back else rest.end + duty.return_seconds
        if back > shift.end:
            yield Conflict("shift", where, f"back at {hhmm(back)}, after the shift's end")


def _there(given: Given, duty: Duty, way: Way, at: str) -> Iterator[Conflict]:
    """What is wrong with when a team arrives, starts and waits."""
    stop, rest = way.stop, duty.rest
    start = stop.arrive if isinstance(stop, Halt) else stop.start
    length = rest.end - rest.start if rest is not None and way.free <= rest.start and rest.end <= start else 0
    earliest, resting = max(way.free, _leaves(given, duty, way)) + way.leg.seconds, 0
    if length and rest is not None:
        if rest.start >= stop.arrive:
            resting = length
        elif isinstance(stop, Halt) or way.position < given.begun(duty.team_id, duty.day):
            earliest += length  # as it was published
        elif _goes_on(given, duty, way) and given.before is not None:
            earliest += length if rest.start >= given.before.second else 0  # a late team rests where it is
        elif not seconds_gone(given, duty, way.free, stop.arrive):
            earliest = max(earliest, rest.end + way.leg.seconds)
        # else it may lie in the midst of a way by the office; away() adds up what is left
    if stop.arrive < earliest:
        yield Conflict("travel", at, f"arrives {hhmm(stop.arrive)}; not possible before {hhmm(earliest)}")
    if isinstance(stop, Halt):
        return
    if stop.start < stop.arrive:
        yield Conflict("travel", at, "starts before it arrives")
    wait = stop.start - stop.arrive - resting
    if stop.wait_seconds != wait:
        yield Conflict("wait", at, f"waits {wait} s, not {stop.wait_seconds} s")


def _fresh(given: Given, duty: Duty) -> list[Halt]:
    """The halts that the last change has made."""
    old = given.old.get((duty.team_id, duty.day))
    return [halt for halt in duty.halts if old is None or halt not in old.halts]


def _goes_on(given: Given, duty: Duty, way: Way) -> bool:
    """Whether it is the way that the team had begun when the plan was changed."""
    left_for, next_stop = given.left_for(duty.team_id, duty.day), given.begun(duty.team_id, duty.day)
    goes = left_for is not None and way.leg.destination_id == left_for.enterprise_id
    return goes and way.position == next_stop and not _fresh(given, duty)


def _leaves(given: Given, duty: Duty, way: Way) -> int:
    """
    When a team can leave for its first stop that had not begun when the plan was changed, at the earliest.

    Not before it was told; what runs behind the plan comes later by as much; a way that it had begun stays begun.
    """
    before, key = given.before, (duty.team_id, duty.day)
    if before is None or duty.day < before.day or way.position != given.begun(*key) or isinstance(way.stop, Halt):
        return 0
    behind, left_for = before.late.get(key, 0), given.left_for(*key)
    if duty.day > before.day:
        return way.free + behind
    if seconds_gone(given, duty, way.free, way.stop.arrive):
        return 0
    if left_for is not None and _goes_on(given, duty, way):
        return before.arrives(given.old[key], left_for) - way.leg.seconds
    return max(before.second, way.free + (0 if _fresh(given, duty) else behind))
