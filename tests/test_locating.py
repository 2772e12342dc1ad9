"""Which district an enterprise belongs to, on grounds that can be drawn on squared paper."""

from dataclasses import replace
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from planner.districts import District
from planner.enterprises import Enterprise, Scenario
from planner.geo import LonLat, great_circle_metres
from planner.locating import enclosing, locate, overlaps


def box(district_id, west, south, east, north):
    """A district as a rectangle, in thousandths of a degree from (121, 31)."""
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return District(district_id, district_id, "North", ((tuple(at(x, y) for x, y in corners),),))


def at(x, y):
    """A place in thousandths of a degree from (121, 31)."""
    return LonLat(121 + x / 1000, 31 + y / 1000)


def shop(enterprise_id, x, y):
    """An enterprise at such a place."""
    return Enterprise(enterprise_id, enterprise_id, at(x, y), Scenario.RETAIL, enterprise_id)


# Two districts side by side; D3 lies apart, 40 thousandths (3.8 km) east of D2.
TOWN = (box("D1", 0, 0, 10, 10), box("D2", 10, 0, 20, 10), box("D3", 60, 0, 70, 10))


def test_an_enterprise_belongs_to_the_district_around_it():
    """Also when another is nearer to its middle."""
    assert locate([shop("a", 9, 5), shop("b", 19, 5)], TOWN, 800) == {"a": "D1", "b": "D2"}


def test_an_enterprise_outside_belongs_to_the_nearest_in_reach():
    """5 thousandths of a degree east are 477 m here; beyond the reach there is none."""
    shops = [shop("a", 25, 5), shop("b", 40, 5), shop("c", 56, 5)]
    assert locate(shops, TOWN, 800) == {"a": "D2", "c": "D3"}
    assert locate(shops, TOWN, 400) == {"c": "D3"}
    assert locate(shops, TOWN, 0) == {}
    assert enclosing(shops, TOWN) == {}


@pytest.mark.parametrize("y", [0, 3, 10])
def test_a_shared_border_belongs_to_the_smaller_id(y):
    """Whatever the order in which the districts are given."""
    assert locate([shop("a", 10, y)], TOWN, 800) == {"a": "D1"}
    assert locate([shop("a", 10, y)], TOWN[::-1], 800) == {"a": "D1"}


def test_a_hole_is_outside():
    """A district may leave something out; with no reach what is left out belongs to none."""
    outer, hole = box("D1", 0, 0, 30, 30).polygons[0][0], box("D1", 10, 10, 20, 20).polygons[0][0]
    ring = replace(TOWN[0], polygons=((outer, hole),))
    assert locate([shop("a", 15, 15), shop("b", 5, 5)], [ring], 1) == {"b": "D1"}


def test_a_district_of_two_parts_has_both():
    """Polygons of one district need not touch."""
    both = replace(TOWN[0], polygons=TOWN[0].polygons + TOWN[2].polygons)
    assert locate([shop("a", 5, 5), shop("b", 65, 5)], [both], 800) == {"a": "D1", "b": "D1"}


@pytest.mark.parametrize(("shops", "districts"), [([], TOWN), ([shop("a", 5, 5)], ()), ([], ())])
def test_nothing_is_located_without_districts_or_enterprises(shops, districts):
    """No error either."""
    assert locate(shops, districts, 800) == {}
    assert overlaps(()) == ()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(-20, 90), st.floats(-20, 30)), min_size=1, max_size=8), st.randoms())
def test_the_order_of_enterprises_and_districts_does_not_matter(spots, order):
    """The same enterprise always belongs to the same district."""
    shops = [shop(f"E{k}", *spot) for k, spot in enumerate(spots)]
    expected = locate(shops, TOWN, 800)
    districts = list(TOWN)
    order.shuffle(shops)
    order.shuffle(districts)
    assert locate(shops, districts, 800) == expected


def test_districts_that_only_touch_do_not_overlap():
    """A border belongs to both, its area is nothing."""
    assert overlaps(TOWN) == ()


def test_an_overlap_is_measured_in_square_metres():
    """2 by 10 thousandths of a degree, by the lengths of its sides; the smaller id first."""
    (overlap,) = overlaps([box("D2", 8, 0, 20, 10), TOWN[0]])
    width = great_circle_metres([at(8, 5)], [at(10, 5)])[0, 0]
    height = great_circle_metres([at(9, 0)], [at(9, 10)])[0, 0]
    assert overlap[:2] == ("D1", "D2")
    assert overlap.square_metres == pytest.approx(width * height, rel=1e-3)


def test_six_thousand_enterprises_are_located_at_once():
    """Well under a second for the whole city: 41 districts of 60 corners each."""
    dice = np.random.default_rng(5)
    districts = [
        District(f"D{k:02}", "", "", ((circle(x * 20, y * 20),),))
        for k, (x, y) in enumerate((x, y) for x in range(7) for y in range(6))
        if k < 41
    ]
    shops = [shop(f"E{k}", *spot) for k, spot in enumerate((dice.random((6_000, 2)) * 130).tolist())]
    begin = perf_counter()
    located = locate(shops, districts, 800)
    assert perf_counter() - begin < 2
    assert 2_000 < len(located) < 6_000


def circle(x, y):
    """A ring of 60 corners and a radius of 7 thousandths of a degree."""
    turns = [2 * np.pi * k / 60 for k in range(60)]
    corners = tuple(at(x + 7 * float(np.cos(turn)), y + 7 * float(np.sin(turn))) for turn in turns)
    return (*corners, corners[0])
