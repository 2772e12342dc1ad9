"""The enterprises that the plan says nothing about: places that a search can show, nothing that is drawn at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.draw.canvas import add_layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import folium

    from planner.draw.canvas import Canvas
    from planner.geo import LonLat


def draw_others(canvas: Canvas, others: Sequence[LonLat]) -> folium.FeatureGroup:
    """Their places, in the order of the page's list of them."""
    return add_layer(canvas, "others", "others", [canvas.lat_lon(place) for place in others])
