"""File names of team pages: safe on any system, whatever the id."""

import re

import pytest

from planner.filenames import file_names

HOSTILE = ["", ".", "..", "../../etc/passwd", "/etc/passwd", "C:\\x", "a/b", "a\x00b", "a\nb", "第一组", "⼀组", "一组"]
HOSTILE += ["CON", "nul", "com1", "plan", "PLAN", "index", "-x", "_", "x" * 300, "组" * 100, "T 01", "T.01", "\ud800"]


def test_a_plain_id_is_its_own_name():
    assert file_names(["T01", "team_7-b"], taken="plan.html") == {"T01": "T01.html", "team_7-b": "team_7-b.html"}


@pytest.mark.parametrize("team_id", HOSTILE)
def test_any_id_gives_a_safe_name(team_id):
    name = file_names([team_id], taken="plan.html")[team_id]
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,70}\.html", name)
    assert name.lower() not in {"plan.html", "index.html", "con.html", "nul.html", "com1.html"}


def test_names_stay_apart_on_a_disk_that_ignores_case():
    names = file_names(["T01", "t01", *HOSTILE], taken="plan.html")
    assert len({name.lower() for name in names.values()}) == len(HOSTILE) + 2
