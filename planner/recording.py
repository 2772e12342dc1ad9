"""
What must hold before an outcome is recorded, and what is doubtful about one.

An outcome is of a visit that its plan really holds. Doubts never stop it: they are the faults that records of
inspections are most often sent back for.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from planner.clock import hhmm
from planner.errors import Problem
from planner.geo import great_circle_metres
from planner.outcomes import SEEN, OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from planner.outcomes import Outcome
    from planner.plan import Plan
    from planner.register import Register

FASTEST_METRES_PER_SECOND = 25.0
"""Nobody gets across a city faster than this, as the crow flies: 90 km/h."""

_CONCLUSIONS = re.compile(
    r"违法|违规(?!用)|涉嫌|构成|处罚|犯罪|\b(?:illegal|unlawful|suspected|violat\w+|guilty)\b", re.IGNORECASE
)


def against_plan(outcomes: Iterable[Outcome], plan: Plan, register: Register, file: str) -> Iterator[Problem]:
    """Every way in which outcomes are not those of a team's visits in the plan."""
    teams = {duty.team_id for duty in plan.duties}
    planned = {
        (duty.team_id, duty.day, visit.lookback_id): visit.enterprise_id for duty in plan.duties for visit in duty.route
    }
    whose = {lookback_id: (team_id, day) for team_id, day, lookback_id in planned}
    for outcome in outcomes:
        place = planned.get((outcome.team_id, outcome.day, outcome.lookback_id))
        name = f"{outcome.lookback_id!r} in revision {plan.revision} of {plan.plan_id}"
        if outcome.team_id not in teams:
            yield Problem(file, 0, "team_id", f"{outcome.team_id!r} is not in plan {plan.plan_id}", "方案中没有该队")
        elif place is None and outcome.lookback_id in whose:
            team_id, day = whose[outcome.lookback_id]
            message = f"{name} is a visit of {team_id} on {day}, not of {outcome.team_id} on {outcome.day}"
            yield Problem(file, 0, "lookback_id", message, "该检查不属于该队当日路线")
        elif place is None:
            yield Problem(file, 0, "lookback_id", f"{name} is no visit", "方案中没有该检查")
        elif place != outcome.enterprise_id:
            message = f"{outcome.enterprise_id!r} is not where {name} is: {place!r}"
            yield Problem(file, 0, "enterprise_id", message, "企业编号与方案不符")
        if outcome.enterprise_id not in register.enterprise:
            message = f"{outcome.enterprise_id!r} is not in data/enterprises.csv"
            yield Problem(file, 0, "enterprise_id", message, "数据表中没有此编号")


def strays(outcomes: Iterable[Outcome], register: Register) -> Iterator[Problem]:
    """Outcomes that count for nothing because their enterprise has left the tables."""
    for outcome in outcomes:
        if outcome.enterprise_id not in register.enterprise:
            message = (
                f"{outcome.enterprise_id!r} of {outcome.lookback_id} on {outcome.day} is not in"
                " data/enterprises.csv: its outcome counts for nothing"
            )
            yield Problem("data/lookback.db", 0, "outcomes", message, "数据表中没有此编号,其检查结果未计入")


def doubts(outcomes: Sequence[Outcome], register: Register, file: str) -> Iterator[Problem]:
    """What a reviewer would ask about: legal conclusions among the facts, times that cannot be, findings missing."""
    for outcome in outcomes:
        conclusion = _CONCLUSIONS.search(outcome.facts)
        if conclusion:
            message = f"{outcome.lookback_id}: {conclusion[0]!r} is a legal conclusion; write what was seen"
            yield Problem(file, 0, "facts", message, "事实栏不宜写法律结论,请写所见情形")
        unsaid = outcome.kind in SEEN - {OutcomeKind.RECTIFIED} and not outcome.violations
        if unsaid and outcome.lookback_id.startswith("SC-"):
            message = f"{outcome.lookback_id}: a spot check found something, and no violation is given"
            yield Problem(file, 0, "violations", message, "抽查发现问题,但未填写问题")
    timed = sorted((o for o in outcomes if o.arrived is not None), key=lambda o: (o.team_id, o.day, o.arrived or 0))
    for before, after in pairwise(timed):
        if (before.team_id, before.day) == (after.team_id, after.day) and after.arrived is not None:
            yield from _haste(before, after, register, file)


def _haste(before: Outcome, after: Outcome, register: Register, file: str) -> Iterator[Problem]:
    left = before.left if before.left is not None else before.arrived
    gap = (after.arrived or 0) - (left or 0)
    if gap < 0:
        message = f"{after.lookback_id}: arrived {hhmm(after.arrived or 0)}, before leaving {before.lookback_id}"
        yield Problem(file, 0, "arrived", message, "与上一家检查时间重叠")
        return
    known = [register.enterprise.get(outcome.enterprise_id) for outcome in (before, after)]
    places = [enterprise.place for enterprise in known if enterprise and enterprise.place]
    if len(places) == len(known):
        way = float(great_circle_metres(places[:1], places[1:])[0, 0])
        if way > (gap + 60) * FASTEST_METRES_PER_SECOND:  # times are to the minute
            message = f"{after.lookback_id}: {way / 1000:.1f} km from {before.lookback_id} in {gap // 60} minutes"
            yield Problem(file, 0, "arrived", message, "两家之间的路程与时间不符")
