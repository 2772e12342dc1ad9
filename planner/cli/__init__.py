"""
The command line: every verb reads, calls one function of the library, saves, prints.

Results go to stdout, progress and messages to stderr. What the user can mend is one line each and no traceback.
"""

from __future__ import annotations

import signal
import sys
from importlib.metadata import version as installed
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.exceptions import TyperException

from planner.cli import bench, day, export, folder, learning, outcomes, plans, ranking, reports, tables
from planner.cli.front import misuse, overview
from planner.cli.options import Lang, LangOption, say, tell
from planner.errors import ClusterError, InputError, LookbackError, StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

VersionOption = Annotated[bool, typer.Option("--version", help="Which version this is. 版本")]

app = typer.Typer(add_completion=False, no_args_is_help=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def alone(context: typer.Context, lang: LangOption = Lang.ZH, version: VersionOption = False) -> None:
    """Plans look-back (回头看) inspections: who goes where today, and why there first."""
    if version:
        tell(f"lookback {installed('lookback')}\n")
        raise typer.Exit
    if context.invoked_subcommand is None:
        tell(overview(lang))


folder.add_to(app)
tables.add_to(app)
ranking.add_to(app)
plans.add_to(app)
day.add_to(app)
outcomes.add_to(app)
reports.add_to(app)
export.add_to(app)
learning.add_to(app)
bench.add_to(app)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with the code of DESIGN: 0, 1, 2, 3, 4 or 130."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a terminal of another encoding
    sys.exit(_code(sys.argv[1:] if arguments is None else list(arguments)))


def _code(arguments: list[str]) -> int:
    """Run a verb; the exit code."""
    lang = _language(arguments)
    try:
        code = app(args=arguments, standalone_mode=False, prog_name="lookback")
    except InputError as wrong:
        for problem in wrong.problems:
            say(problem.line(lang))
        return wrong.exit_code
    except (ClusterError, StoreError) as problem:
        say(str(problem) if lang == "zh" else str(problem).partition(" | ")[0])
        return problem.exit_code
    except LookbackError as problem:
        say(str(problem))
        return problem.exit_code
    except typer.Exit as done:
        return done.exit_code
    except TyperException as wrong:  # a wrong option or argument
        say(misuse(wrong, arguments, lang))
        return 2
    except (KeyboardInterrupt, typer.Abort):
        say("已停止;已保存的内容完好" if lang == "zh" else "stopped; what was saved is intact")
        return 130
    return code if isinstance(code, int) else 0


def _language(arguments: Sequence[str]) -> str:
    """The language of messages when no verb has parsed its options yet."""
    return "en" if "--lang=en" in arguments or ("--lang", "en") in pairwise(arguments) else "zh"


def _as_interrupt(_number: int, _frame: Any) -> None:
    raise KeyboardInterrupt
