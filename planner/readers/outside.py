"""
Histories from elsewhere: two files, enterprises and inspections, with whatever their columns are called.

Only what priorities are learned from is read: no register comes of it, and nothing is planned on it. Columns are
known, and mapped where they are not, as in ``import``.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from math import nan
from typing import TYPE_CHECKING

from planner import readers
from planner.errors import InputError, Problem
from planner.geo import Extent
from planner.learning.history import FOLLOW_UP, LEAD, History, PlaceRow, VisitRow, history
from planner.readers import cells as read
from planner.readers.importing import Wishes, imported
from planner.readers.mapping import headed, holds
from planner.readers.sheet import printable, shown
from planner.readers.tables import ENTERPRISES, INSPECTIONS, Column, Table
from planner.violations import InspectionResult

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from planner.readers.records import Record
    from planner.readers.sheet import Sheet

_ANYWHERE = Extent(-180, -90, 180, 90)
_BRANCH = re.compile(r"[(（\[].*?[)）\]]|#.*|[^\w\s]|[\d_]")
"""What tells one site of a chain from another: a branch in brackets, a number."""
_count = read.number(0, 9999)
_result = read.one_of(InspectionResult)


def _counts(text: str) -> float:
    """The sum of numbers with space between them."""
    return sum(map(_count, text.split()))


def _found(text: str) -> bool:
    """Whether a visit found a violation: a number above 0, or the word for it."""
    return _counts(text) > 0 if text.strip()[0].isdecimal() else _result(text) is InspectionResult.VIOLATION


def _degrees(text: str) -> float:
    """Degrees, or NaN: a place that cannot be located is scored without its neighbours."""
    try:
        degrees = read.degrees(text)
    except read.BadCell:
        return nan
    return degrees if abs(degrees) <= 180 else nan


def _word(text: str) -> str:
    return read.plain(text).casefold()


def _column(table: Table, which: str, also: str = "", **changes: Any) -> Column:
    """One of our columns, under further names, and held to less."""
    column = table.column(which)
    return replace(column, **{"called": f"{column.called} {also}".strip(), "required": False, **changes})


PLACES = Table(
    "enterprises",
    (
        _column(ENTERPRISES, "enterprise_id", "id", required=True),
        _column(ENTERPRISES, "name", read=read.plain),
        _column(ENTERPRISES, "lon", read=_degrees),
        _column(ENTERPRISES, "lat", read=_degrees),
        _column(ENTERPRISES, "scenario", "facility_type", read=_word),
        Column("district", "商圈 所属商圈 街道 community_area", _word),
        _column(ENTERPRISES, "operator", read=_word),
    ),
    shape="point",
)
VISITS = Table(
    "inspections",
    (
        _column(INSPECTIONS, "inspection_id"),
        _column(INSPECTIONS, "enterprise_id", required=True),
        _column(INSPECTIONS, "date", required=True),
        _column(INSPECTIONS, "inspection_type", "type", read=read.plain),
        _column(INSPECTIONS, "result", "result critical", name="found", read=_found, required=True),
        Column("serious", "严重问题数 major", _counts),
        Column("minor", "一般问题数", _counts),
    ),
)


@dataclass(frozen=True)
class Outside:
    """A history from elsewhere, and what was made of its files and left out of them."""

    history: History
    notes: tuple[Problem, ...]


def outside(
    enterprises: Path, inspections: Path, renamed: Mapping[str, str] | None = None, types: Sequence[str] = ()
) -> Outside:
    """
    The history in two tables.

    Parameters
    ----------
    renamed
        Which column of theirs is which of ours, in either file, where the names do not say it.
    types
        Types of visits that the office chose to make and could have made on another day. Without any: all but
        those that answer a complaint or follow up a finding.

    Raises
    ------
    InputError
        A column is missing or a cell is wrong: every problem of both files.
    """
    renamed = renamed or {}
    sheets = {
        table: headed(table, readers.sheets(path, printable(path.name), table), _of(table, renamed))
        for table, path in ((PLACES, enterprises), (VISITS, inspections))
    }
    problems = [
        Problem("--map", 0, renamed[theirs], f"{shown(theirs)} is a column of neither file", "两个文件均无此列")
        for theirs in renamed
        if not any(holds(sheet.header or (), theirs) for sheet in sheets.values())
    ]
    notes: list[Problem] = []
    rows: dict[Table, tuple[Record, ...]] = {}
    for table, sheet in sheets.items():
        wishes = Wishes({k: v for k, v in _of(table, renamed).items() if holds(sheet.header or (), k)})
        try:
            made = imported(table, [sheet], wishes, _ANYWHERE, {})
        except InputError as wrong:
            problems += wrong.problems
        else:
            rows[table] = made.records
            notes += (Problem(sheet.file, 0, "", note.en, note.zh) for note in made.headings)
            notes += made.warnings
    if problems:
        raise InputError(sorted(set(problems)))
    places = list({row.place_id: row for row in map(_place, reversed(rows[PLACES]))}.values())[::-1]
    visits = [_visit(row, {kind.casefold() for kind in types}) for row in rows[VISITS]]
    notes += _left_out(sheets, places, visits)
    if types and not any(visit.movable for visit in visits):
        kinds = Counter(row.cells.get("inspection_type", "") for row in rows[VISITS])
        text = f"no inspection is of the types given; there are {', '.join(shown(kind) for kind in kinds)}"
        raise InputError([Problem(sheets[VISITS].file, 0, "inspection_type", text, "没有所给类型的检查")])
    return Outside(history(places, visits), tuple(notes))


def _of(table: Table, renamed: Mapping[str, str]) -> dict[str, str]:
    """What is said about the columns of one of the tables."""
    ours = {"", *table.names.values()}
    return {theirs: several for theirs, several in renamed.items() if ours.issuperset(several.split("+"))}


def _place(row: Record) -> PlaceRow:
    cells = row.cells
    return PlaceRow(
        place_id=cells["enterprise_id"],
        lon=cells.get("lon", nan),
        lat=cells.get("lat", nan),
        scenario=cells.get("scenario", ""),
        district=cells.get("district", ""),
        operator=cells.get("operator") or chain(cells.get("name", "")),
    )


def chain(name: str) -> str:
    """What the names of a chain's sites have in common: the first two words, without branch, number and marks."""
    return " ".join(_BRANCH.sub("", name.casefold()).split()[:2])


def _visit(row: Record, wanted: set[str]) -> VisitRow:
    cells = row.cells
    kind = cells.get("inspection_type", "")
    lead = bool(LEAD.search(kind))
    return VisitRow(
        record=cells.get("inspection_id") or f"{row.file}:{row.row}",
        place_id=cells["enterprise_id"],
        day=cells["date"],
        found=cells["found"],
        serious=cells.get("serious", 0) > 0,
        minor=int(cells.get("minor", 0)),
        lead=lead,
        movable=kind.casefold() in wanted if wanted else not lead and not FOLLOW_UP.search(kind),
    )


def _left_out(
    sheets: Mapping[Table, Sheet], places: Sequence[PlaceRow], visits: Sequence[VisitRow]
) -> Iterator[Problem]:
    """What the files have that is not counted, and what they lack."""
    known = {place.place_id for place in places}
    lost = sum(visit.place_id not in known for visit in visits)
    file, other = sheets[PLACES].file, sheets[VISITS].file
    if lost:
        text = f"{lost:,} inspections are of enterprises that {file} does not have: left out"
        yield Problem(other, 0, "enterprise_id", text, f"{lost:,} 条检查的企业不在企业表中,未计入")
    unlocated = sum(place.lon != place.lon or place.lat != place.lat for place in places)
    if unlocated:
        text = f"{unlocated:,} enterprises have no coordinates: scored without their neighbours"
        yield Problem(file, 0, "lon", text, f"{unlocated:,} 家企业没有坐标,不计周边")
