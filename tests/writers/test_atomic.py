"""Files that are old or new and never half, whatever becomes of the process that writes them."""

import os
import stat
import subprocess
import sys
import textwrap

import pytest

from planner.errors import StoreError
from planner.writers import atomic
from planner.writers.atomic import sweep, write_files

OLD, NEW = {"a.html": b"old " * 9, "b/c.json": b"OLD " * 9}, {"a.html": b"new " * 99_999, "b/c.json": b"NEW " * 99_999}


def contents(folder):
    """Every file under a folder, by its path in it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def folder(tmp_path):
    """A folder with files of an earlier run."""
    write_files(tmp_path / "maps", OLD)
    return tmp_path / "maps"


def run(code, *arguments):
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_files_are_written_with_their_folders(folder):
    assert contents(folder) == OLD
    write_files(folder, NEW)
    assert contents(folder) == NEW


def test_only_their_owner_can_read_them(folder):
    """They name targets of inspections."""
    modes = {path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    assert modes == {"a.html": 0o600, "b": 0o700, "b/c.json": 0o600}


def test_nothing_to_write_is_nothing_written(tmp_path):
    write_files(tmp_path / "maps", {})
    assert list(tmp_path.iterdir()) == []


def test_folder_in_the_way_stops_all_of_them(folder):
    (folder / "d").mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        write_files(folder, {**NEW, "d": b"a folder has this name"})
    assert contents(folder) == OLD


def test_file_in_place_of_the_folder(tmp_path):
    (tmp_path / "maps").write_text("no folder", "utf-8")
    with pytest.raises(StoreError, match="cannot be written"):
        write_files(tmp_path / "maps", NEW)
    assert contents(tmp_path) == {"maps": b"no folder"}


def test_ctrl_c_while_writing_leaves_nothing_behind(folder, monkeypatch):
    def interrupt(_descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr(atomic.os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_files(folder, NEW)
    assert contents(folder) == OLD


@pytest.mark.parametrize("call", range(6))
def test_disk_that_fails_at_any_call_leaves_each_file_whole(call, folder, monkeypatch):
    """Two files are flushed and renamed, then their two folders flushed: each of these may be the one that fails."""
    calls = []

    def failing(name):
        real = getattr(os, name)

        def tried(*arguments):
            calls.append(name)
            if len(calls) == call + 1:
                raise OSError(5, "Input/output error")
            return real(*arguments)

        return tried

    for name in ("fsync", "replace"):
        monkeypatch.setattr(atomic.os, name, failing(name))
    with pytest.raises(StoreError, match="Input/output error"):
        write_files(folder, NEW)
    found = contents(folder)
    assert found.keys() == OLD.keys()
    assert all(found[name] in {OLD[name], NEW[name]} for name in found)
    if "replace" not in calls[:call]:
        assert found == OLD


def test_full_disk_leaves_what_was_there(folder):
    """A limit on the size of files stands in for a full disk."""
    done = run(
        """
        import resource, sys
        from pathlib import Path
        from planner.errors import StoreError
        from planner.writers.atomic import write_files

        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        try:
            write_files(Path(sys.argv[1]), {"a.html": b"short", "b/c.json": bytes(1_000_000)})
        except StoreError as problem:
            print(problem)
            sys.exit(problem.exit_code)
        """,
        folder,
    )
    assert (done.returncode, done.stderr) == (4, "")
    assert "File too large" in done.stdout
    assert contents(folder) == OLD


def test_unfinished_files_are_swept_and_others_are_not(folder):
    (folder / ".lookback-x1y2").write_bytes(b"half")
    (folder / ".hidden").write_bytes(b"somebody's own")
    sweep(folder)
    assert contents(folder) == {**OLD, ".hidden": b"somebody's own"}


KILLED = """
    import os, random, signal, sys, time
    from pathlib import Path
    from planner.writers.atomic import sweep, write_files

    folder, kills = Path(sys.argv[1]), int(sys.argv[2])
    dice = random.Random(11)
    versions = {bytes([65 + k]) * size for k in range(26) for size in (300, 300_000)}
    half = finished = 0
    for _ in range(kills):
        here, there = os.pipe()
        child = os.fork()
        if not child:
            while True:
                for k in range(26):
                    write_files(folder, {name: bytes([65 + k]) * size for name, size in (("a", 300), ("b", 300_000))})
                    os.write(there, b"x")
        os.close(there)
        time.sleep(dice.uniform(0.0, 0.05))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(here, "rb") as pipe:
            finished += len(pipe.read())
        half += any(folder.glob(".lookback-*"))
        sweep(folder)
        for path in folder.iterdir():
            assert path.name in {"a", "b"}, path
            assert path.read_bytes() in versions, path
    print(half, finished)
"""


def test_killed_writers_leave_old_or_new_and_no_litter(tmp_path):
    """Forty kills; some of them hit a file that is being written, which is what the sweep is for."""
    folder = tmp_path / "maps"
    folder.mkdir()
    done = run(KILLED, folder, 40)
    assert done.returncode == 0, done.stderr
    half, finished = map(int, done.stdout.split())
    assert half > 0
    assert finished > 0  # how many depends on how fast the disk is
