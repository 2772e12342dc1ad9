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
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException
from typer.main import get_group

from planner.cli.options import say, tell
from planner.errors import ClusterError, InputError, LookbackError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OVERVIEW = """\
Lookback plans look-back (回头看) inspections: who goes where today, and why there first.

  init    a new workspace, empty or with a sample     lookback init shanghai --sample shanghai
  check   every problem in the tables, all at once    lookback check
  import  a table from elsewhere, cleaned             lookback import shops.xlsx --as enterprises --map "店名=name"
  locate  places for enterprises without coordinates  lookback locate > proposals.csv
  rank    look-backs by priority, with the reasons    lookback rank 2026-11-24 --top 20
  plan    plans, checks, saves and draws a day        lookback plan 2026-11-24 --seconds 30
  show    a saved plan again, as text                 lookback show
  map     a saved plan's pages, drawn again           lookback map
  export  a plan for Excel, calendars, GIS, tracks    lookback export 2026-11-24 --to xlsx
  verify  the independent checker on a saved plan     lookback verify maps/2026-11-24/plan.json
  reschedule  what changed: shut, urgent, late, …     lookback reschedule shut E00057
  replan  the next revision, moving little            lookback replan --now 13:30
  compare what differs, why, and whom to tell         lookback compare 2026-11-24@1 2026-11-24@2
  slot    free slots for an appointment               lookback slot E00601 --within 3
  record  what visits found, from files or by hand    lookback record E00601 not_rectified
  report  the campaign so far, and the days to come   lookback report 2026-11-01 2026-11-24 --html report.html
  backup  plans, events and outcomes in one file      lookback backup lookback-2026-11-24.db
  backtest  how early the priority finds trouble      lookback backtest --chart backtest.html
  learn   a points card from the history              lookback learn --until 2026-11-01 --write
  bench   how good the engine is, beside others       lookback bench synthetic --size S --seeds 1-3 --seconds 5

Every verb takes --workspace DIR (default: here), --lang zh|en and --json; lookback VERB --help says more.
"""

NEW_OBJECTS = 100_000
"""Before Python looks for garbage: most of a command's objects are rows of tables, which stay until it ends."""

VERBS = {
    "folder": ("init", "check"),
    "tables": ("import", "locate"),
    "ranking": ("rank",),
    "plans": ("plan", "show", "map", "verify"),
    "export": ("export",),
    "day": ("reschedule", "replan", "compare", "slot"),
    "outcomes": ("record", "backup"),
    "reports": ("report",),
    "learning": ("backtest", "learn"),
    "bench": ("bench",),
}
"""The verbs that each module of this folder adds."""


class Verbs(Mapping[str, Any]):
    """Commands by verb; what a verb needs is loaded when somebody asks for it, so that no other verb waits for it."""

    modules: Mapping[str, str] = {verb: module for module, verbs in VERBS.items() for verb in verbs}

    def __getitem__(self, verb: str) -> Any:
        adding = typer.Typer(rich_markup_mode=None)
        import_module(f"planner.cli.{self.modules[verb]}").add_to(adding)
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

    def format_help(self, _context: Any, formatter: Any) -> None:
        """What ``lookback`` alone shows."""
        formatter.write(OVERVIEW)


app = typer.Typer(
    cls=Overview, add_completion=False, no_args_is_help=False, rich_markup_mode=None, pretty_exceptions_enable=False
)


@app.callback(invoke_without_command=True)
def overview(context: typer.Context) -> None:
    """Plans look-back (回头看) inspections: who goes where today, and why there first."""
    if context.invoked_subcommand is None:
        tell(OVERVIEW)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with the code of DESIGN: 0, 1, 2, 3, 4 or 130."""
    gc.set_threshold(NEW_OBJECTS)
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
        say(f"{wrong.format_message()} (lookback --help)")
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
