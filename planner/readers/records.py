"""The rows of a sheet as values of its table, each held against the rules of one row."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.errors import Problem
from planner.geo import LonLat
from planner.readers import cells as read
from planner.readers.formulas import ERRORS, UNKNOWN
from planner.readers.headings import nearest, spelling
from planner.readers.shapes import place_fault
from planner.readers.sheet import printable, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from planner.districts import Ring
    from planner.geo import Extent
    from planner.readers.sheet import Findings, Row, Sheet
    from planner.readers.tables import Cells, Fault, Table


@dataclass(frozen=True)
class Record:
    """A row as values, and where it stands."""

    table: Table
    file: str
    row: int
    cells: Cells
    polygons: tuple[tuple[Ring, ...], ...] = ()
    line: Ring = ()

    def problem(self, column: str, message: str, zh: str) -> Problem:
        """A problem with one of its cells."""
        return problem_at(self.table, self.file, self.row, column, message, zh)


@dataclass(frozen=True)
class Records:
    """A table as values; ``ids`` None: not all are known, because the file, the column or a row is unreadable."""

    table: Table
    rows: tuple[Record, ...] = ()
    ids: frozenset[str] | None = None


def problem_at(table: Table, file: str, row: int, column: str, message: str, zh: str) -> Problem:
    """A problem with a cell, its Chinese line beginning with the column's Chinese name."""
    return Problem(file, row, column, message, f"{table.column(column).zh}:{zh}")


def records(table: Table, sheet: Sheet, findings: Findings, extent: Extent) -> Records:
    """The rows of a sheet as values; what is wrong with its header and its cells goes to ``findings``."""
    places = columns(table, sheet, findings)
    unread = {printable(name) for k, name in enumerate(sheet.header or ()) if k not in places.values()} - {"geometry"}
    findings.problems += (problem for problem in sheet.problems if problem.column not in unread or not problem.column)
    missing = [column for column in table.columns if column.required and column.name not in places]
    odd: dict[tuple[str, str], list[Row]] = defaultdict(list)
    rows = tuple(_record(table, sheet, row, places, findings, odd, extent) for row in sheet.rows)
    for (name, oddity), found in odd.items():
        findings.warnings.append(_odd(table, sheet.file, name, oddity, found, places[name]))
    lost = any(row.broken and table.key not in record.cells for row, record in zip(sheet.rows, rows, strict=True))
    if lost or table.key in {column.name for column in missing}:
        return Records(table, rows)
    return Records(table, rows, frozenset(row.cells[table.key] for row in rows if table.key in row.cells))


def columns(table: Table, sheet: Sheet, findings: Findings) -> dict[str, int]:
    """Where each known column stands in the sheet."""
    places: dict[str, int] = {}
    strange: dict[str, str] = {}
    header = sheet.header or ()
    for k, written in enumerate(header):
        name = table.names.get(spelling(written))
        if name is None:
            strange[" ".join(written.split()) or f"column {k + 1} without a name"] = nearest(written, table.names)
        elif name in places:
            message = f"stands twice in the header, as {shown(header[places[name]])} and {shown(written)}"
            findings.problems.append(problem_at(table, sheet.file, sheet.header_row, name, message, "列重复"))
        else:
            places[name] = k
    hints = [
        f"{shown(w)} (did you mean {near}?)" if near and near not in places else shown(w) for w, near in strange.items()
    ]
    if hints:
        several = "are no columns of this table and are" if len(hints) > 1 else "is not a column of this table and is"
        zh = f"未知列 {'、'.join(map(shown, strange))},未读取"
        findings.warnings.append(
            Problem(sheet.file, sheet.header_row, "", f"{', '.join(hints)} {several} not read", zh)
        )
    if header and not places and len({*strange.values()} - {""}) < min(2, len(header)):
        names = ", ".join(table.needed)
        message = f"has no row that names the columns of this table ({names}); the first row holds {shown(header[0])}"
        message += ": write them above the rows"
        zh = f"找不到表头:应有列名 {'、'.join(table.column(name).zh for name in table.needed)},请写在各行之上"
        findings.problems.append(Problem(sheet.file, sheet.header_row, "", message, zh))
        return places
    if _lies_on_its_side(table, sheet, places):
        message = "has its column names below each other: turn the table (copy, paste special, transpose)"
        zh = "列名竖排在第一列,请转置表格(复制后“选择性粘贴”→“转置”)"
        findings.problems.append(Problem(sheet.file, sheet.header_row, "", message, zh))
        return {}
    needed = {*table.needed, *(name for pair in table.places if len(places.keys() & set(pair)) == 1 for name in pair)}
    for column in table.columns:
        if column.name in needed and column.name not in places:
            meant = next((written for written, near in strange.items() if near == column.name), "")
            hint, zh = (f": is it {shown(meant)}?", f",是否为 {shown(meant)}?") if meant else ("", "")
            if len(header) == 1 and any(mark in header[0] for mark in "|、\uff0c\uff1b"):
                hint, zh = ": separate the cells by commas", ",单元格之间请用英文逗号分隔"
            layer = table.shape in {"polygon", "line"} and not hint
            advice = findings.missing or (_OUT_OF_THE_FOLDER if layer else ("", ""))
            hint, zh = (
                text + more.format(column.name, table.name) for text, more in zip((hint, zh), advice, strict=True)
            )
            message, zh = f"the column is missing{hint}", f"缺少此列{zh}"
            problem = problem_at(table, sheet.file, sheet.header_row, column.name, message, zh)
            findings.problems.append(problem)
    return places


def _lies_on_its_side(table: Table, sheet: Sheet, places: Mapping[str, int]) -> bool:
    """Whether the first cells of the rows name columns that the header does not."""
    first = [sheet.header[0] if sheet.header else "", *(row.cells[0] for row in sheet.rows[:200] if row.cells)]
    named = {table.names[spelling(text)] for text in first if spelling(text) in table.names}
    return len(named) > max(_LEAST_NAMES, len(places)) and not named.issubset(places)


_LEAST_NAMES = 2
_OUT_OF_THE_FOLDER = (
    '; put the file elsewhere, and lookback import FILE --as {1} --set "{0}=VALUE" (or --map) takes it in',
    ';请将文件移出此文件夹,再用 lookback import 文件 --as {1} --set "{0}=值"(或 --map)导入',
)
"""What to do about a layer without a column: few programs let one add it."""
_ODDITIES = {
    "serial": ("a spreadsheet's number of days, read as a date", "是电子表格的日期序号,已按日期读取"),
    "time": ("a date with a time of day, which is left out", "含有时刻,只取日期"),
}


def _odd(table: Table, file: str, name: str, oddity: str, rows: Sequence[Row], place: int) -> Problem:
    en, zh = _ODDITIES[oddity]
    first = rows[0]
    example = f"row {first.number}, {shown(first.cells[place])} as {table.column(name).read(first.cells[place])}"
    return problem_at(table, file, 0, name, f"{en}: {len(rows):,} ({example})", f"{len(rows):,} 格{zh}")


_TOTALS = {"合计", "总计", "小计", "共计", "total", "subtotal", "grand total"}
"""What lists end in."""


def _no_row(table: Table, row: Row, places: Mapping[str, int]) -> tuple[str, str] | None:
    """
    Why a row is none of the table, if it is a sum or a note: one line for it, not one for each empty cell.

    A point on a map is no note; but the tables that points become know no id that is a sum's.
    """
    if row.broken or row.polygons or row.line:
        return None
    texts = [] if row.point else [cell.strip() for cell in row.cells if cell.strip()]
    first = [*texts[:1], *(row.cells[places[name]].strip() for name in table.needed[:1] if name in places)]
    if total := next((text for text in first if read.plain(text).rstrip(":").casefold() in _TOTALS), ""):
        return f"{shown(total)} is a sum, not a row of the table: delete this row", "是合计行,请删除此行"
    if len({*texts}) == 1 and len(table.needed) > 1 and len(row.cells) > 1:  # in one cell, or in cells merged into one
        message = f"holds nothing but {shown(texts[0])}: complete the row, or delete it if it is a note"
        return message, f"只有一格内容 {shown(texts[0])};请补全此行,若是说明文字请删除"
    return None


_FAILED = (
    "is what a spreadsheet shows for a formula that failed",
    "公式出错,请改正公式,或直接填写内容",
)
_UNKNOWN = (
    "stands for a formula whose value the file does not hold: open the file in Excel or WPS and save it there",
    "公式尚未计算,文件中没有其结果;请用 Excel 或 WPS 打开此文件并重新保存",
)
_DITTO = (
    "stands for the cell above: write out what that says",
    "请填写与上一行相同的内容,不要写“同上”",
)
STAND_INS = (
    {error.casefold(): _FAILED for error in ERRORS}
    | {UNKNOWN: _UNKNOWN}
    | dict.fromkeys(("同上", "〃", "″", "''", '"', "ditto"), _DITTO)
)
"""What stands in a cell instead of what belongs there."""
_AS_TEXT = re.compile(r'="([^"]*)"')
"""How spreadsheets are told that a number is text."""


_FORMULA_SIGNS = {"=", "+", "-", "@"}


def _refuse_stand_ins(text: str) -> None:
    if stands_in := STAND_INS.get(text.strip().casefold()):
        raise read.BadCell(*stands_in)


def _record(
    table: Table,
    sheet: Sheet,
    row: Row,
    places: Mapping[str, int],
    findings: Findings,
    odd: dict[tuple[str, str], list[Row]],
    extent: Extent,
) -> Record:
    values: dict[str, Any] = {}
    wrong: set[str] = set()
    record = Record(table, sheet.file, row.number, values, row.polygons, row.line)
    if places and (no_row := _no_row(table, row, places)):
        findings.problems.append(Problem(sheet.file, row.number, "", *no_row))
        return record
    for column in table.columns:
        if row.broken and column.name != table.key:
            continue
        place = places.get(column.name)
        text = row.cells[place] if place is not None and place < len(row.cells) else ""
        if text[:1] == "'" and text[1:2] in _FORMULA_SIGNS:  # how spreadsheets mark text that is no formula
            text = text[1:]
        if text[:1] == "=" and (as_text := _AS_TEXT.fullmatch(text)):
            text = as_text[1]
        try:
            if text and not text.isspace():
                _refuse_stand_ins(text)
                values[column.name] = column.read(text)
                if column.oddity and (oddity := column.oddity(text)):
                    odd[column.name, oddity].append(row)
            elif column.required:
                wrong.add(column.name)
                if place is not None and not row.broken:
                    findings.problems.append(record.problem(column.name, "is empty", "不得为空"))
        except read.BadCell as bad:
            wrong.add(column.name)
            problem = record.problem(column.name, f"{shown(text)} {bad.message}", bad.zh)
            findings.problems.append(problem)
    if row.broken:
        return record
    for pair in table.places:
        if wrong.isdisjoint(pair) and places.keys() >= set(pair):
            findings.problems += (record.problem(*fault) for fault in _place_faults(pair, values, extent))
    for rule in table.rules:
        if wrong.isdisjoint(rule.columns):
            findings.problems += (record.problem(*fault) for fault in rule.faults(values))
    if table.shape:
        _check_shape(record, sheet, row, findings, extent)
    return record


def _place_faults(pair: tuple[str, str], cells: Cells, extent: Extent) -> Iterator[Fault]:
    lon, lat = pair
    if lon in cells and lat in cells:
        for which, message, zh in read.place_faults(LonLat(cells[lon], cells[lat]), extent):
            yield (lon if which == "lon" else lat), message, zh
    elif lon in cells or lat in cells:
        given, empty = (lon, lat) if lon in cells else (lat, lon)
        yield empty, f"is empty although {given} is given", "经纬度须同时填写"


_SHAPES_ZH = {"polygon": "面", "line": "线", "point": "点"}


def _check_shape(record: Record, sheet: Sheet, row: Row, findings: Findings, extent: Extent) -> None:
    """A district is a polygon, a barrier a line, an enterprise a point or nothing; and each lies where places lie."""
    given = "polygon" if row.polygons else "line" if row.line else "point" if row.point else ""
    faulty = any(p.row == row.number and p.column == "geometry" for p in sheet.problems)
    table = record.table
    name = record.cells.get("name") or record.cells.get(table.key)
    called = f"feature {row.number} {shown(name)}" if name else f"feature {row.number}"
    fault = None
    if given and given != table.shape:
        noun = table.name.removesuffix("s")
        article = "an" if noun[0] in "aeiou" else "a"
        zh = f"第 {row.number} 个要素应为{_SHAPES_ZH[table.shape]},实为{_SHAPES_ZH[given]}"
        fault = (f"{called} is a {given}: {article} {noun} is a {table.shape}", zh)
    elif not given and not faulty and table.shape != "point":
        fault = (f"{called} has no geometry", f"第 {row.number} 个要素没有几何")
    elif given != "point" and (lost := place_fault(row, extent)):
        fault = (f"{called}: {lost[0]}", f"第 {row.number} 个要素:{lost[1]}")
    if fault:
        findings.problems.append(Problem(sheet.file, row.number, "geometry", *fault))
