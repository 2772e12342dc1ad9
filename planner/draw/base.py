"""
What lies under the schematic: nothing by default, or the tiles that the policy chooses.

Chosen tiles are the one thing that a page asks anybody for. A base that is shifted against WGS 84 shifts everything
that is drawn with it, so that both line up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.geo import Datum

if TYPE_CHECKING:
    from planner.policy import MapsPolicy

_TIANDITU = (
    "https://t{s}.tianditu.gov.cn/%s_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=%s&STYLE=default"
    "&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=%s"
)
_AMAP = "https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}"


@dataclass(frozen=True)
class Base:
    """Tiles: their addresses from the ground up, the hosts behind them, their datum, and who made them."""

    addresses: tuple[str, ...]
    hosts: str
    """A source expression of the page's Content-Security-Policy."""
    servers: str
    """What stands for ``{s}`` in an address, one character a server."""
    most_zoom: int
    attribution: str
    datum: Datum = Datum.WGS84


def base(maps: MapsPolicy) -> Base | None:
    """The tiles of a policy; None: the schematic alone, and no request to any host."""
    if maps.base == "tianditu":
        addresses = tuple(_TIANDITU % (layer, layer, maps.tianditu_key) for layer in ("vec", "cva"))
        return Base(addresses, "https://*.tianditu.gov.cn", "01234567", 18, maps.attribution or "天地图")
    if maps.base == "amap":
        return Base(
            (_AMAP,), "https://*.is.autonavi.com", "1234", 18, maps.attribution or "高德地图 AutoNavi", Datum.GCJ02
        )
    if maps.base == "osm":
        address = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
        credit = maps.attribution or "© OpenStreetMap contributors"
        return Base((address,), "https://tile.openstreetmap.org", "", 19, credit)
    return None
