"""
Members side by side on cities made from a seed, each plan finished and checked like any other.

What counts is one number, the objective: priority, and 8,000 points for each mandatory look-back, less a point for
each minute of travel.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import mean
from typing import TYPE_CHECKING

from planner.bench import cities, peers
from planner.bench.members import Attempt, ours
from planner.bench.peers.fitting import fitted
from planner.bench.worth import objective
from planner.planning import finish, prepare
from planner.solvers import Limit
from planner.travel import engine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planner.planning import Prepared


@dataclass(frozen=True)
class Result:
    """What came of one member in one city."""

    size: str
    seed: int
    solver: str
    objective: int | None
    """None when there is no plan; so are the next two."""
    score: int | None
    """Priority collected."""
    bound: int | None
    """No plan collects more priority; proven."""
    seconds: float
    dropped: int = 0
    """Visits taken out of a peer's routes because they broke a rule that its model does not know."""
    failure: str = ""
    """Why there is no plan, or how our solver's process died."""


@dataclass(frozen=True)
class Ratio:
    """Our objective as a multiple of a peer's, over the seeds at which both have a plan."""

    peer: str
    mean: float
    least: float
    seeds: int


def prepared(size: str, seed: int, *, breaks: bool = True) -> Prepared:
    """A city and its horizon, ready to be solved."""
    city, policy = cities.register(cities.SIZES[size], seed), cities.policy(breaks=breaks)
    ready = prepare(city, policy, cities.DAY, engine(city, policy), days=cities.SIZES[size].days)
    # Priority, mandatory look-backs and travel are all that members are compared by.
    return replace(ready, problem=replace(ready.problem, district_goals=(), even_load=0))


def runs(
    size: str,
    seeds: Sequence[int],
    seconds: float,
    solver: str,
    *,
    breaks: bool = True,
    against: Sequence[str] = (),
) -> Iterator[Result]:
    """
    Let our member, and the peers named, plan one city after the other, each for so many seconds.

    Raises
    ------
    RuntimeError
        A plan breaks a rule, as the checker finds.
    Interrupted
        The user stopped it.
    """
    for seed in seeds:
        ready = prepared(size, seed, breaks=breaks)
        for member in (solver, *against):
            if member in against:
                attempt = peers.attempt(peers.PEERS[member], ready.problem, seconds, seed)
            else:
                attempt = ours(ready.problem, solver, seconds, seed)
            yield _result(size, seed, member, ready, attempt, seconds)


def ratios(results: Sequence[Result]) -> tuple[Ratio, ...]:
    """Ours to each peer; the first member of a seed is ours."""
    reached = {(r.solver, r.seed): r.objective for r in results if r.objective is not None and r.objective > 0}
    members = list(dict.fromkeys(result.solver for result in results))
    found = []
    for peer in members[1:]:
        both = [
            value / reached[peer, seed]
            for (name, seed), value in reached.items()
            if name == members[0] and (peer, seed) in reached
        ]
        if both:
            found.append(Ratio(peer, mean(both), min(both), len(both)))
    return tuple(found)


def _result(size: str, seed: int, member: str, ready: Prepared, attempt: Attempt, seconds: float) -> Result:
    if not attempt.routes:
        return Result(size, seed, member, None, None, None, attempt.seconds, failure=attempt.failure)
    routes, dropped = fitted(ready.problem, attempt.routes) if member in peers.PEERS else (attempt.routes, 0)
    plan = finish(ready, routes, solver=member, seed=seed, limit=Limit(seconds=seconds), proof=attempt.proof)
    bound = None if plan.bound is None else plan.bound.priority
    reached = objective(plan.totals)
    return Result(size, seed, member, reached, plan.totals.priority, bound, attempt.seconds, dropped, attempt.failure)
