"""KML files: placemarks with their extended data; each folder is a sheet."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from planner.readers import gdal
from planner.readers.sheet import Sheet, contents, unreadable

if TYPE_CHECKING:
    from pathlib import Path

_EVERYWHERE = {
    "id", "Name", "description", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility",
    "drawOrder", "icon", "snippet",
}  # fmt: skip
_TEXT = "description"
_ROOT = re.compile(rb"\s*(\xef\xbb\xbf)?\s*(<\?xml[^>]*\?>)?(\s|<!--.*?-->)*<(\w+:)?kml\b", re.DOTALL)


def sheets(path: Path, file: str) -> tuple[Sheet, ...]:
    """
    The folders of a KML file.

    Raises
    ------
    InputError
        It is none, damaged, defines entities, or has no placemarks.
    """
    data = contents(path, file)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise unreadable(file, "defines a document type or entities, which are not read", "含有实体定义,不予读取")
    if not _ROOT.match(data[:10_000]):
        raise unreadable(file, "is not KML", "不是有效的 KML")
    return tuple(map(_own, gdal.sheets({"layer.kml": data}, "LIBKML", file)))


def _own(sheet: Sheet) -> Sheet:
    """The sheet with the columns that somebody filled in, not those that every KML file has."""
    header = sheet.header or ()
    extra = {name.casefold() for name in header if name not in _EVERYWHERE}
    described = any(text for row in sheet.rows for name, text in zip(header, row.cells, strict=False) if name == _TEXT)
    own = {"Name", _TEXT} if described else {"Name"}
    kept = [k for k, name in enumerate(header) if name not in _EVERYWHERE]
    kept += [k for k, name in enumerate(header) if name in own and name.casefold() not in extra]
    rows = tuple(replace(row, cells=tuple(row.cells[k] for k in kept)) if row.cells else row for row in sheet.rows)
    return replace(sheet, header=tuple(header[k] for k in kept), rows=rows)
