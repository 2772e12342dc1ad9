"""What the planner's page knows: everything but the risk class."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from planner.draw.facts import Content, Facts, class_of, code_key, common, names, tracks
from planner.draw.texts import rule_label
from planner.draw.unvisited import Spot
from planner.words import more_possible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from planner.enterprises import Enterprise
    from planner.plan import Plan, Unvisited
    from planner.register import Register


def plan_facts(plan: Plan, register: Register, files: Mapping[str, str]) -> Facts:
    """
    What the planner's page knows.

    Parameters
    ----------
    plan
        The plan.
    register
        The tables it was made from.
    files
        The file name of each team's own page, by team id.
    """
    duties = tuple(duty for duty in plan.duties if duty.route)
    left = sorted(plan.unvisited, key=lambda u: (not u.mandatory, -u.priority, u.lookback_id))
    rules = sorted({u.rule for u in left}, key=lambda rule: (-sum(u.rule == rule for u in left), rule))
    shown = [*(v.enterprise_id for duty in duties for v in duty.route), *(u.enterprise_id for u in left)]
    number = {enterprise_id: k for k, enterprise_id in enumerate(dict.fromkeys(shown))}
    others = [e for e in register.enterprises if e.enterprise_id not in number and e.place is not None]
    team_ids = [team.team_id for team in register.teams]
    area = {district.district_id: k for k, district in enumerate(register.districts)}
    content = common("plan", plan, register, duties, number, team_ids, plan.horizon)
    for enterprise in content["enterprises"]:
        enterprise["area"] = area.get(register.located.get(enterprise["id"], ""), -1)
    content |= {
        "files": [files.get(team_id, "") for team_id in team_ids],
        "totals": dict(vars(plan.totals)),
        "bound": None if plan.bound is None else vars(plan.bound) | {"more": list(more_possible(plan.bound.gap))},
        "reproducible": plan.created_by.reproducible,
        "rules": [_rule(rule, left) for rule in rules],
        "unvisited": [_unvisited(u, number, rules, register) for u in left],
        "districts": names(register.districts),
        "authorities": [district.authority for district in register.districts],
        "areas": _areas(plan, register),
        "rivers": names(register.barriers),
        "others": _others(others, register, area),
    }
    spots = tuple(
        tuple(
            Spot(k, at)
            for k, u in enumerate(left)
            if u.rule == rule and (at := register.enterprise[u.enterprise_id].place) is not None
        )
        for rule in rules
    )
    facts = Facts(content, register.districts, register.barriers, tracks(duties, register), spots)
    return replace(facts, others=tuple(enterprise.at for enterprise in others))


def _rule(rule: str, left: Sequence[Unvisited]) -> Content:
    stopped = [u for u in left if u.rule == rule]
    return {"label": list(rule_label(rule)), "count": len(stopped), "points": sum(u.priority for u in stopped)}


def _unvisited(unvisited: Unvisited, number: Mapping[str, int], rules: Sequence[str], register: Register) -> Content:
    return {
        "enterprise": number[unvisited.enterprise_id],
        "lookback": unvisited.lookback_id,
        "priority": unvisited.priority,
        "class": class_of(unvisited),
        "rule": rules.index(unvisited.rule),
        "reason": [unvisited.reason_zh or unvisited.reason, unvisited.reason],
        "hint": [unvisited.hint_zh or unvisited.hint, unvisited.hint],
        "kinds": _open_kinds(unvisited, register),
    }


def _open_kinds(unvisited: Unvisited, register: Register) -> list[str]:
    """Of the violations not rectified yet: at the site or, for an operator's look-back, at any of its sites."""
    operator = register.enterprise[unvisited.enterprise_id].operator
    whole = unvisited.lookback_id == f"LB-{operator}"
    sites = register.sites[operator] if whole else (unvisited.enterprise_id,)
    found = (violation for site in sites for violation in register.violations_at.get(site, ()))
    return sorted({code_key(violation.kind) for violation in found if violation.rectified_on is None})


def _areas(plan: Plan, register: Register) -> list[Content]:
    """Each business district: how much was collected there, and how much is left."""
    visits: dict[str, int] = defaultdict(int)
    left: dict[str, int] = defaultdict(int)
    points: dict[str, int] = defaultdict(int)
    for duty in plan.duties:
        for visit in duty.route:
            visits[register.located.get(visit.enterprise_id, "")] += 1
    for unvisited in plan.unvisited:
        district_id = register.located.get(unvisited.enterprise_id, "")
        left[district_id] += 1
        points[district_id] += unvisited.priority
    return [
        {"visits": visits[d.district_id], "left": left[d.district_id], "points": points[d.district_id]}
        for d in register.districts
    ]


def _others(others: Iterable[Enterprise], register: Register, area: Mapping[str, int]) -> Content:
    """The enterprises that the plan says nothing about, in columns: they are many, and the search knows them all."""
    rows = [
        (
            enterprise.enterprise_id,
            enterprise.name,
            enterprise.address,
            "" if enterprise.operator == enterprise.enterprise_id else enterprise.operator,
            code_key(enterprise.scenario),
            area.get(register.located.get(enterprise.enterprise_id, ""), -1),
            _last_inspected(enterprise, register),
        )
        for enterprise in others
    ]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(7)]
    return dict(zip(("id", "name", "address", "operator", "scenario", "area", "last"), columns, strict=True))


def _last_inspected(enterprise: Enterprise, register: Register) -> str:
    dates = [inspection.day for inspection in register.inspections_of.get(enterprise.enterprise_id, ())]
    dates += [violation.found_on for violation in register.violations_at.get(enterprise.enterprise_id, ())]
    return max(dates).isoformat() if dates else ""
