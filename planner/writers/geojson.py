"""A plan as GeoJSON: stops, routes, and what is not visited, told apart by ``layer``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from planner.clock import hhmm
from planner.writers.stops import COLUMNS, fit, stops

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.geo import LonLat
    from planner.plan import Plan
    from planner.register import Register


def write(plan: Plan, register: Register, lang: str, team_id: str | None, name: str) -> dict[str, bytes]:
    """One feature collection in WGS 84; what is left is in it only where the whole plan is."""
    found = list(features(plan, register, lang, team_id))
    text = json.dumps({"type": "FeatureCollection", "features": found}, ensure_ascii=False, allow_nan=False, indent=1)
    return {f"{name}.geojson": (text + "\n").encode()}


def features(plan: Plan, register: Register, lang: str, team_id: str | None) -> Iterator[dict[str, Any]]:
    """Each stop, each duty's way from its start to its end, and each look-back that is left."""
    for stop in stops(plan, register, team_id):
        about = {key: _plain(value(stop, lang)) for key, (_, value) in COLUMNS.items()}
        yield _feature("stop", "Point", _at(stop.enterprise.at), about)
    for duty in plan.duties:
        if not duty.route or team_id not in {None, duty.team_id}:
            continue
        team = register.team[duty.team_id]
        way = [team.start, *(register.enterprise[visit.enterprise_id].at for visit in duty.route), team.end]
        about = {
            "date": duty.day.isoformat(),
            "team_id": fit(team.team_id),
            "team": fit(team.name),
            "stops": len(duty.route),
        }
        about |= {"start": hhmm(duty.shift.start), "end": hhmm(duty.back)}
        yield _feature("route", "LineString", [_at(place) for place in way], about)
    for left in plan.unvisited if team_id is None else ():
        enterprise = register.enterprise[left.enterprise_id]
        reason, hint = (left.reason_zh, left.hint_zh) if lang == "zh" else (left.reason, left.hint)
        about = {
            "lookback_id": fit(left.lookback_id),
            "enterprise_id": fit(left.enterprise_id),
            "name": fit(enterprise.name),
        }
        about |= {"priority": left.priority, "mandatory": left.mandatory, "rule": left.rule}
        about |= {"reason": fit(reason), "hint": fit(hint)}
        if enterprise.place is not None:
            yield _feature("unvisited", "Point", _at(enterprise.place), about)


def _feature(layer: str, kind: str, coordinates: Any, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": {"layer": layer, **properties},
    }


def _at(place: LonLat) -> list[float]:
    return [round(place.lon, 6), round(place.lat, 6)]


def _plain(value: str | int) -> str | int:
    return value if isinstance(value, int) else fit(value)
