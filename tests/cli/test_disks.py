"""Disks that do not play along: every verb that writes says so with exit code 4, and every file is as it was."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from command import DAY

HELPER = Path(__file__).parents[1] / "disk.py"
TOWN = ("--workspace", "{town}")

WRITERS = {
    "plan": ["plan", DAY, "--steps", "0", "--seed", "5", *TOWN],
    "record": ["record", "E1", "partly", *TOWN],
    "reschedule": ["reschedule", "shut", "E4", *TOWN],
    "replan": ["replan", "--now", "09:00", "--seconds", "1", *TOWN],
    "map": ["map", *TOWN],
    **{f"export {kind}": ["export", "--to", kind, *TOWN] for kind in ("xlsx", "csv", "ics", "gpx", "gpkg", "geojson")},
    "import": ["import", "{town}/data/officers.csv", "--as", "officers", "--replace", *TOWN],
    "check --fix": ["check", "--fix", "districts", *TOWN],
    "report": ["report", "2026-01-01", DAY, "--html", "{town}/report.html", *TOWN],
    "compare": ["compare", f"{DAY}@1", DAY, "--html", "{town}/compare.html", *TOWN],
    "backtest": ["backtest", "--window", "30", "--chart", "{town}/backtest.html", *TOWN],
    "backup": ["backup", "{town}/copy.db", *TOWN],
    "init": ["init", "{town}/new"],
}
"""A call of every verb that writes into a folder."""

LEARNERS = {
    "learn --to": ["learn", "--to", "{town}/card.toml", *TOWN],
    "learn --write": ["learn", "--write", *TOWN],
}
"""Those that need a history long enough to teach."""

READERS = {
    "check": ["check", *TOWN],
    "rank": ["rank", DAY, *TOWN],
    "show": ["show", *TOWN],
    "compare": ["compare", f"{DAY}@1", DAY, *TOWN],
    "slot": ["slot", "E1", "--now", "07:00", *TOWN],
    "reschedule": ["reschedule", *TOWN],
    "verify": ["verify", *TOWN],
    "report": ["report", "2026-01-01", DAY, *TOWN],
}


def has_namespaces():
    """Whether a process may have a disk of its own here."""
    try:
        command = ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("fault", ["full", "read-only", "forbidden"])
def test_verbs_that_cannot_write_are_exit_4_and_change_nothing(fault, inside, own_planned_town, tmp_path):
    """Nothing is left half written either; and verbs that only read do not mind."""
    if not has_namespaces():
        pytest.skip("no namespaces here")
    assert inside("reschedule", "late", "T1", "20", "--workspace", own_planned_town).returncode == 0  # to replan for
    calls = {f"write {name}": call for name, call in WRITERS.items()}
    calls |= {f"read {name}": call for name, call in READERS.items()}
    try_all(fault, own_planned_town, tmp_path, calls)


@pytest.mark.long
@pytest.mark.parametrize("fault", ["full", "read-only", "forbidden"])
def test_a_learned_card_that_cannot_be_written_is_exit_4_and_changes_nothing(fault, sample, tmp_path):
    if not has_namespaces():
        pytest.skip("no namespaces here")
    try_all(fault, sample, tmp_path, {f"write {name}": call for name, call in LEARNERS.items()})


def try_all(fault, workspace, tmp_path, calls):
    """Call verbs on a spoiled disk with a copy of a workspace."""
    disk = tmp_path / "disk"
    disk.mkdir()
    helper = ["unshare", "-rm", sys.executable, HELPER, fault, workspace, disk, json.dumps(calls)]
    done = subprocess.run([*map(str, helper)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for name, result in json.loads(done.stdout).items():
        expected = 0 if name.startswith("read") else 4
        assert (result["code"], result["unchanged"], result["left"]) == (expected, True, []), (name, result)
        assert "Traceback" not in result["err"]
        assert bool(result["err"]) == (expected == 4), (name, result)
