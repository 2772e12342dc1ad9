"""What was recorded or corrected later: it teaches from its own day on, and never before."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from towns import DAY, POLICY, register, shop, violation

from planner.history import with_outcomes
from planner.learning.history import of_register, with_first_deadlines
from planner.learning.known import Known
from planner.learning.terms import CANDIDATES
from planner.outcomes import Outcome, OutcomeKind
from planner.violations import Inspection, InspectionResult

TABLES = register(
    [shop(f"E{k}", 2 * k, 5) for k in (1, 2, 3)],
    [violation("V1", "E1", rectify_by=DAY - timedelta(days=60), found_on=DAY - timedelta(days=90))],
    inspections=tuple(
        Inspection(f"I{k}", f"E{k}", DAY - timedelta(days=40 + k), InspectionResult.CLEAN, "campaign") for k in (2, 3)
    ),
)


def terms(found, day):
    """The value of every term for every place on a morning."""
    known = Known.on(of_register(found), day.toordinal())
    return np.column_stack([candidate.values(known) for candidate in CANDIDATES])


def recorded(kind, **more):
    """The register with what one visit to E1 found on the day."""
    outcome = replace(Outcome(f"{DAY}", 1, "LB-E1", "E1", "T1", DAY, kind), **more)
    return with_first_deadlines(with_outcomes(TABLES, [outcome], POLICY, date.max), TABLES)


@pytest.mark.parametrize("kind", [OutcomeKind.RECTIFIED, OutcomeKind.PARTLY, OutcomeKind.NOT_RECTIFIED])
def test_an_outcome_is_unknown_on_its_own_morning(kind):
    """Nor is the later deadline that it sets; on the next morning it is known."""
    later = recorded(kind)
    assert np.array_equal(terms(later, DAY), terms(TABLES, DAY))
    assert not np.array_equal(terms(later, DAY + timedelta(days=1)), terms(TABLES, DAY + timedelta(days=1)))


def test_a_deadline_put_off_later_is_seen_as_it_was():
    """Without its own deadline the violation would look less overdue on days before anybody put it off."""
    put_off = with_outcomes(
        TABLES, [Outcome(f"{DAY}", 1, "LB-E1", "E1", "T1", DAY, OutcomeKind.PARTLY)], POLICY, date.max
    )
    assert put_off.violations[0].rectify_by > TABLES.violations[0].rectify_by
    assert not np.array_equal(terms(put_off, DAY), terms(TABLES, DAY))
    assert np.array_equal(terms(with_first_deadlines(put_off, TABLES), DAY), terms(TABLES, DAY))


@pytest.mark.parametrize("inspection_id", ["I2", "I3"])
def test_a_corrected_row_is_known_from_its_own_day_on(inspection_id):
    """The result of a visit is turned round afterwards: nothing before it moves, and something after it does."""
    turned = tuple(
        replace(i, result=InspectionResult.VIOLATION) if i.inspection_id == inspection_id else i
        for i in TABLES.inspections
    )
    corrected = replace(TABLES, inspections=turned)
    day = next(i.day for i in TABLES.inspections if i.inspection_id == inspection_id)
    assert np.array_equal(terms(corrected, day), terms(TABLES, day))
    assert not np.array_equal(terms(corrected, day + timedelta(days=1)), terms(TABLES, day + timedelta(days=1)))
