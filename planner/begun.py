"""
How far a published plan has come at a moment: what is done or under way, who rested, where teams are and when free.

A visit has begun when its start has passed, shifted by the minutes that its team runs late, or when something was
recorded of it. A team on its way to a visit that nothing speaks against goes there. What has begun stays as it was
published; the rest of a duty is planned from where the team is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.plan import Interval

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
    last_stop: str
    """Place id of the last stop of ``visits``, or of where the team starts."""
    here: str
    """Place id of where the team is."""
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
            stop = duty.route[-1].enterprise_id if duty.route else f"{duty.team_id}:start"
            begun[key] = Begun(duty.route, duty.rest, duty.shift.end, stop, f"{duty.team_id}:end")
        elif duty.day > now.day and late.get(key):
            office = f"{duty.team_id}:start"
            begun[key] = Begun((), None, duty.shift.start + late[key], office, office)
        elif duty.day == now.day and key in whole:
            begun[key] = _begun(duty, whole[key], now.second, late.get(key, 0), seen, is_open)
    return begun


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
    route = duty.route
    count = max((k + 1 for k, v in enumerate(route) if v.start <= at or v.lookback_id in seen), default=0)
    left_for = count < len(route) and route[count].arrive - route[count].travel_seconds < at
    heading, door = None, None
    if left_for and not is_open(duty, route[count]):
        door = route[count]
    elif left_for and late:
        heading = (route[count].enterprise_id, route[count].arrive + late)
    elif left_for:
        count += 1
    visits = route[:count]
    last_stop = visits[-1].enterprise_id if visits else f"{duty.team_id}:start"
    last_end = visits[-1].end if visits else duty.shift.start
    rest = duty.rest
    if rest is not None and not (rest.start <= at or (visits and rest.start < visits[-1].start)):
        rest = None
    free, here = max(second, last_end + late), last_stop
    if door is not None:
        free, here = max(free, door.arrive + late), door.enterprise_id
    elif count == len(route) and second >= duty.back + late:
        here = f"{duty.team_id}:end" if route else here
    if rest is not None:
        free = max(free, rest.end)
    elif whole.rest_seconds and free + whole.rest_seconds > whole.rest_to + late:
        idle = max(whole.rest_from, last_end + late)
        if idle + whole.rest_seconds <= min(second, whole.rest_to):
            rest = Interval(idle, idle + whole.rest_seconds)
    return Begun(visits, rest, free, last_stop, here, heading)


def rest_of(duty: TeamDay, begun: Begun | None, late: int) -> TeamDay:
    """What is left of a duty; its break may come later by the seconds that its team is late."""
    if begun is None:
        return replace(duty, rest_to=duty.rest_to + late) if late else duty
    start = min(max(begun.free, duty.start), duty.end)
    rest_to = duty.rest_to + late
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


def from_where_they_are(
    problem: Problem, whole: Sequence[TeamDay], begun: Mapping[int, Begun], at_office: Mapping[int, int]
) -> Problem:
    """
    The problem with duties that start where their teams are.

    From there no place is nearer in time than from the last stop that the plan shows, nor than the rest of a way that
    a team has begun.

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
        here = at[f"{duty.team_id}:start" if d in at_office else each.here]
        stop, own = at[each.last_stop], at[place_of(duty)]
        left = max(each.visits[-1].end if each.visits else whole[d].start, each.rest.end if each.rest else 0)
        if d in at_office:  # what time there was before it may have been spent on the way
            left = duty.start - max(0, at_office[d] - left)
        row = np.maximum(legs[here].astype(np.int64), left + legs[stop].astype(np.int64) - duty.start)
        if each.heading is not None and d not in at_office:
            place_id, arrival = each.heading
            row[at[place_id]] = max(0, arrival - duty.start, left + int(legs[stop, at[place_id]]) - duty.start)
        legs[own], legs[:, own] = row, legs[:, here]
        legs[own, own] = 0
        origins[d] = own
    return replace(problem, travel=tuple(travel), origins=origins)
