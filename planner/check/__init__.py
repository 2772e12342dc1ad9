"""
What is wrong with a plan: every rule it breaks, found from the tables alone.

A solver's answer, and the code that timed it, are not believed. This folder knows the rules a second time, with
arithmetic of its own: one visit after the other, in plain numbers, with another way to measure, to cross a river and
to ask whether a door is open. It imports nothing of ``problem``, ``timing``, ``travel``, ``hours``, ``teamdays``,
``eligibility``, ``planning`` or ``solvers``; ``tests/test_layers.py`` sees to that.

``given`` is what a plan is judged by; ``whole``, ``duties``, ``changing``, ``unvisited`` and ``lot`` ask, each for its
part; ``hours`` and ``ways`` measure.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from planner.check.changing import stays
from planner.check.conflicts import Conflict
from planner.check.duties import duty_conflicts
from planner.check.given import Before, Given
from planner.check.lot import by_lot
from planner.check.unvisited import complete
from planner.check.whole import at_work, horizon, once, promised, totals
from planner.events import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.events import Changes, Promise
    from planner.plan import Plan
    from planner.policy import Policy
    from planner.register import Register
    from planner.teams import TravelMode

__all__ = ["Before", "Conflict", "check"]


def check(
    plan: Plan,
    register: Register,
    policy: Policy,
    *,
    promises: Sequence[Promise] = (),
    measured: Mapping[tuple[str, str], tuple[int, int, TravelMode]] | None = None,
    changes: Changes = NOTHING,
    before: Before | None = None,
) -> tuple[Conflict, ...]:
    """
    Every conflict of a plan with the rules; empty when it may be carried out.

    Parameters
    ----------
    promises
        Pinned look-backs that the plan must keep.
    measured
        Legs that a matrix file gives (seconds, metres, mode, by the ids of their ends); all others are checked
        against the great circle.
    changes
        What the events in force mean for the horizon.
    before
        Of a replan: the plan that it goes on from.
    """
    # Without days in order nothing is owed and nothing can be said about the rest.
    wrong = tuple(horizon(plan, register.calendar))
    if wrong:
        return wrong
    given = Given(plan, register, policy, promises, measured or {}, changes, before)
    duties = chain.from_iterable(duty_conflicts(given, duty) for duty in plan.duties)
    whole = (once(given), complete(given), promised(given), by_lot(given), totals(given))
    return tuple(chain(at_work(given), stays(given), duties, *whole))
