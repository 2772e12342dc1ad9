"""GeoParquet files (.parquet), their shapes as WKB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.readers import gdal
from planner.readers.sheet import Sheet, contents, unreadable

if TYPE_CHECKING:
    from pathlib import Path

_MAGIC = b"PAR1"


def sheets(path: Path, file: str) -> tuple[Sheet, ...]:
    """
    The one sheet of a GeoParquet file.

    Raises
    ------
    InputError
        It is none, damaged, or has no rows.
    """
    data = contents(path, file)
    if not (data.startswith(_MAGIC) and data.endswith(_MAGIC)):
        raise unreadable(file, "is not a Parquet file", "不是有效的 Parquet 文件")
    return gdal.sheets({"layer.parquet": data}, "Parquet", file)
