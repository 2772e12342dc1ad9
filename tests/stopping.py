"""Stop the real command while its solver is at work."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command import COMMAND

needs_proc = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc")


def solver_of(process):
    """The process of the solver that a running command has started, if it has."""
    try:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
        return next((pid for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()), None)
    except FileNotFoundError:
        return None


def stopped(verb, folder, number, searching, lang="zh", first=""):
    """
    A verb that was stopped so many seconds after its solver had been started, and how long stopping took.

    With a word that tells of the first plan: so many seconds after that.
    """
    command = [COMMAND, *verb, "--workspace", folder, "--lang", lang]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", start_new_session=True
    ) as process:
        deadline = time.monotonic() + 60
        while solver_of(process) is None:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        said = ""
        while first not in said:
            line = process.stderr.readline()
            assert line, said
            said += line
        time.sleep(searching)
        start = time.monotonic()
        os.killpg(process.pid, number)  # as a terminal does: all processes of the command at once
        try:
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()  # what hangs is not waited for
        err = said + err
        return subprocess.CompletedProcess(command, process.returncode, out, err), time.monotonic() - start
