"""
Where a sheet's header stands, and which column each heading means.

Offices put titles above their headers, merge cells in them and write them in their own words. A heading is known by
any of its column's names, whatever its case, spaces and hyphens; the header is the row that knows most of them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeAlias

from planner.errors import InputError, Problem
from planner.readers.cells import plain
from planner.readers.sheet import MAX_CELL, MAX_COLUMNS, Row, Sheet, degrees_text, printable, shown, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Names: TypeAlias = "Mapping[str, str]"
"""The column that each heading means, by its spelling."""

_MOST_NAMED = 10
"""Sheets that one message names."""
_LIKE_THE_TABLE = 2
"""Columns that must be there by which a sheet looks like the table although it lacks others."""
_FIRST_ROWS = 100
"""In which a header is looked for: titles, dates of printing and pages of instructions stand above it."""
_DECORATION = re.compile(r"[\s_\-*:]|\((必填|选填|可选|必填项|required|optional|分钟|minutes?|min|度|°|degrees?)\)")


def spelling(heading: str) -> str:
    """A heading without what does not change its meaning: case, spaces, hyphens, a star, (必填)."""
    return _DECORATION.sub("", plain(heading).casefold())


def nearest(heading: str, names: Names) -> str:
    """The column whose name is most like a heading; empty when none is."""
    near = get_close_matches(spelling(heading), names, n=1)
    return names[near[0]] if near else ""


def chosen(sheets: Sequence[Sheet], names: Names, required: Sequence[str] = ()) -> Sheet:
    """
    The one sheet that holds a table, with its header found.

    Raises
    ------
    InputError
        Several sheets could be it: they have the columns, or shapes like those of the one that has.
    """
    headed = [find_header(sheet, names) for sheet in sheets]
    known = [_known(sheet.header or (), names) for sheet in headed]
    whole = [sheet for sheet, found in zip(headed, known, strict=True) if found and found.issuperset(required)]
    whole = [sheet for sheet in whole if not sheet.hidden] or whole
    best = whole[0] if whole else headed[max(range(len(headed)), key=lambda k: (len(known[k]), -k))]
    alike = [sheet for sheet in headed if sheet in whole or (sheet is not best and _drawn_alike(sheet, best))]
    if not whole and alike:
        alike = [sheet for sheet in headed if sheet is best or sheet in alike]
    if len(alike) > 1:
        raise _several(alike, names, required)
    return best


def _several(alike: Sequence[Sheet], names: Names, required: Sequence[str]) -> InputError:
    """The error of sheets of which each could be the table, with what it lacks."""
    called = []
    for sheet in alike[:_MOST_NAMED]:
        lacks = [name for name in required if name not in _known(sheet.header or (), names)]
        called.append(f"{sheet.file}, which lacks {' and '.join(lacks)}" if lacks else sheet.file)
    called += [f"{len(alike) - _MOST_NAMED} more"] * (len(alike) > _MOST_NAMED)
    noun, advice, zh = ("sheets", "keep one", "多个工作表都像此表,请只保留一个")
    if alike[0].features:
        noun, advice, zh = ("layers", "merge them into one", "多个图层都像此表,请合并为一个")
    message = f"several {noun} hold this table ({', '.join(called)}): {advice}, or import those you name with --sheet"
    return unreadable(alike[0].file, message, f"{zh},或用 import --sheet 指定(可重复;--sheet '*' 为全部)")


def _drawn_alike(one: Sheet, other: Sheet) -> bool:
    """Whether two layers draw the same kind of thing; shapes that cannot be read may be any."""
    kinds = [
        {
            kind
            for row in sheet.rows
            for kind, shape in (("polygon", row.polygons), ("line", row.line), ("point", row.point))
            if shape
        }
        for sheet in (one, other)
    ]
    return bool(kinds[0] & kinds[1]) or (bool(kinds[1]) and any(p.column == "geometry" for p in one.problems))


def passed_over(sheets: Sequence[Sheet], taken: Sheet, names: Names, required: Sequence[str]) -> Iterator[Problem]:
    """What is not read beside the sheet that is taken: other layers, and sheets that might have been meant, too."""
    for sheet in sheets:
        if sheet.file == taken.file or sheet.hidden or not sheet.rows:
            continue
        if sheet.features:
            count = len(sheet.features)
            message = f"is another layer than {taken.file} and is not read (features: {count:,})"
            yield Problem(sheet.file, 0, "", message, f"是另一图层,未读取({count:,} 个要素)")
            continue
        headed = find_header(sheet, names)
        known = _known(headed.header or (), names)
        lacks = [name for name in required if name not in known]
        if len(known.intersection(required)) >= _LIKE_THE_TABLE and headed.rows:
            rows = len(headed.rows)
            message = f"lacks {' and '.join(lacks)} and is not read (rows: {rows:,}); {taken.file} is"
            yield Problem(sheet.file, 0, "", message, f"缺少必填列,此工作表的 {rows:,} 行未读取")


def find_header(sheet: Sheet, names: Names) -> Sheet:
    """
    A sheet with its header taken from its first rows, and its rows checked against it.

    Raises
    ------
    InputError
        It has no rows, or too many columns.
    """
    if sheet.header is not None:
        return _with_places(sheet, sheet.header, names)
    if not sheet.rows:
        raise unreadable(sheet.file, "is empty: its first line must name the columns", "文件为空:第一行应为列名")
    k, header = _header(sheet.rows[:_FIRST_ROWS], names)
    if len(header) > MAX_COLUMNS:
        raise unreadable(sheet.file, f"has more than {MAX_COLUMNS} columns", f"不得超过 {MAX_COLUMNS} 列")
    number = sheet.rows[k].number
    while k + 1 < len(sheet.rows) and _repeats(sheet.rows[k + 1].cells, header):
        k += 1
    problems = list(sheet.problems)
    rows = []
    for row in sheet.rows[k + 1 :]:
        if row.cells == sheet.rows[k].cells:
            zh = "与表头重复,请删除此行"
            problems.append(Problem(sheet.file, row.number, "", "repeats the header: delete this row", zh))
            continue
        faults = list(_faults(sheet.file, row, header))
        problems += faults
        rows.append(row if row.broken or len(row.cells) == len(header) else replace(row, broken=True))
    kept = [k for k, name in enumerate(header) if name.strip() or any(r.cells[k].strip() for r in rows if not r.broken)]
    if len(kept) < len(header):  # columns that a spreadsheet leaves behind: no name, and no value in any row
        header = tuple(header[k] for k in kept)
        rows = [replace(row, cells=tuple(row.cells[k] for k in kept if k < len(row.cells))) for row in rows]
    found = replace(sheet, header=header, header_row=number, rows=tuple(rows), problems=tuple(problems))
    return _parted(found, names)


_LON_LAT = {*map(spelling, ("经纬度", "经纬度坐标", "坐标", "位置坐标", "地理坐标", "lonlat", "lnglat", "coordinates"))}
_LAT_LON = {*map(spelling, ("纬经度", "纬度经度", "latlon", "latlng"))}
_TWO = re.compile(r"[\[(]?\s*([-+]?\d+(?:\.\d+)?)(?:\s*[,;/、]\s*|\s+)([-+]?\d+(?:\.\d+)?)\s*[\])]?", re.ASCII)


def _parted(sheet: Sheet, names: Names) -> Sheet:
    """The sheet with two columns for one that gives both coordinates, where the table has such columns."""
    header = sheet.header or ()
    if not {"lon", "lat"} <= set(names.values()) or {"lon", "lat"} & _known(header, names):
        return sheet
    k = next((k for k, name in enumerate(header) if spelling(name) in _LON_LAT | _LAT_LON), -1)
    found = {row.number: _TWO.fullmatch(plain(row.cells[k])) for row in sheet.rows if not row.broken} if k >= 0 else {}
    if not any(found.values()):
        return sheet
    order = (2, 1) if spelling(header[k]) in _LAT_LON else (1, 2)

    def cells(row: Row) -> tuple[str, ...]:
        two = found.get(row.number)
        return (*row.cells[:k], *row.cells[k + 1 :], *(two.group(*order) if two else (row.cells[k], "")))

    rows = tuple(
        replace(row, cells=row.cells[:k] + row.cells[k + 1 :] if row.broken else cells(row)) for row in sheet.rows
    )
    return replace(sheet, header=(*header[:k], *header[k + 1 :], "经度", "纬度"), rows=rows)


def _header(rows: Sequence[Row], names: Names) -> tuple[int, tuple[str, ...]]:
    """Position and cells of the header: the first row, unless one below it knows more names, and at least two."""
    first = next((k for k, row in enumerate(rows) if not row.broken), 0)
    best, header, most = first, rows[first].cells, max(1, len(_known(rows[first].cells, names)))
    for k in range(first + 1, len(rows)):
        cells = rows[k].cells
        both = tuple(low if low.strip() else high for high, low in zip_longest(rows[k - 1].cells, cells, fillvalue=""))
        for candidate in (cells, both):
            if len(_known(candidate, names)) > most:
                best, header, most = k, candidate, len(_known(candidate, names))
    return best, header


def _repeats(cells: Sequence[str], header: Sequence[str]) -> bool:
    """Whether a row is the lower half of the header's merged cells."""
    return bool(cells) and all(not cell.strip() or cell == name for cell, name in zip(cells, header, strict=False))


def _known(header: Sequence[str], names: Names) -> set[str]:
    return {names[spelled] for spelled in map(spelling, header) if spelled in names}


def _faults(file: str, row: Row, header: Sequence[str]) -> Iterator[Problem]:
    if row.broken:  # the format has said what is wrong
        return
    if len(row.cells) != len(header):
        message = f"has {len(row.cells)} cells, the header has {len(header)}"
        zh = f"应有 {len(header)} 格,实有 {len(row.cells)} 格"
        if len(row.cells) > len(header):
            over = any(cell.strip() for cell in row.cells[len(header) :])
            message += ": quote a cell that holds a comma"
            zh += ';含逗号的单元格请在前后加英文引号 "'
            message += "" if over else ", or delete the empty cells at the end of the row"
            zh += "" if over else ",或删除行末多余的空格子"
        yield Problem(file, row.number, "", message, zh)
    for name, cell in zip(header, row.cells, strict=False):
        if len(cell) > MAX_CELL:
            message = f"{shown(cell)} is longer than {MAX_CELL:,} characters"
            yield Problem(file, row.number, printable(name), message, f"不得超过 {MAX_CELL:,} 字")


def _with_places(sheet: Sheet, header: tuple[str, ...], names: Names) -> Sheet:
    """The sheet with the places of its points as columns, where the table has such columns."""
    lacking = {"lon", "lat"} <= set(names.values()) and not {"lon", "lat"} & _known(header, names)
    if not lacking or not any(row.point for row in sheet.rows):
        return sheet
    rows = tuple(
        replace(row, cells=(*row.cells, *(map(degrees_text, row.point) if row.point else ("", ""))))
        for row in sheet.rows
    )
    return replace(sheet, header=(*header, "lon", "lat"), rows=rows)


def named(sheets: Sequence[Sheet], titles: Sequence[str], file: str) -> tuple[Sheet, ...]:
    """
    The sheets of those titles, in their order.

    Raises
    ------
    InputError
        There is none for one of them.
    """
    found: list[Sheet] = []
    missing = []
    for title in dict.fromkeys(titles):
        called = f"{file}[{printable(title)}]"
        hits = [sheet for sheet in sheets if called in {sheet.file, f"{file}[{sheet.layer}]"}]
        found += hits
        if not hits:
            missing.append(title)
    if missing:
        there = ", ".join(sheet.file for sheet in sheets)
        raise InputError(
            Problem(file, 0, "", f"has no sheet {shown(title)}, only {there}", "没有此工作表") for title in missing
        )
    return tuple(found)


def whole(sheets: Sequence[Sheet], names: Names, required: Sequence[str]) -> tuple[Sheet, ...]:
    """The sheets that have all the columns that must be there, but for hidden ones."""
    return tuple(
        sheet
        for sheet in sheets
        if not sheet.hidden and _known(find_header(sheet, names).header or (), names).issuperset(required)
    )
