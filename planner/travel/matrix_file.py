"""
Travel times from a table that another program made: origin, destination, seconds, metres, mode.

A pair that the table does not hold is taken from another engine, so that a table of the busiest places is enough.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.errors import InputError, Problem
from planner.teams import TravelMode
from planner.travel.legs import MODES, UNREACHABLE, Legs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from planner.geo import Place
    from planner.travel.legs import TravelTimes

NEEDED = ("origin", "destination", "seconds")
"""Columns that no row leaves empty."""


@dataclass(frozen=True)
class MatrixFile:
    """Legs by the ids of their two ends: enterprise ids, or a team id with ``:start`` or ``:end``."""

    legs: Mapping[tuple[str, str], tuple[int, int, TravelMode]]
    otherwise: TravelTimes

    def __call__(self, places: Sequence[Place], mode: TravelMode) -> Legs:
        """Legs between all places; the table's where it has them for every mode of travel."""
        legs = self.otherwise(places, mode)
        at = {place.place_id: k for k, place in enumerate(places)}
        for (origin, destination), (seconds, metres, by) in self.legs.items():
            i, j = at.get(origin), at.get(destination)
            if i is not None and j is not None and i != j:
                legs.seconds[i, j], legs.metres[i, j], legs.modes[i, j] = seconds, metres, MODES.index(by)
        return legs


def read_matrix(path: Path, otherwise: TravelTimes) -> MatrixFile:
    """
    Read ``travel.csv``; ``metres`` and ``mode`` (walk, metro or car; default car) may be empty.

    Raises
    ------
    InputError
        The file is missing or a cell is not what it should be: every problem at once.
    """
    name = f"data/{path.name}"
    try:
        reader = csv.DictReader(path.read_text("utf-8-sig").splitlines())
        rows = [(reader.line_num, cells) for cells in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise InputError([Problem(name, 0, "", f"cannot be read: {problem}", "出行时间表无法读取")]) from problem
    absent = [column for column in NEEDED if column not in (reader.fieldnames or ())]
    if absent:
        raise InputError(Problem(name, 1, column, "is missing from the header", "表头缺少此列") for column in absent)
    problems: list[Problem] = []
    legs: dict[tuple[str, str], tuple[int, int, TravelMode]] = {}
    for row, cells in rows:
        faults = dict(_faults(cells))
        ends = (cells["origin"], cells["destination"])
        if ends in legs:
            message = f"the leg from {ends[0]!r} to {ends[1]!r} stands twice"
            faults.setdefault("origin", (message, "该起讫点重复"))
        problems += [Problem(name, row, column, *texts) for column, texts in faults.items()]
        if not faults:
            mode = TravelMode(cells.get("mode") or TravelMode.CAR)
            legs[ends] = (int(cells["seconds"]), int(cells.get("metres") or 0), mode)
    if problems:
        raise InputError(problems)
    return MatrixFile(legs, otherwise)


def _faults(cells: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """What is wrong with the cells of a row, by column, in English and Chinese."""
    for column in NEEDED:
        if not cells.get(column):
            yield column, ("is empty", "不能为空")
    for column in ("seconds", "metres"):
        text = cells.get(column) or "0"
        if not (text.isascii() and text.isdigit()):
            yield column, (f"{text!r} is not a whole number", "应为非负整数")
        elif len(text) > len(str(UNREACHABLE)) or int(text) > UNREACHABLE:
            yield column, (f"{text[:20]} is more than {UNREACHABLE}", f"不得大于{UNREACHABLE}")
    mode = cells.get("mode") or TravelMode.CAR.value
    if mode not in {known.value for known in MODES}:
        yield "mode", (f"{mode!r} is not one of {', '.join(MODES)}", "出行方式有误")
