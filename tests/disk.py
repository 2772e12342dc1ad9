"""
The command on a disk that does not play along: full, read-only, or with folders that nobody may write to.

Run by a test inside namespaces of its own (``unshare``), where a small disk can be mounted by anybody. It copies a
workspace there, spoils the disk, calls each verb in a child, and says as JSON what came of them.
"""

import contextlib
import io
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from command import tree
from typer.main import get_command


def spoil(fault, workspace, disk, calls):
    """Mount and spoil the disk, and go on to ``call`` in this process, without the right to write anywhere."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk], check=True)
    town = Path(shutil.copytree(workspace, Path(disk) / "town"))
    if fault == "full":
        fill(Path(disk) / "filler")
    elif fault == "read-only":
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    else:
        for folder in (town, *(path for path in town.rglob("*") if path.is_dir())):
            folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    command = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", sys.executable, __file__, "call", str(town), calls]
    os.execvp(command[0], command)  # noqa: S606


def fill(path):
    """Take what is left of the disk, to the last byte."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    for size in (1 << 16, 1 << 12, 1):
        with contextlib.suppress(OSError):
            while True:
                os.write(descriptor, bytes(size))
    os.close(descriptor)


def call(town, calls):
    """Call the verbs, each in a child; ``{town}`` in their arguments is the workspace on the disk."""
    from planner import draw  # noqa: F401, PLC0415  (once, not in each child)
    from planner.cli import app  # noqa: PLC0415

    list(get_command(app).commands.values())

    before = tree(town)
    results = {}
    for name, arguments in json.loads(calls).items():
        code, out, err = in_child([argument.replace("{town}", str(town)) for argument in arguments])
        left = [path.name for path in town.rglob(".lookback-*")]
        results[name] = {"code": code, "out": out, "err": err, "left": left, "unchanged": tree(town) == before}
    sys.stdout.write(json.dumps(results))


def in_child(arguments):
    """The exit code of a verb, and what it wrote to either stream."""
    from planner.cli import main  # noqa: PLC0415

    here, there = os.pipe()
    child = os.fork()
    if not child:
        streams = [io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2)]
        sys.stdout, sys.stderr = streams
        try:
            main(arguments)
        except SystemExit as done:
            code = done.code
        told = []
        for stream in streams:
            stream.flush()
            told.append(stream.buffer.getvalue().decode())
        with os.fdopen(there, "w") as pipe:
            json.dump([code, *told], pipe)
        os._exit(0)
    os.close(there)
    with os.fdopen(here) as pipe:
        said = json.load(pipe)
    os.waitpid(child, 0)
    return said


if __name__ == "__main__":
    if sys.argv[1] == "call":
        call(Path(sys.argv[2]), sys.argv[3])
    else:
        spoil(*sys.argv[1:])
