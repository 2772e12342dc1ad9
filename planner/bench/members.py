"""What any member of a comparison brings back, and how ours is run."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.errors import Interrupted
from planner.solvers import Limit, greedy
from planner.solvers.child import Child

if TYPE_CHECKING:
    from planner.problem import Problem, Routes
    from planner.solvers import Proof


@dataclass(frozen=True)
class Attempt:
    """The routes that a member found, and how long it took."""

    routes: Routes
    seconds: float
    """On the wall; of a peer from the start of its process, of ours from when it has loaded what it needs."""
    proof: Proof | None = None
    """What the member has proven about them."""
    failure: str = ""
    """Why there is no answer, or how the process died after the last one that it reported."""


def ours(problem: Problem, solver: str, seconds: float, seed: int) -> Attempt:
    """
    A member of our own family, in a process of its own as when planning; greedy routes if it reported none.

    Its seconds of search begin, as a peer's do, when all is loaded: when planning that happens while tables are read.

    Raises
    ------
    Interrupted
        The user stopped it.
    """
    with Child(solver, Limit(seconds=seconds), seed) as child:
        child.wait()
        start = time.monotonic()
        answer = child.solve(problem, lambda _: None)
        took = time.monotonic() - start
    if answer.interrupted:
        raise Interrupted("stopped")
    routes = answer.best.routes if answer.best else greedy.filled(problem, [[] for _ in problem.duties])
    return Attempt(routes, took, answer.best.proof if answer.best else None, answer.crash)
