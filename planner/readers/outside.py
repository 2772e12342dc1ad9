"""
Histories from elsewhere: two CSV files, enterprises and inspections, with whatever their columns are called.

Only what priorities are learned from is read: no register comes of it, and nothing is planned on it. Which column
of theirs is which of ours is said by ``theirs=ours``; ``a+b=ours`` adds numbers and joins texts.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, TypeVar

from planner.errors import InputError, Problem
from planner.learning.history import FOLLOW_UP, LEAD, History, PlaceRow, VisitRow, history
from planner.readers import cells as read, csv, times
from planner.readers.headings import find_header, spelling
from planner.readers.sheet import printable, shown
from planner.violations import InspectionResult

T = TypeVar("T")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from planner.readers.sheet import Row, Sheet

PLACES: Mapping[str, tuple[str, ...]] = {
    "enterprise_id": ("id", "企业编号"),
    "name": ("企业名称", "名称"),
    "lon": ("longitude", "lng", "经度"),
    "lat": ("latitude", "纬度"),
    "scenario": ("facility_type", "场景"),
    "district": ("community_area", "city", "商圈"),
    "operator": ("运营者",),
}
"""Our columns of enterprises, and what else they are known by where no mapping names them."""
VISITS: Mapping[str, tuple[str, ...]] = {
    "inspection_id": ("检查编号",),
    "enterprise_id": ("id", "企业编号"),
    "date": ("inspection_date", "检查日期", "日期"),
    "inspection_type": ("type", "检查类型"),
    "found": ("critical", "result", "结果"),
    "serious": ("major",),
    "minor": (),
}
"""The same of inspections; ``found`` is a number (0: nothing) or ``clean`` and ``violation``."""
REQUIRED = ("enterprise_id", "date", "found")
COLUMNS = tuple(dict.fromkeys((*PLACES, *VISITS)))

_BRANCH = re.compile(r"[(（\[].*?[)）\]]|#.*|[^\w\s]|[\d_]")
"""What tells one site of a chain from another: a branch in brackets, a number."""
_count = read.number(0, 9999)


@dataclass(frozen=True)
class Named:
    """One ``a+b=ours``."""

    theirs: tuple[str, ...]
    ours: str


@dataclass(frozen=True)
class Outside:
    """A history from elsewhere, and what was left out of it."""

    history: History
    notes: tuple[Problem, ...]


def named(text: str) -> Named:
    """
    A mapping as it is written on the command line.

    Raises
    ------
    ValueError
        It is not ``theirs=ours``, or there is no such column of ours.
    """
    theirs, _, ours = text.rpartition("=")
    names = tuple(name.strip() for name in theirs.split("+"))
    if not all(names) or ours.strip() not in COLUMNS:
        raise ValueError(f"{text!r} is not THEIRS=OURS with OURS one of {', '.join(COLUMNS)}")
    return Named(names, ours.strip())


def outside(enterprises: Path, inspections: Path, mappings: Sequence[Named] = (), types: Sequence[str] = ()) -> Outside:
    """
    The history in two CSV files.

    Parameters
    ----------
    mappings
        Which column of theirs is which of ours, where the names do not say it.
    types
        Types of visits that the office chose to make and could have made on another day. Without any: all but
        those that answer a complaint or follow up a finding.

    Raises
    ------
    InputError
        A column is missing or a cell is wrong: every problem of both files.
    """
    problems: list[Problem] = []
    first = _Table(_sheet(enterprises, PLACES, mappings), PLACES, mappings, problems)
    second = _Table(_sheet(inspections, VISITS, mappings), VISITS, mappings, problems)
    for mapping in mappings:
        absent = [name for name in mapping.theirs if name not in first.places and name not in second.places]
        problems += (
            Problem("--map", 0, mapping.ours, f"{shown(name)} is a column of neither file", "两个文件均无此列")
            for name in absent
        )
    places = list({row.place_id: row for row in reversed(list(_places(first)))}.values())[::-1]
    visits = list(_visits(second, types))
    if problems:
        raise InputError(sorted(set(problems)))
    return Outside(history(places, visits), tuple(_notes(first, second, places, visits, types)))


def _sheet(path: Path, ours: Mapping[str, tuple[str, ...]], mappings: Sequence[Named]) -> Sheet:
    """A CSV file with its header found: the row that knows most of the names that a column may have."""
    known = {spelling(name): column for column, others in ours.items() for name in (column, *others)}
    known |= {spelling(name): each.ours for each in mappings for name in each.theirs if each.ours in ours}
    return find_header(csv.sheets(path, printable(path.name))[0], known)


class _Table:
    """A sheet, its columns found, its cells read one by one; what is wrong goes to ``problems``."""

    def __init__(
        self, sheet: Sheet, ours: Mapping[str, tuple[str, ...]], mappings: Sequence[Named], problems: list[Problem]
    ) -> None:
        self.sheet = sheet
        self.places = {name.strip(): k for k, name in enumerate(sheet.header or ())}
        self.problems = problems
        plain = {name.casefold(): name for name in self.places}
        self.columns: dict[str, tuple[int, ...]] = {}
        for column, others in ours.items():
            said = next((m.theirs for m in mappings if m.ours == column and set(m.theirs) <= self.places.keys()), None)
            known = next((plain[name] for name in (column, *others) if name in plain), None)
            if said or known:
                self.columns[column] = tuple(self.places[name] for name in said or (str(known),))
        problems += sheet.problems
        problems += (
            Problem(
                sheet.file,
                sheet.header_row,
                name,
                f"no column is {name}: say which with --map THEIRS={name}",
                "缺少此列",
            )
            for name in ours
            if name in REQUIRED and name not in self.columns
        )

    @property
    def rows(self) -> Iterator[Row]:
        """The rows whose cells can be told apart."""
        return (row for row in self.sheet.rows if not row.broken)

    def texts(self, row: Row, column: str) -> list[str]:
        """The cells that make a column, without those that are empty."""
        cells = (row.cells[k] for k in self.columns.get(column, ()))
        return [cell.strip() for cell in cells if cell.strip()]

    def text(self, row: Row, column: str) -> str:
        """The cells joined; empty without any."""
        return read.plain(" | ".join(self.texts(row, column)))

    def number(self, row: Row, column: str) -> float:
        """The cells added up; 0 without any."""
        return sum(self.read(row, column, text, _count, 0.0) for text in self.texts(row, column))

    def read(self, row: Row, column: str, text: str, reader: Callable[[str], T], otherwise: T) -> T:
        """A cell as a value; what is wrong with it is a problem."""
        try:
            return reader(text)
        except read.BadCell as bad:
            self.problems.append(Problem(self.sheet.file, row.number, column, f"{shown(text)} {bad.message}", bad.zh))
            return otherwise


def _places(table: _Table) -> Iterator[PlaceRow]:
    for row in table.rows:
        lon, lat = (_degrees(table.text(row, column)) for column in ("lon", "lat"))
        nowhere = abs(lon) + abs(lat) < 0.01
        yield PlaceRow(
            place_id=table.text(row, "enterprise_id"),
            lon=nan if nowhere else lon,
            lat=nan if nowhere else lat,
            scenario=table.text(row, "scenario").casefold(),
            district=table.text(row, "district").casefold(),
            operator=table.text(row, "operator").casefold() or chain(table.text(row, "name")),
        )


def _degrees(text: str) -> float:
    """Degrees, or NaN: a place that cannot be located is scored without its neighbours."""
    try:
        degrees = read.degrees(text)
    except read.BadCell:
        return nan
    return degrees if abs(degrees) <= 180 else nan


def chain(name: str) -> str:
    """What the names of a chain's sites have in common: the first two words, without branch, number and marks."""
    return " ".join(_BRANCH.sub("", name.casefold()).split()[:2])


def _visits(table: _Table, types: Sequence[str]) -> Iterator[VisitRow]:
    wanted = {kind.casefold() for kind in types}
    for row in table.rows:
        when = table.text(row, "date").partition("T")[0].partition(" ")[0]
        day = table.read(row, "date", when, times.day, None)
        kind = table.text(row, "inspection_type")
        lead = bool(LEAD.search(kind))
        if day is not None:
            yield VisitRow(
                record=table.text(row, "inspection_id") or f"{table.sheet.file}:{row.number}",
                place_id=table.text(row, "enterprise_id"),
                day=day,
                found=_found(table, row),
                serious=table.number(row, "serious") > 0,
                minor=int(table.number(row, "minor")),
                lead=lead,
                movable=kind.casefold() in wanted if wanted else not lead and not FOLLOW_UP.search(kind),
            )


def _found(table: _Table, row: Row) -> bool:
    """Whether a visit found a violation: any cell that is a number above 0 or the word for it."""
    for text in table.texts(row, "found"):
        if text[0].isdecimal():
            found = table.read(row, "found", text, _count, 0.0) > 0
        else:
            result = table.read(row, "found", text, read.one_of(InspectionResult), InspectionResult.CLEAN)
            found = result is InspectionResult.VIOLATION
        if found:
            return True
    return False


def _notes(
    first: _Table, second: _Table, places: Sequence[PlaceRow], visits: Sequence[VisitRow], types: Sequence[str]
) -> Iterator[Problem]:
    """What the files have that is not counted, and what they lack."""
    known = {place.place_id for place in places}
    lost = sum(visit.place_id not in known for visit in visits)
    file, other = first.sheet.file, second.sheet.file
    if lost:
        text = f"{lost:,} inspections are of enterprises that {file} does not have: left out"
        yield Problem(other, 0, "enterprise_id", text, f"{lost:,} 条检查的企业不在企业表中,未计入")
    unlocated = sum(place.lon != place.lon or place.lat != place.lat for place in places)
    if unlocated:
        text = f"{unlocated:,} enterprises have no coordinates: scored without their neighbours"
        yield Problem(file, 0, "lon", text, f"{unlocated:,} 家企业没有坐标,不计周边")
    if types and not any(visit.movable for visit in visits):
        kinds = Counter(second.text(row, "inspection_type") for row in second.rows)
        text = f"no inspection is of the types given; there are {', '.join(shown(kind) for kind in kinds)}"
        raise InputError([Problem(other, 0, "inspection_type", text, "没有所给类型的检查")])
