"""reschedule, replan, compare, slot: on a small town, as a coordinator types them."""

import json
import signal

import pytest
from command import DAY, tree
from stopping import needs_proc, stopped

ENGLISH = ("--lang", "en")


@pytest.fixture
def run(inside, own_planned_town):
    """A verb on the planned town, and what it left."""

    def call(*arguments):
        done = inside(*arguments, "--workspace", own_planned_town)
        call.folder = own_planned_town
        return done

    return call


def plan_of(run, which=DAY):
    """A saved plan as its document."""
    return json.loads(run("show", which, "--json").stdout)


def first_visit(run):
    """The first visit of the first duty that has one."""
    return next(visit for duty in plan_of(run)["duties"] for visit in duty["route"])


def test_a_shut_shop_from_report_to_new_plan(run):
    """Recorded, replanned under the next revision, drawn, verified; and compared again later."""
    visit = first_visit(run)
    said = run("reschedule", "shut", visit["enterprise_id"])
    assert said.returncode == 0, said.stderr
    assert "停业" in said.stdout
    done = run("replan", "--now", "08:00", "--steps", "1", "--json")
    assert done.returncode == 0, done.stderr
    changes = json.loads(done.stdout)
    assert (changes["before"], changes["now"]) == (1, 2)
    dropped = next(row for row in changes["changes"] if row["lookback_id"] == visit["lookback_id"])
    assert dropped["cause"] == {"kind": "event", "event_id": 1, "enterprise_id": None}
    saved = plan_of(run)
    assert (saved["revision"], saved["parent"]) == (2, 1)
    assert saved["created_by"]["now"] == f"{DAY}T08:00:00"
    assert run("verify").returncode == 0
    assert json.loads(run("compare", "--json").stdout) == changes
    assert json.loads((run.folder / "maps" / DAY / "plan.json").read_text("utf-8")) == saved


def test_without_news_nothing_is_saved(run):
    before = plan_of(run)
    files = tree(run.folder / "maps")
    done = run("replan", "--now", "11:00", *ENGLISH)
    assert (done.returncode, done.stdout) == (0, "nothing new was reported: the plan stays as it is\n")
    assert plan_of(run) == before
    assert tree(run.folder / "maps") == files


@needs_proc
@pytest.mark.parametrize("searching", [0, 1, 3])
def test_a_replan_that_is_stopped_leaves_everything_as_it_was(run, searching):
    run("reschedule", "late", "T1", "10")
    before = tree(run.folder)
    verb = ("replan", "--now", "08:00", "--seconds", "100")
    done, seconds = stopped(verb, run.folder, signal.SIGINT, searching)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "已停止;已保存的内容完好\n")
    assert seconds < 3
    assert tree(run.folder) == before
    assert run("replan", "--now", "08:00", "--steps", "1").returncode == 0, "nobody holds the plan any more"


def test_an_event_is_taken_back(run):
    """The list shows both; the plan after it is that of the morning."""
    visit = first_visit(run)
    run("reschedule", "shut", visit["enterprise_id"])
    run("replan", "--now", "08:00", "--steps", "1")
    assert run("reschedule", "undo", "1").returncode == 0
    listed = json.loads(run("reschedule", "--json").stdout)
    assert [row["event"] for row in listed] == ["shut", "undo"]
    assert run("replan", "--now", "08:00", "--steps", "1").returncode == 0
    assert visit["lookback_id"] in {v["lookback_id"] for duty in plan_of(run)["duties"] for v in duty["route"]}
    assert run("verify").returncode == 0


def test_events_from_a_file(run, tmp_path):
    """With Chinese headers and words; of a file with a wrong line nothing is recorded, and every line is named."""
    visit = first_visit(run)
    file = tmp_path / "变更.csv"
    file.write_text(f"变更,编号,日期,分钟,队伍\n停业,{visit['enterprise_id']},,,\nfire,,,,\n迟到,,,0,T99\n", "utf-8")
    done = run("reschedule", "--file", file)
    assert done.returncode == 2
    assert [line.partition(" ")[0] for line in done.stderr.splitlines()] == ["变更.csv:3", "变更.csv:4"]
    assert run("reschedule").stdout == ""
    file.write_text(f"变更,编号\n停业,{visit['enterprise_id']}\n", "gb18030")
    assert run("reschedule", "--file", file).returncode == 0
    assert "停业" in run("reschedule").stdout
    file.write_text("event,who\nshut,E1\n", "utf-8")
    assert "who" in run("reschedule", "--file", file).stderr


def test_a_postponed_visit_waits_in_the_next_plan_as_well(run):
    """Not only replan, plan knows of events."""
    visit = first_visit(run)
    assert run("reschedule", "postpone", visit["enterprise_id"], "2026-11-26").returncode == 0
    done = run("plan", DAY, "--steps", "1")  # there is nothing else to visit in this town
    assert done.returncode == 3
    assert "推迟" in done.stderr
    assert run("plan", "2026-11-26", "--steps", "1").returncode == 0
    assert visit["lookback_id"] in {v["lookback_id"] for d in plan_of(run, "2026-11-26")["duties"] for v in d["route"]}


def test_a_slot_is_offered(run):
    visit = first_visit(run)
    offers = json.loads(run("slot", visit["enterprise_id"], "--now", "08:00", "--within", "2", "--json").stdout)
    assert offers
    assert {offer["date"] for offer in offers} <= {DAY, "2026-11-25"}
    assert run("slot", "E-nowhere").returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("reschedule", "fire", "E1"),
        ("reschedule", "late", "T1"),
        ("reschedule", "undo", "3"),
        ("reschedule", "shut", "E-nowhere"),
        ("replan", "--now", "25:00"),
        ("replan", "--now", "2026-11-30T10:00"),
        ("compare",),
    ],
)
def test_what_cannot_be_meant_is_a_line_and_exit_code_2(run, arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("more", [(), ("--json",)], ids=("text", "json"))
def test_first_revision_has_nothing_to_be_compared_with(inside, planned_town, more):
    """It says what to do, on stderr alone."""
    done = inside("compare", *more, "--lang", "en", "--workspace", planned_town)
    assert (done.returncode, done.stdout) == (2, "")
    assert "replan first" in done.stderr
    assert f"lookback compare {DAY}@1 PLAN" in done.stderr
