"""Travel times from a table: its legs where it has them, another engine's where it has none."""

import numpy as np
import pytest
from towns import DAY, ONE_STEP, POLICY, at

from planner.errors import InputError
from planner.geo import Place
from planner.planning import plan
from planner.teams import TravelMode
from planner.travel import MODES, UNREACHABLE, GreatCircle, measured
from planner.travel.matrix_file import read_matrix

OTHERWISE = GreatCircle(POLICY.travel)
PLACES = [Place("T1:start", at(0, 0)), Place("E1", at(5, 5)), Place("E2", at(9, 1))]


def written(folder, text):
    """A table with the usual header."""
    path = folder / "travel.csv"
    path.write_text("origin,destination,seconds,metres,mode\n" + text, "utf-8")
    return path


def problems(folder, text):
    """What is wrong with a table, a line each."""
    with pytest.raises(InputError) as refused:
        read_matrix(written(folder, text), OTHERWISE)
    assert all(problem.zh for problem in refused.value.problems)
    return [problem.line() for problem in refused.value.problems]


def test_the_table_goes_before_the_engine(tmp_path):
    """One way; what it does not hold is as it was, also to oneself."""
    travel = read_matrix(written(tmp_path, "E1,E2,900,1234,metro\nE1,E1,60,5,walk\nE1,E9,60,5,walk\n"), OTHERWISE)
    found, plain = travel(PLACES, TravelMode.CAR), OTHERWISE(PLACES, TravelMode.CAR)
    assert (found.seconds[1, 2], found.metres[1, 2], MODES[found.modes[1, 2]]) == (900, 1234, TravelMode.METRO)
    other = np.ones((3, 3), bool)
    other[1, 2] = False
    assert np.array_equal(found.seconds[other], plain.seconds[other])


def test_metres_and_mode_may_be_empty(tmp_path):
    """No metres, by car; a byte-order mark and empty lines do no harm."""
    path = tmp_path / "travel.csv"
    path.write_bytes("\ufefforigin,destination,seconds\n\nT1:start,E1,900\n".encode())
    assert read_matrix(path, OTHERWISE).legs == {("T1:start", "E1"): (900, 0, TravelMode.CAR)}


def test_a_plan_by_the_table_passes_the_check(one_team_ok, tmp_path):
    """The checker is told what was measured."""
    travel = read_matrix(
        written(tmp_path, "T1:start,E1,2400,900,walk\nE1,E2,60,300,walk\nE2,E1,60,300,walk\n"), OTHERWISE
    )
    found = plan(one_team_ok, POLICY, DAY, limit=ONE_STEP, travel=travel)
    assert len(found.duties[0].route) == 3
    assert measured(travel) == travel.legs
    assert measured(OTHERWISE) == {}


def test_every_problem_is_told_at_once(tmp_path):
    """File, row, column, what was found and what was expected."""
    text = "E1,,900,1,car\nE1,E2,fast,1,car\nE1,E2,900,-1,car\nE1,E2,900,1,boat\nE1,E2,9.5,x,mixed\n"
    assert problems(tmp_path, text) == [
        "data/travel.csv:2 destination: is empty",
        "data/travel.csv:3 seconds: 'fast' is not a whole number",
        "data/travel.csv:4 metres: '-1' is not a whole number",
        "data/travel.csv:5 mode: 'boat' is not one of walk, metro, car",
        "data/travel.csv:6 seconds: '9.5' is not a whole number",
        "data/travel.csv:6 metres: 'x' is not a whole number",
        "data/travel.csv:6 mode: 'mixed' is not one of walk, metro, car",
    ]


def test_rows_are_counted_as_an_editor_shows_them(tmp_path):
    """Also after an empty line."""
    assert problems(tmp_path, "\n\nE1,E2,soon,,\n") == ["data/travel.csv:4 seconds: 'soon' is not a whole number"]


@pytest.mark.parametrize("number", ["9" * 5000, "٣٠٠", "1e3", "0x10", "1_000", " 60", "60.0"])
def test_only_plain_digits_are_a_number(tmp_path, number):
    """Nothing that somebody may read otherwise, nor one that takes forever to read."""
    assert len(problems(tmp_path, f"E1,E2,{number},,\n")) == 1


def test_a_leg_is_no_longer_than_ten_days(tmp_path):
    """Longer ones could not be added up; the message names the limit."""
    assert problems(tmp_path, f"E1,E2,{UNREACHABLE + 1},,\n") == [
        f"data/travel.csv:2 seconds: {UNREACHABLE + 1} is more than {UNREACHABLE}"
    ]
    assert read_matrix(written(tmp_path, f"E1,E2,{UNREACHABLE},,\n"), OTHERWISE).legs


def test_a_leg_that_stands_twice_is_a_problem(tmp_path):
    """Nobody knows which is meant."""
    assert problems(tmp_path, "E1,E2,60,,\nE2,E1,60,,\nE1,E2,90,,\n") == [
        "data/travel.csv:4 origin: the leg from 'E1' to 'E2' stands twice"
    ]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"a,b,c\n1,2,3\n", b""])
def test_a_file_that_is_no_such_table_is_told(tmp_path, content):
    """Missing, not UTF-8, or with other columns."""
    path = tmp_path / "travel.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"data/travel\.csv"):
        read_matrix(path, OTHERWISE)
