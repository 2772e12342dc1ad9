"""
The ground: places, distances, lines that cannot be crossed, and datums.

Places are ``LonLat`` in degrees, WGS 84; distances are metres. The other datums known are those that Chinese
map services publish; they are converted where a table is read or a link is written, and nowhere else.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FloatArray: TypeAlias = "NDArray[np.float64]"
IntArray: TypeAlias = "NDArray[np.int64]"
BoolArray: TypeAlias = "NDArray[np.bool_]"

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (IUGG), metres."""


class LonLat(NamedTuple):
    """A place: longitude and latitude in degrees, WGS 84."""

    lon: float
    lat: float


class Place(NamedTuple):
    """Somewhere to travel to: an enterprise by its id, or where a team starts (``T01:start``) or ends."""

    place_id: str
    at: LonLat


class Extent(NamedTuple):
    """The degrees in which every place lies, borders included."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a place lies in it."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


class Datum(StrEnum):
    """The coordinate system in which a table gives its places."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def great_circle_metres(origins: Sequence[LonLat], destinations: Sequence[LonLat]) -> FloatArray:
    """Great-circle distances in metres from each origin to each destination, shape (n, m); haversine."""
    a = np.radians(np.asarray(origins, float).reshape(-1, 2))
    b = np.radians(np.asarray(destinations, float).reshape(-1, 2))
    lat = np.sin((b[None, :, 1] - a[:, None, 1]) / 2) ** 2
    lon = np.sin((b[None, :, 0] - a[:, None, 0]) / 2) ** 2
    lon *= np.cos(a[:, 1])[:, None] * np.cos(b[:, 1])[None, :]
    lat += lon
    np.sqrt(lat, out=lat)
    metres: FloatArray = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(lat, 1.0))
    return metres


def crossings(origins: Sequence[LonLat], destinations: Sequence[LonLat], line: Sequence[LonLat]) -> NDArray[np.int8]:
    """
    How often the straight line between two places crosses a polyline, shape (n, m).

    A vertex v lies left of the way from p to q when (q - p) × (v - p) > 0, with × for the cross product; a segment is
    crossed when p and q see it from different sides and its ends lie on different sides of the way. Segments that have
    all places on one side cost next to nothing. A place exactly on the line counts as one side of it, never as both.
    """
    shift = np.asarray(line[0], float)
    p = np.asarray(origins, float).reshape(-1, 2) - shift
    q = np.asarray(destinations, float).reshape(-1, 2) - shift
    vertices = np.asarray(line, float) - shift
    p_cross_q = p[:, :1] * q[:, 1] - p[:, 1:] * q[:, 0]
    count = np.zeros(p_cross_q.shape, np.int8)

    def is_left(v: FloatArray) -> BoolArray:
        # (q - p) × (v - p) > 0, multiplied out, so that each vertex costs one subtraction and one comparison.
        left: BoolArray = p_cross_q + (q[:, 0] * v[1] - q[:, 1] * v[0]) > (p[:, :1] * v[1] - p[:, 1:] * v[0])
        return left

    start, start_left = vertices[0], None
    for end in vertices[1:]:
        along = end - start
        p_left = along[0] * (p[:, 1] - start[1]) > along[1] * (p[:, 0] - start[0])
        q_left = along[0] * (q[:, 1] - start[1]) > along[1] * (q[:, 0] - start[0])
        if (p_left.all() and q_left.all()) or not (p_left.any() or q_left.any()):
            end_left = None
        else:
            end_left = is_left(end)
            if start_left is None:
                start_left = is_left(start)
            count += (start_left != end_left) & (p_left[:, None] != q_left)
        start, start_left = end, end_left
    return count


def to_wgs84(lon: FloatArray, lat: FloatArray, datum: Datum) -> tuple[FloatArray, FloatArray]:
    """Places of any known datum as WGS 84 degrees; exact to 1e-9 degrees, by fixed-point iteration."""
    if datum is Datum.BD09:
        lon, lat = _bd09_to_gcj02(lon, lat)
    if datum is Datum.WGS84:
        return lon, lat
    wgs_lon, wgs_lat = lon.copy(), lat.copy()
    for _ in range(30):
        gcj_lon, gcj_lat = from_wgs84(wgs_lon, wgs_lat, Datum.GCJ02)
        lon_error, lat_error = lon - gcj_lon, lat - gcj_lat
        wgs_lon, wgs_lat = wgs_lon + lon_error, wgs_lat + lat_error
        if max(np.abs(lon_error).max(initial=0), np.abs(lat_error).max(initial=0)) < 1e-11:
            break
    return wgs_lon, wgs_lat


def from_wgs84(lon: FloatArray, lat: FloatArray, datum: Datum) -> tuple[FloatArray, FloatArray]:
    """WGS 84 degrees as places of any known datum (GCJ-02 leaves places outside China as they are)."""
    if datum is Datum.WGS84:
        return lon, lat
    east, north = _gcj02_offset(lon, lat)
    inside = (lon > 72.004) & (lon < 137.8347) & (lat > 0.8293) & (lat < 55.8271)
    lon, lat = np.where(inside, lon + east, lon), np.where(inside, lat + north, lat)
    if datum is Datum.GCJ02:
        return lon, lat
    radius = np.hypot(lon, lat) + 2e-5 * np.sin(lat * _BD09_TURN)
    angle = np.arctan2(lat, lon) + 3e-6 * np.cos(lon * _BD09_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


_BD09_TURN = np.pi * 3000 / 180
_KRASOVSKY_A, _KRASOVSKY_E2 = 6_378_245.0, 0.006_693_421_622_965_943_23


def _bd09_to_gcj02(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    x, y = lon - 0.0065, lat - 0.006
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    gcj_lon, gcj_lat = x, y
    for _ in range(10):
        r = radius - 2e-5 * np.sin(gcj_lat * _BD09_TURN)
        a = angle - 3e-6 * np.cos(gcj_lon * _BD09_TURN)
        gcj_lon, gcj_lat = r * np.cos(a), r * np.sin(a)
    return gcj_lon, gcj_lat


def _gcj02_offset(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The published series of GCJ-02: degrees to add to WGS 84, on the Krasovsky ellipsoid."""
    x, y = lon - 105.0, lat - 35.0
    waves = 20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)

    def swing(v: FloatArray, short: float, long: float) -> FloatArray:
        slow: FloatArray = short * np.sin(v / 12 * np.pi) + long * np.sin(v / 30 * np.pi)
        slow += 20 * np.sin(v * np.pi) + 40 * np.sin(v / 3 * np.pi)
        return slow

    root = np.sqrt(np.abs(x))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north = north + (waves + swing(y, 160, 320)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east = east + (waves + swing(x, 150, 300)) * 2 / 3
    phi = np.radians(lat)
    m = 1 - _KRASOVSKY_E2 * np.sin(phi) ** 2
    east_m = _KRASOVSKY_A / np.sqrt(m) * np.cos(phi)
    north_m = _KRASOVSKY_A * (1 - _KRASOVSKY_E2) / (m * np.sqrt(m))
    return np.degrees(east / east_m), np.degrees(north / north_m)
