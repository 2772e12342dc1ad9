"""
How far a published plan has come at a moment: what is done or under way, who rested, where teams are and when free.

A visit has begun when its start has passed, shifted by the minutes that its team runs late, or when something was
recorded of it. A team on its way to a visit that nothing speaks against goes there. What has begun stays as it was
published; the rest of a duty is planned from where the team is: at its last stop, or at the door of a visit that was
called off when it was there or on its way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.plan import Halt, Interval

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence, Set as AbstractSet
    from datetime import date

    from planner.plan import Duty, Plan, Visit
    from planner.problem import Problem
    from planner.teamdays import TeamDay


class Moment(NamedTuple):
    """A time of a day, seconds since midnight."""

    day: date
    second: int


@dataclass(frozen=True)
class Begun:
    """What of a duty stays, and from where and when its team goes on."""

    visits: tuple[Visit, ...]
    rest: Interval | None
    """The break, if it has been taken or has begun."""
    free: int
    """When the team can go on, seconds since midnight."""
    halts: tuple[Halt, ...]
    """Where it was sent elsewhere, those of earlier replans included."""
    here: str
    """Place id of where the team is: the last of ``visits`` and ``halts``, or where it starts."""
    left: int
    """When the team could go on from there by the plan, seconds since midnight."""
    heading: tuple[str, int] | None = None
    """A place that the team is on its way to, and when it is there."""


def begun_duties(
    plan: Plan,
    whole: Mapping[tuple[str, date], TeamDay],
    now: Moment,
    late: Mapping[tuple[str, date], int],
    seen: AbstractSet[str],
    is_open: Callable[[Duty, Visit], bool],
) -> dict[tuple[str, date], Begun]:
    """
    What has begun of each duty of the past and of today.

    Parameters
    ----------
    whole
        The duties as the shifts table has them, by team and day.
    late
        Seconds by which teams run behind the plan, by team and day.
    seen
        Look-backs of which something was recorded.
    is_open
        Whether a visit may still be made as it stands.
    """
    begun = {}
    for duty in plan.duties:
        key = (duty.team_id, duty.day)
        if duty.day < now.day:
            here, left = _last(duty, duty.route, duty.halts)
            begun[key] = Begun(duty.route, duty.rest, duty.shift.end, duty.halts, here, left)
        elif duty.day > now.day and late.get(key):
            here, left = _last(duty, (), ())
            begun[key] = Begun((), None, left + late[key], (), here, left)
        elif duty.day == now.day and key in whole:
            begun[key] = _begun(duty, whole[key], now.second, late.get(key, 0), seen, is_open)
    return begun


def _last(duty: Duty, visits: Sequence[Visit], halts: Sequence[Halt]) -> tuple[str, int]:
    """The place id of where a team was last, and when it could go on from there by the plan."""
    if halts and halts[-1].after == len(visits):
        return halts[-1].place_id, halts[-1].arrive
    if visits:
        return visits[-1].enterprise_id, visits[-1].end
    return f"{duty.team_id}:start", duty.shift.start


def _begun(
    duty: Duty,
    whole: TeamDay,
    second: int,
    late: int,
    seen: AbstractSet[str],
    is_open: Callable[[Duty, Visit], bool],
) -> Begun:
    at = second - late
    """The moment of the plan that the team has got to."""
    route, heading, halt = duty.route, None, None
    count = max((k + 1 for k, v in enumerate(route) if v.start <= at or v.lookback_id in seen), default=0)
    halts = tuple(halt for halt in duty.halts if halt.after <= count)
    if count < len(route) and route[count].arrive - route[count].travel_seconds < at:  # it has left for it
        following = route[count]
        rests_there = duty.rest is not None and following.arrive <= duty.rest.start <= at
        arrives = following.arrive + (0 if rests_there else late)
        if not is_open(duty, following):
            way = (following.travel_seconds, following.travel_metres, following.travel_mode)
            halt = Halt(following.enterprise_id, arrives, *way, count)
        elif late:
            heading = (following.enterprise_id, arrives)
        else:
            count += 1
    elif count == len(route) and (route or halts) and second >= duty.back + late:
        way = (duty.return_seconds, duty.return_metres, duty.return_mode)
        halt = Halt(f"{duty.team_id}:end", duty.back + late, *way, count)
    visits, halts = route[:count], halts if halt is None else (*halts, halt)
    here, left = _last(duty, visits, halts)
    rest = duty.rest
    if rest is not None and not (rest.start <= at or (visits and rest.start < visits[-1].start)):
        rest = None
    since = left + late if halt is None else left
    free = max(second, since)
    if rest is not None:
        free = max(free, rest.end)
    elif whole.rest_seconds and free + whole.rest_seconds > whole.rest_to + late:
        idle = max(whole.rest_from, since if heading is None else heading[1])
        if idle + whole.rest_seconds <= min(second, whole.rest_to):
            rest = Interval(idle, idle + whole.rest_seconds)
    return Begun(visits, rest, free, halts, here, left, heading)


def still_away(begun: Begun) -> Begun:
    """The same for a team that goes nowhere any more: that it has come home is no halt."""
    halts = begun.halts
    while halts and halts[-1].place_id.endswith(":end") and halts[-1].after == len(begun.visits):
        halts = halts[:-1]
    if halts == begun.halts:
        return begun
    at_halt = halts and halts[-1].after == len(begun.visits)
    return replace(begun, halts=halts, here=halts[-1].place_id if at_halt else begun.visits[-1].enterprise_id)


def arriving(visit: Visit, heading: tuple[str, int], rest: Interval | None, *, rested: bool) -> Visit:
    """
    The first visit of a team that goes on with a way that it had begun, with the time at which it is there.

    Parameters
    ----------
    rested
        Whether the break had begun before the way was gone on with.
    """
    place_id, arrive = heading
    if visit.enterprise_id != place_id:
        return visit
    length = 0 if rest is None or rest.end > visit.start else rest.end - rest.start
    if rest is not None and rest.start < arrive:
        arrive += 0 if rested else length  # where it is, on the way
        length = 0
    return replace(visit, arrive=arrive, wait_seconds=visit.start - arrive - length)


def last_rest(duty: TeamDay, ride: int) -> Interval | None:
    """
    The break of a team that only has to go home: where it is, or at home; none where its shift ends before.

    Parameters
    ----------
    duty
        What is left of it.
    ride
        Seconds home from where the team is.
    """
    first, length, latest = max(duty.start, duty.rest_from), duty.rest_seconds, min(duty.rest_to, duty.end)
    if not length:
        return None
    if first + length <= latest and first + length + ride <= duty.end:
        return Interval(first, first + length)
    first = max(duty.start + ride, duty.rest_from)
    return Interval(first, first + length) if first + length <= latest else None


def rest_of(duty: TeamDay, begun: Begun | None, late: int) -> TeamDay:
    """What is left of a duty; its break may come later by the seconds that its team is late."""
    if begun is None:
        return replace(duty, rest_to=min(duty.rest_to + late, duty.end)) if late else duty
    start = min(max(begun.free, duty.start), duty.end)
    rest_to = min(duty.rest_to + late, duty.end)
    rests = begun.rest is None and start + duty.rest_seconds <= rest_to
    return replace(
        duty,
        start=start,
        rest_seconds=duty.rest_seconds if rests else 0,
        rest_from=max(duty.rest_from, start) if rests else start,
        rest_to=rest_to if rests else duty.end,
        max_visits=max(0, duty.max_visits - len(begun.visits)) if start < duty.end else 0,
    )


def place_of(duty: TeamDay) -> str:
    """The id of the place where a team is: a place of its own, since the way from it may be begun already."""
    return f"HERE-{duty.team_id}-{duty.day}"


def from_where_they_are(problem: Problem, begun: Mapping[int, Begun], at_office: Mapping[int, int]) -> Problem:
    """
    The problem with duties that start where their teams are.

    A late team may go on with the way that it has begun; to any other place it takes as long as from its last stop.

    Parameters
    ----------
    begun
        By position of the duty.
    at_office
        Duties whose teams come from their office instead, since they were out until then; and since when (seconds).
    """
    at = {place.place_id: k for k, place in enumerate(problem.places)}
    travel, origins = [legs.copy() for legs in problem.travel], problem.origins.copy()
    for d, each in begun.items():
        duty, legs = problem.duties[d], travel[problem.duty_travel[d]]
        here, own = at[each.here], at[place_of(duty)]
        row = legs[here].copy()
        if d in at_office:
            here = at[f"{duty.team_id}:start"]
            # What time there was before it may have been spent on the way.
            before = max(0, at_office[d] - max(each.left, each.rest.end if each.rest else 0))
            row = np.maximum(legs[here], row - before)
        elif each.heading is not None:
            place_id, arrival = each.heading
            row[at[place_id]] = max(0, arrival - duty.start)
        legs[own], legs[:, own] = row, legs[:, here]
        legs[own, own] = 0
        origins[d] = own
    return replace(problem, travel=tuple(travel), origins=origins)
