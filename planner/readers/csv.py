"""
CSV files: text, separated by commas, in UTF-8 (with or without a mark) or else GB 18030.

Nothing is inferred. A row is known by the line on which it starts, as an editor counts lines.
"""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from planner.errors import Problem
from planner.readers.sheet import (
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    Row,
    Sheet,
    contents,
    printable,
    shown,
    unreadable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_LINES = 5 * MAX_ROWS
"""Lines in a file: a cell may run over several."""
_MOST_QUOTE_FAULTS = 20
"""Each makes the parser start afresh on the next line; a file with more is not a CSV file."""


def sheet(path: Path, file: str) -> Sheet:
    """
    The rows of a CSV file; blank ones are left out, and so are columns without a name and without a value.

    Raises
    ------
    InputError
        It is empty, too large, in neither encoding, or has no end of quotes.
    """
    text = _decoded(contents(path, file), file)
    if text.count("\n") + text.count("\r") > MAX_LINES:
        raise unreadable(file, f"has more than {MAX_LINES:,} lines", f"不得超过 {MAX_LINES:,} 行")
    lines = io.StringIO(text, newline="").readlines()
    header: tuple[str, ...] = ()
    header_row = 0
    rows: list[Row] = []
    problems: list[Problem] = []
    faults = 0
    for number, record in _records(lines):
        if isinstance(record, csv.Error):
            faults += 1
            if faults > _MOST_QUOTE_FAULTS:
                raise unreadable(file, "has too many unbalanced quotes to be a CSV file", "引号不成对处过多")
            message = f"a quote is opened and not closed properly ({record})"
            problems.append(Problem(file, number, "", message, "引号不成对"))
            rows.append(Row(number, (), broken=True))
        elif not any(cell.strip() for cell in record):
            continue
        elif not header_row:
            header, header_row = record, number
            if len(header) > MAX_COLUMNS:
                raise unreadable(file, f"has more than {MAX_COLUMNS} columns", f"不得超过 {MAX_COLUMNS} 列")
        elif len(rows) == MAX_ROWS:
            raise unreadable(file, f"has more than {MAX_ROWS:,} rows", f"不得超过 {MAX_ROWS:,} 行")
        else:
            rows.append(Row(number, record, broken=len(record) != len(header)))
            problems += _faults(file, rows[-1], header)
    if not header_row:
        zh = "文件为空:第一行应为列名"
        raise unreadable(file, "is empty: its first line must name the columns", zh)
    return _without_nameless(Sheet(file, header, header_row, tuple(rows), tuple(problems)))


def _decoded(data: bytes, file: str) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise unreadable(file, "is in UTF-16: save it as CSV UTF-8", "编码为 UTF-16,请另存为 CSV UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        try:
            # Damaged UTF-8 is often good GB 18030 too, and would be read as other characters.
            text = data.decode("utf-8" if _mostly_utf8(data) else "gb18030")
        except UnicodeDecodeError:
            row = problem.object.count(b"\n", 0, problem.start) + 1
            message = f"is neither UTF-8 nor GB 18030 (byte 0x{problem.object[problem.start]:02x})"
            zh = "编码既不是 UTF-8 也不是 GB 18030"
            raise unreadable(file, message, zh, row=row) from problem
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise unreadable(file, "holds a NUL byte: it is not a text file", "含有空字节,不是文本文件", row=row)
    return text


def _mostly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return data.startswith(codecs.BOM_UTF8) or broken <= sum(not c.isascii() for c in text) - broken


def _records(lines: list[str]) -> Iterator[tuple[int, tuple[str, ...] | csv.Error]]:
    """Each record, or what was wrong with it, with the line on which it starts."""
    first = 0
    reader = csv.reader(lines, strict=True)
    while True:
        start = first + reader.line_num
        try:
            yield start + 1, tuple(next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            yield start + 1, error
            first = start + 1
            reader = csv.reader(islice(lines, first, None), strict=True)


def _faults(file: str, row: Row, header: tuple[str, ...]) -> Iterator[Problem]:
    if row.broken:
        message = f"has {len(row.cells)} cells, the header has {len(header)}"
        if len(row.cells) > len(header):
            message += ": quote a cell that holds a comma"
        yield Problem(file, row.number, "", message, f"应有 {len(header)} 格,实有 {len(row.cells)} 格")
    for name, cell in zip(header, row.cells, strict=False):
        if len(cell) > MAX_CELL:
            message = f"{shown(cell)} is longer than {MAX_CELL:,} characters"
            yield Problem(file, row.number, printable(name), message, f"不得超过 {MAX_CELL:,} 字")


def _without_nameless(sheet: Sheet) -> Sheet:
    """The sheet without the columns that a spreadsheet leaves behind: no name, and no value in any row."""
    kept = [k for k, name in enumerate(sheet.header) if name.strip() or _used(sheet, k)]
    if len(kept) == len(sheet.header):
        return sheet
    rows = tuple(replace(row, cells=tuple(row.cells[k] for k in kept if k < len(row.cells))) for row in sheet.rows)
    header = tuple(sheet.header[k] for k in kept)
    return replace(sheet, header=header, rows=rows)


def _used(sheet: Sheet, column: int) -> bool:
    return any(row.cells[column].strip() for row in sheet.rows if not row.broken)
