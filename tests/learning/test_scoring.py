"""A learned card in the priorities: only where one was learned, added before timing, kept honest by lot."""

from dataclasses import replace
from datetime import timedelta

import pytest
from happenings import recorded
from hypothesis import given
from towns import (
    DAY,
    HOUR,
    ONE_STEP,
    POLICY,
    examples,
    one_team_ok,
    register,
    shop,
    team,
    towns,
    violation,
    with_policy,
)

from planner.begun import Moment
from planner.check import Before, check
from planner.compare import compare
from planner.enterprises import Scenario
from planner.events import Late, Shut, TeamOut
from planner.learning.card import Card
from planner.lookbacks import look_backs, spot_checks
from planner.plan import Term
from planner.plan_json import from_json, to_json
from planner.planning import plan
from planner.policy import CardLine
from planner.replanning import replan
from planner.solvers import Limit
from planner.violations import Inspection, InspectionResult
from planner.writers.comparison import comparison_document, comparison_text
from planner.writers.text import plan_text, why_text

LINES = (
    CardLine(term="found_ever", points=4, steps=(10.0, 20.0, 30.0, 40.0, 50.0)),
    CardLine(term="waiting", points=2, steps=(10.0, 20.0)),
)
LEARNED_CARD = {"learned_until": "2026-11-01", "lines": LINES}
LEARNED = with_policy(card=LEARNED_CARD)
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


def drawn_of(policy, day=DAY, found=None, days=1):
    """The enterprises that the lot falls on."""
    found = found or quarter()
    checks = spot_checks(found, look_backs(found, (day,), policy), day, policy, days=days)
    return [check.enterprise_id for check in checks if check.drawn]


@pytest.mark.parametrize("percent", [1, 5, 20])
def test_a_share_of_the_time_is_drawn_by_lot(percent):
    """Two teams' 7.5 hours: whatever the share, over many days it is kept, though a visit is longer than some."""
    policy = with_policy(LEARNED, card={"drawn_percent": percent})
    minutes = POLICY.scenarios[Scenario.RETAIL].spot_check
    minutes += POLICY.visits.certificate_minutes + POLICY.visits.record_minutes
    found = quarter()
    drawn = sum(len(drawn_of(policy, DAY + timedelta(days=k), found)) for k in range(400))
    share = drawn * minutes / (400 * 2 * 450)
    assert share == pytest.approx(percent / 100, rel=0.25)


def test_a_longer_horizon_draws_more_of_the_same_lot():
    """Five days' share begins with the one day's."""
    policy = with_policy(LEARNED, card={"drawn_percent": 40})
    assert drawn_of(policy, days=5)[: len(drawn_of(policy)) - 1] == drawn_of(policy)[:-1]
    assert len(drawn_of(policy, days=5)) >= 3 * len(drawn_of(policy)) > 0


def test_where_no_team_may_go_the_lot_does_not_fall():
    """Of 60 shops the teams inspect every other one."""
    found = quarter()
    shops = [replace(e, scenario=Scenario.CAR_DEALER) if k % 2 else e for k, e in enumerate(found.enterprises)]
    teams = [replace(each, scenarios=frozenset({Scenario.RETAIL})) for each in found.teams]
    found = replace(found, enterprises=tuple(shops), teams=tuple(teams))
    drawn = drawn_of(with_policy(LEARNED, card={"drawn_percent": 50}), found=found)
    assert drawn
    assert all(int(name[1:]) % 2 == 0 for name in drawn)


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


RICH = (CardLine(term="found_ever", points=2_000, steps=(50.0,)),)
"""A card that outweighs every lot by far."""


@pytest.mark.parametrize("solver", ["greedy", "ruin_recreate"])
def test_richer_visits_do_not_push_out_what_was_drawn(solver):
    """Shops found wanting are worth ten times a drawn one; the day is full; the lot is visited all the same."""
    found = quarter()
    policy = with_policy(LEARNED, card={"lines": RICH, "drawn_percent": 30, "drawn_points": 1})
    made = plan(found, policy, DAY, limit=ONE_STEP, solver=solver)
    visited = {visit.lookback_id: visit.priority for duty in made.duties for visit in duty.route}
    assert made.drawn.checks == tuple(f"SC-{site}" for site in drawn_of(policy))
    assert made.drawn.checks
    assert set(made.drawn.checks) <= visited.keys()
    poor = [lookback_id for lookback_id in made.drawn.checks if visited[lookback_id] < 100]
    left_out = {check.lookback_id for check in wanted(found, policy)[1] if check.priority > 1_000} - visited.keys()
    assert poor
    assert left_out
    assert check(made, found, policy) == ()


def test_the_lot_comes_after_what_is_due():
    """Every hour is needed for look-backs that are due: the drawn check is left out, and listed with the reason."""
    found = quarter()
    due = tuple(violation(f"V{k}", f"E{k:02d}", rectify_by=DAY - timedelta(days=20)) for k in range(40))
    found = replace(found, violations=due)
    policy = with_policy(LEARNED, card={"drawn_percent": 20})
    made = plan(found, policy, DAY, limit=ONE_STEP, solver="greedy")
    left = {row.lookback_id: row for row in made.unvisited}
    missed = [lookback_id for lookback_id in made.drawn.checks if lookback_id in left]
    assert missed
    assert all(left[lookback_id].rule and not left[lookback_id].mandatory for lookback_id in missed)
    assert check(made, found, policy) == ()


def test_the_checker_draws_again():
    """A plan that names another lot, another seed or none, or leaves a drawn check for a richer one, breaks a rule."""
    found = quarter()
    policy = with_policy(LEARNED, card={"lines": RICH, "drawn_percent": 30, "drawn_points": 1})
    made = plan(found, policy, DAY, limit=ONE_STEP, solver="greedy")

    def rules(changed):
        return {conflict.rule for conflict in check(changed, found, policy)}

    assert "drawn" in rules(replace(made, drawn=None))
    assert "drawn" in rules(replace(made, drawn=replace(made.drawn, seed=7)))
    assert "drawn" in rules(replace(made, drawn=replace(made.drawn, checks=made.drawn.checks[::-1])))
    by_hand = plan(found, with_policy(policy, card={"drawn_percent": 0}), DAY, limit=ONE_STEP, solver="greedy")
    assert not set(made.drawn.checks) <= {v.lookback_id for duty in by_hand.duties for v in duty.route}
    conflicts = check(replace(by_hand, drawn=made.drawn), found, policy)
    assert any("drawn by lot" in conflict.message for conflict in conflicts if conflict.rule == "drawn")


@pytest.fixture(scope="module")
def full_day():
    """A day full of rich visits, poor ones by lot among them; one of its two teams has one of those."""
    found = quarter()
    policy = with_policy(LEARNED, card={"lines": RICH, "drawn_percent": 30, "drawn_points": 1})
    return found, policy, plan(found, policy, DAY, limit=ONE_STEP, solver="greedy")


def changed(full_day, *happened, now=8 * HOUR, steps=1):
    """Its replan."""
    found, policy, made = full_day
    return replan(found, policy, made, Moment(DAY, now), recorded(*happened), limit=Limit(steps=steps))


def by_lot(made):
    """Teams of the visits that were drawn."""
    return {v.lookback_id: d.team_id for d in made.duties for v in d.route if v.lookback_id in made.drawn.checks}


@pytest.mark.parametrize("steps", [0, 1])
def test_a_replan_keeps_what_was_drawn(full_day, steps):
    """A team starts two hours late: richer visits go, and what the lot fell on stays, whatever the search found."""
    _, _, made = full_day
    found = changed(full_day, Late("T1", DAY, 120), Late("T2", DAY, 120), steps=steps).plan
    assert found.totals.priority < made.totals.priority
    assert by_lot(found).keys() == by_lot(made).keys()
    assert found.drawn == made.drawn


def test_a_drawn_check_goes_to_another_team_when_its_own_is_out(full_day):
    """Before its richer visits."""
    _, _, made = full_day
    (own,) = set(by_lot(made).values())
    (other,) = {"T1", "T2"} - {own}
    found = changed(full_day, TeamOut(own, DAY, DAY, 0, 24 * HOUR)).plan
    assert by_lot(found) == dict.fromkeys(by_lot(made), other)


def test_a_drawn_check_that_is_lost_is_named_with_the_reason(full_day):
    """Its shop is shut: text and document say so."""
    found, policy, made = full_day
    lost = next(iter(by_lot(made)))
    after = changed(full_day, Shut(lost.removeprefix("SC-"), DAY, DAY))
    comparison = compare(
        made,
        after.plan,
        found,
        recorded(Shut(lost.removeprefix("SC-"), DAY, DAY)),
        moved_minutes=policy.replan.moved_minutes,
    )
    assert "not kept: " + lost.removeprefix("SC-") in comparison_text(comparison, found, "en")
    (row,) = comparison_document(comparison, found)["lost_by_lot"]
    assert (row["lookback_id"], row["rule"]) == (lost, "shut")


def test_the_checker_asks_a_replan_for_what_was_drawn(full_day):
    """Left out for a richer visit, a check that was published is a conflict; one that never was is not."""
    found, policy, made = full_day
    bare = with_policy(policy, card={"drawn_percent": 0})
    without = replace(plan(found, bare, DAY, limit=ONE_STEP, solver="greedy"), drawn=made.drawn)

    def drawn(before):
        conflicts = check(without, found, policy, before=Before(before, DAY, 8 * HOUR, {}))
        return [conflict for conflict in conflicts if conflict.rule == "drawn"]

    assert not by_lot(made).keys() <= by_lot(without).keys()
    assert drawn(made)
    assert not drawn(without)


@given(towns())
@examples(15)
def test_every_check_drawn_is_visited_or_listed(town):
    """In any town the plan passes the checker, which draws for itself; saved and read it is the same."""
    policy = with_policy(town.policy, card={**LEARNED_CARD, "drawn_percent": 50})
    made = plan(town.register, policy, town.day, limit=ONE_STEP, solver="greedy")
    listed = {v.lookback_id for duty in made.duties for v in duty.route} | {row.lookback_id for row in made.unvisited}
    assert set(made.drawn.checks) <= listed
    assert from_json(to_json(made)) == made
    assert check(made, town.register, policy) == ()


def test_the_summary_tells_what_was_drawn():
    """How many, how many of them visited, in which share of the time; --why says that it comes before points."""
    found = quarter()
    policy = with_policy(LEARNED, card={"drawn_percent": 30})
    made = plan(found, policy, DAY, limit=ONE_STEP, solver="greedy")
    text = plan_text(made, found, "en")
    assert f"drawn by lot (seed 1): {len(made.drawn.checks)} enterprises, {len(made.drawn.checks)} of them" in text
    assert "(policy: 30 %)" in text
    first = next(each for each in wanted(found, policy)[1] if each.drawn)
    assert "planned before all points" in why_text([first], found, "en")
    assert "drawn" not in plan_text(plan(found, POLICY, DAY, limit=ONE_STEP, solver="greedy"), found, "en")


@pytest.mark.parametrize("policy", [POLICY, LEARNED])
def test_the_plan_names_its_card(policy):
    """Its fingerprint, or nothing; read back as written, and passed by the checker."""
    found = one_team_ok()
    made = plan(found, policy, DAY, limit=ONE_STEP, solver="greedy")
    assert made.card == (Card.of(policy.card).fingerprint if policy.card.learned else "")
    assert ('"card"' in to_json(made)) == policy.card.learned
    assert from_json(to_json(made)) == made
    assert check(made, found, policy) == ()
