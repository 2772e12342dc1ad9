"""A plan from a register: sums, fingerprints, and the same bytes whatever the order of rows or the load."""

import csv
import io
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from towns import (
    DAY,
    ONE_STEP,
    POLICY,
    examples,
    one_team_ok,
    planned,
    prepared,
    promises,
    towns,
    two_districts,
    with_policy,
)

from planner import readers
from planner.plan import gap_to
from planner.plan_json import to_json
from planner.planning import fingerprint, finish, plan
from planner.samples import SAMPLES
from planner.solvers import SOLVERS, Limit
from planner.travel import GreatCircle

SHOPS, TEAMS = 150, 4
TWO_STEPS = Limit(steps=2)

PLAN_OF = """
import sys
from datetime import date
from pathlib import Path

from planner import readers
from planner.plan_json import to_json
from planner.planning import plan
from planner.policy import Policy
from planner.solvers import Limit

register = readers.read(Path(sys.argv[1]), Policy.default()).register
sys.stdout.buffer.write(to_json(plan(register, Policy.default(), date(2026, 11, 24), limit=Limit(steps=2))).encode())
"""


# One call


def test_plan_does_it_all(two_districts):
    """From the register to checked routes: everybody is visited, each by the team of its bank."""
    found = plan(two_districts, POLICY, DAY, limit=ONE_STEP)
    assert {v.enterprise_id for duty in found.duties for v in duty.route} == {"E1", "E2", "E3", "E4"}
    assert not found.unvisited
    assert found.plan_id == "2026-11-24"
    assert found.created_by.reproducible
    assert found.bound.gap == 0


def test_several_days_are_planned_together(two_districts):
    """The id says how many; each team has a duty on each day."""
    found = plan(two_districts, POLICY, DAY, days=3, limit=ONE_STEP)
    assert found.plan_id == "2026-11-24+3"
    assert [(duty.day - DAY).days for duty in found.duties] == [0, 0, 1, 1, 2, 2]
    assert {v.enterprise_id for duty in found.duties for v in duty.route} == {"E1", "E2", "E3", "E4"}


def test_a_plan_bounded_by_the_clock_says_so(two_districts):
    """It cannot be made again to the byte."""
    found = plan(two_districts, POLICY, DAY, limit=Limit(seconds=0.05))
    assert not found.created_by.reproducible


def test_what_is_pinned_is_kept(two_districts):
    """To the team and the second."""
    first = plan(two_districts, POLICY, DAY, limit=ONE_STEP)
    pins, promised = promises(first, {"LB-E1", "LB-E4"})
    second = plan(two_districts, POLICY, DAY, limit=ONE_STEP, pins=pins)
    assert promises(second, {"LB-E1", "LB-E4"}) == (pins, promised)


def test_a_wrong_answer_never_becomes_a_plan(two_districts):
    """A solver that visits a shop twice, or has no time for what it promises, is a bug that is told."""
    ready = prepared(two_districts)
    (route, other) = SOLVERS["greedy"](ready.problem, ONE_STEP, 0, lambda _: None)
    for wrong in ((route, route), ((*route, route[0]), other), (route * 9, other)):
        with pytest.raises(RuntimeError):
            finish(ready, wrong, solver="wrong", seed=0, limit=ONE_STEP)


def test_the_first_plan_does_not_wait_for_a_bound(two_districts, monkeypatch):
    """For a city that would take longer than the plan: it is checked, and bounded by all that is owed."""
    prepared_town = prepared(two_districts)
    problem = prepared_town.problem
    routes = SOLVERS["greedy"](problem, ONE_STEP, 0, lambda _: None)

    def slow(_):
        raise AssertionError

    monkeypatch.setattr("planner.planning.by_time", slow)
    made = finish(prepared_town, routes, solver="greedy", seed=0, limit=ONE_STEP, hasty=True)
    assert made.totals.priority <= made.bound.priority == sum(wanted.priority for wanted in problem.wanted)


def test_another_engine_gives_the_travel_times(two_districts):
    """The plan shows its times; the checker asks it for what it measured."""
    slow = with_policy(travel={"car_inner_kmh": 10.0, "walk_most_metres": 0, "metro_minutes": 90})
    engine = GreatCircle(slow.travel, two_districts.barriers)
    found = plan(two_districts, slow, DAY, limit=ONE_STEP, travel=engine)
    usual = plan(two_districts, POLICY, DAY, limit=ONE_STEP)
    assert found.totals.travel_seconds > usual.totals.travel_seconds


@examples(40)
@given(towns())
def test_totals_add_up(town):
    """Of visits and ways back, and what was missed."""
    ready = town.prepared()
    found = planned(ready)
    visits = [visit for duty in found.duties for visit in duty.route]
    totals = found.totals
    assert totals.priority == sum(reason.points for visit in visits for reason in visit.reasons)
    assert totals.look_backs + totals.spot_checks == len(visits)
    assert totals.mandatory + totals.mandatory_missed == sum(lb.mandatory for lb in ready.owed)
    assert totals.travel_seconds == sum(v.travel_seconds for v in visits) + sum(d.return_seconds for d in found.duties)
    assert totals.wait_seconds == sum(visit.wait_seconds for visit in visits) >= 0
    assert found.bound.priority >= totals.priority
    assert found.bound.gap == gap_to(found.bound.priority, totals.priority) >= 0


@examples(25)
@given(towns())
def test_a_team_is_back_in_time(town):
    """By the plan's own figures, the last break included."""
    for duty in planned(town.prepared()).duties:
        assert duty.shift.start <= duty.back <= duty.shift.end


# Fingerprints


def test_a_fingerprint_tells_any_change_of_tables_or_policy():
    """Of one cell."""
    town = two_districts()
    base = fingerprint(town, POLICY)
    renamed = replace(town.enterprises[0], address="新路1号")
    assert fingerprint(two_districts(), POLICY) == base
    assert fingerprint(replace(town, enterprises=(renamed, *town.enterprises[1:])), POLICY) != base
    assert fingerprint(replace(town, violations=town.violations[1:]), POLICY) != base
    assert fingerprint(town, with_policy(visits={"max_visits": 9})) != base
    assert len(base) == 64


@examples(12)
@given(towns(), towns())
def test_different_towns_have_different_fingerprints(town, other):
    """And equal ones the same."""
    same = (town.register, town.policy) == (other.register, other.policy)
    assert (fingerprint(town.register, town.policy) == fingerprint(other.register, other.policy)) == same


# The same bytes


def rows_of(name, tables):
    """Header and rows of a table of the sample."""
    header, *rows = csv.reader(io.StringIO(tables[f"data/{name}.csv"].decode("utf-8-sig")))
    return header, rows


def write(folder, tables, order=None):
    """A part of the sample as a workspace, its rows shuffled when there is an order for that."""
    header, shops = rows_of("enterprises", tables)
    kept = {
        "enterprise_id": {row[0] for row in shops[:SHOPS]},
        "operator": {row[header.index("operator")] for row in shops[:SHOPS]},
        "team_id": {row[0] for row in rows_of("teams", tables)[1][:TEAMS]},
    }
    for name, content in tables.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix != ".csv":
            path.write_bytes(content)
            continue
        header, rows = rows_of(path.stem, tables)
        for column, known in kept.items():
            if column in header:
                rows = [row for row in rows if row[header.index(column)] in known | {""}]
        if order is not None:
            order.shuffle(rows)
        text = io.StringIO()
        csv.writer(text).writerows([header, *rows])
        path.write_text(text.getvalue(), "utf-8")
    return folder


@pytest.fixture(scope="module")
def tables():
    """The sample's files by name."""
    return SAMPLES["shanghai"](DAY)


@pytest.fixture(scope="module")
def workspace(tables, tmp_path_factory):
    """A part of Shanghai as a workspace."""
    return write(tmp_path_factory.mktemp("part"), tables)


@pytest.fixture(scope="module")
def expected(workspace):
    """Its plan, made in this process."""
    return document(workspace)


def document(folder):
    """The bytes of a folder's plan."""
    found = plan(readers.read(folder, POLICY).register, POLICY, DAY, limit=TWO_STEPS)
    assert any(duty.route for duty in found.duties)
    return to_json(found).encode()


def elsewhere(folder, **environment):
    """The bytes of a folder's plan, made in a process of its own."""
    command = [sys.executable, "-c", PLAN_OF, str(folder)]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, check=True).stdout


@contextmanager
def busy(processes):
    """Processes that keep the machine from doing anything else."""
    spinners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for spinner in spinners:
            spinner.kill()
            spinner.wait()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_does_not_matter(seed, tables, expected, tmp_path):
    """Of all tables at once."""
    assert document(write(tmp_path, tables, Random(seed))) == expected


@pytest.mark.parametrize(
    "environment",
    [{"PYTHONHASHSEED": "1", "TZ": "America/New_York"}, {"PYTHONHASHSEED": "4242", "LC_ALL": "C", "PYTHONUTF8": "0"}],
    ids=["far away", "another hash"],
)
def test_another_process_makes_the_same_plan(environment, workspace, expected):
    """Whatever its hash seed, time zone and locale."""
    assert elsewhere(workspace, **environment) == expected


def test_a_busy_machine_makes_the_same_plan(workspace, expected):
    """Steps are counted, not timed."""
    with busy(2):
        assert elsewhere(workspace) == expected


def test_another_seed_may_search_elsewhere_and_stays_reproducible():
    """The seed is in the plan."""
    town = one_team_ok()
    first, second = (plan(town, POLICY, DAY + timedelta(days=1), limit=ONE_STEP, seed=7) for _ in range(2))
    assert to_json(first) == to_json(second)
    assert first.created_by.seed == 7
