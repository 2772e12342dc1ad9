"""
Independent parts: duties and candidates that share nothing with the others are a problem of their own.

Two duties belong together when a candidate is allowed on both, when two of their candidates serve one look-back or
stand at one place, or when they count for the same business district's least visits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planner.geo import IntArray
    from planner.problem import Problem, Routes


@dataclass(frozen=True, eq=False)
class Part:
    """A problem of its own, and where it stands in the whole."""

    problem: Problem
    duties: IntArray
    """Positions in the whole of the part's duties."""
    candidates: IntArray
    """Positions in the whole of the part's candidates."""

    def cut_out(self, routes: Routes) -> Routes:
        """The part's routes of a whole plan."""
        position = {int(c): k for k, c in enumerate(self.candidates)}
        return tuple(tuple(position[c] for c in routes[d]) for d in self.duties)


def split(problem: Problem) -> tuple[Part, ...]:
    """The independent parts that have anything to visit, the largest first."""
    live = np.flatnonzero(problem.allowed.any(axis=1))
    if not len(live):
        return ()
    leader = np.arange(len(problem.duties))

    def find(d: int) -> int:
        while leader[d] != d:
            leader[d] = leader[leader[d]]
            d = int(leader[d])
        return d

    def join(duties: Iterable[int]) -> None:
        first, *others = (find(int(d)) for d in duties)
        for other in others:
            leader[find(other)] = find(first)

    for pattern in np.unique(problem.allowed[live], axis=0):
        join(np.flatnonzero(pattern))
    shared = [problem.candidate_wanted[live], problem.candidate_place[live], problem.candidate_district[live]]
    duty_of = problem.allowed[live].argmax(axis=1)
    for keys in shared:
        for key in np.unique(keys[keys >= 0]):
            join(np.unique(duty_of[keys == key]))
    roots = np.array([find(d) for d in range(len(problem.duties))], np.int64)
    parts = []
    for root in np.unique(roots[np.unique(duty_of)]):
        candidates = live[roots[duty_of] == root]
        duties = np.flatnonzero((roots == root) & problem.allowed[candidates].any(axis=0))
        parts.append(Part(problem.part(candidates, duties), duties, candidates))
    return tuple(sorted(parts, key=lambda part: (-len(part.candidates), int(part.duties[0]))))


def joined(problem: Problem, parts: Sequence[Part], routes: Sequence[Routes]) -> Routes:
    """The plan of the whole from those of its parts."""
    whole: list[tuple[int, ...]] = [()] * len(problem.duties)
    for part, found in zip(parts, routes, strict=True):
        for d, route in zip(part.duties.tolist(), found, strict=True):
            whole[d] = tuple(int(part.candidates[c]) for c in route)
    return tuple(whole)
