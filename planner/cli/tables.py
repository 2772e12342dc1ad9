"""The verbs about tables that are not yet as they should be: import, locate."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner import readers
from planner.addresses import Proposal, proposals
from planner.cli.options import JsonOption, Lang, LangOption, WorkspaceOption, say, tell, tell_json
from planner.errors import InputError, Problem
from planner.geo import Datum
from planner.geocoding import ask, service
from planner.label import Label
from planner.readers.cells import plain
from planner.readers.gathering import gathered
from planner.readers.importing import Wishes
from planner.readers.sheet import printable
from planner.readers.tables import BARRIERS, DISTRICTS, TABLES, VIOLATIONS, Table
from planner.workspace import Workspace
from planner.writers.tables import csv_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.policy import Policy
    from planner.register import Register

KEY_VARIABLE = "LOOKBACK_GEOCODER_KEY"
"""The environment variable with the office's own key, which stands in no file and in no message."""

_BY_NAME = {table.name: table for table in (*TABLES, DISTRICTS, BARRIERS)}


def add_to(app: typer.Typer) -> None:
    """Register the verbs."""
    app.command(name="import")(import_)
    app.command()(locate)


def import_(
    file: Annotated[
        str, typer.Argument(metavar="FILE"), Label("要导入的表格或图层文件", "The table or layer to take in.")
    ],
    name: Annotated[
        str,
        typer.Option("--as", metavar="TABLE"),
        Label(f"导入为哪张表:{'、'.join(_BY_NAME)}", f"Which table it becomes: {', '.join(_BY_NAME)}."),
    ],
    renamed: Annotated[
        list[str] | None,
        typer.Option("--map", metavar='"THEIRS=OURS"'),
        Label(
            "外部列对应本程序的列;A+B=OURS 为合并,'risk=' 为不导入 risk 列",
            "Their column is ours; A+B=OURS joins several; 'risk=' is not taken.",
        ),
    ] = None,
    constants: Annotated[
        list[str] | None,
        typer.Option("--set", metavar='"OURS=VALUE"'),
        Label(
            "整列取同一值;{row} 为行号,{sheet} 为工作表名",
            "One value for all rows; {row} is the row's number, {sheet} the sheet's title.",
        ),
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Option("--value", metavar='"OURS:THEIRS=VALUE"'),
        Label("外部取值对应本程序的取值;* 为其余各值", "Their value is ours; * is any other."),
    ] = None,
    kept: Annotated[
        list[str] | None,
        typer.Option("--only", metavar='"THEIRS=A;B"'),
        Label("只取该列为这些值之一的行", "Only rows with one of these values."),
    ] = None,
    rectified_by: Annotated[
        list[str] | None,
        typer.Option("--rectified-by", metavar='"THEIRS=A;B"'),
        Label(
            "仅限 violations:同一企业下一个为这些值之一的行,其日期即整改核实日期",
            "Violations: the enterprise's next row with one of these values is when it was rectified.",
        ),
    ] = None,
    titles: Annotated[
        list[str] | None,
        typer.Option("--sheet", metavar="TITLE"),
        Label(
            "取哪个工作表或图层;可重复,合为一张表;'*' 为列齐全的全部工作表",
            "Which sheet or layer; several become one table; '*' is all that have the columns.",
        ),
    ] = None,
    datum: Annotated[
        Datum | None, typer.Option("--datum"), Label("坐标所用的坐标系", "What the coordinates are in.")
    ] = None,
    leave_out: Annotated[
        bool,
        typer.Option("--leave-out"),
        Label("剔除有误的行,并逐行列出", "Leave out rows that are wrong, and list them."),
    ] = False,
    replace: Annotated[
        bool,
        typer.Option("--replace"),
        Label("替换原表;原表保留在 imports/", "Replace the table; the old one is kept in imports/."),
    ] = False,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    Take in a table from elsewhere: columns renamed, cells in our forms, what changed reported.

    导入外部表格:对应列名,统一写法,报告所作改动。

    Example: lookback import 商户.xlsx --as enterprises --map "店名=name" --datum gcj02
    """
    table = _table(name)
    if rectified_by and table is not VIOLATIONS:
        raise typer.BadParameter("only violations are rectified", param_hint="--rectified-by")
    at = Workspace.at(workspace)
    policy = at.policy()
    wishes = Wishes(
        renamed=mappings(renamed or (), table),
        constants=dict(_constant(text, table) for text in constants or ()),
        values=dict(_value(text, table) for text in values or ()),
        only=dict(_values(text, "--only") for text in kept or ()),
        rectified_by=dict(_values(text, "--rectified-by") for text in rectified_by or ()),
        datum=datum,
        leave_out=leave_out,
    )
    path, called = _file(file)
    found = readers.sheets(path, called, table)
    known = readers.known_ids(at.root, table, policy)
    made = gathered(table, found, titles or (), called, wishes, policy.workspace.extent, known)
    target = at.take_in(made, replace=replace, lang=lang.value)
    notes = [note.of(lang.value) for note in made.report]
    if as_json:
        left = [problem.line(lang.value) for problem in made.left_out]
        result = {
            "table": table.name,
            "file": str(target),
            "rows": len(made.records),
            "report": notes,
            "left_out": left,
        }
        tell_json(json.dumps(result, ensure_ascii=False, indent=1) + "\n")
        return
    tell("".join(f"{note}\n" for note in notes))
    done, then = ("已写入", "接下来") if lang is Lang.ZH else ("written", "next")
    where = f" --workspace {shlex.quote(str(workspace))}" if workspace != Path() else ""
    say(f"{done} {target} · {then}: lookback check{where}")


def locate(
    geocoder: Annotated[
        str | None,
        typer.Option("--geocoder", metavar="NAME|URL"),
        Label(
            "另向地理编码服务查询:amap、tianditu 或 https://…{address}…;密钥放在环境变量 LOOKBACK_GEOCODER_KEY 中",
            "Ask amap, tianditu or https://…{address}…, too; its key in LOOKBACK_GEOCODER_KEY.",
        ),
    ] = None,
    datum: Annotated[
        Datum,
        typer.Option("--datum"),
        Label("以 URL 指定的服务所用的坐标系", "What the coordinates of a URL are in."),
    ] = Datum.WGS84,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    Propose places for the enterprises without coordinates, by their addresses.

    Nothing is written: look at the proposals, add the right ones to data/places.csv, and they are planned. Do not send
    them straight into that file: the shell would empty it first, with all that was decided before.

    Nobody is asked on the network unless --geocoder names a service. It is then told the addresses for which nothing
    better than a district is known: no name, no id, no finding, no complaint.

    为没有坐标的企业,按地址给出建议位置。

    不写入任何表:核对建议,将正确的填入 data/places.csv,这些企业即可列入规划。
    请勿将输出直接写入该文件:命令行会先清空它,此前确认的内容随之丢失。

    不用 --geocoder 指定服务,就不联网查询。指定后,只发送至多能定位到商圈的那些地址,
    不发送企业名称、编号、检查发现或投诉。

    Example: lookback locate > proposals.csv
    """
    at = Workspace.at(workspace)
    policy, reading = at.read()
    found = proposals(reading.register)
    if geocoder is not None:
        found = _geocoded(at, geocoder, datum, found, reading.register, policy, lang)
    header = ("enterprise_id", "lon", "lat", "datum", "source", "note")
    rows = [
        (
            p.enterprise.enterprise_id, round(p.place.lon, 6), round(p.place.lat, 6), Datum.WGS84.value,
            p.source_zh if lang is Lang.ZH else p.source, f"{p.enterprise.name} {p.enterprise.address}".strip(),
        )
        for p in found
    ]  # fmt: skip
    if as_json:
        tell_json(
            json.dumps([dict(zip(header, row, strict=True)) for row in rows], ensure_ascii=False, indent=1) + "\n"
        )
    else:
        tell(csv_text(header, rows))
    proposed = {p.enterprise.enterprise_id for p in found}
    lost = [e for e in reading.register.enterprises if e.place is None and e.enterprise_id not in proposed]
    for enterprise in lost:
        nothing = "无从推断" if lang is Lang.ZH else "nothing known near"
        say(f"{enterprise.enterprise_id} {enterprise.name} {enterprise.address}: {nothing}")
    text = "{} 家没有坐标,{} 家有建议;核对后存入 data/places.csv"
    if lang is Lang.EN:
        text = "{} enterprises without coordinates, {} with a proposal; keep those that are right in data/places.csv"
    say(text.format(len(lost) + len(found), len(found)))


def _geocoded(
    at: Workspace, named: str, datum: Datum, found: Sequence[Proposal], register: Register, policy: Policy, lang: Lang
) -> tuple[Proposal, ...]:
    """The proposals, and those of a service for what the workspace's own places do not tell."""
    try:
        asked = service(named, datum)
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--geocoder") from wrong
    key = os.environ.get(KEY_VARIABLE, "")
    if "{key}" in asked.url and not key:
        raise typer.BadParameter(f"{named} wants a key: put yours into {KEY_VARIABLE}", param_hint="--geocoder")
    sure = {p.enterprise.enterprise_id for p in found if not p.vague}
    lost = [e for e in register.enterprises if e.place is None and e.address and e.enterprise_id not in sure]
    known = at.geocoded(asked.host, asked.datum)
    new = list(dict.fromkeys(e.address for e in lost if e.address not in known))
    if new:
        asking = (
            "向 {} 查询 {} 个地址(只发送地址)"
            if lang is Lang.ZH
            else "asking {} for {} addresses; nothing else is sent"
        )
        say(asking.format(asked.host, len(new)))
        answers = ask(asked, new, key)
        known |= answers.places
        at.keep_geocoded(asked.host, asked.datum, known)
        if answers.stopped:
            left = len(new) - len(answers.places)
            stopped = (
                "{} 未能回答({}),{} 个地址未查" if lang is Lang.ZH else "{} did not answer ({}); {} addresses are left"
            )
            say(stopped.format(asked.host, answers.stopped, left))
    told = {}
    for enterprise in lost:
        place = known.get(enterprise.address)
        if place is not None and policy.workspace.extent.holds(*place):
            told[enterprise.enterprise_id] = Proposal(
                enterprise, place, f"geocoder {asked.host}", f"地理编码 {asked.host},请核对"
            )
    merged = {p.enterprise.enterprise_id: p for p in found} | told
    return tuple(merged[e.enterprise_id] for e in register.enterprises if e.enterprise_id in merged)


def _table(name: str) -> Table:
    if name not in _BY_NAME:
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(_BY_NAME)}", param_hint="--as")
    return _BY_NAME[name]


def _file(given: str) -> tuple[Path, str]:
    """A path on this computer: nothing that a library could take for an address."""
    called = printable(Path(given).name)
    if "://" in given or given.startswith("/vsi"):
        message = "is an address, not a file: download it and name the file"
        raise InputError([Problem(printable(given), 0, "", message, "是网址而非文件,请先下载")])
    path = Path(given)
    if not path.exists():
        raise InputError([Problem(printable(given), 0, "", "there is no such file", "文件不存在")])
    return path, called


def _split(text: str, option: str, *, right: bool = False) -> tuple[str, str]:
    left, equals, value = text.rpartition("=") if right else text.partition("=")
    if not equals or not left.strip():
        raise typer.BadParameter(f"{text!r} has no '=' between two names", param_hint=option)
    return left.strip(), value.strip()


def _values(text: str, option: str) -> tuple[str, frozenset[str]]:
    """Their heading, and the values of it that are meant."""
    theirs, given = _split(text, option)
    return theirs, frozenset(map(plain, given.split(";")))


def mappings(given: Sequence[str], *tables: Table) -> dict[str, str]:
    """
    What ``--map`` says: our column, or several with ``+`` between them, by their heading.

    Raises
    ------
    BadParameter
        It is not ``THEIRS=OURS``, or none of the tables has such a column.
    """
    renamed: dict[str, str] = {}
    for text in given:
        theirs, ours = _split(text, "--map", right=True)
        for name in filter(None, ours.split("+")):
            _check_column(name, "--map", *tables)
        renamed[theirs] = f"{renamed[theirs]}+{ours}" if renamed.get(theirs) else ours
    return renamed


def _constant(text: str, table: Table) -> tuple[str, str]:
    ours, value = _split(text, "--set")
    _check_column(ours, "--set", table)
    return ours, value


def _value(text: str, table: Table) -> tuple[tuple[str, str], str]:
    left, value = _split(text, "--value", right=True)
    column, colon, theirs = left.partition(":")
    if not colon:
        raise typer.BadParameter(f"{text!r} is not written OURS:THEIRS=VALUE", param_hint="--value")
    _check_column(column.strip(), "--value", table)
    return (column.strip(), theirs.strip()), value


def _check_column(name: str, option: str, *tables: Table) -> None:
    columns = dict.fromkeys(column.name for table in tables for column in table.columns)
    if name not in columns:
        called = " or ".join(table.name for table in tables)
        raise typer.BadParameter(f"{name!r} is no column of {called}: {', '.join(columns)}", param_hint=option)
