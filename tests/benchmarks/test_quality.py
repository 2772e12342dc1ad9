"""How much more the members of the family find than greedy, as ratios within one run, on generated towns."""

from datetime import timedelta
from random import Random

import pytest
from towns import (
    DAY,
    GROUND,
    HOURS,
    POLICY,
    RIVER,
    officers_of,
    planned,
    prepared,
    register,
    shop,
    team,
    violation,
)

from planner.enterprises import Scenario
from planner.solvers import SOLVERS, Limit
from planner.violations import Action, ViolationKind

SEEDS = range(3)
STEPS = Limit(steps=20)


def city(seed, shops=150, teams=5):
    """Shops in three districts on either bank of the river, each with a violation, and a team for every thirty."""
    dice = Random(seed)
    corners = ((0, 0), (30, 0), (0, 30))
    spots = [tuple(c + dice.randrange(20) for c in corners[dice.randrange(3)]) for _ in range(shops)]
    enterprises = [
        shop(f"E{k:03}", *spot, scenario=dice.choice(list(Scenario)), opening_hours=dice.choice(HOURS))
        for k, spot in enumerate(spots)
    ]
    found = [
        violation(
            f"V{k:03}",
            f"E{k:03}",
            kind=dice.choice(list(ViolationKind)),
            action=dice.choice(list(Action)),
            rectify_by=DAY - timedelta(days=dice.randrange(1, 30)),
        )
        for k in range(shops)
    ]
    crews = [team(f"T{k}", *dice.choice(spots)) for k in range(teams)]
    ground = {"officers": officers_of(*crews), "districts": GROUND, "barriers": (RIVER,)}
    return register(enterprises, found, crews, **ground)


@pytest.mark.parametrize("solver", [name for name in SOLVERS if name != "greedy"])
def test_a_search_finds_more_than_greedy(solver, benchmark):
    """Never less, in any of these towns; mandatory look-backs first, then priority. The gap is to the proven bound."""
    ready = [prepared(city(seed), POLICY) for seed in SEEDS]
    first = [planned(each) for each in ready]
    found = benchmark.pedantic(lambda: [planned(each, solver, STEPS) for each in ready], rounds=1)
    for greedy, better in zip(first, found, strict=True):
        assert (better.totals.mandatory, better.totals.priority) >= (greedy.totals.mandatory, greedy.totals.priority)
    points, base = (sum(plan.totals.priority for plan in plans) for plans in (found, first))
    mandatory, before = (sum(plan.totals.mandatory for plan in plans) for plans in (found, first))
    benchmark.extra_info["priority to greedy"] = round(points / base, 4)
    benchmark.extra_info["mandatory to greedy"] = round(mandatory / before, 4)
    benchmark.extra_info["mean gap"] = round(sum(plan.bound.gap for plan in found) / len(found), 4)
    assert (mandatory, points) > (before, base)
