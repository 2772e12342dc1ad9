"""Slices of work come back from wherever they are done, and whoever does them is gone when nobody waits any more."""

import asyncio
import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
from command import DAY, lookback
from towns import box, prepared, register, shop, team, two_districts, violation

from planner.errors import ClusterError
from planner.plan_json import from_json
from planner.planning import finish
from planner.problem import Problem
from planner.solvers import DEFAULT, Limit, greedy, slices, workers
from planner.solvers.child import Child
from planner.solvers.columns import Evidence
from planner.solvers.parts import split
from planner.solvers.workers import Here, beside, hired

TESTS = Path(__file__).parents[1]
NOBODY = "tcp://127.0.0.1:9"
"""An address at which no scheduler answers."""
SOON = 3.0
"""Seconds within which processes must be gone."""

HIRING = """
import multiprocessing, os, time
from planner.solvers.workers import hired

if __name__ == "__main__":
    with hired(None) as (executor, count):
        for _ in range(count):
            executor.submit(time.sleep, 600)
        print("at work", flush=True)
        time.sleep(600)
"""
SEARCHING = """
import time, towns
from planner.solvers import DEFAULT, Limit
from planner.solvers.child import Child

if __name__ == "__main__":
    problem = towns.prepared(towns.two_districts()).problem
    with Child(DEFAULT, Limit(seconds=600), 0) as child:
        child.solve(problem, lambda best: best and print("at work", flush=True))
        time.sleep(600)
"""
WITHOUT_THE_PROGRAM = """
import sys
sys.modules["planner"] = None
from distributed.cli.dask_worker import main
main()
"""


def four_quarters():
    """Four districts, each with an authority, a team and three shops of its own: four independent parts."""
    corners = [(0, 0), (30, 0), (0, 30), (30, 30)]
    shops = [shop(f"E{k}{n}", x + 4 * n, y + 3 + 5 * n) for k, (x, y) in enumerate(corners) for n in (1, 2, 3)]
    return register(
        shops,
        [violation(f"V{each.enterprise_id}", each.enterprise_id) for each in shops],
        [team(f"T{k}", x + 10, y + 10, authorities=frozenset({f"{k}区"})) for k, (x, y) in enumerate(corners)],
        districts=tuple(box(f"D{k}", x, y, x + 20, y + 20, f"{k}区") for k, (x, y) in enumerate(corners)),
    )


@contextmanager
def dask(role, *arguments, program=("-m", "distributed.cli.dask_{}")):
    """A process of dask, until the end of the block."""
    command = [sys.executable, *(each.format(role) for each in program), *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def scheduler(folder):
    """A scheduler of dask on this machine, and the file that tells workers where it is."""
    file = folder / "scheduler.json"
    with dask("scheduler", "--host", "127.0.0.1", "--port", 0, "--no-dashboard", "--scheduler-file", file):
        until(file.exists)
        yield json.loads(file.read_text("utf-8"))["address"], file


def dask_worker(file, **more):
    """A worker of one thread for the scheduler of a file."""
    one = ("--host", "127.0.0.1", "--nthreads", 1, "--no-nanny", "--no-dashboard", "--scheduler-file", file)
    return dask("worker", *one, **more)


def at_work(address):
    """How many workers a scheduler has."""
    distributed = pytest.importorskip("distributed")
    with distributed.Client(address) as client:
        return len(client.nthreads())


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """The address of a scheduler with two workers, each a process of its own."""
    pytest.importorskip("distributed")
    with scheduler(tmp_path_factory.mktemp("dask")) as (address, file), dask_worker(file), dask_worker(file):
        until(lambda: at_work(address) == 2)
        yield address


def until(comes_true, seconds=30.0):
    """Wait for something."""
    end = time.monotonic() + seconds
    while not comes_true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)


def is_running(pid):
    """Whether there is such a process, and not just its name on a list of the dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def descendants(pid):
    """The processes that a process has started, and those that they have."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    children = {int(child_id) for each in lists for child_id in each.read_text("utf-8").split()}
    return children.union(*(descendants(child_id) for child_id in children))


# Slices


@pytest.mark.parametrize("where", ["here", "processes", "cluster"])
def test_a_slice_comes_back_the_same_from_everywhere(where, request):
    """Of either kind; a slice that counts steps finds the same wherever it is done."""
    ready = prepared(two_districts())
    (part, *_) = split(ready.problem)
    problem = part.problem
    nothing = tuple(() for _ in problem.duties)
    search = (problem, nothing, nothing, Limit(steps=1), (1.0, 0.1), 7)
    prove = (problem, nothing, Evidence(), (), Limit(steps=1))
    if where == "here":
        staff = nullcontext((Here(), 1))
    else:
        staff = hired(request.getfixturevalue("cluster") if where == "cluster" else None)
    with staff as (executor, count):
        assert count == {"here": 1, "processes": len(os.sched_getaffinity(0)), "cluster": 2}[where]
        found = executor.submit(slices.search, *search).result(60)
        proven = executor.submit(slices.prove, *prove).result(60)
    assert found == slices.search(*search)
    expected = slices.prove(problem, nothing, Evidence(), (), Limit(steps=1))
    assert (proven.best, proven.evidence.bound) == (expected.best, expected.evidence.bound)


def test_large_problems_are_no_trouble_for_a_cluster(cluster):
    """Of more than the ten megabytes from which on dask has advice to give."""
    problem = prepared(two_districts()).problem
    large = replace(problem, travel=(*problem.travel, np.zeros((2000, 2000), np.int32)))
    with hired(cluster) as (executor, _):
        assert executor.submit(Problem.value, large, ((), ())).result(60) == 0


# The end of processes


def test_local_processes_end_with_the_block():
    """Also those that are still at work."""
    with hired(None) as (executor, count):
        running = [executor.submit(time.sleep, 600) for _ in range(count)]
        pids = [process.pid for process in multiprocessing.active_children()]
        assert len(pids) == count
        wait(running, timeout=0.2)
    assert not any(is_running(pid) for pid in pids)
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("program", [HIRING, SEARCHING], ids=["hiring", "searching"])
def test_processes_end_with_their_parent(program, tmp_path):
    """However it ends, and whatever they are doing; those that a search has started end with the planner."""
    script = tmp_path / "parent.py"
    script.write_text(program, "utf-8")
    environment = os.environ | {"PYTHONPATH": str(TESTS)}
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=environment) as parent:
        try:
            assert parent.stdout.readline() == "at work\n"
            cores = len(os.sched_getaffinity(0))
            until(lambda: len(descendants(parent.pid)) >= cores)
            time.sleep(1)
            pids = descendants(parent.pid)
        finally:
            parent.kill()
    until(lambda: not any(is_running(pid) for pid in pids), SOON)


# A cluster


@pytest.mark.parametrize(("town", "parts"), [(two_districts, 2), (four_quarters, 4)])
def test_a_cluster_plans_no_worse_than_greedy(town, parts, cluster):
    """The plan is checked like any other; the bound that comes back with it is true."""
    ready = prepared(town())
    problem = ready.problem
    assert len(split(problem)) == parts
    limit = Limit(seconds=10)  # it ends as soon as the plan is proven to be the best
    with Child(DEFAULT, limit, 0, cluster) as child:
        answer = child.solve(problem, lambda _: None)
    assert (answer.crash, answer.interrupted) == ("", False)
    best = answer.best
    plan = finish(ready, best.routes, solver=DEFAULT, seed=0, limit=limit, proof=best.proof)
    assert best.value >= problem.value(greedy.filled(problem, [[] for _ in problem.duties]))
    assert best.steps > 0
    assert "exact pricing" in best.proof.by
    assert plan.totals.priority <= plan.bound.priority


def test_the_command_plans_with_a_cluster(cluster, tmp_path):
    """From the tables to a saved plan."""
    town = copytree(TESTS / "bad" / "good", tmp_path / "town")
    done = lookback("plan", DAY, "--cluster", cluster, "--seconds", "4", "--workspace", town)
    assert done.returncode == 0, done.stderr
    assert from_json((town / "maps" / DAY / "plan.json").read_text("utf-8")).totals.look_backs > 0


def test_a_worker_that_dies_is_replaced_by_the_other(tmp_path):
    """Killed in the middle of a search: what it was doing is done again, and there is a plan."""
    problem = prepared(four_quarters()).problem
    pytest.importorskip("distributed")
    with scheduler(tmp_path) as (address, file), dask_worker(file), dask_worker(file) as victim:
        until(lambda: at_work(address) == 2)
        with Child(DEFAULT, Limit(seconds=10), 0, address) as child:
            answer = child.solve(problem, lambda best: best and victim.kill())
    assert answer.crash == ""
    assert any(answer.best.routes)
    assert answer.best.proof is not None


def test_where_nobody_answers_the_search_ends_with_a_clear_error():
    """However short the search was to be, and soon enough to be read."""
    problem = prepared(two_districts()).problem
    start = time.monotonic()
    error = pytest.raises(ClusterError, match=f"no dask scheduler answers at {re.escape(NOBODY)}")
    with error, Child(DEFAULT, Limit(seconds=0.5), 0, NOBODY) as child:
        child.solve(problem, lambda _: None)
    assert time.monotonic() - start < 15
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1", "http://127.0.0.1:80", "nonsense", ""])
def test_what_is_no_address_is_said_at_once(address):
    """Without a port, of another protocol, or nothing at all."""
    pytest.importorskip("distributed")
    with pytest.raises(ClusterError, match="no dask scheduler answers"), hired(address):
        pytest.fail("there are no such workers")


def test_a_cluster_can_be_hired_where_a_loop_is_running(tmp_path):
    """As in a notebook, or beside a browser that is driven from the same thread."""
    pytest.importorskip("distributed")

    async def hire(address):
        with hired(address) as (executor, count):
            return executor.submit(abs, -count).result()

    with scheduler(tmp_path) as (address, file), dask_worker(file), ThreadPoolExecutor(1) as notebook:
        until(lambda: at_work(address) == 1)
        assert notebook.submit(lambda: asyncio.run(hire(address))).result() == 1
        with pytest.raises(ClusterError, match="no dask scheduler answers"):
            notebook.submit(lambda: asyncio.run(hire(NOBODY))).result()


def test_a_scheduler_without_workers_cannot_be_used(tmp_path):
    """It would keep every slice for ever."""
    pytest.importorskip("distributed")
    with (
        scheduler(tmp_path) as (address, _),
        pytest.raises(ClusterError, match="has no workers"),
        hired(address),
    ):
        pytest.fail("there are no workers")


def test_workers_must_know_the_program(tmp_path):
    """One on whose machine it is not installed is found out before the search."""
    pytest.importorskip("distributed")
    with scheduler(tmp_path) as (address, file), dask_worker(file, program=("-c", WITHOUT_THE_PROGRAM)):
        until(lambda: at_work(address) == 1)
        with pytest.raises(ClusterError, match=r"needs lookback .*No module named"), hired(address):
            pytest.fail("they do not know what a slice is")


def test_workers_must_have_the_same_version(cluster, monkeypatch):
    """Another one may mean something else by the same words."""
    monkeypatch.setattr(workers, "version", lambda _: "0.0.0")
    expected = f"needs lookback 0.0.0 as here; it has {version('lookback')}"
    with pytest.raises(ClusterError, match=expected), hired(cluster):
        pytest.fail("they have another version")


def test_without_the_extra_its_name_is_told(monkeypatch):
    """And how to get it."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=re.escape("pip install 'lookback[cluster]'")), hired(NOBODY):
        pytest.fail("there is no such library")


def test_here_hands_on_what_goes_wrong():
    """Where the work is handed in, since it is done there."""
    with pytest.raises(ZeroDivisionError):
        Here().submit(divmod, 1, 0)


def test_who_works_beside_is_gone_at_the_end_whatever_it_does():
    with beside() as executor:
        pid = executor.submit(os.getpid).result(60)
        executor.submit(time.sleep, 600)
        assert is_running(pid)
    until(lambda: not is_running(pid), SOON)


def test_ctrl_c_is_not_for_workers():
    """The process that hired them decides what it means."""
    with hired(None) as (executor, _):
        pid = executor.submit(os.getpid).result(60)
        os.kill(pid, signal.SIGINT)
        assert executor.submit(divmod, 7, 2).result(60) == (3, 1)
        assert is_running(pid)
