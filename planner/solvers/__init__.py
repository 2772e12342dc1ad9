"""
Solvers choose and order candidates: a family, one file a member.

The default, ``pipeline``, stands on these::

    pipeline            hands out slices of work to parts, and puts together what comes back
    parts   workers     what can be planned apart; who does the work: here, processes, a cluster
    slices              searching and proving: values in, values out
    ruin_recreate       routes by trial (kernels)
    columns             routes by price: the linear program and its bound
    diving  packing     from fractions to whole routes: one after the other; the best choice among all columns
    master  cuts        the formulation
    pricing             the best routes of a duty at given prices (labels)
    clockwork           the problem as arrays, and when what fits
    bound               a weaker bound that needs no pricing

A new solver is a file here and a line in ``SOLVERS``; it inherits every test of ``tests/solvers/test_contract.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.solvers import greedy, ortools_routing, pipeline, ruin_recreate
from planner.solvers.base import Best, Limit, Proof, Solver

if TYPE_CHECKING:
    from collections.abc import Mapping

SOLVERS: Mapping[str, Solver] = {
    "greedy": greedy.solve,
    "ortools_routing": ortools_routing.solve,
    "ruin_recreate": ruin_recreate.solve,
    "pipeline": pipeline.solve,
}
"""The members by name; the first that one would want is ``DEFAULT``."""

DEFAULT = "pipeline"

__all__ = ["DEFAULT", "SOLVERS", "Best", "Limit", "Proof", "Solver"]
