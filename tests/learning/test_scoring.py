"""A learned card in the priorities: only where one was learned, added before timing, kept honest by lot."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from towns import DAY, ONE_STEP, POLICY, examples, one_team_ok, register, shop, team, towns, with_policy

from planner.check import check
from planner.learning.card import Card
from planner.lookbacks import look_backs, spot_checks
from planner.plan import Term, from_json, to_json
from planner.planning import plan
from planner.policy import CardLine
from planner.violations import Inspection, InspectionResult

LINES = (
    CardLine(term="found_ever", points=4, steps=(10.0, 20.0, 30.0, 40.0, 50.0)),
    CardLine(term="waiting", points=2, steps=(10.0, 20.0)),
)
LEARNED = with_policy(card={"learned_until": "2026-11-01", "lines": LINES})
UNDRAWN = with_policy(LEARNED, card={"drawn_percent": 0})


def wanted(found, policy, day=DAY):
    owed = look_backs(found, (day,), policy)
    return owed, spot_checks(found, owed, day, policy)


def quarter(shops=60):
    """Shops nobody owes anything, checked ten weeks ago: every other one was found wanting. And two teams."""
    results = (InspectionResult.VIOLATION, InspectionResult.CLEAN)
    visits = [
        Inspection(f"I{k}", f"E{k:02d}", DAY - timedelta(days=70), results[k % 2], "campaign") for k in range(shops)
    ]
    places = [shop(f"E{k:02d}", k % 20, k // 20) for k in range(shops)]
    return register(places, (), [team("T1", 5, 5), team("T2", 6, 6)], inspections=tuple(visits))


def test_nothing_learned_nothing_changed():
    """The lines of a card that was not learned have no say, and nothing is drawn."""
    found = quarter()
    other = with_policy(card={"lines": LINES, "drawn_percent": 50})
    assert wanted(found, other) == wanted(found, POLICY)


@given(towns())
@examples(10)
def test_a_learned_card_adds_before_timing(town):
    """Every priority is the sum of its reasons, the card's lines stand before timing, the others as before."""
    found = town.register
    terms = {Term(line.term) for line in LINES}
    for lb in look_backs(found, (town.day,), UNDRAWN):
        assert lb.reasons[-1].term is Term.TIMING
        assert lb.priority == sum(reason.points for reason in lb.reasons)
        plain = next(old for old in look_backs(found, (town.day,), POLICY) if old.lookback_id == lb.lookback_id)
        assert [r for r in lb.reasons[:-1] if r.term not in terms] == list(plain.reasons[:-1])
        assert lb.priority >= plain.priority


def test_places_are_checked_for_their_record():
    """With a learned card, shops found wanting come before those that were clean, and say why."""
    _, checks = wanted(quarter(), UNDRAWN)
    first = checks[0]
    assert int(first.enterprise_id[1:]) % 2 == 0
    assert first.reasons[0].term is Term.FOUND_EVER
    assert first.reasons[0].records == (f"I{int(first.enterprise_id[1:])}",)


def test_a_share_of_the_time_is_drawn_by_lot():
    """A tenth of two teams' 7.5 hours is 90 minutes: one spot check of 60 and its paperwork fit, a second does not."""
    policy = with_policy(LEARNED, card={"drawn_percent": 10})
    drawn = [c for c in wanted(quarter(), policy)[1] if c.reasons[0].term is Term.DRAWN]
    assert len(drawn) == 1
    assert drawn[0].reasons[0].points == policy.card.drawn_points


def test_the_lot_depends_on_seed_and_day_and_on_nothing_else():
    """Not on the order of tables; another seed or another day draws others."""
    policy = with_policy(LEARNED, card={"drawn_percent": 50})
    found = quarter()

    def drawn(found=found, policy=policy, day=DAY):
        return {c.enterprise_id for c in wanted(found, policy, day)[1] if c.reasons[0].term is Term.DRAWN}

    assert drawn(replace(found, enterprises=found.enterprises[::-1])) == drawn()
    assert drawn(policy=with_policy(policy, card={"drawn_seed": 2})) != drawn()
    assert drawn(day=DAY + timedelta(days=1)) != drawn()


def test_everybody_is_drawn_at_times():
    """Over sixty days nearly every shop, also those whose record is clean."""
    policy = with_policy(LEARNED, card={"drawn_percent": 50})
    found = quarter(20)
    days = [DAY + timedelta(days=k) for k in range(60)]
    drawn = {c.enterprise_id for day in days for c in wanted(found, policy, day)[1] if c.reasons[0].term is Term.DRAWN}
    assert len(drawn) == 20


@pytest.mark.parametrize("policy", [POLICY, LEARNED])
def test_the_plan_names_its_card(policy):
    """Its fingerprint, or nothing; read back as written, and passed by the checker."""
    found = one_team_ok()
    made = plan(found, policy, DAY, limit=ONE_STEP, solver="greedy")
    assert made.card == (Card.of(policy.card).fingerprint if policy.card.learned else "")
    assert ('"card"' in to_json(made)) == policy.card.learned
    assert from_json(to_json(made)) == made
    assert check(made, found, policy) == ()
