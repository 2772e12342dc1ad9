"""
Whether the enterprises look shifted against the districts: by another datum than the one they are said to be in.

GCJ-02 moves places by some hundreds of metres and BD-09 by a thousand, and nothing in a file shows it. But where
districts end, a shift takes enterprises out that belong inside: under the right datum more of them fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from planner.errors import Problem
from planner.geo import Datum, FloatArray, from_wgs84, to_wgs84
from planner.readers.tables import DISTRICTS, ENTERPRISES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planner.readers.records import Records
    from planner.readers.tables import Table
    from planner.register import Register

    Places = tuple[FloatArray, FloatArray]

LEAST_GAIN = 5
"""Fewer points more inside may be chance."""
LEAST_RATIO = 3
"""Times as many points must come in as go out."""


class Fit(NamedTuple):
    """How many points fit better, and worse, were they read otherwise."""

    gained: int
    lost: int

    @property
    def is_better(self) -> bool:
        """Whether hardly anything but another datum explains it."""
        return self.gained - self.lost >= LEAST_GAIN and self.gained >= LEAST_RATIO * self.lost


def shifted(tables: Mapping[Table, Records], register: Register, default: Datum) -> Iterator[Problem]:
    """A warning for each datum whose enterprises fit the districts better under another one."""
    ground = _ground(register)
    if ground is None:
        return
    given: dict[Datum, list[tuple[float, float]]] = {}
    for record in tables[ENTERPRISES].rows:
        if "lon" in record.cells:
            datum = record.cells.get("datum", default)
            given.setdefault(datum, []).append((record.cells["lon"], record.cells["lat"]))
    file = tables[ENTERPRISES].rows[0].file if tables[ENTERPRISES].rows else ENTERPRISES.file
    for datum, places in given.items():
        yield from _better(ground, np.array(places), datum, file)


def _ground(register: Register) -> shapely.Geometry | None:
    shapes = [shapely.Polygon(rings[0], rings[1:]) for district in register.districts for rings in district.polygons]
    if not shapes:
        return None
    ground = shapely.union_all(shapes)
    shapely.prepare(ground)
    return ground


def _better(ground: shapely.Geometry, places: FloatArray, datum: Datum, file: str) -> Iterator[Problem]:
    lon, lat = places[:, 0], places[:, 1]
    now = to_wgs84(lon, lat, datum)
    inside = shapely.contains_xy(ground, *now)

    def fit(other: Places) -> Fit:
        then = shapely.contains_xy(ground, *other)
        return Fit(int((then & ~inside).sum()), int((inside & ~then).sum()))

    points = {other: fit(to_wgs84(lon, lat, other)) for other in Datum if other is not datum}
    polygons = {other: fit(from_wgs84(*now, other)) for other in Datum if other is not Datum.WGS84}
    wholly = len(places)
    best_points = max(points, key=lambda other: points[other].gained - points[other].lost)
    best_polygons = max(polygons, key=lambda other: polygons[other].gained - polygons[other].lost)
    if points[best_points].is_better and _net(points[best_points]) >= _net(polygons[best_polygons]):
        gain = points[best_points]
        message = (
            f"{gain.gained:,} of {wholly:,} places outside the districts, read as {datum.value}, would lie inside as "
            f"{best_points.value} ({gain.lost:,} the other way): are they {best_points.value}?"
        )
        zh = f"按 {best_points.value} 读取时有 {gain.gained:,} 家落入商圈(按 {datum.value} 则在外),请核对坐标系"
        yield Problem(file, 0, "datum", message, zh)
    elif polygons[best_polygons].is_better:
        gain = polygons[best_polygons]
        message = (
            f"{gain.gained:,} of {wholly:,} enterprises outside would lie inside if the districts were drawn in "
            f"{best_polygons.value} ({gain.lost:,} the other way): import them with --datum {best_polygons.value}"
        )
        zh = f"若商圈按 {best_polygons.value} 绘制,则有 {gain.gained:,} 家落入;请核对商圈坐标系"
        yield Problem(DISTRICTS.file.replace("data/", "districts/").removesuffix(".csv"), 0, "geometry", message, zh)


def _net(fit: Fit) -> int:
    return fit.gained - fit.lost
