"""A sheet: what a file says, row by row and still as text, before anything in it is believed."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Protocol

from planner.errors import InputError, Problem

if TYPE_CHECKING:
    from pathlib import Path

    from planner.districts import Ring
    from planner.geo import LonLat

MAX_BYTES = 32_000_000
"""A larger file is refused before it is parsed."""
MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELL = 10_000
"""Characters in one cell."""


@dataclass(frozen=True)
class Row:
    """A row's cells in the order of the header."""

    number: int
    """The line of the file on which it starts, or the number of the feature, counted from 1."""
    cells: tuple[str, ...]
    polygons: tuple[tuple[Ring, ...], ...] = ()
    line: Ring = ()
    point: LonLat | None = None
    broken: bool = False
    """Its cells do not match the header, which the format has reported; only its id is still used."""


@dataclass(frozen=True)
class Sheet:
    """A sheet's header and rows, and what is wrong with its form."""

    file: str
    """Its name in messages, with that of the sheet where a file may hold several."""
    header: tuple[str, ...] | None
    """None: it stands in one of the first rows, and ``headings`` finds it there."""
    header_row: int
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
    hidden: bool = False
    """Whether a workbook hides it: it is meant only where it is named, or where there is no other."""
    layer: str = ""
    """The name of the sheet or layer, which messages leave out where a file has only one."""
    crs: str = ""
    """The coordinate system of its shapes, where that is not WGS 84."""
    features: tuple[Any, ...] = field(default=(), repr=False)
    """The GeoJSON features that its rows were made from."""

    @property
    def title(self) -> str:
        """Its name, or that of its file if it has none."""
        return self.layer or PurePath(self.file).stem


class Format(Protocol):
    """How one kind of file becomes sheets."""

    def __call__(self, path: Path, file: str) -> tuple[Sheet, ...]:
        """
        The sheets in the file at ``path``, at least one; ``file`` is its name in messages.

        Raises
        ------
        InputError
            Nothing in the file can be read.
        """


@dataclass
class Findings:
    """The problems and warnings gathered while the tables are read."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    missing: tuple[str, str] | None = None
    """What to do about a column that is missing, in English and Chinese, with ``{0}`` for its name."""


def contents(path: Path, file: str) -> bytes:
    """The bytes of a file, unless there are more than ``MAX_BYTES``."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise unreadable(file, f"cannot be read: {error.strerror}", "文件无法读取") from error
    if len(data) > MAX_BYTES:
        raise unreadable(file, f"is larger than {MAX_BYTES:,} bytes", f"文件不得超过 {MAX_BYTES:,} 字节")
    return data


def unreadable(file: str, message: str, zh: str, *, row: int = 0) -> InputError:
    """The error of a file of which nothing can be read."""
    return InputError([Problem(file, row, "", message, zh)])


def printable(name: str) -> str:
    """A name from outside, kept on one line: nothing in it can fake another message."""
    return name if name.isprintable() else repr(name)[1:-1]


def degrees_text(degrees: float) -> str:
    """A coordinate of a point as the cell of a table."""
    return f"{degrees:.10f}"


def fixed(number: str) -> str:
    """A number below one as tables write it: without an exponent."""
    return format(Decimal(number), "f") if "e-" in number else number


def shown(text: str) -> str:
    """A value as messages show it: quoted, nothing invisible, not longer than a line."""
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
