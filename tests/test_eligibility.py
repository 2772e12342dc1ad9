"""Who may inspect what: the rules in the order in which they are asked."""

from dataclasses import replace

from hypothesis import given
from towns import examples, register, shop, team, towns, two_districts

from planner.eligibility import Rule, obstacle
from planner.enterprises import Scenario
from planner.teams import Recusal


def asked(found, team_id="T1", enterprise_id="E1"):
    """What keeps the team away from the enterprise."""
    return obstacle(found, team_id, found.enterprise[enterprise_id])


def test_a_district_team_acts_in_its_own_admin_district():
    """Not across the river; a team of the whole city acts anywhere."""
    town = two_districts()
    assert [asked(town, "T1", e) for e in ("E1", "E2", "E3", "E4")] == [None, None, *[Rule.JURISDICTION] * 2]
    everywhere = replace(town, teams=tuple(replace(t, authorities=frozenset()) for t in town.teams))
    assert {asked(everywhere, t, e) for t in ("T1", "T2") for e in ("E1", "E2", "E3", "E4")} == {None}


def test_outside_all_districts_only_a_team_of_the_whole_city_acts():
    """Nobody's ground is no district team's."""
    far = register([shop("E1", 90, 90)], teams=[team("T1", 5, 6, authorities=frozenset({"黄浦区"})), team("T2", 5, 6)])
    assert asked(far, "T1") is Rule.JURISDICTION
    assert asked(far, "T2") is None


def test_a_team_inspects_its_scenarios():
    """All of them when none are named."""
    only = team("T1", 5, 6, scenarios=frozenset({Scenario.PARKING_PAYMENT}))
    assert asked(register([shop("E1", 5, 5)], teams=[only])) is Rule.SCENARIO
    assert asked(register([shop("E1", 5, 5, scenario=Scenario.PARKING_PAYMENT)], teams=[only])) is None


def test_a_recused_officer_keeps_the_team_away():
    """From an enterprise, or from every enterprise of an operator."""
    town = register([shop("E1", 5, 5, operator="连锁甲"), shop("E2", 6, 5)], teams=[team("T1", 5, 6)])
    for recusal in (Recusal("T1-2", "E1"), Recusal("T1-2", operator="连锁甲")):
        biased = replace(town, recusals=(recusal,))
        assert asked(biased) is Rule.RECUSAL
        assert asked(biased, enterprise_id="E2") is None
    assert asked(replace(town, recusals=(Recusal("T9-1", "E1"),))) is None


def test_the_first_obstacle_is_told():
    """Jurisdiction before scenario before recusal."""
    strict = team("T1", 5, 6, authorities=frozenset({"浦东新区"}), scenarios=frozenset({Scenario.RETAIL}))
    town = register([shop("E1", 5, 5, scenario=Scenario.CAR_DEALER)], teams=[strict], recusals=(Recusal("T1-1", "E1"),))
    assert asked(town) is Rule.JURISDICTION
    here = replace(town, teams=(replace(strict, authorities=frozenset()),))
    assert asked(here) is Rule.SCENARIO
    assert asked(replace(here, teams=(team("T1", 5, 6),))) is Rule.RECUSAL


@examples(30)
@given(towns())
def test_only_three_rules_hold_at_any_hour(town):
    """The others depend on the day's hours and routes."""
    found = {
        obstacle(town.register, team.team_id, enterprise)
        for team in town.register.teams
        for enterprise in town.register.enterprises
    }
    assert found <= {None, Rule.JURISDICTION, Rule.SCENARIO, Rule.RECUSAL}
