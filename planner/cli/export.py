"""The verb export: a plan as files for other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.options import JsonOption, Lang, LangOption, WorkspaceOption, say, tell, tell_json
from planner.cli.saved import PlanArgument, load, require_known
from planner.label import Label
from planner.workspace import Workspace
from planner.writers.formats import Format, exported


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command()(export)


def export(
    which: PlanArgument = None,
    to: Annotated[Format, typer.Option("--to", metavar="FORMAT"), Label("文件格式", "The kind of file.")] = Format.XLSX,
    team: Annotated[str | None, typer.Option(), Label("只导出该队伍的部分", "Only this team's part.")] = None,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    Write a saved plan for other programs.

    xlsx and csv: day sheets for Excel; ics: a calendar for each team; gpx: tracks for navigators; gpkg and geojson: for
    QGIS and the like.

    导出已保存的方案,供其他程序使用。

    xlsx、csv 为 Excel 日程表,ics 为各队日历,gpx 为导航轨迹,gpkg、geojson 供 QGIS 等地理信息软件使用。

    Example: lookback export 2026-11-24 --to xlsx
    """
    place = Workspace.at(workspace)
    found = load(place, which)
    _, reading = place.read()
    require_known(found, reading.register)
    if team is not None and team not in {duty.team_id for duty in found.duties if duty.route}:
        raise typer.BadParameter(f"{team!r} has no route in this plan", param_hint="--team")
    files = exported(found, reading.register, to, lang=lang, team_id=team)
    folder = place.write_exports(found.plan_id, files)
    written = [str(folder / name) for name in files]
    if as_json:
        tell_json(json.dumps({"files": written}, ensure_ascii=False) + "\n")
    else:
        tell("".join(f"{name}\n" for name in written))
    say("内部资料,请勿外传" if lang is Lang.ZH else "internal: do not pass on")
