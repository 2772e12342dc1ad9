"""Business districts (polygons) and barriers (rivers: lines that cannot be walked across)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from planner.geo import LonLat

Ring: TypeAlias = tuple[LonLat, ...]
"""A closed ring of places: the first is repeated at the end."""


@dataclass(frozen=True)
class District:
    """A business district and the admin district whose teams act in it."""

    district_id: str
    name: str
    authority: str
    polygons: tuple[tuple[Ring, ...], ...]
    """One or more polygons, each an exterior ring followed by its holes."""
    name_en: str = ""
    weight: float = 1.0
    """Above 1: a key business district; multiplies the exposure of what is owed there."""


@dataclass(frozen=True)
class Barrier:
    """A line on the ground, such as a river."""

    barrier_id: str
    name: str
    line: tuple[LonLat, ...]
    name_en: str = ""
    walkable: bool = False
    """Whether one walks across it (a creek with many bridges) or never (a wide river)."""
    crossing_minutes: float = 0.0
    """What a car loses to reach a bridge or tunnel, for each crossing."""
    width_m: float = 0.0
    """Only for drawing."""
