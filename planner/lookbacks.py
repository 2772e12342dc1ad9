"""
What is wanted: look-backs that are owed, and spot checks that fill the time left.

One look-back is owed per enterprise for what must be seen there, and one per operator for what can be seen at any of
its sites, however many violations are unverified. It opens the day after the rectification deadline.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeAlias

from planner import priority
from planner.events import NOTHING, Changes
from planner.learning.scoring import place_records
from planner.lots import drawn
from planner.plan import Reason, Term
from planner.violations import Action, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planner.learning.scoring import PlaceRecords
    from planner.policy import Policy
    from planner.register import Register
    from planner.violations import Inspection, Violation

PENALTIES = (Action.FINE, Action.CASE)


@dataclass(frozen=True)
class LookBack:
    """A return visit owed: where, from when, until when, and how pressing, with reasons."""

    lookback_id: str
    sites: tuple[str, ...]
    """Enterprise ids; a visit to any one of them serves it."""
    violations: tuple[str, ...]
    """What the visit verifies: violation ids."""
    release: date
    due: date
    mandatory: bool
    """Due within the horizon that was asked about."""
    reasons: tuple[Reason, ...]

    drawn = False

    @property
    def priority(self) -> int:
        """Whole points: the sum of the reasons."""
        return sum(reason.points for reason in self.reasons)


@dataclass(frozen=True)
class SpotCheck:
    """A visit that nobody owes yet."""

    lookback_id: str
    enterprise_id: str
    reasons: tuple[Reason, ...]

    mandatory = False

    @property
    def drawn(self) -> bool:
        """Whether it was drawn by lot: then it has its share of the time before all that is not mandatory."""
        return any(reason.term is Term.DRAWN for reason in self.reasons)

    @property
    def sites(self) -> tuple[str, ...]:
        """The one enterprise, as for a look-back."""
        return (self.enterprise_id,)

    @property
    def priority(self) -> int:
        """Whole points: the sum of the reasons."""
        return sum(reason.points for reason in self.reasons)


Wanted: TypeAlias = "LookBack | SpotCheck"


def look_backs(
    register: Register, days: Sequence[date], policy: Policy, changes: Changes = NOTHING
) -> tuple[LookBack, ...]:
    """
    Every look-back still owed, most pressing first.

    Parameters
    ----------
    register
        Enterprises with their violations. A violation without ``rectified_on`` is unverified.
    days
        The horizon, in order. Timing is that of its first day, or of the release day when that is later. A
        look-back that opens only after the last day has priority 0.
    policy
        How actions, kinds and lateness weigh against each other.
    changes
        What has become urgent; that it is postponed changes nothing about what is owed.
    """
    groups: dict[str, list[Violation]] = defaultdict(list)
    for violation in register.violations:
        if violation.rectified_on is None:
            groups[answers(register, violation)].append(violation)
    places = (site for key in groups for site in _sites(register, key))
    records = place_records(register, days[0], policy, places)
    owed = [_look_back(register, key, violations, days, policy, records) for key, violations in groups.items()]
    owed = _with_urgent(owed, register, policy, changes)
    return tuple(sorted(owed, key=lambda lb: (not lb.mandatory, -lb.priority, lb.lookback_id)))


def spot_checks(
    register: Register, owed: Iterable[LookBack], day: date, policy: Policy, *, days: int = 1
) -> tuple[SpotCheck, ...]:
    """
    What may fill the time left, most pressing first, at most so many in each business district.

    Siblings of unrectified violations (举一反三), places rectified long enough ago to sample for a rebound, and
    enterprises never inspected; the one seen longest ago comes first among equals. Once a card was learned, any
    enterprise may be one for its record, and those that are drawn by lot stand first, in the order of the lot.

    Parameters
    ----------
    day
        The first of so many working ``days``, for which the lot is drawn.
    """
    owed = tuple(owed)
    # What is only urgent stays a spot check, too: one that has begun when the complaint comes in is still one.
    owing = {site for lb in owed if len(lb.sites) == 1 and lb.violations for site in lb.sites}
    rules = policy.spot_checks
    found: dict[str, Reason] = _siblings(register, owing, policy)
    rebound_before = day - timedelta(days=rules.anti_rebound_days)
    for enterprise in register.enterprises:
        site = enterprise.enterprise_id
        history = register.violations_at.get(site, ())
        if site in owing or site in found:
            continue
        if not history and site not in register.inspections_of:
            found[site] = Reason(Term.NEVER_INSPECTED, rules.never_inspected_points)
        elif history and all(v.rectified_on and v.rectified_on <= rebound_before for v in history):
            last = max(history, key=lambda v: (v.rectified_on or date.min, v.violation_id))
            found[site] = Reason(
                Term.ANTI_REBOUND,
                rules.anti_rebound_points,
                f"since {last.rectified_on}",
                (last.violation_id,),
            )
    others = [e.enterprise_id for e in register.enterprises if e.enterprise_id not in owing and e.place is not None]
    records = place_records(register, day, policy, others)
    card = policy.card
    chosen = drawn(register, others, day, policy, days) if card.learned else ()
    by_lot = dict.fromkeys(chosen, Reason(Term.DRAWN, card.drawn_points, f"seed {card.drawn_seed}, {day}"))
    first = found | by_lot
    points = {site: records.points(site) + (first[site].points if site in first else 0) for site in others}

    def check_of(site: str) -> SpotCheck:
        because = (first[site],) if site in first else ()
        return SpotCheck(f"SC-{site}", site, (*because, *records.reasons(site)))

    kept = [check_of(site) for site in chosen]
    sites = [site for site in others if points[site] and site not in by_lot]
    sites.sort(key=lambda site: (-points[site], _last_seen(register, site), site))
    taken: dict[str | None, int] = defaultdict(int)
    for site in sites:
        district = register.located.get(site)
        taken[district] += 1
        if taken[district] <= rules.most_per_district:
            kept.append(check_of(site))
    return tuple(kept)


def deadline(violation: Violation, register: Register, policy: Policy) -> date:
    """The rectification deadline; where none was set, the policy's working days after the finding."""
    if violation.rectify_by is not None:
        return violation.rectify_by
    return register.calendar.add_working(violation.found_on, policy.deadlines.default_days[violation.action])


def due_date(violation: Violation, register: Register, policy: Policy) -> date:
    """The last day on which the look-back is in time: by the working calendar, later after interview or penalty."""
    last = deadline(violation, register, policy)
    if violation.action in PENALTIES:
        return last + timedelta(days=policy.deadlines.due_after_penalty)
    if violation.action is Action.INTERVIEW:
        return last + timedelta(days=policy.deadlines.due_after_interview)
    return register.calendar.add_working(last, policy.deadlines.due_after_deadline)


def answers(register: Register, violation: Violation) -> str:
    """Whose look-back verifies it: the operator's when any of several sites will do, else the enterprise's."""
    enterprise = register.enterprise[violation.enterprise_id]
    anywhere = violation.scope is Scope.OPERATOR and len(register.sites[enterprise.operator]) > 1
    return enterprise.operator if anywhere else enterprise.enterprise_id


def verified(
    violations: Sequence[Violation], register: Register, day: date, policy: Policy
) -> tuple[list[Violation], list[Violation]]:
    """
    What a visit on the day verifies of the unrectified violations of one look-back, and which of them make it due.

    All that had been found by the time of the newest one whose deadline has passed; before the first deadline has
    passed, as on the day after it. What makes it due leaves out those that were found again since.
    """
    current = _current(violations, register, policy)
    opens = {v.violation_id: deadline(v, register, policy) + timedelta(days=1) for v in current}
    ready = [v for v in current if opens[v.violation_id] <= max(day, min(opens.values()))]
    newest = max(v.found_on for v in ready)
    return [v for v in violations if v.found_on <= newest], ready


def _sites(register: Register, key: str) -> tuple[str, ...]:
    """Where the look-back of an enterprise or an operator can be made."""
    return (key,) if key in register.enterprise else register.sites[key]


def _look_back(
    register: Register,
    key: str,
    violations: Sequence[Violation],
    days: Sequence[date],
    policy: Policy,
    records: PlaceRecords,
) -> LookBack:
    seen, ready = verified(violations, register, days[-1], policy)
    release = min(deadline(v, register, policy) for v in ready) + timedelta(days=1)
    due = min(due_date(v, register, policy) for v in ready)
    sites = _sites(register, key)
    day = release if days[0] < release <= days[-1] else days[0]
    around = priority.Circumstances(
        sites=len(sites),
        district_weight=max(_district_weight(register, v.enterprise_id) for v in ready),
        leads=_leads(register, ready, day, policy),
        repeats=_repeats(register, key, ready, policy),
        release=release,
        due=due,
        record=records.reasons(max(sites, key=records.points)),
    )
    return LookBack(
        lookback_id=f"LB-{key}",
        sites=sites,
        violations=tuple(sorted(v.violation_id for v in seen)),
        release=release,
        due=due,
        mandatory=release <= days[-1] and due <= days[-1],
        reasons=priority.reasons(ready, around, day, register.calendar, policy.priority),
    )


def _with_urgent(owed: list[LookBack], register: Register, policy: Policy, changes: Changes) -> list[LookBack]:
    """What has become urgent is open, due and more pressing at once, owed or not, until somebody has been there."""
    found = {lb.lookback_id: lb for lb in owed}
    points = round(policy.priority.urgent * policy.priority.points)
    for site, (since, event_id) in changes.urgent.items():
        if site not in register.enterprise or any(i.day >= since for i in register.inspections_of.get(site, ())):
            continue
        key = f"LB-{site}"
        lb = found.get(key) or LookBack(key, (site,), (), since, since, mandatory=True, reasons=())
        found[key] = replace(
            lb,
            release=min(lb.release, since),
            due=min(lb.due, since),
            mandatory=True,
            reasons=(*lb.reasons, Reason(Term.URGENT, points, f"since {since}", (f"event {event_id}",))),
        )
    return list(found.values())


def _current(violations: Sequence[Violation], register: Register, policy: Policy) -> list[Violation]:
    """Without those of which the same kind was found again after their deadline: that has a deadline of its own."""
    return [
        old
        for old in violations
        if not any(
            new.kind is old.kind and new.found_on > max(old.found_on, deadline(old, register, policy))
            for new in violations
        )
    ]


def _district_weight(register: Register, enterprise_id: str) -> float:
    district = register.district_of(enterprise_id)
    return 1.0 if district is None else district.weight


def _leads(register: Register, violations: Sequence[Violation], day: date, policy: Policy) -> tuple[Inspection, ...]:
    places = sorted({violation.enterprise_id for violation in violations})
    inspections = [i for place in places for i in register.inspections_of.get(place, ())]
    return priority.verified_leads(inspections, day, policy.priority)


def _repeats(register: Register, key: str, violations: Sequence[Violation], policy: Policy) -> tuple[Violation, ...]:
    """Open violations found after the deadline of an earlier one of the same enterprise or operator had passed."""
    history = [
        v for site in _sites(register, key) for v in register.violations_at.get(site, ()) if answers(register, v) == key
    ]
    if not history:
        return ()
    first_deadline = min(deadline(v, register, policy) for v in history)
    again = {v.found_on: v for v in violations if v.found_on > first_deadline}
    return tuple(again[day] for day in sorted(again, reverse=True))


def _siblings(register: Register, owing: set[str], policy: Policy) -> dict[str, Reason]:
    """The other sites of operators with unrectified violations: ⌈√n⌉ of them, and never more than the cap."""
    culprits: dict[str, list[str]] = defaultdict(list)
    caught = set(owing)
    for violation in register.violations:
        if violation.rectified_on is None:
            operator = register.enterprise[violation.enterprise_id].operator
            culprits[operator].append(violation.violation_id)
            caught.add(violation.enterprise_id)
    found: dict[str, Reason] = {}
    for operator, records in culprits.items():
        sites = [site for site in register.sites[operator] if site not in caught]
        sites.sort(key=lambda site: (_last_seen(register, site), site))
        most = min(policy.spot_checks.sibling_cap, math.ceil(math.sqrt(len(register.sites[operator]))))
        if len(register.sites[operator]) > 1:
            reason = Reason(Term.SIBLING, policy.spot_checks.sibling_points, "", tuple(sorted(records)[:3]))
            found |= dict.fromkeys(sites[:most], reason)
    return found


def _last_seen(register: Register, enterprise_id: str) -> date:
    visits = register.inspections_of.get(enterprise_id)
    return visits[-1].day if visits else date.min
