"""
Districts drawn a little carelessly, repaired: a copy, and a list of everything that was done to it.

Only what has one plain answer is done: rings are closed, crossings cut, slivers dropped, narrow overlaps and gaps given
to one of the neighbours. What a person must decide is said and left.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.geo import EARTH_RADIUS_M, FloatArray, LonLat
from planner.readers.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planner.geo import Extent
    from planner.readers.sheet import Sheet

SLIVER = 100.0
"""Square metres: a part that is smaller is nobody's district."""
NARROW = 0.05
"""Of the smaller district: an overlap up to it was drawn carelessly, a larger one means something else."""
GAP = 10_000.0
"""Square metres: a smaller hole between districts was not meant."""
LAST_DIGIT = 1e-8
"""Degrees, about a millimetre: to which corners are written."""


@dataclass(frozen=True)
class Repaired:
    """The features of a layer, repaired, and what was done."""

    features: tuple[dict[str, Any], ...]
    notes: tuple[Note, ...]

    def geojson(self) -> bytes:
        """The layer as a file."""
        lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in self.features)
        return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'.encode()


@dataclass
class _Drawn:
    feature: dict[str, Any]
    called: str
    shape: Any
    """Polygons in metres around the middle of all; None where nothing can be drawn."""


def repaired(sheets: Sequence[Sheet], extent: Extent) -> Repaired:
    """The features of some layers, in WGS 84, repaired as far as there is one plain answer."""
    notes: list[Note] = []
    outlines = [
        (feature, _called(sheet, number, feature), _outline(feature, _called(sheet, number, feature), extent, notes))
        for sheet in sheets
        for number, feature in enumerate(sheet.features, 1)
        if isinstance(feature, dict)
    ]
    places = np.array([place for _, _, polygons in outlines for rings in polygons for ring in rings for place in ring])
    middle = places.mean(axis=0) if len(places) else np.zeros(2)
    drawn = [_Drawn(feature, called, _shape(polygons, middle, called, notes)) for feature, called, polygons in outlines]
    _cut_overlaps(drawn, middle, notes)
    _fill_gaps(drawn, middle, notes)
    return Repaired(tuple(_feature(each, middle) for each in drawn), tuple(notes))


def _called(sheet: Sheet, number: int, feature: dict[str, Any]) -> str:
    properties = feature.get("properties")
    name = properties.get("name") or properties.get("名称") if isinstance(properties, dict) else None
    return f"{sheet.file}:{number} {name}" if isinstance(name, str) else f"{sheet.file}:{number}"


def _outline(feature: dict[str, Any], called: str, extent: Extent, notes: list[Note]) -> list[list[FloatArray]]:
    """The rings of a feature's polygons, closed, flat and the right way round; none where there is nothing to draw."""
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in {"Polygon", "MultiPolygon"}:
        notes.append(Note(f"{called}: has no polygon; draw one", f"{called}:没有面,请补画"))
        return []
    given = geometry.get("coordinates")
    polygons = []
    for rings in [given] if kind == "Polygon" else given if isinstance(given, list) else []:
        found = [ring for ring in map(_ring, rings if isinstance(rings, list) else []) if ring is not None]
        if len(found) < (len(rings) if isinstance(rings, list) else 1):
            notes.append(Note(f"{called}: a ring of less than three places dropped", f"{called}:去除不足三点的环"))
        if found:
            polygons.append(found)
    if any((ring[0] != ring[-1]).any() for rings in polygons for ring in rings):
        notes.append(Note(f"{called}: ring closed", f"{called}:环已闭合"))
        polygons = [[np.vstack([r, r[:1]]) if (r[0] != r[-1]).any() else r for r in rings] for rings in polygons]
    places = np.vstack([ring for rings in polygons for ring in rings]) if polygons else np.zeros((0, 2))
    if len(places) and not any(extent.holds(*p) for p in places) and all(extent.holds(y, x) for x, y in places):
        notes.append(Note(f"{called}: lon and lat were swapped, swapped back", f"{called}:经纬度互换,已换回"))
        polygons = [[ring[:, ::-1] for ring in rings] for rings in polygons]
    return polygons


def _ring(positions: Any) -> FloatArray | None:
    if not isinstance(positions, list):
        return None
    places = [p[:2] for p in positions if isinstance(p, list) and len(p) >= 2 and all(map(_number, p[:2]))]
    return np.array(places, float) if len({tuple(place) for place in places}) >= 3 else None


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


def _shape(polygons: list[list[FloatArray]], middle: FloatArray, called: str, notes: list[Note]) -> Any:
    """The polygons in metres, valid, without slivers."""
    if not polygons:
        return None
    parts = [shapely.Polygon(_metres(rings[0], middle), [_metres(r, middle) for r in rings[1:]]) for rings in polygons]
    shape = shapely.MultiPolygon(parts)
    if not shape.is_valid:
        reason, _, at = shapely.is_valid_reason(shape).partition("[")
        before = sum(part.area for part in parts)
        shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
        where = _where(np.array([list(map(float, at.rstrip("]").split()))]), middle) if at else ""
        notes.append(
            Note(
                f"{called}: {reason.lower()} at {where} cut: {before:,.0f} m² by its outline, now {shape.area:,.0f} m²",
                f"{called}:在 {where} 处的自相交等已修复,面积由 {before:,.0f} 变为 {shape.area:,.0f} 平方米",
            )
        )
    return _without_slivers(shape, middle, called, notes)


def _without_slivers(shape: Any, middle: FloatArray, called: str, notes: list[Note]) -> Any:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    kept = [part for part in parts if part.area >= SLIVER]
    for part in parts:
        if part.area < SLIVER and kept:
            where = _where(np.array(part.representative_point().coords), middle)
            message = f"{called}: a sliver of {part.area:,.1f} m² at {where} dropped"
            notes.append(Note(message, f"{called}:去除 {where} 处 {part.area:,.1f} 平方米的碎片"))
    return shapely.MultiPolygon(kept or parts) if parts else None


def _cut_overlaps(drawn: list[_Drawn], middle: FloatArray, notes: list[Note]) -> None:
    """Narrow overlaps stay with the district that stands first; equal districts and broad overlaps are only named."""
    for k, later in enumerate(drawn):
        for earlier in drawn[:k]:
            if later.shape is None or earlier.shape is None or not later.shape.intersects(earlier.shape):
                continue
            area = later.shape.intersection(earlier.shape).area
            if area <= 1:
                continue
            if area > NARROW * min(later.shape.area, earlier.shape.area):
                message = f"{later.called}: overlaps {earlier.called} by {area:,.0f} m²: draw them anew"
                notes.append(Note(message, f"{later.called}:与 {earlier.called} 重叠 {area:,.0f} 平方米,请重新绘制"))
                continue
            left = later.shape.difference(earlier.shape.buffer(1e-3, join_style="mitre"))
            later.shape = _without_slivers(left, middle, later.called, notes)
            message = f"{later.called}: {area:,.0f} m² that {earlier.called} has too cut off"
            notes.append(Note(message, f"{later.called}:与 {earlier.called} 重叠的 {area:,.0f} 平方米已裁去"))


def _fill_gaps(drawn: list[_Drawn], middle: FloatArray, notes: list[Note]) -> None:
    """Holes between districts go to the neighbour that touches most of their border."""
    for gap in gaps([each.shape for each in drawn if each.shape is not None]):
        near = [(each.shape.intersection(gap.buffer(0.5)).area, -k) for k, each in enumerate(drawn) if each.shape]
        owner = drawn[-max(near)[1]]
        owner.shape = shapely.MultiPolygon(
            [p for p in shapely.get_parts(owner.shape.union(gap.buffer(2e-3))) if p.geom_type == "Polygon"]
        )
        where = _where(np.array(gap.representative_point().coords), middle)
        message = f"{owner.called}: a gap of {gap.area:,.0f} m² at {where} filled"
        notes.append(Note(message, f"{owner.called}:填补 {where} 处 {gap.area:,.0f} 平方米的空隙"))


def gaps(shapes: Sequence[Any]) -> Iterator[Any]:
    """Holes between several polygons in metres, not within one of them, that are too small to be meant."""
    together = shapely.union_all([shape.buffer(0.01) for shape in shapes]) if shapes else None
    own = shapely.union_all([shapely.Polygon(r) for s in shapes for p in shapely.get_parts(s) for r in p.interiors])
    for part in shapely.get_parts(together) if together is not None else ():
        for ring in part.interiors:
            hole = shapely.Polygon(ring)
            if 1 < hole.area < GAP and not own.intersects(hole.representative_point()):
                yield hole


def _feature(drawn: _Drawn, middle: FloatArray) -> dict[str, Any]:
    if drawn.shape is None:
        return drawn.feature
    degrees = shapely.transform(drawn.shape, lambda metres: _degrees(metres, middle))
    if not shapely.transform(degrees, _rounded).is_valid:  # what is thinner than the last digit may cross itself
        degrees = shapely.set_precision(degrees, LAST_DIGIT)
    return {**drawn.feature, "geometry": json.loads(shapely.to_geojson(shapely.transform(degrees, _rounded)))}


def _rounded(corners: FloatArray) -> FloatArray:
    return np.round(corners, 8)


def _metres(degrees: FloatArray, middle: FloatArray) -> FloatArray:
    return np.asarray(np.radians(degrees - middle) * EARTH_RADIUS_M * _stretch(middle))


def _degrees(metres: FloatArray, middle: FloatArray) -> FloatArray:
    return np.asarray(np.degrees(metres / _stretch(middle) / EARTH_RADIUS_M) + middle)


def _stretch(middle: FloatArray) -> FloatArray:
    return np.array([np.cos(np.radians(middle[1])), 1.0])


def _where(metres: FloatArray, middle: FloatArray) -> str:
    place = LonLat(*_degrees(metres, middle)[0].tolist())
    return f"{place.lon:.6f}, {place.lat:.6f}"
