"""What members of a comparison strive for, in points of priority, so that all of them may be told the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.lookbacks import Wanted
    from planner.plan import Totals

MANDATORY = 8_000
"""Points that a mandatory visit is worth beyond its priority: three times the most pressing look-back."""


def worth(wanted: Wanted) -> int:
    """What serving a look-back is worth, in points."""
    return max(wanted.priority, 0) + MANDATORY * wanted.mandatory


def objective(totals: Totals) -> int:
    """Priority, ``MANDATORY`` points for each mandatory visit, less a point for each minute of travel."""
    return totals.priority + MANDATORY * totals.mandatory - totals.travel_seconds // 60
