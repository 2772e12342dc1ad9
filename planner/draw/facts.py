"""
What a page knows: the content of its data island, and the places that its layers draw.

A team's page is made here from that team's duties alone. What an officer need not know (other teams' visits,
enterprises not on the route, what the plan leaves) never gets this far; the risk class gets on no page at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from planner.clock import hhmm
from planner.draw.colours import colour
from planner.draw.routes import Line
from planner.draw.texts import CODES, TEXTS, rule_label
from planner.draw.unvisited import Spot
from planner.words import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from enum import StrEnum

    from planner.districts import Barrier, District
    from planner.enterprises import Enterprise
    from planner.geo import LonLat
    from planner.plan import Duty, Interval, Plan, Reason, Unvisited, Visit
    from planner.register import Register
    from planner.teams import Team
    from planner.violations import Violation

Content: TypeAlias = "dict[str, Any]"

_MOST_FINDINGS = 8
"""Findings shown for one stop; what is still open comes first."""
_MARGIN = 0.012
"""Degrees around a team's places within which the ground is drawn, about 1.2 km."""


@dataclass(frozen=True)
class Facts:
    """The content of a page, and the places that go with it."""

    content: Content
    districts: tuple[District, ...]
    barriers: tuple[Barrier, ...]
    lines: tuple[Line, ...]
    """One for each entry of ``content["duties"]``."""
    spots: tuple[tuple[Spot, ...], ...] = ()
    """One for each entry of ``content["rules"]``."""

    @property
    def places(self) -> tuple[LonLat, ...]:
        """Every stop, start and end."""
        return tuple(place for line in self.lines for place in (line.start, *line.stops, line.end))


def plan_facts(plan: Plan, register: Register, files: Mapping[str, str]) -> Facts:
    """
    What the planner's page knows: everything.

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
    team_ids = [team.team_id for team in register.teams]
    content = _common("plan", plan, register, duties, number, team_ids) | {
        "files": [files.get(team_id, "") for team_id in team_ids],
        "totals": dict(vars(plan.totals)),
        "bound": None if plan.bound is None else dict(vars(plan.bound)),
        "rules": [_rule(rule, left) for rule in rules],
        "unvisited": [_unvisited(u, number, rules) for u in left],
        "districts": _names(register.districts),
        "rivers": _names(register.barriers),
    }
    spots = tuple(
        tuple(
            Spot(k, at)
            for k, u in enumerate(left)
            if u.rule == rule and (at := register.enterprise[u.enterprise_id].place) is not None
        )
        for rule in rules
    )
    return Facts(content, register.districts, register.barriers, _lines(duties, register), spots)


def team_facts(plan: Plan, register: Register, team_id: str) -> Facts:
    """What a team's page knows: its own routes, the enterprises on them, and the ground around."""
    duties = tuple(duty for duty in plan.duties if duty.route and duty.team_id == team_id)
    number = {e: k for k, e in enumerate(dict.fromkeys(v.enterprise_id for duty in duties for v in duty.route))}
    lines = _lines(duties, register)
    places = [place for line in lines for place in (line.start, *line.stops, line.end)]
    districts = tuple(d for d in register.districts if _near((p for ring in d.polygons for p in ring[0]), places))
    barriers = tuple(b for b in register.barriers if _near(b.line, places))
    content = _common("team", plan, register, duties, number, [team_id]) | {
        "districts": _names(districts),
        "rivers": _names(barriers),
    }
    return Facts(content, districts, barriers, lines)


def _common(
    kind: str,
    plan: Plan,
    register: Register,
    duties: Sequence[Duty],
    number: Mapping[str, int],
    team_ids: Sequence[str],
) -> Content:
    days = sorted({duty.day for duty in duties}) if kind == "team" else list(plan.horizon)
    order = [team.team_id for team in register.teams]
    return {
        "kind": kind,
        "texts": {key: list(text) for key, text in TEXTS.items()}
        | {_code(code): list(label) for code, label in LABELS.items()},
        "plan": {"id": plan.plan_id, "revision": plan.revision},
        "days": [{"date": day.isoformat(), "weekday": f"weekday_{day.isoweekday()}"} for day in days],
        "teams": [_team(register.team[team_id], order.index(team_id), register) for team_id in team_ids],
        "duties": [_duty(duty, register, number, days, team_ids) for duty in duties],
        "enterprises": [_enterprise(register.enterprise[enterprise_id], register) for enterprise_id in number],
    }


def _code(code: StrEnum) -> str:
    return f"{type(code).__name__}.{code.value}"


def _names(places: Iterable[District | Barrier]) -> list[list[str]]:
    return [[place.name, place.name_en or place.name] for place in places]


def _lines(duties: Iterable[Duty], register: Register) -> tuple[Line, ...]:
    lines = []
    for duty in duties:
        team = register.team[duty.team_id]
        stops = tuple(at for visit in duty.route if (at := register.enterprise[visit.enterprise_id].place) is not None)
        lines.append(Line(team.start, stops, team.end))
    return tuple(lines)


def _near(outline: Iterable[LonLat], places: Sequence[LonLat]) -> bool:
    """Whether the box around an outline meets the box around the places, with a margin."""
    outline = tuple(outline)
    lons, lats = [p.lon for p in places], [p.lat for p in places]
    return (
        min(p.lon for p in outline) <= max(lons) + _MARGIN
        and max(p.lon for p in outline) >= min(lons) - _MARGIN
        and min(p.lat for p in outline) <= max(lats) + _MARGIN
        and max(p.lat for p in outline) >= min(lats) - _MARGIN
    )


def _team(team: Team, index: int, register: Register) -> Content:
    fill, ink = colour(index)
    return {
        "id": team.team_id,
        "name": team.name,
        "number": index + 1,
        "fill": fill,
        "ink": ink,
        "officers": [register.officer[o].name if o in register.officer else o for o in team.officers],
    }


def _span(interval: Interval) -> list[str]:
    return [hhmm(interval.start), hhmm(interval.end)]


def _minutes(seconds: int) -> int:
    """Whole minutes, rounded up: nobody is late for having believed the page."""
    return -(-seconds // 60)


def _duty(
    duty: Duty, register: Register, number: Mapping[str, int], days: Sequence[date], team_ids: Sequence[str]
) -> Content:
    rest_before = None
    if duty.rest is not None:
        rest_before = sum(visit.start < duty.rest.start for visit in duty.route)
    return {
        "team": team_ids.index(duty.team_id),
        "day": days.index(duty.day),
        "shift": _span(duty.shift),
        "rest": None if duty.rest is None else _span(duty.rest),
        "rest_before": rest_before,
        "visits": [_visit(visit, register, number) for visit in duty.route],
        "return": _leg(duty.return_seconds, duty.return_metres, duty.return_mode),
        "back": hhmm(duty.back),
    }


def _leg(seconds: int, metres: int, mode: StrEnum) -> Content:
    return {"minutes": _minutes(seconds), "metres": metres, "mode": _code(mode)}


def _visit(visit: Visit, register: Register, number: Mapping[str, int]) -> Content:
    return {
        "enterprise": number[visit.enterprise_id],
        "lookback": visit.lookback_id,
        "arrive": hhmm(visit.arrive),
        "start": hhmm(visit.start),
        "end": hhmm(visit.end),
        "wait": _minutes(visit.wait_seconds),
        "leg": _leg(visit.travel_seconds, visit.travel_metres, visit.travel_mode),
        "priority": visit.priority,
        "class": _class(visit),
        "any_site": _any_site(visit, register),
        "reasons": [_reason(reason) for reason in visit.reasons],
        "findings": _findings(visit, register),
    }


def _class(wanted: Visit | Unvisited) -> str:
    """Whether one must go, should go, or may go: a key of ``texts``."""
    if wanted.mandatory:
        return "mandatory"
    return "look_back" if wanted.lookback_id.startswith("LB-") else "spot_check"


def _any_site(visit: Visit, register: Register) -> bool:
    """Whether the look-back is the operator's, so that another of its sites would have done as well."""
    operator = register.enterprise[visit.enterprise_id].operator
    return visit.lookback_id == f"LB-{operator}" and len(register.sites[operator]) > 1


def _reason(reason: Reason) -> Content:
    return {
        "term": _code(reason.term),
        "points": reason.points,
        "detail": [_in_words(reason.detail, lang) for lang in ("zh", "en")],
        "records": list(reason.records),
    }


def _in_words(detail: str, lang: str) -> str:
    """A reason's detail with the codes in it put into words."""
    return re.sub(r"[a-z_]{3,}", lambda code: CODES[code[0]].of(lang) if code[0] in CODES else code[0], detail)


def _findings(visit: Visit, register: Register) -> list[Content]:
    """What was found there, and elsewhere if the look-back rests on it: what is still open first, newest first."""
    behind = {record for reason in visit.reasons for record in reason.records}
    operator = register.enterprise[visit.enterprise_id].operator
    found = [
        violation
        for site in register.sites[operator]
        for violation in register.violations_at.get(site, ())
        if site == visit.enterprise_id or violation.violation_id in behind
    ]
    found.sort(key=lambda v: (v.found_on, v.violation_id), reverse=True)
    found.sort(key=lambda v: v.rectified_on is not None)
    return [_finding(violation, visit.enterprise_id) for violation in found[:_MOST_FINDINGS]]


def _finding(violation: Violation, enterprise_id: str) -> Content:
    return {
        "record": violation.violation_id,
        "here": violation.enterprise_id == enterprise_id,
        "found_on": violation.found_on.isoformat(),
        "kind": _code(violation.kind),
        "aggravations": [_code(a) for a in sorted(violation.aggravations)],
        "action": _code(violation.action),
        "rectify_by": violation.rectify_by.isoformat() if violation.rectify_by else "",
        "rectified_on": violation.rectified_on.isoformat() if violation.rectified_on else "",
        "note": violation.note,
    }


def _enterprise(enterprise: Enterprise, register: Register) -> Content:
    """What may be shown of an enterprise."""
    district = register.district_of(enterprise.enterprise_id)
    return {
        "id": enterprise.enterprise_id,
        "name": enterprise.name,
        "address": enterprise.address,
        "operator": enterprise.operator,
        "credit_code": enterprise.credit_code,
        "scenario": _code(enterprise.scenario),
        "hours": enterprise.opening_hours,
        "district": None if district is None else [district.name, district.name_en or district.name],
    }


def _rule(rule: str, left: Sequence[Unvisited]) -> Content:
    return {"label": list(rule_label(rule)), "count": sum(u.rule == rule for u in left)}


def _unvisited(unvisited: Unvisited, number: Mapping[str, int], rules: Sequence[str]) -> Content:
    return {
        "enterprise": number[unvisited.enterprise_id],
        "lookback": unvisited.lookback_id,
        "priority": unvisited.priority,
        "class": _class(unvisited),
        "rule": rules.index(unvisited.rule),
        "reason": [unvisited.reason_zh or unvisited.reason, unvisited.reason],
        "hint": [unvisited.hint_zh or unvisited.hint, unvisited.hint],
    }
