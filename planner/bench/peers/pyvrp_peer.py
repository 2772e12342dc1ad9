"""
PyVRP [1]_: a prize-collecting routing solver without breaks, several windows or days.

A candidate becomes a client for each of its windows, and at most one client of a look-back is visited. A break becomes
a client, too: one at each enterprise, of which a route has room for one; it earns a little, so that no route goes
without. All days lie on top of each other: who may visit what, and when, is a matter of the vehicle's matrix, in which
the ways to all other clients are too long.

.. [1] Wouda, Lan, Kool (2024), PyVRP: a high-performance VRP solver package. INFORMS Journal on Computing 36(4).
"""

from __future__ import annotations

from collections import defaultdict
from math import gcd
from statistics import mean
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyvrp
from pyvrp.stop import MaxRuntime

from planner.bench.worth import worth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.problem import Problem

TOO_LONG = 1 << 30
"""A leg that no route can hold."""


REST = 3
"""What a break earns, as a multiple of the mean priority: with less, routes go without; with more, they get stuck."""


class Choice(NamedTuple):
    """One way to make a visit, or to take a break, and the duties that may take it: a client."""

    candidate: int
    """-1: a break."""
    place: int
    first: int
    last: int
    """The latest start."""
    seconds: int
    duties: tuple[int, ...]


class Kind(NamedTuple):
    """What duties must have in common to be vehicles of one type."""

    profile: int
    origin: int
    destination: int
    start: int
    end: int
    most: int
    rests: bool


def solve(problem: Problem, seconds: float, seed: int) -> list[list[int]]:
    """For each duty its candidates in order."""
    model = _Model(problem)
    found = pyvrp.solve(model.data(), MaxRuntime(seconds), seed=seed, collect_stats=False, display=False)
    free = [list(duties) for duties in model.kinds.values()]
    routes: list[list[int]] = [[] for _ in problem.duties]
    for route in found.best.routes():
        steps = [model.choices[step.idx].candidate for step in route.schedule() if step.is_client()]
        routes[free[route.vehicle_type()].pop()] = [c for c in steps if c >= 0]
    return routes


class _Model:
    """A problem in PyVRP's terms; times in units that divide a minute, so that no number is larger than it must be."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.unit = _unit(problem)
        self.rest_points = REST * round(mean(max(each.priority, 0) for each in problem.wanted))
        self.choices = [*_visits(problem), *_breaks(problem)]
        self.depots, depot_of = _depots(problem)
        sites = [(choice.place, choice.duties) for choice in self.choices]
        self.sites = {site: k for k, site in enumerate(dict.fromkeys(sites), len(self.depots))}
        self.site_of = [self.sites[site] for site in sites]
        self.profiles: dict[tuple[int, bytes], int] = {}
        self.kinds: dict[Kind, list[int]] = defaultdict(list)
        closed = np.zeros((len(problem.duties), len(self.depots) + len(self.sites)), bool)
        for (_, duties), k in self.sites.items():
            closed[:, k] = True
            closed[list(duties), k] = False
        for d, duty in enumerate(problem.duties):
            profile = self.profiles.setdefault((problem.duty_travel[d], closed[d].tobytes()), len(self.profiles))
            origin, destination = depot_of[int(problem.origins[d])], depot_of[int(problem.destinations[d])]
            kind = Kind(
                profile, origin, destination, duty.start, duty.end, duty.max_visits, rests=duty.rest_seconds > 0
            )
            self.kinds[kind].append(d)

    def data(self) -> pyvrp.ProblemData:
        """Everything as PyVRP wants it."""
        places = [*self.depots, *(place for place, _ in self.sites)]
        matrices = [self._matrix(travel, np.frombuffer(closed, bool), places) for travel, closed in self.profiles]
        at = [self.problem.places[place].at for place in places]
        groups: dict[int, list[int]] = defaultdict(list)
        for k, choice in enumerate(self.choices):
            if choice.candidate >= 0:
                groups[int(self.problem.candidate_wanted[choice.candidate])].append(k)
        shared = [wanted for wanted, clients in groups.items() if len(clients) > 1]
        group_of = {wanted: k for k, wanted in enumerate(shared)}
        return pyvrp.ProblemData(
            locations=[pyvrp.Location(*each) for each in at],
            clients=[self._client(k, group_of) for k in range(len(self.choices))],
            depots=[pyvrp.Depot(k) for k in range(len(self.depots))],
            vehicle_types=[self._vehicle_type(kind, len(duties)) for kind, duties in self.kinds.items()],
            distance_matrices=matrices,
            duration_matrices=matrices,
            groups=[pyvrp.ClientGroup(groups[wanted], required=False) for wanted in shared],
        )

    def _client(self, k: int, group_of: dict[int, int]) -> pyvrp.Client:
        choice, rests = self.choices[k], self.choices[k].candidate < 0
        wanted = -1 if rests else int(self.problem.candidate_wanted[choice.candidate])
        points = self.rest_points if rests else worth(self.problem.wanted[wanted])
        return pyvrp.Client(
            location=self.site_of[k],
            delivery=[int(not rests), int(rests)],
            service_duration=choice.seconds // self.unit,
            tw_early=choice.first // self.unit,
            tw_late=choice.last // self.unit,
            prize=points * (60 // self.unit),
            required=False,
            group=group_of.get(wanted),
        )

    def _vehicle_type(self, kind: Kind, count: int) -> pyvrp.VehicleType:
        return pyvrp.VehicleType(
            num_available=count,
            capacity=[kind.most, int(kind.rests)],
            start_depot=kind.origin,
            end_depot=kind.destination,
            tw_early=kind.start // self.unit,
            tw_late=kind.end // self.unit,
            profile=kind.profile,
        )

    def _matrix(self, travel: int, closed: NDArray[np.bool_], places: Sequence[int]) -> Any:
        """Legs between depots and sites in units, shape (n, n); too long where a site is closed to the duty."""
        legs = self.problem.travel[travel][np.ix_(places, places)].astype(np.int64) // self.unit
        legs[:, closed] = TOO_LONG
        np.fill_diagonal(legs, 0)
        return legs


def _unit(problem: Problem) -> int:
    """The longest time that divides a minute and everything that takes time, seconds."""
    unit = 60
    for duty in problem.duties:
        times = (duty.start, duty.end, duty.rest_seconds, duty.rest_from, duty.rest_to, duty.last_start)
        unit = gcd(unit, *times)
    valid = problem.opens <= problem.closes
    arrays: list[NDArray[Any]] = [problem.seconds, problem.opens[valid], problem.closes[valid], *problem.travel]
    return gcd(unit, *(int(np.gcd.reduce(array, axis=None)) for array in arrays))


def _depots(problem: Problem) -> tuple[list[int], dict[int, int]]:
    """The places where duties start and end, once for all that are equally far from every site; and which is which."""
    sites = np.unique(problem.candidate_place)
    first: dict[bytes, int] = {}
    depot_of = {}
    for place in sorted({*problem.origins.tolist(), *problem.destinations.tolist()}):
        legs = [part for travel in problem.travel for part in (travel[place, sites], travel[sites, place])]
        depot = first.setdefault(np.concatenate(legs).tobytes(), place)
        depot_of[place] = list(first.values()).index(depot)
    return list(first.values()), depot_of


def _visits(problem: Problem) -> list[Choice]:
    """A choice for each candidate and window, with all the duties that may take it."""
    choices = []
    for c, (place, seconds) in enumerate(zip(problem.candidate_place.tolist(), problem.seconds.tolist(), strict=True)):
        duties: dict[tuple[int, int], list[int]] = defaultdict(list)
        for d in np.flatnonzero(problem.allowed[c]).tolist():
            day, last_start = problem.duty_day[d], problem.duties[d].last_start
            for first, last in zip(problem.opens[day, c].tolist(), problem.closes[day, c].tolist(), strict=True):
                if first <= min(last, last_start):
                    duties[first, min(last, last_start)].append(d)
        choices += [Choice(c, place, *window, seconds, tuple(mine)) for window, mine in duties.items()]
    return choices


def _breaks(problem: Problem) -> list[Choice]:
    """A choice for each enterprise and kind of break, with the duties that rest so and may go there."""
    duties: dict[tuple[int, int, int, int], set[int]] = defaultdict(set)
    for place, allowed in zip(problem.candidate_place.tolist(), problem.allowed, strict=True):
        for d in np.flatnonzero(allowed).tolist():
            duty = problem.duties[d]
            if duty.rest_seconds:
                duties[place, duty.rest_from, duty.rest_to - duty.rest_seconds, duty.rest_seconds].add(d)
    return [Choice(-1, *where_and_when, tuple(sorted(mine))) for where_and_when, mine in duties.items()]
