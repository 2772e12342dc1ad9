"""The verbs about plans: plan, show, map, verify."""

from __future__ import annotations

import json
import math
import os
import shlex
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.check import check
from planner.cli.comparing import page_of_replan
from planner.cli.options import (
    DayArgument,
    JsonOption,
    Lang,
    LangOption,
    SeedOption,
    StepsOption,
    WorkspaceOption,
    next_working_day,
    say,
    tell,
    tell_json,
)
from planner.cli.saved import (
    Basis,
    PlanArgument,
    drawing_soon,
    drawn,
    from_file,
    known_to,
    load,
    publish,
    recorded_events,
    require_known,
)
from planner.cli.search import Search, accepted, bound_of_another_problem, searched
from planner.cli.stopwatch import Stopwatch
from planner.errors import InputError, Overtaken, Problem
from planner.label import Label
from planner.plan_json import to_json
from planner.planning import fingerprint
from planner.readers.doubts import unfit_teams
from planner.solvers import DEFAULT, SOLVERS, Limit
from planner.solvers.child import Child
from planner.teamdays import horizon
from planner.travel import measured
from planner.workspace import Workspace
from planner.writers.comparison import missed
from planner.writers.terminal import lines_of
from planner.writers.text import conflict_line, plan_text

if TYPE_CHECKING:
    from planner.clock import Calendar
    from planner.plan import Plan
    from planner.policy import Policy
    from planner.register import Register
    from planner.store import Store
    from planner.travel import TravelTimes

_SHORTEST_PASSPHRASE = 8


def add_to(app: typer.Typer) -> None:
    """Register the verbs."""
    app.command()(plan)
    app.command()(show)
    app.command("map")(map_)
    app.command()(verify)


def plan(
    day: DayArgument = None,
    days: Annotated[
        int,
        typer.Option(min=1, max=20),
        Label("一并规划多少个工作日", "How many working days to plan together."),
    ] = 1,
    seconds: Annotated[
        float | None,
        typer.Option(min=0.1, max=86_400),
        Label("搜索多少秒;未给 --steps 时默认 30", "How many seconds to search; 30 if no --steps are given."),
    ] = None,
    steps: StepsOption = None,
    seed: SeedOption = 0,
    solver: Annotated[
        str, typer.Option(), Label(f"求解器:{'、'.join(SOLVERS)}", f"One of {', '.join(SOLVERS)}.")
    ] = DEFAULT,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS"),
        Label(
            "由 dask 调度器的工作进程求解,如 tcp://host:8786",
            "Let the workers of a dask scheduler do the work, as tcp://host:8786.",
        ),
    ] = None,
    accept: Annotated[
        Path | None,
        typer.Option("--accept", metavar="FILE"),
        Label(
            "不再搜索,采用此文件中的方案:手工修改的,或 Ctrl-C 时存下的",
            "Take this plan, edited by hand or saved at Ctrl-C, instead of searching.",
        ),
    ] = None,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    Plan, check, save and draw a day.

    规划、核对、保存并绘制一天的检查路线。

    Example: lookback plan 2026-11-24 --seconds 30
    """
    _refuse_unknown_means(solver, cluster, steps)
    limit = _limit(seconds, steps)
    place, clock = Workspace.at(workspace), Stopwatch()
    given = None if accept is None else from_file(accept)
    child = Child(solver, limit, seed, cluster)
    with child if given is None else nullcontext():  # it starts while the tables are read
        policy, reading = clock.time("read", place.read)
        day = _first_day(day, given, accept, reading.register.calendar)
        with place.store() as store, store.locked():
            dates = horizon(reading.register, day, days) if given is None else given.horizon or (day,)
            basis = clock.time("read", lambda: Basis.of(store, dates))
            register = basis.register(reading.register, policy)
            desk = _Desk(place, store, register, policy, place.travel(register, policy), clock, lang)
            if given is None:
                found = _searched(desk, Search(day, days, limit, seed, solver), basis, child)
            else:
                found = _taken(desk, given, str(accept))
            numbered, folder = _published(desk, found, basis, reading.register)
    if as_json:
        tell_json(to_json(numbered))
    else:
        tell(plan_text(numbered, register, lang, least=policy.plan.least_visits_per_district))
    say(clock.text(lang))
    say(f"{'地图' if lang is Lang.ZH else 'map'}: {folder / 'plan.html'}")


def _limit(seconds: float | None, steps: int | None) -> Limit:
    """How long to search: half a minute, unless something else is asked for."""
    if seconds is not None and math.isnan(seconds):
        raise typer.BadParameter(f"{seconds} is not a number of seconds", param_hint="--seconds")
    return Limit(seconds=30.0 if seconds is None and steps is None else seconds, steps=steps)


def _refuse_unknown_means(solver: str, cluster: str | None, steps: int | None) -> None:
    if solver not in SOLVERS:
        raise typer.BadParameter(f"{solver!r} is not one of {', '.join(SOLVERS)}", param_hint="--solver")
    if cluster is not None and (steps is not None or solver != DEFAULT):
        raise typer.BadParameter(f"goes with --seconds and the solver {DEFAULT}", param_hint="--cluster")


def _first_day(asked: date | None, given: Plan | None, file: Path | None, calendar: Calendar) -> date:
    """
    The day that is planned, or from which on: that of a plan from a file, the one asked for, or the next working day.

    Raises
    ------
    InputError
        The plan from the file begins on another day than the one asked for.
    """
    if given is not None and asked not in {None, *given.horizon[:1]}:
        raise InputError([Problem(str(file), 0, "horizon", f"does not begin on {asked}", "不是这一天的方案")])
    return given.horizon[0] if given and given.horizon else asked or next_working_day(calendar)


@dataclass(frozen=True)
class _Desk:
    """What a plan is made with."""

    place: Workspace
    store: Store
    register: Register
    """The tables, with what was found on earlier days."""
    policy: Policy
    travel: TravelTimes
    clock: Stopwatch
    lang: Lang


def _searched(desk: _Desk, search: Search, basis: Basis, child: Child) -> Plan:
    """The checked plan that a search finds; what draws it is loaded meanwhile, and Ctrl-C ends here."""
    for day in basis.horizon:
        for problem in unfit_teams(desk.register, day, desk.policy):
            say(problem.line(desk.lang))
    drawing_soon()
    found, stopped = searched(
        desk.register, desk.policy, desk.travel, search, desk.clock, desk.lang, basis.changes, child
    )
    if stopped:
        _offer(desk.place, found, desk.lang)
    return found


def _taken(desk: _Desk, given: Plan, file: str) -> Plan:
    """A plan from a file, which the checker lets pass."""
    after, before = known_to(given, desk.store)
    desk.clock.time("check", lambda: accepted(given, desk.register, desk.policy, desk.travel, file, after, before))
    return given


def _published(desk: _Desk, found: Plan, basis: Basis, tables: Register) -> tuple[Plan, Path]:
    """
    Number, draw and save a plan; the folder of its pages.

    What has come in meanwhile, and makes it another plan, is named: as if it had come in a moment after, since nobody
    wants to wait for another search.
    """
    while True:
        try:
            return publish(
                desk.place,
                desk.store,
                found,
                basis,
                basis.overtaken,
                desk.register,
                desk.policy,
                desk.clock,
                desk.lang,
            )
        except Overtaken:
            basis, was = Basis.of(desk.store, basis.horizon), basis
            events = basis.events[len(was.events) :]
            outcomes = [outcome for outcome in basis.earlier if outcome not in was.earlier]
            say(missed(events, outcomes, tables, desk.lang))


def show(
    which: PlanArgument = None,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    Print a saved plan again.

    再次显示已保存的方案。

    Example: lookback show 2026-11-24
    """
    place = Workspace.at(workspace)
    found = load(place, which)
    if as_json:
        tell_json(to_json(found))
        return
    policy, reading = place.read()
    require_known(found, reading.register)
    tell(plan_text(found, reading.register, lang, least=policy.plan.least_visits_per_district))


def map_(
    which: PlanArgument = None,
    passphrase: Annotated[
        bool,
        typer.Option("--passphrase"),
        Label("加密页面:运行时询问口令,凭口令打开", "Seal the pages: asks for a passphrase, which then opens them."),
    ] = False,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    Draw a saved plan's pages again.

    重新绘制已保存方案的地图页面。

    Example: lookback map 2026-11-24
    """
    place = Workspace.at(workspace)
    found = load(place, which)
    policy, reading = place.read()
    require_known(found, reading.register)
    register = place.register_for(reading.register, policy, min(found.horizon, default=date.max))
    if fingerprint(register, policy) != found.fingerprint:
        say(_STALE[lang is Lang.EN])
    secret = _asked(lang) if passphrase else ""
    pages = drawn(found, register, policy, lang, secret)
    with place.store() as store:
        pages |= page_of_replan(found, store, recorded_events(store), register, policy, lang, secret)
    folder = place.write_maps(found.plan_id, {**pages, "plan.json": to_json(found)})
    page = str(folder / "plan.html")
    if as_json:
        tell_json(json.dumps({"map": page}, ensure_ascii=False) + "\n")
    else:
        tell(page + "\n")


def verify(
    which: PlanArgument = None,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    Check a saved plan, or one edited by hand, against every rule.

    Exit code 2 when it breaks a rule.

    按全部规则独立核对已保存或手工修改过的方案。

    违反任何一条规则时,退出码为 2。

    Example: lookback verify maps/2026-11-24/plan.json
    """
    place = Workspace.at(workspace)
    found = load(place, which)
    policy, reading = place.read()
    register = place.register_for(reading.register, policy, min(found.horizon, default=date.max))
    with place.store() as store:
        after, before = known_to(found, store)
    conflicts = check(
        found,
        register,
        policy,
        promises=after.promises,
        measured=measured(place.travel(register, policy)),
        changes=after,
        before=before,
    )
    stale = fingerprint(register, policy) != found.fingerprint
    if stale:
        say(_STALE[lang is Lang.EN])
    elif not conflicts and found.bound is not None and found.bound.problem:
        conflicts = bound_of_another_problem(found, register, policy, place.travel(register, policy), after)
    if as_json:
        document = {"plan_id": found.plan_id, "revision": found.revision, "tables_changed": stale}
        document["conflicts"] = [vars(conflict) for conflict in conflicts]
        tell_json(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    else:
        tell(lines_of(conflict_line(conflict, lang) for conflict in conflicts))
    if conflicts:
        say(f"{len(conflicts)} 处冲突" if lang is Lang.ZH else f"{len(conflicts)} conflicts")
        raise typer.Exit(2)
    if not as_json:
        tell("方案符合全部规则\n" if lang is Lang.ZH else "the plan keeps every rule\n")


_STALE = (
    "提示:数据表在该方案生成之后有改动",
    "note: the tables have changed since this plan was made",
)


def _asked(lang: Lang) -> str:
    """
    A passphrase typed twice, or the environment's: never an argument, which others on the machine could read.

    Raises
    ------
    typer.BadParameter
        It is too short to protect anything.
    """
    given = os.environ.get("LOOKBACK_PASSPHRASE")
    if given is None:
        ask = "口令" if lang is Lang.ZH else "Passphrase"
        given = typer.prompt(ask, hide_input=True, confirmation_prompt=True, err=True)
    if len(given) < _SHORTEST_PASSPHRASE:
        raise typer.BadParameter(f"at least {_SHORTEST_PASSPHRASE} characters, please", param_hint="--passphrase")
    return str(given)


def _offer(place: Workspace, found: Plan, lang: Lang) -> None:
    """After Ctrl-C: the best checked plan as a file, nothing saved, exit code 130."""
    file = place.write_unfinished(found.plan_id, to_json(found))
    command = ["lookback", "plan", f"{found.horizon[0]}", "--accept", str(file), "--workspace", str(place.root)]
    points, must = f"{found.totals.priority:,}", found.totals.mandatory
    if lang is Lang.ZH:
        say(f"已停止;已保存的方案未改动。目前最佳方案(已核对):优先级 {points},到期必查 {must} 项")
        say(f"如需采用:{shlex.join(command)}")
    else:
        say(f"stopped; what was saved is unchanged. Best so far, checked: priority {points}, mandatory {must}")
        say(f"to take it: {shlex.join(command)}")
    raise typer.Exit(130)
