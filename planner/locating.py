"""Which business district an enterprise belongs to, and whether districts overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from planner.geo import EARTH_RADIUS_M, FloatArray, LonLat

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from planner.districts import District
    from planner.enterprises import Enterprise


class Overlap(NamedTuple):
    """Two districts that share ground, the smaller id first."""

    first: str
    second: str
    square_metres: float


def locate(enterprises: Sequence[Enterprise], districts: Sequence[District], within_metres: float) -> dict[str, str]:
    """
    The district of each enterprise, by enterprise id: the one around it, or else the nearest one in reach.

    On a shared border, and at equal distances, the smaller district id wins. An enterprise that has no
    district within ``within_metres`` is left out.
    """
    located = enclosing(enterprises, districts)
    outside = [e for e in enterprises if e.place is not None and e.enterprise_id not in located]
    if not outside or not districts:
        return located
    ordered = sorted(districts, key=lambda district: district.district_id)
    middle = _middle(ordered)
    tree = shapely.STRtree([_shape(district, middle) for district in ordered])
    points = shapely.points(_metres(np.array([enterprise.place for enterprise in outside]), middle))
    pairs = tree.query_nearest(points, max_distance=max(within_metres, 1e-9), all_matches=True)
    located.update(_smallest(pairs, outside, ordered))
    return located


def enclosing(enterprises: Sequence[Enterprise], districts: Sequence[District]) -> dict[str, str]:
    """The district around each enterprise, by enterprise id; those outside all districts are left out."""
    ordered = sorted(districts, key=lambda district: district.district_id)
    enterprises = [enterprise for enterprise in enterprises if enterprise.place is not None]
    if not ordered or not enterprises:
        return {}
    # In degrees as read, so that a place on a border that two polygons share is seen by both.
    tree = shapely.STRtree([_shape(district) for district in ordered])
    points = shapely.points(np.array([enterprise.place for enterprise in enterprises]))
    return _smallest(tree.query(points, predicate="intersects"), enterprises, ordered)


def overlaps(districts: Sequence[District]) -> tuple[Overlap, ...]:
    """The pairs of districts that share more than one square metre, by id; the polygons must be valid."""
    ordered = sorted(districts, key=lambda district: district.district_id)
    if not ordered:
        return ()
    middle = _middle(ordered)
    shapes = [_shape(district, middle) for district in ordered]
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects").T
    found = (
        Overlap(ordered[a].district_id, ordered[b].district_id, shapes[a].intersection(shapes[b]).area)
        for a, b in sorted(pairs.tolist())
        if a < b
    )
    return tuple(overlap for overlap in found if overlap.square_metres > 1)


def in_metres(districts: Sequence[District]) -> tuple[Any, ...]:
    """The districts' polygons on the plane, in metres around their middle; true to 1 % within a hundred kilometres."""
    middle = _middle(districts) if districts else LonLat(0, 0)
    return tuple(_shape(district, middle) for district in districts)


def _smallest(
    pairs: NDArray[np.int64], enterprises: Sequence[Enterprise], ordered: Sequence[District]
) -> dict[str, str]:
    """Of the districts paired with each enterprise the first in order."""
    first: dict[int, int] = {}
    for enterprise, district in pairs.T.tolist():
        first[enterprise] = min(district, first.get(enterprise, district))
    return {enterprises[e].enterprise_id: ordered[d].district_id for e, d in sorted(first.items())}


def _middle(districts: Sequence[District]) -> LonLat:
    corners = np.array([rings[0][0] for district in districts for rings in district.polygons])
    return LonLat(*corners.mean(axis=0).tolist())


def _shape(district: District, middle: LonLat | None = None) -> Any:
    """The polygons of a district in degrees, or in metres around a middle."""
    shape = shapely.MultiPolygon([(rings[0], rings[1:]) for rings in district.polygons])
    return shape if middle is None else shapely.transform(shape, lambda degrees: _metres(degrees, middle))


def _metres(degrees: FloatArray, middle: LonLat) -> FloatArray:
    """Places as metres east and north of a middle; true to 1 % within a hundred kilometres of it."""
    stretch = np.array([np.cos(np.radians(middle.lat)), 1.0])
    metres: FloatArray = np.radians(degrees - np.array(middle)) * EARTH_RADIUS_M * stretch
    return metres
