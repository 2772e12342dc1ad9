"""Workspaces to call the command in: the smallest one, and the sample."""

import shutil
from pathlib import Path

import pytest
from command import DAY, lookback

GOOD = Path(__file__).parents[1] / "bad" / "good"


@pytest.fixture(scope="session")
def planned_town(tmp_path_factory):
    """The same with a saved plan of the day; not to be changed."""
    folder = Path(shutil.copytree(GOOD, tmp_path_factory.mktemp("planned") / "town"))
    done = lookback("plan", DAY, "--steps", "2", "--workspace", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def own_planned_town(planned_town, tmp_path):
    """A copy of the planned town that a test may spoil."""
    return Path(shutil.copytree(planned_town, tmp_path / "planned"))


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """The Shanghai sample as ``init`` makes it; not to be changed."""
    folder = tmp_path_factory.mktemp("sample") / "shanghai"
    done = lookback("init", folder, "--sample", "shanghai")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def planned_sample(sample, tmp_path_factory):
    """A copy of the sample with a saved plan of the day, and what the command printed."""
    folder = Path(shutil.copytree(sample, tmp_path_factory.mktemp("planned_sample") / "shanghai"))
    done = lookback("plan", DAY, "--steps", "1", "--workspace", folder, PYTHONHASHSEED="1", TZ="Asia/Shanghai")
    assert done.returncode == 0, done.stderr
    return folder, done
