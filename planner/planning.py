"""
From the register to a plan: what is owed becomes integers, a solver chooses, the answer becomes visits with reasons.

Everything here is pure: no folder and no process. ``plan`` does it all; ``prepare`` and ``finish`` are what comes
before and after a solver that runs elsewhere. No plan leaves this module that the checker has not passed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.absences import absences, is_absence, office_places, reached, with_absences, without
from planner.begun import arriving, from_where_they_are, last_rest, place_of, rest_of, still_away
from planner.check import check
from planner.events import NOTHING, Promise
from planner.geo import Place
from planner.learning import scoring
from planner.lookbacks import LookBack, SpotCheck, look_backs, spot_checks
from planner.plan import Bound, CreatedBy, Drawn, Duty, Interval, Plan, Totals, Visit, gap_to
from planner.problem import build, district_goals, places_of
from planner.reserved import with_drawn, with_every_absence
from planner.solvers import DEFAULT, SOLVERS
from planner.solvers.bound import by_time, everything
from planner.teamdays import horizon, team_days
from planner.timing import DutyClock
from planner.travel import MODES, engine, measured
from planner.unvisited import explain, reachable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.begun import Begun
    from planner.check import Before
    from planner.events import Changes
    from planner.geo import BoolArray, LonLat
    from planner.lookbacks import Wanted
    from planner.plan import Unvisited
    from planner.policy import Policy
    from planner.problem import Pin, Problem, Routes
    from planner.register import Register
    from planner.solvers import Limit, Proof
    from planner.teamdays import TeamDay
    from planner.teams import TravelMode
    from planner.timing import Timetable
    from planner.travel import Legs, TravelTimes


def plan(
    register: Register,
    policy: Policy,
    day: date,
    *,
    days: int = 1,
    limit: Limit,
    seed: int = 0,
    solver: str = DEFAULT,
    travel: TravelTimes | None = None,
    pins: Sequence[Pin] = (),
    changes: Changes = NOTHING,
) -> Plan:
    """
    A checked plan of so many working days.

    Parameters
    ----------
    limit
        How long to search. With steps alone the plan is the same on every machine.
    travel
        How long teams need between places; straight lines at the policy's speeds if not given.
    pins
        Look-backs that are promised to a team, a date or a time.
    changes
        What the events in force mean for these days.
    """
    prepared = prepare(register, policy, day, travel or engine(register, policy), days=days, pins=pins, changes=changes)
    proofs: list[Proof | None] = [None]
    routes = SOLVERS[solver](prepared.problem, limit, seed, lambda best: proofs.append(best.proof))
    return finish(prepared, routes, solver=solver, seed=seed, limit=limit, proof=proofs[-1])


@dataclass(frozen=True, eq=False)
class Prepared:
    """A horizon ready to be solved."""

    register: Register
    policy: Policy
    owed: tuple[LookBack, ...]
    """All look-backs, also those that open later."""
    drawn: tuple[SpotCheck, ...]
    """The checks drawn by lot, lowest number first."""
    problem: Problem
    legs: Mapping[str, Legs]
    """By mode of travel."""
    travel: TravelTimes
    changes: Changes
    whole: tuple[TeamDay, ...]
    """The duties as the shifts table has them; those of the problem are without what teams are away."""
    begun: Mapping[int, Begun]
    """What stays of duties that have begun, by position."""

    @property
    def listed(self) -> tuple[Wanted, ...]:
        """What a plan visits or lists as unvisited: all that is owed, and what the lot fell on."""
        return (*self.owed, *self.drawn)

    @property
    def done(self) -> frozenset[str]:
        """Look-backs whose visits are done or under way."""
        return frozenset(visit.lookback_id for each in self.begun.values() for visit in each.visits)


def prepare(
    register: Register,
    policy: Policy,
    day: date,
    travel: TravelTimes,
    *,
    days: int = 1,
    pins: Sequence[Pin] = (),
    changes: Changes = NOTHING,
    begun: Mapping[tuple[str, date], Begun] | None = None,
) -> Prepared:
    """
    Put a horizon of so many working days into integers, without what no team could visit.

    Parameters
    ----------
    day
        The first day to plan. Nothing here reads the clock.
    travel
        How long teams need between places.
    changes
        What the events in force mean for these days.
    begun
        What stays of duties that have begun, by team and day.
    """
    begun = begun or {}
    dates = horizon(register, day, days)
    whole = team_days(register, dates, policy)
    kept = {d: begun[duty.team_id, duty.day] for d, duty in enumerate(whole) if (duty.team_id, duty.day) in begun}
    left = [rest_of(duty, kept.get(d), changes.late.get((duty.team_id, duty.day), 0)) for d, duty in enumerate(whole)]
    out = [absences(register, duty, policy, changes) for duty in whole]
    homeward = [0] * len(whole)
    for d in (d for d, away in enumerate(out) if away):
        each = kept.get(d)
        ride, homeward[d] = _by_the_office(register, travel, left[d], each)
        if each is not None:
            out[d], rest = reached(left[d], ride, out[d], homeward[d])
            kept[d] = each if rest is None else replace(each, rest=rest)
            left[d] = left[d] if rest is None else replace(left[d], rest_seconds=0)
    shortened = [without(duty, away, home) for duty, away, home in zip(left, out, homeward, strict=True)]
    duties = tuple(duty for duty, _ in shortened)
    inner = {d: away for d, (_, away) in enumerate(shortened) if away}
    at_office = {d: each.start for d in kept for each in out[d] if each.start <= left[d].start < each.end}
    owed = look_backs(register, dates, policy, changes)
    open_ = tuple(lb for lb in owed if lb.release <= dates[-1])
    checks = spot_checks(register, owed, day, policy, days=len(dates))
    wanted: tuple[Wanted, ...] = (*open_, *checks)
    wanted = tuple(w for w in wanted if any(register.enterprise[site].place for site in w.sites))
    places = (*places_of(register, wanted, duties), *office_places(register, inner, duties))
    places = (*places, *_where_they_are(register, places, kept, duties))
    legs = {mode.value: travel(places, mode) for mode in sorted({duty.mode for duty in duties})}
    seconds = {mode: leg.seconds for mode, leg in legs.items()}
    pins = (*pins, *kept_promises(register, policy, whole, changes))
    problem = build(register, policy, dates, duties, wanted, places, seconds, pins, changes)
    problem = with_absences(problem, inner)
    if kept:
        problem = from_where_they_are(problem, kept, at_office)
        problem = replace(problem, allowed=problem.allowed & _still_open(problem, kept)[:, None])
    problem = replace(problem, allowed=reachable(problem))
    goals = district_goals(problem, register, policy.plan.least_visits_per_district)
    problem = replace(problem, district_goals=goals)
    by_lot = tuple(spot_check for spot_check in checks if spot_check.drawn)
    return Prepared(register, policy, owed, by_lot, problem, legs, travel, changes, whole, kept)


def _by_the_office(register: Register, travel: TravelTimes, duty: TeamDay, begun: Begun | None) -> tuple[int, int]:
    """Seconds from where a team is to its office, and from there to where it ends."""
    team = register.team[duty.team_id]
    here = team.start if begun is None else _location(register, begun.here)
    seconds = travel([Place("here", here), Place("office", team.start), Place("end", team.end)], duty.mode).seconds
    return int(seconds[0, 1]), int(seconds[1, 2])


def _where_they_are(
    register: Register, places: Sequence[Place], begun: Mapping[int, Begun], duties: Sequence[TeamDay]
) -> list[Place]:
    """For each duty that has begun the place where its team is, and the stops that are not among the places."""
    known = {place.place_id for place in places}
    stops = {name for each in begun.values() for name in (each.here, still_away(each).here)}
    return [Place(name, _location(register, name)) for name in sorted(stops - known)] + [
        Place(place_of(duties[d]), _location(register, each.here)) for d, each in begun.items()
    ]


def _location(register: Register, place_id: str) -> LonLat:
    team_id, colon, end = place_id.rpartition(":")
    if not colon or team_id not in register.team:
        return register.enterprise[place_id].at
    return register.team[team_id].start if end == "start" else register.team[team_id].end


def _still_open(problem: Problem, begun: Mapping[int, Begun]) -> BoolArray:
    """Candidates whose look-back and whose place have had no visit that has begun, shape (C,)."""
    visits = [visit for each in begun.values() for visit in each.visits]
    done, places = {visit.lookback_id for visit in visits}, {visit.enterprise_id for visit in visits}
    wanted = np.array([w.lookback_id not in done for w in problem.wanted], bool)
    place = np.array([p.place_id not in places for p in problem.places], bool)
    still: BoolArray = wanted[problem.candidate_wanted] & place[problem.candidate_place]
    return still


def kept_promises(
    register: Register, policy: Policy, duties: Sequence[TeamDay], changes: Changes
) -> tuple[Promise, ...]:
    """The promises of a horizon; one to a team that is away then is to whichever team can keep it."""
    out = {(duty.team_id, duty.day): absences(register, duty, policy, changes) for duty in duties}
    return tuple(
        replace(promise, team_id=None)
        if any(
            promise.start is None or each.start <= promise.start < each.end
            for each in out.get((promise.team_id or "", promise.day or date.min), ())
        )
        else promise
        for promise in changes.promises
    )


def finish(
    prepared: Prepared,
    routes: Routes,
    *,
    solver: str,
    seed: int,
    limit: Limit,
    proof: Proof | None = None,
    hasty: bool = False,
) -> Plan:
    """
    The plan of routes: every visit with its times and reasons, everything left with the rule that stopped it.

    Parameters
    ----------
    proof
        What the solver has proven about these routes; a weaker bound stands in where there is none.
    hasty
        Whether a bound that says nothing may stand in, too: for a city the one by time takes many seconds.

    Raises
    ------
    RuntimeError
        The solver's answer is wrong: a route cannot be timed, or the checker finds a conflict. Nobody should see this.
    """
    problem = prepared.problem
    routes = with_drawn(problem, with_every_absence(problem, routes))
    created_by = CreatedBy(versions(), solver, seed, limit.steps, limit.seconds, events=prepared.changes.event_ids)
    duties = duties_of(prepared, routes)
    unvisited = explain(prepared.register, prepared.policy, problem, routes, prepared.listed, prepared.changes)
    weaker = everything(problem) if hasty else by_time(problem)
    bound = min((each for each in (proof, weaker) if each is not None), key=lambda each: each.priority)
    made = assembled(prepared, duties, unvisited, created_by, bound, problem.fingerprint)
    checked(made, prepared, problem.pins)
    return made


def checked(made: Plan, prepared: Prepared, promises: Sequence[Promise], before: Before | None = None) -> None:
    """
    Refuse a plan that breaks a rule.

    Raises
    ------
    RuntimeError
        The checker finds a conflict. Nobody should see this.
    """
    conflicts = check(
        made,
        prepared.register,
        prepared.policy,
        promises=[promise for promise in promises if not is_absence(promise.lookback_id)],
        measured=measured(prepared.travel),
        changes=prepared.changes,
        before=before,
    )
    if conflicts:
        lines = "\n".join(conflict.line() for conflict in conflicts)
        raise RuntimeError(f"the plan of {made.created_by.solver} breaks {len(conflicts)} rules:\n{lines}")


def versions() -> tuple[tuple[str, str], ...]:
    """Of what a plan is made with."""
    return tuple((name, version(name)) for name in ("lookback", "ortools"))


def assembled(
    prepared: Prepared,
    duties: tuple[Duty, ...],
    unvisited: tuple[Unvisited, ...],
    created_by: CreatedBy,
    bound: Proof,
    proven_for: str,
) -> Plan:
    """A plan with its sums; ``proven_for`` is the fingerprint of the problem that the bound was proven for."""
    problem = prepared.problem
    visits = [visit for duty in duties for visit in duty.route]
    collected = sum(visit.priority for visit in visits)
    return Plan(
        plan_id=problem.days[0].isoformat() + (f"+{len(problem.days)}" if len(problem.days) > 1 else ""),
        revision=1,
        parent=None,
        fingerprint=fingerprint(prepared.register, prepared.policy),
        card=scoring.fingerprint(prepared.policy),
        drawn=_drawn(prepared),
        created_by=created_by,
        horizon=problem.days,
        duties=duties,
        unvisited=unvisited,
        totals=Totals(
            priority=collected,
            mandatory=sum(visit.mandatory for visit in visits),
            mandatory_missed=sum(row.mandatory for row in unvisited),
            look_backs=sum(visit.lookback_id.startswith("LB-") for visit in visits),
            spot_checks=sum(visit.lookback_id.startswith("SC-") for visit in visits),
            travel_seconds=sum(duty.travel_seconds for duty in duties),
            travel_metres=sum(duty.travel_metres for duty in duties),
            wait_seconds=sum(visit.wait_seconds for visit in visits),
        ),
        bound=Bound(
            priority=bound.priority,
            gap=gap_to(bound.priority, collected),
            proven_by=bound.by,
            problem=proven_for,
        ),
    )


def _drawn(prepared: Prepared) -> Drawn | None:
    card = prepared.policy.card
    if not card.learned:
        return None
    return Drawn(card.drawn_percent, card.drawn_seed, tuple(check.lookback_id for check in prepared.drawn))


def fingerprint(register: Register, policy: Policy) -> str:
    """
    A sha256 over everything that a plan is made from; the order of a table's rows does not matter.

    How its maps look is not part of it.
    """
    digest = hashlib.sha256()
    for name in sorted(vars(register)):
        if name in register.__dataclass_fields__:
            digest.update(json.dumps([name, _plain(getattr(register, name))], ensure_ascii=False).encode())
    digest.update(policy.model_dump_json(exclude={"maps"}).encode())
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, int, float)):  # most of them
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "items"):
        return sorted((str(key), _plain(item)) for key, item in value.items())
    return _plain(vars(value)) if hasattr(value, "__dataclass_fields__") else value


def duties_of(prepared: Prepared, routes: Routes) -> tuple[Duty, ...]:
    """Every duty with its visits, those that have begun first."""
    at = {place.place_id: k for k, place in enumerate(prepared.problem.places)}
    return tuple(_duty(prepared, d, route, at) for d, route in enumerate(routes))


def _duty(prepared: Prepared, d: int, route: Sequence[int], at: Mapping[str, int]) -> Duty:
    problem, whole = prepared.problem, prepared.whole[d]
    duty, clock = problem.duties[d], DutyClock(problem, d)
    times = clock.timetable(route)
    if times is None:
        raise RuntimeError(f"route {d} ({duty.team_id}, {duty.day}) cannot be timed: {route}")
    begun, legs = prepared.begun.get(d), prepared.legs[duty.mode]
    origin = clock.origin if begun is None else at[begun.here]
    visits, rest = tuple(_visits(prepared, d, route, times, origin)), times.rest
    last = at[visits[-1].enterprise_id] if visits else origin
    if begun is not None:
        rest = begun.rest or rest
        if visits and begun.heading is not None:
            visits = (arriving(visits[0], begun.heading, rest, rested=begun.rest is not None), *visits[1:])
        elif not visits:
            begun = still_away(begun)
            last = at[begun.here]
            if not route:
                rest = begun.rest or last_rest(duty, int(legs.seconds[last, clock.destination]))
        visits = (*begun.visits, *visits)
    halts = () if begun is None else begun.halts
    away = bool(visits or halts)
    return Duty(
        team_id=duty.team_id,
        day=duty.day,
        shift=Interval(whole.start, whole.end),
        rest=rest if away else None,
        route=visits,
        return_seconds=int(legs.seconds[last, clock.destination]) if away else 0,
        return_metres=int(legs.metres[last, clock.destination]) if away else 0,
        return_mode=_mode(legs, last, clock.destination),
        halts=halts,
    )


def _visits(prepared: Prepared, d: int, route: Sequence[int], times: Timetable, origin: int) -> list[Visit]:
    """The visits of a timed route, the first leg from the place ``origin``; absences are left out."""
    problem = prepared.problem
    duty, legs, here = problem.duties[d], prepared.legs[problem.duties[d].mode], origin
    visits: list[Visit] = []
    for k, c in enumerate(route):
        wanted, there = problem.wanted[problem.candidate_wanted[c]], int(problem.candidate_place[c])
        if is_absence(wanted.lookback_id):
            continue
        resting = times.rest is not None and times.arrivals[k] <= times.rest.start < times.starts[k]
        wait = times.starts[k] - times.arrivals[k] - (duty.rest_seconds if resting else 0)
        visits.append(
            Visit(
                enterprise_id=problem.places[there].place_id,
                lookback_id=wanted.lookback_id,
                arrive=times.arrivals[k],
                start=times.starts[k],
                end=times.ends[k],
                travel_seconds=int(legs.seconds[here, there]),
                travel_metres=int(legs.metres[here, there]),
                travel_mode=_mode(legs, here, there),
                wait_seconds=wait,
                priority=wanted.priority,
                mandatory=wanted.mandatory,
                reasons=wanted.reasons,
            )
        )
        here = there
    return visits


def _mode(legs: Legs, here: int, there: int) -> TravelMode:
    return MODES[legs.modes[here, there]]
