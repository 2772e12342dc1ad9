"""
A day from morning to the next morning, told by the command alone.

Three teams of one admin district of the sample are planned; they report; a shop is shut, an officer is ill, a
complaint is urgent; the rest is planned again; the evening's outcomes come in; and tomorrow's plan knows.
"""

import csv
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from command import COMMAND, DAY, tree

TOMORROW = "2026-11-25"
README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def keep(path, wanted):
    """Leave only some rows of a table."""
    found = rows(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, found[0].keys())
        writer.writeheader()
        writer.writerows(row for row in found if wanted(row))


@pytest.fixture
def office(sample, tmp_path):
    """The sample cut down to three teams and to the enterprises near where they start."""
    folder = Path(shutil.copytree(sample, tmp_path / "office"))
    data = folder / "data"
    teams = rows(data / "teams.csv")
    authority = teams[0]["authorities"]
    teams = [team for team in teams if team["authorities"] in {authority, ""}][:3]  # the third acts city-wide
    ids = {team["team_id"] for team in teams}
    officers = {officer for team in teams for officer in team["officers"].split(";")}
    lon, lat = float(teams[0]["start_lon"]), float(teams[0]["start_lat"])
    near = {
        row["enterprise_id"]
        for row in rows(data / "enterprises.csv")
        if abs(float(row["lon"]) - lon) < 0.02 and abs(float(row["lat"]) - lat) < 0.02
    }
    keep(data / "teams.csv", lambda row: row["team_id"] in ids)
    keep(data / "shifts.csv", lambda _: False)  # all three work by day
    keep(data / "officers.csv", lambda row: row["officer_id"] in officers)
    for name in ("enterprises", "violations", "inspections"):
        keep(data / f"{name}.csv", lambda row: row["enterprise_id"] in near)
    operators = {row["operator"] for row in rows(data / "enterprises.csv")}
    keep(
        data / "recusals.csv",
        lambda row: row["officer_id"] in officers and (row["enterprise_id"] in near or row["operator"] in operators),
    )
    return folder


def document(plan, duty, visits):
    """What the page of a team hands in."""
    return {
        "lookback_outcomes": 1,
        "plan_id": plan["plan_id"],
        "revision": plan["revision"],
        "team_id": duty["team_id"],
        "date": duty["date"],
        "exported_at": None,
        "outcomes": [
            {
                "lookback_id": visit["lookback_id"],
                "enterprise_id": visit["enterprise_id"],
                "outcome": outcome,
                "arrived": visit["arrive"][:16],
                "left": visit["end"][:16] if left else None,
                "facts": "",
                "checklist": [],
                "violations": violations,
            }
            for visit, outcome, left, violations in visits
        ],
    }


def test_a_day_from_morning_to_the_next_morning(office, inside, tmp_path):
    def said(*arguments, code=0):
        done = inside(*arguments, "--workspace", office)
        assert done.returncode == code, done.stderr
        return done.stdout

    def routes(which=()):
        plan = json.loads(said("show", *which, "--json"))
        return plan, {duty["team_id"]: duty for duty in plan["duties"]}

    def hand_in(name, *given):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(document(*given)), "utf-8")
        return path

    # 08:30, the plan; tables are only read, whatever the day brings.
    tables = {name: digest for name, digest in tree(office).items() if name.endswith((".csv", ".geojson", ".toml"))}
    said("plan", DAY, "--steps", "1")
    morning, duties = routes()
    assert len(duties) == 3
    assert all(len(duty["route"]) >= 4 for duty in duties.values())
    first, second, third = duties.values()

    # 11:00, each team has made one visit; the first is at its second.
    done = {duty["team_id"]: duty["route"][0] for duty in duties.values()}
    there = first["route"][1]
    reports = [
        hand_in(
            "first", morning, first, [(done[first["team_id"]], "rectified", True, []), (there, "rectified", False, [])]
        ),
        hand_in("second", morning, second, [(done[second["team_id"]], "not_rectified", True, [])]),
        hand_in("third", morning, third, [(done[third["team_id"]], "rectified", True, [])]),
    ]
    said("record", *reports)

    # A shop is shut, an officer is ill, a complaint is urgent.
    shut = second["route"][-1]["enterprise_id"]
    team = next(row for row in rows(office / "data/teams.csv") if row["team_id"] == third["team_id"])
    visited = {visit["enterprise_id"] for duty in duties.values() for visit in duty["route"]}
    urgent = next(
        row["enterprise_id"]
        for row in rows(office / "data/enterprises.csv")
        if row["enterprise_id"] not in visited and row["scenario"] == "parking_payment"
    )
    said("reschedule", "shut", shut)
    said("reschedule", "officer-out", team["officers"].split(";")[0])
    said("reschedule", "urgent", urgent)
    before = there["arrive"][11:16]
    said("replan", "--now", f"{DAY} {before}", "--steps", "1")
    noon, again = routes()
    assert (noon["revision"], noon["parent"]) == (2, 1)
    said("verify")

    # What was done and what was under way is where it was; the shut shop is in no route that is still to be made.
    for team_id, visit in done.items():
        assert again[team_id]["route"][0]["lookback_id"] == visit["lookback_id"]
    assert again[first["team_id"]]["route"][1]["lookback_id"] == there["lookback_id"]
    planned = {visit["enterprise_id"] for duty in again.values() for visit in duty["route"]}
    assert shut not in planned
    assert urgent in planned

    # The evening's outcomes: what was under way has ended, the rest is rectified, one thing is new.
    new = [{"kind": "induced", "action": "order_to_correct", "rectify_by": DAY, "scope": "site"}]
    evening = []
    for duty in again.values():
        route = [visit for visit in duty["route"] if visit["lookback_id"] != done[duty["team_id"]]["lookback_id"]]
        route = [visit for visit in route if visit["lookback_id"] != there["lookback_id"]]
        made = [(visit, "rectified", True, []) for visit in route]
        if duty["team_id"] == first["team_id"]:
            made[-1] = (route[-1], "rectified", True, new)
            fresh = route[-1]["enterprise_id"]
        if made:
            evening.append(hand_in(f"evening-{duty['team_id']}", noon, duty, made))
    ended = hand_in("ended", morning, first, [(there, "rectified", True, [])])
    said("record", *evening, ended)
    said("record", *evening, ended)  # twice: nothing changes

    # The next morning: what was rectified is closed, what was not comes back later, what is new is owed.
    owed = {row["lookback_id"]: row for row in json.loads(said("rank", TOMORROW, "--top", "1000", "--json"))}
    assert done[first["team_id"]]["lookback_id"] not in owed
    not_rectified = owed[done[second["team_id"]]["lookback_id"]]
    assert not_rectified["release"] > TOMORROW
    assert owed[f"LB-{fresh}"]["release"] == TOMORROW
    said("plan", TOMORROW, "--steps", "1")
    tomorrow, _ = routes((TOMORROW,))
    seen = {visit["lookback_id"] for duty in tomorrow["duties"] for visit in duty["route"]}
    listed = seen | {row["lookback_id"] for row in tomorrow["unvisited"]}
    assert f"LB-{fresh}" in listed
    assert done[second["team_id"]]["lookback_id"] not in seen
    said("verify")
    report = json.loads(said("report", DAY, DAY, "--json"))
    assert report["outcomes"]["not_rectified"] == 1
    assert {name: digest for name, digest in tree(office).items() if name in tables} == tables


@pytest.mark.long
def test_story_of_the_readme_runs_as_it_stands(sample, tmp_path):
    """Line by line in a shell; before a line that records, teams hand in what it names."""
    office = Path(shutil.copytree(sample, tmp_path / "office"))
    story = README.partition("## A day, told by the command")[2].partition("```sh\n")[2].partition("```")[0]
    path = f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"

    def shell(line):
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=office,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (line, done.stderr)
        return done.stdout

    def hand_in(names, first, last):
        plan = json.loads(shell("lookback show 2026-11-24 --json"))
        for duty in plan["duties"]:
            name = names.replace("*", duty["team_id"])
            made = [(visit, "rectified", True, []) for visit in duty["route"][first:last]]
            if made and ("*" in names or name == f"{duty['team_id']}.json"):
                (office / name).parent.mkdir(exist_ok=True)
                (office / name).write_text(json.dumps(document(plan, duty, made)), "utf-8")

    lines = story.splitlines()
    assert len(lines) == 8
    for line in lines:
        for name in re.findall(r"\S+\.json", line.partition("#")[0]):
            hand_in(name, *((0, None) if "*" in name else (0, 1)))
        shell(line)
    revisions = [json.loads(shell(f"lookback show {name} --json")) for name in ("2026-11-24@1", "2026-11-24@2")]
    sites = [{visit["enterprise_id"] for duty in each["duties"] for visit in duty["route"]} for each in revisions]
    assert "E00314" in sites[1]
    assert "E00057" not in sites[1]
    shell("lookback verify 2026-11-25")
