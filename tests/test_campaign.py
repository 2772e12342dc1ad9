"""The campaign's figures: counted by hand in a street, and sums that must hold in any town."""

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st
from towns import DAY, POLICY, examples, register, shop, team, towns, violation

from planner.campaign import Coming, Report, Tally, report
from planner.outcomes import NewViolation, Outcome, OutcomeKind
from planner.violations import Action, Scope, ViolationKind

FIRST = date(2026, 11, 1)
DUE = date(2026, 12, 2)
"""When look-backs of ``towns.violation`` are due."""


def met(site, day, kind=OutcomeKind.RECTIFIED, **more):
    return replace(Outcome(day.isoformat(), 1, f"LB-{site}", site, "T1", day, kind), **more)


def street(*found):
    return register([shop(f"E{k}", 2 * k, 5) for k in (1, 2, 3, 4)], found, [team("T1", 5, 6)])


FOUR = street(*(violation(f"V{k}", f"E{k}") for k in (1, 2, 3, 4)))


def total(outcomes, last, found=FOUR, first=FIRST):
    return report(found, outcomes, POLICY, first, last).total


def test_a_look_back_is_due_then_done_or_overdue():
    """Four are due on 2 December: one made in time, one late, two not at all."""
    made = [met("E1", DUE), met("E2", DUE + timedelta(days=1))]
    assert total([], DUE - timedelta(days=1)) == Tally(due=0, done=0, on_time=0, overdue=0)
    assert total(made, DUE) == Tally(due=4, done=1, on_time=1, overdue=0)
    assert total(made, DUE + timedelta(days=1)) == Tally(due=4, done=2, on_time=1, overdue=2)


def test_visit_that_found_nothing_rectified_was_made_and_another_is_owed():
    made = [met("E1", DAY, OutcomeKind.NOT_RECTIFIED)]
    found = report(FOUR, made, POLICY, FIRST, date(2026, 12, 31))
    assert found.total == Tally(due=5, done=1, on_time=1, overdue=4)
    assert [(row.lookback_id, row.suggested) for row in found.undecided] == [("LB-E1", Action.INTERVIEW)]


def test_what_was_decided_is_not_undecided():
    new = NewViolation(ViolationKind.OVER_COLLECTION, Action.INTERVIEW)
    made = [met("E1", DAY, OutcomeKind.NOT_RECTIFIED, violations=(new,))]
    assert report(FOUR, made, POLICY, FIRST, DAY).undecided == ()


@pytest.mark.parametrize("kind", [OutcomeKind.SHUT, OutcomeKind.NOT_FOUND])
def test_where_nobody_got_in_nothing_was_made(kind):
    found = report(FOUR, [met("E1", DAY, kind)], POLICY, FIRST, DAY)
    assert found.total.done == 0
    assert found.outcomes[kind] == 1


def test_what_the_tables_say_was_verified_counts_once():
    """Also when the visit is on record, too."""
    found = street(violation("V1", "E1", rectified_on=DAY), violation("V2", "E1", rectified_on=DAY))
    assert total([], DAY, found).done == 1
    assert total([met("E1", DAY)], DAY, found).done == 1


def test_period_holds_both_its_days():
    made = [met("E1", DAY)]
    assert total(made, DAY, first=DAY).done == 1
    assert total(made, DAY - timedelta(days=1)).done == 0
    assert total(made, DUE, first=DAY + timedelta(days=1)).done == 0
    with pytest.raises(ValueError, match="before it starts"):
        total(made, DAY, first=DAY + timedelta(days=1))


def test_chain_counts_once_wherever_it_was_seen():
    shops = [shop(f"E{k}", 2 * k, 5, operator="连锁甲") for k in (1, 2, 3)]
    town = register(shops, [violation("V1", "E1", scope=Scope.OPERATOR)])
    found = report(town, [met("E3", DAY, lookback_id="LB-连锁甲")], POLICY, FIRST, DUE)
    assert found.by["operator"] == (("连锁甲", Tally(due=1, done=1, on_time=1, overdue=0)),)


def test_days_to_come_hold_what_is_due_and_what_teams_can_make():
    """Ten working days; what is overdue is on the first; a look-back due on a Sunday counts on the Friday before."""
    sunday = violation("V9", "E1", action=Action.INTERVIEW, rectify_by=date(2026, 10, 30))
    overdue = violation("V8", "E2", rectify_by=date(2026, 11, 3))
    found = report(street(sunday, overdue), [], POLICY, FIRST, DAY)
    assert len(found.coming) == 10
    assert found.coming[0] == Coming(date(2026, 11, 25), due=1, overdue=1, capacity=10)
    assert [row.day for row in found.coming if row.due] == [date(2026, 11, 25), date(2026, 11, 27)]
    assert found.minutes_each is None


def test_capacity_counts_the_time_that_a_visit_and_its_way_take():
    """450 minutes without the break; 35 on site, 15 for certificate and record, 20 on the way: six visits."""
    found = report(FOUR, [], POLICY, FIRST, DAY, seconds_between=20 * 60)
    assert (found.minutes_each, found.coming[0].capacity) == (70, 6)


@examples(40)
@given(towns(), st.integers(0, 40))
def test_every_way_of_sorting_has_the_same_sum(town, days):
    found = report(town.register, [], town.policy, town.day - timedelta(days=60), town.day + timedelta(days=days))
    for rows in found.by.values():
        assert tuple(map(sum, zip(*(tally for _, tally in rows), strict=True))) in {tuple(found.total), ()}
        assert rows or not any(found.total)
    assert sum(due for _, due, _ in found.weeks) == found.total.due
    assert sum(done for _, _, done in found.weeks) == found.total.done
    assert found.total.on_time <= found.total.done


def test_teams_are_not_compared():
    """No figure of a report is a team's: by law there are no quotas, and nobody is appraised by numbers."""
    found = report(FOUR, [met("E1", DAY)], POLICY, FIRST, DAY)
    assert set(found.by) == {"district", "scenario", "kind", "operator"}
    assert not [field.name for field in fields(Report) if "team" in field.name]
    assert "T1" not in repr(found)
