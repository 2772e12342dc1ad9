"""The verb about priorities: rank."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.learning import read_policy_card
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
from planner.label import Label
from planner.lookbacks import LookBack, look_backs, spot_checks
from planner.policy import Policy
from planner.workspace import Workspace
from planner.writers.learning import moves_text
from planner.writers.text import ranking_text, why_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from planner.lookbacks import Wanted
    from planner.register import Register


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command()(rank)


def rank(
    day: DayArgument = None,
    top: Annotated[int, typer.Option(min=1), Label("列出多少项", "How many to list.")] = 50,
    why: Annotated[
        str | None,
        typer.Option(metavar="ENTERPRISE"),
        Label("逐项列出一家企业的优先级如何得出", "The sum behind one enterprise's priority."),
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option(metavar="CARD"),
        Label(
            "换用另一张积分卡时名次如何变化:TOML 文件,或 default(未经学习的默认积分卡)",
            "Who would move with another card: a TOML file, or 'default' for none learned.",
        ),
    ] = None,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    List look-backs by priority, or replay one sum to the digit.

    按优先级列出回头看任务,或逐项还原一家企业的优先级。

    Example: lookback rank 2026-11-24 --why E01234
    """
    place = Workspace.at(workspace)
    policy, reading = place.read()
    day = day or next_working_day(reading.register.calendar)
    register = place.register_for(reading.register, policy, day)
    owed = look_backs(register, (day,), policy)
    shown: tuple[Wanted, ...] = owed[:top]
    if compare is not None:
        _compare(register, day, policy, compare, top, lang, as_json=as_json)
        return
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


def _compare(
    register: Register, day: date, policy: Policy, compare: str, top: int, lang: Lang, *, as_json: bool
) -> None:
    """Both rankings of what is owed and what could be checked, and who moves between them."""
    card = Policy.default().card if compare == "default" else read_policy_card(Path(compare))
    rows = moves(_ranked(register, day, policy), _ranked(register, day, policy.model_copy(update={"card": card})))
    named = [(row[0], register.enterprise[row[1]].name, *row[2:]) for row in rows]
    if as_json:
        keys = ("lookback_id", "name", "rank", "priority", "other_rank", "other_priority")
        tell_json(json.dumps([dict(zip(keys, row, strict=True)) for row in named], ensure_ascii=False, indent=1) + "\n")
    else:
        tell(moves_text(named, top, lang))


def _ranked(register: Register, day: date, policy: Policy) -> tuple[Wanted, ...]:
    owed = look_backs(register, (day,), policy)
    wanted: tuple[Wanted, ...] = (*owed, *spot_checks(register, owed, day, policy))
    return tuple(sorted(wanted, key=lambda item: (not item.mandatory, -item.priority, item.lookback_id)))


def moves(one: Sequence[Wanted], other: Sequence[Wanted]) -> list[tuple[str, str, int, int, int, int]]:
    """
    What stands in either ranking: id, site, rank and points in the one, rank and points in the other.

    What only one of them has stands behind the last of the other, with 0 points.
    """
    places = [{item.lookback_id: (k, item) for k, item in enumerate(ranking, 1)} for ranking in (one, other)]
    rows = []
    for key in dict.fromkeys([*places[0], *places[1]]):
        (rank, item), (other_rank, other_item) = (found.get(key, (len(found) + 1, None)) for found in places)
        site = (item or other_item).sites[0]  # type: ignore[union-attr]  # it stands in one of them
        points = tuple(each.priority if each else 0 for each in (item, other_item))
        rows.append((key, site, rank, points[0], other_rank, points[1]))
    return rows


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
