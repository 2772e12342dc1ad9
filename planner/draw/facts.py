"""
What every page knows, and what goes from the tables into it.

Content is what the page's data island holds. The risk class gets on no page at all; what else a page may not know is
decided where it is put together, in ``team_facts`` and ``plan_facts``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from planner.clock import hhmm
from planner.draw.colours import colour
from planner.draw.texts import TEXTS
from planner.plan import Halt
from planner.track import track
from planner.words import LABELS, in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from enum import StrEnum

    from planner.districts import Barrier, District
    from planner.draw.unvisited import Spot
    from planner.enterprises import Enterprise
    from planner.geo import LonLat
    from planner.plan import Duty, Interval, Plan, Reason, Unvisited, Visit
    from planner.register import Register
    from planner.teams import Team
    from planner.track import Track
    from planner.violations import Violation

Content: TypeAlias = "dict[str, Any]"

_MOST_FINDINGS = 8
"""Findings shown for one stop; what is still open comes first."""


@dataclass(frozen=True)
class Facts:
    """The content of a page, and the places that go with it."""

    content: Content
    districts: tuple[District, ...]
    barriers: tuple[Barrier, ...]
    tracks: tuple[Track, ...]
    """One for each entry of ``content["duties"]``."""
    spots: tuple[tuple[Spot, ...], ...] = ()
    """One for each entry of ``content["rules"]``."""
    others: tuple[LonLat, ...] = ()
    """Where the enterprises are that the plan says nothing about, one for each row of ``content["others"]``."""


def common(
    kind: str,
    plan: Plan,
    register: Register,
    duties: Sequence[Duty],
    number: Mapping[str, int],
    team_ids: Sequence[str],
    days: Sequence[date],
) -> Content:
    """
    What pages of every kind know.

    Parameters
    ----------
    kind
        Of the page, ``plan``, ``team`` or ``comparison``.
    plan, register
        The plan and the tables it was made from.
    duties
        Those on the page.
    number
        The place of each enterprise in the page's list of them, by id.
    team_ids
        The teams on the page.
    days
        Those that its reader can switch between; each duty is on one of them.
    """
    order = [team.team_id for team in register.teams]
    return {
        "kind": kind,
        "texts": {key: list(text) for key, text in TEXTS[kind].items()}
        | {code_key(code): list(label) for code, label in LABELS.items()},
        "plan": {"id": plan.plan_id, "revision": plan.revision},
        "days": [{"date": day.isoformat(), "weekday": f"weekday_{day.isoweekday()}"} for day in days],
        "teams": [_team(register.team[team_id], order.index(team_id), register) for team_id in team_ids],
        "duties": [_duty(duty, register, number, days, team_ids) for duty in duties],
        "enterprises": [_enterprise(register.enterprise[enterprise_id], register) for enterprise_id in number],
    }


def code_key(code: StrEnum) -> str:
    """The key of a code among a page's texts: ``Scenario.retail``."""
    return f"{type(code).__name__}.{code.value}"


def names(places: Iterable[District | Barrier]) -> list[list[str]]:
    """The names of the ground, in both languages."""
    return [[place.name, place.name_en or place.name] for place in places]


def tracks(duties: Iterable[Duty], register: Register) -> tuple[Track, ...]:
    """Where each duty leads."""
    return tuple(track(duty, register) for duty in duties)


def class_of(wanted: Visit | Unvisited) -> str:
    """Whether one must go, should go, or may go: a key of ``texts``."""
    if wanted.mandatory:
        return "mandatory"
    return "look_back" if wanted.lookback_id.startswith("LB-") else "spot_check"


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
        "halts": [_halt(call, duty, register) for call in duty.calls if isinstance(call, Halt)],
        "return": _leg(duty.return_seconds, duty.return_metres, duty.return_mode),
        "back": hhmm(duty.back),
    }


def _leg(seconds: int, metres: int, mode: StrEnum) -> Content:
    return {"minutes": _minutes(seconds), "metres": metres, "mode": code_key(mode)}


def _halt(halt: Halt, duty: Duty, register: Register) -> Content:
    """A place that is no stop, from which a team went on; without a name if that is its own base."""
    return {
        "after": halt.after,
        "name": "" if duty.is_home(halt) else register.enterprise[halt.place_id].name,
        "arrive": hhmm(halt.arrive),
        "leg": _leg(halt.travel_seconds, halt.travel_metres, halt.travel_mode),
    }


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
        "class": class_of(visit),
        "any_site": _any_site(visit, register),
        "reasons": [_reason(reason) for reason in visit.reasons],
        "findings": _findings(visit, register),
    }


def _any_site(visit: Visit, register: Register) -> bool:
    """Whether the look-back is the operator's, so that another of its sites would have done as well."""
    operator = register.enterprise[visit.enterprise_id].operator
    return visit.lookback_id == f"LB-{operator}" and len(register.sites[operator]) > 1


def _reason(reason: Reason) -> Content:
    return {
        "term": code_key(reason.term),
        "points": reason.points,
        "detail": [in_words(reason.detail, lang) for lang in ("zh", "en")],
        "records": list(reason.records),
    }


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
        "kind": code_key(violation.kind),
        "aggravations": [code_key(a) for a in sorted(violation.aggravations)],
        "action": code_key(violation.action),
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
        "scenario": code_key(enterprise.scenario),
        "hours": enterprise.opening_hours,
        "district": None if district is None else [district.name, district.name_en or district.name],
    }
