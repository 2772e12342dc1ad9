"""
The default: ruin & recreate, and OR-Tools for as long as it is not compiled.

The kernels are compiled once on a machine, in a process of their own, while OR-Tools already improves the routes:
nobody waits for a compiler. With steps alone the clock must not decide anything, so ruin & recreate does it all.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from planner.solvers import ortools_routing, ruin_recreate

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.problem import Problem, Routes
    from planner.solvers.base import Best, Limit

_COMPILE = "from planner.solvers.ruin_recreate import compile_kernels; compile_kernels()"


def solve(problem: Problem, limit: Limit, seed: int, report: Callable[[Best], None]) -> Routes:
    """Ruin & recreate until the limit, after OR-Tools has used the time that compiling takes."""
    deadline = limit.deadline()
    if deadline is None or ruin_recreate.is_compiled():
        return ruin_recreate.solve(problem, limit, seed, report)
    compiler = _compiler()
    routes = ortools_routing.solve(problem, limit, seed, report, until=lambda: compiler.poll() is not None)
    left = deadline - time.monotonic()
    if left <= 0:
        return routes
    return ruin_recreate.improve(problem, routes, replace(limit, seconds=left), seed, report)


def _compiler() -> subprocess.Popen[bytes]:
    """Compile in a process of its own; it may outlive this one, so that the next plan finds the kernels ready."""
    return subprocess.Popen(  # noqa: S603  (our own code, our own interpreter)
        [sys.executable, "-c", _COMPILE],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
