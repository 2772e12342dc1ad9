"""
Cuts: triples of look-backs that a fractional mix of routes serves more often than whole routes could.

Of any three look-backs at most one whole route can serve two: a subset-row inequality of three rows [1]_. A route pays
a cut for its second visit of the three, unless it has forgotten the first: it remembers only while it stays among the
look-backs of the cut's *memory* [2]_, the fewer the better, because a route that may forget is easier to price.

.. [1] Jepsen, Petersen, Spoorendonk, Pisinger (2008), Subset-row inequalities applied to the vehicle-routing problem
   with time windows. Operations Research 56(2), 497-511.
.. [2] Pecin, Pessoa, Poggi, Uchoa (2017), Improved branch-cut-and-price for capacitated vehicle routing. Mathematical
   Programming Computation 9, 61-100.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from planner.geo import IntArray

LEAST_EXCESS = 0.05
"""A cut must be broken by so much of a route to be worth its row."""
MOST_OF_ONE = 5
"""Cuts on the same look-back say much the same: no more of them at once."""


class Cut(NamedTuple):
    """Three look-backs, and those among which a route remembers that it has served one of the three."""

    trio: frozenset[int]
    memory: frozenset[int]
    """The three among them."""

    def times(self, wanted: Sequence[int]) -> int:
        """How often a route pays that serves these look-backs in this order."""
        paid, waits = 0, False
        for w in wanted:
            if w not in self.memory:
                waits = False
            elif w in self.trio:
                paid += waits
                waits = not waits
        return paid

    def times_each(self, wanted: IntArray, count: int) -> IntArray:
        """The same for many routes at once, shape (routes, longest); ``count`` stands where a route has ended."""
        member, kept = np.zeros(count + 1, bool), np.zeros(count + 1, bool)
        member[list(self.trio)] = True
        kept[list(self.memory)] = True
        paid, waits = np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
        for column in wanted.T:
            waits &= kept[column]
            serves = member[column]
            paid += waits & serves
            waits ^= serves
        return paid


def broken_cuts(
    mix: Iterable[tuple[tuple[int, ...], float]], known: Mapping[frozenset[int], Cut], most: int
) -> list[Cut]:
    """
    The cuts that a mix of routes breaks most, the worst first; a known one comes with a larger memory.

    Parameters
    ----------
    mix
        The look-backs of each route in order, and how much of it is taken.
    """
    routes = [(wanted, share) for wanted, share in mix if share < 1 - LEAST_EXCESS]
    together: dict[frozenset[int], float] = defaultdict(float)
    near: dict[int, set[int]] = defaultdict(set)
    of: dict[int, set[int]] = defaultdict(set)
    for r, (wanted, share) in enumerate(routes):
        for w in wanted:
            of[w].add(r)
        for a, b in combinations(sorted(set(wanted)), 2):
            together[frozenset((a, b))] += share
            near[a].add(b)
            near[b].add(a)
    excess: dict[frozenset[int], float] = {}
    for a, b in together:
        for c in sorted(near[a] & near[b]):
            trio = frozenset((a, b, c))
            if (
                trio in excess
                or together[frozenset((a, b))] + together[frozenset((a, c))] + together[frozenset((b, c))]
                <= 1 + LEAST_EXCESS
            ):
                continue
            twice = (of[a] & of[b]) | (of[a] & of[c]) | (of[b] & of[c])
            excess[trio] = sum(routes[r][1] for r in twice) - 1
    chosen: list[Cut] = []
    times: dict[int, int] = defaultdict(int)
    for trio in sorted(excess, key=lambda trio: (-excess[trio], sorted(trio))):
        if excess[trio] < LEAST_EXCESS or len(chosen) == most:
            break
        if any(times[w] >= MOST_OF_ONE for w in trio):
            continue
        cut = Cut(trio, _memory(trio, routes) | (known[trio].memory if trio in known else frozenset()))
        if known.get(trio) != cut:
            chosen.append(cut)
            for w in trio:
                times[w] += 1
    return chosen


def _memory(trio: frozenset[int], routes: Iterable[tuple[tuple[int, ...], float]]) -> frozenset[int]:
    """What lies between two visits of the three in any of the routes."""
    memory = set(trio)
    for wanted, _ in routes:
        visits = [k for k, w in enumerate(wanted) if w in trio]
        if len(visits) > 1:
            memory.update(wanted[visits[0] : visits[-1]])
    return frozenset(memory)
