"""Every rule that can stop a look-back, each in a town in which one sees it do so."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from towns import (
    DAY,
    HOUR,
    POLICY,
    examples,
    one_team_ok,
    planned,
    prepared,
    register,
    shop,
    team,
    towns,
    two_districts,
    violation,
    with_policy,
)

from planner.eligibility import Rule
from planner.enterprises import Scenario
from planner.events import NOTHING, Changes, Promise
from planner.solvers import greedy
from planner.teams import Recusal, Shift
from planner.unvisited import explain, reachable
from planner.violations import Scope


def first_shop(**changes):
    """The town of one team, its first shop changed."""
    town = one_team_ok()
    return replace(town, enterprises=(replace(town.enterprises[0], **changes), *town.enterprises[1:]))


def only_team(**changes):
    """The town of one team, with another team in its place."""
    return replace(one_team_ok(), teams=(replace(one_team_ok().teams[0], **changes),))


def not_yet_open():
    """The shop has until tomorrow to correct it."""
    town = one_team_ok()
    return replace(town, violations=(violation("V1", "E1", rectify_by=DAY + timedelta(days=1)), *town.violations[1:]))


def across_the_river():
    """Two districts, and the eastern team at home."""
    town = two_districts()
    return replace(town, teams=town.teams[:1])


def visited_for_another():
    """A chain of two shops: a fault of its own in each, and one of their common mini-program."""
    shops = [shop(f"E{k}", 3 * k, 5, operator="连锁甲") for k in (1, 2)]
    found = [violation("V1", "E1"), violation("V2", "E2"), violation("V3", "E1", scope=Scope.OPERATOR)]
    return register(shops, found, [team("T1", 5, 6)])


def twenty_shops():
    """More than one team can visit in a day."""
    shops = [shop(f"E{k:02}", k, 5) for k in range(1, 20)]
    return register(shops, [violation(f"V{k:02}", f"E{k:02}") for k in range(1, 20)], [team("T1", 5, 6)])


def happened(**changes):
    """The street of three shops after something was reported."""
    return one_team_ok(), Changes(**changes)


STOPPED = {
    Rule.TEAM_OUT: lambda: happened(officers_out=frozenset({("T1-1", DAY)})),
    Rule.POSTPONED: lambda: happened(postponed={"LB-E2": DAY + timedelta(days=1)}),
    Rule.SHUT: lambda: happened(shut=frozenset({("E1", DAY)})),
    Rule.PROMISED: lambda: happened(promises=(Promise("LB-E1", None, DAY, 3 * HOUR, 4 * HOUR, "E1"),)),
    Rule.NOT_RELEASED: not_yet_open,
    Rule.NO_PLACE: lambda: first_shop(place=None),
    Rule.JURISDICTION: across_the_river,
    Rule.SCENARIO: lambda: only_team(scenarios=frozenset({Scenario.CAR_DEALER})),
    Rule.RECUSAL: lambda: replace(one_team_ok(), recusals=(Recusal("T1-1", "E1"),)),
    Rule.NO_TEAM: lambda: replace(one_team_ok(), shifts=(Shift("T1", DAY, None, None, None),)),
    Rule.CLOSED: lambda: first_shop(opening_hours="Tu off; We-Mo 09:00-21:00"),
    Rule.SHIFT: lambda: first_shop(opening_hours="18:00-22:00"),
    Rule.SAME_DAY: visited_for_another,
    Rule.MAX_VISITS: lambda: only_team(max_visits=2),
    Rule.TIME: twenty_shops,
}
ROOM = with_policy(visits={"max_visits": 100})


def rows(found, **more):
    """What the greedy plan leaves, by look-back."""
    found, changes = found if isinstance(found, tuple) else (found, NOTHING)
    ready = prepared(found, ROOM, changes=changes, **more)
    if not changes.promises:
        return {row.lookback_id: row for row in planned(ready).unvisited}
    # The checker does not pass a plan that breaks a promise; here it is only asked what is said of it.
    routes = greedy.filled(ready.problem, [[] for _ in ready.problem.duties])
    left = explain(ready.register, ready.policy, ready.problem, routes, ready.owed, changes)
    return {row.lookback_id: row for row in left}


def test_there_is_a_town_for_every_rule():
    """A new rule needs one."""
    assert set(STOPPED) == set(Rule)


@pytest.mark.parametrize("rule", Rule)
def test_every_rule_is_told_where_it_stops_a_look_back(rule):
    """With a reason and a hint in both languages."""
    stopped = [row for row in rows(STOPPED[rule]()).values() if row.rule == rule]
    assert stopped
    for row in stopped:
        texts = (row.reason, row.reason_zh, row.hint, row.hint_zh)
        assert all(texts)
        assert all("{" not in text and "None" not in text for text in texts)
        assert any("\u4e00" <= sign <= "\u9fff" for sign in row.reason_zh)
        assert any("\u4e00" <= sign <= "\u9fff" for sign in row.hint_zh)


@pytest.mark.parametrize("rule", [rule for rule in Rule if rule is not Rule.NOT_RELEASED])
def test_the_rule_told_is_the_only_one_left_in_these_towns(rule):
    """Nothing else is unvisited in a town that has one thing in its way."""
    assert {row.rule for row in rows(STOPPED[rule]()).values()} == {rule.value}


@pytest.mark.parametrize(
    ("rule", "figures"),
    [
        (Rule.NOT_RELEASED, ["2026-11-26"]),
        (Rule.JURISDICTION, ["浦东新区"]),
        (Rule.SCENARIO, ["retail"]),
        (Rule.RECUSAL, ["T1", "T1-1"]),
        (Rule.CLOSED, ["2026-11-24", "Tu off"]),
        (Rule.SHIFT, ["18:00-22:00", "09:00-17:30", "16:30"]),
        (Rule.MAX_VISITS, ["(2)"]),
        (Rule.TIME, ["T1", "min"]),
    ],
)
def test_a_reason_names_the_figures(rule, figures):
    """So that a person can check it, and knows what to change."""
    reasons = [row.reason for row in rows(STOPPED[rule]()).values() if row.rule == rule]
    assert all(figure in reason for figure in figures for reason in reasons)


def test_the_site_that_came_nearest_is_named():
    """Of a chain with one shop across the river and one closed today: the closed one."""
    town = across_the_river()
    shops = tuple(
        replace(e, operator="连锁甲", opening_hours="Tu off; We-Mo 09:00-21:00")
        if e.enterprise_id in {"E1", "E3"}
        else e
        for e in town.enterprises
    )
    found = replace(town, enterprises=shops, violations=(violation("V1", "E3", scope=Scope.OPERATOR),))
    row = rows(found)["LB-连锁甲"]
    assert (row.rule, row.enterprise_id) == (Rule.CLOSED, "E1")


def test_mandatory_and_most_pressing_come_first():
    """As the coordinator reads them."""
    town = twenty_shops()
    overdue = replace(town.violations[-1], rectify_by=town.violations[-1].found_on)
    left = planned(prepared(replace(town, violations=(*town.violations[:-1], overdue)))).unvisited
    assert [(row.mandatory, row.priority) for row in left] == sorted(
        ((row.mandatory, row.priority) for row in left), reverse=True
    )


@examples(40)
@given(towns())
def test_every_look_back_is_visited_or_listed(town):
    """Once, with its priority, at one of its sites."""
    ready = town.prepared()
    plan = planned(ready)
    visited = [v.lookback_id for duty in plan.duties for v in duty.route if v.lookback_id.startswith("LB-")]
    listed = [row.lookback_id for row in plan.unvisited]
    assert sorted([*visited, *listed]) == sorted(lb.lookback_id for lb in ready.owed)
    owed = {lb.lookback_id: lb for lb in ready.owed}
    for row in plan.unvisited:
        assert row.enterprise_id in owed[row.lookback_id].sites
        assert (row.priority, row.mandatory) == (owed[row.lookback_id].priority, owed[row.lookback_id].mandatory)
        assert all((row.reason, row.reason_zh, row.hint, row.hint_zh))


def test_what_nobody_reaches_is_known_beforehand():
    """A shop in the evening, for a team of the day; and any shop, for a team that is gone before it could be back."""
    evening = prepared(first_shop(opening_hours="18:00-22:00")).problem
    ids = [evening.places[p].place_id for p in evening.candidate_place]
    assert dict(zip(ids, reachable(evening)[:, 0].tolist(), strict=True)) == {"E1": False, "E2": True, "E3": True}
    brief = replace(one_team_ok(), shifts=(Shift("T1", DAY, None, 9 * HOUR, 9 * HOUR + 1200),))
    assert not reachable(prepared(brief, POLICY).problem).any()
