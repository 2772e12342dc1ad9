"""The verbs about plans: plan, show, map, verify."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.check import check
from planner.cli.options import DayArgument, JsonOption, Lang, LangOption, WorkspaceOption, next_working_day, say
from planner.cli.search import Search, Stopwatch, accepted, searched
from planner.errors import InputError, Problem
from planner.plan import Plan, from_json, to_json
from planner.planning import fingerprint
from planner.readers.doubts import unfit_teams
from planner.solvers import DEFAULT, SOLVERS, Limit
from planner.teamdays import horizon
from planner.travel import measured
from planner.workspace import Workspace
from planner.writers.text import lines_of, plan_text

if TYPE_CHECKING:

    from planner.register import Register

PlanArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="PLAN", help="A plan's id (its first day), ID@REVISION, or a JSON file; the latest if not given."
    ),
]


def add_to(app: typer.Typer) -> None:
    """Register the verbs."""
    app.command()(plan)
    app.command()(show)
    app.command("map")(map_)
    app.command()(verify)


def plan(
    day: DayArgument = None,
    days: Annotated[int, typer.Option(min=1, max=20, help="How many working days to plan together.")] = 1,
    seconds: Annotated[
        float | None, typer.Option(min=0.1, max=86_400, help="How long to search; 30 if no --steps are given.")
    ] = None,
    steps: Annotated[
        int | None, typer.Option(min=0, help="Search so many steps instead: the same plan on any machine.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Of the search's random choices.")] = 0,
    solver: Annotated[str, typer.Option(help=f"One of {', '.join(SOLVERS)}.")] = DEFAULT,
    accept: Annotated[
        Path | None,
        typer.Option(
            "--accept", metavar="FILE", help="Take this plan, edited by hand or saved at Ctrl-C, instead of searching."
        ),
    ] = None,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    Plan, check, save and draw a day. 规划、核对、保存并绘制当日路线。

    Example: lookback plan 2026-11-24 --seconds 30
    """
    if solver not in SOLVERS:
        raise typer.BadParameter(f"{solver!r} is not one of {', '.join(SOLVERS)}", param_hint="--solver")
    limit = Limit(seconds=30.0 if seconds is None and steps is None else seconds, steps=steps)
    place = Workspace.at(workspace)
    clock = Stopwatch()
    policy, reading = clock.time("read", place.read)
    register = reading.register
    day = day or next_working_day(register.calendar)
    for problem in (
        problem for date in horizon(register, day, days) for problem in unfit_teams(register, date, policy)
    ):
        say(problem.line(lang))
    with place.store() as store, store.locked():
        travel = place.travel(register, policy)
        if accept is None:
            search = Search(day, days, limit, seed, solver)
            found, stopped = searched(register, policy, travel, search, clock, lang)
            if stopped:
                _offer(place, found, lang)
        else:
            found = _from_file(accept)
            clock.time("check", lambda: accepted(found, register, policy, travel, str(accept)))
        numbered = store.number(found)
        pages = clock.time("draw", lambda: _pages(numbered, register, lang))
        clock.time("save", lambda: store.save(numbered, " ".join(["lookback", *sys.argv[1:]])))
        contents = {**pages, "plan.json": to_json(numbered)}
        folder = clock.time("write", lambda: place.write_maps(numbered.plan_id, contents))
    sys.stdout.write(to_json(numbered) if as_json else plan_text(numbered, register, lang))
    say(clock.text(lang))
    say(f"{'地图' if lang is Lang.ZH else 'map'}: {folder / 'plan.html'}")


def show(
    which: PlanArgument = None,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    Print a saved plan again. 显示已保存的方案。

    Example: lookback show 2026-11-24
    """
    place = Workspace.at(workspace)
    found = _load(place, which)
    if as_json:
        sys.stdout.write(to_json(found))
        return
    _, reading = place.read()
    sys.stdout.write(plan_text(found, reading.register, lang))


def map_(
    which: PlanArgument = None,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    Draw a saved plan's pages again. 重新绘制已保存方案的地图。

    Example: lookback map 2026-11-24
    """
    place = Workspace.at(workspace)
    found = _load(place, which)
    policy, reading = place.read()
    if fingerprint(reading.register, policy) != found.fingerprint:
        say(_STALE[lang is Lang.EN])
    pages = _pages(found, reading.register, lang)
    folder = place.write_maps(found.plan_id, {**pages, "plan.json": to_json(found)})
    sys.stdout.write(f'{{"map": "{folder / "plan.html"}"}}\n' if as_json else f"{folder / 'plan.html'}\n")


def verify(
    which: PlanArgument = None,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    Check a saved plan, or one edited by hand, against every rule. 用独立核对程序检查方案。

    Exit code 2 when it breaks a rule.

    Example: lookback verify maps/2026-11-24/plan.json
    """
    place = Workspace.at(workspace)
    found = _load(place, which)
    policy, reading = place.read()
    conflicts = check(found, reading.register, policy, measured=measured(place.travel(reading.register, policy)))
    stale = fingerprint(reading.register, policy) != found.fingerprint
    if stale:
        say(_STALE[lang is Lang.EN])
    if as_json:
        document = {"plan_id": found.plan_id, "revision": found.revision, "tables_changed": stale}
        document["conflicts"] = [vars(conflict) for conflict in conflicts]
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write(lines_of(conflict.line() for conflict in conflicts))
    if conflicts:
        say(f"{len(conflicts)} 处冲突" if lang is Lang.ZH else f"{len(conflicts)} conflicts")
        raise typer.Exit(2)
    if not as_json:
        sys.stdout.write("方案符合全部规则\n" if lang is Lang.ZH else "the plan keeps every rule\n")


_STALE = (
    "提示:数据表在该方案生成之后有改动",
    "note: the tables have changed since this plan was made",
)


def _pages(found: Plan, register: Register, lang: Lang) -> dict[str, str]:
    # Folium takes half a second to import: only for those who draw, and not again in the solver's process.
    from planner import draw  # noqa: PLC0415

    return draw.pages(found, register, lang)


def _load(place: Workspace, which: str | None) -> Plan:
    """A plan by its id, by ``ID@REVISION``, from a JSON file, or the one saved last."""
    if which is not None and (which.endswith(".json") or Path(which).is_file()):
        return _from_file(Path(which))
    plan_id, _, revision = (which or "").partition("@")
    if revision and not revision.isdecimal():
        raise typer.BadParameter(f"{revision!r} is not a revision (a whole number)", param_hint="PLAN")
    with place.store() as store:
        return store.load(plan_id or None, int(revision) if revision else None)


def _from_file(path: Path) -> Plan:
    try:
        return from_json(path.read_text("utf-8-sig"), file=str(path))
    except UnicodeDecodeError as problem:
        raise InputError([Problem(str(path), 0, "", "is not UTF-8", "应为 UTF-8 编码")]) from problem
    except OSError as problem:
        raise InputError([Problem(str(path), 0, "", f"cannot be read: {problem.strerror}", "无法读取")]) from problem


def _offer(place: Workspace, found: Plan, lang: Lang) -> None:
    """After Ctrl-C: the best checked plan as a file, nothing saved, exit code 130."""
    folder = place.write_unfinished(found.plan_id, to_json(found))
    totals = found.totals
    if lang is Lang.ZH:
        say(f"已停止;已保存的方案未改动。目前最佳(已核对):优先级 {totals.priority:,},到期必查 {totals.mandatory}")
        say(f"采用:lookback plan {found.horizon[0]} --days {len(found.horizon)} --accept {folder}")
    else:
        say(f"stopped; what was saved is unchanged. Best so far, checked: priority {totals.priority:,}")
        say(f"to take it: lookback plan {found.horizon[0]} --days {len(found.horizon)} --accept {folder}")
    raise typer.Exit(130)
