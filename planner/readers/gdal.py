"""
Files that GDAL or Arrow reads, read by a child process with one driver, little memory and a clock.

The parent has looked at the first bytes, so that a file is what its name says; the child gets a copy under a plain
name, no network driver, and answers in JSON. What it answers is checked like any GeoJSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.readers.geojson import WGS84, features_sheet
from planner.readers.sheet import Sheet, printable, unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SECONDS = 60
"""By the wall after which a file is given up; the child itself may compute for a quarter of it."""
_CHILD = Path(__file__).with_name("gdal_child.py")
_OTHERS = """
ADBC AIVector AVCBin AVCE00 AmigoCloud CSV CSW Carto DGN DXF EDIGEO EEDA ESRIJSON Elasticsearch FlatGeobuf GDALG GML
GPSBabel GPX GTFS GeoJSON GeoJSONSeq GeoRSS HTTP Idrisi JML JSONFG KML LVBAG MBTiles MVT MapML MiraMonVector NGW OAPIF
ODS OGCAPI OGR_GMT OGR_PDS OGR_VRT OSM OpenFileGDB PCIDSK PDF PDS4 PGDUMP PLSCENES PMTiles S57 SQLite SXF Selafin
TopoJSON VDV VFK VICAR WAsP WFS XLSX
"""
"""GDAL's other drivers; those that reach the network are among them."""
ENVIRONMENT = {
    "GDAL_SKIP": ",".join([*_OTHERS.split(), "MapInfo File"]),
    "GDAL_DRIVER_PATH": "disable",
    "GDAL_DISABLE_READDIR_ON_OPEN": "TRUE",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
    "PROJ_NETWORK": "OFF",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
"""What the child's libraries are told."""


def sheets(
    files: Mapping[str, bytes],
    driver: str,
    file: str,
    *,
    encoding: str = "",
    own: Callable[[list[dict[str, Any]]], list[dict[str, Any]]] = list,
) -> tuple[Sheet, ...]:
    """
    A sheet for each layer that has features.

    Parameters
    ----------
    files
        What the driver needs, by plain names; the first is the one to open.
    own
        What a format makes of the GeoJSON features of a layer.

    Raises
    ------
    InputError
        Nothing in it can be read, or it takes too long.
    """
    with tempfile.TemporaryDirectory(prefix="lookback-") as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        path = str(Path(folder) / next(iter(files)))
        said = _asked(driver, path, encoding, file)
    try:
        answer = json.loads(said)
    except ValueError:
        raise unreadable(file, "is damaged, or needs too much memory", "文件已损坏,或占用内存过多") from None
    if answer.get("too_much"):
        message = f"{printable(answer['error'])}: put what is needed into a file of its own"
        raise unreadable(file, message, "内容过多,请只把需要的图层、要素和列另存为一个文件")
    if "error" in answer:
        message = f"cannot be read: {printable(answer['error'])}; export it again from the program that made it"
        raise unreadable(file, message, "无法读取,文件可能已损坏,请重新导出")
    found = []
    for layer in answer["layers"]:
        called = f"{file}[{printable(layer['name'])}]" if len(answer["layers"]) > 1 else file
        if not layer["crs"] and any(feature["geometry"] for feature in layer["features"]):
            message = "does not say its coordinate system (a shapefile says it in its .prj)"
            raise unreadable(called, message, "没有坐标系说明(shapefile 应附 .prj)")
        if layer["features"]:
            crs = "" if layer["crs"].upper().endswith(WGS84) else layer["crs"]
            sheet = features_sheet(own(layer["features"]), called, crs=crs)
            found.append(replace(sheet, layer=printable(layer["name"])))
    if not found:
        raise unreadable(file, "has no features", "没有任何要素")
    return tuple(found)


def _asked(driver: str, path: str, encoding: str, file: str) -> bytes:
    """What a child process says of a file."""
    kept = {key: value for key, value in os.environ.items() if key in {"PATH", "SYSTEMROOT", "TEMP"}}
    try:
        done = subprocess.run(  # noqa: S603  (our own file, by its full path)
            [sys.executable, "-I", str(_CHILD), driver, path, encoding],
            env={**kept, **ENVIRONMENT},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise unreadable(file, f"takes longer than {SECONDS} s to read", "读取超时") from None
    return done.stdout
