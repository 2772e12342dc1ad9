"""Distances, crossings and datums, each against something worked out another way."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings, strategies as st

from planner.geo import EARTH_RADIUS_M, Datum, LonLat, crossings, from_wgs84, great_circle_metres, to_wgs84

CENTRE = LonLat(121.47, 31.23)
IN_CHINA = st.tuples(st.floats(74, 135), st.floats(4, 53)).map(lambda place: LonLat(*place))


def haversine(a, b):
    """The formula as it stands in books, for two places."""
    (lon1, lat1), (lon2, lat2) = ((math.radians(x) for x in place) for place in (a, b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(h))


@given(st.lists(IN_CHINA, min_size=1, max_size=5), st.lists(IN_CHINA, min_size=1, max_size=5))
def test_distances_are_those_of_the_book(origins, destinations):
    """Each entry of the matrix is the haversine of its two places."""
    metres = great_circle_metres(origins, destinations)
    assert metres.shape == (len(origins), len(destinations))
    expected = [[haversine(a, b) for b in destinations] for a in origins]
    assert metres == pytest.approx(np.array(expected), rel=1e-9, abs=1e-3)


def test_a_degree_of_latitude_is_111_km():
    """A distance that everybody knows."""
    assert great_circle_metres([LonLat(121, 31)], [LonLat(121, 32)])[0, 0] == pytest.approx(111_195, abs=1)


def test_no_places_make_an_empty_matrix():
    """Nothing from nowhere."""
    assert great_circle_metres([], [CENTRE]).shape == (0, 1)


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_crossings_are_those_that_shapely_sees(seed):
    """Random ways and polylines: as many crossing points as the two geometries share."""
    dice = np.random.default_rng(seed)
    line = dice.random((dice.integers(2, 12), 2))
    places = [LonLat(*place) for place in dice.random((6, 2)).tolist()]
    count = crossings(places, places, [LonLat(*vertex) for vertex in line.tolist()])
    polyline = shapely.LineString(line)
    for i, a in enumerate(places):
        for j, b in enumerate(places):
            shared = shapely.LineString([a, b]).intersection(polyline) if a != b else shapely.GeometryCollection()
            assert count[i, j] == shapely.get_num_geometries(shared) * (not shared.is_empty)


def test_a_meander_is_crossed_as_often_as_it_bends():
    """There and back again counts twice, although both places lie on one bank."""
    meander = [LonLat(0, -1), LonLat(1, 1), LonLat(2, -1)]
    assert crossings([LonLat(-1, 0)], [LonLat(3, 0)], meander)[0, 0] == 2


def test_a_place_on_the_river_is_on_one_bank():
    """Never on both, nor on neither: there is one crossing on the way over it."""
    river = [LonLat(0, -9), LonLat(0, 9)]
    west, on, east = LonLat(-1, 0), LonLat(0, 0), LonLat(1, 0)
    first = crossings([west], [on], river)[0, 0]
    second = crossings([on], [east], river)[0, 0]
    assert first + second == 1


@pytest.mark.parametrize(("datum", "east", "north"), [(Datum.GCJ02, 432, -214), (Datum.BD09, 1_055, 442)])
def test_the_shift_at_the_centre_of_shanghai(datum, east, north):
    """The known offset of each datum there, to the metre, on the ellipsoid of WGS 84."""
    lon, lat = from_wgs84(np.array([CENTRE.lon]), np.array([CENTRE.lat]), datum)
    flat = 1 - 0.00669438 * math.sin(math.radians(CENTRE.lat)) ** 2
    east_radius = 6_378_137 / math.sqrt(flat) * math.cos(math.radians(CENTRE.lat))
    north_radius = 6_378_137 * (1 - 0.00669438) / flat**1.5
    assert math.radians(lon[0] - CENTRE.lon) * east_radius == pytest.approx(east, abs=0.5)
    assert math.radians(lat[0] - CENTRE.lat) * north_radius == pytest.approx(north, abs=0.5)


@pytest.mark.parametrize("datum", Datum)
@given(places=st.lists(IN_CHINA, min_size=1, max_size=20))
def test_datums_go_there_and_back(datum, places):
    """Converted and converted back, a place moves by less than a hundred-millionth of a degree."""
    lon, lat = np.array(places).T
    back_lon, back_lat = to_wgs84(*from_wgs84(lon, lat, datum), datum)
    assert np.abs(back_lon - lon).max() < 1e-8
    assert np.abs(back_lat - lat).max() < 1e-8


def test_gcj02_leaves_other_countries_alone():
    """Paris is where it is."""
    lon, lat = from_wgs84(np.array([2.35]), np.array([48.86]), Datum.GCJ02)
    assert (lon[0], lat[0]) == (2.35, 48.86)
