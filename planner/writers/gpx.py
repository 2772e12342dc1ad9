"""A team's day for a navigator: its stops as waypoints, and each duty as a route and as a track."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpxpy.gpx import GPX, GPXRoute, GPXRoutePoint, GPXTrack, GPXTrackPoint, GPXTrackSegment, GPXWaypoint

from planner.clock import hhmm
from planner.filenames import file_names
from planner.writers.stops import findings_text, fit, kind_of, stops

if TYPE_CHECKING:
    from planner.geo import LonLat
    from planner.plan import Plan
    from planner.register import Register
    from planner.writers.stops import Stop


def write(plan: Plan, register: Register, lang: str, team_id: str | None, name: str) -> dict[str, bytes]:  # noqa: ARG001
    """One file a team; places are WGS 84, as GPX has them. The track is straight from stop to stop."""
    teams = sorted({duty.team_id for duty in plan.duties if duty.route and team_id in {None, duty.team_id}})
    return {file: _file(plan, register, lang, team) for team, file in file_names(teams, suffix=".gpx").items()}


def _file(plan: Plan, register: Register, lang: str, team_id: str) -> bytes:
    gpx = GPX()
    gpx.creator = "Lookback"
    team = register.team[team_id]
    gpx.name = fit(f"{team.name} {plan.plan_id}")
    found = stops(plan, register, team_id)
    for duty in plan.duties:
        own = [stop for stop in found if stop.duty is duty]
        if not own:
            continue
        title = fit(f"{team.name} {duty.day}")
        gpx.waypoints += [
            GPXWaypoint(*_at(stop.enterprise.at), name=_name(stop), description=_about(stop, lang)) for stop in own
        ]
        route = GPXRoute(name=title)
        route.points = [GPXRoutePoint(*_at(stop.enterprise.at), name=_name(stop)) for stop in own]
        gpx.routes.append(route)
        track = GPXTrack(name=title)
        way = [team.start, *(stop.enterprise.at for stop in own), team.end]
        track.segments.append(GPXTrackSegment([GPXTrackPoint(*_at(place)) for place in way]))
        gpx.tracks.append(track)
    return str(gpx.to_xml("1.1")).encode()


def _at(place: LonLat) -> tuple[float, float]:
    return round(place.lat, 6), round(place.lon, 6)


def _name(stop: Stop) -> str:
    return fit(f"{stop.number} {stop.enterprise.name}")


def _about(stop: Stop, lang: str) -> str:
    times = f"{hhmm(stop.visit.start)}-{hhmm(stop.visit.end)} {kind_of(stop.visit, lang)}"
    return fit("\n".join(part for part in (times, stop.enterprise.address, findings_text(stop, lang)) if part))
