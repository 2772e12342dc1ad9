"""The repository is itself a workspace: its tables are what ``init --sample shanghai`` writes."""

from datetime import date
from pathlib import Path

import pytest

from planner.policy import default_text
from planner.readers import read
from planner.samples import SAMPLES
from planner.workspace import Workspace

ROOT = Path(__file__).parents[2]
SAMPLE = SAMPLES["shanghai"](date(2026, 11, 24))


@pytest.mark.parametrize("name", SAMPLE)
def test_the_tables_here_are_the_sample(name):
    """To the byte."""
    assert (ROOT / name).read_bytes() == SAMPLE[name]


def test_the_policy_here_is_the_default():
    """Comments and all."""
    assert (ROOT / "data" / "policy.toml").read_text("utf-8") == default_text()


def test_the_sample_has_no_problem():
    """It reads as it stands, and what is doubtful in it is summed up in a few lines."""
    policy, reading = Workspace.at(ROOT).read()
    assert len(reading.register.enterprises) == 6043
    assert 1 <= len(reading.warnings) <= 5
    assert read(ROOT, policy).register == reading.register
