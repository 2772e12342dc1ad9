"""A team's day: from its start past the numbered stops to its end, by way of where a replan sent it elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.draw.canvas import add_layer

if TYPE_CHECKING:
    import folium

    from planner.draw.canvas import Canvas
    from planner.track import Track


def draw_route(canvas: Canvas, duty: int, track: Track) -> folium.FeatureGroup:
    """The route of the page's duty of that number, counted from 0."""
    places = [canvas.lat_lon(place) for place in track.places]
    return add_layer(canvas, "route", f"route_{duty}", [duty, places, track.stops])
