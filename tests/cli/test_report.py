"""``report``: the campaign so far in three forms."""

import json
import stat

import pytest
from command import DAY, tree


def test_report_is_text_json_and_a_page(inside, planned_town, tmp_path):
    page = tmp_path / "r.html"
    before = tree(planned_town)
    done = inside("report", "2026-01-01", DAY, "--html", page, "--workspace", planned_town, "--lang", "en")
    assert done.returncode == 0
    assert "Look-backs, 2026-01-01 to 2026-11-24" in done.stdout
    assert "<h1>Look-backs, 2026-01-01 to 2026-11-24</h1>" in page.read_text("utf-8")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    document = json.loads(inside("report", "2026-01-01", DAY, "--json", "--workspace", planned_town).stdout)
    assert (document["from"], document["to"]) == ("2026-01-01", DAY)
    assert sum(tally["due"] for tally in document["by"]["kind"].values()) == document["total"]["due"] == 3
    assert len(document["coming"]) == 10
    assert tree(planned_town) == before


def test_period_begins_with_the_first_finding_and_ends_today(inside, planned_town):
    document = json.loads(inside("report", "--json", "--workspace", planned_town).stdout)
    assert document["from"] == "2026-03-02"


@pytest.mark.parametrize("arguments", [["2026-11-24", "2026-11-01"], ["yesterday"], ["2026-02-30"]], ids=" ".join)
def test_wrong_period_is_exit_2(arguments, inside, planned_town):
    done = inside("report", *arguments, "--workspace", planned_town, "--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize(
    "verb",
    [
        ["report", "2026-01-01", DAY, "--html"],
        ["compare", f"{DAY}@1", DAY, "--html"],
        ["backtest", "--chart"],
        ["learn", "--chart"],
        ["learn", "--to"],
        ["backup"],
    ],
    ids=lambda verb: f"{verb[0]} {verb[-1]}",
)
def test_mistyped_folder_is_exit_2_and_is_not_made(verb, inside, planned_town, tmp_path):
    """So is a folder in the place of a file."""
    (tmp_path / "r.html").mkdir()
    for name in ("no/such/r.html", "r.html"):
        done = inside(*verb, tmp_path / name, "--workspace", planned_town, "--lang", "en")
        assert (done.returncode, done.stdout) == (2, "")
        assert str((tmp_path / name).parent if "/" in name else tmp_path / name) in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["r.html"]


def test_help_says_what_a_day_looks_like(inside):
    told = inside("report", "--help").stdout
    assert "2026-11-01" in told
    assert "Any" not in told
