"""Peers are guests: what they bring is made to fit, and none of them can end the run."""

import multiprocessing
import subprocess
import sys
import time
from dataclasses import replace
from importlib import import_module

import longhand
import numpy as np
import pytest
from hypothesis import given, strategies as st
from towns import examples, one_chain, prepared, tiny_problems, two_districts, with_policy

from planner.bench import peers, synthetic
from planner.bench.peers import PEERS, Member
from planner.bench.peers.fitting import fitted
from planner.bench.worth import worth
from planner.errors import Interrupted
from planner.planning import finish
from planner.solvers import Limit, greedy

every_peer = pytest.mark.parametrize("name", PEERS)

STUB = """
import os, time
def solve(problem, seconds, seed):
    {}
"""


# Fitting


def keeps_every_rule(problem, routes):
    """By hand: allowed, walkable, no look-back served and no enterprise visited twice."""
    assert not longhand.clash(problem, [c for route in routes for c in route])
    for duty, route in enumerate(routes):
        assert all(problem.allowed[c, duty] for c in route)
        assert len(route) <= problem.duties[duty].max_visits
        assert not route or longhand.earliest_back(problem, duty, route) is not None


@examples(150)
@given(tiny_problems(), st.data())
def test_any_routes_are_made_to_fit(problem, data):
    """Whatever a peer says, in the order in which it said it; and what went is counted."""
    candidates = st.integers(0, len(problem.candidate_place) - 1)
    routes = [data.draw(st.lists(candidates, max_size=5)) for _ in problem.duties]
    kept, dropped = fitted(problem, routes)
    keeps_every_rule(problem, kept)
    assert dropped == sum(map(len, routes)) - sum(map(len, kept))
    for route, mine in zip(routes, kept, strict=True):
        rest = iter(route)
        assert all(c in rest for c in mine)


@examples(50)
@given(tiny_problems())
def test_what_fits_stays_as_it_is(problem):
    routes = greedy.filled(problem, [[] for _ in problem.duties])
    assert fitted(problem, routes) == (routes, 0)


def test_what_is_worth_least_goes_first():
    """A team with time for one of three visits keeps the mandatory one, then the most pressing."""
    problem = synthetic.prepared("S", 1).problem
    value = [worth(problem.wanted[k]) for k in problem.candidate_wanted]
    allowed = np.flatnonzero(problem.allowed[:, 0]).tolist()
    one = replace(problem, duties=tuple(replace(duty, max_visits=1) for duty in problem.duties))
    (kept, *_), dropped = fitted(one, [allowed, [], [], []])
    assert kept == (max(allowed, key=lambda c: value[c]),)
    assert dropped == len(allowed) - 1


# A process of its own


@pytest.fixture
def stub(tmp_path, monkeypatch):
    """A peer that does what it is told to."""
    monkeypatch.syspath_prepend(tmp_path)

    def told(name, what):
        (tmp_path / f"{name}.py").write_text(STUB.format(what))
        return Member(name, name, name)

    return told


def tried(member, patience=20.0):
    """What a peer makes of the town of two districts."""
    return peers.attempt(member, prepared(two_districts()).problem, 0.1, 0, patience=patience)


def test_a_peer_answers_from_a_process_of_its_own(stub, capfd):
    """What it prints is no result of ours: it goes to stderr."""
    attempt = tried(stub("talkative_peer", "print('hello', flush=True); return [[0], []]"))
    assert (attempt.routes, attempt.failure) == (((0,), ()), "")
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "hello\n")


@pytest.mark.parametrize(
    ("name", "what", "failure"),
    [
        ("failing_peer", "raise RuntimeError('no way\\nat all')", "RuntimeError: no way at all"),
        ("dying_peer", "os._exit(7)", "its process ended with code 7"),
        ("aborting_peer", "os.abort()", "its process ended with code -6"),
        ("greedy_peer", "return len(bytearray(1 << 40))", "more than 8 GiB of memory"),
    ],
)
def test_a_peer_that_fails_is_a_line_and_not_the_end(stub, name, what, failure):
    attempt = tried(stub(name, what))
    assert (attempt.routes, attempt.failure) == ((), failure)


def test_a_peer_that_hangs_is_ended(stub):
    """Soon after its time and our patience are over."""
    start = time.monotonic()
    attempt = tried(stub("hanging_peer", "time.sleep(1000)"), patience=0.9)
    assert attempt.failure == "no answer within 1 s"
    assert time.monotonic() - start < 5


def test_a_process_that_cannot_even_start_is_no_reason_to_wait(tmp_path):
    """A program read from stdin cannot be started a second time, as processes of Python need to be."""
    code = """
from towns import prepared, two_districts
from planner.bench import peers
print(peers.attempt(peers.PEERS["vroom"], prepared(two_districts()).problem, 0.1, 0).failure)
"""
    code = f"import sys; sys.path[:0] = {sys.path!r}{code}"
    done = subprocess.run(
        [sys.executable, "-"], input=code, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout == "its process ended with code 1\n"


def test_a_peer_that_the_user_stops_leaves_nothing_behind(stub, monkeypatch):
    """As when our own member is stopped."""
    monkeypatch.setattr(peers, "_answer", lambda *_: _stopped())
    with pytest.raises(Interrupted):
        tried(stub("slow_peer", "time.sleep(1000)"))
    assert multiprocessing.active_children() == []


def _stopped():
    raise KeyboardInterrupt


def test_what_is_not_installed_is_named(monkeypatch):
    absent = Member("planner.bench.peers.none", "a_library_that_is_absent", "absent-distribution")
    monkeypatch.setattr(peers, "PEERS", {"none": absent, "numpy": Member("", "numpy", "numpy")})
    assert peers.missing() == ("absent-distribution",)


# The members


def member(name):
    """A peer, if it is installed."""
    pytest.importorskip(PEERS[name].library)
    return PEERS[name]


@every_peer
def test_a_peer_takes_any_problem(name):
    """Whatever the windows, breaks, days, legs and sites; a route for each duty, of candidates that there are."""
    solve = import_module(member(name).module).solve

    @examples(25)
    @given(tiny_problems())
    def answers(problem):
        routes = solve(problem, 0.01, 0)
        assert len(routes) == len(problem.duties)
        assert all(0 <= c < len(problem.candidate_place) for route in routes for c in route)
        fitted(problem, routes)

    answers()


@every_peer
@pytest.mark.parametrize("breaks", [True, False])
def test_a_peer_plans_a_small_city(name, breaks):
    """It visits all that must be visited, its plan passes the check, and it is no worse than greedy by much."""
    ready = synthetic.prepared("S", 2, breaks=breaks)
    problem = ready.problem
    attempt = peers.attempt(member(name), problem, 0.6, 0)
    assert attempt.failure == ""
    routes, dropped = fitted(problem, attempt.routes)
    assert dropped <= 2
    plan = finish(ready, routes, solver=name, seed=0, limit=Limit(seconds=0.6))
    assert plan.totals.mandatory_missed == 0
    base = greedy.filled(problem, [[] for _ in problem.duties])
    collected = [
        sum(worth(problem.wanted[problem.candidate_wanted[c]]) for r in found for c in r) for found in (routes, base)
    ]
    assert collected[0] > 0.9 * collected[1]


@every_peer
def test_a_peer_knows_windows_days_and_who_may_go(name):
    """Three look-backs, each possible for one duty only: another team's, another day's, another hour's."""
    ready = prepared(two_districts(), days=2)
    problem = ready.problem
    d_early, d_late = 0, len(problem.duties) - 1
    assert problem.duties[d_early].team_id != problem.duties[d_late].team_id
    opens, closes = problem.opens.copy(), problem.closes.copy()
    narrow = replace(problem, opens=opens, closes=closes)
    mine = {d: np.flatnonzero(problem.allowed[:, d])[0] for d in (d_early, d_late)}
    opens[1, mine[d_early]], closes[1, mine[d_early]] = 1 << 30, -1
    opens[0, mine[d_late]], closes[0, mine[d_late]] = 1 << 30, -1
    attempt = peers.attempt(member(name), narrow, 0.2, 0)
    routes, dropped = fitted(narrow, attempt.routes)
    assert (attempt.failure, dropped) == ("", 0)
    assert mine[d_early] in routes[d_early]
    assert mine[d_late] in routes[d_late]
    assert sum(map(len, routes)) == 4


@every_peer
def test_a_look_back_with_several_sites_is_served_once(name):
    """By routes that fit; PyVRP knows about alternatives itself."""
    problem = prepared(one_chain(), with_policy(spot_checks={"most_per_district": 0})).problem
    assert len(problem.candidate_place) == 4
    attempt = peers.attempt(member(name), problem, 0.2, 0)
    routes, dropped = fitted(problem, attempt.routes)
    assert attempt.failure == ""
    assert sum(map(len, routes)) == 1
    assert name != "pyvrp" or dropped == 0
