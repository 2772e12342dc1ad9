"""
The rules of a TOPTW instance a second time, sharing no code with what finds or builds routes.

Exact integers throughout: a leg is the largest whole number of units that is not longer than the distance.
"""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planner.bench.instances import Instance


def score(instance: Instance, routes: Sequence[Sequence[int]]) -> int:
    """What the nodes of routes are worth together."""
    return sum(instance.nodes[node].score for route in routes for node in route)


def faults(instance: Instance, routes: Sequence[Sequence[int]], most_routes: int) -> tuple[str, ...]:
    """
    Every rule that routes break, one line each; none: they are feasible.

    Parameters
    ----------
    routes
        Each the numbers of its nodes in order, without the depot.
    most_routes
        How many routes there may be.
    """
    return tuple(_faults(instance, routes, most_routes))


def _faults(instance: Instance, routes: Sequence[Sequence[int]], most_routes: int) -> Iterator[str]:
    if len(routes) > most_routes:
        yield f"{len(routes)} routes, {most_routes} allowed"
    visited = [node for route in routes for node in route]
    unknown = sorted({node for node in visited if not 0 < node < len(instance.nodes)})
    if unknown:
        yield f"no such nodes: {unknown}"
        return
    for node in sorted({node for node in visited if visited.count(node) > 1}):
        yield f"node {node} is visited {visited.count(node)} times"
    for k, route in enumerate(routes):
        yield from (f"route {k}: {fault}" for fault in _late(instance, route))


def _late(instance: Instance, route: Sequence[int]) -> Iterator[str]:
    """Where a route that leaves the depot as early as it may comes too late."""
    if not route:
        return
    depot = instance.nodes[0]
    now, here = depot.opens, 0
    for there in route:
        node = instance.nodes[there]
        now += _leg(instance, here, there)
        if now > node.closes:
            yield f"node {there} closes at {node.closes}, arrival is at {now}"
        now = max(now, node.opens) + node.service
        here = there
    back = now + _leg(instance, here, 0)
    if back > depot.closes:
        yield f"the depot closes at {depot.closes}, the return is at {back}"


def _leg(instance: Instance, here: int, there: int) -> int:
    a, b = instance.nodes[here], instance.nodes[there]
    square = (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)
    return isqrt(square * 10 ** (2 * instance.decimals)) // int(10**instance.places)
