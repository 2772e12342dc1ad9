"""
GeoJSON files: features with properties and a polygon or a line, in WGS 84 degrees (RFC 7946).

Read here and not by a library, because a library mends, drops or misreads what an office must hear about: an
unclosed ring, a coordinate in quotes, a bow-tie, another coordinate system.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from planner.errors import Problem
from planner.geo import LonLat
from planner.readers.shapes import MAX_POSITIONS, BadShape, check_line, check_polygons
from planner.readers.sheet import MAX_COLUMNS, MAX_ROWS, Row, Sheet, contents, fixed, printable, shown, unreadable

if TYPE_CHECKING:
    from pathlib import Path

    from planner.districts import Ring

WGS84 = ("CRS84", "CRS:84", "EPSG::4326", "EPSG:4326", "EPSG::4490", "EPSG:4490")
"""Endings of the names that mean WGS 84; CGCS 2000 (4490) is the same within centimetres."""


def sheets(path: Path, file: str) -> tuple[Sheet, ...]:
    """
    The one sheet of a GeoJSON file.

    Raises
    ------
    InputError
        It is too large, not JSON, not a feature collection, or empty.
    """
    collection, problems = _parsed(contents(path, file), file)
    sheet = features_sheet(_features(collection, file), file, crs=_crs(collection, file))
    return (replace(sheet, problems=(*problems, *sheet.problems)),)


def features_sheet(features: list[Any], file: str, *, crs: str = "") -> Sheet:
    """
    GeoJSON features as a sheet, numbered from 1; heights are left out.

    Raises
    ------
    InputError
        They have too many properties.
    """
    header: dict[str, None] = {}
    for feature in features:
        if isinstance(feature, dict) and isinstance(feature.get("properties"), dict):
            header.update(dict.fromkeys(feature["properties"]))
    if len(header) > MAX_COLUMNS:
        raise unreadable(file, f"has more than {MAX_COLUMNS} properties", f"属性不得超过 {MAX_COLUMNS} 个")
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, feature in enumerate(features, 1):
        row, faults = _row(number, feature, tuple(header))
        rows.append(row)
        problems += (Problem(file, number, *fault) for fault in faults)
    return Sheet(file, tuple(header), 0, tuple(rows), tuple(problems), crs=crs, features=tuple(features))


def _parsed(data: bytes, file: str) -> tuple[Any, list[Problem]]:
    """The JSON value; keys that stand twice in one object and numbers that are none are problems."""
    problems: list[Problem] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = [f"{shown(key)}: {_brief(value)}" for key, value in pairs if keys.count(key) > 1]
            message = f"an object holds a key more than once ({', '.join(twice)}): keep one"
            problems.append(Problem(file, 0, "", message, f"同一对象内键重复({'、'.join(twice)}),请只保留一个"))
        return members

    def constant(token: str) -> float:
        problems.append(Problem(file, 0, "", f"{token} is not a number of JSON", f"{token} 不是有效数字"))
        return math.nan

    try:
        text = data.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=once, parse_constant=constant), problems
    except UnicodeDecodeError as error:
        row = error.object.count(b"\n", 0, error.start) + 1
        message = f"is not UTF-8 (byte 0x{error.object[error.start]:02x}), which GeoJSON must be"
        raise unreadable(file, message, "编码应为 UTF-8", row=row) from error
    except json.JSONDecodeError as error:
        rest = text[error.pos : error.pos + 20].split("\n")[0]
        where, zh = (f" at {shown(rest)}", f"{shown(rest)} 处") if rest else (" at the end", "末尾")
        raise unreadable(file, f"is not JSON{where}: {error.msg}", f"{zh}不是有效的 JSON", row=error.lineno) from error
    except RecursionError as error:
        raise unreadable(file, "is nested too deeply", "嵌套过深") from error
    except ValueError as error:  # an integer of thousands of digits
        raise unreadable(file, "holds a number with too many digits", "数字位数过多") from error


def _features(collection: Any, file: str) -> list[Any]:
    if not isinstance(collection, dict) or collection.get("type") != "FeatureCollection":
        raise unreadable(file, "is not a GeoJSON FeatureCollection", "应为 GeoJSON FeatureCollection")
    features = collection.get("features")
    if not isinstance(features, list):
        raise unreadable(file, "has no features", "没有任何要素")
    if len(features) > MAX_ROWS:
        raise unreadable(file, f"has more than {MAX_ROWS:,} features", f"要素不得超过 {MAX_ROWS:,} 个")
    return features


def _crs(collection: Any, file: str) -> str:
    """The name of the coordinate system; empty for WGS 84."""
    crs = collection.get("crs")
    if crs is None:
        return ""
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str):
        message = "has a crs without a name: convert it to WGS 84 (EPSG:4326)"
        raise unreadable(file, message, "坐标系应为 WGS 84(EPSG:4326)")
    return "" if name.upper().endswith(WGS84) else name


def _row(number: int, feature: Any, header: tuple[str, ...]) -> tuple[Row, list[tuple[str, str, str]]]:
    """A feature as a row, and its faults: column, English, Chinese."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return Row(number, (), broken=True), [("", "is not a GeoJSON Feature", "不是 GeoJSON 要素")]
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        return Row(number, (), broken=True), [("", "has no properties", "没有属性")]
    faults: list[tuple[str, str, str]] = []
    cells = []
    for column in header:
        value = properties.get(column)
        if isinstance(value, dict | list):
            faults.append((printable(column), f"{_brief(value)} is neither text nor a number", "应为文字或数字"))
        cells.append("" if value is None else _text(value))
    row = Row(number, tuple(cells))
    try:
        row = _shaped(row, feature.get("geometry"))
    except BadShape as bad:
        called = properties.get("name") or properties.get("district_id") or properties.get("barrier_id")
        whose = f"feature {number} {shown(called)}" if isinstance(called, str) else f"feature {number}"
        faults.append(("geometry", f"{whose}: {bad.message}", f"第 {number} 个要素:{bad.zh}"))
    return row, faults


def _text(value: Any) -> str:
    """A property as the text that a table would hold."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))  # what a table of numbers makes of a code
    return value if isinstance(value, str) else fixed(_brief(value)) if isinstance(value, float) else _brief(value)


def _brief(value: Any) -> str:
    """A JSON value as messages show it; a list may be too long, or nested too deeply, to be shown."""
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else shown(value) if isinstance(value, str) else str(value)


def _shaped(row: Row, geometry: Any) -> Row:
    """The row with its geometry, if it has any."""
    if geometry is None:
        return row
    if not isinstance(geometry, dict):
        raise BadShape(f"has {_brief(geometry)} for a geometry", "几何无效")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Unreadable":
        raise BadShape("has a ring that is not closed, or too short", "环未闭合或点数不足")
    if kind == "Point":
        return replace(row, point=_position(coordinates, "the point"))
    if kind == "LineString":
        line = _positions(coordinates, "the line")
        check_line(line)
        return replace(row, line=line)
    if kind not in {"Polygon", "MultiPolygon"}:
        raise BadShape(f"{_brief(kind)} is not Point, LineString, Polygon or MultiPolygon", "几何类型不符")
    polygons = tuple(
        tuple(_positions(ring, f"ring {k}") for k, ring in enumerate(_list(rings, "the polygon"), 1))
        for rings in ([coordinates] if kind == "Polygon" else _list(coordinates, "the geometry"))
    )
    check_polygons(polygons)
    return replace(row, polygons=polygons)


def _positions(positions: Any, what: str) -> Ring:
    positions = _list(positions, what)
    if len(positions) > MAX_POSITIONS:
        raise BadShape(f"{what} has more than {MAX_POSITIONS:,} positions", f"不得超过 {MAX_POSITIONS:,} 个点")
    return tuple(_position(position, what) for position in positions)


def _position(position: Any, what: str) -> LonLat:
    if not isinstance(position, list) or len(position) < 2:
        raise BadShape(f"{what} holds a position that is not [lon, lat]", "坐标点不完整")
    for value in position:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadShape(f"{what} holds {_brief(value)}, which is not a number", "坐标应为数字")
        if not abs(value) < 1e9:
            raise BadShape(f"{what} holds {_brief(value)}, which is no finite coordinate", "坐标超出范围")
    return LonLat(float(position[0]), float(position[1]))


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadShape(f"{what} is {_brief(value)}, not a list of coordinates", "坐标应为数组")
    return value
