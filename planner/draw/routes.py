"""A team's day: from its start past the numbered stops to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.draw.canvas import add_layer

if TYPE_CHECKING:
    import folium

    from planner.draw.canvas import Canvas
    from planner.geo import LonLat


@dataclass(frozen=True)
class Line:
    """The places of one route."""

    start: LonLat
    stops: tuple[LonLat, ...]
    end: LonLat


def draw_route(canvas: Canvas, duty: int, line: Line) -> folium.FeatureGroup:
    """The route of the page's duty of that number, counted from 0."""
    stops = [canvas.lat_lon(stop) for stop in line.stops]
    return add_layer(
        canvas, "route", f"route_{duty}", [duty, canvas.lat_lon(line.start), stops, canvas.lat_lon(line.end)]
    )
