"""What must hold between the rows of a table, and between tables."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from planner.errors import Problem
from planner.locating import overlaps
from planner.readers.sheet import shown
from planner.readers.tables import (
    DISTRICTS,
    ENTERPRISES,
    INSPECTIONS,
    OFFICERS,
    PLACES,
    RECUSALS,
    SAME_AS,
    SHIFTS,
    TEAMS,
    VIOLATIONS,
    Table,
)
from planner.readers.values import district

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    from planner.readers.records import Record, Records
    from planner.readers.sheet import Findings

SLIVER_SQUARE_METRES = 100
"""Districts that share no more than this were drawn a little carelessly; more is a mistake."""

REFERENCES = (
    (VIOLATIONS, "enterprise_id", ENTERPRISES),
    (INSPECTIONS, "enterprise_id", ENTERPRISES),
    (TEAMS, "officers", OFFICERS),
    (SHIFTS, "team_id", TEAMS),
    (RECUSALS, "officer_id", OFFICERS),
    (RECUSALS, "enterprise_id", ENTERPRISES),
    (PLACES, "enterprise_id", ENTERPRISES),
    (SAME_AS, "enterprise_id", ENTERPRISES),
    (SAME_AS, "other_id", ENTERPRISES),
)
"""Columns that hold ids of another table."""


def cross_check(tables: Mapping[Table, Records], findings: Findings) -> None:
    """Every breach between rows and between tables; rows with bad cells are checked as far as they go."""
    for records in tables.values():
        findings.problems += _twice(records)
    for table, column, target in REFERENCES:
        findings.problems += _unknown(tables[table], column, tables[target])
    findings.problems += _shifts_twice(tables[SHIFTS])
    findings.problems += _decided_twice(tables[SAME_AS])
    findings.problems += _operators_named_like_enterprises(tables[ENTERPRISES])
    findings.problems += _unknown_operators(tables[RECUSALS], tables[ENTERPRISES])
    findings.problems += _unknown_authorities(tables[TEAMS], tables[DISTRICTS])
    _check_overlaps(tables[DISTRICTS], findings)


def _twice(records: Records) -> Iterator[Problem]:
    """Ids that stand in more than one row."""
    key = records.table.key
    first: dict[Hashable, Record] = {}
    for record in records.rows if key else ():
        if key in record.cells:
            earlier = first.setdefault(record.cells[key], record)
            if earlier is not record:
                where = f"{earlier.file}:{earlier.row}"
                message = f"{shown(str(record.cells[key]))} stands twice, first in {where}"
                if any(record.cells.get(name) != earlier.cells.get(name) for name in ("lon", "lat")):
                    message += ", with other coordinates"
                yield record.problem(key, message, f"与 {where} 重复")


def _shifts_twice(shifts: Records) -> Iterator[Problem]:
    """Shifts of one team for one date, or for one weekday."""
    first: dict[Hashable, Record] = {}
    for record in shifts.rows:
        for column in ("date", "weekday"):
            if column in record.cells and "team_id" in record.cells:
                team = record.cells["team_id"]
                earlier = first.setdefault((team, column, record.cells[column]), record)
                if earlier is not record:
                    message = f"team {shown(team)} has a shift for it already, in row {earlier.row}"
                    yield record.problem(column, message, f"该小组已有班次(第 {earlier.row} 行)")


def _decided_twice(same_as: Records) -> Iterator[Problem]:
    """Pairs of ids that are said to be one shop and not to be."""
    first: dict[frozenset[str], Record] = {}
    for record in same_as.rows:
        if {"enterprise_id", "other_id", "same"} <= record.cells.keys():
            ids = frozenset((record.cells["enterprise_id"], record.cells["other_id"]))
            earlier = first.setdefault(ids, record)
            if earlier.cells["same"] != record.cells["same"]:
                message = f"row {earlier.row} says the contrary of these two ids"
                yield record.problem("same", message, f"与第 {earlier.row} 行的结论相反")


def _unknown(records: Records, column: str, target: Records) -> Iterator[Problem]:
    """Ids that the target table does not have."""
    if target.ids is None:
        return
    file = target.rows[0].file if target.rows else target.table.file
    for record in records.rows:
        value = record.cells.get(column, ())
        for identifier in (value,) if isinstance(value, str) else value:
            if identifier not in target.ids:
                meant, zh = _meant(identifier, target)
                yield record.problem(column, f"{shown(identifier)} is not in {file}{meant}", f"{file} 中没有此编号{zh}")


def _meant(identifier: str, target: Records) -> tuple[str, str]:
    """The id that differs only in what a spreadsheet or a typist changes, or of the one of that name."""
    for record in target.rows:
        other, name = record.cells.get(target.table.key), record.cells.get("name")
        if other is not None and _bare(other) == _bare(identifier):
            return f": is it {shown(other)}?", f",是否为 {shown(other)}?"
        if other is not None and name == identifier:
            return f": that is a name; its id is {shown(other)}", f",此为名称,编号是 {shown(other)}"
    return "", ""


def _bare(identifier: str) -> str:
    """An id without what spreadsheets drop from numbers or add to them."""
    return identifier.casefold().removesuffix(".0").lstrip("0")


def _operators_named_like_enterprises(enterprises: Records) -> Iterator[Problem]:
    """An operator without a name of its own would be taken for the enterprise of that id."""
    for record in enterprises.rows:
        operator = record.cells.get("operator", "")
        if operator in (enterprises.ids or ()) and operator != record.cells.get("enterprise_id"):
            message = f"{shown(operator)} is the id of another enterprise: give the operator's name"
            yield record.problem("operator", message, "应填运营者名称,而非企业编号")


def _unknown_operators(recusals: Records, enterprises: Records) -> Iterator[Problem]:
    if enterprises.ids is None:
        return
    operators = {record.cells["operator"] for record in enterprises.rows if "operator" in record.cells}
    operators |= enterprises.ids
    for record in recusals.rows:
        operator = record.cells.get("operator")
        if operator is not None and operator not in operators:
            message = f"{shown(operator)} is not an operator of any enterprise{_nearest(operator, operators)}"
            yield record.problem("operator", message, "没有企业属于该运营者")


def _unknown_authorities(teams: Records, districts: Records) -> Iterator[Problem]:
    if districts.ids is None:
        return
    if any("authority" not in record.cells for record in districts.rows):
        return
    known = {record.cells["authority"] for record in districts.rows}
    for record in teams.rows:
        for authority in record.cells.get("authorities", ()):
            if authority not in known:
                message = f"{shown(authority)} is not the authority of any district{_nearest(authority, known)}"
                yield record.problem("authorities", message, "没有商圈属于该行政区")


def _nearest(name: str, names: Iterable[str]) -> str:
    near = get_close_matches(name, sorted(names), n=1)
    return f"; the nearest is {shown(near[0])}" if near else ""


def _check_overlaps(districts: Records, findings: Findings) -> None:
    drawn = {
        record.cells["district_id"]: record
        for record in reversed(districts.rows)
        if record.polygons and {"district_id", "name", "authority"} <= record.cells.keys()
    }
    for first, second, area in overlaps([district(record) for record in drawn.values()]):
        record, other = drawn[second], drawn[first]
        message = (
            f"{shown(record.cells['name'])} overlaps {shown(other.cells['name'])} "
            f"({other.file}:{other.row}) by {area:,.0f} m²"
        )
        zh = f"与“{other.cells['name']}”重叠 {area:,.0f} 平方米"
        kind = findings.problems if area > SLIVER_SQUARE_METRES else findings.warnings
        kind.append(Problem(record.file, record.row, "geometry", message, zh))
