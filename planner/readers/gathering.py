"""
Several sheets that are one table: one for each district, team or month, in a workbook or in the folders of a map.

Each is taken in by itself, with the same wishes, and named in what is said of it; then they are one table.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from planner.errors import InputError, Problem
from planner.readers.headings import named, passed_over, whole
from planner.readers.importing import Imported, imported, once
from planner.readers.mapping import names_of
from planner.readers.notes import Note

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.geo import Extent
    from planner.readers.importing import Wishes
    from planner.readers.sheet import Sheet
    from planner.readers.tables import Table

ALL = "*"
"""Stands for all the sheets that have the table's columns."""


def gathered(
    table: Table,
    sheets: Sequence[Sheet],
    titles: Sequence[str],
    file: str,
    wishes: Wishes,
    extent: Extent,
    known: Mapping[str, frozenset[str]],
) -> Imported:
    """
    A table made from those sheets of a file that have these titles; without titles from the one that holds it.

    Raises
    ------
    InputError
        There is no such sheet, a column is missing, or rows are wrong: every problem of every sheet at once.
    """
    names, required = names_of(table, wishes.renamed), [n for n in table.needed if n not in wishes.constants]
    taken = whole(sheets, names, required) if ALL in titles else named(sheets, titles, file)
    if len(taken) < 2:
        return imported(table, sheets if ALL in titles else taken or sheets, wishes, extent, known)
    parts: list[Imported] = []
    problems: list[Problem] = []
    for sheet in taken:
        try:
            parts.append(imported(table, [sheet], wishes, extent, known))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    left = [sheet for sheet in sheets if sheet not in taken] if ALL in titles else []
    others = [Note(each.line(), each.line("zh")) for each in passed_over(left, taken[0], names, required)]
    return _joined(table, [sheet.file for sheet in taken], parts, others, leave_out=wishes.leave_out)


def _joined(
    table: Table, files: Sequence[str], parts: Sequence[Imported], others: Sequence[Note], *, leave_out: bool
) -> Imported:
    """One table of several, each of whose ids says one thing; what is said of the sheets that are not among them."""
    report = [*others] + [
        Note(f"{file}: {note.en}", f"{file}:{note.zh}")
        for file, part in zip(files, parts, strict=True)
        for note in part.report
    ]
    kept, twice = once(table, list(chain.from_iterable(part.records for part in parts)), report)
    if twice and not leave_out:
        raise InputError(twice)
    kept = [record for record in kept if (record.file, record.row) not in {(p.file, p.row) for p in twice}]
    present = {name for part in parts for name in part.columns}
    left = (*chain.from_iterable(part.left_out for part in parts), *twice)
    report.append(
        Note(
            f"{len(kept):,} rows of {len(parts)} sheets are one table",
            f"{len(parts)} 个工作表的 {len(kept):,} 行合为一张表",
        )
    )
    return Imported(
        table,
        tuple(kept),
        tuple(column.name for column in table.columns if column.name in present),
        tuple(report),
        left,
        tuple(chain.from_iterable(part.headings for part in parts)),
        tuple(chain.from_iterable(part.warnings for part in parts)),
    )
