"""Ways measured a second time: how far, how long, across which rivers, and whether a place lies in a district."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import shapely

from planner.check.conflicts import Conflict
from planner.plan import Halt
from planner.teams import TravelMode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from planner.check.given import Given
    from planner.districts import District
    from planner.geo import LonLat
    from planner.plan import Duty, Visit
    from planner.teams import Team

_EARTH_RADIUS_M = 6_371_008.8


class Leg(NamedTuple):
    """A way from a place to another, as a plan states it."""

    origin: LonLat
    destination: LonLat
    origin_id: str
    destination_id: str
    seconds: int
    metres: int
    mode: TravelMode


class Way(NamedTuple):
    """The way to a stop of a route, or to a halt."""

    stop: Visit | Halt
    position: int
    """Of a visit in the route; of a halt the visits before it."""
    free: int
    """When the team has done with the stop or halt before, seconds since midnight."""
    leg: Leg


def ways(given: Given, duty: Duty, team: Team) -> Iterator[Way]:
    """The ways of a duty in order, as far as the places of its stops are known."""
    free, place, place_id = duty.shift.start, team.start, f"{team.team_id}:start"
    stops: list[tuple[int, int, Visit | Halt]] = [(halt.after, 0, halt) for halt in duty.halts]
    stops += [(k, 1, visit) for k, visit in enumerate(duty.route)]
    for position, _, stop in sorted(stops, key=lambda each: each[:2]):
        there = stop.place_id if isinstance(stop, Halt) else stop.enterprise_id
        enterprise = given.register.enterprise.get(there)
        goal = team.end if there == f"{team.team_id}:end" else None if enterprise is None else enterprise.place
        if goal is None:
            return
        stated = (stop.travel_seconds, stop.travel_metres, stop.travel_mode)
        yield Way(stop, position, free, Leg(place, goal, place_id, there, *stated))
        free = stop.arrive if isinstance(stop, Halt) else stop.end
        place, place_id = goal, there


def leg(given: Given, team: Team, stated: Leg, where: str) -> Iterator[Conflict]:
    """What is wrong with the length, the time or the mode of a leg."""
    if stated.origin_id == stated.destination_id:
        if stated.seconds or stated.metres:
            yield Conflict("travel", where, "the way to where the team is takes no time")
        return
    known = given.measured.get((stated.origin_id, stated.destination_id))
    if known is not None:
        if (stated.seconds, stated.metres, stated.mode) != known:
            yield Conflict("travel", where, f"the leg is {known[0]} s by {known[2]} in the matrix file")
        return
    straight, mode = great_circle(stated.origin, stated.destination), stated.mode
    if abs(straight - stated.metres) > 0.51:  # rounded to whole metres
        yield Conflict("travel", where, f"the leg is {straight:.0f} m long, not {stated.metres} m")
    travels = team.travel or given.policy.travel.mode
    if mode is TravelMode.MIXED or (travels is not TravelMode.MIXED and mode is not travels):
        yield Conflict("travel", where, f"the team travels by {travels}, not by {mode}")
        return
    if mode is TravelMode.WALK:
        most = given.policy.travel.walk_most_metres
        if travels is TravelMode.MIXED and straight > most + 1:
            yield Conflict("travel", where, f"{straight:.0f} m are too far to walk")
        yield from _across_water(given, stated, where)
    minutes = _needed(given, stated) / 60
    least = given.policy.travel.least_minutes
    either = {max(math.ceil(minutes + noise), least) for noise in (-1e-9, 1e-9)}  # two, where it takes whole minutes
    if stated.seconds not in {60 * whole for whole in either}:
        yield Conflict("travel", where, f"takes {60 * min(either)} s by {mode}, not {stated.seconds} s")


def _across_water(given: Given, stated: Leg, where: str) -> Iterator[Conflict]:
    way = shapely.LineString([stated.origin, stated.destination])
    for barrier, line in given.rivers:
        if not barrier.walkable and way.crosses(line):
            yield Conflict("barrier", where, f"walks across {barrier.name}")


def _needed(given: Given, stated: Leg) -> float:
    """Seconds of a leg by the policy's formula, before rounding up to the minute."""
    rules, metres = given.policy.travel, stated.metres
    km = metres / 1000
    if stated.mode is TravelMode.WALK:
        return km * rules.walk_detour / rules.walk_kmh * 3600
    if stated.mode is TravelMode.METRO:
        changes = metres // rules.metro_change_every_metres
        riding = km * rules.metro_detour / rules.metro_kmh * 3600
        return riding + 60 * (rules.metro_minutes + changes * rules.metro_change_minutes)
    inner = min(km, rules.car_inner_metres / 1000)
    driving = inner / rules.car_inner_kmh + (km - inner) / rules.car_outer_kmh
    crossing = 0.0
    way = shapely.LineString([stated.origin, stated.destination])
    for barrier, line in given.rivers:
        if barrier.crossing_minutes and way.intersects(line):
            crossing += 60 * barrier.crossing_minutes * len(shapely.get_parts(way.intersection(line)))
    return 60 * rules.car_minutes + 3600 * driving * rules.car_detour + crossing


def at_most(given: Given, team: Team, origin: LonLat, destination: LonLat) -> float:
    """Seconds that a team needs at most, by the way that it goes."""
    straight = great_circle(origin, destination)

    def needed(mode: TravelMode) -> float:
        way = Leg(origin, destination, "", "", 0, round(straight), mode)
        if mode is TravelMode.WALK and any(_across_water(given, way, "")):
            return math.inf
        return _needed(given, way)

    travels, most = team.travel or given.policy.travel.mode, given.policy.travel.walk_most_metres
    if travels is not TravelMode.MIXED:
        seconds = needed(travels)
    else:
        riding = min(needed(TravelMode.METRO), needed(TravelMode.CAR))
        walking = needed(TravelMode.WALK) if straight < most + 5 else math.inf
        seconds = riding if math.isinf(walking) else walking
        if abs(straight - most) < 5:
            seconds = max(seconds, riding)
    return max(60.0 * given.policy.travel.least_minutes, seconds + 60)


def great_circle(a: LonLat, b: LonLat) -> float:
    """By the spherical law of cosines for the half angle (Vincenty's form), metres."""
    phi, theta, across = math.radians(a.lat), math.radians(b.lat), math.radians(b.lon - a.lon)
    east = math.cos(theta) * math.sin(across)
    north = math.cos(phi) * math.sin(theta) - math.sin(phi) * math.cos(theta) * math.cos(across)
    along = math.sin(phi) * math.sin(theta) + math.cos(phi) * math.cos(theta) * math.cos(across)
    return _EARTH_RADIUS_M * math.atan2(math.hypot(east, north), along)


def lies_in(here: LonLat, district: District, metres: float) -> bool:
    """Whether a place is inside a district, or no more than so many metres away."""
    east = math.cos(math.radians(here.lat))
    degree = math.radians(1) * _EARTH_RADIUS_M

    def flat(at: LonLat) -> tuple[float, float]:
        return (at.lon - here.lon) * east * degree, (at.lat - here.lat) * degree

    polygons = [shapely.Polygon(*_rings(rings, flat)) for rings in district.polygons]
    away = min(polygon.distance(shapely.Point(0, 0)) for polygon in polygons)
    return bool(away <= 1.01 * metres)  # the plane is true to 1 %


def _rings(
    rings: Sequence[Sequence[LonLat]], flat: Callable[[LonLat], tuple[float, float]]
) -> tuple[list[tuple[float, float]], list[list[tuple[float, float]]]]:
    """The outer ring and the holes of a polygon, in metres."""
    outer, *holes = ([flat(at) for at in ring] for ring in rings)
    return outer, holes
