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

from planner.check import Promise, check
from planner.learning import scoring
from planner.lookbacks import LookBack, look_backs, spot_checks
from planner.plan import Bound, CreatedBy, Duty, Interval, Plan, Totals, Visit
from planner.problem import build, district_goals, places_of
from planner.solvers import DEFAULT, SOLVERS
from planner.solvers.bound import by_time
from planner.teamdays import horizon, team_days
from planner.timing import DutyClock
from planner.travel import MODES, engine, measured
from planner.unvisited import explain, reachable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.lookbacks import Wanted
    from planner.policy import Policy
    from planner.problem import Pin, Problem, Routes
    from planner.register import Register
    from planner.solvers import Limit, Proof
    from planner.teams import TravelMode
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
    """
    prepared = prepare(register, policy, day, travel or engine(register, policy), days=days, pins=pins)
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
    problem: Problem
    legs: Mapping[str, Legs]
    """By mode of travel."""
    travel: TravelTimes


def prepare(
    register: Register, policy: Policy, day: date, travel: TravelTimes, *, days: int = 1, pins: Sequence[Pin] = ()
) -> Prepared:
    """
    Put a horizon of so many working days into integers, without what no team could visit.

    Parameters
    ----------
    day
        The first day to plan. Nothing here reads the clock.
    travel
        How long teams need between places.
    """
    dates = horizon(register, day, days)
    duties = team_days(register, dates, policy)
    owed = look_backs(register, dates, policy)
    open_ = tuple(lb for lb in owed if lb.release <= dates[-1])
    wanted: tuple[Wanted, ...] = (*open_, *spot_checks(register, owed, day, policy))
    places = places_of(register, wanted, duties)
    legs = {mode.value: travel(places, mode) for mode in sorted({duty.mode for duty in duties})}
    seconds = {mode: leg.seconds for mode, leg in legs.items()}
    problem = build(register, policy, dates, duties, wanted, places, seconds, pins)
    problem = replace(problem, allowed=reachable(problem))
    goals = district_goals(problem, register, policy.plan.least_visits_per_district)
    problem = replace(problem, district_goals=goals)
    return Prepared(register, policy, owed, problem, legs, travel)


def finish(
    prepared: Prepared, routes: Routes, *, solver: str, seed: int, limit: Limit, proof: Proof | None = None
) -> Plan:
    """
    The plan of routes: every visit with its times and reasons, everything left with the rule that stopped it.

    Parameters
    ----------
    proof
        What the solver has proven about these routes; a weaker bound stands in where there is none.

    Raises
    ------
    RuntimeError
        The solver's answer is wrong: a route cannot be timed, or the checker finds a conflict. Nobody should see this.
    """
    made = _assembled(prepared, routes, CreatedBy(_versions(), solver, seed, limit.steps, limit.seconds), proof)
    promises = [Promise(pin.lookback_id, pin.team_id, pin.day, pin.start) for pin in prepared.problem.pins]
    conflicts = check(made, prepared.register, prepared.policy, promises=promises, measured=measured(prepared.travel))
    if conflicts:
        lines = "\n".join(conflict.line() for conflict in conflicts)
        raise RuntimeError(f"the plan of {solver} breaks {len(conflicts)} rules:\n{lines}")
    return made


def _versions() -> tuple[tuple[str, str], ...]:
    return tuple((name, version(name)) for name in ("lookback", "ortools"))


def _assembled(prepared: Prepared, routes: Routes, created_by: CreatedBy, proof: Proof | None) -> Plan:
    problem = prepared.problem
    duties = tuple(_duty(prepared, d, route) for d, route in enumerate(routes))
    unvisited = explain(prepared.register, prepared.policy, problem, routes, prepared.owed)
    visits = [visit for duty in duties for visit in duty.route]
    collected = sum(visit.priority for visit in visits)
    bound = min((each for each in (proof, by_time(problem)) if each is not None), key=lambda each: each.priority)
    return Plan(
        plan_id=problem.days[0].isoformat() + (f"+{len(problem.days)}" if len(problem.days) > 1 else ""),
        revision=1,
        parent=None,
        fingerprint=fingerprint(prepared.register, prepared.policy),
        card=scoring.fingerprint(prepared.policy),
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
            travel_seconds=sum(v.travel_seconds for v in visits) + sum(d.return_seconds for d in duties),
            travel_metres=sum(v.travel_metres for v in visits) + sum(d.return_metres for d in duties),
            wait_seconds=sum(visit.wait_seconds for visit in visits),
        ),
        bound=Bound(
            priority=bound.priority,
            gap=round((bound.priority - collected) / bound.priority, 6) if bound.priority else 0.0,
            proven_by=bound.by,
            problem=problem.fingerprint,
        ),
    )


def fingerprint(register: Register, policy: Policy) -> str:
    """A sha256 over everything that a plan is made from; the order of a table's rows does not matter."""
    digest = hashlib.sha256()
    for name in sorted(vars(register)):
        if name in register.__dataclass_fields__:
            digest.update(json.dumps([name, _plain(getattr(register, name))], ensure_ascii=False).encode())
    digest.update(policy.model_dump_json().encode())
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "items"):
        return sorted((str(key), _plain(item)) for key, item in value.items())
    return _plain(vars(value)) if hasattr(value, "__dataclass_fields__") else value


def _duty(prepared: Prepared, d: int, route: Sequence[int]) -> Duty:
    problem = prepared.problem
    duty, clock = problem.duties[d], DutyClock(problem, d)
    times = clock.timetable(route)
    if times is None:
        raise RuntimeError(f"route {d} ({duty.team_id}, {duty.day}) cannot be timed: {route}")
    legs = prepared.legs[duty.mode]
    way = [clock.origin, *(int(problem.candidate_place[c]) for c in route), clock.destination]
    visits = []
    for k, c in enumerate(route):
        wanted = problem.wanted[problem.candidate_wanted[c]]
        resting = times.rest is not None and times.arrivals[k] <= times.rest.start < times.starts[k]
        wait = times.starts[k] - times.arrivals[k] - (duty.rest_seconds if resting else 0)
        visits.append(
            Visit(
                enterprise_id=problem.places[way[k + 1]].place_id,
                lookback_id=wanted.lookback_id,
                arrive=times.arrivals[k],
                start=times.starts[k],
                end=times.ends[k],
                travel_seconds=int(legs.seconds[way[k], way[k + 1]]),
                travel_metres=int(legs.metres[way[k], way[k + 1]]),
                travel_mode=_mode(legs, way[k], way[k + 1]),
                wait_seconds=wait,
                priority=wanted.priority,
                mandatory=wanted.mandatory,
                reasons=wanted.reasons,
            )
        )
    return Duty(
        team_id=duty.team_id,
        day=duty.day,
        shift=Interval(duty.start, duty.end),
        rest=times.rest if route else None,
        route=tuple(visits),
        return_seconds=int(legs.seconds[way[-2], way[-1]]) if route else 0,
        return_metres=int(legs.metres[way[-2], way[-1]]) if route else 0,
        return_mode=_mode(legs, way[-2], way[-1]),
    )


def _mode(legs: Legs, here: int, there: int) -> TravelMode:
    return MODES[legs.modes[here, there]]
