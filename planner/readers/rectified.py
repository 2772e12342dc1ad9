"""When violations were seen to be put right, from lists in which every visit is a row and none names the one before."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from planner.errors import InputError, Problem
from planner.readers import times
from planner.readers.cells import BadCell, plain
from planner.readers.mapping import NOT_TAKEN
from planner.readers.notes import Note
from planner.readers.sheet import shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from planner.readers.sheet import Row, Sheet


def with_rectified(sheet: Sheet, everything: Sheet, good: Mapping[int, frozenset[str]], report: list[Note]) -> Sheet:
    """
    The sheet of violations with a column ``rectified_on``: the day of the enterprise's next good row, if there is one.

    Parameters
    ----------
    everything
        The same sheet with all its rows: visits where nothing was found, too.
    good
        By the number of a column: its values where nothing was found. A row is good when each column says so.

    Raises
    ------
    InputError
        There is a column ``rectified_on`` already, or no column that says of whom or when.
    """
    header = sheet.header or ()
    if "rectified_on" in header:
        message = "--rectified-by is for lists without it: do not give both"
        raise InputError(
            [Problem(sheet.file, sheet.header_row, "rectified_on", message, "已有此列,勿用 --rectified-by")]
        )
    if not {"enterprise_id", "found_on"} <= {*header}:
        message = "--rectified-by needs the columns enterprise_id and found_on"
        raise InputError(
            [Problem(sheet.file, sheet.header_row, "", message, "--rectified-by 需要企业编号与发现日期列")]
        )
    who, when = header.index("enterprise_id"), header.index("found_on")
    good_days: dict[str, list[date]] = defaultdict(list)
    for row in everything.rows:
        if not row.broken and all(plain(row.cells[k]) in values for k, values in good.items()):
            day = _day(row, when)
            if day is not None:
                good_days[plain(row.cells[who])].append(day)
    for days in good_days.values():
        days.sort()
    count = 0

    def found(row: Row) -> str:
        nonlocal count
        day, days = _day(row, when), good_days.get(plain(row.cells[who]), [])
        later = len(days) if day is None else bisect_right(days, day)
        count += later < len(days)
        return days[later].isoformat() if later < len(days) else ""

    rows = tuple(row if row.broken else replace(row, cells=(*row.cells, found(row))) for row in sheet.rows)
    named = [(shown(header[k].removeprefix(NOT_TAKEN)), sorted(map(shown, values))) for k, values in good.items()]
    en = ", ".join(f"{heading} {' or '.join(values)}" for heading, values in named)
    zh = "、".join(f"{heading} 为 {' 或 '.join(values)}" for heading, values in named)
    report.append(
        Note(
            f"column rectified_on: from the enterprise's next row with {en}: {count:,} of {len(rows):,}",
            f"rectified_on 列:取自同一企业其后首条 {zh} 的日期,{len(rows):,} 行中有 {count:,} 行",
        )
    )
    return replace(sheet, header=(*header, "rectified_on"), rows=rows)


def _day(row: Row, k: int) -> date | None:
    """The date in a cell; none where it is wrong, which is said when the row is read."""
    try:
        return times.day(row.cells[k])
    except BadCell:
        return None
