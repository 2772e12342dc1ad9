"""The folder: read as a whole, made without overwriting, written nowhere but where the program may."""

import pytest
from command import tree

from planner.errors import InputError, StoreError
from planner.policy import Policy
from planner.travel import GreatCircle, MatrixFile
from planner.workspace import FOLDERS, Workspace, create, empty_tables


@pytest.fixture
def folder(tmp_path):
    """A new workspace with empty tables."""
    create(tmp_path / "office", empty_tables())
    return tmp_path / "office"


def test_new_workspace_has_every_table_and_explains_each_folder(folder):
    tables = {"calendar", "enterprises", "inspections", "officers", "recusals", "shifts", "teams", "violations"}
    tables |= {"places", "same_as"}
    assert {path.stem for path in (folder / "data").glob("*.csv")} == tables
    assert {path.name for path in (folder / "districts").glob("*.geojson")} == {
        "business_districts.geojson",
        "barriers.geojson",
    }
    assert all((folder / name / "README.md").stat().st_size > 100 for name in FOLDERS)


def test_policy_of_a_new_workspace_is_the_default(folder):
    assert Workspace.at(folder).policy() == Policy.default()


def test_policy_may_be_missing(folder):
    (folder / "data/policy.toml").unlink()
    assert Workspace.at(folder).policy() == Policy.default()


def test_policy_of_the_workspace_is_laid_over_the_default(folder):
    (folder / "data/policy.toml").write_text("[visits]\nmax_visits = 3\n", "utf-8")
    policy = Workspace.at(folder).policy()
    assert policy.visits.max_visits == 3
    assert policy.travel == Policy.default().travel


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"[visits]\n# \xb2\xdf\xc2\xd4\n", "not UTF-8"), (b"[visits]\nmax_visit = 3\n", "max_visit")],
)
def test_wrong_policy_is_named_beside_wrong_tables(content, message, folder):
    (folder / "data/policy.toml").write_bytes(content)
    (folder / "data/teams.csv").write_text("team\n", "utf-8")
    with pytest.raises(InputError) as wrong:
        Workspace.at(folder).read()
    assert {problem.file for problem in wrong.value.problems} >= {"data/policy.toml", "data/teams.csv"}
    assert message in str(wrong.value)


def test_policy_that_is_a_folder_is_a_problem_and_no_crash(folder):
    (folder / "data/policy.toml").unlink()
    (folder / "data/policy.toml").mkdir()
    with pytest.raises(InputError, match="cannot be read"):
        Workspace.at(folder).policy()


def test_folder_without_data_is_no_workspace(tmp_path):
    with pytest.raises(InputError, match="lookback init"):
        Workspace.at(tmp_path)


def test_nothing_is_overwritten_and_everything_in_the_way_is_named(folder):
    before = tree(folder)
    with pytest.raises(InputError) as refused:
        create(folder, {"data/teams.csv": b"", "data/extra.csv": b""})
    assert {problem.file for problem in refused.value.problems} == {
        str(folder / name)
        for name in ("data/README.md", "districts/README.md", "maps/README.md", "data/policy.toml", "data/teams.csv")
    }
    assert tree(folder) == before


def test_travel_times_come_from_where_the_policy_says(folder, two_districts):
    place = Workspace.at(folder)
    assert isinstance(place.travel(two_districts, place.policy()), GreatCircle)
    (folder / "data/policy.toml").write_text('[travel]\nengine = "matrix_file"\n', "utf-8")
    with pytest.raises(InputError, match=r"travel\.csv"):
        place.travel(two_districts, place.policy())
    (folder / "data/travel.csv").write_text("origin,destination,seconds\nE1,E2,600\n", "utf-8")
    travel = place.travel(two_districts, place.policy())
    assert isinstance(travel, MatrixFile)
    assert travel.legs["E1", "E2"][0] == 600


# Maps


def test_maps_are_written_into_a_folder_of_their_own(folder):
    written = Workspace.at(folder).write_maps("2026-11-24+2", {"plan.html": "<p>计划</p>", "plan.json": "{}\n"})
    assert written == folder / "maps/2026-11-24+2"
    assert (written / "plan.html").read_text("utf-8") == "<p>计划</p>"


def test_pages_of_earlier_revisions_go_and_the_rest_stays(folder):
    place = Workspace.at(folder)
    place.write_maps("2026-11-24", {"plan.html": "old", "T01.html": "old", "plan.json": "{}"})
    place.write_unfinished("2026-11-24", "{}")
    (folder / "maps/2026-11-24/.lookback-x").touch()
    place.write_maps("2026-11-24", {"plan.html": "new", "plan.json": "{}"})
    assert {path.name for path in (folder / "maps/2026-11-24").iterdir()} == {"plan.html", "plan.json", "stopped.json"}
    assert (folder / "maps/README.md").exists()


@pytest.mark.parametrize(
    "plan_id", ["..", ".", "", "a", "../2026-11-24", "2026-11-24/..", "2026-11-24\n", "/2026-11-24"]
)
def test_no_other_folder_is_ever_written(plan_id, folder):
    before = tree(folder.parent)
    place = Workspace.at(folder)
    for write in (lambda: place.write_maps(plan_id, {"plan.html": ""}), lambda: place.write_unfinished(plan_id, "")):
        with pytest.raises(InputError, match="is not the id of a plan"):
            write()
    assert tree(folder.parent) == before


def test_maps_that_cannot_be_written_are_a_store_error(folder):
    (folder / "maps/2026-11-24").touch()
    with pytest.raises(StoreError, match="cannot be written"):
        Workspace.at(folder).write_maps("2026-11-24", {"plan.html": ""})
