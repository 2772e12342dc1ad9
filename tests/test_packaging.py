"""What is built is what works: the wheel holds everything that the program reads beside its code."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The wheel, unpacked into a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT]
    subprocess.run(build, check=True, capture_output=True, cwd=folder)
    (wheel,) = folder.glob("lookback-*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", folder / "site", wheel], check=True)
    return folder / "site"


def test_the_wheel_makes_a_sample_workspace(installed, tmp_path):
    """From the wheel alone, away from the repository, ``init --sample`` writes what the repository holds."""
    code = "import planner, sys; assert planner.__file__.startswith(sys.path[1]); from planner.cli import main; main()"
    command = [sys.executable, "-c", code, "init", "town", "--sample", "shanghai"]
    subprocess.run(command, check=True, cwd=tmp_path, env={"PYTHONPATH": str(installed)}, capture_output=True)
    for name in ("data/policy.toml", "data/enterprises.csv", "data/README.md", "districts/barriers.geojson"):
        assert (tmp_path / "town" / name).read_bytes() == (ROOT / name).read_bytes()


def test_the_wheel_holds_what_maps_are_made_of(installed):
    """Scripts, styles, the default policy and the type marker travel with the code."""
    package = installed / "planner"
    for name in (
        "policy.toml",
        "py.typed",
        "draw/static/page.css",
        "draw/static/plan.js",
        "folder/data.md",
        "writers/learning.css",
        "writers/report.css",
    ):
        assert (package / name).is_file(), name
