"""The referee knows every rule of an instance, and lets through what keeps them all."""

import pytest
from hypothesis import given, strategies as st
from towns import examples

from planner.bench import referee
from planner.bench.instances import Instance, Node, read
from planner.bench.toptw import problem_of
from planner.timing import DutyClock


@pytest.fixture
def instance(street):
    """The street of nodes 1, 2 and 3, and 4 in the north."""
    (instance,) = read([street])
    return instance


@pytest.mark.parametrize("routes", [[], [[]], [[1, 2]], [[3]], [[1, 2], [4]], [[1], [2, 4]]])
def test_routes_that_keep_every_rule(instance, routes):
    assert referee.faults(instance, routes, 2) == ()


@pytest.mark.parametrize(
    ("routes", "fault"),
    [
        ([[1], [2], [4]], "3 routes, 2 allowed"),
        ([[1, 5]], "no such nodes: [5]"),
        ([[0, 1]], "no such nodes: [0]"),
        ([[-1]], "no such nodes: [-1]"),
        ([[1, 1]], "node 1 is visited 2 times"),
        ([[1], [1]], "node 1 is visited 2 times"),
        ([[2, 3]], "route 0: node 3 closes at 350, arrival is at 550"),
        ([[4, 3]], "route 0: node 3 closes at 350, arrival is at 560"),
        ([[3, 2, 1]], "route 0: node 1 closes at 500, arrival is at 600"),
        ([[1], [3, 2, 4]], "route 1: the depot closes at 950, the return is at 982"),
    ],
)
def test_routes_that_break_a_rule(instance, routes, fault):
    assert fault in referee.faults(instance, routes, 2)


def test_the_score_is_that_of_the_nodes(instance):
    assert referee.score(instance, [[1, 2], [4], []]) == 7 + 20 + 4


def test_the_last_unit_counts(instance):
    """Home exactly when the depot closes is in time; a tenth later is not."""
    depot, *nodes = instance.nodes
    for closes, faults in ((650, 0), (649, 1)):
        at = Node(depot.x, depot.y, 0, 0, 0, closes)
        assert len(referee.faults(Instance("", (at, *nodes), 1, 0), [[1, 2]], 1)) == faults


@st.composite
def instances(draw):
    """A depot and up to six nodes on squared paper, with any windows."""
    spot = st.integers(-30, 30)
    depot = Node(draw(spot), draw(spot), 0, 0, draw(st.integers(0, 20)), draw(st.integers(100, 900)))
    nodes = []
    for _ in range(draw(st.integers(1, 6))):
        opens = draw(st.integers(0, 600))
        rest = draw(st.integers(0, 50)), draw(st.integers(0, 9)), opens, opens + draw(st.integers(0, 400))
        nodes.append(Node(draw(spot), draw(spot), *rest))
    return Instance("paper", (depot, *nodes), 1, draw(st.integers(0, 1)))


@examples(200)
@given(instances(), st.data())
def test_referee_and_clock_agree_on_any_route(instance, data):
    """One of them reads the instance, the other the problem that was made of it."""
    nodes = range(1, len(instance.nodes))
    route = data.draw(st.permutations(nodes).flatmap(lambda all_: st.integers(0, len(all_)).map(lambda n: all_[:n])))
    timed = DutyClock(problem_of(instance, 1), 0).timetable([node - 1 for node in route])
    depot = instance.nodes[0]
    # What starts before the depot closes and comes home late is late for both; a start after it, too.
    assert (timed is not None) == (referee.faults(instance, [route], 1) == ())
    assert timed is None or timed.back <= depot.closes
