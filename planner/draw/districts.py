"""The ground: business districts as soft shapes, each with a place for its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from planner.draw.canvas import Numbers, add_layer, lat_lon
from planner.geo import LonLat

if TYPE_CHECKING:
    from collections.abc import Sequence

    import folium

    from planner.districts import District

_TOLERANCE = 0.00003
"""Degrees, about 3 m: what nobody sees need not be in the file."""


def draw_districts(canvas: folium.Map, districts: Sequence[District]) -> folium.FeatureGroup:
    """The districts' outlines, and where their names go."""
    return add_layer(canvas, "districts", "districts", [_shape(district) for district in districts])


def _shape(district: District) -> list[Numbers]:
    """The place of the name, then the polygons: each an outer ring and its holes."""
    polygons = [shapely.Polygon(outer, holes) for outer, *holes in district.polygons]
    largest = max(polygons, key=lambda polygon: polygon.area)
    middle = largest.centroid
    if not largest.contains(middle):
        middle = largest.representative_point()
    return [lat_lon(LonLat(middle.x, middle.y)), [_rings(polygon) for polygon in polygons]]


def _rings(polygon: shapely.Polygon) -> list[Numbers]:
    simple = polygon.simplify(_TOLERANCE)
    return [[lat_lon(LonLat(*at)) for at in ring.coords] for ring in (simple.exterior, *simple.interiors)]
