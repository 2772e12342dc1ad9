"""Shapes of the business districts: stepped blocks of a turned street grid, kept apart and on their bank."""

from __future__ import annotations

from functools import cache
from math import hypot
from typing import TYPE_CHECKING

from shapely.geometry import LineString, Point, Polygon

from .dice import Dice
from .ground import BUSINESS_DISTRICTS, BusinessDistrict
from .plane import XY, to_degrees, to_metres, turned
from .rivers import HUANGPU, SEA_SHORES, SUZHOU_CREEK, YANGTZE_SOUTH_BRANCH

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

SEED = 4101
HUANGPU_MARGIN_M = 260.0  # from the middle line: half the river and its quay
CREEK_MARGIN_M = 70.0
GAP_M = 35.0  # half a wide street, on each side of a common border
FAR_M = 20_000.0
MIN_CORNERS = 8

Ring = tuple[XY, ...]


def river_line(line: tuple[tuple[float, float], ...]) -> LineString:
    """A river's middle line in metres."""
    return LineString([to_metres(lon, lat) for lon, lat in line])


@cache
def waters() -> BaseGeometry:
    """The strips of water no district touches, in metres."""
    huangpu = river_line(HUANGPU.line).buffer(HUANGPU_MARGIN_M, join_style="mitre")
    creek = river_line(SUZHOU_CREEK.line).buffer(CREEK_MARGIN_M, join_style="mitre")
    yangtze = river_line(YANGTZE_SOUTH_BRANCH.line).buffer(YANGTZE_SOUTH_BRANCH.width_m / 2, join_style="mitre")
    strips: BaseGeometry = huangpu.union(creek).union(yangtze)
    for line in SEA_SHORES.values():
        strips = strips.union(river_line(line).buffer(100.0, join_style="mitre"))
    return strips


@cache
def shapes() -> dict[str, Polygon]:
    """Each district's polygon in metres, by code, its corners those of the published ring."""
    return {code: Polygon([to_metres(lon, lat) for lon, lat in ring]) for code, ring in rings().items()}


@cache
def rings() -> dict[str, Ring]:
    """Each district's ring of (lon, lat), counter-clockwise, not closed, by code."""
    return {district.code: _ring(district) for district in BUSINESS_DISTRICTS}


def _ring(district: BusinessDistrict) -> Ring:
    """
    The district's corners: a turned rectangle, cut at its neighbours' borders, its corners stepped back
    to the next street, then cut at the water.
    """
    dice = Dice(SEED + 7 * BUSINESS_DISTRICTS.index(district))
    centre = to_metres(district.lon, district.lat)
    half_width = district.radius_m * dice.uniform(0.88, 1.06)
    half_height = district.radius_m * dice.uniform(0.78, 0.96)
    shape: BaseGeometry = _block(centre, district.bearing, -half_width, half_width, -half_height, half_height)
    for other in BUSINESS_DISTRICTS:
        if other is not district:
            shape = shape.difference(_beyond_border(district, other))
    for right, up in ((1, 1), (-1, 1), (-1, -1), (1, -1)):
        shape = shape.difference(_steps(dice, district, right * half_width, up * half_height))
    shape = _part_with(shape.difference(waters()), centre).simplify(25.0)
    corners = list(shape.exterior.coords)[:-1]
    while len(corners) < MIN_CORNERS:
        corners = _with_bay(corners)
    return _canonical(corners)


def _block(centre: XY, bearing: float, left: float, right: float, bottom: float, top: float) -> Polygon:
    """A rectangle given along the street grid turned by the bearing about the centre."""
    corners = ((left, bottom), (right, bottom), (right, top), (left, top))
    return Polygon([_on_grid(centre, bearing, corner) for corner in corners])


def _on_grid(centre: XY, bearing: float, offset: XY) -> XY:
    east, north = turned(offset, bearing)
    return centre[0] + east, centre[1] + north


def _beyond_border(district: BusinessDistrict, other: BusinessDistrict) -> Polygon:
    """The half plane that is the other's: a straight street between both, in their mean bearing."""
    bearing = (district.bearing + other.bearing) / 2
    here, there = to_metres(district.lon, district.lat), to_metres(other.lon, other.lat)
    along, across = turned((there[0] - here[0], there[1] - here[1]), -bearing)
    if abs(along) < abs(across):  # the border runs along the streets rather than across them
        bearing += 90
        along, across = across, -along
    border = along * district.radius_m / (district.radius_m + other.radius_m)
    if along > 0:
        return _block(here, bearing, border - GAP_M, FAR_M, -FAR_M, FAR_M)
    return _block(here, bearing, -FAR_M, border + GAP_M, -FAR_M, FAR_M)


def _steps(dice: Dice, district: BusinessDistrict, corner_x: float, corner_y: float) -> BaseGeometry:
    """What a stepped corner leaves out: one block, or two in a stair."""
    centre = to_metres(district.lon, district.lat)
    deep, wide = dice.uniform(0.22, 0.50), dice.uniform(0.22, 0.50)
    inner_x, inner_y = corner_x * (1 - wide), corner_y * (1 - deep)
    left, right = sorted((inner_x, corner_x * 1.2))
    bottom, top = sorted((inner_y, corner_y * 1.2))
    step: BaseGeometry = _block(centre, district.bearing, left, right, bottom, top)
    if dice.chance(0.18):
        left, right = sorted((corner_x * (1 - wide * 1.7), corner_x * 1.2))
        bottom, top = sorted((corner_y * (1 - deep * 0.45), corner_y * 1.2))
        step = step.union(_block(centre, district.bearing, left, right, bottom, top))
    return step


def _part_with(shape: BaseGeometry, centre: XY) -> Polygon:
    """The part of the shape that holds the centre, or else the nearest: the bank the district is on."""
    parts = [part for part in getattr(shape, "geoms", [shape]) if part.area > 0]
    return min(parts, key=lambda part: (part.distance(Point(centre)), -part.area))


def _with_bay(corners: list[XY]) -> list[XY]:
    """The ring with a shallow bay in its longest side: four more corners, no new ground."""
    sides = list(zip(corners, corners[1:] + corners[:1], strict=True))
    longest = max(range(len(sides)), key=lambda i: hypot(*_difference(*sides[i])))
    start, end = sides[longest]
    east, north = _difference(start, end)
    clockwise = Polygon(corners).exterior.is_ccw is False
    inward = (north, -east) if clockwise else (-north, east)
    bay = [
        (start[0] + east * along + inward[0] * depth, start[1] + north * along + inward[1] * depth)
        for along, depth in ((0.35, 0.0), (0.35, 0.08), (0.7, 0.08), (0.7, 0.0))
    ]
    return corners[: longest + 1] + bay + corners[longest + 1 :]


def _difference(start: XY, end: XY) -> XY:
    return end[0] - start[0], end[1] - start[1]


def _canonical(corners: list[XY]) -> Ring:
    """Counter-clockwise from the westernmost corner, in degrees: one way to write each ring."""
    ring = [to_degrees(corner) for corner in corners]
    if not Polygon(ring).exterior.is_ccw:
        ring.reverse()
    first = ring.index(min(ring))
    return tuple(ring[first:] + ring[:first])
