"""
A solver in a process of its own: whatever it does, the planner keeps the best routes reported so far.

OR-Tools holds the interpreter's lock while it searches, swallows Ctrl-C and may crash on a model it dislikes. In a
child process none of that matters: the parent listens, and ends the child when the time is up or the user has had
enough.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING

from planner.errors import ClusterError
from planner.solvers import DEFAULT, SOLVERS
from planner.solvers.workers import REACH_SECONDS, hired, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from planner.problem import Problem
    from planner.solvers.base import Best, Limit

GRACE_SECONDS = 1.5
"""How long after its time a solver may still report before it is ended."""


@dataclass(frozen=True)
class Answer:
    """What came of a search."""

    best: Best | None
    """None when nothing was reported before the end."""
    interrupted: bool = False
    """The user stopped it."""
    crash: str = ""
    """How the child died, if it did not end by itself."""


def solve(
    problem: Problem,
    solver: str,
    limit: Limit,
    seed: int,
    watch: Callable[[Best | None], None],
    cluster: str | None = None,
) -> Answer:
    """
    Run a solver in a child process until it ends, its time is up, or Ctrl-C.

    Parameters
    ----------
    watch
        Called for each better answer, and with None about ten times a second in between.
    cluster
        The address of a dask scheduler whose workers the default solver is to use instead of this machine's.

    Raises
    ------
    ClusterError
        The cluster that was named cannot be used.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    child = context.Process(target=_serve, args=(there,))
    best: Best | None = None
    done = False
    try:
        with _undisturbed():
            child.start()
        there.close()
        # Handed to the process as arguments they would be waited for without end by one that dies as it starts.
        with suppress(BrokenPipeError, ConnectionResetError):
            here.send((problem, solver, limit, seed, time.time(), cluster))
        deadline = limit.deadline()
        while not done:
            reaching = cluster is not None and best is None  # whether it can be used is told, however short the time
            patience = REACH_SECONDS if reaching else GRACE_SECONDS
            if deadline is not None and time.monotonic() > deadline + patience:
                break
            if not here.poll(0.1):
                watch(None)
                continue
            try:
                message = here.recv()
            except (EOFError, ConnectionResetError):
                child.join(GRACE_SECONDS)  # its own exit code says more than that of ending it
                break
            if message is None:
                done = True
            elif isinstance(message, ClusterError):
                raise message
            else:
                best = message
                watch(best)
    except KeyboardInterrupt:
        return Answer(best, interrupted=True)
    finally:
        if child.pid is not None:  # Ctrl-C may come before there is a child
            if not done:
                child.kill()
            child.join()
        here.close()
    late = deadline is not None and time.monotonic() > deadline
    return Answer(best, crash="" if done or late else f"the solver's process ended with code {child.exitcode}")


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put off Ctrl-C and SIGTERM until the end of the block; a process started in it is born deaf to Ctrl-C."""
    # Started later, it would let Ctrl-C through again. What a killed solver leaves it is to clear away without a word.
    sys.warnoptions.append("ignore:resource_tracker")
    resource_tracker.ensure_running()
    sys.warnoptions.pop()
    caught: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    handlers = {number: signal.signal(number, lambda caller, _frame: caught.append(caller)) for number in numbers}
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if caught:
        raise KeyboardInterrupt


def _serve(pipe: Connection) -> None:
    from planner.solvers import pipeline  # noqa: PLC0415  (the parent, who waits, has no need of it)

    settle(os.getppid())
    problem, solver, limit, seed, asked, cluster = pipe.recv()
    member = SOLVERS[solver]
    try:
        if solver == DEFAULT and limit.seconds is not None:
            with hired(cluster) as workers:
                pipeline.solve(problem, _left(limit, asked), seed, pipe.send, workers)
        else:
            member(problem, _left(limit, asked), seed, pipe.send)
    except ClusterError as useless:
        pipe.send(useless)
    pipe.send(None)


def _left(limit: Limit, asked: float) -> Limit:
    """What is left of a limit: starting processes is part of the time that was granted."""
    if limit.seconds is None:
        return limit
    return replace(limit, seconds=max(0.01, limit.seconds - (time.time() - asked)))
