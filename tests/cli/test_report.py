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


def test_page_that_cannot_be_written_is_exit_4(inside, planned_town, tmp_path):
    (tmp_path / "r.html").mkdir()
    done = inside("report", "2026-01-01", DAY, "--html", tmp_path / "r.html", "--workspace", planned_town)
    assert done.returncode == 4
