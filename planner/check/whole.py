"""The plan as a whole: its days, its duties, each visit once, what was promised, and the sums."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

from planner.check.conflicts import Conflict
from planner.clock import hhmm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.check.given import Given
    from planner.clock import Calendar
    from planner.events import Promise
    from planner.plan import Halt, Plan, Visit

YEARS = range(2000, 2101)
"""Those that a table may name, too."""


def horizon(plan: Plan, calendar: Calendar) -> Iterator[Conflict]:
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


def at_work(given: Given) -> Iterator[Conflict]:
    """Every team that works on a day has one duty, if only an empty one: nobody is forgotten."""
    seen = Counter((duty.team_id, duty.day) for duty in given.plan.duties)
    for (team_id, day), count in seen.items():
        if count > 1:
            yield Conflict("duty", f"{team_id} {day}", f"the duty stands {count} times in the plan")
    for day in given.plan.horizon:
        for team in given.register.teams:
            forgotten = (team.team_id, day) not in seen
            if forgotten and given.working_time(team, day) and not given.too_few(team, day):
                yield Conflict("duty", f"{team.team_id} {day}", "the team works on this day and has no duty")


def once(given: Given) -> Iterator[Conflict]:
    """No look-back is visited twice, and no enterprise twice on a day."""
    visits = [(duty.day, visit) for duty in given.plan.duties for visit in duty.route]
    on_day = Counter((day, visit.enterprise_id) for day, visit in visits)
    for (day, enterprise_id), count in on_day.items():
        if count > 1:
            yield Conflict("same_day", f"{enterprise_id} {day}", f"is visited {count} times on one day")
    for lookback_id, count in Counter(visit.lookback_id for _, visit in visits).items():
        if count > 1:
            yield Conflict("twice", lookback_id, f"is visited {count} times")


def promised(given: Given) -> Iterator[Conflict]:
    """What was promised is visited, by the team, on the day and at the time that were named."""
    kept = {visit.lookback_id: (duty, visit) for duty in given.plan.duties for visit in duty.route}
    for promise in given.promises:
        if promise.lookback_id not in kept:
            yield Conflict("pinned", promise.lookback_id, "is pinned and not visited")
            continue
        duty, visit = kept[promise.lookback_id]
        if promise.team_id not in {None, duty.team_id} and not _is_away(given, promise):
            yield Conflict("pinned", promise.lookback_id, f"is pinned to {promise.team_id}, not {duty.team_id}")
        if promise.day not in {None, duty.day}:
            yield Conflict("pinned", promise.lookback_id, f"is pinned to {promise.day}, not {duty.day}")
        if not promise.starts(visit.start):
            yield Conflict("pinned", promise.lookback_id, f"is pinned to another time than {hhmm(visit.start)}")
        if promise.enterprise_id not in {None, visit.enterprise_id}:
            yield Conflict("pinned", promise.lookback_id, f"is pinned to {promise.enterprise_id}")


def _is_away(given: Given, promise: Promise) -> bool:
    """Whether the team that was promised is out at the time: then another may keep the promise."""
    team, at = given.register.team.get(promise.team_id or ""), promise.start
    if team is None or promise.day is None:
        return False
    out = given.changes.team_out.get((team.team_id, promise.day), ())
    short = bool(given.too_few(team, promise.day, here=True))
    return short or any(at is None or each.start <= at < each.end for each in out)


def totals(given: Given) -> Iterator[Conflict]:
    """The sums are those of the visits, and the bound is none that the plan exceeds."""
    duties, owed = given.plan.duties, given.owed
    visits = [visit for duty in duties for visit in duty.route]
    stops: list[Visit | Halt] = [*visits, *(halt for duty in duties for halt in duty.halts)]
    mandatory = {lb.lookback_id for lb in owed.values() if lb.mandatory}
    expected = {
        "priority": sum(visit.priority for visit in visits),
        "mandatory": sum(visit.lookback_id in mandatory for visit in visits),
        "mandatory_missed": len(mandatory - {visit.lookback_id for visit in visits}),
        "look_backs": sum(visit.lookback_id in owed for visit in visits),
        "spot_checks": sum(visit.lookback_id not in owed for visit in visits),
        "travel_seconds": sum(stop.travel_seconds for stop in stops) + sum(duty.return_seconds for duty in duties),
        "travel_metres": sum(stop.travel_metres for stop in stops) + sum(duty.return_metres for duty in duties),
        "wait_seconds": sum(visit.wait_seconds for visit in visits),
    }
    for name, value in expected.items():
        stated = getattr(given.plan.totals, name)
        if stated != value:
            yield Conflict("totals", f"totals.{name}", f"is {stated}; the visits add up to {value}")
    bound = given.plan.bound
    if bound is not None:
        if bound.priority < expected["priority"]:
            yield Conflict("bound", "bound", f"{bound.priority} is less than the plan collects")
        more = Fraction(bound.priority - expected["priority"], max(1, expected["priority"]))
        gap = ceil(more * 10**6) / 10**6
        if gap != bound.gap:
            yield Conflict("bound", "bound", f"the gap is {gap:.6f}, not {bound.gap:.6f}")
