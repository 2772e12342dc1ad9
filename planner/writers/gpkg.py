"""A plan as a GeoPackage that QGIS opens with its styles: stops, halts, routes, what is left, and the districts."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import shapely
from shapely.geometry import shape

from planner.writers.geojson import features
from planner.writers.stops import fit
from planner.writers.styles import STYLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.plan import Plan
    from planner.register import Register

_TABLES = {
    "stop": ("stops", "Point"),
    "halt": ("halts", "Point"),
    "route": ("routes", "LineString"),
    "unvisited": ("unvisited", "Point"),
}
_STYLES_TABLE = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
    f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)
"""


def write(plan: Plan, register: Register, lang: str, team_id: str | None, name: str) -> dict[str, bytes]:
    """
    One file in WGS 84. The moment written into it is the first planned day's, so that it is the same at each export.

    References
    ----------
    https://www.geopackage.org/spec130/; ``layer_styles`` is where QGIS looks for the style of a layer.
    """
    moment = f"{plan.horizon[0].isoformat()}T00:00:00.000Z"
    layers: dict[str, list[dict[str, Any]]] = {layer: [] for layer in _TABLES}
    for feature in features(plan, register, lang, team_id):
        layers[feature["properties"].pop("layer")].append(feature)
    with tempfile.TemporaryDirectory(prefix="lookback-") as folder:
        path = Path(folder) / "plan.gpkg"
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": moment})
        try:
            for layer, (table, kind) in _TABLES.items():
                if layers[layer]:
                    _write_layer(path, table, kind, layers[layer])
            _write_layer(path, "districts", "MultiPolygon", _districts(register))
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
        _add_styles(path, [table for layer, (table, _) in _TABLES.items() if layers[layer]] + ["districts"], moment)
        return {f"{name}.gpkg": path.read_bytes()}


def _write_layer(path: Path, table: str, kind: str, found: Sequence[dict[str, Any]]) -> None:
    fields = list(found[0]["properties"]) if found else ["district_id"]
    columns: list[Any] = [np.array([f["properties"][field] for f in found], _dtype(found, field)) for field in fields]
    geometry = np.array([shapely.to_wkb(shape(f["geometry"])) for f in found], object)
    pyogrio.raw.write(
        path,
        geometry,
        columns,
        fields,
        layer=table,
        driver="GPKG",
        geometry_type=kind,
        crs="EPSG:4326",
        append=path.exists(),
    )


def _dtype(found: Sequence[dict[str, Any]], field: str) -> type:
    kind = type(found[0]["properties"][field]) if found else str
    return {bool: np.bool_, int: np.int64}.get(kind, object)


def _districts(register: Register) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for district in register.districts:
        about = {
            "district_id": fit(district.district_id),
            "name": fit(district.name),
            "authority": fit(district.authority),
        }
        rings = [[[list(place) for place in ring] for ring in polygon] for polygon in district.polygons]
        rows.append({"geometry": {"type": "MultiPolygon", "coordinates": rings}, "properties": about})
    return rows


def _add_styles(path: Path, tables: Sequence[str], moment: str) -> None:
    with closing(sqlite3.connect(path)) as store, store:
        store.execute(_STYLES_TABLE)
        contents = "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) VALUES (?, ?, ?, ?)"
        store.execute(contents, ("layer_styles", "attributes", "layer_styles", moment))
        row = (
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,"
            " styleQML, useAsDefault, update_time) VALUES ('', '', ?, 'geom', ?, ?, 1, ?)"
        )
        store.executemany(row, [(table, table, STYLES[table], moment) for table in tables])
