"""
Solvers choose and order candidates: a family, one file a member.

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
