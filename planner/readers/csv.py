"""
CSV files: text, separated by commas, semicolons or tabs, in UTF-8 (with or without a mark) or else GB 18030.

Nothing is inferred about a value. A row is known by the line on which it starts, as an editor counts lines.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from planner.errors import Problem
from planner.readers.sheet import MAX_COLUMNS, MAX_ROWS, Row, Sheet, contents, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_LINES = 5 * MAX_ROWS
"""Lines in a file: a cell may run over several."""
_MOST_QUOTE_FAULTS = 20
"""Each makes the parser start afresh on the next line; a file with more is not a CSV file."""
_SEPARATORS = (",", ";", "\t")
_MIXED = ": parts come from two programs; type this row and those that look garbled anew, save as CSV UTF-8"
_MIXED_ZH = ",疑由两种程序的内容拼成;请重新输入此行及乱码行,另存为“CSV UTF-8”"
_PAGE = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype\s+html|html|table|\?xml)\b", re.IGNORECASE)
"""What many a system exports as a table for Excel."""
_QUOTES = 'write "" for a quote inside a cell, and one " before and after the whole cell'
_QUOTES_ZH = '引号不成对:单元格中的 " 应写成两个 "",整格前后再各加一个 ";或改用中文引号“”'
_SAMPLE = 20
"""Rows by which the separator is known."""


def sheets(path: Path, file: str) -> tuple[Sheet, ...]:
    """
    The one sheet of a CSV file, its header among its rows; blank ones are left out.

    Raises
    ------
    InputError
        It is empty, too large, in neither encoding, or has no end of quotes.
    """
    text = _decoded(contents(path, file), file)
    if text.count("\n") + text.count("\r") > MAX_LINES:
        raise unreadable(file, f"has more than {MAX_LINES:,} lines", f"不得超过 {MAX_LINES:,} 行")
    lines = io.StringIO(text, newline="").readlines()
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, record in _records(lines, _separator(lines)):
        if isinstance(record, csv.Error):
            message = f"a quote is opened and not closed properly ({record}): {_QUOTES}"
            problems.append(Problem(file, number, "", message, _QUOTES_ZH))
            if len(problems) > _MOST_QUOTE_FAULTS:
                raise unreadable(file, "has too many unbalanced quotes to be a CSV file", "引号不成对处过多")
            rows.append(Row(number, (), broken=True))
        elif any(cell.strip() for cell in record):
            if len(rows) > MAX_ROWS:
                raise unreadable(file, f"has more than {MAX_ROWS:,} rows", f"不得超过 {MAX_ROWS:,} 行")
            if len(record) > 10 * MAX_COLUMNS:
                raise unreadable(file, f"has more than {MAX_COLUMNS} columns", f"不得超过 {MAX_COLUMNS} 列", row=number)
            rows.append(Row(number, record))
    if all(row.broken for row in rows):
        zh = "文件为空:第一行应为列名"
        raise unreadable(file, "is empty: its first line must name the columns", zh)
    return (Sheet(file, None, 0, tuple(rows), tuple(problems)),)


def _decoded(data: bytes, file: str) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise unreadable(file, "is in UTF-16: save it as CSV UTF-8", "编码为 UTF-16,请另存为 CSV UTF-8")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise unreadable(
            file, "is a spreadsheet, not text: call it .xlsx, or save it as CSV", "是电子表格,应改名为 .xlsx"
        )
    if data.startswith(b"%PDF"):
        message = "is a PDF, not text: copy its table into Excel or WPS and save it as .xlsx"
        raise unreadable(file, message, "是 PDF 文件;请把其中的表格复制到 Excel 或 WPS,另存为 .xlsx")
    if _PAGE.match(data[:1000]):
        message = "is a web page, not a table: open it in Excel or WPS and save it as .xlsx"
        raise unreadable(file, message, "是网页文件,不是 CSV;请用 Excel 或 WPS 打开后另存为 .xlsx")
    try:
        text = data.decode("utf-8-sig").lstrip("\ufeff")  # some programs write the mark twice
    except UnicodeDecodeError as problem:
        try:
            # Damaged UTF-8 is often good GB 18030 too, and would be read as other characters.
            text = data.decode("utf-8" if _mostly_utf8(data) else "gb18030")
        except UnicodeDecodeError:
            row = problem.object.count(b"\n", 0, problem.start) + 1
            byte = problem.object[problem.start]
            message = f"is neither UTF-8 nor GB 18030 (byte 0x{byte:02x}){_MIXED}"
            zh = f"编码既不是 UTF-8 也不是 GB 18030{_MIXED_ZH}"
            raise unreadable(file, message, zh, row=row) from problem
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise unreadable(file, "holds a NUL byte: it is not a text file", "含有空字节,不是文本文件", row=row)
    return text


def _mostly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return data.startswith(codecs.BOM_UTF8) or broken <= sum(not c.isascii() for c in text) - broken


def _separator(lines: list[str]) -> str:
    """What separates cells: the mark by which most of the first rows have the same number of cells, and several."""

    def agreement(mark: str) -> tuple[float, int]:
        records = islice((record for _, record in _records(lines, mark) if record), _SAMPLE)
        widths = [0 if isinstance(record, csv.Error) else len(record) for record in records]
        alike = Counter(width for width in widths if width > 1)  # of all: lines within a cell are many, and no rows
        return max(((rows / len(widths), width) for width, rows in alike.items()), default=(0, 0))

    return max(_SEPARATORS, key=agreement)


def _records(lines: list[str], mark: str) -> Iterator[tuple[int, tuple[str, ...] | csv.Error]]:
    """Each record, or what was wrong with it, with the line on which it starts."""
    first = 0
    reader = csv.reader(lines, strict=True, delimiter=mark)
    while True:
        start = first + reader.line_num
        try:
            yield start + 1, tuple(next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            yield start + 1, error
            first = start + 1
            reader = csv.reader(islice(lines, first, None), strict=True, delimiter=mark)
