"""The store: revisions that are only ever added, one writer at a time, and nothing lost or half written."""

import os
import sqlite3
import stat
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from datetime import timedelta

import pytest
import towns

from planner.errors import InputError, StoreError
from planner.plan import numbered, to_json
from planner.planning import plan as make_plan
from planner.solvers import Limit
from planner.store import SCHEMA_VERSION, Store


@pytest.fixture(scope="session")
def plan():
    """The plan of a morning in one street."""
    return make_plan(towns.one_team_ok(), towns.POLICY, towns.DAY, limit=Limit(steps=0), solver="greedy")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "lookback.db"


@pytest.fixture
def store(path):
    with Store(path) as store:
        yield store


def saved(store, plan, command="lookback plan"):
    """Number and save a plan, as the command line does."""
    with store.locked():
        following = store.number(plan)
        store.save(following, command)
    return following


def again(plan):
    """Another plan of the same day."""
    return replace(plan, bound=None)


def run(code, *arguments):
    """Another process that runs some lines, and what became of it."""
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


# Revisions


def test_plan_comes_back_as_it_was_saved(store, plan):
    saved(store, plan)
    assert store.load() == store.load("2026-11-24") == store.load("2026-11-24", 1) == plan


def test_same_plan_saved_twice_is_one_revision(store, plan):
    assert saved(store, plan) == saved(store, plan)
    assert [row.revision for row in store.saved()] == [1]


def test_another_plan_of_the_day_is_the_next_revision_of_it(store, plan):
    saved(store, plan)
    second = saved(store, again(plan))
    assert (second.revision, second.parent) == (2, 1)
    assert store.load("2026-11-24") == second
    assert store.load("2026-11-24", 1) == plan


def test_returning_to_an_earlier_plan_is_a_revision_of_its_own(store, plan):
    """What was published last is what holds, also when it was published before."""
    for made in (plan, again(plan), plan):
        saved(store, made)
    assert [row.revision for row in store.saved()] == [1, 2, 3]
    assert store.load().parent == 2


def test_days_are_numbered_apart(store, plan):
    other = replace(plan, plan_id="2026-11-25", horizon=(towns.DAY + timedelta(days=1),))
    assert [saved(store, each).revision for each in (plan, other, again(plan))] == [1, 1, 2]
    assert store.load() == store.load("2026-11-24", 2)


def test_saved_revision_is_never_changed(store, plan):
    saved(store, plan)
    with pytest.raises(StoreError, match="plan again"):
        store.save(numbered(again(plan), 1, None), "lookback plan")
    assert store.load() == plan


def test_list_of_plans_says_when_and_by_which_command(store, plan):
    saved(store, plan, "lookback plan 2026-11-24 --steps 2")
    (row,) = store.saved()
    assert row.command == "lookback plan 2026-11-24 --steps 2"
    assert row.saved_at.startswith("20")
    assert row.saved_at.endswith("+00:00")


def test_unknown_plan_is_named_beside_the_known_ones(store, plan):
    saved(store, plan)
    with pytest.raises(InputError, match=r"does not hold plan 2026-12-01; it holds: 2026-11-24"):
        store.load("2026-12-01")
    with pytest.raises(InputError, match=r"does not hold plan 2026-11-24 revision 7"):
        store.load("2026-11-24", 7)


# The file


def test_reading_makes_no_file(store, path, plan):
    with pytest.raises(InputError, match="none yet"):
        store.load()
    assert store.saved() == ()
    assert store.number(plan).revision == 1
    assert not path.exists()


def test_only_its_owner_can_read_it(store, path, plan):
    saved(store, plan)
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


def test_file_is_all_there_is_to_copy(store, path, plan):
    saved(store, plan)
    copy = path.with_name("copy.db")
    copy.write_bytes(path.read_bytes())
    with Store(copy) as other:
        assert other.load() == plan


def test_columns_hold_what_they_are_declared_for(store, path, plan):
    saved(store, plan)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT strict FROM pragma_table_list WHERE name = 'plans'").fetchone() == (1,)
        values = ("x", 1, None, "now", "by hand", "0", "{}")
        for place, wrong in ((1, "one"), (1, 0), (2, 1), (6, "")):
            row = [*values[:place], wrong, *values[place + 1 :]]
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute("INSERT INTO plans VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    connection.close()


@pytest.mark.parametrize("name", ["a?b", "a#b", "%41", "a b", "沪上", "file:x", "'\"", "a&mode=ro"])
def test_folder_may_be_called_anything(name, tmp_path, plan):
    folder = tmp_path / name
    folder.mkdir()
    with Store(folder / "lookback.db") as store:
        saved(store, plan)
    assert sorted(file.name for file in folder.iterdir()) == ["lookback.db", "lookback.db.lock"]


def test_relative_path_works(tmp_path, monkeypatch, plan):
    monkeypatch.chdir(tmp_path)
    with Store(tmp_path.__class__("lookback.db")) as store:
        saved(store, plan)
    assert (tmp_path / "lookback.db").exists()


# Files that are not this program's


def untouched(path, refused, match, beside=frozenset()):
    """Whatever is asked of the store is refused, and no byte of the file changes."""
    before = path.read_bytes(), path.stat().st_mtime_ns
    for ask in refused:
        with pytest.raises(InputError, match=match) as wrong:
            ask()
        assert wrong.value.problems[0].zh
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert {file.name for file in path.parent.iterdir()} <= {path.name, f"{path.name}.lock", *beside}


def everything(store, plan):
    return (store.load, store.saved, lambda: saved(store, plan), lambda: store.save(plan, "lookback plan"))


def test_store_of_a_newer_program_is_left_alone(store, path, plan):
    saved(store, plan)
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    untouched(path, everything(store, plan), "newer version")


def test_store_of_a_newer_program_with_another_journal_is_left_alone(store, path, plan):
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE outcomes (outcome TEXT)")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    untouched(path, everything(store, plan), "newer version", beside={"lookback.db-wal", "lookback.db-shm"})


def test_database_of_another_program_is_left_alone(store, path, plan):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE plans (gardening TEXT)")
    connection.close()
    untouched(path, everything(store, plan), "another program's tables")


@pytest.mark.parametrize(
    "content", [b"this is no database, whatever its name says\n" * 99, b"PK\x03\x04" + bytes(5000)]
)
def test_file_that_is_no_database_is_left_alone(content, store, path, plan):
    path.write_bytes(content)
    untouched(path, everything(store, plan), "not a store of lookback")


def test_damaged_store_is_reported_and_not_repaired(store, path, plan):
    saved(store, plan)
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + bytes(len(whole) - 4096))
    with Store(path) as fresh, pytest.raises((InputError, StoreError), match=r"malformed|not a store"):
        fresh.load()


def test_empty_file_becomes_a_store(store, path, plan):
    """A run that was killed before its first save may leave one."""
    path.touch()
    saved(store, plan)
    assert store.load() == plan


# When the disk does not play along


def test_folder_in_place_of_the_file(store, path, plan):
    path.mkdir()
    with pytest.raises(StoreError, match=str(path)):
        saved(store, plan)


def test_folder_that_is_not_there(tmp_path, plan):
    with Store(tmp_path / "gone" / "lookback.db") as store:
        with pytest.raises(StoreError, match="cannot be written"):
            saved(store, plan)
        with pytest.raises(StoreError, match="cannot be written"):
            store.save(plan, "lookback plan")


def test_full_disk_leaves_what_was_saved(store, path, plan, tmp_path):
    """A file that may not grow any more stands in for a full disk."""
    saved(store, plan)
    document = tmp_path / "plan.json"
    document.write_text(to_json(replace(plan, fingerprint="f" * 500_000)), "utf-8")
    done = run(
        """
        import resource, sys
        from pathlib import Path
        from planner.errors import StoreError
        from planner.plan import from_json
        from planner.store import Store

        path, document = Path(sys.argv[1]), Path(sys.argv[2]).read_text("utf-8")
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size,) * 2)
        with Store(path) as store:
            try:
                with store.locked():
                    store.save(store.number(from_json(document)), "lookback plan")
            except StoreError as problem:
                print(problem)
                sys.exit(problem.exit_code)
        """,
        path,
        document,
    )
    assert (done.returncode, done.stderr) == (4, "")
    assert str(path) in done.stdout
    assert [row.revision for row in store.saved()] == [1]
    assert store.load() == plan


# Two planners


def test_second_planner_is_told_who_has_the_store(store, path, plan):
    saved(store, plan)
    with store.locked():
        start = time.monotonic()
        named = pytest.raises(StoreError, match=rf"in use by .+, process {os.getpid()};")
        with Store(path) as other, named, other.locked():
            pass
        assert time.monotonic() - start < 1
    saved(store, again(plan))


def test_lock_does_not_outlive_a_killed_planner(store, path, plan):
    done = run(
        """
        import os, signal, sys
        from pathlib import Path
        from planner.store import Store

        with Store(Path(sys.argv[1])).locked():
            os.kill(os.getpid(), signal.SIGKILL)
        """,
        path,
    )
    assert done.returncode == -9
    saved(store, plan)


def test_readers_do_not_wait_for_a_planner(store, path, plan):
    saved(store, plan)
    with store.locked(), Store(path) as other:
        assert other.load() == plan


# Killed at any moment

KILLED = """
    import os, random, signal, sys, time
    from pathlib import Path
    from planner.plan import from_json, numbered
    from planner.store import Store

    path, document, kills = Path(sys.argv[1]), from_json(Path(sys.argv[2]).read_text("utf-8")), int(sys.argv[3])
    dice = random.Random(7)
    acknowledged = 0
    for _ in range(kills):
        here, there = os.pipe()
        child = os.fork()
        if not child:
            with Store(path) as store:
                for revision in range(acknowledged + 1, 10_000):
                    store.save(numbered(document, revision, None), "lookback plan")
                    os.write(there, b"%d\\n" % revision)
        os.close(there)
        time.sleep(dice.uniform(0.0, 0.06))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(here, "rb") as pipe:
            acknowledged = max([acknowledged, *map(int, pipe.read().split())])
        with Store(path) as store:
            revisions = [row.revision for row in store.saved()]
            assert revisions == list(range(1, len(revisions) + 1)), revisions
            assert acknowledged <= len(revisions) <= acknowledged + 1, (acknowledged, revisions)
            acknowledged = len(revisions)
    with Store(path) as store:
        for revision in range(1, acknowledged + 1):
            assert store.load(document.plan_id, revision) == numbered(document, revision, None)
    print(acknowledged)
"""


def test_kills_lose_nothing_that_was_acknowledged(path, plan, tmp_path):
    """Twenty kills within the first hundredths of a second of saving as fast as the disk can."""
    document = tmp_path / "plan.json"
    document.write_text(to_json(plan), "utf-8")
    done = run(KILLED, path, document, 20)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
