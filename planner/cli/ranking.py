"""The verb about priorities: rank."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.options import (
    DayArgument,
    JsonOption,
    Lang,
    LangOption,
    WorkspaceOption,
    next_working_day,
    tell,
    tell_json,
)
from planner.errors import InputError, Problem
from planner.lookbacks import LookBack, look_backs, spot_checks
from planner.workspace import Workspace
from planner.writers.text import ranking_text, why_text

if TYPE_CHECKING:
    from planner.lookbacks import Wanted


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command()(rank)


def rank(
    day: DayArgument = None,
    top: Annotated[int, typer.Option(min=1, help="How many to list.")] = 50,
    why: Annotated[
        str | None, typer.Option(metavar="ENTERPRISE", help="The sum behind one enterprise's priority.")
    ] = None,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    List look-backs by priority, or replay one sum to the digit. 按优先级列出回头看任务。

    Example: lookback rank 2026-11-24 --why E01234
    """
    place = Workspace.at(workspace)
    policy, reading = place.read()
    day = day or next_working_day(reading.register.calendar)
    register = place.register_for(reading.register, policy, day)
    owed = look_backs(register, (day,), policy)
    shown: tuple[Wanted, ...] = owed[:top]
    if why is not None:
        everything: tuple[Wanted, ...] = (*owed, *spot_checks(register, owed, day, policy))
        shown = tuple(item for item in everything if why in item.sites or why in {item.lookback_id, _key(item)})
        if not shown and why not in register.enterprise and why not in register.sites:
            raise InputError(
                [Problem("rank", 0, "--why", f"{why!r} is no enterprise, operator or look-back", "没有该企业")]
            )
    if as_json:
        tell_json(json.dumps([_row(item) for item in shown], ensure_ascii=False, indent=1) + "\n")
    elif why is not None:
        tell(why_text(shown, register, lang))
    else:
        tell(ranking_text(owed, register, top, lang))


def _key(item: Wanted) -> str:
    return item.lookback_id.partition("-")[2]


def _row(item: Wanted) -> dict[str, Any]:
    row: dict[str, Any] = {
        "lookback_id": item.lookback_id,
        "sites": list(item.sites),
        "priority": item.priority,
        "mandatory": item.mandatory,
        "reasons": [
            {"term": r.term.value, "points": r.points, "detail": r.detail, "records": list(r.records)}
            for r in item.reasons
        ],
    }
    if isinstance(item, LookBack):
        row |= {"release": item.release.isoformat(), "due": item.due.isoformat(), "violations": list(item.violations)}
    return row
