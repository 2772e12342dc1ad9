"""Other cities, by the commands of README and docs as they stand there, on tables as they are published."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from command import COMMAND, lookback

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "realdata"
FILES = {
    "README.md": {
        "community_areas.geojson": "polygons/chicago_community_areas.geojson",
        "enterprises.csv": "chicago/enterprises.csv",
        "inspections.csv": "chicago/inspections.csv",
    },
    "docs/cities.md": {
        "san_mateo/enterprises.csv": "san_mateo/enterprises.csv",
        "san_mateo/inspections.csv": "san_mateo/inspections.csv",
        "subdistricts.geojson": "polygons/shanghai_subdistricts_8_wgs84_odbl.geojson",
    },
}
"""What stands in the home directory where the commands are typed."""

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real tables are not beside the project")


def commands(page, first):
    """The block of commands of a page that begins so."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    (block,) = (block for block in blocks if block.startswith(first))
    return block


def planned(page, city, home):
    """Type the commands; what they said, and the workspace, whose plan the checker has seen."""
    for name, real in FILES[page].items():
        (home / name).parent.mkdir(exist_ok=True)
        shutil.copy(REAL / real, home / name)
    path = f"{COMMAND.parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-e", "-c", commands(page, f"lookback init {city}")],
        cwd=home,
        env={**os.environ, "HOME": str(home), "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert lookback("verify", "--workspace", home / city).returncode == 0
    return done, home / city


def saved(workspace):
    """The plan of the workspace."""
    (path,) = workspace.glob("maps/*/plan.json")
    return json.loads(path.read_text("utf-8"))


@pytest.mark.long
def test_chicago_is_planned(tmp_path):
    """Places without coordinates are listed with that reason; everybody else may be visited."""
    _, workspace = planned("README.md", "chicago", tmp_path)
    plan = saved(workspace)
    assert all(duty["route"] for duty in plan["duties"])
    nowhere = {
        row["enterprise_id"] for row in json.loads(lookback("locate", "--json", "--workspace", workspace).stdout)
    }
    checked = lookback("check", "--workspace", workspace, "--lang", "en").stderr
    assert "empty, so not planned until located (lookback locate proposes places): 40 (" in checked
    assert "on exactly the same spot as another enterprise: 3,270" in checked
    assert not nowhere & {visit["enterprise_id"] for duty in plan["duties"] for visit in duty["route"]}
    assert {row["rule"] for row in plan["unvisited"]} >= {"no_place", "time"}


def test_a_licence_with_two_coordinates_is_named(tmp_path, inside):
    """Neither is guessed; left out when asked, with the distance between them."""
    shops = (REAL / "chicago/enterprises.csv").read_text("utf-8").splitlines()[:40]
    (tmp_path / "shops.csv").write_text("\n".join([*shops, shops[1].replace("41.8807", "41.8907")]) + "\n", "utf-8")
    workspace = tmp_path / "new"
    inside("init", workspace)
    policy = workspace / "data/policy.toml"
    policy.write_text(policy.read_text("utf-8").replace("[73, 3, 136, 54]", "[-88.1, 41.6, -87.3, 42.1]"), "utf-8")
    asked = ["import", tmp_path / "shops.csv", "--as", "enterprises", "--map", "id=enterprise_id", "--map", "risk="]
    asked += ["--set", "scenario=retail", "--workspace", workspace, "--lang", "en"]
    refused = inside(*asked)
    assert refused.returncode == 2
    assert "shops.csv:41 enterprise_id: '2' stands already in row 2, with another lat (1,112 m away)" in refused.stderr
    assert "39 rows imported, 1 left out as wrong" in inside(*asked, "--leave-out").stdout


@pytest.mark.long
def test_san_mateo_is_planned(tmp_path):
    """A county without polygons, and 107 places at (0, 0)."""
    done, workspace = planned("docs/cities.md", "san_mateo", tmp_path)
    assert "107 处 (0, 0) 已清空" in done.stdout
    assert all(duty["route"] for duty in saved(workspace)["duties"])


@pytest.mark.long
def test_shanghai_by_sub_districts_is_planned(tmp_path):
    """The overlap that check would refuse is repaired on the way, and the repaired layer is sound."""
    _, workspace = planned("docs/cities.md", "streets", tmp_path)
    layer = json.loads((workspace / "districts/business_districts.geojson").read_text("utf-8"))
    assert len(layer["features"]) == 8
    assert saved(workspace)["duties"]
