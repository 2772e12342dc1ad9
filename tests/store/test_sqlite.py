"""The store as a file: what is particular to SQLite, to disks and to the processes of one computer."""

import sqlite3
import stat
import subprocess
import sys
import textwrap
from dataclasses import replace

import pytest

from planner.errors import InputError, StoreError
from planner.plan_json import to_json
from planner.store import SCHEMA_VERSION, Store


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


def run(code, *arguments):
    """Another process that runs some lines, and what became of it."""
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


# The file


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


def test_store_of_a_newer_program_with_another_journal_is_left_alone(store, path, plan):
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE outcomes (outcome TEXT)")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    untouched(path, everything(store, plan), "newer version", beside={"lookback.db-wal", "lookback.db-shm"})


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
        from planner.plan_json import from_json
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


# The lock


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
