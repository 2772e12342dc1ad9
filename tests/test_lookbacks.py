"""What is owed, and by when; and what may fill the time left."""

import math
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from towns import DAY, POLICY, box, complaint, examples, register, shop, towns, violation, with_policy

from planner.lookbacks import deadline, due_date, look_backs, spot_checks
from planner.plan import Term
from planner.teamdays import horizon
from planner.violations import Action, InspectionResult, Scope, ViolationKind


def owed(found, *days):
    """The look-backs of a register on the day, or on other days."""
    return look_backs(found, days or (DAY,), POLICY)


def checks(found, policy=POLICY, day=DAY):
    """The spot checks of a register on the day."""
    return spot_checks(found, look_backs(found, (day,), policy), day, policy)


def street(*found, shops=3, operator=None, **more):
    """Shops in one street of one district, and what was found there."""
    return register([shop(f"E{k}", 2 * k, 5, operator=operator or f"E{k}") for k in range(1, shops + 1)], found, **more)


# One for each enterprise, or for each operator


def test_one_look_back_verifies_all_violations_of_an_enterprise():
    """However many there are; the worst gives the reasons."""
    (lb,) = owed(street(violation("V1", "E1"), violation("V2", "E1", action=Action.WARNING)))
    assert (lb.lookback_id, lb.sites, lb.violations) == ("LB-E1", ("E1",), ("V1", "V2"))
    assert lb.reasons[0].records == ("V2",)


def test_a_fault_of_a_chain_can_be_seen_at_any_of_its_sites():
    """One look-back for the operator, wherever the violations were found."""
    found = street(
        violation("V1", "E1", scope=Scope.OPERATOR), violation("V2", "E3", scope=Scope.OPERATOR), operator="连锁甲"
    )
    (lb,) = owed(found)
    assert (lb.lookback_id, lb.sites, lb.violations) == ("LB-连锁甲", ("E1", "E2", "E3"), ("V1", "V2"))
    assert Term.EXPOSURE in {reason.term for reason in lb.reasons}


def test_what_must_be_seen_at_a_site_stays_apart_from_the_chain():
    """A posted code at one shop, and the chain's mini-program: two look-backs."""
    found = street(violation("V1", "E1", scope=Scope.OPERATOR), violation("V2", "E1"), operator="连锁甲")
    assert {lb.lookback_id: lb.sites for lb in owed(found)} == {"LB-连锁甲": ("E1", "E2", "E3"), "LB-E1": ("E1",)}


def test_an_operator_of_one_site_is_that_site():
    """Whatever the scope: there is nowhere else to look."""
    (lb,) = owed(street(violation("V1", "E1", scope=Scope.OPERATOR), violation("V2", "E1")))
    assert (lb.lookback_id, lb.violations) == ("LB-E1", ("V1", "V2"))


def test_nothing_is_owed_once_rectification_was_verified():
    """Only the open violation is."""
    found = street(violation("V1", "E1", rectified_on=DAY - timedelta(days=1)), violation("V2", "E2"))
    assert [lb.lookback_id for lb in owed(found)] == ["LB-E2"]


# Deadline, release and due date


def test_it_opens_the_day_after_the_deadline():
    """Until then it is worth nothing, though it is listed."""
    found = street(violation("V1", "E1", rectify_by=DAY))
    (closed,), (open_,) = owed(found), owed(found, DAY + timedelta(days=1))
    assert closed.release == open_.release == DAY + timedelta(days=1)
    assert closed.priority == 0 < open_.priority


def test_a_horizon_counts_from_the_day_it_opens():
    """What opens tomorrow is worth, in a plan of two days, what it will be worth tomorrow."""
    found = street(violation("V1", "E1", rectify_by=DAY))
    tomorrow = DAY + timedelta(days=1)
    assert [lb.priority for lb in owed(found, DAY, tomorrow)] == [lb.priority for lb in owed(found, tomorrow)]


def test_without_a_deadline_the_policy_sets_one():
    """Seven working days after an order on Tuesday the third: Thursday the twelfth."""
    one = violation("V1", "E1", rectify_by=None)
    assert deadline(one, street(), POLICY) == date(2026, 11, 12)
    assert deadline(replace(one, action=Action.ON_THE_SPOT_CORRECTION), street(), POLICY) == one.found_on


@pytest.mark.parametrize(
    ("action", "due"),
    [
        (Action.GUIDANCE, date(2026, 12, 2)),
        (Action.ORDER_TO_CORRECT, date(2026, 12, 2)),
        (Action.WARNING, date(2026, 12, 2)),
        (Action.INTERVIEW, date(2026, 12, 18)),
        (Action.FINE, date(2027, 1, 17)),
        (Action.CASE, date(2027, 1, 17)),
    ],
)
def test_the_due_date_follows_from_the_action(action, due):
    """Ten working days after the deadline, thirty days after an interview, sixty after a penalty."""
    assert due_date(violation("V1", "E1", action=action), street(), POLICY) == due


def test_mandatory_is_what_falls_due_in_the_horizon_and_is_open():
    """Not what falls due later, nor what falls due before it opens for another violation."""
    soon = street(violation("V1", "E1", rectify_by=date(2026, 11, 11)))
    assert [lb.mandatory for lb in owed(soon)] == [False]
    assert [lb.mandatory for lb in owed(soon, DAY, DAY + timedelta(days=1))] == [True]
    overdue = street(violation("V1", "E1", rectify_by=date(2026, 10, 1)))
    assert [lb.mandatory for lb in owed(overdue)] == [True]
    assert [lb.mandatory for lb in owed(street(violation("V1", "E1", rectify_by=DAY)))] == [False]


def test_a_violation_whose_deadline_runs_does_not_hold_up_the_others():
    """The look-back opens with the first, and verifies the other only if it was found by then."""
    first, second = violation("V1", "E1"), violation("V2", "E1", rectify_by=DAY + timedelta(days=20))
    (lb,) = owed(street(first, second))
    assert lb.release == date(2026, 11, 19)
    assert lb.violations == ("V1", "V2")
    later = replace(second, found_on=DAY - timedelta(days=1), kind=ViolationKind.RIGHTS)
    (lb,) = owed(street(first, later))
    assert lb.violations == ("V1",)


def test_what_was_found_again_has_a_deadline_of_its_own():
    """The first failure no longer counts as overdue: the firm was given new time, and has a repeat against it."""
    old = violation("V1", "E1", rectify_by=date(2026, 9, 1), found_on=date(2026, 8, 20))
    again = violation("V2", "E1", rectify_by=date(2026, 11, 20), found_on=date(2026, 11, 10))
    (lb,) = owed(street(old, again))
    assert (lb.release, lb.violations) == (date(2026, 11, 21), ("V1", "V2"))
    (repeat,) = [reason for reason in lb.reasons if reason.term is Term.REPEATS]
    assert repeat.records == ("V2",)
    (other,) = owed(street(old, replace(again, kind=ViolationKind.RIGHTS)))
    assert other.release == date(2026, 9, 2)


def test_a_repeat_counts_also_after_an_earlier_one_was_rectified():
    """Rebound: it had been corrected, and was found again."""
    old = violation("V1", "E1", rectify_by=date(2026, 3, 1), found_on=date(2026, 2, 20), rectified_on=date(2026, 3, 5))
    (lb,) = owed(street(old, violation("V2", "E1")))
    assert [reason.records for reason in lb.reasons if reason.term is Term.REPEATS] == [("V2",)]
    assert lb.violations == ("V2",)


def test_leads_are_those_of_the_places_where_it_was_found():
    """A complaint about another shop of the chain does not count."""
    found = street(
        violation("V1", "E1", scope=Scope.OPERATOR),
        operator="连锁甲",
        inspections=(
            complaint("I1", "E1", DAY - timedelta(days=5)),
            complaint("I2", "E2", DAY - timedelta(days=5)),
            complaint("I3", "E1", DAY - timedelta(days=6), result=InspectionResult.CLEAN),
        ),
    )
    (lb,) = owed(found)
    assert [reason.records for reason in lb.reasons if reason.term is Term.LEADS] == [("I1",)]


def test_a_key_district_weighs_more():
    """By its weight; where the enterprise is, not where its operator sits."""
    shops = [shop("E1", 5, 5), shop("E2", 40, 5)]
    districts = (box("D1", 0, 0, 20, 20), box("D2", 30, 0, 50, 20, weight=1.5))
    key, ordinary = owed(register(shops, [violation("V1", "E1"), violation("V2", "E2")], districts=districts))
    assert (key.lookback_id, ordinary.lookback_id) == ("LB-E2", "LB-E1")
    assert key.priority == ordinary.priority * 1.5


@examples(40)
@given(towns())
def test_look_backs_of_any_town(town):
    """Each open violation is answered by one at most, at sites of one operator; the mandatory come first."""
    days = horizon(town.register, town.day, town.days)
    found = look_backs(town.register, days, town.policy)
    answered = Counter(violation_id for lb in found for violation_id in lb.violations)
    unverified = {v.violation_id for v in town.register.violations if v.rectified_on is None}
    assert set(answered) <= unverified
    assert set(answered.values()) <= {1}
    for lb in found:
        assert lb.priority == sum(reason.points for reason in lb.reasons) >= 0
        assert (lb.priority > 0) == (lb.release <= days[-1])
        assert lb.mandatory == (lb.release <= days[-1] and lb.due <= days[-1])
        operators = {town.register.enterprise[site].operator for site in lb.sites}
        assert len(operators) == 1
        assert len(lb.sites) == 1 or lb.sites == town.register.sites[operators.pop()]
    assert list(found) == sorted(found, key=lambda lb: (not lb.mandatory, -lb.priority, lb.lookback_id))
    assert len({lb.lookback_id for lb in found}) == len(found)


# Spot checks


def test_the_other_sites_of_a_violator_are_sampled():
    """The root of nine is three; never the shop that owes a look-back, nor the one where the fault was found."""
    for scope in Scope:
        found = street(violation("V1", "E1", scope=scope), shops=9, operator="连锁甲")
        siblings = [check for check in checks(found) if check.reasons[0].term is Term.SIBLING]
        assert [check.enterprise_id for check in siblings] == ["E2", "E3", "E4"]
        assert {check.reasons[0].records for check in siblings} == {("V1",)}


def test_never_more_siblings_than_the_cap():
    """Five, of a chain of thirty-six."""
    found = register(
        [shop(f"E{k:02}", k % 20, k // 20, operator="连锁甲") for k in range(36)], [violation("V1", "E00")]
    )
    assert sum(check.reasons[0].term is Term.SIBLING for check in checks(found)) == 5


def test_who_was_rectified_long_ago_is_sampled_for_a_rebound():
    """After half a year, by the last of its violations; not while anything is open."""
    long_ago, lately = DAY - timedelta(days=180), DAY - timedelta(days=179)
    found = street(
        violation("V1", "E1", found_on=date(2026, 1, 5), rectified_on=long_ago),
        violation("V2", "E2", found_on=date(2026, 1, 5), rectified_on=lately),
        violation("V3", "E3", found_on=date(2026, 1, 5), rectified_on=long_ago),
        violation("V4", "E3", rectify_by=DAY + timedelta(days=9)),
    )
    (check,) = checks(found)
    assert (check.enterprise_id, check.reasons[0].term, check.reasons[0].records) == ("E1", Term.ANTI_REBOUND, ("V1",))


def test_who_was_never_inspected_is_checked_last():
    """Twenty points; a clean visit once is a visit."""
    seen = complaint("I1", "E2", date(2025, 1, 1), result=InspectionResult.CLEAN)
    found = street(inspections=(seen,))
    assert [(check.enterprise_id, check.priority) for check in checks(found)] == [("E1", 20), ("E3", 20)]
    assert {check.reasons[0].term for check in checks(found)} == {Term.NEVER_INSPECTED}


def test_among_equals_the_one_seen_longest_ago_comes_first():
    """Siblings by their last visit; never seen before all others."""
    visits = (
        complaint("I1", "E2", date(2026, 5, 1), result=InspectionResult.CLEAN),
        complaint("I2", "E3", date(2025, 5, 1), result=InspectionResult.CLEAN),
    )
    found = street(violation("V1", "E1"), shops=4, operator="连锁甲", inspections=visits)
    assert [check.enterprise_id for check in checks(found)] == ["E4", "E3"]


def test_a_kind_of_spot_check_without_points_is_not_made():
    """The policy switches it off."""
    off = with_policy(spot_checks={"never_inspected_points": 0})
    assert checks(street(), off) == ()


@examples(40)
@given(towns())
def test_spot_checks_of_any_town(town):
    """So many in each district at most, the most pressing ones; one an enterprise, and none that owes a look-back."""
    found = look_backs(town.register, (town.day,), town.policy)
    made = spot_checks(town.register, found, town.day, town.policy)
    most = town.policy.spot_checks.most_per_district
    assert all(n <= most for n in Counter(town.register.located.get(c.enterprise_id) for c in made).values())
    assert len({check.enterprise_id for check in made}) == len(made)
    assert not {c.enterprise_id for c in made} & {lb.sites[0] for lb in found if len(lb.sites) == 1}
    assert [c.priority for c in made] == sorted((c.priority for c in made), reverse=True)
    siblings = Counter(
        town.register.enterprise[c.enterprise_id].operator for c in made if c.reasons[0].term is Term.SIBLING
    )
    for operator, count in siblings.items():
        sites = len(town.register.sites[operator])
        assert count <= min(town.policy.spot_checks.sibling_cap, math.ceil(math.sqrt(sites)))
