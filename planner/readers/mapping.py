"""
Which of our columns each heading of somebody else's table is: by the names that we know, and as the person says.

What a person says is ``theirs=ours``. ``a+b=ours`` makes one column of several, a space between their cells;
``theirs=ours+ours`` makes several of one; ``theirs=`` leaves one out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from planner.errors import InputError, Problem
from planner.readers.headings import chosen, passed_over, spelling
from planner.readers.notes import Note
from planner.readers.sheet import Row, Sheet, printable, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from planner.readers.tables import Table

NOT_TAKEN = "\0"
"""Stands before a heading that is none of ours although it may read like one."""


def places_of(theirs: str, header: Sequence[str]) -> tuple[int, ...]:
    """Where a heading stands; nowhere, or in several places, if the header has it so."""
    return tuple(k for k, name in enumerate(header) if spelling(name) == spelling(theirs))


def holds(header: Sequence[str], theirs: str) -> bool:
    """Whether a header has a heading, or all the parts of ``a+b``."""
    return bool(places_of(theirs, header)) or all(places_of(part, header) for part in theirs.split("+"))


def headed(table: Table, sheets: Sequence[Sheet], renamed: Mapping[str, str], constants: Collection[str] = ()) -> Sheet:
    """
    The one sheet that holds a table, its header found by our names and by those that the person gives.

    Raises
    ------
    InputError
        Several sheets could be it.
    """
    return chosen(sheets, names_of(table, renamed), [name for name in table.needed if name not in constants])


def names_of(table: Table, renamed: Mapping[str, str]) -> dict[str, str]:
    """Our column for each heading that we or the person know it by."""
    asked = {spelling(part): ours for theirs, ours in renamed.items() for part in (theirs, *theirs.split("+"))}
    return {spelled: ours for spelled, ours in {**table.names, **asked}.items() if ours}


def mapped(
    table: Table,
    sheets: Sequence[Sheet],
    renamed: Mapping[str, str],
    report: list[Note],
    *,
    constants: Collection[str] = (),
    asked: Iterable[str] = (),
) -> tuple[Sheet, tuple[str, ...]]:
    """
    The sheet with our headings, and theirs beside them.

    Parameters
    ----------
    constants
        Our columns that the person gives one value.
    asked
        Further headings that the person speaks of.

    Raises
    ------
    InputError
        The file has no such heading.
    """
    sheet = headed(table, sheets, renamed, constants)
    others = passed_over(sheets, sheet, table.names, table.needed)
    report += (Note(problem.line(), problem.line("zh")) for problem in others)
    there = ", ".join(map(shown, sheet.header or ()))
    sheet, parts = _with_joined(sheet, renamed)
    header = sheet.header or ()
    missing = [theirs for theirs in dict.fromkeys([*renamed, *asked]) if not places_of(theirs, header)]
    if missing:
        raise InputError(
            Problem(sheet.file, sheet.header_row, "", f"has no column {shown(theirs)}; it has {there}", "没有此列")
            for theirs in missing
        )
    given: dict[int, str] = {}
    for theirs, names in renamed.items():
        places, several = places_of(theirs, header), names.split("+")
        given |= zip(places, several if len(several) > 1 else several * len(places), strict=False)
    taken = {*given.values(), *constants}
    known = [table.names.get(spelling(theirs), "") for theirs in header]
    ours = [given.get(k, "" if name in taken else name) for k, name in enumerate(known)]
    for name in filter(None, dict.fromkeys(ours)):
        twice = [shown(header[k]) for k, mine in enumerate(ours) if mine == name]
        if len(twice) > 1:
            message = f'{" and ".join(twice)} both mean it: leave one out with --map "THEIRS="'
            zh = f'{"、".join(twice)} 均指此列,请用 --map "对方列名=" 舍去其一'
            raise InputError([Problem(sheet.file, sheet.header_row, name, message, zh)])
    refused = [k for k, name in enumerate(ours) if not name and (k in given or known[k]) and k not in parts]
    report += (
        Note(f"column {name}: from {shown(theirs)}", f"{name} 列:取自 {shown(theirs)}")
        for theirs, name in zip(header, ours, strict=True)
        if name
    )
    if refused:
        listed = [shown(header[k]) for k in refused]
        report.append(Note(f"columns not taken: {', '.join(listed)}", f"未导入的列:{'、'.join(listed)}"))
    hidden = {*refused, *parts}
    headings = (
        name or (f"{NOT_TAKEN}{theirs}" if k in hidden else theirs)
        for k, (theirs, name) in enumerate(zip(header, ours, strict=True))
    )
    unread = {printable(theirs) for theirs, name in zip(header, ours, strict=True) if not name} - {"", "geometry"}
    problems = tuple(problem for problem in sheet.problems if problem.column not in unread)
    return replace(sheet, header=tuple(headings), problems=problems), header


def _with_joined(sheet: Sheet, renamed: Mapping[str, str]) -> tuple[Sheet, set[int]]:
    """The sheet with a column more for each ``a+b``, and for each further use of one; and where such parts stand."""
    header = sheet.header or ()
    more: list[tuple[str, tuple[int, ...]]] = []
    parts: set[int] = set()
    for theirs, ours in renamed.items():
        places = places_of(theirs, header)[:1]
        if not places and holds(header, theirs):
            places = tuple(places_of(part, header)[0] for part in theirs.split("+"))
            more.append((theirs, places))
            parts.update(places)
        more += [(theirs, places)] * ours.count("+")

    def cells(row: Row) -> tuple[str, ...]:
        return (*row.cells, *(" ".join(filter(None, (row.cells[k].strip() for k in places))) for _, places in more))

    rows = tuple(row if row.broken else replace(row, cells=cells(row)) for row in sheet.rows)
    return replace(sheet, header=(*header, *(theirs for theirs, _ in more)), rows=rows), parts
