"""
What can go wrong, for the person who can fix it.

::

    LookbackError
    ├── InputError          exit 2   tables, policy or arguments: every problem at once
    ├── NothingFeasible     exit 3   no visit can be made at all, with reasons
    ├── StoreError          exit 4   the store is locked, full or unwritable
    │   └── Overtaken       exit 4   somebody has recorded something meanwhile
    ├── ClusterError        exit 2   the cluster that was named cannot be used
    └── Interrupted         exit 130 stopped by the user before there was a plan

A wrong argument inside the program stays a plain ``ValueError``: that is a bug, not an input.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong (or doubtful) in an input: where it stands, the value found, what was expected."""

    file: str
    row: int
    """The line of the file, header = 1; 0 when the whole file is meant."""
    column: str
    message: str
    zh: str = ""
    """The same in Chinese; empty when the English line says it all."""

    def line(self, lang: str = "en") -> str:
        """The problem as one line: ``file:row column: message``, with the Chinese behind it."""
        place = f"{self.file}:{self.row}" if self.row else self.file
        text = f"{place} {self.column}: {self.message}" if self.column else f"{place}: {self.message}"
        return f"{text} | {self.zh}" if lang == "zh" and self.zh else text


class LookbackError(Exception):
    """Anything the user can mend; the command line prints it without a traceback."""

    exit_code: ClassVar[int] = 1


class InputError(LookbackError):
    """The input is wrong; carries every problem found in one run."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.line() for problem in self.problems))


class NothingFeasible(LookbackError):  # noqa: N818
    """No visit can be made at all."""

    exit_code = 3


class StoreError(LookbackError):
    """The store is locked, full or cannot be written; what it held is intact."""

    exit_code = 4


class Overtaken(StoreError):  # noqa: N818
    """Nothing was saved: somebody has recorded something since that was read which it goes by."""


class ClusterError(LookbackError):
    """The cluster that was named cannot be used."""

    exit_code = 2


class Interrupted(LookbackError):  # noqa: N818
    """The user stopped the work before there was a checked plan."""

    exit_code = 130
