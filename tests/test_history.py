"""What visits found bears on the days after: it closes, comes back, repeats, and makes new things owed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st
from towns import DAY, POLICY, complaint, examples, register, shop, violation, with_policy

from planner.history import follow_ups, gravest, suggested_action, with_outcomes
from planner.lookbacks import look_backs, spot_checks
from planner.outcomes import NewViolation, Outcome, OutcomeKind
from planner.plan import Term
from planner.violations import Action, InspectionResult, Scope, ViolationKind

NEXT = DAY + timedelta(days=1)
LATER = date(2026, 12, 3)
"""The working day after the deadline that the ladder sets: five working days after Tuesday 24 November."""


def met(lookback_id="LB-E1", kind=OutcomeKind.RECTIFIED, site="E1", **more):
    """What a visit on the day found."""
    return replace(Outcome("2026-11-24", 1, lookback_id, site, "T1", DAY, kind), **more)


def street(*found, **more):
    return register([shop(f"E{k}", 2 * k, 5) for k in (1, 2, 3)], found, **more)


def chain():
    """A chain of three shops with one fault in its mini-program."""
    shops = [shop(f"E{k}", 2 * k, 5, operator="连锁甲") for k in (1, 2, 3)]
    return register(shops, [violation("V1", "E1", scope=Scope.OPERATOR)])


def owed(found, day, *outcomes, policy=POLICY):
    """The look-backs that are owed on the morning of a day."""
    return {lb.lookback_id: lb for lb in look_backs(with_outcomes(found, outcomes, policy, day), (day,), policy)}


ONE = street(violation("V1", "E1"))


def test_what_is_found_today_changes_tomorrow_and_not_today():
    """A plan is made from what was known in the morning, so that its own visits do not make it wrong."""
    assert with_outcomes(ONE, [met()], POLICY, DAY) is ONE
    assert owed(ONE, NEXT, met()) == {}


def test_rectified_closes_the_look_back_for_good():
    found = with_outcomes(ONE, [met()], POLICY, NEXT)
    (closed,) = found.violations
    assert closed == replace(ONE.violations[0], rectified_on=DAY)


def test_rectified_closes_only_what_the_visit_could_verify():
    """What was found elsewhere, or after the visit, stays owed."""
    found = street(violation("V1", "E1"), violation("V2", "E2"), violation("V3", "E1", found_on=NEXT))
    known = with_outcomes(found, [met()], POLICY, NEXT + timedelta(days=1))
    assert {v.violation_id for v in known.violations if v.rectified_on is None} == {"V2", "V3"}


def test_not_rectified_is_found_again_with_a_deadline_of_its_own():
    """It comes back when that has passed, as a repeat that names the visit."""
    lb = owed(ONE, LATER, met(kind=OutcomeKind.NOT_RECTIFIED))["LB-E1"]
    assert (lb.release, lb.due) == (date(2026, 12, 2), date(2026, 12, 15))
    repeats = [reason for reason in lb.reasons if reason.term is Term.REPEATS]
    assert [reason.records for reason in repeats] == [("2026-11-24@1/LB-E1/1",)]
    assert lb.priority > owed(ONE, LATER, met(kind=OutcomeKind.PARTLY))["LB-E1"].priority


def test_partly_gets_a_new_deadline_and_is_no_repeat():
    lb = owed(ONE, LATER, met(kind=OutcomeKind.PARTLY))["LB-E1"]
    assert (lb.release, lb.due, lb.violations) == (date(2026, 12, 2), date(2026, 12, 15), ("V1",))
    assert Term.REPEATS not in {reason.term for reason in lb.reasons}


def test_deadline_that_the_policy_sets_is_the_policys():
    policy = with_policy(ladder={"days": 1})
    assert owed(ONE, LATER, met(kind=OutcomeKind.PARTLY), policy=policy)["LB-E1"].release == date(2026, 11, 26)


@pytest.mark.parametrize("kind", [OutcomeKind.SHUT, OutcomeKind.NOT_FOUND])
def test_where_nobody_got_in_it_is_owed_as_before(kind):
    assert owed(ONE, NEXT, met(kind=kind)) == owed(ONE, NEXT)


def test_rectified_after_not_rectified_closes_everything():
    again = met(kind=OutcomeKind.RECTIFIED, day=LATER, plan_id="2026-12-03")
    found = with_outcomes(ONE, [again, met(kind=OutcomeKind.NOT_RECTIFIED)], POLICY, LATER + timedelta(days=1))
    assert [v.rectified_on for v in found.violations] == [LATER, LATER]


def test_new_violation_is_owed_with_its_deadline_and_action():
    new = NewViolation(ViolationKind.INDUCED, Action.INTERVIEW, rectify_by=date(2026, 11, 27))
    lb = owed(ONE, date(2026, 11, 30), met(violations=(new,)))["LB-E1"]
    assert (lb.release, lb.violations) == (date(2026, 11, 28), ("2026-11-24@1/LB-E1/1",))
    assert lb.reasons[0].detail.startswith("interview")


def test_new_violation_of_an_operator_can_be_seen_at_any_of_its_sites():
    shops = [shop(f"E{k}", 2 * k, 5, operator="连锁甲") for k in (1, 2, 3)]
    new = NewViolation(ViolationKind.INDUCED, Action.ORDER_TO_CORRECT, scope=Scope.OPERATOR, rectify_by=NEXT)
    lb = owed(register(shops, []), LATER, met("SC-E2", site="E2", violations=(new,)))["LB-连锁甲"]
    assert lb.sites == ("E1", "E2", "E3")


def test_new_violation_of_the_kind_that_was_owed_stands_for_it():
    """The officers have decided: their action and deadline count, not the ladder's days."""
    new = NewViolation(ViolationKind.OVER_COLLECTION, Action.WARNING, rectify_by=NEXT)
    lb = owed(ONE, LATER, met(kind=OutcomeKind.NOT_RECTIFIED, violations=(new,)))["LB-E1"]
    assert (lb.release, lb.reasons[0].detail[:7]) == (date(2026, 11, 26), "warning")
    assert (
        len(with_outcomes(ONE, [met(kind=OutcomeKind.NOT_RECTIFIED, violations=(new,))], POLICY, NEXT).violations) == 2
    )


def test_chain_found_not_rectified_at_one_site_comes_back_at_any():
    lb = owed(chain(), LATER, met("LB-连锁甲", OutcomeKind.NOT_RECTIFIED, site="E3"))["LB-连锁甲"]
    assert (lb.sites, lb.release) == (("E1", "E2", "E3"), date(2026, 12, 2))


def test_chain_seen_rectified_at_one_site_is_closed_everywhere():
    assert owed(chain(), NEXT, met("LB-连锁甲", site="E2")) == {}


def test_visits_are_inspections():
    """Clean or not; where nobody got in, nothing was inspected."""
    kinds = {"E1": OutcomeKind.RECTIFIED, "E2": OutcomeKind.NOT_RECTIFIED, "E3": OutcomeKind.SHUT}
    found = street(violation("V1", "E1"), violation("V2", "E2"), violation("V3", "E3"))
    known = with_outcomes(found, [met(f"LB-{site}", kind, site) for site, kind in kinds.items()], POLICY, NEXT)
    results = {i.enterprise_id: (i.day, i.result) for i in known.inspections}
    assert results == {"E1": (DAY, InspectionResult.CLEAN), "E2": (DAY, InspectionResult.VIOLATION)}


def test_spot_checked_enterprise_is_no_longer_one_that_was_never_inspected():
    found = street()
    before = {check.enterprise_id for check in spot_checks(found, (), DAY, POLICY)}
    known = with_outcomes(found, [met("SC-E1")], POLICY, NEXT)
    assert before - {check.enterprise_id for check in spot_checks(known, (), NEXT, POLICY)} == {"E1"}


def test_tables_win():
    """Somebody has entered the finding and the visit already: they are there once."""
    new = NewViolation(ViolationKind.INDUCED, Action.INTERVIEW)
    entered = violation("V9", "E1", kind=ViolationKind.INDUCED, found_on=DAY, action=Action.FINE)
    found = street(violation("V1", "E1"), entered, inspections=(complaint("I1", "E1", DAY),))
    known = with_outcomes(found, [met(violations=(new,))], POLICY, NEXT)
    assert {v.violation_id for v in known.violations} == {"V1", "V9"}
    assert known.inspections == found.inspections


def test_rectified_in_the_tables_is_not_found_again():
    found = street(violation("V1", "E1", rectified_on=NEXT))
    assert owed(found, LATER, met(kind=OutcomeKind.NOT_RECTIFIED)) == {}


def test_latest_revision_counts():
    first, second = met(kind=OutcomeKind.NOT_RECTIFIED), met(revision=2)
    assert owed(ONE, NEXT, second, first) == {}


def test_enterprise_that_left_the_tables_is_left_out():
    assert with_outcomes(ONE, [met("LB-E7", site="E7")], POLICY, NEXT) is ONE


outcomes = st.lists(
    st.builds(
        met,
        st.sampled_from(["LB-E1", "LB-E2", "SC-E3"]),
        st.sampled_from(OutcomeKind),
        day=st.dates(date(2026, 11, 19), date(2026, 11, 30)),
    ).map(lambda o: replace(o, enterprise_id=o.lookback_id[3:])),
    max_size=6,
)


@examples(60)
@given(outcomes, st.dates(DAY, date(2026, 12, 31)), st.randoms())
def test_order_does_not_matter_and_ids_stay_unique(found, day, dice):
    """Whatever was recorded, in whatever order: one history, and every open violation is owed exactly once."""
    town = street(violation("V1", "E1"), violation("V2", "E2", action=Action.INTERVIEW))
    unique = list({(o.day, o.lookback_id): o for o in found}.values())
    known = with_outcomes(town, unique, POLICY, day)
    dice.shuffle(unique)
    assert with_outcomes(town, unique, POLICY, day) == known
    ids = [v.violation_id for v in known.violations]
    assert len(ids) == len(set(ids))
    open_at = {v.enterprise_id for v in known.violations if v.rectified_on is None}
    assert {lb.sites for lb in look_backs(known, (day,), POLICY)} == {(site,) for site in open_at}


# What is suggested


def test_ladder_goes_up_after_not_rectified_and_stays_after_partly():
    assert suggested_action(OutcomeKind.NOT_RECTIFIED, Action.ORDER_TO_CORRECT, POLICY) is Action.INTERVIEW
    assert suggested_action(OutcomeKind.PARTLY, Action.ORDER_TO_CORRECT, POLICY) is Action.ORDER_TO_CORRECT
    assert suggested_action(OutcomeKind.NOT_RECTIFIED, Action.FINE, POLICY) is Action.FINE
    assert suggested_action(OutcomeKind.RECTIFIED, Action.FINE, POLICY) is None


def test_an_action_that_is_not_on_the_ladder_is_above_it():
    policy = with_policy(ladder={"rungs": (Action.GUIDANCE, Action.WARNING)})
    found = [violation("V1", "E1", action=Action.WARNING), violation("V2", "E1", action=Action.CASE)]
    assert gravest(found, policy) is Action.CASE
    assert suggested_action(OutcomeKind.NOT_RECTIFIED, Action.CASE, policy) is None


def test_suggestion_changes_nothing_that_is_owed():
    """People decide: the action behind the look-back stays the last one that was taken."""
    lb = owed(ONE, LATER, met(kind=OutcomeKind.NOT_RECTIFIED))["LB-E1"]
    assert lb.reasons[0].detail.startswith("order_to_correct")


def test_follow_up_says_what_is_suggested_and_when_it_comes_back():
    found = street(violation("V1", "E1"), violation("V2", "E2"))
    closed, again = met(), met("LB-E2", OutcomeKind.NOT_RECTIFIED, "E2")
    first, second = follow_ups(found, [closed, again], POLICY, [closed, again])
    assert (first.outcome, first.suggested, first.release) == (closed, None, None)
    assert (second.last, second.suggested) == (Action.ORDER_TO_CORRECT, Action.INTERVIEW)
    assert (second.release, second.due) == (date(2026, 12, 2), date(2026, 12, 15))
