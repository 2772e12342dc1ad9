"""
Other people's solvers on our problem: a family, one file a member.

A peer runs in a process of its own with a hard limit on its time and memory, so that one that hangs or crashes is a
line in the table and not the end of the run. Its routes are not believed: ``fitting`` drops what breaks a rule.
A new peer is a file here and a line in ``PEERS``.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import time
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from planner.bench.members import Attempt
from planner.errors import Interrupted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from multiprocessing.connection import Connection

    from planner.problem import Problem, Routes

    Task: TypeAlias = tuple[str, Problem, float, int]

PATIENCE_SECONDS = 60.0
"""How long a peer may take beyond its seconds, which it needs for itself to search: for building its model."""

MEMORY_BYTES = 8 << 30
"""Address space of a peer's process."""


class Peer(Protocol):
    """A solver of somebody else. Its answer is not believed."""

    def __call__(self, problem: Problem, seconds: float, seed: int) -> Sequence[Sequence[int]]:
        """For each duty its candidates in order, after so many seconds of search."""


class Member(NamedTuple):
    """Where a peer is found."""

    module: str
    """Its file here, with a function ``solve``."""
    library: str
    """What it imports."""
    distribution: str
    """What to install for that."""


PEERS: Mapping[str, Member] = {
    "pyvrp": Member("planner.bench.peers.pyvrp_peer", "pyvrp", "pyvrp"),
    "vroom": Member("planner.bench.peers.vroom_peer", "vroom", "pyvroom"),
}
"""The members by name."""


def missing() -> tuple[str, ...]:
    """The distributions that must be installed before all peers can run."""
    return tuple(member.distribution for member in PEERS.values() if find_spec(member.library) is None)


def attempt(
    member: Member, problem: Problem, seconds: float, seed: int, *, patience: float = PATIENCE_SECONDS
) -> Attempt:
    """
    What a peer finds in a process of its own; no routes, and the reason, when it hangs, crashes or fails.

    Raises
    ------
    Interrupted
        The user stopped it.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    child = context.Process(target=_serve, args=(there,), daemon=True)
    start = time.monotonic()
    try:
        # A process started while Ctrl-C is blocked never hears it: it is ended from here.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            child.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        there.close()
        routes, failure = _answer(here, (member.module, problem, seconds, seed), seconds + patience)
        took = time.monotonic() - start
        if not routes and not failure:
            child.join(1.0)
            failure = f"its process ended with code {child.exitcode}"
        return Attempt(routes, took, failure=failure)
    except KeyboardInterrupt:
        raise Interrupted("stopped") from None
    finally:
        if child.pid is not None:
            child.kill()
            child.join()
        here.close()


def _answer(pipe: Connection, task: Task, within: float) -> tuple[Routes, str]:
    """The routes, or why there are none; neither when the process ended without a word."""
    try:
        pipe.send(task)  # not when the process starts: if it does not, who starts it would wait for ever
        if not pipe.poll(within):
            return (), f"no answer within {within:.0f} s"
        routes, failure = pipe.recv()
    except (EOFError, OSError):
        return (), ""
    return tuple(map(tuple, routes)), failure


def _serve(pipe: Connection) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    os.dup2(2, 1)  # what a library prints is no result of ours
    try:
        module, problem, seconds, seed = pipe.recv()
        peer: Peer = import_module(module).solve
        pipe.send(([list(map(int, route)) for route in peer(problem, seconds, seed)], ""))
    except MemoryError:
        pipe.send(((), f"more than {MEMORY_BYTES >> 30} GiB of memory"))
    except Exception as wrong:  # noqa: BLE001  (whatever it is, it becomes a line in the table)
        pipe.send(((), f"{type(wrong).__name__}: {' '.join(str(wrong).split())[:200]}"))
