"""How long each step from tables to maps takes, on the sample of Shanghai: some six thousand enterprises."""

import numpy as np
import pytest
from towns import DAY, ONE_STEP, POLICY, RIVER, at

from planner import draw, readers
from planner.check import check
from planner.geo import Place
from planner.lookbacks import look_backs, spot_checks
from planner.plan_json import from_json, to_json
from planner.planning import fingerprint, finish, prepare
from planner.samples import SAMPLES
from planner.solvers import greedy
from planner.solvers.bound import upper_bound
from planner.teams import TravelMode
from planner.travel import GreatCircle, engine


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """The sample as a workspace."""
    folder = tmp_path_factory.mktemp("shanghai")
    for name, content in SAMPLES["shanghai"](DAY).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def city(workspace):
    """Its register."""
    return readers.read(workspace, POLICY).register


@pytest.fixture(scope="module")
def ready(city):
    """Its next working day, ready to be solved."""
    return prepare(city, POLICY, DAY, engine(city, POLICY))


@pytest.fixture(scope="module")
def plan(ready):
    """The greedy plan of the day."""
    routes = greedy.filled(ready.problem, [[] for _ in ready.problem.duties])
    return finish(ready, routes, solver="greedy", seed=0, limit=ONE_STEP)


def test_reading(benchmark, workspace):
    """All tables and polygons, checked."""
    benchmark(readers.read, workspace, POLICY)


def test_ranking(benchmark, city):
    """Look-backs and spot checks by priority."""
    benchmark(lambda: spot_checks(city, look_backs(city, (DAY,), POLICY), DAY, POLICY))


def test_fingerprint(benchmark, city):
    """Of all tables."""
    benchmark(fingerprint, city, POLICY)


def test_two_thousand_by_two_thousand_legs(benchmark):
    """Four million legs with a river of three corners."""
    dice = np.random.default_rng(1)
    places = [Place(f"P{k}", at(x, y)) for k, (x, y) in enumerate((dice.random((2000, 2)) * 300 - 100).tolist())]
    legs = benchmark(GreatCircle(POLICY.travel, (RIVER,)), places, TravelMode.MIXED)
    assert legs.seconds.shape == (2000, 2000)


def test_problem(benchmark, city):
    """The day in integers, with all its legs."""
    benchmark(prepare, city, POLICY, DAY, engine(city, POLICY))


def test_greedy(benchmark, ready):
    """The first routes."""
    benchmark(greedy.filled, ready.problem, [[] for _ in ready.problem.duties])


def test_bound(benchmark, ready):
    """What no plan can exceed."""
    benchmark(upper_bound, ready.problem)


def test_check(benchmark, plan, city):
    """Every rule a second time."""
    assert benchmark(check, plan, city, POLICY) == ()


def test_document(benchmark, plan):
    """Written and read."""
    assert benchmark(lambda: from_json(to_json(plan))) == plan


def test_drawing(benchmark, plan, city):
    """The plan's page and one for each team."""
    assert benchmark(draw.pages, plan, city)
