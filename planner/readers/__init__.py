"""
The folder's tables and polygons, read strictly: every problem of every file in one run, or a register.

A format is one file here and one line below.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from planner.errors import InputError, Problem
from planner.readers import csv, geojson, gpkg, kml, parquet, shapefile, xlsx
from planner.readers.crosschecks import REFERENCES, cross_check
from planner.readers.doubts import double, doubts
from planner.readers.duplicates import Pair, pairs
from planner.readers.headings import chosen, find_header, passed_over
from planner.readers.records import Records, records
from planner.readers.sheet import Findings, Format, Sheet, printable, shown, unreadable
from planner.readers.shifted import shifted
from planner.readers.tables import BARRIERS, DISTRICTS, ENTERPRISES, SAME_AS, TABLES, Table
from planner.readers.values import register

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from planner.geo import Extent
    from planner.policy import Policy
    from planner.register import Register

TABULAR: Mapping[str, Format] = {".csv": csv.sheets, ".xlsx": xlsx.sheets}
"""Formats of the tables in ``data/``, by extension."""
SPATIAL: Mapping[str, Format] = {
    ".geojson": geojson.sheets,
    ".gpkg": gpkg.sheets,
    ".shp": shapefile.sheets,
    ".zip": shapefile.zipped,
    ".parquet": parquet.sheets,
    ".kml": kml.sheets,
}
"""Formats of the polygons and lines in ``districts/``, and of enterprises as points, by extension."""

_ADVICE = {
    ".xls": ("save it as .xlsx", "请另存为 .xlsx"),
    ".et": ("save it as .xlsx", "请另存为 .xlsx"),
    ".ods": ("save it as .xlsx", "请另存为 .xlsx"),
    ".numbers": ("export it as .xlsx", "请导出为 .xlsx"),
    ".txt": ("save it as .csv", "请另存为 .csv"),
    ".tsv": ("call it .csv: tabs are read too", "请改名为 .csv"),
    ".kmz": ("unzip it and take the .kml inside", "请解压并使用其中的 .kml"),
    ".json": ("call it .geojson if that is what it is", "若为 GeoJSON 请改名为 .geojson"),
    ".tab": ("export it as .gpkg", "请导出为 .gpkg"),
    ".mif": ("export it as .gpkg", "请导出为 .gpkg"),
    ".dwg": ("export its outlines as .gpkg", "请导出为 .gpkg"),
    ".dxf": ("export its outlines as .gpkg", "请导出为 .gpkg"),
    ".gdb": ("export the layer as .gpkg", "请导出为 .gpkg"),
}
_NOT_TABLES = {"policy.toml", "travel.csv", "readme.md"}
_NOT_LAYERS = {"readme.md"}
_STORE = "lookback."


@dataclass(frozen=True)
class Reading:
    """What a workspace says, and what is doubtful about it."""

    register: Register
    warnings: tuple[Problem, ...]
    duplicates: tuple[Pair, ...] = ()
    """Ids that may stand for one shop; nobody has decided yet."""


def read(folder: Path, policy: Policy) -> Reading:
    """
    The register of a workspace folder.

    Raises
    ------
    InputError
        Anything is wrong: every problem of every table, polygon and line, by file, row and column.
    """
    findings = Findings()
    files = _table_files(folder, findings)
    extent = policy.workspace.extent
    tables = {table: _records(table, files[table], findings, extent) for table in TABLES}
    files = _layer_files(folder, findings)
    tables |= {table: _records(table, files[table], findings, extent) for table in files}
    cross_check(tables, findings)
    if findings.problems:
        raise InputError(sorted(set(findings.problems)))
    found = register(tables, policy)
    decided = [frozenset((r.cells["enterprise_id"], r.cells["other_id"])) for r in tables[SAME_AS].rows]
    twice = pairs(found.enterprises, decided)
    doubtful = {*findings.warnings, *doubts(found, policy), *shifted(tables, found, policy.workspace.datum)}
    return Reading(found, tuple(sorted({*doubtful, *double(twice)})), twice)


def headers() -> dict[str, tuple[str, ...]]:
    """The English column names of each file in ``data/``, by its name."""
    return {f"{table.name}.csv": tuple(column.name for column in table.columns) for table in TABLES}


def files_of(folder: Path, table: Table) -> list[Path]:
    """The files of a workspace folder that hold a table, by name."""
    findings = Findings()
    if table in {DISTRICTS, BARRIERS}:
        return _layer_files(folder, findings)[table]
    named = _named_files(folder)
    return named.get(table.name, [])


def layer(folder: Path, table: Table) -> tuple[Sheet, ...]:
    """
    The sheets of a layer as they are drawn.

    Raises
    ------
    InputError
        A file cannot be read, or is in another coordinate system.
    """
    found = tuple(s for path in files_of(folder, table) for s in sheets(path, _called(path), table))
    for sheet in found:
        _refuse_crs(sheet, sheet.file.rpartition("/")[2], table)
    return found


def _refuse_crs(sheet: Sheet, file: str, table: Table) -> None:
    if sheet.crs:
        advice = f"lookback import {file} --as {table.name} converts it"
        message = f"is in the coordinate system {shown(sheet.crs)}, not in WGS 84 (EPSG:4326): {advice}"
        raise unreadable(sheet.file, message, "坐标系应为 WGS 84(EPSG:4326),可用 lookback import 转换")


def is_empty(path: Path, table: Table) -> bool:
    """Whether a file holds a header and no rows, as a new workspace's does."""
    try:
        return all(not find_header(sheet, table.names).rows for sheet in sheets(path, _called(path), table))
    except InputError:
        return False


def known_ids(folder: Path, table: Table, policy: Policy) -> dict[str, frozenset[str]]:
    """The ids that a workspace has, by each column of a table that refers to one of them."""
    known = {}
    for referring, column, target in REFERENCES:
        if referring is table and column != "officers":
            ids = _records(target, files_of(folder, target)[:1], Findings(), policy.workspace.extent).ids
            if ids is not None:
                known[column] = ids
    return known


def formats(table: Table) -> Mapping[str, Format]:
    """The formats in which a table may come."""
    return SPATIAL if table in {DISTRICTS, BARRIERS} else {**TABULAR, **SPATIAL} if table is ENTERPRISES else TABULAR


def sheets(path: Path, file: str, table: Table) -> tuple[Sheet, ...]:
    """
    The sheets of a file in one of the formats of a table.

    Raises
    ------
    InputError
        Nothing in it can be read.
    """
    known = formats(table)
    suffix = path.suffix.lower()
    if suffix not in known or not path.is_file():
        listed = ", ".join(known)
        if suffix in known or path.is_dir():
            raise unreadable(file, "cannot be read: it is no file", "无法读取:不是文件")
        advice, zh = _ADVICE.get(suffix, ("", ""))
        message = f"cannot be read: only {listed} files can{f'; {advice}' if advice else ''}"
        raise unreadable(file, message, f"无法读取:只支持 {listed}{f';{zh}' if zh else ''}")
    return known[suffix](path, file)


def _records(table: Table, files: list[Path], findings: Findings, extent: Extent) -> Records:
    """The rows of all the files of a table."""
    parts = []
    for path in files:
        try:
            found = sheets(path, _called(path), table)
            sheet = chosen(found, table.names, table.needed)
            findings.warnings += passed_over(found, sheet, table.names, table.needed)
            _refuse_crs(sheet, path.name, table)
            if table.shape in {"polygon", "line"} and not sheet.rows:
                if table.required:
                    raise unreadable(sheet.file, "has no features", "没有任何要素")
                parts.append(Records(table, (), frozenset()))
            else:
                parts.append(records(table, sheet, findings, extent))
        except InputError as error:
            findings.problems += error.problems
            parts.append(Records(table))
    known = [part.ids for part in parts if part.ids is not None]
    ids = frozenset().union(*known) if len(known) == len(parts) and (parts or not table.required) else None
    return Records(table, tuple(row for part in parts for row in part.rows), ids)


def _named_files(folder: Path) -> dict[str, list[Path]]:
    """The files in ``data/`` by the name of the table that they should hold, the plainest first."""
    files: dict[str, list[Path]] = defaultdict(list)
    for path in _visible(folder / "data"):
        beside = path.suffix.lower() in shapefile.BESIDE and path.with_suffix(".shp").exists()
        if not beside and path.name.lower() not in _NOT_TABLES and not path.name.startswith(_STORE):
            stem = path.name.lower().removesuffix(".zip")
            files[stem.rpartition(".")[0] or stem].append(path)
    for name, paths in files.items():
        paths.sort(key=lambda path: path.name != f"{name}.csv")
    return files


def _table_files(folder: Path, findings: Findings) -> dict[Table, list[Path]]:
    """The one file of each table, if there is any."""
    named = _named_files(folder)
    files = {table: named.pop(table.name, []) for table in TABLES}
    names = [table.name for table in TABLES]
    for stem, paths in named.items():
        for path in paths:
            near = get_close_matches(stem, names, n=1)
            message = f"belongs to no table and is not read{f'; the nearest is {near[0]}' if near else ''}"
            findings.warnings.append(Problem(_called(path), 0, "", message, "不是已知的表,未读取"))
    for table, paths in files.items():
        if table.required and not paths:
            findings.problems.append(Problem(table.file, 0, "", "is missing", "缺少此表"))
        for path in paths[1:]:
            message = f"is a second file for the table beside {shown(paths[0].name)}: keep one"
            findings.problems.append(Problem(_called(path), 0, "", message, "同一张表有两个文件,请保留一个"))
    return {table: paths[:1] for table, paths in files.items()}


def _layer_files(folder: Path, findings: Findings) -> dict[Table, list[Path]]:
    """The files of the districts, and those of the barriers."""
    files: dict[Table, list[Path]] = {DISTRICTS: [], BARRIERS: []}
    for path in _visible(folder / "districts"):
        beside = path.suffix.lower() in shapefile.BESIDE and path.with_suffix(".shp").exists()
        if path.name.lower() not in _NOT_LAYERS and not beside:
            files[BARRIERS if path.stem.lower() == BARRIERS.name else DISTRICTS].append(path)
    if not files[DISTRICTS]:
        message = f"holds no polygons of business districts ({', '.join(SPATIAL)})"
        findings.problems.append(Problem("districts", 0, "", message, "缺少商圈多边形文件"))
    return files


def _visible(folder: Path) -> list[Path]:
    """What stands in a folder, without hidden files and the locks of office programs."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "~$")))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise unreadable(folder.name, f"cannot be read: {error.strerror}", "文件夹无法读取") from error


def _called(path: Path) -> str:
    """A file's name in messages: from the workspace, with forward slashes."""
    return f"{path.parent.name}/{printable(path.name)}"
