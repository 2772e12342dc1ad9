"""``show``, ``map`` and ``verify``: a saved plan again, or one that somebody edited."""

import json
import re
from shutil import rmtree

import pytest
from command import DAY, lookback, tree


@pytest.fixture
def document(planned_town):
    """The saved plan as one may edit it."""
    return json.loads((planned_town / "maps" / DAY / "plan.json").read_text("utf-8"))


@pytest.fixture
def edited(document, tmp_path):
    """A file with the document as it stands by then."""

    def write():
        path = tmp_path / "edited.json"
        path.write_text(json.dumps(document), "utf-8")
        return path

    return write


# show


@pytest.mark.parametrize("which", [[], [DAY], [f"{DAY}@1"]])
def test_show_prints_what_was_planned(inside, which, planned_town):
    done = inside("show", *which, "--workspace", planned_town, "--lang", "en")
    assert (done.returncode, done.stderr) == (0, "")
    assert "E1 North Noodles" in done.stdout
    assert f"Plan {DAY} revision 1" in done.stdout


def test_show_for_machines_is_the_document(inside, planned_town):
    done = inside("show", "--json", "--workspace", planned_town)
    assert done.stdout == (planned_town / "maps" / DAY / "plan.json").read_text("utf-8")


def test_show_takes_a_file(inside, planned_town, document, edited):
    document["revision"] = 41
    done = inside("show", edited(), "--workspace", planned_town, "--lang", "en")
    assert "revision 41" in done.stdout


UNKNOWN = ("2026-12-01", f"{DAY}@2", f"{DAY}@x", f"{DAY}@9999999999", "nowhere.json", "../..", "\udcff")


@pytest.mark.parametrize("verb", ["show", "map", "verify"])
@pytest.mark.parametrize("which", UNKNOWN, ids=ascii)
def test_unknown_plan_is_one_line_and_exit_2(verb, which, inside, own_planned_town):
    before = tree(own_planned_town)
    done = inside(verb, which, "--workspace", own_planned_town)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert tree(own_planned_town) == before


def test_looking_for_a_plan_makes_no_store(inside, town):
    before = tree(town)
    for verb in ("show", "map", "verify"):
        done = inside(verb, "--workspace", town, "--lang", "en")
        assert done.returncode == 2
        assert "no plan yet" in done.stderr
    assert tree(town) == before


# map


def test_map_draws_the_same_bytes_again(own_planned_town):
    before = tree(own_planned_town)
    rmtree(own_planned_town / "maps")
    done = lookback("map", "--workspace", own_planned_town)
    assert done.returncode == 0
    assert done.stdout == f"{own_planned_town / 'maps' / DAY / 'plan.html'}\n"
    after = tree(own_planned_town)
    assert after == {name: digest for name, digest in before.items() if name != "maps/README.md"}


def test_map_for_machines(inside, own_planned_town):
    done = inside("map", "--json", "--workspace", own_planned_town)
    assert json.loads(done.stdout) == {"map": str(own_planned_town / "maps" / DAY / "plan.html")}


def test_map_says_that_tables_have_changed(inside, own_planned_town):
    teams = own_planned_town / "data/teams.csv"
    teams.write_text(teams.read_text("utf-8").replace("North team", "Northern team"), "utf-8")
    done = inside("map", "--workspace", own_planned_town, "--lang", "en")
    assert done.returncode == 0
    assert "the tables have changed" in done.stderr


@pytest.mark.parametrize("plan_id", ["../../out", "/tmp/out", "..", ".", "", "2026-11-24/../../out", "con"])  # noqa: S108
def test_no_plan_leads_out_of_the_maps(inside, plan_id, own_planned_town, document, edited):
    """A document from elsewhere may call itself anything."""
    document["plan_id"] = plan_id
    before = tree(own_planned_town.parent)
    path = edited()
    before = tree(own_planned_town.parent)
    for arguments in (["map", path], ["plan", "--accept", path]):
        done = inside(*arguments, "--workspace", own_planned_town)
        assert (done.returncode, done.stdout) == (2, "")
    assert tree(own_planned_town.parent) == before


@pytest.mark.parametrize("verb", ["show", "map"])
def test_plan_of_a_shop_that_was_struck_from_the_tables(inside, verb, own_planned_town):
    for name in ("violations", "inspections", "recusals", "same_as", "enterprises"):
        table = own_planned_town / f"data/{name}.csv"
        rows = table.read_text("utf-8").splitlines(keepends=True)
        table.write_text("".join(row for row in rows if not re.search(r"\bE1\b", row)), "utf-8")
    before = tree(own_planned_town)
    done = inside(verb, "--workspace", own_planned_town, "--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"plan {DAY} enterprise_id: 'E1' is not in data/enterprises.csv\n"
    assert tree(own_planned_town) == before


# verify


def test_verify_finds_nothing_in_a_saved_plan(inside, planned_town):
    for which in ([], [DAY], [planned_town / "maps" / DAY / "plan.json"]):
        done = inside("verify", *which, "--workspace", planned_town, "--lang", "en")
        assert (done.returncode, done.stdout, done.stderr) == (0, "the plan keeps every rule\n", "")


def test_verify_names_every_rule_that_an_edited_plan_breaks(inside, planned_town, document, edited):
    visit = document["duties"][0]["route"][0]
    visit["travel_seconds"] -= 60
    visit["end"] = visit["end"].replace(":40:", ":39:")
    document["totals"]["priority"] += 1
    path = edited()
    done = inside("verify", path, "--workspace", planned_town, "--lang", "en")
    assert done.returncode == 2
    rules = {line[line.rindex("[") :] for line in done.stdout.splitlines()}
    assert {"[travel]", "[duration]", "[totals]"} <= rules
    assert f"T1 {DAY} E1: " in done.stdout
    assert done.stderr == f"{len(done.stdout.splitlines())} conflicts\n"
    chinese = inside("verify", path, "--workspace", planned_town)
    assert "检查时长 | " in chinese.stdout


def test_verify_for_machines(inside, planned_town, document, edited):
    document["totals"]["priority"] += 1
    done = inside("verify", edited(), "--json", "--workspace", planned_town)
    assert done.returncode == 2
    found = json.loads(done.stdout)
    assert found["plan_id"] == DAY
    assert not found["tables_changed"]
    assert [conflict["rule"] for conflict in found["conflicts"]][:1] == ["totals"]


def test_verify_says_when_tables_have_changed(inside, own_planned_town):
    shops = own_planned_town / "data/enterprises.csv"
    shops.write_text(shops.read_text("utf-8").replace("Mo-Su 10:00-22:00", "Mo-Su 18:00-22:00"), "utf-8")
    done = inside("verify", "--workspace", own_planned_town, "--lang", "en")
    assert done.returncode == 2
    assert "[opening_hours]" in done.stdout
    assert "the tables have changed" in done.stderr


BROKEN = {
    "empty": b"",
    "no JSON": b"{'schema': 1}",
    "half": b'{"schema": 1, "plan_id": "2026-1',
    "list": b"[]",
    "other schema": b'{"schema": 99}',
    "deep": b"[" * 100_000,
    "not UTF-8": '{"schema": 1, "plan_id": "方案"}'.encode("gb18030"),
    "no number": b'{"schema": NaN}',
    "huge number": b'{"schema": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_broken_file_is_one_line_and_exit_2(inside, content, planned_town, tmp_path):
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    done = inside("verify", path, "--workspace", planned_town)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "broken.json" in done.stderr


@pytest.mark.parametrize(("old", "new"), [('"seconds": null', '"seconds": 1e999'), ('"greedy"', '"\\ud800"')])
def test_document_that_could_not_be_saved_again_is_refused(inside, old, new, own_planned_town, tmp_path):
    """Half a character and an infinite number are JSON to Python; they must not come up when saving."""
    text = (own_planned_town / "maps" / DAY / "plan.json").read_text("utf-8")
    path = tmp_path / "edited.json"
    path.write_text(re.sub(r'"solver": "\w+"', '"solver": "greedy"', text).replace(old, new), "utf-8")
    before = tree(own_planned_town)
    done = inside("plan", "--accept", path, "--workspace", own_planned_town)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert tree(own_planned_town) == before


# plan --accept


def test_accepted_plan_is_checked_saved_and_drawn(own_planned_town, document, edited):
    """A plan with another hint is another plan: the next revision."""
    document["unvisited"][0]["hint"] = "ask the neighbours"
    done = lookback("plan", "--accept", edited(), "--workspace", own_planned_town, "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert "revision 2" in done.stdout
    assert "ask the neighbours" in done.stdout


def test_plan_that_breaks_a_rule_is_not_accepted(inside, own_planned_town, document, edited):
    document["duties"][0]["return_seconds"] += 60
    path = edited()
    before = tree(own_planned_town)
    done = inside("plan", "--accept", path, "--workspace", own_planned_town)
    assert (done.returncode, done.stdout) == (2, "")
    assert "[travel]" in done.stderr
    assert tree(own_planned_town) == before


def test_plan_of_another_day_is_not_accepted_for_this_one(inside, own_planned_town, edited):
    done = inside("plan", "2026-11-25", "--accept", edited(), "--workspace", own_planned_town)
    assert (done.returncode, done.stdout) == (2, "")
    assert "does not begin on 2026-11-25" in done.stderr
