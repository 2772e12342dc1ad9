"""``export``, and pages under a passphrase: what is written, where, and for whose eyes."""

import json
import stat

import pytest
from command import DAY, tree

from planner.writers.formats import Format


@pytest.mark.parametrize("form", Format)
def test_each_kind_of_file_is_written_beside_the_maps(form, inside, own_planned_town):
    done = inside("export", DAY, "--to", form, "--workspace", own_planned_town)
    assert done.returncode == 0, done.stderr
    folder = own_planned_town / "maps" / DAY / "export"
    assert done.stdout.split() == [str(path) for path in sorted(folder.iterdir())]
    for path in folder.iterdir():
        assert path.suffix == f".{form}"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (own_planned_town / "maps" / DAY / "plan.html").exists()


def test_export_again_writes_the_same_bytes(inside, own_planned_town):
    for form in Format:
        assert inside("export", "--to", form, "--workspace", own_planned_town).returncode == 0
    before = tree(own_planned_town)
    for form in Format:
        assert inside("export", "--to", form, "--workspace", own_planned_town).returncode == 0
    assert tree(own_planned_town) == before


def test_one_teams_part(inside, own_planned_town):
    done = inside("export", "--to", "csv", "--team", "T1", "--json", "--workspace", own_planned_town)
    (path,) = json.loads(done.stdout)["files"]
    assert path.endswith("T1.csv")


@pytest.mark.parametrize("wrong", [["--team", "nobody"], ["--to", "exe"], ["2030-01-01"]], ids=" ".join)
def test_what_cannot_be_exported_writes_nothing(wrong, inside, own_planned_town):
    before = tree(own_planned_town)
    done = inside("export", *wrong, "--workspace", own_planned_town)
    assert (done.returncode, done.stdout) == (2, "")
    assert tree(own_planned_town) == before


def test_a_passphrase_seals_every_page_and_is_written_nowhere(inside, own_planned_town, monkeypatch):
    monkeypatch.setattr("planner.draw.seal.ROUNDS", 1000)
    monkeypatch.setenv("LOOKBACK_PASSPHRASE", "correct horse battery")
    done = inside("map", "--passphrase", "--workspace", own_planned_town)
    assert done.returncode == 0, done.stderr
    for page in (own_planned_town / "maps" / DAY).glob("*.html"):
        text = page.read_text("utf-8")
        assert '"sealed":' in text
        assert "North Noodles" not in text
        assert stat.S_IMODE(page.stat().st_mode) == 0o600
    for path in own_planned_town.rglob("*"):
        if path.is_file():
            assert b"correct horse" not in path.read_bytes()


def test_a_short_passphrase_is_refused(inside, own_planned_town, monkeypatch):
    monkeypatch.setenv("LOOKBACK_PASSPHRASE", "1234")
    before = tree(own_planned_town)
    done = inside("map", "--passphrase", "--workspace", own_planned_town)
    assert done.returncode == 2
    assert tree(own_planned_town) == before
