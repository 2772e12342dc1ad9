"""
Where a service on the network says that an address is: asked only when somebody names it, and told the address alone.

A service is one that we know how to read (AMap and Tianditu, with the office's own key), or any address of the web
with ``{address}`` in it, and ``{key}`` where it needs one, that answers in GeoJSON. (The clients of geopy know neither
of the two, and follow redirections.)
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import numpy as np

from planner.geo import Datum, LonLat, to_wgs84

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TIMEOUT_SECONDS = 10.0
PAUSE_SECONDS = 0.5
"""Between two requests: the services allow an office a few in a second."""
MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class Service:
    """How a service is asked, and what its coordinates are in."""

    url: str
    datum: Datum

    @property
    def host(self) -> str:
        """Whom the addresses are sent to."""
        return urlsplit(self.url).hostname or ""


KNOWN: Mapping[str, Service] = {
    "amap": Service("https://restapi.amap.com/v3/geocode/geo?address={address}&key={key}", Datum.GCJ02),
    "tianditu": Service(
        "https://api.tianditu.gov.cn/geocoder?ds=%7B%22keyWord%22:%22{address}%22%7D&tk={key}", Datum.WGS84
    ),
}
"""Tianditu's CGCS 2000 is WGS 84 to within a metre."""


@dataclass(frozen=True)
class Answers:
    """What was found, in WGS 84, by address; None where the service knows nothing; and why it stopped, if it did."""

    places: Mapping[str, LonLat | None]
    stopped: str = ""


def service(named: str, datum: Datum = Datum.WGS84) -> Service:
    """
    The service of a name, or at an address of the web whose answers are in ``datum``.

    Raises
    ------
    ValueError
        It is neither.
    """
    if named in KNOWN:
        return KNOWN[named]
    parts = urlsplit(named)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "{address}" not in named:
        known = ", ".join(KNOWN)
        raise ValueError(f"{named!r} is neither {known} nor an address such as https://host/search?q={{address}}")
    if "{" in parts.netloc:
        raise ValueError(f"{named!r} would send the address to a host that it names itself")
    return Service(named, datum)


def ask(asked: Service, addresses: Iterable[str], key: str, *, pause: float = PAUSE_SECONDS) -> Answers:
    """
    Ask for each address, one at a time; a service that fails once is not asked again.

    Only the address and the key are sent, and no redirection is followed: neither goes to anybody else.
    """
    opener = build_opener(_NoRedirects)
    found: dict[str, LonLat | None] = {}
    for k, address in enumerate(dict.fromkeys(addresses)):
        if k:
            time.sleep(pause)
        url = asked.url.replace("{key}", quote(key, safe="")).replace("{address}", quote(address, safe=""))
        try:
            request = Request(url, headers={"User-Agent": "lookback"})  # noqa: S310  (service() lets only the web through)
            with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                said = json.loads(answer.read(MOST_BYTES))
            refused = _refusal(said)
        except HTTPError as error:
            refused = f"HTTP {error.code}"
        except (OSError, HTTPException) as error:
            refused = type(getattr(error, "reason", error)).__name__
        except (ValueError, RecursionError):
            refused = "not JSON"
        if refused:
            return Answers(found, refused)
        place = _place(said)
        found[address] = None if place is None else _in_wgs84(place, asked.datum)
    return Answers(found)


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _refusal(said: Any) -> str:
    """What the service says against the question itself, such as a key that it does not know."""
    if not isinstance(said, dict):
        return "not an object"
    if str(said.get("status", "1")) == "0" and "info" in said and said.get("info") != "OK":
        code = str(said["info"])  # AMap: status 1 is well, 0 is not
        return "" if code == "ENGINE_RESPONSE_DATA_ERROR" else code[:60]
    return ""


def _place(said: dict[str, Any]) -> tuple[float, float] | None:
    """Longitude and latitude of the first place in an answer of AMap, of Tianditu, or in GeoJSON."""
    try:
        if "geocodes" in said:
            lon, lat = str(said["geocodes"][0]["location"]).split(",")
        elif "location" in said:
            lon, lat = said["location"]["lon"], said["location"]["lat"]
        else:
            lon, lat = said["features"][0]["geometry"]["coordinates"][:2]
        place = float(lon), float(lat)
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    return place if abs(place[0]) <= 180 and abs(place[1]) <= 90 and any(place) else None


def _in_wgs84(place: tuple[float, float], datum: Datum) -> LonLat:
    lon, lat = to_wgs84(np.array(place[:1]), np.array(place[1:]), datum)
    return LonLat(lon.item(), lat.item())
