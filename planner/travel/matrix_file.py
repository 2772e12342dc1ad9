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
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from planner.geo import Place
    from planner.travel.legs import TravelTimes

COLUMNS = ("origin", "destination", "seconds", "metres", "mode")


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
    problems: list[Problem] = []
    legs: dict[tuple[str, str], tuple[int, int, TravelMode]] = {}
    name = f"data/{path.name}"
    try:
        rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise InputError([Problem(name, 0, "", f"cannot be read: {problem}", "出行时间表无法读取")]) from problem
    for row, cells in enumerate(rows, start=2):
        missing = [column for column in COLUMNS[:3] if not cells.get(column)]
        if missing:
            problems.append(Problem(name, row, missing[0], "is empty", "不能为空"))
            continue
        numbers = {}
        for column in ("seconds", "metres"):
            text = cells.get(column) or "0"
            if not (text.isascii() and text.isdigit() and int(text) <= UNREACHABLE):
                problems.append(Problem(name, row, column, f"{text!r} is not a whole number", "应为非负整数"))
            else:
                numbers[column] = int(text)
        mode = cells.get("mode") or TravelMode.CAR.value
        if mode not in {m.value for m in MODES}:
            problems.append(Problem(name, row, "mode", f"{mode!r} is not one of walk, metro, car", "出行方式有误"))
        elif len(numbers) == 2:
            legs[cells["origin"], cells["destination"]] = (numbers["seconds"], numbers["metres"], TravelMode(mode))
    if problems:
        raise InputError(problems)
    return MatrixFile(legs, otherwise)
