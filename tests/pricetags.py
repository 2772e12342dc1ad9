"""Prices that nobody thought of, for all that is true at any prices."""

from itertools import combinations

import numpy as np
from hypothesis import strategies as st
from towns import tiny_problems

from planner.solvers.classes import duty_classes
from planner.solvers.cuts import Cut
from planner.solvers.master import Prices
from planner.solvers.pricing import Pricer, Way


def visits_of(plan):
    """The candidates of a plan."""
    return [c for route in plan for c in route]


@st.composite
def priced_problems(draw):
    """A tiny problem and any prices that are not negative, cuts among them."""
    problem = draw(tiny_problems(candidates=5))
    most = max(problem.prizes.max(initial=0), 1)
    some = st.floats(0, float(most), allow_nan=False)

    def prices(count):
        return np.array([draw(st.just(0.0) | some) for _ in range(count)])

    trios = list(combinations(range(len(problem.wanted)), 3))
    others = st.frozensets(st.sampled_from(range(len(problem.wanted))))
    cuts = {Cut(frozenset(trio), frozenset(trio) | draw(others)): draw(some) for trio in trios if draw(st.booleans())}
    classes = len(duty_classes(problem))
    rows = (len(problem.wanted), len(problem.places), len(problem.district_goals), classes)
    return problem, Prices(problem, *(prices(count) for count in rows), cuts)


def proven_by(problem, prices):
    """What exact pricing proves at some prices, as the evidence has it."""
    total, bests = prices.fixed, []
    for each in duty_classes(problem):
        priced = Pricer(each).price(prices.prizes, prices.whole_cuts, 0, Way.EXACT, most_labels=100_000, most_routes=1)
        total += len(each.duties) * priced.bound
        bests.append(priced.bound / prices.scale)
    proven = Prices(problem, prices.wanted, prices.place, prices.district, np.array(bests), prices.cuts)
    return {"proven": proven, "proven_bound": total / prices.scale}
