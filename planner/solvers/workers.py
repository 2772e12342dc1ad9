"""
Who does the slices of work: this process, other processes of this machine, or a cluster. One interface for all three.

The interface is that of ``concurrent.futures``; dask's ``distributed`` offers it, too.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
import warnings
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, Any

from planner.errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MEMORY_BYTES = 8 << 30
"""Address space of a process; a model that wants more is a mistake."""
PARENT_SECONDS = 0.5
"""How often a process looks whether anybody still wants its answer."""
ANSWER_SECONDS = 5.0
"""How long a scheduler may take to answer."""
REACH_SECONDS = 20.0
"""How long it may take to reach a cluster and to wake its workers, or to find out that it cannot be used."""


class Here(Executor):
    """Work is done in this process, when it is handed in."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it at once."""
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


@contextmanager
def hired(cluster: str | None) -> Iterator[tuple[Executor, int]]:
    """
    Workers, and how many: a process for each core, or those of the dask scheduler at an address.

    Local processes that are still at work at the end are ended, and with them all others that this process started.

    Raises
    ------
    ClusterError
        ``distributed`` is not installed, nobody answers at the address, or the workers there do not know this program.
    """
    if cluster is None:
        count = len(os.sched_getaffinity(0))
        with _processes(count) as pool:
            for _ in range(count):  # processes take a while to start: they may as well do so now
                pool.submit(settled)
            yield pool, count
        return
    with _client(cluster) as client, warnings.catch_warnings():
        threads = sum(client.nthreads().values())
        if not threads:
            raise ClusterError(f"the dask scheduler at {cluster} has no workers | 该 dask 调度器没有工作进程")
        _awake(client)
        # Each slice brings its problem along: what lies with one worker draws all slices there, and dies with it.
        warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
        yield client.get_executor(pure=False), threads


@contextmanager
def beside() -> Iterator[Executor]:
    """One process that works beside this one: it begins by loading what searches, while its parent reads tables."""
    with _processes(1) as pool:
        with undisturbed():
            pool.submit(_loaded)
        yield pool


@contextmanager
def _processes(count: int) -> Iterator[ProcessPoolExecutor]:
    """So many, which start when they are given something to do; ended with all that this process started."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, context, initializer=settle, initargs=(os.getpid(),))
    try:
        yield pool
    finally:
        for process in multiprocessing.active_children():
            process.kill()
        pool.shutdown(wait=True, cancel_futures=True)


def _loaded() -> None:
    from planner.solvers.slices import compile_kernels  # noqa: PLC0415  (who hires workers has no need of it)

    compile_kernels()


def _client(cluster: str) -> Any:
    """A client of the scheduler at an address."""
    try:
        from distributed import Client  # noqa: PLC0415  (an extra: most machines do not have it)
        from distributed.comm.core import connect  # noqa: PLC0415
    except ImportError as missing:
        raise ClusterError(
            "--cluster needs an extra: pip install 'lookback[cluster]' | 需先安装 lookback[cluster]"
        ) from missing

    async def knock() -> None:
        door = await connect(cluster, timeout=ANSWER_SECONDS)
        await door.close()

    try:
        with ThreadPoolExecutor(1) as aside:  # this thread may have a loop of its own, as in a notebook
            aside.submit(lambda: asyncio.run(knock())).result()
        return Client(cluster, timeout=ANSWER_SECONDS)  # one that finds nobody leaves more behind than an exception
    except (OSError, ValueError) as problem:
        raise ClusterError(
            f"no dask scheduler answers at {cluster}: {problem} | 该地址没有可用的 dask 调度器"
        ) from problem


def _awake(client: Any) -> None:
    """Let all workers load what slices of work need, and make sure that they do as this process would."""
    ours = settled()
    for worker, theirs in client.run(settled, on_error="return").items():
        if theirs != ours:
            raise ClusterError(
                f"{worker} needs lookback {ours} as here; it has {theirs} | 各工作进程须安装同一版本的 lookback"
            )


@contextmanager
def undisturbed() -> Iterator[None]:
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


def settle(parent: int) -> None:
    """Make a process at home: deaf to Ctrl-C, bounded in memory, and gone soon after its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def settled() -> str:
    """Load what slices of work need; the version of the program."""
    from planner.solvers import slices  # noqa: F401, PLC0415

    return version("lookback")
