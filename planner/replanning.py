"""
The day goes on: what has begun stays, what changed is planned anew, and everything else moves only for a price.

The solvers' own objective trades change (``change_prices``) against priority, with mandatory look-backs and promises
before both. The search starts from the published routes.
"""

from __future__ import annotations

import time
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from planner.absences import absences, is_absence
from planner.begun import Begun, Moment, begun_duties
from planner.change_prices import priced
from planner.check import Before
from planner.clock import hhmmss
from planner.events import Changes, Late, Recorded, changes, in_force
from planner.plan import CreatedBy, Duty, Plan, Visit
from planner.planning import assembled, checked, duties_of, prepare, versions
from planner.reserved import with_drawn, with_every_absence
from planner.solvers import Limit, greedy
from planner.solvers.base import Proof
from planner.solvers.bound import by_time
from planner.solvers.workers import Here
from planner.teamdays import horizon, team_days
from planner.timing import DutyClock
from planner.travel import engine
from planner.unvisited import explain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor
    from datetime import date

    from planner.change_prices import Choice, Open
    from planner.events import Promise
    from planner.plan import Interval
    from planner.policy import Policy
    from planner.problem import Problem, Routes
    from planner.register import Register
    from planner.travel import TravelTimes

SOLVER = "ruin_recreate"
LEAST_SECONDS = 0.1
"""Of searching, however long the first routes took."""


@dataclass(frozen=True)
class Replan:
    """The next plan, or the published one when nothing has changed."""

    plan: Plan
    before: Before
    """What the checker went by."""
    changes: Changes
    broken: tuple[Promise, ...] = ()
    """Promises that no route can keep any more."""
    solve_seconds: float = 0.0
    """How long the routes took, and what was done meanwhile."""

    @property
    def changed(self) -> bool:
        """Whether there is anything to publish."""
        return self.plan is not self.before.plan


def replan(
    register: Register,
    policy: Policy,
    published: Plan,
    now: Moment,
    recorded: Sequence[Recorded],
    *,
    limit: Limit | None = None,
    seed: int = 0,
    seen: frozenset[str] = frozenset(),
    travel: TravelTimes | None = None,
    executor: Executor | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> Replan:
    """
    The published plan with what has changed since; checked, and the published one itself if nothing has.

    Parameters
    ----------
    published
        The latest revision.
    now
        What has begun then stays as it is.
    recorded
        All events ever recorded, in order.
    limit
        How long to search; the policy's seconds if not given.
    seen
        Look-backs of this plan of which an outcome, or its beginning, was recorded.
    travel
        How long teams need between places; straight lines at the policy's speeds if not given.
    executor
        Who searches; this process if not given.
    meanwhile
        What there is to do in this process while another one searches.
    """
    limit = limit or Limit(seconds=policy.replan.seconds)
    after = changes(recorded, published.horizon)
    before = Before(published, now.day, now.second, behind(published, recorded), seen)
    if after.event_ids == published.created_by.events:
        return Replan(published, before, after)
    open_ = opened(register, policy, before, after, travel or engine(register, policy))
    started = time.monotonic()
    search = partial(_searched, open_.problem, open_.published, limit, seed)
    try:
        searched = (executor or Here()).submit(search)
        meanwhile()
        routes = searched.result()
    except BrokenExecutor:  # whoever was to search has died
        routes = search()
    seconds = time.monotonic() - started
    return replace(_finished(open_, routes, before, limit, seed), solve_seconds=seconds)


def behind(published: Plan, recorded: Sequence[Recorded]) -> dict[tuple[str, date], int]:
    """Seconds by which teams run behind a plan: the latest report that the plan does not know of yet."""
    known = set(published.created_by.events)
    news = [each.event for each in in_force(recorded) if each.event_id not in known]
    return {(event.team_id, event.day): 60 * event.minutes for event in news if isinstance(event, Late)}


def opened(register: Register, policy: Policy, before: Before, after: Changes, travel: TravelTimes) -> Open:
    """What is left to plan of a published plan at a moment, with the prices of change."""
    published = before.plan
    days = horizon(register, published.horizon[0], len(published.horizon))
    whole = {(duty.team_id, duty.day): duty for duty in team_days(register, days, policy)}
    now = Moment(before.day, before.second)
    out = {key: absences(register, duty, policy, after) for key, duty in whole.items()}
    begun = begun_duties(published, whole, now, before.late, before.seen, lambda d, v: _is_open(d, v, after, out))
    prepared = prepare(register, policy, days[0], travel, days=len(days), changes=after, begun=begun)
    return priced(prepared, published, policy.replan)


def _is_open(duty: Duty, visit: Visit, after: Changes, out: Mapping[tuple[str, date], Sequence[Interval]]) -> bool:
    """Whether nothing that was reported speaks against a visit as it was published, nor against the way to it."""
    left = visit.arrive - visit.travel_seconds
    away = out.get((duty.team_id, duty.day), ())
    promised = [promise for promise in after.promises if promise.lookback_id == visit.lookback_id]
    return (
        (visit.enterprise_id, duty.day) not in after.shut
        and duty.day >= after.postponed.get(visit.lookback_id, duty.day)
        and not any(each.start < visit.end and left < each.end for each in away)
        and all(
            p.team_id in {None, duty.team_id} and p.day in {None, duty.day} and p.starts(visit.start) for p in promised
        )
    )


# The search


def _searched(problem: Problem, published: Sequence[Sequence[Choice]], limit: Limit, seed: int) -> Routes:
    """From the published routes on, what still fits of them, with what has come free."""
    from planner.solvers.ruin_recreate import RuinRecreate  # noqa: PLC0415  (numba, which only a search needs)

    started_at = time.monotonic()
    if not problem.allowed.any():
        return tuple(() for _ in problem.duties)
    clocks = [DutyClock(problem, d) for d in range(len(problem.duties))]
    routes = [still_possible(problem, d, published[d], clocks[d]) for d in range(len(problem.duties))]
    started = greedy.filled(problem, routes, clocks=clocks)
    search = RuinRecreate(problem, started, seed)
    if limit.seconds is not None:
        limit = replace(limit, seconds=max(LEAST_SECONDS, limit.seconds - (time.monotonic() - started_at)))
    found = search.run(limit, lambda _: None)
    found = with_drawn(problem, with_every_absence(problem, found), _published_by_lot(problem, published))
    return tuple(_settled(problem, d, published[d], route, clocks[d]) for d, route in enumerate(found))


def _published_by_lot(problem: Problem, published: Sequence[Sequence[Choice]]) -> frozenset[str]:
    """The checks drawn by lot that the published plan has still to make."""
    wanted = (problem.wanted[problem.candidate_wanted[choice.as_published]] for each in published for choice in each)
    return frozenset(each.lookback_id for each in wanted if each.drawn)


def still_possible(problem: Problem, d: int, published: Sequence[Choice], clock: DutyClock) -> list[int]:
    """As much of a duty's published route as still fits, in its order; what is worth least goes first."""
    day = int(problem.duty_day[d])
    absences = [c for c in np.flatnonzero(problem.allowed[:, d]).tolist() if _stands_for_absence(problem, c)]
    steps: list[tuple[int, ...]] = [(c,) for c in absences]
    steps += [(choice.as_published, choice.moved) for choice in published]
    steps.sort(key=lambda step: int(problem.opens[day, step[0]].min()))
    route: list[int] = []
    for step in steps:
        ways = [[*route, c] for c in step if problem.allowed[c, d] and problem.closes[day, c].max() >= 0]
        if not ways:
            continue
        possible = next((way for way in ways if _fits(way, clock)), None)
        route = possible if possible is not None else _shortened(problem, day, ways[-1], clock)
    return route


def _fits(route: Sequence[int], clock: DutyClock) -> bool:
    return len(route) <= clock.duty.max_visits and clock.forward(route) is not None


def _shortened(problem: Problem, day: int, route: list[int], clock: DutyClock) -> list[int]:
    """A route without as many of its least worthy stops as keep it from being possible."""
    while route and not _fits(route, clock):
        route = list(route)
        route.remove(min(route, key=lambda c: (_stands_for_absence(problem, c), int(problem.gains[c, day]), c)))
    return route


def _stands_for_absence(problem: Problem, c: int) -> bool:
    return is_absence(problem.wanted[problem.candidate_wanted[c]].lookback_id)


def _settled(
    problem: Problem, d: int, published: Sequence[Choice], route: Sequence[int], clock: DutyClock
) -> tuple[int, ...]:
    """A route with every visit at its published time that can be."""
    as_published = {choice.moved: choice.as_published for choice in published}
    settled = list(route)
    for k, c in enumerate(route):
        if c in as_published:
            tried = [*settled[:k], as_published[c], *settled[k + 1 :]]
            if problem.allowed[as_published[c], d] and _fits(tried, clock):
                settled = tried
    return tuple(settled)


# The plan


def _finished(open_: Open, routes: Routes, before: Before, limit: Limit, seed: int) -> Replan:
    prepared, published = open_.prepared, before.plan
    after, problem = prepared.changes, prepared.problem
    old = {(duty.team_id, duty.day): duty for duty in published.duties}
    out = [absences(prepared.register, duty, prepared.policy, after) for duty in prepared.whole]
    duties = tuple(
        _unchanged(duty, old.get((duty.team_id, duty.day)), prepared.begun.get(d), before.late, out[d])
        for d, duty in enumerate(duties_of(replace(prepared, problem=open_.problem), routes))
    )
    plain = tuple(tuple(int(open_.source[c]) for c in route) for route in routes)
    begun_places = {visit.enterprise_id for each in prepared.begun.values() for visit in each.visits}
    done = prepared.done
    unvisited = explain(
        prepared.register,
        prepared.policy,
        problem,
        plain,
        [wanted for wanted in prepared.listed if wanted.lookback_id not in done],
        after,
        frozenset(k for k, place in enumerate(problem.places) if place.place_id in begun_places),
    )
    collected = sum(visit.priority for each in prepared.begun.values() for visit in each.visits)
    bound = by_time(problem)
    made = assembled(
        prepared,
        duties,
        unvisited,
        CreatedBy(
            versions(),
            SOLVER,
            seed,
            limit.steps,
            limit.seconds,
            now=f"{before.day}T{hhmmss(before.second)}",
            events=after.event_ids,
        ),
        Proof(bound.priority + collected, bound.by),
        "",
    )
    visited = {visit.lookback_id for duty in duties for visit in duty.route}
    promises = [pin for pin in problem.pins if not is_absence(pin.lookback_id)]
    broken = tuple(pin for pin in promises if pin.lookback_id not in visited)
    kept = [pin for pin in promises if pin.lookback_id in visited and pin.lookback_id not in done]
    checked(made, prepared, kept, before)
    return Replan(made, before, after, broken)


def _unchanged(
    duty: Duty,
    old: Duty | None,
    begun: Begun | None,
    late: Mapping[tuple[str, date], int],
    out: Sequence[Interval],
) -> Duty:
    """
    The published duty where the new one makes the same visits at the same times.

    Not where it rests earlier than now, is on its way when it is out, or, being late, would arrive too early for a
    visit that waits anyway.
    """
    if old is None or [_key(visit) for visit in duty.route] != [_key(visit) for visit in old.route]:
        return duty
    if duty.halts != old.halts or any(a.reasons != b.reasons for a, b in zip(duty.route, old.route, strict=True)):
        return duty
    free, done = (old.shift.start, 0) if begun is None else (begun.free, len(begun.visits))
    following = old.route[done:][:1]
    if duty.shift != old.shift or (following and any(o.start < old.back and free < o.end for o in out)):
        return duty
    on_time = duty.rest == old.rest
    if duty.rest is not None and old.rest is not None:
        on_time = on_time or begun is None or (begun.rest is None and old.rest.start >= begun.free)
    if begun is not None and late.get((old.team_id, old.day)) and following:
        at = free + following[0].travel_seconds if begun.heading is None else begun.heading[1]
        on_time = on_time and following[0].arrive >= at
    return old if on_time else duty


def _key(visit: Visit) -> tuple[str, str, int]:
    return visit.lookback_id, visit.enterprise_id, visit.start
