"""
What comes in while a plan is searched: recorded at once, and the plan knows of it or says that it does not.

The planner is the real command in a process of its own.
"""

import os
import signal
import subprocess
import time
from contextlib import contextmanager

import pytest
from command import COMMAND, DAY

from planner.store import postgres
from planner.workspace import Workspace

TOMORROW = "2026-11-25"
SECONDS = "2"
"""Of searching."""


@pytest.fixture(params=["file", "server"])
def office(request, inside, town, monkeypatch):
    """The town with a plan of today, with its store in a file and on a server."""
    if request.param == "server":
        monkeypatch.setenv("LOOKBACK_DATABASE", request.getfixturevalue("server").new_database())
    assert inside("plan", DAY, "--steps", "2", "--workspace", town).returncode == 0
    return town


@contextmanager
def at_work(office, *arguments):
    """A planner in another process, halted in the middle of a search; with that it goes on to its end."""
    command = [COMMAND, *arguments, "--seconds", SECONDS, "--workspace", office, "--lang", "en"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as planner:
        while f"process {planner.pid}" not in holder(office):
            assert planner.poll() is None, planner.communicate()[1]
            time.sleep(0.02)
        time.sleep(float(SECONDS) / 2)  # by now it has read what it goes by
        planner.send_signal(signal.SIGSTOP)
        try:
            yield planner
        finally:
            planner.send_signal(signal.SIGCONT)
            _, planner.said = planner.communicate()
    assert planner.returncode == 0, planner.said


def holder(office):
    """Who has the lock of planners, as it is told to those who come second."""
    if "LOOKBACK_DATABASE" not in os.environ:
        lock = office / "data" / "lookback.db.lock"
        return lock.read_text("utf-8") if lock.exists() else ""
    with Workspace(office).store() as store, store._database.engine.connect() as connection:
        found = connection.execute(postgres._HOLDER, {"key": postgres._PLANNER}).first()
        return found.application_name if found else ""


def saved(office):
    with Workspace(office).store() as store:
        return [store.load(row.plan_id, row.revision) for row in store.saved()]


def test_nobody_waits_with_outcomes_and_events_for_a_plan(office, inside):
    """They are recorded while tomorrow is searched; that plan says which of them it does not know."""
    with at_work(office, "plan", TOMORROW) as planner:
        assert inside("record", "E1", "rectified", "--workspace", office).returncode == 0
        away = ("team-out", "T1", "16:00-17:00", "--day", TOMORROW)
        assert inside("reschedule", *away, "--workspace", office).returncode == 0
    told = planner.said.partition("does not know of them:\n")[2].splitlines()
    assert "T1" in told[0]
    assert "E1" in told[1]
    assert "rectified" in told[1]
    assert told[2] == "to take them in: lookback plan, again"
    assert inside("plan", TOMORROW, "--steps", "2", "--workspace", office).returncode == 0
    *_, without, with_them = [plan for plan in saved(office) if plan.plan_id == TOMORROW]
    assert (without.created_by.events, with_them.created_by.events) == ((), (1,))
    assert without.fingerprint != with_them.fingerprint
    assert inside("verify", "--workspace", office).returncode == 0


def test_what_does_not_bear_on_a_plan_is_not_mentioned(office, inside):
    with at_work(office, "plan", DAY) as planner:
        assert inside("record", "E1", "rectified", "--workspace", office).returncode == 0
    assert "recorded" not in planner.said


def test_a_visit_that_begins_while_the_day_is_replanned_stays(office, inside):
    """The replan starts over: what has begun by now must not move."""
    plan = saved(office)[-1]
    duty = next(duty for duty in plan.duties if duty.route)
    last = duty.route[-1]
    assert inside("reschedule", "late", duty.team_id, "20", "--workspace", office).returncode == 0
    with at_work(office, "replan", "--now", f"{DAY} 07:00") as planner:
        done = inside("record", last.lookback_id, "rectified", "--arrived", "09:30", "--workspace", office)
        assert done.returncode == 0
    assert "once more" in planner.said
    found = saved(office)[-1]
    assert found.revision == 2
    again = next(each for each in found.duties if each.team_id == duty.team_id)
    assert [visit.start for visit in again.route] == [visit.start for visit in duty.route]
    assert inside("verify", "--workspace", office).returncode == 0


def test_second_planner_is_told_who_is_at_work(office, inside):
    before = len(saved(office))
    with at_work(office, "plan", DAY) as planner:
        for verb in (["plan", TOMORROW], ["replan", "--now", f"{DAY} 07:00"]):
            start = time.monotonic()
            done = inside(*verb, "--seconds", "60", "--workspace", office, "--lang", "en")
            assert time.monotonic() - start < 1
            assert (done.returncode, done.stdout) == (4, "")
            assert f"process {planner.pid};" in done.stderr
    assert len(saved(office)) <= before + 1
