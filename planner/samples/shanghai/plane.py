"""A flat plane of metres around People's Square, exact to about one per cent over the whole city."""

from __future__ import annotations

from math import cos, radians, sin

ORIGIN_LON = 121.47
ORIGIN_LAT = 31.23
METRES_PER_DEGREE_LAT = 110_880.0
METRES_PER_DEGREE_LON = 111_320.0 * cos(radians(ORIGIN_LAT))

XY = tuple[float, float]


def to_metres(lon: float, lat: float) -> XY:
    """East and north of the origin, in metres."""
    return (lon - ORIGIN_LON) * METRES_PER_DEGREE_LON, (lat - ORIGIN_LAT) * METRES_PER_DEGREE_LAT


def to_degrees(xy: XY) -> XY:
    """The (lon, lat) of a point in metres, to six decimals (about 0.1 m)."""
    x, y = xy
    return round(ORIGIN_LON + x / METRES_PER_DEGREE_LON, 6), round(ORIGIN_LAT + y / METRES_PER_DEGREE_LAT, 6)


def turned(xy: XY, degrees: float) -> XY:
    """The point turned counter-clockwise about the origin."""
    angle = radians(degrees)
    x, y = xy
    return x * cos(angle) - y * sin(angle), x * sin(angle) + y * cos(angle)
