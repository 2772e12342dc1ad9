"""The verbs about the folder: init, check."""

from __future__ import annotations

import json
import shlex
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.options import (
    JsonOption,
    Lang,
    LangOption,
    WorkspaceOption,
    day as parse_day,
    next_working_day,
    say,
    tell,
    tell_json,
)
from planner.errors import InputError
from planner.label import Label
from planner.readers.doubts import unfit_teams
from planner.recording import strays
from planner.samples import SAMPLES
from planner.workspace import Workspace, create, empty_tables
from planner.writers.tables import csv_text

if TYPE_CHECKING:
    from planner.readers.duplicates import Pair
    from planner.register import Register

SAMPLE_DAY = date(2026, 11, 24)


def add_to(app: typer.Typer) -> None:
    """Register the verbs."""
    app.command()(init)
    app.command()(check)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR"), Label("要新建的文件夹", "The folder to make.")],
    sample: Annotated[
        str | None,
        typer.Option(),
        Label(f"填入示例数据:{'、'.join(SAMPLES)}", f"Fill it with a sample: {', '.join(SAMPLES)}."),
    ] = None,
    today: Annotated[
        date | None,
        typer.Option(parser=parse_day, metavar="DAY"),
        Label("平移示例数据的日期,以此日为当天", "Shift the sample's dates so that this is its day."),
    ] = None,
    lang: LangOption = Lang.ZH,
) -> None:
    """
    Make a workspace: empty tables with headers, or a sample.

    新建工作文件夹:只有表头的空表,或示例数据。

    Example: lookback init shanghai --sample shanghai
    """
    if sample is not None and sample not in SAMPLES:
        raise typer.BadParameter(f"{sample!r} is not one of {', '.join(SAMPLES)}", param_hint="--sample")
    create(folder, SAMPLES[sample](today or SAMPLE_DAY) if sample else empty_tables())
    day = f" {today or SAMPLE_DAY}" if sample else ""
    done, then = ("已生成", "接下来") if lang is Lang.ZH else ("made", "next")
    command = f"lookback {'plan' if sample else 'check'}{day} --workspace {shlex.quote(str(folder))}"
    say(f"{done} {folder} · {then}: {command}")


def check(
    workspace: WorkspaceOption = Path(),
    day: Annotated[
        date | None,
        typer.Option(parser=parse_day, metavar="DAY"),
        Label(
            "执法证须在哪一天有效;默认为下一个工作日",
            "For which day certificates must be valid; the next working day if not given.",
        ),
    ] = None,
    fix: Annotated[
        str | None,
        typer.Option("--fix", metavar="districts"),
        Label("修复商圈图形,另存到 imports/", "Write a repaired copy of the districts into imports/."),
    ] = None,
    duplicates: Annotated[
        bool,
        typer.Option("--duplicates"),
        Label(
            "以 CSV 列出疑似同一家的企业编号,确认后存入 data/same_as.csv",
            "Ids that may be one shop, as CSV for data/same_as.csv.",
        ),
    ] = False,
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    Read everything; list every problem, and what is doubtful.

    核对全部数据表,一次列出所有错误和可疑之处。

    Example: lookback check --workspace shanghai
    """
    place = Workspace.at(workspace)
    if fix is not None:
        _fix(place, fix, lang.value)
        return
    try:
        policy, reading = place.read()
    except InputError as wrong:
        if as_json:
            _print_json([], [problem.line(lang) for problem in wrong.problems])
        raise
    register = reading.register
    if duplicates:
        rows = (_undecided(register, pair) for pair in reading.duplicates)
        tell(csv_text(("enterprise_id", "other_id", "same", "note"), rows))
        return
    day = day or next_working_day(register.calendar)
    with place.store() as store:
        recorded = [entry.outcome for entry in store.outcomes()]
    found = (*reading.warnings, *unfit_teams(register, day, policy), *strays(recorded, register))
    warnings = [warning.line(lang) for warning in found]
    if as_json:
        _print_json(warnings, [])
        return
    for warning in warnings:
        say(warning)
    counts = (len(register.enterprises), len(register.violations), len(register.teams), len(register.districts))
    text = "{} 家企业,{} 条问题,{} 支队伍,{} 个商圈;无错误,{} 条提醒"
    if lang is Lang.EN:
        text = "{} enterprises, {} violations, {} teams, {} districts; no problems, {} warnings"
    tell(text.format(*counts, len(warnings)) + "\n")


def _undecided(register: Register, pair: Pair) -> tuple[str, str, str, str]:
    one, other = register.enterprise[pair.enterprise_id], register.enterprise[pair.other_id]
    return pair.enterprise_id, pair.other_id, "", f"{pair.why}: {one.name} / {other.name}"


def _fix(workspace: Workspace, name: str, lang: str) -> None:
    if name != "districts":
        raise typer.BadParameter(f"{name!r} cannot be repaired, only districts", param_hint="--fix")
    target, notes = workspace.repair_districts()
    tell("".join(f"{note.of(lang)}\n" for note in notes))
    done, then = ("已写入", "核对后") if lang == "zh" else ("written", "look at it, then")
    say(f"{done} {target} · {then}: lookback import {shlex.quote(str(target))} --as districts --replace")


def _print_json(warnings: list[str], problems: list[str]) -> None:
    tell_json(json.dumps({"problems": problems, "warnings": warnings}, ensure_ascii=False, indent=1) + "\n")
