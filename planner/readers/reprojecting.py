"""Shapes from other coordinate systems and datums, as WGS 84."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planner.geo import Datum, FloatArray, LonLat, to_wgs84
from planner.readers.notes import Note
from planner.readers.sheet import degrees_text, shown, unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from planner.readers.sheet import Row, Sheet


_MEND, _MEND_ZH = "; export it in WGS 84 (EPSG:4326)", ",请重新导出为 WGS 84(EPSG:4326)"


def reprojected(sheet: Sheet, datum: Datum | None, report: list[Note]) -> Sheet:
    """
    A sheet with its shapes in WGS 84.

    Parameters
    ----------
    datum
        What the coordinates are in, where it is not what the file says.
    report
        What was done is added here.

    Raises
    ------
    InputError
        The coordinate system is not known, or has no place for a shape.
    """
    if sheet.crs:
        sheet = _from_crs(sheet, report)
    if datum is None or datum is Datum.WGS84:
        return sheet
    known = datum
    report.append(Note(f"shapes converted from {known.value} to WGS 84", f"图形已由 {known.value} 转换为 WGS 84"))
    return _mapped(sheet, lambda lon, lat: to_wgs84(lon, lat, known))


def _from_crs(sheet: Sheet, report: list[Note]) -> Sheet:
    import pyproj  # noqa: PLC0415  (a third of a second, and hardly ever needed)

    try:
        source = pyproj.CRS.from_user_input(sheet.crs)
        transformer = pyproj.Transformer.from_crs(source, "EPSG:4326", always_xy=True)
    except pyproj.exceptions.CRSError:
        message = f"is in a coordinate system that is not known: {shown(sheet.crs)}{_MEND}"
        raise unreadable(sheet.file, message, f"坐标系无法识别{_MEND_ZH}") from None
    except pyproj.exceptions.ProjError:  # that of the Moon, as a damaged description may read
        message = f"is in a coordinate system that cannot be converted to WGS 84: {shown(sheet.crs)}{_MEND}"
        raise unreadable(sheet.file, message, f"坐标系无法转换为 WGS 84{_MEND_ZH}") from None

    def convert(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        lon, lat = transformer.transform(x, y)
        return np.asarray(lon), np.asarray(lat)

    converted = replace(_mapped(sheet, convert), crs="")
    report.append(Note(f"shapes converted from {source.name} to WGS 84", f"图形已由 {source.name} 转换为 WGS 84"))
    return converted


def _mapped(sheet: Sheet, convert: Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]) -> Sheet:
    """The sheet with every place converted."""

    def ring(places: Iterable[LonLat]) -> tuple[LonLat, ...]:
        degrees = np.array(tuple(places), float).reshape(-1, 2)
        lon, lat = convert(degrees[:, 0], degrees[:, 1])
        if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
            message = f"has places that do not exist in its coordinate system {shown(sheet.crs)}"
            raise unreadable(sheet.file, message, "坐标与坐标系不符")
        return tuple(map(LonLat, lon.tolist(), lat.tolist()))

    header = sheet.header or ()
    places = [(header.index(name), k) for k, name in enumerate(("lon", "lat")) if name in header]

    def row(given: Row) -> Row:
        polygons = tuple(tuple(map(ring, rings)) for rings in given.polygons)
        point = ring([given.point])[0] if given.point else None
        cells = list(given.cells)
        for place, k in places:
            if given.point and point and cells[place] == degrees_text(given.point[k]):  # made of the point
                cells[place] = degrees_text(point[k])
        line = ring(given.line) if given.line else ()
        return replace(given, cells=tuple(cells), polygons=polygons, line=line, point=point)

    return replace(sheet, rows=tuple(map(row, sheet.rows)))
