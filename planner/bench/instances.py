"""
Public instances of the team orienteering problem with time windows, read without rounding anything.

The format is that of KU Leuven [1]_: a header ``k v N t``, a line that is ignored, then for each node
``i x y service score f a list.. open close``. Node 0 is the depot, and its closing time the limit of every route; the
number of routes is not in the file. Distances are Euclidean and truncated to one decimal in the instances made from
Solomon's, to two in those made from Cordeau's (``pr*``); some best known routes are infeasible with any other rounding.
So every time here is a whole number of tenths or hundredths.

.. [1] Vansteenwegen, Souffriau, Vanden Berghe, Van Oudheusden (2009), Iterated local search for the team orienteering
   problem with time windows. Computers & Operations Research 36(12), 3281-3290.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from decimal import Decimal
from math import isqrt
from typing import TYPE_CHECKING

from planner.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

MOST_DECIMALS = 2
MOST = 10**6
"""No number of an instance is larger: with two decimals all sums still fit into 32 bits."""

_NUMBER = re.compile(r"[+-]?(\d{1,9}(\.\d{0,9})?|\.\d{1,9})", re.ASCII)


@dataclass(frozen=True)
class Node:
    """A place with a score; times in units of the instance, coordinates in units of its decimals."""

    x: int
    y: int
    service: int
    score: int
    opens: int
    closes: int
    """Latest start of the service; at the depot the latest return."""


@dataclass(frozen=True)
class Instance:
    """One public instance; node 0 is the depot."""

    name: str
    nodes: tuple[Node, ...]
    decimals: int
    """A unit of time is 10 to the power of minus this."""
    places: int
    """A unit of the coordinates is 10 to the power of minus this."""

    def leg(self, here: int, there: int) -> int:
        """Time from node to node: the Euclidean distance truncated to the decimals, exactly."""
        a, b = self.nodes[here], self.nodes[there]
        square = (a.x - b.x) ** 2 + (a.y - b.y) ** 2
        return isqrt(square * 100**self.decimals // 100**self.places)


def read(paths: Sequence[Path], decimals: int | None = None) -> tuple[Instance, ...]:
    """
    Instances from files.

    Parameters
    ----------
    decimals
        To how many decimals distances are truncated; if not given, 2 where the file's name begins with ``pr``, else 1.

    Raises
    ------
    InputError
        Every problem of every file.
    """
    problems: list[Problem] = []
    instances = []
    for path in paths:
        text, sheet = _text(path, problems), _Sheet(str(path))
        family = MOST_DECIMALS if path.name.lower().startswith("pr") else 1
        instance = None if text is None else sheet.instance(path.stem, text, family if decimals is None else decimals)
        problems += sheet.problems
        if instance is not None:
            instances.append(instance)
    if problems:
        raise InputError(problems)
    return tuple(instances)


def read_best_known(path: Path) -> Mapping[tuple[str, int], int]:
    """
    The best known score by instance and number of routes, from a table with these columns and ``best_known_score``.

    Raises
    ------
    InputError
        Every cell that is no whole number, or the column that is missing.
    """
    problems: list[Problem] = []
    table = csv.DictReader((_text(path, problems) or "").splitlines(), restval="")
    try:
        rows = [(table.line_num, row) for row in table]
    except csv.Error as problem:
        raise InputError([Problem(str(path), table.line_num, "", str(problem), "不是 CSV 表")]) from problem
    columns = ("instance", "routes", "best_known_score")
    missing = [name for name in columns if name not in (table.fieldnames or ())]
    if not problems:
        problems += [Problem(str(path), 1, name, "is missing", "缺少此列") for name in missing]
    scores: dict[tuple[str, int], int] = {}
    for line, row in rows if not missing else ():
        bad = [name for name in columns[1:] if not re.fullmatch(r"\d{1,9}", row[name].strip(), re.ASCII)]
        problems += [Problem(str(path), line, name, f"{row[name]!r} is not a whole number", "应为整数") for name in bad]
        if not bad:
            scores[row["instance"].strip(), int(row["routes"])] = int(row["best_known_score"])
    if problems:
        raise InputError(problems)
    return scores


def _text(path: Path, problems: list[Problem]) -> str | None:
    """What a file holds; None, and a problem more, when it cannot be read."""
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        problems.append(Problem(str(path), 0, "", "is not UTF-8", "应为 UTF-8 编码"))
    except OSError as problem:
        problems.append(Problem(str(path), 0, "", f"cannot be read: {problem.strerror}", "无法读取"))
    return None


class _Sheet:
    """A file's lines, and what is wrong with them so far."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def instance(self, name: str, text: str, decimals: int) -> Instance | None:
        """The instance; None when anything is wrong with it."""
        lines = [(row, line.split()) for row, line in enumerate(text.splitlines(), 1) if line.strip()]
        if len(lines) < 4:
            self._wrong(0, "", "has no node beside a depot: this is no TOPTW instance", "不是 TOPTW 算例")
            return None
        (first, head), _, *rows = lines
        if len(head) != 4 or not all(re.fullmatch(r"\d{1,9}", part, re.ASCII) for part in head):
            self._wrong(first, "", f"{' '.join(head)!r} is not a header of four whole numbers, k v N t", "首行有误")
            if rows[0][1][0] != "0":  # another kind of file: no need to say so of every line
                return None
        elif int(head[2]) != len(rows) - 1:
            self._wrong(first, "N", f"the header says {head[2]} nodes, {len(rows) - 1} follow the depot", "节点数不符")
        cells = [self._node(row, k, parts, decimals) for k, (row, parts) in enumerate(rows)]
        if self.problems:
            return None
        places = max(_decimals(value) for x, y, *_ in cells for value in (x, y))
        scales = (places, places, decimals, 0, decimals, decimals)
        nodes = tuple(Node(*(int(value.scaleb(by)) for value, by in zip(row, scales, strict=True))) for row in cells)
        return Instance(name, nodes, decimals, places)

    def _node(self, row: int, k: int, parts: Sequence[str], decimals: int) -> list[Decimal]:
        """Coordinates, service, score, opening and closing of a node's row."""
        if len(parts) < 7:
            self._wrong(row, "", "fewer than the seven numbers i x y service score .. open close", "数据不足")
            return []
        if parts[0] != str(k):
            self._wrong(row, "i", f"{parts[0]!r} is not {k}: nodes are numbered from 0", "节点编号应从 0 起连续")
        wrong = len(self.problems)
        numbers = [
            self._number(row, "x", parts[1]),
            self._number(row, "y", parts[2]),
            self._number(row, "service", parts[3], decimals, 0),
            self._number(row, "score", parts[4], 0, 0),
            self._number(row, "open", parts[-2], decimals, 0),
            self._number(row, "close", parts[-1], decimals, 0),
        ]
        if len(self.problems) == wrong and numbers[-1] < numbers[-2]:
            self._wrong(row, "close", f"{parts[-1]} lies before the opening at {parts[-2]}", "早于开始时间")
        return numbers

    def _number(self, row: int, column: str, text: str, decimals: int = 9, least: int = -MOST) -> Decimal:
        """A number of at most so many decimals from ``least`` to ``MOST``; 0, and a problem more, when it is none."""
        value = Decimal(text) if _NUMBER.fullmatch(text) else None
        if value is None:
            self._wrong(row, column, f"{text!r} is not a number", "不是数字")
        elif not least <= value <= MOST:
            self._wrong(row, column, f"{text} is not from {least:,} to {MOST:,}", "超出范围")
        elif _decimals(value) > decimals:
            more = f"more than {decimals} decimals" if decimals else "decimals"
            self._wrong(row, column, f"{text} has {more}", f"小数位多于 {decimals} 位")
        else:
            return value
        return Decimal(0)

    def _wrong(self, row: int, column: str, message: str, zh: str) -> None:
        self.problems.append(Problem(self.file, row, column, message, zh))


def _decimals(value: Decimal) -> int:
    """How many decimals a number needs."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -int(exponent))
