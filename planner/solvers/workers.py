"""
Who does the slices of work: this process, other processes of this machine, or a cluster. One interface for all three.

The interface is that of ``concurrent.futures``; dask's ``distributed`` offers it, too.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import threading
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from planner.errors import LookbackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MEMORY_BYTES = 8 << 30
"""Address space of a process; a model that wants more is a mistake."""
PARENT_SECONDS = 0.5
"""How often a process looks whether anybody still wants its answer."""


class Here(Executor):
    """Work is done in this process, when it is handed in."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it at once."""
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


class ClusterError(LookbackError):
    """The cluster that was named cannot be used."""

    exit_code = 2


@contextmanager
def hired(cluster: str | None) -> Iterator[tuple[Executor, int]]:
    """
    Workers, and how many: a process for each core, or those of the dask scheduler at an address.

    Local processes that are still at work at the end are ended, and with them all others that this process started.

    Raises
    ------
    ClusterError
        ``distributed`` is not installed, or nobody answers at the address.
    """
    if cluster is None:
        count = len(os.sched_getaffinity(0))
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(count, context, initializer=settle, initargs=(os.getpid(),))
        for _ in range(count):  # processes take a while to start: they may as well do so now
            pool.submit(settled)
        try:
            yield pool, count
        finally:
            for process in multiprocessing.active_children():
                process.kill()
            pool.shutdown(wait=True, cancel_futures=True)
        return
    try:
        from distributed import Client  # noqa: PLC0415  (an extra: most machines do not have it)
    except ImportError as missing:
        raise ClusterError("--cluster needs the extra: pip install 'lookback[cluster]'") from missing
    try:
        client = Client(cluster, timeout=10)
    except (OSError, ValueError, TimeoutError) as problem:
        raise ClusterError(f"no dask scheduler answers at {cluster}: {problem}") from problem
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise ClusterError(f"the dask scheduler at {cluster} has no workers")
        yield client.get_executor(pure=False), threads


def settle(parent: int) -> None:
    """Make a process at home: deaf to Ctrl-C, bounded in memory, and gone soon after its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def settled() -> None:
    """Load what slices of work need."""
    from planner.solvers import slices  # noqa: F401, PLC0415  (that is its purpose)
