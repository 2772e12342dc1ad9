"""What is left: a dot for each look-back that is not in the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.draw.canvas import add_layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import folium

    from planner.draw.canvas import Canvas
    from planner.geo import LonLat


@dataclass(frozen=True)
class Spot:
    """Where a look-back was not made, and its number in the page's list of them, counted from 0."""

    unvisited: int
    place: LonLat


def draw_unvisited(canvas: Canvas, rule: int, spots: Sequence[Spot]) -> folium.FeatureGroup:
    """The dots of the page's rule of that number, counted from 0: one group a rule, so that each can be hidden."""
    dots = [[spot.unvisited, *canvas.lat_lon(spot.place)] for spot in spots]
    return add_layer(canvas, "unvisited", f"unvisited_{rule}", [rule, dots])
