"""
The command line: every verb reads, calls one function of the library, saves, prints.

Results go to stdout, progress and messages to stderr. What the user can mend is one line each and no traceback.
"""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import version as installed
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException
from typer.main import get_group

from planner.cli.front import VERBS, misuse, overview
from planner.cli.help import Spoken
from planner.cli.options import Lang, LangOption, say, tell
from planner.errors import ClusterError, InputError, LookbackError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

VersionOption = Annotated[bool, typer.Option("--version")]

NEW_OBJECTS = 100_000
"""Before Python looks for garbage: most of a command's objects are rows of tables, which stay until it ends."""


class Verbs(Mapping[str, Any]):
    """Commands by verb; what a verb needs is loaded when somebody asks for it, so that no other verb waits for it."""

    modules: Mapping[str, str] = {verb.name: verb.module for verb in VERBS}

    def __getitem__(self, verb: str) -> Any:
        adding = typer.Typer(rich_markup_mode=None)
        import_module(f"planner.cli.{self.modules[verb]}").add_to(adding)
        for each in adding.registered_commands:
            each.cls = Spoken
        return get_group(adding).commands[verb]

    def __iter__(self) -> Iterator[str]:
        return iter(self.modules)

    def __len__(self) -> int:
        return len(self.modules)


class Overview(TyperGroup):
    """All the verbs on one page, each with an example."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = Verbs()  # type: ignore[assignment]  # nothing is ever added

    def invoke(self, context: Any) -> Any:
        """Run the verb; Ctrl-C goes on to ``main``, who has a word for it (typer would end without one)."""
        try:
            return super().invoke(context)
        except KeyboardInterrupt:
            raise typer.Abort from None

    def format_help(self, context: Any, formatter: Any) -> None:
        """What ``lookback`` alone shows."""
        formatter.write(overview(context.obj or Lang.ZH))


app = typer.Typer(
    cls=Overview, add_completion=False, no_args_is_help=False, rich_markup_mode=None, pretty_exceptions_enable=False
)


@app.callback(invoke_without_command=True)
def alone(context: typer.Context, lang: LangOption = Lang.ZH, version: VersionOption = False) -> None:
    """Plans look-back (回头看) inspections: who goes where today, and why there first."""
    if version:
        tell(f"lookback {installed('lookback')}\n")
        raise typer.Exit
    if context.invoked_subcommand is None:
        tell(overview(lang))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with the code of DESIGN: 0, 1, 2, 3, 4 or 130."""
    gc.set_threshold(NEW_OBJECTS)
    signal.signal(signal.SIGTERM, _as_interrupt)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a terminal of another encoding
    code = _code(sys.argv[1:] if arguments is None else list(arguments))
    gc.freeze()  # looking for garbage at the end, among all the rows of the tables, takes half a second
    sys.exit(code)


def _code(arguments: list[str]) -> int:
    """Run a verb; the exit code."""
    lang = _language(arguments)
    every_verb = {verb: {"lang": lang} for verb in Verbs.modules}  # wherever on the line it was asked for
    try:
        code = app(args=arguments, standalone_mode=False, prog_name="lookback", obj=lang, default_map=every_verb)
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
    """The language of messages, and of help, when no verb has parsed its options yet."""
    return "en" if "--lang=en" in arguments or ("--lang", "en") in pairwise(arguments) else "zh"


def _as_interrupt(_number: int, _frame: Any) -> None:
    raise KeyboardInterrupt
