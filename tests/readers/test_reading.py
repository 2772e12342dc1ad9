"""A folder as a register: defaults, datums, order, and what is doubtful."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from planner import readers
from planner.enterprises import Enterprise, Scenario
from planner.geo import Datum, LonLat, from_wgs84
from planner.policy import Policy
from planner.readers.doubts import unfit_teams
from planner.readers.headings import spelling
from planner.readers.tables import BARRIERS, DISTRICTS, TABLES
from planner.teams import Officer, Recusal, Shift, TravelMode
from planner.violations import Action, Aggravation, Inspection, InspectionResult, Scope, Violation, ViolationKind

GOOD = Path(__file__).parents[1] / "bad" / "good"
POLICY = Policy.default()


@pytest.fixture(scope="module")
def register():
    """The good workspace's register."""
    return readers.read(GOOD, POLICY).register


def test_an_enterprise_is_read_whole(register):
    """Every column in its place."""
    assert register.enterprise["E1"] == Enterprise(
        "E1",
        "North Noodles",
        LonLat(121.452, 31.225),
        Scenario.SCAN_TO_ORDER,
        operator="Noodles",
        credit_code="91990000MA007919X8",
        address="1 North Road",
        opening_hours="Mo-Su 10:00-22:00",
        risk_class="B",
    )


def test_an_enterprise_without_an_operator_answers_for_itself(register):
    """Its operator is its own id."""
    assert register.enterprise["E3"].operator == "E3"
    assert register.sites == {"Noodles": ("E1", "E2"), "E3": ("E3",), "E4": ("E4",)}


def test_history_is_read_whole(register):
    """Violations with and without what is optional, and inspections."""
    assert register.violations[2] == Violation(
        "V3",
        "E4",
        date(2026, 3, 4),
        ViolationKind.ILLEGAL_USE,
        Action.CASE,
        frozenset({Aggravation.MINORS, Aggravation.FACE}),
        rectify_by=date(2026, 4, 1),
        scope=Scope.SITE,
    )
    assert register.violations[1].rectified_on == date(2026, 3, 20)
    assert register.inspections[1] == Inspection("I2", "E3", date(2026, 3, 5), InspectionResult.CLEAN)


def test_a_team_ends_where_it_starts_unless_it_says_otherwise(register):
    """And may go anywhere, unless it says otherwise."""
    first, second = register.teams
    assert first.end == first.start == LonLat(121.451, 31.224)
    assert (first.max_visits, first.travel, first.scenarios) == (8, TravelMode.WALK, frozenset())
    assert second.end == LonLat(121.452, 31.213)
    assert second.scenarios == {Scenario.SCAN_TO_ORDER, Scenario.RETAIL}
    assert second.authorities == {"North", "South"}
    assert (second.max_visits, second.travel) == (None, None)


def test_shifts_are_seconds_since_midnight(register):
    """A shift without hours is a day off."""
    noon = 12 * 3600
    assert register.shifts == (
        Shift("T1", None, 0, noon - 3 * 3600, noon + 5 * 3600, 45 * 60, noon - 1800, noon + 3600),
        Shift("T1", None, 4, None, None),
        Shift("T2", date(2026, 11, 24), None, noon, noon + 8 * 3600),
    )


def test_the_rest_is_read_whole(register):
    """Officers, recusals, the calendar, districts and barriers."""
    assert register.officer["O1"].valid_until == date(2028, 12, 31)
    assert register.recusals == (Recusal("O1", enterprise_id="E3"), Recusal("O3", operator="Noodles"))
    assert register.calendar.overrides == {date(2026, 11, 28): True, date(2026, 11, 30): False}
    assert [(d.district_id, d.authority, d.weight) for d in register.districts] == [
        ("D1", "North", 1.5),
        ("D2", "South", 1.0),
    ]
    assert (register.barriers[0].walkable, register.barriers[0].crossing_minutes) == (True, 2)
    assert register.located == {"E1": "D1", "E2": "D2", "E3": "D1", "E4": "D2"}


def test_a_datum_stands_in_its_row_or_in_the_policy(tmp_path):
    """Coordinates are converted exactly: a row's own datum first, else that of the policy, for teams too."""
    workspace = Path(shutil.copytree(GOOD, tmp_path / "workspace"))
    chinese = POLICY.model_copy(update={"workspace": POLICY.workspace.model_copy(update={"datum": Datum.BD09})})
    table = workspace / "data" / "enterprises.csv"
    table.write_text(table.read_text("utf-8").replace("31.2250,wgs84", "31.2250,"), "utf-8")
    found = readers.read(workspace, chinese).register

    def given_as(place, datum):
        lon, lat = from_wgs84(np.array([place.lon]), np.array([place.lat]), datum)
        return pytest.approx((lon[0], lat[0]), abs=1e-9)

    assert given_as(found.enterprise["E1"].place, Datum.BD09) == (121.452, 31.225)
    assert given_as(found.enterprise["E4"].place, Datum.GCJ02) == (121.457, 31.216)
    assert given_as(found.team["T1"].start, Datum.BD09) == (121.451, 31.224)
    assert given_as(found.team["T2"].end, Datum.BD09) == (121.452, 31.213)


def test_several_files_of_districts_are_one_layer(tmp_path):
    """A district may stand in any of them, but only once."""
    workspace = Path(shutil.copytree(GOOD, tmp_path / "workspace"))
    text = (workspace / "districts" / "districts.geojson").read_text("utf-8")
    for old, new in (("D1", "D3"), ("D2", "D4"), ("121.4", "121.5")):
        text = text.replace(old, new)
    (workspace / "districts" / "more.geojson").write_text(text, "utf-8")
    assert list(readers.read(workspace, POLICY).register.district) == ["D1", "D2", "D3", "D4"]


def test_optional_tables_may_be_missing(tmp_path):
    """Without them there is no history of inspections, no shift of its own, no recusal, no barrier."""
    workspace = Path(shutil.copytree(GOOD, tmp_path / "workspace"))
    for name in ("data/inspections.csv", "data/shifts.csv", "data/recusals.csv", "data/calendar.csv"):
        (workspace / name).unlink()
    (workspace / "districts" / "barriers.geojson").unlink()
    found = readers.read(workspace, POLICY)
    assert found.warnings == ()
    assert found.register.inspections == found.register.shifts == found.register.barriers == ()


def test_the_headers_make_empty_tables_that_can_be_read(tmp_path):
    """What ``init`` writes is without problems (the districts only the office has); what to fill in is said."""
    workspace = Path(shutil.copytree(GOOD, tmp_path / "workspace"))
    for file, columns in readers.headers().items():
        (workspace / "data" / file).write_text(",".join(columns) + "\n", "utf-8")
    found = readers.read(workspace, POLICY)
    empty = [warning.file for warning in found.warnings if "no rows" in warning.message]
    assert empty == ["data/enterprises.csv", "data/teams.csv", "data/violations.csv"]
    assert len(found.warnings) == len(empty)
    assert found.register.enterprises == ()
    assert {path.name for path in (GOOD / "data").iterdir()} == set(readers.headers())


@pytest.mark.parametrize("table", [*TABLES, DISTRICTS, BARRIERS], ids=lambda table: table.name)
def test_no_two_columns_share_a_name(table):
    """A header means one column, whatever its language and case."""
    names = [spelling(alias) for column in table.columns for alias in column.names]
    assert len(names) == len(set(names))


def test_a_team_whose_certificates_expired_is_named(register):
    """With the agency and the officers, once an agency has too few left."""
    day = date(2029, 1, 1)
    (problem, *others) = unfit_teams(register, day, POLICY)
    assert problem.line() == (
        "data/teams.csv officers: team T1 'North team' has 1 of 2 officers of Market Supervision "
        "with a valid certificate on 2029-01-01 (expired: O1 Li 2028-12-31)"
    )
    assert [other.line().split()[3] for other in others] == ["T2"]
    assert unfit_teams(register, date(2027, 6, 30), POLICY) == ()


def test_a_team_that_was_always_too_small_is_named_too(register):
    """No certificate needs to have expired."""
    alone = replace(register, teams=(replace(register.teams[0], officers=("O2",)),))
    (problem,) = unfit_teams(alone, date(2026, 11, 24), POLICY)
    assert "1 of 2" in problem.message
    assert "expired" not in problem.message
    assert isinstance(alone.officer["O2"], Officer)
