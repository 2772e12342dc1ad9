"""The ground: business districts as soft shapes, each with a place for its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from planner.draw.canvas import add_layer
from planner.geo import LonLat

if TYPE_CHECKING:
    from collections.abc import Sequence

    import folium

    from planner.districts import District
    from planner.draw.canvas import Canvas, Numbers

_TOLERANCE = 0.00003
"""Degrees, about 3 m: what nobody sees need not be in the file."""


def draw_districts(canvas: Canvas, districts: Sequence[District]) -> folium.FeatureGroup:
    """The districts' outlines, and where their names go."""
    return add_layer(canvas, "districts", "districts", [_shape(canvas, district) for district in districts])


def _shape(canvas: Canvas, district: District) -> list[Numbers]:
    """The place of the name, then the polygons: each an outer ring and its holes."""
    polygons = [shapely.Polygon(outer, holes) for outer, *holes in district.polygons]
    largest = max(polygons, key=lambda polygon: polygon.area)
    middle = largest.centroid
    if not largest.contains(middle):
        middle = largest.representative_point()
    return [canvas.lat_lon(LonLat(middle.x, middle.y)), [_rings(canvas, polygon) for polygon in polygons]]


def _rings(canvas: Canvas, polygon: shapely.Polygon) -> list[Numbers]:
    simple = polygon.simplify(_TOLERANCE)
    return [[canvas.lat_lon(LonLat(*at)) for at in ring.coords] for ring in (simple.exterior, *simple.interiors)]
