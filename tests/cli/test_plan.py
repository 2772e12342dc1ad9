"""``plan``: from tables to a saved, checked, drawn plan, and what is left behind when it is stopped."""

import json
import re
import signal
import subprocess
import sys
import textwrap
import time
from shutil import copytree

import pytest
from command import CHINESE, DAY, lookback, tree
from stopping import needs_proc, stopped

from planner.plan_json import from_json
from planner.store import Store


def saved(folder):
    """Plan and revision of everything in the store of a workspace."""
    with Store(folder / "data/lookback.db") as store:
        return [(row.plan_id, row.revision) for row in store.saved()]


# A cluster


@pytest.mark.parametrize(("lang", "chinese"), [("zh", True), ("en", False)])
def test_a_cluster_that_cannot_be_used_is_an_error_of_one_line(lang, chinese, town):
    """Nothing is planned without it, as if nobody had asked."""
    done = lookback("plan", DAY, "--cluster", "tcp://127.0.0.1", "--seconds", "1", "--lang", lang, "--workspace", town)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("no dask scheduler answers at tcp://127.0.0.1: missing port number")
    assert bool(CHINESE.search(line)) == chinese
    assert saved(town) == []


def test_a_cluster_goes_with_seconds_and_the_default_solver(inside, town):
    for options in (["--steps", "1"], ["--solver", "greedy"]):
        done = inside("plan", DAY, "--cluster", "tcp://127.0.0.1:8786", *options, "--workspace", town)
        assert done.returncode == 2
        assert "--cluster" in done.stderr


# What a plan leaves


def test_plan_of_the_sample_is_saved_drawn_and_printed(planned_sample):
    folder, done = planned_sample
    maps = folder / "maps" / DAY
    plan = from_json((maps / "plan.json").read_text("utf-8"))
    assert saved(folder) == [(DAY, 1)]
    assert {path.name for path in maps.iterdir()} == {"plan.html", "plan.json"} | {
        f"{duty.team_id}.html" for duty in plan.duties if duty.route
    }
    assert f"{plan.totals.priority:,}" in done.stdout
    assert str(maps / "plan.html") in done.stderr
    for duty in plan.duties:
        for visit in duty.route:
            assert visit.enterprise_id in done.stdout


def test_plan_of_the_sample_keeps_every_rule(inside, planned_sample):
    folder, _ = planned_sample
    done = inside("verify", "--workspace", folder, "--lang", "en")
    assert (done.returncode, done.stdout, done.stderr) == (0, "the plan keeps every rule\n", "")


def test_inputs_are_never_changed(planned_sample, sample):
    folder, _ = planned_sample
    before, after = tree(sample), tree(folder)
    assert {name: after[name] for name in before} == before


def test_only_the_owner_can_read_what_was_written(planned_sample):
    folder, _ = planned_sample
    for path in (*(folder / "maps").rglob("*"), folder / "data/lookback.db"):
        assert path.stat().st_mode & 0o077 == 0


def test_steps_and_seed_give_the_same_bytes_anywhere(planned_town, tmp_path):
    """Another copy, another folder to stand in, other hash seed, time zone and locale."""
    other = copytree(planned_town.parent, tmp_path / "other") / "town"
    (other / "data/lookback.db").unlink()
    before = tree(other / "maps")
    for path in (other / "maps").rglob("*.*"):
        path.unlink()
    environment = {"PYTHONHASHSEED": "4711", "TZ": "America/Los_Angeles", "LC_ALL": "C"}
    done = lookback("plan", DAY, "--steps", "2", cwd=other, **environment)
    assert done.returncode == 0
    assert tree(other / "maps") == before


def test_order_of_rows_does_not_matter(sample, planned_sample, tmp_path):
    """The sample with every table upside down, under another hash seed, in another time zone: the same bytes."""
    folder = copytree(sample, tmp_path / "upside down")
    for path in (folder / "data").glob("*.csv"):
        head, *rows = path.read_text("utf-8").splitlines(keepends=True)
        path.write_text("".join([head, *rows[::-1]]), "utf-8")
    done = lookback(
        "plan", DAY, "--steps", "1", "--workspace", folder, PYTHONHASHSEED="2", TZ="Pacific/Apia", LC_ALL="C"
    )
    assert done.returncode == 0, done.stderr
    assert tree(folder / "maps") == tree(planned_sample[0] / "maps")


def test_time_bounds_the_search_when_asked(town):
    done = lookback("plan", DAY, "--seconds", "0.5", "--workspace", town, "--lang", "en")
    assert done.returncode == 0
    assert "bounded by the clock" in done.stdout


def test_plan_for_machines_is_the_saved_document(own_planned_town):
    done = lookback("plan", DAY, "--steps", "2", "--json", "--workspace", own_planned_town)
    assert done.returncode == 0
    assert done.stdout == (own_planned_town / "maps" / DAY / "plan.json").read_text("utf-8")
    assert saved(own_planned_town) == [(DAY, 1)]


def test_days_are_planned_together(town):
    done = lookback("plan", DAY, "--days", "2", "--steps", "1", "--json", "--workspace", town)
    assert done.returncode == 0
    plan = json.loads(done.stdout)
    assert plan["plan_id"] == f"{DAY}+2"
    assert plan["horizon"] == [DAY, "2026-11-25"]
    assert (town / "maps" / f"{DAY}+2" / "plan.html").exists()
    assert lookback("verify", f"{DAY}+2", "--workspace", town).returncode == 0


def test_pages_of_the_revision_before_are_removed(own_planned_town):
    stray = own_planned_town / "maps" / DAY / "T9.html"
    stray.write_text("a team that has no route any more", "utf-8")
    unfinished = own_planned_town / "maps" / DAY / ".lookback-killed"
    unfinished.touch()
    assert lookback("plan", DAY, "--steps", "1", "--workspace", own_planned_town).returncode == 0
    assert not stray.exists()
    assert not unfinished.exists()


def test_plan_works_with_the_network_off(town):
    if subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("network namespaces are not permitted here")
    done = lookback("plan", DAY, "--steps", "1", "--workspace", town, before=("unshare", "-rn"))
    assert done.returncode == 0, done.stderr


# When there is nothing to plan


def test_sunday_is_exit_3_with_reasons_and_nothing_written(inside, town):
    before = tree(town)
    done = inside("plan", "2026-11-22", "--steps", "1", "--workspace", town, "--lang", "en")
    assert (done.returncode, done.stdout) == (3, "")
    assert "no visit can be made (2026-11-22)" in done.stderr
    assert "no team works in this horizon" in done.stderr
    assert tree(town) == before


WRONG = [
    ["--seconds", "0"],
    ["--seconds", "nan"],
    ["--seconds", "inf"],
    ["--steps", "-1"],
    ["--days", "0"],
    ["--days", "21"],
    ["--seed", "-1"],
    ["--solver", "oracle"],
    ["--accept", "nowhere.json"],
    ["--lang", "fr"],
    ["9999-12-31"],
]


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_arguments_are_exit_2_and_write_nothing(arguments, inside, town):
    before = tree(town)
    done = inside("plan", *arguments, "--workspace", town)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert tree(town) == before


# When it is stopped

PLAN = ("plan", DAY, "--seconds", "100")


@needs_proc
def test_ctrl_c_offers_the_best_plan_so_far(sample, tmp_path):
    folder = copytree(sample, tmp_path / "stopped")
    before = tree(folder)
    done, seconds = stopped(PLAN, folder, signal.SIGINT, 2, first="首个方案")
    assert (done.returncode, done.stdout) == (130, "")
    assert seconds < 5
    offered = folder / "maps" / DAY / "stopped.json"
    assert tree(folder).keys() - before.keys() == {f"maps/{DAY}/stopped.json"}
    command = re.search(r"lookback (plan .* --accept .*)", done.stderr)[1]
    accepted = lookback(*command.split())
    assert accepted.returncode == 0, accepted.stderr
    assert saved(folder) == [(DAY, 1)]
    assert (folder / "maps" / DAY / "plan.json").read_text("utf-8") == offered.read_text("utf-8")


@needs_proc
def test_termination_is_as_gentle(own_planned_town):
    before = tree(own_planned_town)
    done, _ = stopped(PLAN, own_planned_town, signal.SIGTERM, 0.5, lang="en", first="first plan")
    assert done.returncode == 130
    assert "what was saved is unchanged" in done.stderr
    after = tree(own_planned_town)
    assert after.pop(f"maps/{DAY}/stopped.json")
    assert after == before


@needs_proc
@pytest.mark.parametrize("searching", [0, 0.2, 0.6])
def test_ctrl_c_says_whether_there_is_a_plan_yet(searching, own_planned_town):
    before = tree(own_planned_town)
    done, seconds = stopped(PLAN, own_planned_town, signal.SIGINT, searching)
    assert (done.returncode, done.stdout) == (130, "")
    assert seconds < 3
    first, stop, offer, *more = [*done.stderr.splitlines(), "", ""]
    added = tree(own_planned_town).keys() - before.keys()
    if first in {"已停止;已保存的内容完好", "已停止,尚无方案"}:  # while tables are read, or after that
        assert (stop, offer, more, added) == ("", "", [], set())
    else:  # a fast machine had one in time
        assert first.startswith("首个方案")
        assert stop.startswith("已停止;已保存的方案未改动。目前最佳方案")
        assert offer.startswith("如需采用:lookback plan")
        assert (more, added) == (["", ""], {f"maps/{DAY}/stopped.json"})


def test_ctrl_c_while_tables_are_read_says_that_nothing_was_lost(inside, town, monkeypatch):
    def stop(*_given):
        raise KeyboardInterrupt

    before = tree(town)
    monkeypatch.setattr("planner.cli.plans.Basis.of", stop)
    for lang, said in [("zh", "已停止;已保存的内容完好\n"), ("en", "stopped; what was saved is intact\n")]:
        done = inside("plan", DAY, "--workspace", town, "--lang", lang)
        assert (done.returncode, done.stdout, done.stderr) == (130, "", said)
    assert tree(town) == before


@needs_proc
def test_killed_command_leaves_the_workspace_as_it_was(own_planned_town):
    before = tree(own_planned_town)
    done, _ = stopped(PLAN, own_planned_town, signal.SIGKILL, 0.5)
    assert done.returncode == -signal.SIGKILL
    assert tree(own_planned_town) == before
    with Store(own_planned_town / "data/lookback.db").locked():
        pass  # the kernel has freed it


# When somebody else is at it


def test_second_planner_is_exit_4_and_told_who_is_planning(inside, own_planned_town):
    before = tree(own_planned_town)
    script = """
        import sys
        from pathlib import Path
        from planner.store import Store
        with Store(Path(sys.argv[1])).locked():
            print("locked", flush=True)
            sys.stdin.read()
    """
    command = [sys.executable, "-c", textwrap.dedent(script), own_planned_town / "data/lookback.db"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "locked\n"
        for lang in ("zh", "en"):
            start = time.monotonic()
            done = inside("plan", DAY, "--seconds", "60", "--workspace", own_planned_town, "--lang", lang)
            assert time.monotonic() - start < 1
            assert (done.returncode, done.stdout) == (4, "")
            assert f", process {holder.pid};" in done.stderr
            assert ("占用" in done.stderr) == (lang == "zh")
        assert inside("show", "--workspace", own_planned_town).returncode == 0
        holder.communicate("")
    assert tree(own_planned_town) == before


def test_store_that_cannot_be_written_is_exit_4(inside, town):
    (town / "data/lookback.db").mkdir()
    done = inside("plan", DAY, "--steps", "1", "--workspace", town, "--lang", "en")
    assert (done.returncode, done.stdout) == (4, "")
    assert "lookback.db" in done.stderr
    assert not re.search("[\u4e00-\u9fff]", done.stderr.replace("南", ""))


def test_full_disk_is_exit_4_and_leaves_what_was_saved(own_planned_town):
    """No file may grow beyond a hundred kilobytes: the pages do not fit."""
    before = tree(own_planned_town)
    limited = ("bash", "-c", 'ulimit -f 100; exec "$@"', "limited")
    done = lookback("plan", DAY, "--days", "2", "--steps", "1", "--workspace", own_planned_town, before=limited)
    assert (done.returncode, done.stdout) == (4, "")
    after = tree(own_planned_town)
    assert {name: after[name] for name in before if not name.endswith(".db")} == {
        name: digest for name, digest in before.items() if not name.endswith(".db")
    }
    assert not [name for name in after if ".lookback-" in name]
    assert lookback("show", DAY, "--workspace", own_planned_town).returncode == 0


def test_database_that_is_none_is_exit_2(inside, town):
    (town / "data/lookback.db").write_bytes(b"no database at all " * 500)
    before = tree(town)
    done = inside("plan", DAY, "--steps", "1", "--workspace", town)
    assert (done.returncode, done.stdout) == (2, "")
    assert "not a store of lookback" in done.stderr
    assert tree(town) == before
