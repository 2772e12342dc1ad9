"""A plan as GeoJSON: stops, routes, halts on them, and what is not visited, told apart by ``layer``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from planner.clock import hhmm
from planner.track import track
from planner.writers.stops import COLUMNS, fit, halt_text, stops

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.geo import LonLat
    from planner.plan import Duty, Plan
    from planner.register import Register


def write(plan: Plan, register: Register, lang: str, team_id: str | None, name: str) -> dict[str, bytes]:
    """One feature collection in WGS 84; what is left is in it only where the whole plan is."""
    found = list(features(plan, register, lang, team_id))
    text = json.dumps({"type": "FeatureCollection", "features": found}, ensure_ascii=False, allow_nan=False, indent=1)
    return {f"{name}.geojson": (text + "\n").encode()}


def features(plan: Plan, register: Register, lang: str, team_id: str | None) -> Iterator[dict[str, Any]]:
    """Each stop, each duty's way from its start to its end with the halts on it, and each look-back that is left."""
    for stop in stops(plan, register, team_id):
        about = {key: _plain(value(stop, lang)) for key, (_, value) in COLUMNS.items()}
        yield _feature("stop", "Point", _at(stop.enterprise.at), about)
    for duty in plan.duties:
        if not duty.route or team_id not in {None, duty.team_id}:
            continue
        yield from _way(duty, register, lang)
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


def _way(duty: Duty, register: Register, lang: str) -> Iterator[dict[str, Any]]:
    """The line of a duty, and the places on it that are no stops."""
    team, way = register.team[duty.team_id], track(duty, register)
    whose = {"date": duty.day.isoformat(), "team_id": fit(team.team_id), "team": fit(team.name)}
    times = {"start": hhmm(duty.shift.start), "end": hhmm(duty.back)}
    line = [_at(place) for place in way.places]
    yield _feature("route", "LineString", line, {**whose, "stops": len(duty.route), **times})
    for halt, place in way.halts:
        about = {**whose, "after": halt.after, "arrive": hhmm(halt.arrive)}
        about["what"] = fit(halt_text(halt, duty, register, lang))
        yield _feature("halt", "Point", _at(place), about)


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
