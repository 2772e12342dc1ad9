"""A file of changes: one a row, in the words of ``lookback reschedule``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.errors import InputError, Problem
from planner.readers import csv
from planner.readers.headings import find_header, spelling
from planner.readers.sheet import printable, shown
from planner.rescheduling import Request

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COLUMNS: Mapping[str, tuple[str, str]] = {
    "event": ("event", "变更"),
    "id": ("subject", "编号"),
    "team": ("team", "队伍"),
    "date": ("day", "日期"),
    "until": ("until", "至"),
    "time": ("time", "时间"),
    "minutes": ("minutes", "分钟"),
}
"""The name of a column, the field of a request that it fills, and its Chinese name."""


def requests(path: Path) -> tuple[Request, ...]:
    """
    The changes in a CSV file, still as text.

    Raises
    ------
    InputError
        It cannot be read, or its columns are not known: everything at once.
    """
    file = printable(path.name)
    fields = {zh: field for field, zh in COLUMNS.values()} | {name: field for name, (field, _) in COLUMNS.items()}
    sheet = find_header(csv.sheets(path, file)[0], {spelling(name): field for name, field in fields.items()})
    problems = list(sheet.problems)
    names = [cell.strip().lower() for cell in sheet.header or ()]
    for name in names:
        if name not in fields:
            message = f"{shown(name)} is not one of {', '.join(COLUMNS)}"
            problems.append(
                Problem(file, sheet.header_row, name, message, f"应为:{'、'.join(zh for _, zh in COLUMNS.values())}")
            )
    meant = [fields.get(name, "") for name in names]
    twice = sorted({name for name in meant if name and meant.count(name) > 1})
    problems += [Problem(file, sheet.header_row, name, "is there twice", "列重复") for name in twice]
    if "event" not in meant:
        problems.append(Problem(file, sheet.header_row, "event", "is missing", "缺少此列"))
    if problems:
        raise InputError(sorted(set(problems)))
    return tuple(Request(**dict(zip(meant, row.cells, strict=True)), file=file, row=row.number) for row in sheet.rows)
