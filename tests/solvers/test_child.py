"""A solver in a process of its own: whatever happens to it, the best routes so far are kept, and soon."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from towns import one_team_ok, prepared, two_districts

from planner.solvers import DEFAULT, SOLVERS, Limit, child as child_module
from planner.solvers.child import GRACE_SECONDS, Child

TESTS = Path(__file__).parents[1]
FOREVER = Limit(steps=10**9)
SOON = 2.0
"""Seconds within which a search must end once it is to stop; a second, and one more for a busy machine."""

INTERRUPTED = """
import towns
from planner.solvers import DEFAULT, Limit
from planner.solvers.child import Child

if __name__ == "__main__":
    problem = towns.prepared(towns.two_districts()).problem
    with Child(DEFAULT, Limit(steps=10**9), 0) as child:
        answer = child.solve(problem, lambda best: best and print("found", flush=True))
    print(answer.interrupted, answer.best is not None and any(answer.best.routes), repr(answer.crash), flush=True)
"""
"""A program that searches without end."""


def solve(limit, watch=lambda _: None, solver=DEFAULT, problem=None):
    """The answer of a search, in the town of two districts if no other is given."""
    with Child(solver, limit, 0) as child:
        return child.solve(problem or prepared(two_districts()).problem, watch)


@contextmanager
def taking(at_most):
    """Fail when it takes longer, in seconds."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < at_most


def only_child():
    """The process in which the solver runs."""
    (process,) = multiprocessing.active_children()
    return process


def test_the_answer_is_the_last_that_was_reported():
    """Every better one is shown on the way, and nothing is left running."""
    seen = []
    answer = solve(Limit(steps=2), seen.append)
    reported = [best for best in seen if best is not None]
    assert answer.best == reported[-1]
    assert any(answer.best.routes)
    assert (answer.interrupted, answer.crash) == (False, "")
    assert not multiprocessing.active_children()


def test_steps_give_the_same_routes_as_in_this_process():
    """The process of its own changes nothing."""
    here = SOLVERS[DEFAULT](prepared(two_districts()).problem, Limit(steps=2), 0, lambda _: None)
    assert solve(Limit(steps=2)).best.routes == here


def test_seconds_are_kept():
    """Starting the process included; never more than two seconds longer."""
    with taking(2 + 2):
        answer = solve(Limit(seconds=2))
    assert any(answer.best.routes)
    assert answer.crash == ""


def test_hardly_any_time_is_no_crash():
    """There may be no routes then, but no trouble either."""
    with taking(0.05 + 2):
        answer = solve(Limit(seconds=0.05))
    assert (answer.interrupted, answer.crash) == (False, "")


def test_a_solver_that_dies_leaves_its_best():
    """Killed after its first report; how it ended is told."""
    moment = []

    def kill(best):
        if best is not None and not moment:
            moment.append(time.monotonic())
            os.kill(only_child().pid, signal.SIGKILL)

    answer = solve(FOREVER, kill)
    assert time.monotonic() - moment[0] < SOON
    assert any(answer.best.routes)
    assert answer.crash == f"the solver's process ended with code {-signal.SIGKILL}"
    assert not answer.interrupted


def test_a_solver_that_raises_is_a_crash_and_no_answer(capfd):
    """Its traceback goes to stderr; the caller hears the exit code."""
    answer = solve(FOREVER, solver="no such member")
    assert answer.best is None
    assert answer.crash == "the solver's process ended with code 1"
    assert "KeyError: 'no such member'" in capfd.readouterr().err


def test_a_solver_that_hangs_is_ended_soon_after_its_time():
    """Stopped in its tracks, it is ended a second after its time was up."""
    stopped = []

    def stop(best):
        if best is not None and not stopped:
            stopped.append(only_child())
            os.kill(stopped[0].pid, signal.SIGSTOP)

    with taking(2 + GRACE_SECONDS + SOON):
        answer = solve(Limit(seconds=2), stop)
    assert any(answer.best.routes)
    assert answer.crash == ""
    assert not multiprocessing.active_children()


def test_what_watches_may_stop_the_search():
    """A Ctrl-C that arrives while progress is shown counts like any other."""

    def enough(best):
        if best is not None:
            raise KeyboardInterrupt

    with taking(10):
        answer = solve(FOREVER, enough)
    assert answer.interrupted
    assert any(answer.best.routes)
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("to_the_group", [False, True])
def test_ctrl_c_ends_the_search_and_keeps_the_best(to_the_group, tmp_path):
    """Within about a second, also when the terminal sends it to the solver's process, too."""
    script = tmp_path / "search.py"
    script.write_text(INTERRUPTED, "utf-8")
    command = [sys.executable, str(script)]
    environment = os.environ | {"PYTHONPATH": str(TESTS)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True
    ) as process:
        assert process.stdout.readline() == "found\n"
        time.sleep(0.3)
        start = time.monotonic()
        (os.killpg if to_the_group else os.kill)(process.pid, signal.SIGINT)
        lines = process.stdout.read().splitlines()
        assert process.wait(10) == 0
        assert time.monotonic() - start < SOON
    assert lines[-1] == "True True ''"


def test_a_town_without_teams_ends_at_once():
    """There is nothing to search for, however many steps are granted."""
    town = one_team_ok()
    nobody = prepared(type(town)(town.enterprises, town.violations)).problem
    with taking(10):
        assert solve(FOREVER, problem=nobody).best.routes == ()


def test_a_process_that_dies_as_it_starts_is_told_of(one_team_ok, monkeypatch):
    """However large the problem is: nobody waits for a process that is not there to take it."""
    problem = prepared(one_team_ok).problem
    large = replace(problem, travel=tuple(np.zeros((1000, 1000), np.int32) for _ in problem.travel))
    monkeypatch.setattr(multiprocessing.spawn, "_python_exe", b"/bin/false")
    answer = solve(Limit(steps=1), solver="greedy", problem=large)
    assert answer.best is None
    assert "ended with code" in answer.crash


def test_a_child_that_has_loaded_searches_at_once():
    """It is asked when it is ready, and slices of work come back as from one that was asked before."""
    problem = prepared(two_districts()).problem
    with Child(DEFAULT, Limit(seconds=20), 0) as child:  # it ends as soon as the plan is proven to be the best
        child.wait()
        answer = child.solve(problem, lambda _: None)
    assert answer.best.steps > 0


@pytest.mark.parametrize("how", ["stopped", "late", "done"])
def test_a_search_that_is_over_leaves_the_cores_to_others(how, monkeypatch):
    """Not only at the end of the block, which has pages to draw."""
    monkeypatch.setattr(child_module, "GRACE_SECONDS", -0.5)  # given up before it can end by itself

    def stop(best):
        if how == "stopped" and best is not None:
            raise KeyboardInterrupt

    limit = {"stopped": FOREVER, "late": Limit(seconds=1), "done": Limit(steps=1)}[how]
    with Child(DEFAULT, limit, 0) as child:
        child.wait()
        child.solve(prepared(two_districts()).problem, stop)
        assert not multiprocessing.active_children()


@pytest.mark.parametrize("loaded", [False, True])
def test_a_child_that_is_asked_for_nothing_ends_with_its_block(loaded):
    """As when there is a mistake in a table."""
    with taking(10), Child(DEFAULT, Limit(seconds=100), 0) as child:
        if loaded:
            child.wait()
    assert not multiprocessing.active_children()
