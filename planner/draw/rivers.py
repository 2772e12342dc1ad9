"""The ground: rivers, as wide as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.draw.canvas import add_layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import folium

    from planner.districts import Barrier
    from planner.draw.canvas import Canvas, Numbers


def draw_rivers(canvas: Canvas, barriers: Sequence[Barrier]) -> folium.FeatureGroup:
    """The barriers as lines; their width in metres becomes pixels in the page, at each zoom."""
    rivers: list[Numbers] = [
        [barrier.width_m, [canvas.lat_lon(place) for place in barrier.line]] for barrier in barriers
    ]
    return add_layer(canvas, "rivers", "rivers", rivers)
