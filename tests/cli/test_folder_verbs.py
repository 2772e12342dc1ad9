"""``init`` and ``check``, and what all verbs do with wrong arguments."""

import json
import re

import pytest
from command import CHINESE, DAY, lookback, tree

from planner.cli.front import overview
from planner.writers.terminal import columns


def test_overview_without_arguments(inside):
    """In the language of everything else, and in English to whom asks for it."""
    done = lookback()
    assert (done.returncode, done.stdout, done.stderr) == (0, overview("zh"), "")
    assert inside("--lang", "en").stdout == overview("en")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_overview_is_a_table(lang):
    """Its examples stand below each other, whatever the width of the letters before them."""
    rows = [line for line in overview(lang).splitlines() if line.startswith("  ")]
    assert len({columns(row.partition("lookback ")[0]) for row in rows}) == 1


def test_version(inside):
    assert re.fullmatch(r"lookback \d+\.\d+\.\d+\n", inside("--version").stdout)


MISUSES = [
    (["fly"], "lookback --help"),
    (["plan", "--hours", "3"], "lookback plan --help"),
    (["plan", "tomorrow"], "lookback plan --help"),
    (["export", "--to", "pdf"], "lookback export --help"),
    (["record"], "lookback record --help"),
]


@pytest.mark.parametrize(("arguments", "where"), MISUSES, ids=[" ".join(arguments) for arguments, _ in MISUSES])
def test_wrong_usage_is_said_in_ones_language_and_where_help_is(arguments, where, inside):
    told = inside(*arguments).stderr
    assert CHINESE.search(told)
    assert f"({where})" in told
    said = inside(*arguments, "--lang", "en").stderr if arguments != ["fly"] else inside("--lang", "en", "fly").stderr
    assert f"({where} --lang en)" in said
    assert not CHINESE.search(said)
    assert "Value error" not in said


@pytest.mark.parametrize("arguments", [["fly"], ["plan", "--hours", "3"], ["plan", "tomorrow"], ["plan", "2026-02-30"]])
def test_wrong_usage_is_one_line_and_exit_2(arguments, inside):
    done = inside(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert arguments[-1] in done.stderr or arguments[-2] in done.stderr


# init


def test_init_makes_the_sample(inside, sample):
    assert {path.name for path in sample.iterdir()} == {"data", "districts", "maps"}
    done = inside("check", "--workspace", sample, "--day", DAY)
    assert done.returncode == 0
    assert done.stdout.startswith("6043 家企业")


def test_init_makes_empty_tables_that_can_be_filled(inside, tmp_path):
    done = inside("init", tmp_path / "沪上 office")
    assert done.returncode == 0
    assert "--workspace '" in done.stderr
    assert (tmp_path / "沪上 office/data/enterprises.csv").read_text("utf-8").startswith("enterprise_id,name,lon,lat")
    assert (tmp_path / "沪上 office/data/policy.toml").exists()


def test_init_overwrites_nothing_and_names_every_file_in_the_way(town):
    before = tree(town)
    (town / "data/calendar.csv").unlink()
    before.pop("data/calendar.csv")
    done = lookback("init", town, "--sample", "shanghai")
    assert done.returncode == 2
    named = {line.partition(": ")[0].removeprefix(f"{town}/") for line in done.stderr.splitlines()}
    decisions = {"data/places.csv", "data/same_as.csv"}  # which a sample leaves to people
    in_data = {name for name in before if name.startswith("data/")}
    assert named == in_data - decisions | {"districts/barriers.geojson"}
    assert tree(town) == before


def test_init_moves_the_sample_to_a_day(inside, tmp_path):
    done = inside("init", tmp_path / "w", "--sample", "shanghai", "--today", "2026-12-08")
    assert done.returncode == 0
    assert "lookback plan 2026-12-08" in done.stderr
    ranked = inside("rank", "2026-12-08", "--workspace", tmp_path / "w", "--top", "1", "--lang", "en")
    assert " mandatory, " in ranked.stdout
    assert not ranked.stdout.startswith("0 ")


@pytest.mark.parametrize("arguments", [["--sample", "atlantis"], ["--today", "24.11.2026"]])
def test_init_refuses_what_it_does_not_know(arguments, inside, tmp_path):
    done = inside("init", tmp_path / "w", *arguments)
    assert done.returncode == 2
    assert not (tmp_path / "w").exists()


def test_init_below_a_file_is_exit_4(inside, tmp_path):
    (tmp_path / "file").touch()
    done = inside("init", tmp_path / "file" / "w", "--lang", "en")
    assert done.returncode == 4
    assert len(done.stderr.splitlines()) == 1


# check


def test_check_counts_what_it_read_and_warns_on_stderr(town):
    before = tree(town)
    done = lookback("check", "--workspace", town, "--lang", "en", "--day", DAY)
    assert done.returncode == 0
    assert done.stdout.startswith("4 enterprises, 3 violations, 2 teams, 2 districts; no problems")
    assert tree(town) == before


def test_check_is_where_one_stands(town):
    assert lookback("check", cwd=town).returncode == 0
    outside = lookback("check", cwd=town / "data")
    assert outside.returncode == 2
    assert "lookback init" in outside.stderr


def spoil(town):
    """Three mistakes in three tables and one in the policy."""
    for name, old, new in (
        ("enterprises.csv", "121.4520", "12l.4520"),
        ("violations.csv", "over_collection", "over-collect"),
        ("officers.csv", "2028-12-31", "2028-12-32"),
    ):
        path = town / "data" / name
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    (town / "data/policy.toml").write_text("[visits]\nmax_visit = 3\n", "utf-8")


@pytest.mark.parametrize("verb", ["check", "rank", "plan", "show", "map", "verify"])
def test_bad_tables_are_named_all_at_once_and_nothing_is_written(verb, inside, own_planned_town):
    """Also by verbs that only need the tables to show a plan that was saved before."""
    spoil(own_planned_town)
    before = tree(own_planned_town)
    done = inside(verb, "--workspace", own_planned_town)
    assert (done.returncode, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    for line, place in zip(
        lines,
        (
            "data/policy.toml visits.max_visit",
            "data/enterprises.csv:2 lon",
            "data/officers.csv:2 valid_until",
            "data/violations.csv:2 kind",
        ),
        strict=True,
    ):
        assert line.startswith(place)
    assert tree(own_planned_town) == before


def test_check_as_json_holds_problems_and_warnings(inside, town):
    fine = inside("check", "--workspace", town, "--json")
    assert json.loads(fine.stdout)["problems"] == []
    spoil(town)
    wrong = inside("check", "--workspace", town, "--json")
    assert wrong.returncode == 2
    assert len(json.loads(wrong.stdout)["problems"]) == 4


def test_check_names_the_team_whose_certificates_expire(inside, sample):
    done = inside("check", "--workspace", sample, "--lang", "en", "--day", DAY)
    assert done.returncode == 0
    assert "T34" in done.stderr
    assert "2026-11-20" in done.stderr
