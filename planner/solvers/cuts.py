"""
Cuts: triples of look-backs that a fractional mix of routes serves more often than whole routes could.

Subset-row inequalities of three rows, see ``labels.Cuts`` for the reference. Of any three look-backs at most one whole
route can serve two or more.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LEAST_EXCESS = 0.05
"""A cut must be broken by so much of a route to be worth its row."""


def broken_cuts(served: Iterable[tuple[frozenset[int], float]], most: int) -> list[frozenset[int]]:
    """
    The triples that are most overserved, the worst first.

    Parameters
    ----------
    served
        The look-backs of each route in the mix, and how much of it is taken.
    """
    together: dict[frozenset[int], float] = defaultdict(float)
    of: dict[int, set[int]] = defaultdict(set)
    routes = [(wanted, share) for wanted, share in served if share < 1 - LEAST_EXCESS]
    for wanted, share in routes:
        for pair in combinations(sorted(wanted), 2):
            together[frozenset(pair)] += share
    for a, b in together:
        of[a].add(b)
        of[b].add(a)
    excess: dict[frozenset[int], float] = {}
    for pair in together:
        a, b = sorted(pair)
        for c in sorted(of[a] & of[b]):
            trio = frozenset((a, b, c))
            if trio in excess or together[pair] + together[frozenset((a, c))] + together[frozenset((b, c))] <= 1:
                continue
            twice = sum(share for wanted, share in routes if len(wanted & trio) > 1)
            excess[trio] = twice - 1
    ranked = sorted(excess, key=lambda trio: (-excess[trio], sorted(trio)))
    chosen: list[frozenset[int]] = []
    times: dict[int, int] = defaultdict(int)
    for trio in ranked:
        if excess[trio] < LEAST_EXCESS or len(chosen) == most:
            break
        # cuts on the same look-backs say much the same
        if all(times[wanted] < 5 for wanted in trio):
            chosen.append(trio)
            for wanted in trio:
                times[wanted] += 1
    return chosen
