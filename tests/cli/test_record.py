"""``record`` and ``backup``: outcomes from files and by hand, and what the days after make of them."""

import json
import sqlite3

import pytest
from command import DAY, lookback, tree

from planner.store import Store
from planner.workspace import Workspace


@pytest.fixture
def town(own_planned_town):
    return own_planned_town


@pytest.fixture
def document(planned_town):
    """What the first team with a route hands in: everything rectified."""
    plan = json.loads((planned_town / "maps" / DAY / "plan.json").read_text("utf-8"))
    duty = next(duty for duty in plan["duties"] if duty["route"])
    return {
        "lookback_outcomes": 1,
        "plan_id": DAY,
        "revision": 1,
        "team_id": duty["team_id"],
        "date": DAY,
        "exported_at": f"{DAY}T17:05",
        "outcomes": [
            {
                "lookback_id": visit["lookback_id"],
                "enterprise_id": visit["enterprise_id"],
                "outcome": "rectified",
                "arrived": visit["arrive"][:16],
                "left": visit["end"][:16],
                "facts": "扫码后可拒绝提供手机号",
                "checklist": [{"item": "A3", "answer": "pass", "note": ""}],
                "violations": [],
            }
            for visit in duty["route"]
        ],
    }


@pytest.fixture
def handed_in(document, tmp_path):
    """A file with the document as it stands by then."""

    def write(name="t.json"):
        path = tmp_path / name
        path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
        return path

    return write


def recorded(town):
    with Workspace(town).store() as store:
        return store.outcomes()


def owed(inside, town, day):
    done = inside("rank", day, "--json", "--workspace", town)
    return {row["lookback_id"]: row for row in json.loads(done.stdout)}


def look_back(document):
    return next(row for row in document["outcomes"] if row["lookback_id"].startswith("LB-"))


def test_file_is_taken_in_and_closes_what_it_says_is_rectified(inside, town, document, handed_in):
    name = look_back(document)["lookback_id"]
    before = owed(inside, town, "2026-11-25")
    done = inside("record", handed_in(), "--workspace", town, "--lang", "en")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{len(document['outcomes'])} recorded, 0 already recorded, 0 in conflict" in done.stdout
    assert owed(inside, town, "2026-11-25").keys() == before.keys() - {name}
    assert name in owed(inside, town, DAY)


def test_plan_that_was_made_in_the_morning_stays_right(inside, town, handed_in):
    """What its visits found changes tomorrow's plan, and makes today's neither wrong nor stale."""
    inside("record", handed_in(), "--workspace", town)
    done = inside("verify", "--workspace", town, "--lang", "en")
    assert (done.returncode, done.stdout, done.stderr) == (0, "the plan keeps every rule\n", "")


def test_same_file_again_changes_nothing(inside, town, document, handed_in):
    inside("record", handed_in(), "--workspace", town)
    before = tree(town)
    done = inside("record", handed_in("again.json"), "--workspace", town, "--lang", "en")
    assert done.returncode == 0
    assert f"0 recorded, {len(document['outcomes'])} already recorded, 0 in conflict" in done.stdout
    assert tree(town) == before


def test_conflict_is_listed_and_overwrites_nothing(inside, town, document, handed_in):
    inside("record", handed_in(), "--workspace", town)
    before = recorded(town)
    document["outcomes"][0]["outcome"] = "partly"
    done = inside("record", handed_in(), "--workspace", town, "--lang", "en", "--json")
    assert done.returncode == 2
    assert "rectified is on record" in done.stderr
    conflict = {"lookback_id": document["outcomes"][0]["lookback_id"], "differs_in": ["outcome"]}
    assert json.loads(done.stdout)["conflicts"] == [conflict]
    assert recorded(town) == before
    assert inside("record", handed_in(), "--correct", "--workspace", town).returncode == 0
    assert {row.entry for row in recorded(town)} == {1, 2} or len(before) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"team_id": "T9"}, "'T9' is not in plan"),
        ({"plan_id": "2026-11-20"}, "does not hold plan 2026-11-20"),
        ({"revision": 2}, "does not hold plan 2026-11-24 revision 2"),
        ({"date": "2026-11-25"}, "is not the day of the visits"),
        ({"approved_by": "me"}, "approved_by: is not a field"),
    ],
)
def test_document_that_is_not_of_the_plan_is_refused_whole(change, said, inside, town, document, handed_in):
    """Also the good files beside it: nothing is written."""
    good = handed_in("good.json")
    document |= change
    before = tree(town)
    done = inside("record", good, handed_in("bad.json"), "--workspace", town, "--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert tree(town) == before


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[1]", b'{"lookback_outcomes": 1', b"\x00" * 99])
def test_file_that_is_no_document_is_one_line(content, inside, town, tmp_path):
    path = tmp_path / "t.json"
    path.write_bytes(content)
    done = inside("record", path, tmp_path / "gone.json", "--workspace", town, "--lang", "en")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 2)


def test_an_outcome_that_there_is_none_of_is_named(inside, town):
    """It is not taken for a file that cannot be read."""
    done = inside("record", "E1", "gone", "--workspace", town, "--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'gone' is neither a file nor one of rectified, partly" in done.stderr


def test_not_rectified_by_hand_suggests_the_next_action_and_comes_back(inside, town, document):
    row = look_back(document)
    site, name = row["enterprise_id"], row["lookback_id"]
    done = inside("record", site, "not_rectified", "--facts", "涉嫌违法", "--workspace", town, "--json", "--lang", "en")
    assert "legal conclusion" in done.stderr
    (told,) = json.loads(done.stdout)["recorded"]
    assert (told["lookback_id"], told["outcome"]) == (name, "not_rectified")
    assert told["suggested_action"] != told["last_action"]
    (lb,) = (lb for key, lb in owed(inside, town, "2026-12-04").items() if key == name)
    assert (lb["release"], lb["due"]) == (told["release"], told["due"])
    assert "repeats" in {reason["term"] for reason in lb["reasons"]}


def test_new_violation_by_hand_is_owed_tomorrow(inside, town, document):
    site = look_back(document)["enterprise_id"]
    new = ("--kind", "induced", "--action", "interview", "--rectify-by", "2026-11-26", "--aggravation", "minors")
    assert inside("record", site, "new_violation", *new, "--workspace", town).returncode == 0
    found = owed(inside, town, "2026-11-30")[f"LB-{site}"]
    assert (found["release"], found["violations"]) == (
        "2026-11-27",
        [f"{DAY}@1/{look_back(document)['lookback_id']}/1"],
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["E1", "fixed"],
        ["E1"],
        ["E9", "rectified"],
        ["E1", "new_violation"],
        ["E1", "rectified", "--kind", "induced"],
        ["E1", "rectified", "--note", "x"],
        ["E1", "rectified", "--plan", "2030-01-01"],
        ["E1", "rectified", "--plan", f"{DAY}@x"],
        ["E1", "rectified", "--arrived", "25:00"],
        ["E1", "rectified", "--arrived", "10:00", "--left", "09:00"],
        ["E9", "rectified", "--date", DAY, "--team", "T9"],
        ["t.json", "--facts", "x"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_exit_2_and_writes_nothing(arguments, inside, town):
    before = tree(town)
    done = inside("record", *arguments, "--workspace", town, "--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr
    assert tree(town) == before


def test_visit_that_was_not_planned_can_be_recorded(inside, town, document):
    planned = {row["enterprise_id"] for row in document["outcomes"]}
    site = next(site for site in ("E1", "E2", "E3", "E4") if site not in planned)
    arguments = ("record", site, "rectified", "--team", "T1", "--date", "2026-11-26", "--workspace", town)
    assert inside(*arguments).returncode == 0
    (row,) = recorded(town)
    assert (row.outcome.enterprise_id, row.outcome.plan_id, row.outcome.day.isoformat()) == (
        site,
        "2026-11-26",
        "2026-11-26",
    )


def test_audit_says_who_recorded_what(town, handed_in):
    path = handed_in()
    assert lookback("record", path, "--workspace", town).returncode == 0
    with Workspace(town).store() as store:
        last = store.audit()[-1]
    assert last.author
    assert last.command.startswith("lookback record ")
    assert str(path) in last.command


# backup


def test_backup_takes_the_place_of_the_store(inside, town, tmp_path, handed_in):
    inside("record", handed_in(), "--workspace", town)
    copy = tmp_path / "copy.db"
    done = inside("backup", copy, "--workspace", town, "--lang", "en")
    assert (done.returncode, done.stdout) == (0, f"backed up to {copy}\n")
    before = recorded(town)
    (town / "data/lookback.db").unlink()
    copy.rename(town / "data/lookback.db")
    assert recorded(town) == before
    done = inside("verify", "--workspace", town)
    assert done.returncode == 0, done.stdout + done.stderr


def test_backup_while_a_planner_is_at_work(inside, town, tmp_path):
    with Store(town / "data/lookback.db") as store, store.locked():
        assert inside("backup", tmp_path / "copy.db", "--workspace", town).returncode == 0


def test_newer_store_is_exit_2_and_untouched(inside, town, handed_in):
    connection = sqlite3.connect(town / "data/lookback.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = tree(town)
    for arguments in (["record", handed_in()], ["rank", DAY], ["show"], ["report"], ["backup", town / "b.db"]):
        done = inside(*arguments, "--workspace", town, "--lang", "en")
        assert (done.returncode, done.stdout) == (2, "")
        assert "newer version" in done.stderr
    assert tree(town) == before


# On a server


def test_day_on_a_server(server, inside, own_planned_town, document, handed_in, monkeypatch, tmp_path):
    """The same day with the store in PostgreSQL: plan, record, verify, report, backup; the file is not touched."""
    monkeypatch.setenv("LOOKBACK_DATABASE", server.new_database())
    town = own_planned_town
    before = (town / "data/lookback.db").read_bytes()
    assert inside("record", handed_in(), "--workspace", town).returncode == 2
    assert inside("plan", DAY, "--steps", "2", "--workspace", town).returncode == 0
    assert inside("record", handed_in(), "--workspace", town).returncode == 0
    done = inside("verify", "--workspace", town)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(recorded(town)) == len(document["outcomes"])
    assert inside("report", "2026-01-01", DAY, "--workspace", town).returncode == 0
    assert inside("backup", tmp_path / "copy.db", "--workspace", town).returncode == 0
    assert (town / "data/lookback.db").read_bytes() == before


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("mysql://me@here/lookback", 2),
        ("postgresql://me:secret@here", 2),
        ("not an address", 2),
        ("postgresql://me:secret@/lookback?host=/nowhere", 4),
    ],
)
def test_wrong_address_is_one_line_without_the_password(address, code, inside, own_planned_town, monkeypatch):
    monkeypatch.setenv("LOOKBACK_DATABASE", address)
    done = inside("show", "--workspace", own_planned_town, "--lang", "en")
    assert (done.returncode, done.stdout) == (code, "")
    assert "secret" not in done.stderr
