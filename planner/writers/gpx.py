"""A team's day for a navigator: its stops as waypoints, and each duty as a route and as a track."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpxpy.gpx import GPX, GPXRoute, GPXRoutePoint, GPXTrack, GPXTrackPoint, GPXTrackSegment, GPXWaypoint

from planner.clock import hhmm
from planner.filenames import file_names
from planner.plan import Halt
from planner.track import track
from planner.writers.stops import findings_text, fit, halt_text, kind_of, stops

if TYPE_CHECKING:
    from planner.geo import LonLat
    from planner.plan import Plan
    from planner.register import Register
    from planner.writers.stops import Stop


def write(plan: Plan, register: Register, lang: str, team_id: str | None, name: str) -> dict[str, bytes]:  # noqa: ARG001
    """One file a team; places are WGS 84, as GPX has them. The track is straight from place to place."""
    teams = sorted({duty.team_id for duty in plan.duties if duty.route and team_id in {None, duty.team_id}})
    return {file: _file(plan, register, lang, team) for team, file in file_names(teams, suffix=".gpx").items()}


def _file(plan: Plan, register: Register, lang: str, team_id: str) -> bytes:
    gpx = GPX()
    gpx.creator = "Lookback"
    team = register.team[team_id]
    gpx.name = fit(f"{team.name} {plan.plan_id}")
    found = stops(plan, register, team_id)
    for duty in plan.duties:
        if not duty.route or duty.team_id != team_id:
            continue
        own = iter(stop for stop in found if stop.duty is duty)
        title = fit(f"{team.name} {duty.day}")
        way, route = track(duty, register), GPXRoute(name=title)
        for call, place in zip(way.calls, way.places[1:-1], strict=True):
            if isinstance(call, Halt):
                name, about = fit(halt_text(call, duty, register, lang)), None
            else:
                stop = next(own)
                name, about = _name(stop), _about(stop, lang)
            gpx.waypoints.append(GPXWaypoint(*_at(place), name=name, description=about))
            route.points.append(GPXRoutePoint(*_at(place), name=name))
        gpx.routes.append(route)
        segment = GPXTrackSegment([GPXTrackPoint(*_at(place)) for place in way.places])
        gpx.tracks.append(GPXTrack(name=title))
        gpx.tracks[-1].segments.append(segment)
    return str(gpx.to_xml("1.1")).encode()


def _at(place: LonLat) -> tuple[float, float]:
    return round(place.lat, 6), round(place.lon, 6)


def _name(stop: Stop) -> str:
    return fit(f"{stop.number} {stop.enterprise.name}")


def _about(stop: Stop, lang: str) -> str:
    times = f"{hhmm(stop.visit.start)}-{hhmm(stop.visit.end)} {kind_of(stop.visit, lang)}"
    return fit("\n".join(part for part in (times, stop.enterprise.address, findings_text(stop, lang)) if part))
