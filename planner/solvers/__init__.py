"""
Solvers choose and order candidates: a family, one file a member.

The default, ``pipeline``, stands on these::

    pipeline            hands out slices of work to parts, and puts together what comes back
    parts   workers     what can be planned apart; who does the work: here, processes, a cluster
    slices              searching and proving: values in, values out
    ruin_recreate       routes by trial (kernels)
    generation          routes by price: rounds of pricing, and the bound (smoothing: how fast prices move)
    columns             the pool of routes, and those that the linear program mixes
    choosing            from fractions to whole routes: the integer step
    diving  packing     one route after the other; the best choice among all columns
    shortlist  listing  all routes that a better plan can be made of, where they are few, and a bound over them
    master  cuts        the formulation
    pricing  layout     the best routes of a class of duties at given prices (classes, labels, completion)
    thinning  rough     which stops cannot matter to them: a closer look, and one at a glance before it
    alarm               when to stop, on machines of any speed
    clockwork           the problem as arrays, and when what fits
    bound               a weaker bound that needs no pricing

A new solver is a file here and its name in ``SOLVERS``; it inherits every test of ``tests/solvers/test_contract.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from planner.solvers.base import Best, Limit, Proof, Solver

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planner.problem import Problem, Routes


@dataclass(frozen=True)
class Member:
    """A solver by its module, which is loaded when it is first needed: OR-Tools and numba take half a second."""

    module: str

    def __call__(self, problem: Problem, limit: Limit, seed: int, report: Callable[[Best], None]) -> Routes:
        """Let the module do it."""
        return self.load()(problem, limit, seed, report)

    def load(self) -> Solver:
        """The module's function."""
        function: Solver = import_module(f"planner.solvers.{self.module}").solve
        return function


SOLVERS: Mapping[str, Member] = {
    name: Member(name) for name in ("greedy", "ortools_routing", "ruin_recreate", "pipeline")
}
"""The members by name; the first that one would want is ``DEFAULT``."""

DEFAULT = "pipeline"

__all__ = ["DEFAULT", "SOLVERS", "Best", "Limit", "Proof", "Solver"]
