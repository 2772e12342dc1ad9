"""
How much earlier learned cards find trouble: on the sample, whose truth is known, and on public histories.

The public ones are read from ``../shared/realdata`` beside the project, and skipped where that is absent.
"""

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

from planner.learning.backtest import backtest, earlier
from planner.learning.card import Card
from planner.learning.history import of_register
from planner.learning.learn import learn
from planner.policy import Policy
from planner.readers.outside import outside
from planner.samples.shanghai import latent
from planner.workspace import Workspace

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "realdata"
DEFAULT = Card.of(Policy.default().card)
CITIES = {
    "chicago": ({"critical": "found", "facility_type+risk": "scenario"}, [], 6.9),
    "san_mateo": ({"critical+major": "found", "critical": "serious", "city": "district"}, ["ROUTINE"], 7.9),
}


def knowing(told, day, chains):
    """
    The log-odds of each place for a reader who knows the sample's own model and all visits before a day.

    Maximum a posteriori: scenario rates and the spreads of operators, districts and sites are given, their effects not.
    """
    past = told.until(day)
    checks = past.movable
    place, found = past.place[checks], past.found[checks].astype(float)
    rates = np.array([latent.FIRST_CHECK_RATES[name] for name in told.scenarios])
    base = np.log(rates / (1 - rates))[told.scenario] - latent.SHRINKAGE
    seen, site = np.unique(place, return_inverse=True)
    groups = [
        (chains[place], int(chains.max()) + 2, latent.OPERATOR_SD),
        (told.district[place] % (len(told.districts) + 1), len(told.districts) + 1, latent.DISTRICT_SD),
        (site, len(seen), latent.SITE_SD),
    ]
    ends = np.cumsum([size for _, size, _ in groups])

    def loss(b):
        parts = np.split(b, ends[:-1])
        z = base[place] + sum(part[of] for part, (of, _, _) in zip(parts, groups, strict=True))
        value = (np.logaddexp(0, z) - found * z).sum()
        value += sum((part**2).sum() / (2 * sd**2) for part, (_, _, sd) in zip(parts, groups, strict=True))
        rest = 1 / (1 + np.exp(-z)) - found
        slopes = [
            np.bincount(of, rest, size) + part / sd**2 for part, (of, size, sd) in zip(parts, groups, strict=True)
        ]
        return value, np.concatenate(slopes)

    operator, district, own = np.split(minimize(loss, np.zeros(ends[-1]), jac=True, method="L-BFGS-B").x, ends[:-1])
    sites = np.zeros(len(told.ids))
    sites[seen] = own
    single = int(chains.max())  # effects of operators that are one site are that site's
    return base + np.where(chains < single, operator[chains], 0.0) + district[told.district] + sites


@pytest.mark.parametrize("length", [16, 20, 30])
def test_the_sample_s_reachable_gain(benchmark, length):
    """What a card gains over chance, as a share of what a reader of the sample's own model would gain."""
    register = Workspace.at(ROOT).read()[1].register
    told = of_register(register)
    alone = max(told.operator) + 1
    is_chain = [len(register.sites[register.enterprise[place_id].operator]) > 1 for place_id in told.ids]
    chains = np.where(is_chain, told.operator, alone)
    result = benchmark.pedantic(lambda: backtest(told, DEFAULT, length), rounds=1)
    best = 0.0
    for window in result.windows:
        visits = told.window(window.start, length)
        moved, _ = earlier(knowing(told, window.start, chains)[told.place[visits]], told.day[visits])
        best += moved[told.found[visits]].sum() / result.found
    chance, default, learned = (result.total(order).days for order in ("chance", "default", "learned"))
    benchmark.extra_info |= {
        "reachable": round(best - chance, 2),
        "learned": round((learned - chance) / (best - chance), 3),
        "default": round((default - chance) / (best - chance), 3),
    }
    assert learned - chance > 0.75 * (best - chance)


@pytest.mark.parametrize("city", CITIES)
def test_public_histories(benchmark, city):
    """The learned card is ahead of the default by more than the error of the difference, and of a bar per city."""
    if not REAL.is_dir():
        pytest.skip("no public histories beside the project")
    names, types, bar = CITIES[city]
    told = outside(REAL / city / "enterprises.csv", REAL / city / "inspections.csv", names, types).history
    result = benchmark.pedantic(lambda: learn(told, int(told.day[-1]) + 1, DEFAULT), rounds=1)
    judged = result.judged
    assert result.refusal is None
    assert judged.total("learned").days >= bar
    assert judged.total("learned").days - judged.total("default").days > judged.error("learned", "default")
