"""Options and arguments that verbs share, and how they speak."""

from __future__ import annotations

import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from planner.clock import Calendar


class Lang(StrEnum):
    """The language of results and messages."""

    ZH = "zh"
    EN = "en"


def day(text: str) -> date:
    """A date written YYYY-MM-DD; anything else is a usage error."""
    try:
        if len(text) == len("2026-11-24"):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise typer.BadParameter(f"{text!r} is not a date (YYYY-MM-DD)")


WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", metavar="DIR", help="The workspace; here if not given. 工作文件夹")
]
LangOption = Annotated[Lang, typer.Option("--lang", help="Language of results and messages. 语言")]
JsonOption = Annotated[bool, typer.Option("--json", help="The result as JSON on stdout.")]
DayArgument = Annotated[
    date | None, typer.Argument(parser=day, metavar="DAY", help="YYYY-MM-DD; the next working day if not given.")
]


def say(message: str) -> None:
    """A message for the person at the keyboard, on stderr."""
    sys.stderr.write(message + "\n")
    sys.stderr.flush()


def next_working_day(calendar: Calendar) -> date:
    """The working day after today: the one moment at which a verb looks at the clock of the wall."""
    return calendar.next_working(date.today())  # noqa: DTZ011  (local time is what people plan in)
