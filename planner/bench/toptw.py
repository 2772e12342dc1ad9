"""Public instances as problems of one day: so many equal duties, and a spot check for each node, worth its score."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from planner.bench import referee
from planner.bench.members import ours
from planner.geo import LonLat, Place
from planner.lookbacks import SpotCheck
from planner.plan import Reason, Term
from planner.problem import Problem
from planner.solvers.bound import by_time
from planner.teamdays import TeamDay
from planner.teams import TravelMode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from planner.bench.instances import Instance

DAY = date(2000, 1, 1)
"""Any day will do: no instance has a calendar."""


@dataclass(frozen=True)
class Result:
    """What came of one instance."""

    instance: str
    routes: int
    score: int
    bound: int
    """No routes collect more; proven."""
    best_known: int | None
    seconds: float
    failure: str = ""
    """How the solver's process died, if it did; the score is that of what it reported before."""

    @property
    def proven(self) -> bool:
        """Whether nothing better exists."""
        return self.score == self.bound

    @property
    def gap(self) -> float | None:
        """How much less than the best known was collected, as a share of that; negative: it was more."""
        return (self.best_known - self.score) / self.best_known if self.best_known else None


def runs(
    instances: Sequence[Instance],
    routes: int,
    seconds: float,
    solver: str,
    best_known: Mapping[tuple[str, int], int],
) -> Iterator[Result]:
    """
    Solve one instance after the other.

    Raises
    ------
    RuntimeError
        The solver's routes break a rule, as the referee finds.
    Interrupted
        The user stopped it.
    """
    for instance in instances:
        problem = problem_of(instance, routes)
        attempt = ours(problem, solver, seconds, seed=0)
        bound = min(proof.priority for proof in (attempt.proof, by_time(problem)) if proof is not None)
        found = [[int(problem.candidate_place[c]) for c in route] for route in attempt.routes]
        faults = referee.faults(instance, found, routes)
        if faults:
            raise RuntimeError(f"the routes of {solver} for {instance.name} are wrong:\n" + "\n".join(faults))
        best = best_known.get((instance.name, routes))
        score = referee.score(instance, found)
        yield Result(instance.name, routes, score, bound, best, attempt.seconds, attempt.failure)


def problem_of(instance: Instance, routes: int) -> Problem:
    """The problem of visiting an instance's nodes by so many routes; a second of it is a unit of the instance."""
    depot, *nodes = instance.nodes
    every = range(len(instance.nodes))
    duty = TeamDay(
        team_id="T1",
        day=DAY,
        start=depot.opens,
        end=depot.closes,
        rest_seconds=0,
        rest_from=depot.opens,
        rest_to=depot.closes,
        last_start=depot.closes,
        max_visits=len(nodes),
        mode=TravelMode.CAR,
    )
    # Positions on the plane of the instance, not on the Earth: nothing here measures them but ``leg``.
    places = tuple(Place(str(k), LonLat(float(node.x), float(node.y))) for k, node in enumerate(instance.nodes))
    return Problem(
        days=(DAY,),
        duties=tuple(replace(duty, team_id=f"T{k + 1}") for k in range(routes)),
        wanted=tuple(
            SpotCheck(f"SC-{k}", str(k), (Reason(Term.ACTION, node.score, "score"),)) for k, node in enumerate(nodes, 1)
        ),
        places=places,
        candidate_wanted=np.arange(len(nodes)),
        candidate_place=np.arange(len(nodes)) + 1,
        seconds=np.array([node.service for node in nodes], np.int64),
        opens=np.array([node.opens for node in nodes], np.int64).reshape(1, -1, 1),
        closes=np.array([node.closes for node in nodes], np.int64).reshape(1, -1, 1),
        allowed=np.ones((len(nodes), routes), bool),
        origins=np.zeros(routes, np.int64),
        destinations=np.zeros(routes, np.int64),
        travel=(np.array([[instance.leg(here, there) for there in every] for here in every], np.int32),),
        duty_travel=(0,) * routes,
        later_day_discount=0,
    )
