"""
The truth behind the sample: how likely each enterprise is to have a violation.

log-odds = scenario + operator + district + site - SHRINKAGE

- *scenario*: the first-check problem rates of the campaign, as log-odds;
- *operator*: normal, sd 0.85, shared by all its sites (its mini-program, its training), and centred
  over the sites of each scenario, so that five power-bank brands do not shift the scenario's rate;
- *district*: normal, sd 0.25, shared by all enterprises of a business district;
- *site*: normal, sd 0.65, its own.

The same seed gives the same truth, so a back-test of priorities can compare
what history shows with what is behind it.
"""

from __future__ import annotations

from collections import Counter
from math import exp, log
from typing import TYPE_CHECKING

from .dice import Dice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .businesses import Enterprise

SEED = 2023
FIRST_CHECK_RATES = {
    "scan_to_order": 0.30,
    "parking_payment": 0.25,
    "childrens_training": 0.40,
    "power_bank_rental": 0.35,
    "retail": 0.23,
    "property_agency": 0.28,
    "car_dealer": 0.24,
    "online_lending": 0.27,
}
OPERATOR_SD = 0.85
DISTRICT_SD = 0.25
SITE_SD = 0.65
SHRINKAGE = 0.08
"""The noise pulls rates below one half up; this puts the mean back."""


def log_odds(enterprises: Sequence[Enterprise]) -> dict[str, float]:
    """The latent log-odds of a violation at a first check, by enterprise id."""
    districts = Dice(SEED + 1)
    sites = Dice(SEED + 2)
    of_operator = _operator_effects(enterprises)
    of_district: dict[str, float] = {}
    found: dict[str, float] = {}
    for enterprise in enterprises:
        if enterprise.district not in of_district:
            of_district[enterprise.district] = DISTRICT_SD * districts.normal()
        rate = FIRST_CHECK_RATES[enterprise.scenario]
        found[enterprise.enterprise_id] = (
            log(rate / (1 - rate))
            + of_operator.get(enterprise.operator, 0.0)
            + of_district[enterprise.district]
            + SITE_SD * sites.normal()
            - SHRINKAGE
        )
    return found


def _operator_effects(enterprises: Sequence[Enterprise]) -> dict[str, float]:
    """Each operator's share of the log-odds, by name."""
    dice = Dice(SEED)
    sites = Counter((site.scenario, site.operator) for site in enterprises if site.operator)
    drawn = {key: OPERATOR_SD * dice.normal() for key in sites}
    means = {
        scenario: sum(drawn[key] * count for key, count in sites.items() if key[0] == scenario)
        / max(1, sum(count for key, count in sites.items() if key[0] == scenario))
        for scenario in FIRST_CHECK_RATES
    }
    return {name: effect - means[scenario] for (scenario, name), effect in drawn.items()}


def probability(odds: float) -> float:
    """The probability of given log-odds."""
    return 1 / (1 + exp(-odds))


def risk_classes(odds: dict[str, float]) -> dict[str, str]:
    """Credit-risk classes A to D by enterprise id: what the bureau guesses from afar, so only loosely true."""
    dice = Dice(SEED + 3)
    classes: dict[str, str] = {}
    for enterprise_id, value in odds.items():
        guess = value + 1.3 * dice.normal()
        classes[enterprise_id] = "A" if guess < -0.6 else "B" if guess < 0.7 else "C" if guess < 1.9 else "D"
    return classes
