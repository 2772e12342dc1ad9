"""``bench``: tables and JSON of what was measured, and usage errors in one line."""

import json
import re
from pathlib import Path

import pytest
from command import CHINESE, lookback

from planner.bench import members, peers
from planner.bench.members import Attempt
from planner.cli.bench import seeds_of
from planner.errors import Interrupted
from planner.solvers.child import Answer

INSTANCE = """\
1 1 3 1
0 100
0 0 0 0 0 0 0 0 100
1 10 0 5 7 1 1 1 0 50
2 20 0 5 20 1 2 1 2 40 60
3 30 0 5 10 1 1 1 0 35
"""


@pytest.fixture
def instance(tmp_path):
    """A street of three nodes that one route can visit all."""
    path = tmp_path / "street.txt"
    path.write_text(INSTANCE)
    return path


@pytest.fixture
def best_known(tmp_path):
    """A table that says so."""
    path = tmp_path / "best.csv"
    path.write_text("instance,routes,best_known_score\nstreet,1,37\n")
    return path


# toptw


def test_toptw_as_a_table(inside, instance, best_known):
    """Score, best known score, gap and proof; progress goes to stderr."""
    arguments = ("--seconds", "5", "--solver", "greedy", "--best-known", best_known, "--lang", "en")
    done = inside("bench", "toptw", instance, "--routes", "1", *arguments)
    assert done.returncode == 0
    head, row, *_ = done.stdout.splitlines()
    assert head.split() == ["instance", "routes", "score", "best", "known", "gap", "bound", "proven", "seconds"]
    assert re.fullmatch(r"street +1 +37 +37 +0\.00% +37 +yes +\d+\.\d", row)
    assert "1 of 1 proven optimal" in done.stdout
    assert "mean gap to the best known 0.00%; 1 of 1 reached" in done.stdout
    assert done.stderr.startswith("instance street · routes 1 · score 37")
    assert not CHINESE.search(done.stdout + done.stderr)


def test_toptw_as_json(inside, instance, best_known):
    """A list of documents, and nothing else on stdout."""
    command = ("bench", "toptw", instance, "--solver", "greedy", "--seconds", "5", "--json")
    (row,) = json.loads(inside(*command).stdout)
    assert row.keys() == {"instance", "routes", "score", "bound", "seconds"}
    assert (row["instance"], row["routes"], row["score"], row["bound"]) == ("street", 1, 37, 37)
    (row,) = json.loads(inside(*command, "--best-known", best_known).stdout)
    assert row["best_known"] == 37


def test_malformed_files_are_named_line_by_line(inside, instance, best_known):
    """Exit code 2, nothing on stdout."""
    instance.write_text(INSTANCE.replace("1 10 0", "1 ten 0").replace("0 35", "36 35"))
    best_known.write_text("instance,routes\n")
    done = inside("bench", "toptw", instance, "--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        f"{instance}:4 x: 'ten' is not a number",
        f"{instance}:6 close: 35 lies before the opening at 36",
    ]
    done = inside("bench", "toptw", instance, "--best-known", best_known, "--lang", "en")
    assert (done.returncode, done.stderr) == (2, f"{best_known}:1 best_known_score: is missing\n")


# synthetic


def test_synthetic_as_a_table(inside):
    done = inside("bench", "synthetic", "--size", "S", "--seeds", "1-2", "--seconds", "5", "--solver", "greedy")
    assert done.returncode == 0
    head, *rows = done.stdout.splitlines()
    assert head.split() == ["规模", "种子", "求解器", "目标值", "得分", "上限", "秒"]
    assert [row.split()[:3] for row in rows] == [["S", "1", "greedy"], ["S", "2", "greedy"]]
    assert len(done.stderr.splitlines()) == 2


def test_synthetic_as_json_from_the_real_command():
    done = lookback(
        "bench", "synthetic", "--size", "S", "--seconds", "5", "--solver", "greedy", "--no-breaks", "--json"
    )
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)
    assert row.keys() == {"size", "seed", "solver", "objective", "score", "bound", "seconds"}
    assert (row["size"], row["seed"], row["solver"]) == ("S", 1, "greedy")
    assert 0 < row["score"] < min(row["objective"], row["bound"])


def test_peers_stand_in_the_table_with_what_went_wrong(inside, monkeypatch):
    """Ratios to those that have a plan; why visits were dropped."""
    answers = {
        "pyvrp": Attempt((), 1.0, failure="no answer within 65 s"),
        "vroom": Attempt(((0, 1, 2), (0, 3), (), ()), 2.0),
    }
    monkeypatch.setattr(peers, "missing", lambda: ())
    monkeypatch.setattr(peers, "attempt", lambda member, *_: answers[member.library])
    command = ("bench", "synthetic", "--size", "S", "--seconds", "5", "--solver", "greedy", "--peers", "--lang", "en")
    done = inside(*command)
    assert done.returncode == 0, done.stderr
    _, _, silent, much, blank, *notes = done.stdout.splitlines()
    assert re.fullmatch(r"S +1 +pyvrp +1\.0 +no answer within 65 s", silent)
    assert re.match(r"S +1 +vroom +[\d,]+ +[\d,]+ +[\d,]+ +2\.0 +\d+$", much)
    assert blank == ""
    assert notes[0] == "dropped: visits of a peer that broke a rule which its model does not know"
    assert re.fullmatch(r"objective of ours to vroom: mean (\d+\.\d{4}), least \1 \(1 seeds\)", notes[1])
    assert len(notes) == 2
    rows = json.loads(inside(*command, "--json").stdout)
    nothing = dict.fromkeys(("objective", "score", "bound"))
    failed = {"seconds": 1.0, "failure": "no answer within 65 s"}
    assert rows[1] == {"size": "S", "seed": 1, "solver": "pyvrp"} | nothing | failed
    assert rows[2]["dropped"] >= 1


def test_peers_that_are_not_installed(inside, monkeypatch):
    """How to install them, and exit code 2."""
    monkeypatch.setattr(peers, "missing", lambda: ("pyvrp", "pyvroom"))
    done = inside("bench", "synthetic", "--size", "S", "--peers", "--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "bench --peers: not installed: pip install pyvrp pyvroom\n"


# Whatever is measured


def test_what_was_measured_before_ctrl_c_is_shown(inside, monkeypatch):
    """As a whole document, and with the exit code of an interruption."""
    answers = iter([Answer(None), Answer(None, interrupted=True)])
    monkeypatch.setattr(members.Child, "solve", lambda *_: next(answers))
    done = inside("bench", "synthetic", "--size", "S", "--seeds", "1-9", "--json", "--lang", "en")
    assert done.returncode == Interrupted.exit_code
    assert [row["seed"] for row in json.loads(done.stdout)] == [1]
    assert done.stderr.splitlines()[-1] == "stopped"


def test_seeds_are_numbers_ranges_or_lists():
    assert seeds_of("3") == (3,)
    assert seeds_of("1-4") == (1, 2, 3, 4)
    assert seeds_of("1,4,7-9,8") == (1, 4, 7, 8, 9)


USAGE = [
    (("synthetic", "--size", "Q"), "'Q' is not one of S, D, M, L, XL"),
    (("synthetic",), "'' is not one of S, D, M, L, XL"),
    (("synthetic", "--size", "S", "--seeds", "9-1"), "'9-1' is neither a seed nor such as 1-10 or 1,4,7-9"),
    (("synthetic", "--size", "S", "--seeds", "a"), "'a' is neither a seed nor such as 1-10 or 1,4,7-9"),
    (("synthetic", "--size", "S", "--routes", "2"), "--routes: is not an option of bench synthetic"),
    (("synthetic", "--size", "S", "a.txt"), "FILE: is not an option of bench synthetic"),
    (("synthetic", "--size", "S", "--solver", "magic"), "'magic' is not one of greedy"),
    (("synthetic", "--size", "S", "--seconds", "nan"), "--seconds"),
    (("toptw",), "name at least one instance"),
    (("toptw", "a.txt", "--peers"), "--peers: is not an option of bench toptw"),
    (("toptw", "a.txt", "--decimals", "3"), "--decimals"),
    (("all",), "'all'"),
]


@pytest.mark.parametrize(("arguments", "message"), USAGE)
def test_usage_errors_are_one_line(inside, arguments, message):
    done = inside("bench", *arguments, "--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_verb_stays_thin():
    """Whoever adds to it puts the work into the library."""
    source = Path(seeds_of.__code__.co_filename).read_text("utf-8")
    assert len(source.splitlines()) < 150
