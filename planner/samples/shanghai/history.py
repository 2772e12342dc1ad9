"""
The campaign so far: inspections, violations, look-backs, as they stand on the morning of TODAY.

When a group's violations were found is laid out backwards from the state the group shall
be in today. Each group has one or two *rounds*: an inspection that found something and set
a deadline; the second round is a look-back that failed. A group is verified by a clean
look-back after its last round, and then all its violations are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from . import findings, workdays
from .dice import Dice
from .groups import Group, groups
from .workdays import CAMPAIGN_END, CAMPAIGN_START, TODAY, YESTERDAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .businesses import Enterprise

SEED = 520

DAYS_TO_RECTIFY: dict[str, tuple[tuple[int, float], ...]] = {
    "guidance": ((10, 1),),  # the office's default: the order itself names no day
    "on_the_spot_correction": ((0, 1),),
    "order_to_correct": ((3, 28), (7, 44), (10, 8), (15, 20)),
    "interview": ((7, 40), (10, 15), (15, 45)),
    "warning": ((7, 40), (15, 60)),
    "fine": ((15, 1),),
    "case": ((15, 1),),
}
CHAIN_WIDE_DAYS: tuple[tuple[int, float], ...] = ((15, 35), (30, 65))


@dataclass(frozen=True)
class Violation:
    """A row of the violations table without its id."""

    enterprise_id: str
    found_on: date
    kind: str
    aggravations: tuple[str, ...]
    action: str
    rectify_by: date | None
    scope: str
    rectified_on: date | None
    note: str


@dataclass(frozen=True)
class Inspection:
    """A row of the inspections table without its id."""

    enterprise_id: str
    date: date
    result: str
    inspection_type: str


@dataclass(frozen=True)
class Round:
    """When a group's violations were found and shall be put right."""

    found_on: date
    rectify_by: date


def due(action: str, rectify_by: date) -> date:
    """The last day for the look-back: 10 working days; 30 days after an interview; 60 after a fine or case."""
    if action == "interview":
        return rectify_by + timedelta(days=30)
    if action in ("fine", "case"):
        return rectify_by + timedelta(days=60)
    return workdays.after(rectify_by, 10)


def history(enterprises: Sequence[Enterprise]) -> tuple[list[Violation], list[Inspection]]:
    """All violations and inspections, by date and enterprise."""
    dice = Dice(SEED)
    violations: list[Violation] = []
    inspections: list[Inspection] = []
    sweeps: dict[str, date] = {}
    for group in groups(dice, enterprises):
        rounds = _rounds(dice, group)
        found, visits = _told(dice, group, rounds)
        violations += found
        inspections += visits
        if group.scope == "operator":
            sweeps[group.sites[0].operator] = rounds[0].found_on
    inspections += _clean_visits(dice, enterprises, inspections, sweeps)
    inspections.sort(key=lambda visit: (visit.date, visit.enterprise_id))
    violations.sort(key=lambda violation: (violation.found_on, violation.enterprise_id))
    return violations, inspections


def _rounds(dice: Dice, group: Group) -> list[Round]:
    """The group's rounds, the last one placed by the state of today, an earlier one placed before it."""
    while True:
        last = _last_round(dice, group)
        if last is None:
            continue
        if len(group.actions) == 1:
            if last.found_on <= CAMPAIGN_END:
                return [last]
            continue
        deadline = workdays.before(last.found_on, dice.between(1, 8))
        first = Round(workdays.before(deadline, _days(dice, group, 0)), deadline)
        if first.found_on >= CAMPAIGN_START:
            return [first, last]


def _days(dice: Dice, group: Group, number: int) -> int:
    """Working days to put it right: a chain needs longer than a shop."""
    action = group.actions[number]
    if group.scope == "operator" and action in ("order_to_correct", "interview"):
        return dice.weighted(CHAIN_WIDE_DAYS)
    return dice.weighted(DAYS_TO_RECTIFY[action])


def _last_round(dice: Dice, group: Group) -> Round | None:
    """A last round that leaves the group in its state today; None when the throw does not fit."""
    action = group.actions[-1]
    days = _days(dice, group, len(group.actions) - 1)
    if group.state == "verified":
        rectify_by = dice.pick(workdays.between(CAMPAIGN_START, workdays.before(YESTERDAY, 9)))
    elif group.state == "not_released":
        rectify_by = dice.pick(workdays.between(TODAY, workdays.after(YESTERDAY, days)) or (YESTERDAY,))
    else:
        fitting = [
            day
            for day in workdays.between(date(2026, 8, 3), YESTERDAY)
            if _state(action, day) == group.state and due(action, day) > date(2026, 10, 23)
        ]
        if not fitting:
            return None
        place = dice.uniform(0, 1) ** (0.5 if group.state == "overdue" else 0.8)  # rather lately than long ago
        rectify_by = fitting[int(len(fitting) * place)]
    found_on = workdays.before(rectify_by, days)
    if not CAMPAIGN_START <= found_on <= YESTERDAY or _state(action, rectify_by) != group.state != "verified":
        return None
    return Round(found_on, rectify_by)


def _state(action: str, rectify_by: date) -> str:
    """The state today of an open group with this deadline."""
    if rectify_by >= TODAY:
        return "not_released"
    last_day = due(action, rectify_by)
    return "released" if last_day > TODAY else "due_today" if last_day == TODAY else "overdue"


def _told(dice: Dice, group: Group, rounds: list[Round]) -> tuple[list[Violation], list[Inspection]]:
    """The rows that tell the group's story."""
    visits: list[Inspection] = []
    found: list[Violation] = []
    seen_again = dice.pick(group.sites)
    usual_kind = findings.kind(dice, group.sites[0].scenario)
    for number, site in enumerate(group.sites):
        day = _day_found(dice, group, rounds[0]) if number else rounds[0].found_on
        by_complaint = group.scope == "site" and day >= date(2026, 7, 20) and dice.chance(0.09)
        visits.append(Inspection(site.enterprise_id, day, "violation", "complaint" if by_complaint else "campaign"))
        if by_complaint:
            earlier = workdays.before(day, dice.between(8, 20))
            visits.append(Inspection(site.enterprise_id, earlier, "clean", "campaign"))
        found += _violations(dice, group, site, day, rounds[0], usual_kind)
    if len(rounds) == 2:
        day = rounds[1].found_on
        visits.append(Inspection(seen_again.enterprise_id, day, "violation", "look_back"))
        seen_before = [row for row in found if row.enterprise_id == seen_again.enterprise_id]
        found += _found_again(dice, group, seen_again, seen_before, rounds[1])
    if group.state == "verified":
        latest = max(row.found_on for row in found)
        verified_on = workdays.after(max(rounds[-1].rectify_by, latest), dice.between(1, 9))
        visits.append(Inspection(seen_again.enterprise_id, verified_on, "clean", "look_back"))
        found = [replace(row, rectified_on=verified_on) for row in found]
    return found, visits


def _found_again(dice: Dice, group: Group, site: Enterprise, before: list[Violation], again: Round) -> list[Violation]:
    """
    What a failed look-back found: the old faults still there, or a new one in their place.

    While the group is open, everything old is still there: the new deadline then holds for the whole group.
    """
    if group.state == "verified" and dice.chance(0.2):
        new_kind = findings.kind(dice, site.scenario, tuple(row.kind for row in before))
        text = findings.note(dice, site.scenario, new_kind)
        marks = findings.aggravations(site.scenario, text, minors="minors" in before[0].aggravations)
        seen = [replace(before[0], kind=new_kind, note=text, aggravations=marks)]
    elif group.state == "verified":  # half of the failures are faults put right in part
        seen = before[:1] if dice.chance(0.5) else before
    else:
        seen = before
    return [
        replace(
            row,
            found_on=again.found_on,
            action=group.actions[1],
            rectify_by=again.rectify_by,
            note=row.note if row not in before else f"复查所见:{row.note}",
        )
        for row in seen
    ]


def _day_found(dice: Dice, group: Group, first: Round) -> date:
    """The day of a site's first finding: an operator's sites are swept within eight working days."""
    if group.scope == "site":
        return first.found_on
    last = min(workdays.after(first.found_on, 8), workdays.before(first.rectify_by, 2), CAMPAIGN_END)
    return dice.pick(workdays.between(first.found_on, max(first.found_on, last)))


def _violations(
    dice: Dice, group: Group, site: Enterprise, day: date, first: Round, usual_kind: str
) -> list[Violation]:
    """One to three violations found at a site in one visit; a chain's sites often share the kind."""
    count = dice.weighted(((1, 80), (2, 17), (3, 3)))
    kinds: list[str] = []
    for number in range(count):
        shared = number == 0 and group.scope == "operator" and dice.chance(0.4)
        kinds.append(usual_kind if shared else findings.kind(dice, site.scenario, tuple(kinds)))
    minors = dice.chance(0.45)
    deadline = None if group.actions[0] == "guidance" else first.rectify_by
    rows = []
    for violation_kind in kinds:
        text = findings.note(dice, site.scenario, violation_kind)
        marks = findings.aggravations(site.scenario, text, minors=minors)
        rows.append(
            Violation(
                site.enterprise_id, day, violation_kind, marks, group.actions[0], deadline, group.scope, None, text
            )
        )
    return rows


def _clean_visits(
    dice: Dice, enterprises: Sequence[Enterprise], so_far: list[Inspection], sweeps: dict[str, date]
) -> list[Inspection]:
    """The campaign's clean visits, some complaints that came to nothing among them."""
    inspected = {visit.enterprise_id for visit in so_far if visit.inspection_type == "campaign"}
    days = workdays.between(CAMPAIGN_START, CAMPAIGN_END)
    visits: list[Inspection] = []
    for enterprise in enterprises:
        if enterprise.enterprise_id in inspected:
            continue
        day = dice.pick(days)
        sweep = sweeps.get(enterprise.operator)
        if sweep is not None and dice.chance(0.7):
            day = min(workdays.after(sweep, dice.between(0, 8)), CAMPAIGN_END)
        visits.append(Inspection(enterprise.enterprise_id, day, "clean", "campaign"))
        if dice.chance(0.03):
            later = workdays.after(day, dice.between(5, 30))
            if later <= CAMPAIGN_END:
                visits.append(Inspection(enterprise.enterprise_id, later, "clean", "complaint"))
    return visits
