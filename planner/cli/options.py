"""Options and arguments that verbs share, and how they speak."""

from __future__ import annotations

import getpass
import json
import os
import re
import shlex
import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from planner.label import Label
from planner.writers.terminal import clean

if TYPE_CHECKING:
    from planner.clock import Calendar


class Lang(StrEnum):
    """The language of results and messages."""

    ZH = "zh"
    EN = "en"


def day(text: str) -> date:
    """A date written YYYY-MM-DD, in the years that a table may name; anything else is a usage error."""
    try:
        found = date.fromisoformat(text) if len(text) == len("2026-11-24") else None
    except ValueError:
        found = None
    if found is None:
        raise typer.BadParameter(f"{text!r} is not a date (YYYY-MM-DD)")
    if not 2000 <= found.year <= 2100:
        raise typer.BadParameter(f"{text} is not a date from 2000 to 2100")
    return found


def new_file(text: str) -> Path:
    """A file to write into a folder that is there: a mistyped folder is a usage error, and none is made."""
    path = Path(text)
    folder = path.absolute().parent
    if not folder.is_dir():
        raise typer.BadParameter(f"{path}: there is no folder {folder}")
    if path.is_dir():
        raise typer.BadParameter(f"{path} is a folder: name a file in it")
    return path


WorkspaceOption = Annotated[
    Path,
    typer.Option("--workspace", metavar="DIR", show_default=False),
    Label("工作文件夹;默认为当前文件夹", "The workspace; here if not given."),
]
LangOption = Annotated[Lang, typer.Option("--lang"), Label("结果和消息的语言", "Language of results and messages.")]
JsonOption = Annotated[bool, typer.Option("--json"), Label("以 JSON 输出结果", "The result as JSON on stdout.")]
PageOption = Annotated[
    Path | None,
    typer.Option("--html", parser=new_file, metavar="FILE"),
    Label("另存为一个网页", "Write it as one page to look at, too."),
]
FromArgument = Annotated[
    date | None,
    typer.Argument(parser=day, metavar="FROM"),
    Label("起始日期,如 2026-11-01;默认为首次发现问题之日", "First day, as 2026-11-01; the first finding if not given."),
]
ToArgument = Annotated[
    date | None,
    typer.Argument(parser=day, metavar="TO"),
    Label("截止日期,含当日;默认为今天", "Last day, included; today if not given."),
]
DayArgument = Annotated[
    date | None,
    typer.Argument(parser=day, metavar="DAY"),
    Label("日期,如 2026-11-24;默认为下一个工作日", "The day, as 2026-11-24; the next working day if not given."),
]
SeedOption = Annotated[
    int,
    typer.Option(min=0, max=2**31 - 1),
    Label("随机种子", "Seed of the search's random choices."),
]
StepsOption = Annotated[
    int | None,
    typer.Option(min=0),
    Label("改按步数搜索:在任何机器上结果相同", "Search so many steps instead: the same plan on any machine."),
]


def say(message: str) -> None:
    """A message for the person at the keyboard, on stderr."""
    _write(sys.stderr, clean(message, but="\n") + "\n")


def tell(text: str) -> None:
    """A result for reading, on stdout."""
    _write(sys.stdout, clean(text, but="\n"))


def tell_json(text: str) -> None:
    """A result as JSON, on stdout: the same document, with what would steer a terminal as escapes."""
    _write(sys.stdout, re.sub(r"[^\n -~]", _escaped, text))


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:  # the reader of a pipe has gone; the verb has done its work, and the rest goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _escaped(match: re.Match[str]) -> str:
    return match[0] if clean(match[0]) else json.dumps(match[0])[1:-1]


def next_working_day(calendar: Calendar) -> date:
    """The working day after today."""
    return calendar.next_working(today())


def today() -> date:
    """Today: the one place at which a verb looks at the calendar on the wall."""
    return date.today()  # noqa: DTZ011  (local time is what people plan in)


def author() -> str:
    """The person at the keyboard, as the computer knows them: who recorded something."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name
        return "unknown user"


def command_line() -> str:
    """The command as it was typed: by which something was recorded."""
    return shlex.join(["lookback", *sys.argv[1:]])
