"""
Somebody else's table as one of ours: columns renamed, cells in our forms, and a report of everything that changed.

Reading a workspace is strict and changes nothing; here, where a person asks for it once, what can be understood is
put into the form that the tables have, and whatever else is wrong is named row by row.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from planner.clock import hhmm
from planner.errors import InputError, Problem
from planner.geo import Datum, LonLat, great_circle_metres
from planner.readers import times
from planner.readers.cells import note, plain
from planner.readers.headings import spelling
from planner.readers.mapping import NOT_TAKEN, mapped
from planner.readers.notes import Note
from planner.readers.records import Record, records
from planner.readers.rectified import with_rectified
from planner.readers.reprojecting import reprojected
from planner.readers.sheet import Findings, Row, Sheet, fixed, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from planner.geo import Extent
    from planner.readers.tables import Column, Table

ROW = "{row}"
"""Stands for the row's number in a constant, for tables that have no ids of their own."""
SHEET = "{sheet}"
"""Stands in a constant for the title of the sheet, where each sheet is a district, a team or a month."""
ANY_OTHER = "*"
"""Stands for all the values that are not translated by name."""
_FORMULA_SIGNS = ("=", "+", "-", "@")


@dataclass(frozen=True)
class Wishes:
    """What the person who imports says about the file."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    """Our column by their heading, as ``mapping`` tells."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """A value for all rows by our column."""
    values: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Our value by our column and theirs."""
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By their heading: the values of the rows to take."""
    rectified_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By their heading: the values of a later row that says that an enterprise's violations were put right."""
    datum: Datum | None = None
    leave_out: bool = False
    """Whether rows that are wrong are left out; otherwise nothing is imported."""


@dataclass(frozen=True)
class Imported:
    """A clean table, and what was done to make it."""

    table: Table
    records: tuple[Record, ...]
    columns: tuple[str, ...]
    report: tuple[Note, ...]
    left_out: tuple[Problem, ...]
    headings: tuple[Note, ...] = ()
    """Of the report: which column was taken from where."""
    warnings: tuple[Problem, ...] = ()
    """What is doubtful, which the report says too."""

    def csv(self) -> bytes:
        """The table as CSV that a spreadsheet opens as it is: UTF-8 with a mark, text that cannot become a formula."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(self.columns)
        chosen_columns = [self.table.column(name) for name in self.columns]
        for record in self.records:
            writer.writerow([_safe(column, record) for column in chosen_columns])
        return stream.getvalue().encode("utf-8-sig")

    def geojson(self) -> bytes:
        """The table as GeoJSON in WGS 84."""
        features = [
            {
                "type": "Feature",
                "properties": {name: _property(record.cells[name]) for name in self.columns if name in record.cells},
                "geometry": {"type": "MultiPolygon", "coordinates": record.polygons}
                if record.polygons
                else {"type": "LineString", "coordinates": record.line},
            }
            for record in self.records
        ]
        lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
        return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'.encode()


def imported(
    table: Table,
    sheets: Sequence[Sheet],
    wishes: Wishes,
    extent: Extent,
    known: Mapping[str, frozenset[str]],
) -> Imported:
    """
    A table made from the sheets of a file.

    Parameters
    ----------
    known
        The ids that the workspace has, by the column that refers to them; rows that refer to others are wrong.

    Raises
    ------
    InputError
        A column is missing, or rows are wrong and are not to be left out: every problem at once.
    """
    report: list[Note] = []
    sheet, theirs = mapped(
        table,
        sheets,
        wishes.renamed,
        report,
        constants=wishes.constants,
        asked=[*wishes.only, *wishes.rectified_by],
    )
    headings = tuple(report)
    sheet = reprojected(sheet, wishes.datum if table.shape in {"polygon", "line"} else None, report)
    taken = _only(sheet, _by_place(wishes.only, theirs), report)
    if wishes.rectified_by:
        taken = with_rectified(taken, sheet, _by_place(wishes.rectified_by, theirs), report)
    sheet = _emptied(table, _with_values(table, taken, wishes, report), report)
    findings = Findings(
        missing=(
            '; --map "THEIRS={0}" says which it is, --set "{0}=VALUE" gives all the same',
            ';可用 --map "对方列名={0}" 指定,或用 --set "{0}=值" 整列同值',
        )
    )
    found = records(table, sheet, findings, extent)
    findings.problems += _unknown(found.rows, known)
    kept, twice = once(table, found.rows, report)
    findings.problems += twice
    bad = {problem.row for problem in findings.problems}
    if findings.problems and (not wishes.leave_out or sheet.header_row in bad or 0 in bad):
        raise InputError(sorted(set(findings.problems)))
    kept = [record for record in kept if record.row not in bad]
    places = {spelling(name): k for k, name in enumerate(sheet.header or ())}
    filled = {name for record in kept for name in record.cells}
    columns = tuple(column.name for column in table.columns if column.required or column.name in filled)
    _report_cells(table, sheet, kept, places, report)
    report += [Note(warning.line(), warning.line("zh")) for warning in findings.warnings]
    left = tuple(sorted(set(findings.problems)))
    report.append(
        Note(
            f"{len(kept):,} rows imported, {len(bad):,} left out as wrong",
            f"导入 {len(kept):,} 行,剔除有误的 {len(bad):,} 行",
        )
    )
    return Imported(table, tuple(kept), columns, tuple(report), left, headings, tuple(findings.warnings))


def _by_place(wanted: Mapping[str, frozenset[str]], header: Sequence[str]) -> dict[int, frozenset[str]]:
    """The values wanted in each of their columns, by its number."""
    spelled = list(map(spelling, header))
    return {spelled.index(spelling(theirs)): values for theirs, values in wanted.items()}


def _only(sheet: Sheet, wanted: Mapping[int, frozenset[str]], report: list[Note]) -> Sheet:
    """The sheet with the rows that are wanted."""
    if not wanted:
        return sheet
    rows = tuple(
        row for row in sheet.rows if row.broken or all(plain(row.cells[k]) in values for k, values in wanted.items())
    )
    count = len(sheet.rows) - len(rows)
    report.append(Note(f"{count:,} rows not asked for by --only", f"按 --only 略过 {count:,} 行"))
    kept = {row.number for row in rows}
    return replace(sheet, rows=rows, problems=tuple(p for p in sheet.problems if p.row in kept or not p.row))


def _with_values(table: Table, sheet: Sheet, wishes: Wishes, report: list[Note]) -> Sheet:
    """The sheet with constants and translated values, and without the columns that are not taken."""
    header = sheet.header or ()
    kept = [k for k, name in enumerate(header) if not name.startswith(NOT_TAKEN)]
    constants = {name: value.replace(SHEET, sheet.title) for name, value in wishes.constants.items()}
    if wishes.datum and "datum" in table.names.values() and "datum" not in constants and "datum" not in header:
        constants["datum"] = wishes.datum.value
    values: dict[str, dict[str, str]] = defaultdict(dict)
    for (column, theirs), our_value in wishes.values.items():
        values[column][plain(theirs).casefold()] = our_value
    counts: Counter[str] = Counter()
    one_line = {column.name for column in table.columns if column.read is not note}

    def cells(row: Row) -> tuple[str, ...]:
        found = []
        for k in kept:
            text = row.cells[k]
            if "\n" in text and header[k] in one_line:  # typed so that it fits its column in a spreadsheet
                text = " ".join(text.split())
            ours = _translated(plain(text).casefold(), values[header[k]]) if header[k] in values else None
            counts[header[k]] += ours is not None
            found.append(text if ours is None else ours)
        return (*found, *(value.replace(ROW, str(row.number)) for value in constants.values()))

    rows = tuple(row if row.broken else replace(row, cells=cells(row)) for row in sheet.rows)
    report += [
        Note(f"column {name}: {shown(value)} in every row", f"{name} 列:每行均为 {shown(value)}")
        for name, value in constants.items()
    ]
    report += [
        Note(
            f"column {name}: {counts[name]:,} cells translated as asked",
            f"{name} 列:按 --value 替换 {counts[name]:,} 格",
        )
        for name in values
    ]
    return replace(sheet, header=(*(header[k] for k in kept), *constants), rows=rows)


def _translated(theirs: str, values: Mapping[str, str]) -> str | None:
    """Our value for one of theirs; that for any other if it says something."""
    return values.get(theirs, values.get(ANY_OTHER) if theirs else None)


def _emptied(table: Table, sheet: Sheet, report: list[Note]) -> Sheet:
    """The sheet without coordinates at (0, 0), which are what some systems put for none."""
    header = sheet.header or ()
    if table.shape != "point" or not {"lon", "lat"} <= set(header):
        return sheet
    pair = header.index("lon"), header.index("lat")
    rows = []
    emptied = 0
    for row in sheet.rows:
        if not row.broken and all(row.cells[k].strip() and not row.cells[k].strip().strip("+-0.") for k in pair):
            emptied += 1
            row = replace(row, cells=tuple("" if k in pair else cell for k, cell in enumerate(row.cells)))  # noqa: PLW2901
        rows.append(row)
    if emptied:
        message = f"columns lon, lat: {emptied:,} places at (0, 0) emptied: lookback locate can look for them"
        report.append(Note(message, f"经纬度:{emptied:,} 处 (0, 0) 已清空,可用 lookback locate 查找"))
    return replace(sheet, rows=tuple(rows))


def _unknown(rows: Sequence[Record], known: Mapping[str, frozenset[str]]) -> Iterator[Problem]:
    for record in rows:
        for column, ids in known.items():
            value = record.cells.get(column)
            if value is not None and value not in ids:
                yield record.problem(column, f"{shown(value)} is not in the workspace: import it first", "编号不存在")


def once(table: Table, rows: Sequence[Record], report: list[Note]) -> tuple[list[Record], list[Problem]]:
    """The rows without those that say the same again; one id that says two things is a problem."""
    first: dict[Any, Record] = {}
    kept: list[Record] = []
    problems = []
    merged = 0
    for record in rows:
        key = record.cells.get(table.key) if table.key else None
        earlier = first.setdefault(key, record) if key is not None else record
        if earlier is record:
            kept.append(record)
        elif (earlier.cells, earlier.polygons, earlier.line) == (record.cells, record.polygons, record.line):
            merged += 1
        else:
            differ = sorted(
                name for name in {*earlier.cells, *record.cells} if earlier.cells.get(name) != record.cells.get(name)
            )
            other = ", ".join(differ) or "shape"
            elsewhere = "" if earlier.file == record.file else earlier.file
            of = f" of {elsewhere}" if elsewhere else ""
            message = f"{shown(str(key))} stands already in row {earlier.row}{of}, with another {other}"
            if {"lon", "lat"} & {*differ} and {"lon", "lat"} <= earlier.cells.keys() & record.cells.keys():
                here, there = (LonLat(row.cells["lon"], row.cells["lat"]) for row in (record, earlier))
                message += f" ({great_circle_metres([here], [there]).item():,.0f} m away): keep the right one"
            problems.append(record.problem(table.key, message, f"与{elsewhere}第 {earlier.row} 行编号相同而内容不同"))
    if merged:
        zh = f"{merged:,} 行与前面的行完全相同,已合并"
        report.append(Note(f"{merged:,} rows that say the same as an earlier one merged into it", zh))
    return kept, problems


def _report_cells(
    table: Table, sheet: Sheet, kept: Iterable[Record], places: Mapping[str, int], report: list[Note]
) -> None:
    """How many cells of each column were put into another form, with an example."""
    cells = {row.number: row.cells for row in sheet.rows}
    changed: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    trimmed: Counter[str] = Counter()
    for record in kept:
        for name, value in record.cells.items():
            before, after = cells[record.row][places[spelling(name)]], text_of(table.column(name), record)
            if before.strip() == after:
                trimmed[name] += before != after
            elif not isinstance(value, float):
                changed[name].append((record.row, before, after))
    for name, count in trimmed.items():
        if count:
            message = f"column {name}: space around {count:,} cells removed"
            report.append(Note(message, f"{name} 列:{count:,} 格去除首尾空格"))
    for name, changes in changed.items():
        row, before, after = changes[0]
        example = f"{shown(before)} → {shown(after)}"
        message = f"column {name}: {len(changes):,} cells in another form, such as row {row}: {example}"
        report.append(Note(message, f"{name} 列:{len(changes):,} 格改写,如第 {row} 行:{example}"))


def text_of(column: Column, record: Record) -> str:
    """A value as the text of a table; empty for none."""
    value = record.cells.get(column.name)
    if value is None:
        return ""
    if column.read is times.clock:
        return hhmm(value)
    if column.read is times.weekday:
        return str(value + 1)
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return fixed(repr(value)).removesuffix(".0")
    return ";".join(map(_text, value)) if isinstance(value, tuple) else str(value)


def _property(value: Any) -> Any:
    return value if isinstance(value, bool | int | float) else _text(value)


def _safe(column: Column, record: Record) -> str:
    text = text_of(column, record)
    is_text = not isinstance(record.cells.get(column.name), int | float | LonLat)
    return f"'{text}" if is_text and text.startswith(_FORMULA_SIGNS) else text
