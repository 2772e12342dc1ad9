"""
What a team's page knows: its own routes, the enterprises on them, the ground around, and what a record needs.

What an officer need not know (other teams' visits, enterprises not on the route, what the plan leaves) never gets
this far.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.checklists import CHECKLISTS
from planner.draw.facts import Content, Facts, code_key, common, names, tracks
from planner.geo import Datum, from_wgs84
from planner.violations import Action, Aggravation, Scope, ViolationKind
from planner.wording import CONCLUSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planner.enterprises import Scenario
    from planner.geo import LonLat
    from planner.plan import Plan
    from planner.register import Register

_MARGIN = 0.012
"""Degrees around a team's places within which the ground is drawn, about 1.2 km."""


def team_facts(plan: Plan, register: Register, team_id: str, file: str) -> Facts:
    """
    What a team's page knows.

    Parameters
    ----------
    plan
        The plan.
    register
        The tables it was made from.
    team_id
        Whose page.
    file
        What its exports are named after: a name that any system takes.
    """
    duties = tuple(duty for duty in plan.duties if duty.route and duty.team_id == team_id)
    number = {e: k for k, e in enumerate(dict.fromkeys(v.enterprise_id for duty in duties for v in duty.route))}
    routes = tracks(duties, register)
    places = [place for route in routes for place in route.places]
    districts = tuple(d for d in register.districts if _near((p for ring in d.polygons for p in ring[0]), places))
    barriers = tuple(b for b in register.barriers if _near(b.line, places))
    days = sorted({duty.day for duty in duties})
    content = common("team", plan, register, duties, number, [team_id], days)
    for enterprise in content["enterprises"]:
        enterprise["at"] = _datums(register.enterprise[enterprise["id"]].at)
    for duty, route in zip(content["duties"], routes, strict=True):
        duty["start_at"], duty["end_at"] = _datums(route.places[0]), _datums(route.places[-1])
        for halt, (_, place) in zip(duty["halts"], route.halts, strict=True):
            halt["at"] = _datums(place)
    scenarios = sorted({register.enterprise[enterprise_id].scenario for enterprise_id in number})
    content |= {
        "file": file,
        "districts": names(districts),
        "rivers": names(barriers),
        "checklists": {code_key(scenario): _checklist(scenario) for scenario in scenarios},
        "codes": {
            name: [code_key(code) for code in codes]
            for name, codes in (
                ("kind", ViolationKind),
                ("aggravation", Aggravation),
                ("scope", Scope),
                ("action", Action),
            )
        },
        "conclusions": list(CONCLUSIONS),
    }
    return Facts(content, districts, barriers, routes)


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


def _datums(place: LonLat) -> dict[str, list[float]]:
    """Latitude and longitude in each datum that a map service takes, to a tenth of a metre."""
    at = {}
    for datum in Datum:
        lon, lat = from_wgs84(np.array([place.lon]), np.array([place.lat]), datum)
        at[datum.value] = [round(float(lat[0]), 6), round(float(lon[0]), 6)]
    return at


def _checklist(scenario: Scenario) -> list[Content]:
    return [
        {"id": item.item_id, "label": list(item.label), "bears_on": sorted(code_key(code) for code in item.bears_on)}
        for item in CHECKLISTS[scenario]
    ]
