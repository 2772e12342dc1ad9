"""The Folium map that the layers are put on, and the one kind of element they are made of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias

import folium
from branca.element import MacroElement
from folium.template import Template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.geo import LonLat

Numbers: TypeAlias = "int | float | Sequence[Numbers]"

MOST_ZOOM = 19
_CITY_ZOOM = 11


class Drawing(MacroElement):
    """
    A call of one of the page's own drawing functions, with numbers.

    Folium and Branca take what they render for a template, twice; a number is the only thing that means the same to
    them and to us.
    """

    _template = Template("""
        {% macro script(this, kwargs) %}
            draw.{{ this.layer }}({{ this.map_name }}, {{ this._parent.get_name() }}, {{ this.numbers }});
        {% endmacro %}
    """)

    def __init__(self, canvas: folium.Map, layer: str, key: str, numbers: Numbers) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Branca has types in part
        self._id = key
        self.layer = layer
        self.map_name = canvas.get_name()
        self.numbers = json.dumps(_only_numbers(numbers), allow_nan=False, separators=(",", ":"))


def new_map(places: Sequence[LonLat]) -> folium.Map:
    """An empty map without tiles, over the middle of the places; ids are fixed, not drawn at random."""
    middle = places[len(places) // 2] if places else None
    canvas = folium.Map(
        location=None if middle is None else [middle.lat, middle.lon],
        zoom_start=_CITY_ZOOM,
        tiles=None,
        zoom_control=False,
        attribution_control=False,
        zoom_snap=0.25,
        maxZoom=MOST_ZOOM,
    )
    canvas._id = "plan"  # noqa: SLF001  # the id is random otherwise, and every page would differ from its last
    return canvas


def add_layer(canvas: folium.Map, layer: str, key: str, numbers: Numbers) -> folium.FeatureGroup:
    """
    Put a new group on the map that the page's drawing function ``layer`` fills.

    Parameters
    ----------
    canvas
        The map.
    layer
        Name of a function in ``static/layers.js``.
    key
        What tells this group from others on the page: an identifier.
    numbers
        What the function draws: numbers and sequences of numbers, places as latitude and longitude.

    Raises
    ------
    TypeError
        Something else than a number is among them.
    """
    group = folium.FeatureGroup(control=False)
    group._id = key  # noqa: SLF001  # see new_map
    group.add_child(Drawing(canvas, layer, f"{key}_drawing", numbers))
    canvas.add_child(group)
    return group


def lat_lon(place: LonLat) -> tuple[float, float]:
    """A place in Leaflet's order, to a tenth of a metre."""
    return round(place.lat, 6), round(place.lon, 6)


def _only_numbers(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return [_only_numbers(item) for item in value]
    if type(value) in {int, float}:
        return value
    raise TypeError(f"{value!r} is not a number: text must not reach a template")
