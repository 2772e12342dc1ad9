"""
When could somebody come: the best free slots for an appointment, and what each would cost.

A slot lies in a route as it is published: nothing else moves by more than the policy's threshold. Where a day has no
free slot left, one visit may give way for it; its priority is what the slot costs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planner.change_prices import unplanned
from planner.events import Pressing, changes
from planner.planning import prepare
from planner.replanning import opened, still_possible
from planner.timing import DutyClock
from planner.travel import engine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from planner.change_prices import Open
    from planner.check import Before
    from planner.events import Changes, Recorded
    from planner.lookbacks import Wanted
    from planner.policy import Policy
    from planner.problem import Problem
    from planner.register import Register
    from planner.travel import TravelTimes


@dataclass(frozen=True)
class Offer:
    """A visit may start from ``earliest`` to ``latest`` (seconds) with a team on a day."""

    day: date
    team_id: str
    lookback_id: str
    earliest: int
    latest: int
    minutes: int
    """More minutes on the way than without it."""
    points: int
    """Priority of the visit that gives way; 0 where none has to."""
    gives_way: str | None
    """The enterprise of that visit."""
    planned: bool
    """Whether there is a plan of that day; without one every team is free."""


def slots(
    register: Register,
    policy: Policy,
    before: Before,
    recorded: Sequence[Recorded],
    enterprise_id: str,
    days: Sequence[date],
    *,
    travel: TravelTimes | None = None,
) -> tuple[Offer, ...]:
    """
    Slots for a visit to an enterprise, the cheapest first: what gives way, then minutes on the way, then the earliest.

    Parameters
    ----------
    before
        The latest plan, and the moment from which on there is time.
    recorded
        All events ever recorded, in order.
    days
        The days to look at, in order; of those that the plan does not cover every team is free.
    """
    travel = travel or engine(register, policy)
    horizon = before.plan.horizon
    offers: list[Offer] = []
    inside = [day for day in days if day in horizon]
    if inside:
        asked = _asked_for(changes(recorded, horizon), enterprise_id, horizon[0])
        offers += _offers(opened(register, policy, before, asked, travel), enterprise_id, inside, planned=True)
    for day in days:
        if day not in horizon:
            asked = _asked_for(changes(recorded, (day,)), enterprise_id, day)
            prepared = prepare(register, policy, day, travel, changes=asked)
            offers += _offers(unplanned(prepared), enterprise_id, [day], planned=False)
    return tuple(sorted(offers, key=lambda o: (o.points, not o.planned, o.minutes, o.day, o.earliest, o.team_id)))


def _asked_for(after: Changes, enterprise_id: str, first: date) -> Changes:
    """The changes as if the enterprise were wanted and nothing had been said about when."""
    promises = tuple(promise for promise in after.promises if promise.enterprise_id != enterprise_id)
    urgent = after.urgent if enterprise_id in after.urgent else {**after.urgent, enterprise_id: Pressing(first, 0)}
    shut = frozenset(each for each in after.shut if each[0] != enterprise_id)
    postponed = {key: day for key, day in after.postponed.items() if key[3:] != enterprise_id}
    return replace(after, promises=promises, urgent=urgent, shut=shut, postponed=postponed)


def _offers(open_: Open, enterprise_id: str, days: Sequence[date], *, planned: bool) -> Iterator[Offer]:
    """Of each duty the best free slot, or where no duty of the day has one, the best for which a visit gives way."""
    base, problem = open_.prepared.problem, open_.problem
    routes = [still_possible(problem, d, open_.published[d], DutyClock(problem, d)) for d in range(len(problem.duties))]
    there = [c for c, place in enumerate(base.candidate_place) if base.places[place].place_id == enterprise_id]
    there = [c for c in there if base.allowed[c].any()]
    if not there:
        return
    c = next((c for c in there if _id(base, c) == f"LB-{enterprise_id}"), there[0])
    place = base.candidate_place[c]
    for day in days:
        duties = [d for d, duty in enumerate(base.duties) if duty.day == day and base.allowed[c, d]]
        free = [offer for d in duties if (offer := _slot(problem, d, routes[d], c, place, planned, ()))]
        yield from free
        if not free:
            for d in duties:
                mine = [x for x in routes[d] if problem.candidate_place[x] != place]
                ways = [
                    _slot(problem, d, routes[d], c, place, planned, (x,)) for x in mine if _may_give_way(problem, x)
                ]
                found = [way for way in ways if way]
                if found:
                    yield min(found, key=lambda o: (o.points, o.minutes))


def _id(problem: Problem, c: int) -> str:
    wanted: Wanted = problem.wanted[problem.candidate_wanted[c]]
    return wanted.lookback_id


def _may_give_way(problem: Problem, c: int) -> bool:
    wanted = problem.wanted[problem.candidate_wanted[c]]
    return not wanted.mandatory and wanted.lookback_id not in problem.pinned


def _slot(
    problem: Problem, d: int, route: Sequence[int], c: int, place: int, planned: bool, without: tuple[int, ...]
) -> Offer | None:
    """Where a candidate fits best into a route without the visit there that it replaces, and without another."""
    clock, duty = DutyClock(problem, d), problem.duties[d]
    rest = [x for x in route if problem.candidate_place[x] != place and x not in without]
    if len(rest) >= duty.max_visits or clock.forward(rest) is None:
        return None
    found: list[tuple[int, int, int]] = []
    for k in range(len(rest) + 1):
        way = [*rest[:k], c, *rest[k:]]
        forward = clock.forward(way)
        if forward is None:
            continue
        here = clock.origin if k == 0 else int(problem.candidate_place[rest[k - 1]])
        there = clock.destination if k == len(rest) else int(problem.candidate_place[rest[k]])
        to, on = int(clock.legs[here, place]), int(clock.legs[place, there])
        direct = int(clock.legs[here, there]) if rest else 0
        times, late = clock.timetable(way), clock.backward(way)[k]
        free = forward[k]
        latest = [by for by, at in ((late.rested, free.rested), (late.unrested, free.unrested)) if at + to <= by]
        if times is not None and latest:
            found.append((to + on - direct, times.starts[k], max(latest)))
    if not found:
        return None
    detour, earliest, last = min(found)
    lost = [problem.wanted[problem.candidate_wanted[x]] for x in without]
    return Offer(
        duty.day,
        duty.team_id,
        _id(problem, c),
        earliest,
        max(earliest, last),
        detour // 60,
        sum(wanted.priority for wanted in lost),
        problem.places[problem.candidate_place[without[0]]].place_id if without else None,
        planned,
    )
