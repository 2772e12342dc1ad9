"""
How pressing a look-back is, as a sum of whole points that a person can replay.

``(action × kind × exposure + leads + repeats + record) × timing``, each factor and addend a policy value; *record* is
what a card learned from history gives, in points already, and nothing where none was learned. So that the sum is
exact, every factor is turned into the points it adds to what stands before it: ``kind ×2.1`` after ``action 500`` is
``+550``. Decimal arithmetic, rounded half up at each line, never binary fractions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from planner.plan import Reason, Term
from planner.violations import InspectionResult

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from planner.clock import Calendar
    from planner.policy import PriorityPolicy
    from planner.violations import Inspection, Violation

COMPLAINT = "complaint"
"""The inspection type of a visit made because somebody complained; with a finding it is a verified lead."""


@dataclass(frozen=True)
class Circumstances:
    """What the formula needs to know beside the violations themselves."""

    sites: int
    """At how many places the violations can be seen: 1, or the number of the operator's sites."""
    district_weight: float
    leads: tuple[Inspection, ...]
    """Verified leads, newest first."""
    repeats: tuple[Violation, ...]
    """What was found again after an earlier deadline had passed, newest first."""
    release: date
    due: date
    record: tuple[Reason, ...] = ()
    """The lines of a learned card for the place; none when nothing was learned."""


def reasons(
    violations: Sequence[Violation],
    around: Circumstances,
    day: date,
    calendar: Calendar,
    policy: PriorityPolicy,
) -> tuple[Reason, ...]:
    """
    The terms of a look-back's priority on a day; their points add up to it.

    The violation with the largest action × kind leads; the others of the same look-back do not add up, because one
    visit verifies them all.
    """
    first = leading(violations, policy)
    record = (first.violation_id,)
    total = Decimal(policy.points) * _action(first, policy)
    lines = [Reason(Term.ACTION, _whole(total), f"{first.action} {policy.action[first.action]:g}", record)]

    def factor(term: Term, by: Decimal, detail: str, records: tuple[str, ...]) -> None:
        points = sum(line.points for line in lines)
        lines.append(Reason(term, _whole(points * (by - 1)), detail, records))

    def addend(term: Term, count: int, each: float, cap: float, records: tuple[str, ...]) -> None:
        units = min(count * _exact(each), _exact(cap))
        if units:
            lines.append(Reason(term, _whole(units * policy.points), f"{count} × {each:g}, ≤ {cap:g}", records))

    factor(Term.KIND, _kind(first, policy), _kind_detail(first, policy), record)
    exposure, detail = _exposure(around, policy)
    if exposure != 1:
        factor(Term.EXPOSURE, exposure, detail, ())
    addend(
        Term.LEADS,
        len(around.leads),
        policy.lead,
        policy.lead_cap,
        tuple(i.inspection_id for i in around.leads),
    )
    again = tuple(violation.violation_id for violation in around.repeats)
    addend(Term.REPEATS, len(again), policy.repeat, policy.repeat_cap, again)
    lines += around.record
    timing, detail = _timing(around, day, calendar, policy)
    factor(Term.TIMING, timing, detail, ())
    return tuple(lines)


def leading(violations: Sequence[Violation], policy: PriorityPolicy) -> Violation:
    """The violation that weighs most: by action × kind, then the newest."""
    return max(violations, key=lambda v: (_action(v, policy) * _kind(v, policy), v.found_on, v.violation_id))


def verified_leads(inspections: Sequence[Inspection], day: date, policy: PriorityPolicy) -> tuple[Inspection, ...]:
    """The complaints that an inspection confirmed in the days before, newest first."""
    since = day - timedelta(days=policy.lead_days)
    leads = [
        inspection
        for inspection in inspections
        if inspection.inspection_type == COMPLAINT
        and inspection.result is InspectionResult.VIOLATION
        and since <= inspection.day < day
    ]
    return tuple(sorted(leads, key=lambda i: (i.day, i.inspection_id), reverse=True))


def _action(violation: Violation, policy: PriorityPolicy) -> Decimal:
    return _exact(policy.action[violation.action])


def _kind(violation: Violation, policy: PriorityPolicy) -> Decimal:
    weight = _exact(policy.kind[violation.kind])
    for aggravation in violation.aggravations:
        weight *= _exact(policy.aggravation[aggravation])
    return min(weight, _exact(policy.kind_cap))


def _kind_detail(violation: Violation, policy: PriorityPolicy) -> str:
    parts = [f"{violation.kind} {policy.kind[violation.kind]:g}"]
    parts += [f"{a} {policy.aggravation[a]:g}" for a in sorted(violation.aggravations)]
    capped = f", ≤ {policy.kind_cap:g}" if len(parts) > 1 else ""
    return f"× {_kind(violation, policy).normalize():f} = {' × '.join(parts)}{capped}"


def _exposure(around: Circumstances, policy: PriorityPolicy) -> tuple[Decimal, str]:
    spread = _exact(round(1 + policy.exposure_per_log_site * math.log(around.sites), 4))
    spread = min(spread, _exact(policy.exposure_cap))
    factor = spread * _exact(around.district_weight)
    parts = [f"sites {around.sites}: {spread.normalize():f}"] if around.sites > 1 else []
    if around.district_weight != 1:
        parts.append(f"district {around.district_weight:g}")
    return factor, f"× {factor.normalize():f} = {' × '.join(parts)}"


def _timing(around: Circumstances, day: date, calendar: Calendar, policy: PriorityPolicy) -> tuple[Decimal, str]:
    at_due = _exact(policy.timing_at_due)
    if day < around.release:
        return Decimal(0), f"× 0 = before_release {around.release}"
    if day > around.due:
        late = calendar.working_between(around.due, day)
        factor = min(at_due + late * _exact(policy.timing_per_day_overdue), _exact(policy.timing_cap))
        return factor, f"× {factor.normalize():f} = overdue {late} since {around.due}"
    window = calendar.working_between(around.release, around.due)
    gone = calendar.working_between(around.release, day)
    share = Decimal(gone) / window if window else Decimal(1)
    factor = (1 + (at_due - 1) * share).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return factor, f"× {factor.normalize():f} = in_window {gone}/{window}, due {around.due}"


def _exact(value: float) -> Decimal:
    return Decimal(str(value))


def _whole(points: Decimal) -> int:
    return int(points.quantize(Decimal(1), ROUND_HALF_UP))
