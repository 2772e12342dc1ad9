"""What a terminal shows: routes, reasons and sums, in Chinese or English, and never what a table wants it to do."""

import re
import unicodedata
from dataclasses import replace

import hamlet
import pytest
import towns
from hypothesis import given, strategies as st

from planner.check import Conflict
from planner.clock import hhmm
from planner.lookbacks import look_backs, spot_checks
from planner.planning import plan as make_plan
from planner.solvers import Limit
from planner.words import in_words
from planner.writers import text

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


@pytest.fixture(scope="module")
def town():
    """Two banks of a river, with a chain whose look-back any of its shops will do for, and one shop that is closed."""
    town = towns.two_districts()
    shops = [replace(shop, name=f"Shop {shop.enterprise_id}") for shop in town.enterprises]
    shops += [replace(towns.shop("E5", 6, 6, opening_hours="Sa-Su 10:00-12:00"), name="Shut")]
    teams = [replace(team, name=f"Team {team.team_id}") for team in town.teams]
    more = {"districts": town.districts, "barriers": town.barriers}
    found = [*town.violations, towns.violation("V5", "E5")]
    return towns.register(shops, found, teams, **more)


@pytest.fixture(scope="module")
def plan(town):
    return make_plan(town, towns.POLICY, towns.DAY, limit=Limit(steps=0), solver="greedy")


def columns(line):
    """How many columns of a terminal a line takes."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)


# A plan


def test_plan_names_every_visit_with_its_times(plan, town):
    shown = text.plan_text(plan, town, "en")
    for duty in plan.duties:
        for visit in duty.route:
            at = f"{hhmm(visit.start)}-{hhmm(visit.end)}"
            assert re.search(rf"{at} .* {visit.enterprise_id} Shop {visit.enterprise_id} +{visit.priority:,}", shown)


def test_plan_names_the_door_from_which_a_team_went_on():
    """In its place among the numbered visits, which keep their numbers."""
    plan, register = hamlet.called_off()
    for lang, goes_on in (("zh", "从此处继续"), ("en", "goes on from here")):
        lines = [line.split() for line in text.plan_text(plan, register, lang).splitlines()]
        door = next(k for k, words in enumerate(lines) if words[:1] == ["11:00"])
        assert " ".join(lines[door]).endswith(f"W2 店W2 · {goes_on}")
        assert (lines[door - 1][0], lines[door + 1][0]) == ("1", "2")


def test_plan_names_who_is_not_visited_and_why(plan, town):
    (row,) = plan.unvisited
    for lang, reason, hint in (("en", row.reason, row.hint), ("zh", row.reason_zh, row.hint_zh)):
        shown = text.plan_text(plan, town, lang)
        assert f"LB-E5  E5 Shut\n          {reason} → {hint}" in shown


def test_plan_ends_with_totals_that_are_those_of_the_plan(plan, town):
    shown = text.plan_text(plan, town, "en")
    assert f"{plan.totals.look_backs} look-backs" in shown
    assert f"priority collected {plan.totals.priority:,}" in shown
    assert f"bound {plan.bound.priority:,}" in shown


def test_plan_bounded_by_the_clock_says_so(plan, town):
    hurried = replace(plan, created_by=replace(plan.created_by, seconds=5.0))
    assert "another run may differ" in text.plan_text(hurried, town, "en")
    assert "重跑结果可能不同" in text.plan_text(hurried, town, "zh")
    assert "another run may differ" not in text.plan_text(plan, town, "en")


@pytest.mark.parametrize(("least", "fewer"), [(1, 0), (2, 0), (3, 2)])
def test_plan_says_how_many_districts_have_fewer_visits_than_asked(plan, town, least, fewer):
    """Two visits in either of the two districts; nothing is said where nothing is asked."""
    asked = f"least visits asked of a business district: {least}; of 2 districts {fewer} have fewer"
    assert asked in text.plan_text(plan, town, "en", least=least)
    assert f"2 个商圈中 {fewer} 个未达到" in text.plan_text(plan, town, "zh", least=least)
    assert "business district" not in text.plan_text(plan, town, "en")


def test_team_without_visits_is_named(plan, town):
    empty = replace(plan, duties=(replace(plan.duties[0], route=(), rest=None),))
    assert "no visits" in text.plan_text(empty, town, "en")
    assert "无任务" in text.plan_text(empty, town, "zh")


def test_english_has_no_chinese_but_names(plan, town):
    owed = look_backs(town, plan.horizon, towns.POLICY)
    for shown in (
        text.plan_text(plan, town, "en"),
        text.ranking_text(owed, town, 50, "en"),
        text.why_text(owed, town, "en"),
        text.why_text((), town, "en"),
    ):
        assert not CHINESE.search(shown)


def test_chinese_has_no_codes_of_the_program(plan, town):
    """What stands in the tables as ``order_to_correct`` stands on the screen as 责令限期改正."""
    owed = look_backs(town, plan.horizon, towns.POLICY)
    for shown in (
        text.plan_text(plan, town, "zh"),
        text.ranking_text(owed, town, 50, "zh"),
        text.why_text(owed, town, "zh"),
    ):
        assert "_" not in shown
        assert not re.search(r"\b(walk|metro|car|action|kind|timing|due|since|sites|relaxation)\b", shown)


# Sums


SUM_LINE = re.compile(r"^  \S.*? +([+-][\d,]+) +([\d,]+)(?: |$)", re.MULTILINE)


@towns.examples(50)
@given(towns.towns(), st.sampled_from(("zh", "en")))
def test_sum_behind_a_priority_can_be_replayed(town, lang):
    """Whoever adds up the terms line by line gets the running total of each line, and the priority in the end."""
    owed = look_backs(town.register, (town.day,), town.policy)
    for item in (*owed, *spot_checks(town.register, owed, town.day, town.policy)):
        shown, total = text.why_text((item,), town.register, lang), 0
        for points, running in SUM_LINE.findall(shown):
            total += int(points.replace(",", ""))
            assert int(running.replace(",", "")) == total
        assert total == item.priority
        assert re.search(rf"^  = +{item.priority:,}$", shown, re.MULTILINE)
        for reason in item.reasons:
            assert in_words(reason.detail, lang) in shown


def test_ranking_lists_the_most_pressing_first_and_no_more_than_asked(plan, town):
    owed = look_backs(town, plan.horizon, towns.POLICY)
    head, *lines = text.ranking_text(owed, town, 3, "en").splitlines()
    assert head == "5 look-backs owed, 0 mandatory, 0 open later"
    assert [line.split()[0] for line in lines] == ["1", "2", "3"]
    assert [lb.sites[0] for lb in owed[:3]] == [re.search(r"E\d", line)[0] for line in lines]


# Conflicts


def test_conflict_has_the_name_of_its_rule_in_chinese():
    conflict = Conflict("travel", "T01 2026-11-24 E1", "takes 420 s by walk, not 360 s")
    assert text.conflict_line(conflict, "zh") == f"路程 | {conflict.line()}"
    assert text.conflict_line(conflict, "en") == "T01 2026-11-24 E1: takes 420 s by walk, not 360 s [travel]"


# Text that would steer a terminal


HOSTILE = "店\x1b[31m\x9b2J\x07\u202egnirts\u2066\u200f\r\n\tfoo\x00\x7f\u2028\u2029\ufeff"


def test_nothing_in_a_name_steers_the_terminal():
    assert text.clean(HOSTILE) == "店[31m2Jgnirtsfoo"


def test_line_breaks_stay_where_they_are_asked_for():
    assert text.clean("a\nb\tc", but="\n") == "a\nbc"


@given(st.text())
def test_cleaned_text_is_printable_and_as_it_was_where_it_was_clean(given_text):
    cleaned = text.clean(given_text)
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"} for char in cleaned)
    assert text.clean(cleaned) == cleaned
    if given_text.isprintable():
        assert cleaned == given_text


def test_names_are_cut_to_their_column_and_not_wrapped(plan, town):
    """A Chinese character takes two columns; the points of all lines stand below each other."""
    long = {shop.enterprise_id: replace(shop, name="很长的名字" * 20 + HOSTILE) for shop in town.enterprises}
    renamed = replace(town, enterprises=tuple(long.values()))
    lines = [line for line in text.plan_text(plan, renamed, "zh").splitlines() if re.match(r" +\d+  \d\d:\d\d-", line)]
    ends = {columns(line[: re.search(r" {1,}[\d,]+  ", line).end()]) for line in lines}
    assert len(lines) > 3
    assert len(ends) == 1
    assert "\x1b" not in "".join(lines)
