"""
The command killed at any moment: the store opens, nothing that was acknowledged is lost, files are old or new.

A child of a process that has the program loaded runs a verb and is killed after a time drawn from as long as the verb
takes. The long run (``make test-long``) does so two hundred times for each verb, in a file and on a server.
"""

import json
import os
import random
import select
import signal
import subprocess
import sys
import textwrap
import time

import pytest
from command import DAY

from planner.workspace import Workspace

FORKS = """
    import os, signal, sys
    from planner import draw
    from planner.cli import app, main
    from planner.solvers import ruin_recreate
    from planner.store import store, postgres, sqlite
    from typer.main import get_command

    loaded = [*get_command(app).commands.values()]

    # One line of arguments at a time: a child runs them; its number and, when it has ended, its exit code go out.
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os.setpgid(0, 0)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(1, 2)
            sys.argv = ["lookback", *line.split("\\t")]
            sys.argv[-1] = sys.argv[-1].rstrip("\\n")
            try:
                main(sys.argv[1:])
            except SystemExit as done:
                os._exit(done.code)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
"""


class Forks:
    """Runs verbs in children that can be killed."""

    def __init__(self, process):
        self._process = process

    def run(self, *arguments, kill_after=None):
        """The exit code of the verb; -9 if it was killed first."""
        self._process.stdin.write("\t".join(map(str, arguments)) + "\n")
        self._process.stdin.flush()
        child = int(self._process.stdout.readline())
        if kill_after is not None and not select.select([self._process.stdout], [], [], kill_after)[0]:
            try:
                os.killpg(child, signal.SIGKILL)
            except ProcessLookupError:  # it has just ended, or has not got a group of its own yet
                os.kill(child, signal.SIGKILL)
        return int(self._process.stdout.readline())

    def seconds(self, *arguments):
        """How long a verb takes when nobody kills it."""
        start = time.monotonic()
        assert self.run(*arguments) == 0
        return time.monotonic() - start


@pytest.fixture(params=["file", "server"])
def forks(request, monkeypatch):
    if request.param == "server":
        monkeypatch.setenv("LOOKBACK_DATABASE", request.getfixturevalue("server").new_database())
    command = [sys.executable, "-c", textwrap.dedent(FORKS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Forks(process)
        process.kill()


KILLS = [pytest.param(5, id="few"), pytest.param(200, id="many", marks=pytest.mark.long)]


def found_in(folder):
    """Everything in the store, read as the program reads it."""
    with Workspace(folder).store() as store:
        plans = tuple(store.load(row.plan_id, row.revision) for row in store.saved())
        return plans, store.events(), store.outcomes(), store.audit()


@pytest.mark.parametrize("count", KILLS)
def test_killed_record_loses_nothing_that_was_acknowledged(count, forks, town):
    """Outcomes by hand, one a call: each that ended with 0 is there, and the one that was killed is there or not."""
    assert forks.run("plan", DAY, "--steps", "1", "--workspace", town) == 0
    dice = random.Random(11)

    def verb(k):
        return ("record", "E1", "partly", "--facts", f"第{k}次", "--correct", "--workspace", town)

    longest = forks.seconds(*verb(0))
    sure, killed = 1, 0
    for k in range(1, count + 1):
        code = forks.run(*verb(k), kill_after=dice.uniform(0, longest * 1.1))
        killed += code == -signal.SIGKILL
        assert code in {0, -signal.SIGKILL}
        _, _, outcomes, audit = found_in(town)
        (row,) = outcomes
        assert sure + (code == 0) <= row.entry <= sure + 1
        assert len([line for line in audit if "outcomes" in line.done]) == row.entry
        sure = row.entry
    assert killed > 0


@pytest.mark.parametrize("count", KILLS)
def test_killed_plan_leaves_the_old_plan_or_the_new_one(count, forks, town):
    """Each revision is whole or not there; every file of the maps is one that a finished run has written."""
    assert forks.run("plan", DAY, "--steps", "1", "--workspace", town) == 0
    dice = random.Random(12)
    longest = forks.seconds("plan", DAY, "--steps", "2", "--workspace", town)
    killed = 0
    for k in range(count):
        before, _, _, _ = found_in(town)
        verb = ("plan", DAY, "--steps", 1 + k % 2, "--seed", k, "--workspace", town)
        code = forks.run(*verb, kill_after=dice.uniform(0, longest * 1.1))
        killed += code == -signal.SIGKILL
        assert code in {0, -signal.SIGKILL}
        after, _, _, audit = found_in(town)
        assert after[: len(before)] == before
        assert len(before) + (code == 0) <= len(after) <= len(before) + 1
        assert [line.done for line in audit] == [f"plan {DAY} revision {n + 1}" for n in range(len(after))]
        document = json.loads((town / "maps" / DAY / "plan.json").read_text("utf-8"))
        assert 1 <= document["revision"] <= len(after)
        for page in (town / "maps" / DAY).glob("[!.]*.html"):
            assert page.read_text("utf-8").endswith("</html>\n"), page
    assert killed > 0
    assert forks.run("verify", "--workspace", town) == 0


@pytest.mark.parametrize("count", KILLS)
def test_killed_replan_and_reschedule_leave_the_old_plan_or_the_new_one(count, forks, town):
    """An event that was acknowledged is there; a revision is whole or not there."""
    assert forks.run("plan", DAY, "--steps", "1", "--workspace", town) == 0
    dice = random.Random(13)

    def verbs(k):
        return (
            ("reschedule", "late", "T1", 5 + k % 50, "--workspace", town),
            ("replan", "--now", f"{DAY} 08:30", "--steps", "1", "--workspace", town),
        )

    longest = [forks.seconds(*verb) for verb in verbs(0)]
    killed = 0
    for k in range(1, count + 1):
        for seconds, verb in zip(longest, verbs(k), strict=True):
            plans, events, _, _ = found_in(town)
            code = forks.run(*verb, kill_after=dice.uniform(0, seconds * 1.1))
            killed += code == -signal.SIGKILL
            assert code in {0, -signal.SIGKILL}
            after, now_there, _, audit = found_in(town)
            assert (after[: len(plans)], now_there[: len(events)]) == (plans, events)
            more = len(after) - len(plans), len(now_there) - len(events)
            assert more in ({(0, 0), (0, 1)} if verb[0] == "reschedule" else {(0, 0), (1, 0)})
            assert verb[0] == "replan" or more == (0, 1) or code == -signal.SIGKILL
            assert len(audit) == len(after) + len(now_there)
            document = json.loads((town / "maps" / DAY / "plan.json").read_text("utf-8"))
            assert 1 <= document["revision"] <= len(after)
    assert killed > 0
