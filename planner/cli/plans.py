"""The verbs about plans: plan, show, map, verify."""

from __future__ import annotations

import json
import math
import os
import re
import shlex
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.check import Before, check
from planner.cli.comparing import page_of_replan
from planner.cli.options import (
    DayArgument,
    JsonOption,
    Lang,
    LangOption,
    WorkspaceOption,
    author,
    command_line,
    next_working_day,
    say,
    tell,
    tell_json,
)
from planner.cli.search import Search, Stopwatch, accepted, bound_of_another_problem, searched
from planner.errors import InputError, Problem
from planner.events import NOTHING, Changes, Recorded, changes, from_json as event_of
from planner.outcomes import standing
from planner.plan import Plan, from_json, to_json
from planner.planning import fingerprint
from planner.readers.doubts import unfit_teams
from planner.replanning import behind
from planner.solvers import DEFAULT, SOLVERS, Limit
from planner.teamdays import horizon
from planner.travel import measured
from planner.workspace import Workspace
from planner.writers.text import conflict_line, lines_of, plan_text

if TYPE_CHECKING:
    from planner.policy import Policy
    from planner.register import Register
    from planner.store import Store

_SHORTEST_PASSPHRASE = 8

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
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Let the workers of a dask scheduler do the work, tcp://host:8786 or so."),
    ] = None,
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
    if seconds is not None and math.isnan(seconds):
        raise typer.BadParameter(f"{seconds} is not a number of seconds", param_hint="--seconds")
    if cluster is not None and (steps is not None or solver != DEFAULT):
        raise typer.BadParameter(f"goes with --seconds and the solver {DEFAULT}", param_hint="--cluster")
    limit = Limit(seconds=30.0 if seconds is None and steps is None else seconds, steps=steps)
    place = Workspace.at(workspace)
    given = None if accept is None else _from_file(accept)
    clock = Stopwatch()
    policy, reading = clock.time("read", place.read)
    if given is not None and day not in {None, *given.horizon[:1]}:
        raise InputError([Problem(str(accept), 0, "horizon", f"does not begin on {day}", "不是这一天的方案")])
    day = given.horizon[0] if given and given.horizon else day or next_working_day(reading.register.calendar)
    search = Search(day, days, limit, seed, solver, cluster)
    with place.store() as store, store.locked():
        register = clock.time("read", lambda: place.register_for(reading.register, policy, day))
        for date_ in horizon(register, day, days) if given is None else ():
            for problem in unfit_teams(register, date_, policy):
                say(problem.line(lang))
        travel = place.travel(register, policy)
        if given is None:
            after = changes(recorded_events(store), horizon(register, day, days))
            found, stopped = searched(register, policy, travel, search, clock, lang, after)
            if stopped:
                _offer(place, found, lang)
        else:
            found = given
            after, before = known_to(found, store)
            clock.time("check", lambda: accepted(found, register, policy, travel, str(accept), after, before))
        numbered, folder = publish(place, store, found, register, policy, clock, lang)
    if as_json:
        tell_json(to_json(numbered))
    else:
        tell(plan_text(numbered, register, lang, least=policy.plan.least_visits_per_district))
    say(clock.text(lang))
    say(f"{'地图' if lang is Lang.ZH else 'map'}: {folder / 'plan.html'}")


def publish(
    place: Workspace,
    store: Store,
    found: Plan,
    register: Register,
    policy: Policy,
    clock: Stopwatch,
    lang: Lang,
) -> tuple[Plan, Path]:
    """Number, draw, save and write a checked plan; the folder of its pages."""
    numbered = store.number(found)
    pages = clock.time("draw", lambda: drawn(numbered, register, policy, lang))
    pages |= clock.time("draw", lambda: page_of_replan(numbered, store, recorded_events(store), register, policy, lang))
    clock.time("save", lambda: store.save(numbered, command_line(), author()))
    contents = {**pages, "plan.json": to_json(numbered)}
    return numbered, clock.time("write", lambda: place.write_maps(numbered.plan_id, contents))


def recorded_events(store: Store) -> tuple[Recorded, ...]:
    """Every event ever recorded, in order."""
    return tuple(Recorded(row.event_id, event_of(row.document), row.recorded_at) for row in store.events())


def known_to(found: Plan, store: Store) -> tuple[Changes, Before | None]:
    """The changes that a plan knows of, and of a replan the plan that it goes on from."""
    made = found.created_by
    recorded = [each for each in recorded_events(store) if each.event_id in made.events]
    after = changes(recorded, found.horizon) if found.horizon else NOTHING
    if made.now is None or found.parent is None:
        return after, None
    parent = store.load(found.plan_id, found.parent)
    saved = {(row.plan_id, row.revision): row.saved_at for row in store.saved()}
    until = saved.get((found.plan_id, found.revision), "9999")
    outcomes = [row.outcome for row in store.outcomes() if row.recorded_at <= until]
    seen = standing(outcomes, found.plan_id)
    now = datetime.fromisoformat(made.now)
    second = now.hour * 3600 + now.minute * 60 + now.second
    late = behind(parent, recorded)
    return after, Before(parent, now.date(), second, late, frozenset({*seen.done, *seen.under_way}))


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
        bool, typer.Option("--passphrase", help="Seal the pages: asks for a passphrase, which then opens them.")
    ] = False,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    Draw a saved plan's pages again. 重新绘制已保存方案的地图。

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
    Check a saved plan, or one edited by hand, against every rule. 用独立核对程序检查方案。

    Exit code 2 when it breaks a rule.

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


def drawn(found: Plan, register: Register, policy: Policy, lang: Lang, passphrase: str = "") -> dict[str, str]:
    """The pages of a plan as the policy has them, in the name of whoever is logged in if it names nobody."""
    # Folium takes half a second to import: only for those who draw, and not again in the solver's process.
    from planner import draw  # noqa: PLC0415

    edition = draw.Edition(lang, draw.base(policy.maps), policy.maps.drawn_by or author(), passphrase)
    return draw.pages(found, register, edition)


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


def load(place: Workspace, which: str | None) -> Plan:
    """A plan by its id, by ``ID@REVISION``, from a JSON file, or the one saved last."""
    if which is not None and (which.endswith(".json") or Path(which).is_file()):
        return _from_file(Path(which))
    name = re.fullmatch(r"([0-9+-]+)(?:@([0-9]{1,9}))?", which or "0")
    if name is None:
        message = (
            f"{which!r} is no plan: neither a JSON file nor an id such as 2026-11-24, 2026-11-24+2 or 2026-11-24@1"
        )
        raise typer.BadParameter(message, param_hint="PLAN")
    with place.store() as store:
        return store.load() if which is None else store.load(name[1], None if name[2] is None else int(name[2]))


def require_known(found: Plan, register: Register) -> None:
    """
    What a plan is drawn and printed from must be in the tables: they may have changed since.

    Raises
    ------
    InputError
        Every team and enterprise that the tables do not hold.
    """
    visits = [visit for duty in found.duties for visit in duty.route]
    sites = {visit.enterprise_id for visit in visits} | {row.enterprise_id for row in found.unvisited}
    unknown = [
        Problem(f"plan {found.plan_id}", 0, kind, f"{name!r} is not in {table}", "数据表中没有此编号")
        for kind, table, names, known in (
            ("team_id", "data/teams.csv", {duty.team_id for duty in found.duties}, register.team),
            ("enterprise_id", "data/enterprises.csv", sites, register.enterprise),
        )
        for name in sorted(names - known.keys())
    ]
    unknown += [
        Problem(f"plan {found.plan_id}", 0, "enterprise_id", f"{site} has no coordinates any more", "已无坐标")
        for site in sorted({visit.enterprise_id for visit in visits} & register.enterprise.keys())
        if register.enterprise[site].place is None
    ]
    if unknown:
        raise InputError(unknown)


def _from_file(path: Path) -> Plan:
    try:
        found = from_json(path.read_text("utf-8-sig"), file=str(path))
        to_json(found).encode()  # half a character, or a number that is none, would only fail when it is saved
    except UnicodeEncodeError as problem:
        raise InputError([Problem(str(path), 0, "", "holds half a character", "含有不完整的字符")]) from problem
    except UnicodeDecodeError as problem:
        raise InputError([Problem(str(path), 0, "", "is not UTF-8", "应为 UTF-8 编码")]) from problem
    except OSError as problem:
        raise InputError([Problem(str(path), 0, "", f"cannot be read: {problem.strerror}", "无法读取")]) from problem
    except ValueError as problem:
        raise InputError([Problem(str(path), 0, "", str(problem), "方案文件无法读取")]) from problem
    return found


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
