"""
A solver in a process of its own: whatever it does, the planner keeps the best routes reported so far.

OR-Tools holds the interpreter's lock while it searches, swallows Ctrl-C and may crash on a model it dislikes. In a
child process none of that matters: the parent listens, and ends the child when the time is up or the user has had
enough. The child starts, and loads what it needs, while its parent still reads the tables.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Self

from planner.errors import ClusterError
from planner.solvers import DEFAULT, SOLVERS
from planner.solvers.workers import REACH_SECONDS, hired, settle, settled, undisturbed

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from planner.problem import Problem
    from planner.solvers.base import Best, Limit

GRACE_SECONDS = 1.5
"""How long after its time a solver may still report before it is ended."""
LOOK_SECONDS = 0.05
"""How often a child that waits for workers looks whether there is something to solve."""


@dataclass(frozen=True)
class Answer:
    """What came of a search."""

    best: Best | None
    """None when nothing was reported before the end."""
    interrupted: bool = False
    """The user stopped it."""
    crash: str = ""
    """How the child died, if it did not end by itself."""


class _Word(Enum):
    """What a child says besides answers."""

    READY = "all is loaded"
    DONE = "there is nothing more to come"


@dataclass
class Child:
    """A process that solves one problem; from the beginning of a ``with`` to its end."""

    solver: str
    limit: Limit
    seed: int
    cluster: str | None = None
    """The address of a dask scheduler whose workers the default solver is to use instead of this machine's."""

    def __enter__(self) -> Self:
        """Start it; it goes on loading by itself."""
        context = multiprocessing.get_context("spawn")
        self._pipe, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there, self.solver, self.limit, self.seed, self.cluster))
        try:
            with undisturbed():
                self._process.start()
        except BaseException:
            self.__exit__()
            raise
        there.close()
        return self

    def __exit__(self, *_: object) -> None:
        """End it, whatever it does."""
        self._end()
        self._pipe.close()

    def _end(self) -> None:
        if self._process.pid is not None:  # Ctrl-C may come before there is one
            self._process.kill()
            self._process.join()

    def wait(self) -> None:
        """Until it has loaded what it needs, or has died of it."""
        self._pipe.poll(None)

    def solve(self, problem: Problem, watch: Callable[[Best | None], None]) -> Answer:
        """
        Let it solve a problem until it ends, its time is up, or Ctrl-C.

        Parameters
        ----------
        watch
            Called for each better answer, and with None about ten times a second in between.

        Raises
        ------
        ClusterError
            The cluster that was named cannot be used.
        """
        best: Best | None = None
        deadline = self.limit.deadline()
        try:
            # Handed to the process as an argument it would be waited for without end by one that dies as it starts.
            with suppress(BrokenPipeError, ConnectionResetError):
                self._pipe.send((problem, time.time()))
            while True:
                reaching = self.cluster is not None and best is None  # if it cannot be used that is told, however late
                patience = REACH_SECONDS if reaching else GRACE_SECONDS
                if deadline is not None and time.monotonic() > deadline + patience:
                    return Answer(best)
                if not self._pipe.poll(0.1):
                    watch(None)
                    continue
                message = self._pipe.recv()
                if isinstance(message, ClusterError):
                    raise message
                if message is _Word.DONE:
                    self._process.join()
                    return Answer(best)
                if message is not _Word.READY:
                    best = message
                    watch(best)
        except KeyboardInterrupt:
            return Answer(best, interrupted=True)
        except (EOFError, ConnectionResetError):
            self._process.join(GRACE_SECONDS)  # its own exit code says more than that of ending it
            self._end()
            late = deadline is not None and time.monotonic() > deadline
            return Answer(best, crash="" if late else f"the solver's process ended with code {self._process.exitcode}")
        finally:
            self._end()  # now, not at the end of the block: who asked has pages to draw


def _serve(pipe: Connection, solver: str, limit: Limit, seed: int, cluster: str | None) -> None:
    settle(os.getppid())
    shared = solver == DEFAULT and limit.seconds is not None
    try:
        with hired(cluster) if shared else nullcontext() as workers:
            solve = SOLVERS[solver].load()
            if workers is not None:
                from planner.solvers import pipeline  # noqa: PLC0415  (the parent, who waits, has no need of it)

                solve = partial(pipeline.solve, workers=workers)
                executor, count = workers
                loaded = [executor.submit(settled) for _ in range(count)]
                while not pipe.poll(LOOK_SECONDS) and not all(each.done() for each in loaded):
                    pass
            pipe.send(_Word.READY)
            try:
                problem, asked = pipe.recv()
            except EOFError:  # there was nothing to solve
                return
            solve(problem, _left(limit, asked), seed, pipe.send)
    except ClusterError as useless:
        pipe.send(useless)
    pipe.send(_Word.DONE)


def _left(limit: Limit, asked: float) -> Limit:
    """What is left of a limit: what starting the process takes longer than who asks is part of the time granted."""
    if limit.seconds is None:
        return limit
    return replace(limit, seconds=max(0.01, limit.seconds - (time.time() - asked)))
