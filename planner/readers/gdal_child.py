"""
What a child process does with one file: open it with the one driver named, and say its layers as JSON.

It runs alone, knows nothing of the program, and may use so much memory and time and no more: the libraries that read
these formats promise little about files from strangers.
"""

from __future__ import annotations

import json
import math
import sqlite3
import sys
from typing import Any

MOST_BYTES, MOST_SECONDS = 1_500_000_000, 15
MOST_LAYERS, MOST_FEATURES, MOST_FIELDS, MOST_UNPACKED = 50, 200_000, 200, 200_000_000


class TooMuch(ValueError):  # noqa: N818
    """A file that may be sound, and holds more than a table does."""


def main(driver: str, path: str, encoding: str) -> None:
    """Write the layers to standard output, or the one reason why not."""
    _limit()
    try:
        layers = _parquet(path) if driver == "Parquet" else _layers(driver, path, encoding or None)
        answer: dict[str, Any] = {"layers": layers}
    except MemoryError:
        answer = {"error": "needs too much memory"}
    except UnicodeDecodeError:
        answer = {"error": "a column name or a text is cut off, or in another encoding than the file says"}
    except TooMuch as error:
        answer = {"error": str(error), "too_much": True}
    except Exception as error:  # noqa: BLE001  (whatever the library raises, it is about the file)
        answer = {"error": " ".join(str(error).replace(path, "the file").split())[:200] or "is damaged"}
    json.dump(answer, sys.stdout)


def _limit() -> None:
    try:
        import resource  # noqa: PLC0415
    except ImportError:  # not on Windows, where the parent's clock is the only limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _layers(driver: str, path: str, encoding: str | None) -> list[dict[str, Any]]:
    import pyogrio  # noqa: PLC0415  (after the limits)

    if driver == "GPKG":
        _sound(path)
    layers = [str(name) for name, _ in pyogrio.list_layers(path)]
    if len(layers) > MOST_LAYERS:
        raise TooMuch(f"has {len(layers)} layers, more than {MOST_LAYERS}")
    return [_layer(driver, path, name, encoding) for name in layers]


def _sound(path: str) -> None:
    store = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        if store.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise ValueError("is damaged (quick_check)")
    finally:
        store.close()


def _layer(driver: str, path: str, name: str, encoding: str | None) -> dict[str, Any]:
    import pyogrio  # noqa: PLC0415

    info = pyogrio.read_info(path, layer=name, force_feature_count=True)
    if info["driver"] != driver:
        raise ValueError(f"is no {driver} file inside, but {info['driver']}")
    if info["features"] > MOST_FEATURES:
        raise TooMuch(f"has more than {MOST_FEATURES:,} features")
    if len(info["fields"]) > MOST_FIELDS:
        raise TooMuch(f"has more than {MOST_FIELDS} columns")
    meta, _, shapes, columns = pyogrio.raw.read(
        path, layer=name, encoding=encoding, force_2d=True, datetime_as_string=True
    )
    if shapes is not None and len(shapes) != info["features"]:
        raise ValueError(f"is damaged: {len(shapes)} of {info['features']} features can be read")
    fields = [str(field) for field in meta["fields"]]
    count = len(columns[0]) if columns else 0 if shapes is None else len(shapes)
    rows = list(zip(*(column.tolist() for column in columns), strict=True)) if columns else [()] * count
    return {"name": name, "crs": _crs(meta["crs"]), "features": _features(fields, rows, shapes)}


def _features(fields: list[str], rows: list[Any], shapes: Any) -> list[dict[str, Any]]:
    import shapely  # noqa: PLC0415

    geometries = [None] * len(rows) if shapes is None else shapely.from_wkb(shapes, on_invalid="ignore").tolist()
    given = [None] * len(rows) if shapes is None else list(shapes)
    return [
        {
            "type": "Feature",
            "properties": {field: _plain(value) for field, value in zip(fields, row, strict=True)},
            "geometry": shapely.geometry.mapping(shapely.force_2d(shape))
            if shape is not None
            else None
            if wkb is None
            else {"type": "Unreadable", "coordinates": None},
        }
        for row, shape, wkb in zip(rows, geometries, given, strict=True)
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        return None
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _crs(given: str | None) -> str:
    """A coordinate system by its code where it has one; empty for none."""
    if not given or given in {"EPSG:4326", "EPSG:4490", "OGC:CRS84"}:
        return given or ""
    import pyproj  # noqa: PLC0415

    try:
        known = pyproj.CRS.from_user_input(given)
    except pyproj.exceptions.CRSError:
        raise ValueError("its coordinate system is not known") from None
    authority = known.to_authority(min_confidence=60)
    return ":".join(authority) if authority else str(known.to_wkt())


def _parquet(path: str) -> list[dict[str, Any]]:
    import pyarrow.parquet  # noqa: PLC0415

    file = pyarrow.parquet.ParquetFile(path)
    meta = file.metadata
    unpacked = sum(meta.row_group(k).total_byte_size for k in range(meta.num_row_groups))
    if meta.num_rows > MOST_FEATURES or meta.num_columns > MOST_FIELDS or unpacked > MOST_UNPACKED:
        raise TooMuch("has too many rows or columns")
    geo = json.loads((meta.metadata or {}).get(b"geo", b"{}"))
    column = geo.get("primary_column", "")
    described = geo.get("columns", {}).get(column, {})
    if column and described.get("encoding") != "WKB":
        raise ValueError(f"holds its shapes as {described.get('encoding')}, not as WKB")
    table = file.read(use_threads=False).to_pydict()
    shapes = table.pop(column, None)
    crs = described.get("crs", "OGC:CRS84")
    rows = list(zip(*table.values(), strict=True)) if table else [()] * meta.num_rows
    import numpy as np  # noqa: PLC0415

    given = None if shapes is None else np.array(shapes, object)
    known = "" if crs is None else _crs(json.dumps(crs) if isinstance(crs, dict) else str(crs))
    return [{"name": "", "crs": known if column else "OGC:CRS84", "features": _features(list(table), rows, given)}]


if __name__ == "__main__":
    main(*sys.argv[1:4])
