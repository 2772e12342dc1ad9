"""The Folium map that the layers are put on, and the one kind of element they are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import folium
import numpy as np
from branca.element import MacroElement
from folium.template import Template

from planner.geo import Datum, from_wgs84

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.geo import LonLat

Numbers: TypeAlias = "int | float | Sequence[Numbers]"

MOST_ZOOM = 19


class Drawing(MacroElement):
    """
    A call of one of the page's own drawing functions, by number.

    Folium and Branca take what they render for a template, twice; they get to see which function draws and the number
    of its data, and the data themselves go into the page's island.
    """

    _template = Template("""
        {% macro script(this, kwargs) %}
            draw({{ this.map_name }}, {{ this._parent.get_name() }}, "{{ this.layer }}", {{ this.number }});
        {% endmacro %}
    """)

    def __init__(self, canvas: Canvas, layer: str, key: str, number: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Branca has types in part
        if not layer.isidentifier():
            raise ValueError(f"{layer!r} is no name of a drawing function")
        self._id = key
        self.layer = layer
        self.map_name = canvas.map.get_name()
        self.number = int(number)


@dataclass(frozen=True)
class Canvas:
    """A map, the datum that its ground is in, and what its layers draw: numbers, one entry a layer."""

    map: folium.Map
    datum: Datum = Datum.WGS84
    drawings: list[object] = field(default_factory=list)

    def lat_lon(self, place: LonLat) -> tuple[float, float]:
        """A place in Leaflet's order and the map's datum, to a tenth of a metre."""
        if self.datum is Datum.WGS84:
            return round(place.lat, 6), round(place.lon, 6)
        lon, lat = from_wgs84(np.array([place.lon]), np.array([place.lat]), self.datum)
        return round(float(lat[0]), 6), round(float(lon[0]), 6)


def new_canvas(datum: Datum = Datum.WGS84) -> Canvas:
    """
    An empty map without tiles; ids are fixed, not drawn at random.

    It is not placed anywhere: the page moves it to what it draws, which a sealed page must not tell beforehand.
    """
    canvas = folium.Map(
        location=[0, 0],
        zoom_start=1,
        tiles=None,
        zoom_control=False,
        attribution_control=False,
        zoom_snap=0.25,
        maxZoom=MOST_ZOOM,
    )
    canvas._id = "plan"  # noqa: SLF001  # the id is random otherwise, and every page would differ from its last
    return Canvas(canvas, datum)


def add_layer(canvas: Canvas, layer: str, key: str, numbers: Numbers) -> folium.FeatureGroup:
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
    group._id = key  # noqa: SLF001  # see new_canvas
    group.add_child(Drawing(canvas, layer, f"{key}_drawing", len(canvas.drawings)))
    canvas.drawings.append(_only_numbers(numbers))
    canvas.map.add_child(group)
    return group


def _only_numbers(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return [_only_numbers(item) for item in value]
    if type(value) in {int, float}:
        return value
    raise TypeError(f"{value!r} is not a number: text must not be drawn as a layer")
