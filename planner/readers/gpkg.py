"""GeoPackage files (.gpkg): each layer is a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.readers import gdal
from planner.readers.sheet import Sheet, contents, unreadable

if TYPE_CHECKING:
    from pathlib import Path

_SQLITE = b"SQLite format 3\x00"
_KINDS = (b"GPKG", b"GP10", b"GP11")


def sheets(path: Path, file: str) -> tuple[Sheet, ...]:
    """
    The layers of a GeoPackage.

    Raises
    ------
    InputError
        It is none, damaged, or has no features.
    """
    data = contents(path, file)
    if not data.startswith(_SQLITE) or data[68:72] not in _KINDS:
        raise unreadable(file, "is not a GeoPackage", "不是有效的 GeoPackage")
    return gdal.sheets({"layer.gpkg": data}, "GPKG", file)
