"""What every travel engine promises: whole minutes between all places, and never a walk through a river."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, strategies as st
from towns import POLICY, RIVER, at, examples, with_policy

from planner.districts import Barrier
from planner.geo import Place, great_circle_metres
from planner.teams import TravelMode
from planner.travel import MODES, UNREACHABLE, GreatCircle, MatrixFile, engine

CREEK = Barrier("R2", "小河", (at(-20.37, 9.71), at(60.53, 10.19)), walkable=True)
"""Runs east, with many bridges."""

ENGINES = {
    "great_circle": GreatCircle(POLICY.travel, (RIVER, CREEK)),
    "matrix_file": MatrixFile({("P0", "P1"): (600, 500, TravelMode.METRO)}, GreatCircle(POLICY.travel, (RIVER, CREEK))),
}
every_engine = pytest.mark.parametrize("name", ENGINES)
every_mode = pytest.mark.parametrize("mode", TravelMode)
SPOTS = st.lists(st.tuples(st.integers(-60, 90), st.integers(-60, 80)), min_size=1, max_size=9)


def places(spots):
    """Places in thousandths of a degree, by their position."""
    return [Place(f"P{k}", at(x, y)) for k, (x, y) in enumerate(spots)]


def legs_of(*spots, mode=TravelMode.MIXED, policy=POLICY, barriers=()):
    """Legs of the great circle between a few places."""
    return GreatCircle(policy.travel, barriers)(places(spots), mode)


@every_engine
@every_mode
@examples(20)
@given(SPOTS)
def test_legs_are_whole_non_negative_and_zero_to_oneself(name, mode, spots):
    """In 32 bits, with the mode that each is travelled by, the same on every call."""
    found = ENGINES[name](places(spots), mode)
    n = len(spots)
    assert found.seconds.shape == found.metres.shape == found.modes.shape == (n, n)
    assert found.seconds.dtype == found.metres.dtype == np.int32
    assert (found.seconds >= 0).all()
    assert (found.metres >= 0).all()
    assert (found.seconds <= UNREACHABLE).all()
    assert not found.seconds.diagonal().any()
    assert not found.metres.diagonal().any()
    assert ((found.modes >= 0) & (found.modes < len(MODES))).all()
    again = ENGINES[name](places(spots), mode)
    assert np.array_equal(found.seconds, again.seconds)
    assert np.array_equal(found.modes, again.modes)


@every_engine
@every_mode
def test_no_places_no_legs(name, mode):
    """Nor an error."""
    assert ENGINES[name]([], mode).seconds.shape == (0, 0)


@every_engine
@every_mode
@examples(20)
@given(SPOTS, st.randoms())
def test_a_leg_does_not_depend_on_the_other_places(name, mode, spots, order):
    """Nor on their order."""
    here = places(spots)
    shuffled = order.sample(here, len(here))
    found, other = ENGINES[name](here, mode), ENGINES[name](shuffled, mode)
    at_ = [shuffled.index(place) for place in here]
    assert np.array_equal(found.seconds, other.seconds[np.ix_(at_, at_)])


@every_engine
@examples(50)
@given(SPOTS)
def test_nobody_walks_through_the_river(name, spots):
    """By another geometry; the creek stops nobody."""
    here = places(spots)
    river, creek = shapely.LineString(RIVER.line), shapely.LineString(CREEK.line)
    walked = ENGINES[name](here, TravelMode.WALK)
    mixed = ENGINES[name](here, TravelMode.MIXED)
    for i, origin in enumerate(here):
        for j, destination in enumerate(here):
            way = shapely.LineString([origin.at, destination.at])
            on_foot = MODES[walked.modes[i, j]] is TravelMode.WALK and i != j
            if on_foot and way.crosses(river):
                assert walked.seconds[i, j] == UNREACHABLE
                assert MODES[mixed.modes[i, j]] is not TravelMode.WALK
            elif on_foot and way.crosses(creek):
                assert walked.seconds[i, j] < UNREACHABLE


@examples(50)
@given(SPOTS)
def test_a_mixed_team_walks_what_it_can_and_takes_the_faster_for_the_rest(spots):
    """Not beyond the policy's distance."""
    here, travel = places(spots), ENGINES["great_circle"]
    by = {mode: travel(here, mode) for mode in TravelMode}
    mixed, faster = by[TravelMode.MIXED], np.minimum(by[TravelMode.METRO].seconds, by[TravelMode.CAR].seconds)
    walks = (by[TravelMode.WALK].seconds < UNREACHABLE) & (mixed.metres <= POLICY.travel.walk_most_metres)
    assert np.array_equal(mixed.seconds, np.where(walks, by[TravelMode.WALK].seconds, faster))
    chosen = np.choose(mixed.modes, [by[mode].seconds for mode in MODES])
    assert np.array_equal(chosen, mixed.seconds)


@examples(50)
@given(SPOTS)
def test_legs_of_the_great_circle_are_the_same_both_ways(spots):
    """As long as the great circle, in whole minutes, and no shorter than the least."""
    here = places(spots)
    found = ENGINES["great_circle"](here, TravelMode.CAR)
    straight = great_circle_metres([place.at for place in here], [place.at for place in here])
    assert np.array_equal(found.seconds, found.seconds.T)
    assert (np.abs(found.metres - straight) <= 0.5).all()
    assert not (found.seconds % 60).any()
    others = ~np.eye(len(here), dtype=bool)
    assert (found.seconds[others] >= 60 * POLICY.travel.least_minutes).all()


def test_walking_by_hand():
    """1 km north takes 18 minutes at 4.5 km/h with a detour of 1.35; two doors of one mall take the least."""
    found = legs_of((0, 0), (0, 8.9932), (0, 0.01), mode=TravelMode.WALK)
    assert found.metres[0].tolist() == [0, 1000, 1]
    assert found.seconds[0].tolist() == [0, 18 * 60, 6 * 60]


def test_the_metro_by_hand():
    """Ten minutes to and from the platform, 28 km/h with a detour of 1.2, four minutes more every eight kilometres."""
    found = legs_of((0, 0), (0, 8.9932 * 7), (0, 8.9932 * 9), mode=TravelMode.METRO)
    assert found.seconds[0].tolist() == [0, 60 * 28, 60 * (10 + 4 + 24)]


def test_the_car_by_hand():
    """Eight minutes to park, 22 km/h for ten kilometres, then 35 km/h, with a detour of 1.3."""
    found = legs_of((0, 0), (0, 8.9932 * 4), (0, 8.9932 * 20), mode=TravelMode.CAR)
    assert found.seconds[0].tolist() == [0, 60 * (8 + 15), 60 * (8 + 58)]


def test_a_car_loses_time_at_the_river():
    """Ten minutes for one crossing, twenty for two; the metro passes underneath."""
    banks = (20, 5), (30, 5)
    bend = replace(RIVER, line=(at(22.1, -9.3), at(24.3, 40.7), at(27.7, -9.9)))
    for mode, once, twice in ((TravelMode.CAR, 600, 1200), (TravelMode.METRO, 0, 0)):
        free = legs_of(*banks, mode=mode).seconds[0, 1]
        assert legs_of(*banks, mode=mode, barriers=(RIVER,)).seconds[0, 1] - free == once
        assert legs_of(*banks, mode=mode, barriers=(bend,)).seconds[0, 1] - free == twice


def test_a_team_on_foot_does_not_get_across():
    """While a mixed one takes the metro or the car."""
    banks = (24, 5), (26, 5)
    assert legs_of(*banks, mode=TravelMode.WALK, barriers=(RIVER,)).seconds[0, 1] == UNREACHABLE
    assert legs_of(*banks, barriers=(RIVER,)).seconds[0, 1] < 3600
    assert legs_of(*banks, barriers=(replace(RIVER, walkable=True),)).modes[0, 1] == MODES.index(TravelMode.WALK)


def test_many_places_are_the_same_as_few():
    """Rows are worked out in blocks; the seams do not show."""
    dice = np.random.default_rng(3)
    spots = dice.integers(-60, 90, (150, 2)).tolist()
    travel = ENGINES["great_circle"]
    found, few = travel(places(spots), TravelMode.MIXED), travel(places(spots)[60:70], TravelMode.MIXED)
    assert np.array_equal(found.seconds[60:70, 60:70], few.seconds)
    assert np.array_equal(found.modes[60:70, 60:70], few.modes)


def test_the_policy_names_the_engine(two_districts, tmp_path):
    """A matrix file needs the folder in which it lies."""
    assert isinstance(engine(two_districts, POLICY), GreatCircle)
    measured = with_policy(travel={"engine": "matrix_file"})
    with pytest.raises(ValueError, match="folder"):
        engine(two_districts, measured)
    (tmp_path / "travel.csv").write_text("origin,destination,seconds\nE1,E2,300\n")
    assert isinstance(engine(two_districts, measured, tmp_path), MatrixFile)
