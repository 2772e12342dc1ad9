"""The verbs about what visits found, and about keeping it: record, backup."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.options import (
    JsonOption,
    Lang,
    LangOption,
    WorkspaceOption,
    author,
    command_line,
    day as parse_day,
    new_file,
    say,
    tell,
    tell_json,
)
from planner.errors import InputError, Problem
from planner.history import follow_ups, with_outcomes
from planner.label import Label
from planner.lookbacks import look_backs
from planner.outcomes import MOST_CHARACTERS, NewViolation, Outcome, OutcomeKind, from_json, to_json
from planner.recording import against_plan, doubts
from planner.violations import Action, Aggravation, Scope, ViolationKind
from planner.words import LABELS
from planner.workspace import Workspace
from planner.writers.outcomes import differences, intake_text

if TYPE_CHECKING:
    from datetime import date

    from planner.history import FollowUp
    from planner.plan import Plan
    from planner.policy import Policy
    from planner.register import Register
    from planner.store import Intake, RecordedOutcome, Store

NEW_VIOLATION = "new_violation"
"""By hand: what was owed is rectified, and something else was found."""
BY_HAND = (*OutcomeKind, NEW_VIOLATION)
_BY_HAND_ZH = [f"{kind}({LABELS[kind].zh})" for kind in OutcomeKind] + [f"{NEW_VIOLATION}(已整改,但新发现问题)"]


def add_to(app: typer.Typer) -> None:
    """Register the verbs."""
    app.command()(record)
    app.command()(backup)


def clock(text: str) -> int:
    """A time of day written hh:mm, as seconds since midnight; anything else is a usage error."""
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text, re.ASCII)
    if match is None:
        raise typer.BadParameter(f"{text!r} is not a time (hh:mm)")
    return int(match[1]) * 3600 + int(match[2]) * 60


def record(
    what: Annotated[
        list[str],
        typer.Argument(metavar="FILE… | ID OUTCOME"),
        Label(
            "各队页面导出的文件;或企业(或回头看)编号加检查结果\n检查结果可选:" + "、".join(_BY_HAND_ZH),
            "Documents that teams' pages hand in; or by hand an enterprise or look-back, and what was found.\n"
            f"OUTCOME is one of {', '.join(BY_HAND)}.",
        ),
    ],
    plan: Annotated[
        str | None,
        typer.Option(metavar="PLAN"),
        Label("手工登记:哪份方案;默认为最近保存的方案", "By hand: of which plan; the one saved last if not given."),
    ] = None,
    team: Annotated[
        str | None,
        typer.Option(),
        Label("手工登记:计划外检查的队伍,须与 --date 同给", "By hand: of a visit that was not planned, with --date."),
    ] = None,
    date_: Annotated[
        Any,
        typer.Option("--date", parser=parse_day, metavar="DAY"),
        Label("手工登记:有多次检查时,指明哪一天", "By hand: which visit, if there are several."),
    ] = None,
    arrived: Annotated[
        Any,
        typer.Option(parser=clock, metavar="HH:MM"),
        Label("手工登记:到达时间", "By hand: when the team arrived."),
    ] = None,
    left: Annotated[
        Any,
        typer.Option(parser=clock, metavar="HH:MM"),
        Label("手工登记:离开时间", "By hand: when the team left."),
    ] = None,
    facts: Annotated[
        str,
        typer.Option(metavar="TEXT"),
        Label("手工登记:现场情况,只写看到的事实,不写结论", "By hand: what was seen, without conclusions."),
    ] = "",
    kind: Annotated[
        ViolationKind | None, typer.Option(), Label("新发现的问题:问题类型", "Of a new violation: what it is.")
    ] = None,
    action: Annotated[
        Action | None, typer.Option(), Label("新发现的问题:处理方式", "Of a new violation: what was done.")
    ] = None,
    aggravation: Annotated[
        list[Aggravation] | None,
        typer.Option(metavar="CODE"),
        Label("新发现的问题:加重情节", "Of a new violation: what makes it worse."),
    ] = None,
    scope: Annotated[
        Scope, typer.Option(), Label("新发现的问题:核实范围", "Of a new violation: where it can be seen.")
    ] = Scope.SITE,
    rectify_by: Annotated[
        Any,
        typer.Option(parser=parse_day, metavar="DAY"),
        Label("新发现的问题:整改期限", "Of a new violation: the deadline."),
    ] = None,
    note: Annotated[str, typer.Option(metavar="TEXT"), Label("新发现的问题:备注", "Of a new violation: a note.")] = "",
    correct: Annotated[
        bool,
        typer.Option("--correct"),
        Label(
            "与已有记录不一致时以本次为准;两者都保留",
            "Where something else is on record, let this count; both are kept.",
        ),
    ] = False,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    Record what visits found: from the pages' documents, or by hand.

    The same again changes nothing. What is on record is never overwritten: a conflict is listed, exit code 2.

    登记检查结果:取自各队页面导出的文件,或手工登记。

    重复登记不产生变化。已有记录从不覆盖:不一致的逐条列出,退出码为 2。

    Example: lookback record E00601 not_rectified --facts "收银台仍要求手机号"
    """
    place = Workspace.at(workspace)
    policy, reading = place.read()
    register = reading.register
    by_hand = len(what) == 2 and what[1] in BY_HAND
    if (
        len(what) == 2
        and not by_hand
        and not what[1].endswith(".json")
        and not any(Path(name).exists() for name in what)
    ):
        raise typer.BadParameter(f"{what[1]!r} is neither a file nor one of {', '.join(BY_HAND)}", param_hint="OUTCOME")
    options = {"--plan": plan, "--team": team, "--date": date_, "--arrived": arrived, "--left": left, "--facts": facts}
    violation = {"--kind": kind, "--action": action, "--aggravation": aggravation, "--rectify-by": rectify_by}
    violation |= {"--note": note}
    options |= violation
    if not by_hand:
        for name, value in options.items():
            if value:
                raise typer.BadParameter("goes with ID OUTCOME, not with files", param_hint=name)
    if by_hand and (kind is None) != (action is None):
        raise typer.BadParameter("go together", param_hint="--kind, --action")
    if by_hand and kind is None and (what[1] == NEW_VIOLATION or any(violation.values())):
        raise typer.BadParameter("a new violation needs both", param_hint="--kind, --action")
    with place.store() as store:
        if by_hand:
            new: tuple[NewViolation, ...] = ()
            if kind is not None and action is not None:
                new = (NewViolation(kind, action, frozenset(aggravation or ()), scope, rectify_by, note),)
            visit = _visit(store, what[0], plan, team, date_, register, policy)
            result = OutcomeKind.RECTIFIED if what[1] == NEW_VIOLATION else OutcomeKind(what[1])
            given = Outcome(*visit, result, arrived, left, facts, violations=new)
            batches = {"record": _as_document(given)}
        else:
            batches = _from_files([Path(name) for name in what], store, register)
        outcomes = [outcome for batch in batches.values() for outcome in batch]
        intake = store.add_outcomes(outcomes, author=author(), command=command_line(), correcting=correct)
        recorded = [entry.outcome for entry in store.outcomes()]
    follow = follow_ups(register, recorded, policy, intake.new)
    for file, batch in batches.items():
        for doubt in doubts(batch, register, file):
            say(doubt.line(lang))
    if as_json:
        tell_json(json.dumps(_result(intake, follow), ensure_ascii=False, indent=1) + "\n")
    else:
        tell(intake_text(follow, len(intake.known), len(intake.conflicts), register, lang))
    for outcome, before in intake.conflicts:
        say(_conflict(outcome, before).line(lang))
    if intake.conflicts:
        raise typer.Exit(2)


def backup(
    file: Annotated[
        Path,
        typer.Argument(parser=new_file, metavar="FILE"),
        Label("新文件;已有的文件从不替换", "A new file; one that exists is never replaced."),
    ],
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    Copy plans, events and outcomes into one file, whole, while others work.

    To go back to it, put it in the place of data/lookback.db.

    将方案、变更与结果完整备份到一个文件,不影响他人使用。

    恢复时,用备份文件替换 data/lookback.db。

    Example: lookback backup lookback-2026-11-24.db
    """
    with Workspace.at(workspace).store() as store:
        store.backup(file)
    if as_json:
        tell_json(json.dumps({"backup": str(file)}, ensure_ascii=False) + "\n")
    else:
        tell(f"{'已备份到' if lang is Lang.ZH else 'backed up to'} {file}\n")


def _from_files(paths: list[Path], store: Store, register: Register) -> dict[str, tuple[Outcome, ...]]:
    """The outcomes of every file, each held against its plan; every problem of all of them at once."""
    problems: list[Problem] = []
    batches: dict[str, tuple[Outcome, ...]] = {}
    for path in paths:
        try:
            batches[str(path)] = found = from_json(_text(path), file=str(path))
            if found:
                plan = store.load(found[0].plan_id, found[0].revision)
                problems += against_plan(found, plan, register, str(path))
        except InputError as wrong:
            problems += wrong.problems
    if problems:
        raise InputError(problems)
    return batches


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8-sig") as file:
            return file.read(MOST_CHARACTERS + 1)  # one more is refused by whoever reads it
    except UnicodeDecodeError as problem:
        raise InputError([Problem(str(path), 0, "", "is not UTF-8", "应为 UTF-8 编码")]) from problem
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else str(problem)
        raise InputError([Problem(str(path), 0, "", f"cannot be read: {reason}", "无法读取")]) from problem


def _as_document(outcome: Outcome) -> tuple[Outcome, ...]:
    """What was typed goes the way of what is read, so that nothing is recorded that no document could say."""
    try:
        return from_json(to_json([outcome]), file="record")
    except UnicodeEncodeError as problem:
        raise InputError([Problem("record", 0, "", "holds half a character", "含有不完整的字符")]) from problem


def _visit(
    store: Store,
    name: str,
    plan_name: str | None,
    team: str | None,
    day: date | None,
    register: Register,
    policy: Policy,
) -> tuple[str, int, str, str, str, date]:
    """Which visit is meant by an enterprise or a look-back: plan, revision, look-back, enterprise, team and day."""
    plan = _plan(store, plan_name)
    visits = [
        (visit, duty)
        for duty in plan.duties
        for visit in duty.route
        if name in {visit.enterprise_id, visit.lookback_id} and day in {None, duty.day} and team in {None, duty.team_id}
    ]
    if len(visits) == 1:
        ((visit, duty),) = visits
        return plan.plan_id, plan.revision, visit.lookback_id, visit.enterprise_id, duty.team_id, duty.day
    if visits:
        days = ", ".join(sorted({str(duty.day) for _, duty in visits}))
        message = f"{name!r} is visited on {days}: say which with --date"
        raise InputError([Problem("record", 0, "--date", message, "请用 --date 指明哪一天")])
    if team is None or day is None:
        message = f"{name!r} is no visit in revision {plan.revision} of {plan.plan_id}"
        hint = "; --plan names another plan, --date and --team a visit that was not planned"
        raise InputError(
            [Problem("record", 0, "ID", message + hint, "方案中没有该检查;计划外检查请加 --date 与 --team")]
        )
    return _unplanned(store, plan, name, team, day, register, policy)


def _unplanned(
    store: Store, plan: Plan, name: str, team: str, day: date, register: Register, policy: Policy
) -> tuple[str, int, str, str, str, date]:
    problems = []
    if name not in register.enterprise:
        message = f"{name!r} is not in data/enterprises.csv"
        problems.append(Problem("record", 0, "ID", message, "数据表中没有此编号"))
    if team not in register.team:
        problems.append(Problem("record", 0, "--team", f"{team!r} is not in data/teams.csv", "数据表中没有该队"))
    if problems:
        raise InputError(problems)
    known = with_outcomes(register, (entry.outcome for entry in store.outcomes()), policy, day)
    owed = [lb.lookback_id for lb in look_backs(known, (day,), policy) if name in lb.sites and lb.release <= day]
    own = f"LB-{name}"
    lookback_id = own if own in owed else min(owed, default=f"SC-{name}")
    if day in plan.horizon:
        return plan.plan_id, plan.revision, lookback_id, name, team, day
    return day.isoformat(), 1, lookback_id, name, team, day


def _plan(store: Store, name: str | None) -> Plan:
    if name is None:
        return store.load()
    plan_id, _, revision = name.partition("@")
    if revision and not re.fullmatch(r"\d{1,9}", revision, re.ASCII):
        raise typer.BadParameter(f"{name!r} is no plan such as 2026-11-24 or 2026-11-24@1", param_hint="--plan")
    return store.load(plan_id, int(revision) if revision else None)


def _conflict(outcome: Outcome, before: RecordedOutcome) -> Problem:
    fields = ", ".join(differences(outcome, before.outcome))
    message = (
        f"{outcome.lookback_id} in revision {outcome.revision} of {outcome.plan_id}: {before.outcome.kind} is on record"
        f" since {before.recorded_at[:16]} by {before.author}; this says {outcome.kind} and differs in {fields}."
        " Nothing was changed; --correct lets this one count"
    )
    return Problem("record", 0, "", message, "与已有记录不一致,未作改动;确需更正请加 --correct")


def _result(intake: Intake, follow: tuple[FollowUp, ...]) -> dict[str, Any]:
    return {
        "recorded": [
            {
                "plan_id": row.outcome.plan_id,
                "revision": row.outcome.revision,
                "lookback_id": row.outcome.lookback_id,
                "enterprise_id": row.outcome.enterprise_id,
                "outcome": row.outcome.kind.value,
                "under_way": row.outcome.under_way,
                "last_action": row.last,
                "suggested_action": row.suggested,
                "release": row.release.isoformat() if row.release else None,
                "due": row.due.isoformat() if row.due else None,
            }
            for row in follow
        ],
        "already_recorded": [outcome.lookback_id for outcome in intake.known],
        "conflicts": [
            {"lookback_id": outcome.lookback_id, "differs_in": list(differences(outcome, before.outcome))}
            for outcome, before in intake.conflicts
        ],
    }
