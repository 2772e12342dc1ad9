"""What makes a polygon or a line believable, whatever file it came from."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import shapely

from planner.readers.cells import place_faults

if TYPE_CHECKING:
    from planner.districts import Ring
    from planner.geo import Extent, LonLat
    from planner.readers.sheet import Row

MAX_POSITIONS = 100_000
"""Positions in one ring or line; a survey of a whole city has fewer."""


class BadShape(ValueError):  # noqa: N818
    """A geometry that cannot be believed: what is wrong with it, in English and Chinese."""

    def __init__(self, message: str, zh: str) -> None:
        super().__init__(message)
        self.message = message
        self.zh = zh


_MEND = "; in districts/, lookback check --fix districts mends a copy"
_MEND_ZH = ";放入 districts/ 后可用 lookback check --fix districts 修复副本"


def check_polygons(polygons: tuple[tuple[Ring, ...], ...]) -> None:
    """
    Refuse rings that are short or open, and what crosses itself.

    Raises
    ------
    BadShape
        The first thing wrong, with its place.
    """
    if not polygons or not all(polygons):
        raise BadShape("is empty", "几何为空")
    for rings in polygons:
        for k, ring in enumerate(rings, 1):
            _check_ring(ring, k)
    shape = shapely.MultiPolygon([(rings[0], rings[1:]) for rings in polygons])
    if not shapely.is_valid(shape):
        reason, _, place = shapely.is_valid_reason(shape).partition("[")
        where = f" at {', '.join(place.rstrip(']').split())}" if place else ""
        message = f"is not a valid polygon: {reason.lower()}{where}{_MEND}"
        raise BadShape(message, f"多边形无效(自相交等){where}{_MEND_ZH}")


def check_line(line: Ring) -> None:
    """
    Refuse a line that is no longer than a point.

    Raises
    ------
    BadShape
        The first thing wrong, with its place.
    """
    if len(set(line)) < 2:
        raise BadShape("the line has fewer than 2 different positions", "线至少要有两个不同的点")


def _check_ring(ring: Ring, number: int) -> None:
    if len(ring) < 4:
        message = f"ring {number} has {len(ring)} positions, at least 4 are needed"
        raise BadShape(message, "环至少要有 4 个点")
    if ring[0] != ring[-1]:
        message = f"ring {number} is not closed: it starts at {_at(ring[0])} and ends at {_at(ring[-1])}{_MEND}"
        raise BadShape(message, f"环未闭合{_MEND_ZH}")


def place_fault(row: Row, extent: Extent) -> tuple[str, str] | None:
    """What is wrong with the first place of a row's shape that lies nowhere, in English and Chinese."""
    outline = (place for rings in row.polygons for ring in rings for place in ring)
    for place in chain(outline, row.line):
        for _, message, zh in place_faults(place, extent):
            return message, zh
    return None


def _at(place: LonLat) -> str:
    return f"{place.lon:.10g}, {place.lat:.10g}"
