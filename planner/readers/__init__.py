"""
The folder's tables and polygons, read strictly: every problem of every file in one run, or a register.

A format is one file here and one line below.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from planner.errors import InputError, Problem
from planner.readers import csv, geojson
from planner.readers.crosschecks import cross_check
from planner.readers.doubts import doubts
from planner.readers.sheet import Findings, Format, Sheet, printable, shown, unreadable
from planner.readers.tables import BARRIERS, DISTRICTS, TABLES, Records, Table, records
from planner.readers.values import register

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from planner.policy import Policy
    from planner.register import Register

TABULAR: Mapping[str, Format] = {".csv": csv.sheet}
"""Formats of the tables in ``data/``, by extension."""
SPATIAL: Mapping[str, Format] = {".geojson": geojson.sheet}
"""Formats of the polygons and lines in ``districts/``, by extension."""

_NOT_TABLES = {"policy.toml", "travel.csv", "readme.md"}
_NOT_LAYERS = {"readme.md"}
_STORE = "lookback."


@dataclass(frozen=True)
class Reading:
    """What a workspace says, and what is doubtful about it."""

    register: Register
    warnings: tuple[Problem, ...]


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
    tables = {table: _records(table, files[table], TABULAR, findings) for table in TABLES}
    files = _layer_files(folder, findings)
    tables |= {table: _records(table, files[table], SPATIAL, findings) for table in files}
    cross_check(tables, findings)
    if findings.problems:
        raise InputError(sorted(set(findings.problems)))
    found = register(tables, policy)
    return Reading(found, tuple(sorted({*findings.warnings, *doubts(found, policy)})))


def headers() -> dict[str, tuple[str, ...]]:
    """The English column names of each file in ``data/``, by its name."""
    return {f"{table.name}.csv": tuple(column.name for column in table.columns) for table in TABLES}


def _records(table: Table, files: list[Path], formats: Mapping[str, Format], findings: Findings) -> Records:
    """The rows of all the files of a table."""
    parts = []
    for path in files:
        try:
            parts.append(records(table, _sheet(path, formats), findings))
        except InputError as error:
            findings.problems += error.problems
            parts.append(Records(table))
    known = [part.ids for part in parts if part.ids is not None]
    ids = frozenset().union(*known) if len(known) == len(parts) and (parts or not table.required) else None
    return Records(table, tuple(row for part in parts for row in part.rows), ids)


def _sheet(path: Path, formats: Mapping[str, Format]) -> Sheet:
    read_sheet = formats.get(path.suffix.lower())
    if read_sheet is None or not path.is_file():
        known = ", ".join(formats)
        raise unreadable(_called(path), f"cannot be read: only {known} files can", f"无法读取:只支持 {known}")
    return read_sheet(path, _called(path))


def _table_files(folder: Path, findings: Findings) -> dict[Table, list[Path]]:
    """The one file of each table, if there is any."""
    files: dict[Table, list[Path]] = {table: [] for table in TABLES}
    named = {table.name: table for table in TABLES}
    for path in _visible(folder / "data"):
        stem = path.stem.lower()
        if stem in named:
            files[named[stem]].append(path)
        elif path.name.lower() not in _NOT_TABLES and not path.name.startswith(_STORE):
            near = get_close_matches(stem, named, n=1)
            message = f"belongs to no table and is not read{f'; the nearest is {near[0]}' if near else ''}"
            findings.warnings.append(Problem(_called(path), 0, "", message, "不是已知的表,未读取"))
    for table, paths in files.items():
        paths.sort(key=lambda path: path.name != f"{table.name}.csv")
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
        if path.name.lower() not in _NOT_LAYERS:
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
