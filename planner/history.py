"""
The history that counts on a day: the tables, and what was recorded of visits on the days before.

A look-back that found everything rectified closes; one that did not gets a new deadline and comes back; where nobody
got in, it is owed as before. A new violation is owed a look-back of its own. The tables win: what they already say of
a finding is not added a second time.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from planner.lookbacks import answers, deadline, due_date, look_backs, verified
from planner.outcomes import SEEN, Outcome, OutcomeKind
from planner.priority import leading
from planner.violations import Action, Inspection, InspectionResult, Violation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from planner.policy import Policy
    from planner.register import Register

LOOK_BACK, SPOT_CHECK = "look_back", "spot_check"
"""Inspection types of visits that were planned."""


@dataclass(frozen=True)
class Visited:
    """An outcome beside what was owed when the visit was made; nothing was if ``due`` is None."""

    outcome: Outcome
    due: date | None = None
    leading: Violation | None = None
    """What weighed most among what the visit came to verify."""
    last: Action | None = None
    """The gravest action so far on what it came to verify."""


def with_outcomes(register: Register, outcomes: Iterable[Outcome], policy: Policy, before: date) -> Register:
    """
    The register as it is known on the morning of a day.

    A plan is made from, and checked against, what was known before its first day: what its own visits find changes
    tomorrow's plan, and not what today's was made from.

    Parameters
    ----------
    outcomes
        Of any day; those of an enterprise that is no longer in the tables are left out.
    before
        Only outcomes of earlier days count.
    """
    return replay(register, outcomes, policy, before)[0]


def replay(
    register: Register, outcomes: Iterable[Outcome], policy: Policy, before: date
) -> tuple[Register, tuple[Visited, ...]]:
    """The register as it is known on the morning of a day, and the visits until then, oldest first."""
    counting = counting_outcomes(register, outcomes, before)
    if not counting:
        return register, ()
    history = _History(register, policy)
    visits = tuple(history.add(outcome) for outcome in counting)
    return history.register(), visits


def counting_outcomes(register: Register, outcomes: Iterable[Outcome], before: date) -> tuple[Outcome, ...]:
    """The outcomes of earlier days, oldest first: of one look-back on one day that of the latest revision."""
    last: dict[tuple[date, str], Outcome] = {}
    for outcome in sorted(outcomes, key=lambda o: (o.day, o.lookback_id, o.revision, o.plan_id)):
        if outcome.day < before and outcome.enterprise_id in register.enterprise:
            last[outcome.day, outcome.lookback_id] = outcome
    return tuple(last.values())


@dataclass(frozen=True)
class FollowUp:
    """What comes of an outcome: what is suggested to people, and when the look-back is owed again, if it is."""

    outcome: Outcome
    last: Action | None
    """The gravest action so far on what the visit came to verify."""
    suggested: Action | None
    release: date | None
    """From when on the look-back may be made again; None when nothing is owed."""
    due: date | None


def follow_ups(
    register: Register, outcomes: Sequence[Outcome], policy: Policy, new: Iterable[Outcome]
) -> tuple[FollowUp, ...]:
    """
    What comes of new outcomes, by day and look-back.

    Parameters
    ----------
    register
        What the tables say.
    outcomes
        All that is recorded, the new ones too.
    """
    wanted = tuple(new)
    if not wanted:
        return ()
    last_day = max(outcome.day for outcome in wanted)
    known, visits = replay(register, outcomes, policy, last_day + timedelta(days=1))
    owed = {lb.lookback_id: lb for lb in look_backs(known, (last_day,), policy)}
    found = []
    for visited in (visited for visited in visits if visited.outcome in wanted):
        outcome, last, again = visited.outcome, visited.last, owed.get(visited.outcome.lookback_id)
        suggested = suggested_action(outcome.kind, last, policy) if last else None
        found.append(FollowUp(outcome, last, suggested, *((again.release, again.due) if again else (None, None))))
    return tuple(found)


def gravest(violations: Iterable[Violation], policy: Policy) -> Action | None:
    """The action highest on the policy's ladder; None where there is no violation."""
    rungs = policy.ladder.rungs
    actions = [violation.action for violation in violations]
    return max(actions, key=lambda a: rungs.index(a) if a in rungs else len(rungs), default=None)


def suggested_action(kind: OutcomeKind, last: Action, policy: Policy) -> Action | None:
    """
    What the ladder suggests after an outcome; None where it suggests nothing.

    A suggestion and no more: nothing is owed or weighed by it until people have decided and recorded the action.
    """
    rungs = policy.ladder.rungs
    steps = {OutcomeKind.NOT_RECTIFIED: policy.ladder.not_rectified, OutcomeKind.PARTLY: policy.ladder.partly}
    if kind not in steps or last not in rungs:
        return None
    return rungs[min(rungs.index(last) + steps[kind], len(rungs) - 1)]


def record_id(outcome: Outcome) -> str:
    """How reasons and lists name the record of a visit, as in ``2026-11-24@1/LB-E00601``."""
    return f"{outcome.plan_id}@{outcome.revision}/{outcome.lookback_id}"


class _History:
    """Violations and inspections while outcomes are laid over them, oldest first."""

    def __init__(self, register: Register, policy: Policy) -> None:
        self._tables, self._policy = register, policy
        self._violations = {violation.violation_id: violation for violation in register.violations}
        self._inspections = {inspection.inspection_id: inspection for inspection in register.inspections}
        self._inspected = {(inspection.enterprise_id, inspection.day) for inspection in register.inspections}
        self._found = {(v.enterprise_id, v.kind, v.found_on) for v in register.violations}
        self._owed: dict[str, list[str]] = defaultdict(list)
        for violation in register.violations:
            self._owed[f"LB-{answers(register, violation)}"].append(violation.violation_id)

    def register(self) -> Register:
        violations = sorted(self._violations.values(), key=lambda v: v.violation_id)
        inspections = sorted(self._inspections.values(), key=lambda i: i.inspection_id)
        return replace(self._tables, violations=tuple(violations), inspections=tuple(inspections))

    def add(self, outcome: Outcome) -> Visited:
        seen, ready = self._verified(outcome)
        visited = Visited(outcome)
        if ready:
            due = min(due_date(violation, self._tables, self._policy) for violation in ready)
            visited = Visited(outcome, due, leading(ready, self._policy.priority), gravest(seen, self._policy))
        if outcome.kind not in SEEN:
            return visited
        self._inspect(outcome)
        self._follow_up(outcome, seen, ready)
        for violation in outcome.violations:
            new = Violation(
                violation_id=self._next_id(outcome),
                enterprise_id=outcome.enterprise_id,
                found_on=outcome.day,
                kind=violation.kind,
                action=violation.action,
                aggravations=violation.aggravations,
                rectify_by=violation.rectify_by,
                scope=violation.scope,
                note=violation.note,
            )
            self._add(new)
        return visited

    def _inspect(self, outcome: Outcome) -> None:
        if (outcome.enterprise_id, outcome.day) in self._inspected:
            return
        clean = outcome.kind is OutcomeKind.RECTIFIED and not outcome.violations
        result = InspectionResult.CLEAN if clean else InspectionResult.VIOLATION
        kind = LOOK_BACK if outcome.lookback_id.startswith("LB-") else SPOT_CHECK
        name = record_id(outcome)
        self._inspections[name] = Inspection(name, outcome.enterprise_id, outcome.day, result, kind)

    def _follow_up(self, outcome: Outcome, seen: Sequence[Violation], ready: Sequence[Violation]) -> None:
        """What becomes of the violations that the visit came to verify."""
        again = self._tables.calendar.add_working(outcome.day, self._policy.ladder.days)
        deadlines = {v.violation_id: deadline(v, self._tables, self._policy) for v in seen}
        if outcome.kind is OutcomeKind.RECTIFIED:
            for violation in seen:
                self._violations[violation.violation_id] = replace(violation, rectified_on=outcome.day)
        elif outcome.kind is OutcomeKind.PARTLY:
            for name, until in deadlines.items():
                self._violations[name] = replace(self._violations[name], rectify_by=max(until, again))
        else:  # found again after its deadline: a repeat with a deadline of its own
            named = {violation.kind for violation in outcome.violations}
            overdue = [v for v in ready if deadlines[v.violation_id] < outcome.day]
            for violation in {v.kind: v for v in overdue if v.kind not in named}.values():
                found = replace(violation, enterprise_id=outcome.enterprise_id, found_on=outcome.day, rectify_by=again)
                self._add(replace(found, violation_id=self._next_id(outcome), note=outcome.facts))

    def _verified(self, outcome: Outcome) -> tuple[Sequence[Violation], Sequence[Violation]]:
        owed = (self._violations[name] for name in self._owed.get(outcome.lookback_id, ()))
        unrectified = [v for v in owed if v.rectified_on is None and v.found_on <= outcome.day]
        return verified(unrectified, self._tables, outcome.day, self._policy) if unrectified else ((), ())

    def _add(self, violation: Violation) -> None:
        if (violation.enterprise_id, violation.kind, violation.found_on) not in self._found:
            self._violations[violation.violation_id] = violation
            self._owed[f"LB-{answers(self._tables, violation)}"].append(violation.violation_id)

    def _next_id(self, outcome: Outcome) -> str:
        names = (f"{record_id(outcome)}/{n}" for n in range(1, 1000))
        return next(name for name in names if name not in self._violations)
