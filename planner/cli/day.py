"""The verbs for a day that changes: reschedule, replan, compare, slot."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.begun import Moment
from planner.check import Before
from planner.cli.comparing import page_of
from planner.cli.events import EventArgument, request, tell_events
from planner.cli.options import (
    JsonOption,
    Lang,
    LangOption,
    PageOption,
    SeedOption,
    StepsOption,
    WorkspaceOption,
    author,
    command_line,
    day as parse_day,
    say,
    tell,
    tell_json,
)
from planner.cli.saved import Basis, PlanArgument, load, publish, recorded_events, require_known
from planner.cli.stopwatch import Stopwatch
from planner.compare import broken_promises, compare as compared
from planner.errors import InputError, Overtaken, Problem
from planner.events import Recorded, time_of, to_json
from planner.label import Label
from planner.readers.requests import requests
from planner.replanning import behind, replan as replanned
from planner.rescheduling import Situation, understood
from planner.slots import slots
from planner.solvers import Limit
from planner.solvers.workers import beside
from planner.workspace import Workspace
from planner.writers.atomic import write_files
from planner.writers.comparison import (
    comparison_document,
    comparison_text,
    nothing_new,
    slots_document,
    slots_text,
)

if TYPE_CHECKING:
    from planner.plan import Plan

TRIES = 3
"""How often a verb starts over because something was recorded meanwhile."""
_AGAIN = (
    "期间有新的登记,按最新情况重新调整…",
    "something was recorded meanwhile: once more, with it …",
)

PlanOption = Annotated[
    str | None,
    typer.Option("--plan", metavar="PLAN"),
    Label(
        "哪份方案,以首日日期指明;默认为最近保存的方案", "Which plan, by its first day; the one saved last if not given."
    ),
]


def now_of(text: str) -> str:
    """A moment written 13:30 or 2026-11-24T13:30; anything else is a usage error."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d[T ])?(\d{1,2}:\d\d)", text, re.ASCII)
    try:
        time_of(match[2].zfill(5) if match else text)
        date.fromisoformat(text[:10] if match and match[1] else "2000-01-01")
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a time (13:30, or 2026-11-24T13:30)") from None
    return text


NowOption = Annotated[
    Any,
    typer.Option("--now", parser=now_of, metavar="TIME"),
    Label(
        "此刻,如 13:30 或 2026-11-24T13:30;方案日期内默认取系统时间",
        "As 13:30, or 2026-11-24T13:30; the clock's time on a planned day if not given.",
    ),
]


def add_to(app: typer.Typer) -> None:
    """Register the verbs."""
    app.command()(reschedule)
    app.command("replan")(replan)
    app.command("compare")(compare)
    app.command()(slot)


def reschedule(
    what: EventArgument = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="CSV"),
        Label(
            "一次登记多项,列为 event,id,team,date,until,time,minutes",
            "Many at once: event,id,team,date,until,time,minutes.",
        ),
    ] = None,
    day: Annotated[
        Any,
        typer.Option("--day", parser=parse_day, metavar="DAY"),
        Label("变更涉及的日期;默认为方案当日", "The day it concerns; the plan's if not given."),
    ] = None,
    until: Annotated[
        Any,
        typer.Option("--until", parser=parse_day, metavar="DAY"),
        Label("shut、team-out、officer-out 的最后一天", "The last day of shut, team-out, officer-out."),
    ] = None,
    plan: PlanOption = None,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    Record what has changed; without an EVENT, list what was recorded.

    Nothing is edited: undo NUMBER takes an event back. The plan changes with replan.

    登记变更;不给 EVENT 则列出已登记的变更。

    已登记的变更不作改动:用 undo NUMBER 撤销。方案由 replan 调整。

    Example: lookback reschedule appointment E00601 2026-11-26 14:00-15:00
    """
    place = Workspace.at(workspace)
    asked = [] if file is None else list(requests(file))
    if what:
        asked.append(request(what, day, until))
    with place.store() as store:
        policy, reading = place.read()
        if not asked:
            tell_events(recorded_events(store), reading.register, lang, as_json)
            return
        for patience in range(TRIES, 0, -1):
            published = store.load(plan)
            basis = Basis.of(store, published.horizon)
            register, seen = basis.register(reading.register, policy), basis.seen(published.plan_id)
            situation = Situation(register, policy, published, day or _today(published), basis.events, seen)
            events = understood(asked, situation)
            documents = [to_json(event) for event in events]
            try:
                rows = store.add_events(documents, author=author(), command=command_line(), since=basis.mark)
                break
            except Overtaken:  # it may contradict what has come in
                if patience == 1:
                    raise
    new = [Recorded(row.event_id, event, row.recorded_at) for row, event in zip(rows, events, strict=True)]
    tell_events(new, register, lang, as_json)
    say("接下来:lookback replan" if lang is Lang.ZH else "next: lookback replan")


def replan(
    now: NowOption = None,
    seconds: Annotated[
        float | None,
        typer.Option(min=0.1, max=3600),
        Label("搜索多少秒;默认按 policy.toml", "How many seconds to search; as in policy.toml if not given."),
    ] = None,
    steps: StepsOption = None,
    seed: SeedOption = 0,
    plan: PlanOption = None,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    The next revision of the plan: keeps what is done, under way or pinned, and moves little.

    Prints what changed, why, and who must be told; --json gives the same as a document, and comparison.html beside the
    plan's pages shows it before and after.

    调整方案,生成下一版:已完成、进行中和已锁定的检查不动,其余尽量少动。

    显示变化、原因和须通知谁;--json 给出同样内容,方案页面旁的 comparison.html 为前后对照。

    Example: lookback replan --now 13:30
    """
    place = Workspace.at(workspace)
    clock = Stopwatch()
    limit = None if seconds is None and steps is None else Limit(seconds=seconds, steps=steps)
    with beside() as searching:
        policy, reading = clock.time("read", place.read)
        with place.store() as store, store.locked():
            for patience in range(TRIES, 0, -1):
                published = store.load(plan)
                basis = Basis.of(store, published.horizon)
                register = basis.register(reading.register, policy)
                solve = partial(
                    replanned,
                    register,
                    policy,
                    published,
                    _moment(now, published),
                    basis.events,
                    limit=limit,
                    seed=seed,
                    seen=basis.seen(published.plan_id),
                    travel=place.travel(register, policy),
                    executor=searching,
                    meanwhile=partial(import_module, "planner.draw"),  # Folium takes half a second to import
                )
                found = clock.time("solve", solve)
                if not found.changed:
                    break
                over = partial(_overtaken, basis, found.before)
                try:
                    numbered, folder = publish(place, store, found.plan, basis, over, register, policy, clock, lang)
                    break
                except Overtaken:  # what has begun by now must not move
                    if patience == 1:
                        raise
                    say(_AGAIN[lang is Lang.EN])
    if not found.changed:
        if as_json:
            comparison = compared(published, published, register, moved_minutes=policy.replan.moved_minutes)
            tell_json(json.dumps(comparison_document(comparison, register), ensure_ascii=False, indent=1) + "\n")
        else:
            tell(nothing_new(lang))
        return
    comparison = compared(published, numbered, register, basis.events, moved_minutes=policy.replan.moved_minutes)
    if as_json:
        document = comparison_document(comparison, register, found.broken)
        tell_json(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    else:
        tell(comparison_text(comparison, register, lang, found.broken))
    say(clock.text(lang))
    say(f"{'地图' if lang is Lang.ZH else 'map'}: {folder / 'plan.html'}")
    say(f"{'前后对照' if lang is Lang.ZH else 'before and after'}: {folder / 'comparison.html'}")


def compare(
    before: PlanArgument = None,
    now: PlanArgument = None,
    html: PageOption = None,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    What differs between two plans, why, and whom to tell.

    With one PLAN: that one and the one it replaced; with none, the latest. The page of --html is a map of both.

    比较两版方案:差异、原因和须通知谁。

    只给一个 PLAN 时,与它所取代的一版比较;都不给时,取最近保存的方案。--html 的页面为两版的前后对照图。

    Example: lookback compare 2026-11-24@1 2026-11-24@2 --html before-and-after.html
    """
    place = Workspace.at(workspace)
    policy, reading = place.read()
    later = load(place, now or before)
    with place.store() as store:
        if now is None and later.parent is None:
            other = f"lookback compare {later.plan_id}@{later.revision} PLAN"
            message = f"revision {later.revision} of {later.plan_id} replaced none: replan first, or say {other}"
            zh = f"该版本之前没有方案:请先 lookback replan,或指定两版({other})"
            raise InputError([Problem("compare", 0, "PLAN", message, zh)])
        earlier = store.load(later.plan_id, later.parent) if now is None else load(place, before)
        known = recorded_events(store)
    register = place.register_for(reading.register, policy, min(later.horizon, default=date.max))
    comparison = compared(earlier, later, register, known, moved_minutes=policy.replan.moved_minutes)
    broken = broken_promises(later, known)
    if html is not None:
        for found in (earlier, later):
            require_known(found, register)
        page = page_of(comparison, known, register, policy, lang)
        write_files(html.absolute().parent, {html.name: page.encode()})
        say(f"{'前后对照' if lang is Lang.ZH else 'before and after'}: {html}")
    if as_json:
        document = comparison_document(comparison, register, broken)
        tell_json(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    else:
        tell(comparison_text(comparison, register, lang, broken))


def slot(
    enterprise: Annotated[
        str,
        typer.Argument(metavar="ENTERPRISE"),
        Label("要预约检查的企业编号", "Where a visit is to be agreed on: its id."),
    ],
    within: Annotated[
        int,
        typer.Option(min=1, max=20),
        Label("从方案当日起,在多少个工作日内查找", "Within how many working days, from the plan's day on."),
    ] = 1,
    top: Annotated[int, typer.Option(min=1, max=100), Label("列出多少个时段", "How many slots to list.")] = 10,
    now: NowOption = None,
    plan: PlanOption = None,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    The best free slots for an appointment, and what each would cost.

    查找最合适的可预约时段,列出各自的代价。

    Example: lookback slot E00601 --within 3
    """
    place = Workspace.at(workspace)
    policy, reading = place.read()
    with place.store() as store:
        published = store.load(plan)
        basis = Basis.of(store, published.horizon)
    register = basis.register(reading.register, policy)
    if enterprise not in register.enterprise:
        message = f"{enterprise!r} is not in data/enterprises.csv"
        raise InputError([Problem("slot", 0, "ENTERPRISE", message, "企业表中没有此编号")])
    moment = _moment(now, published)
    days = [moment.day]
    while len(days) < within:
        days.append(register.calendar.next_working(days[-1]))
    late, seen = behind(published, basis.events), basis.seen(published.plan_id)
    before = Before(published, moment.day, moment.second, late, seen)
    travel = place.travel(register, policy)
    offers = slots(register, policy, before, basis.events, enterprise, days, travel=travel)[:top]
    if as_json:
        tell_json(json.dumps(slots_document(offers), ensure_ascii=False, indent=1) + "\n")
    else:
        tell(slots_text(offers, register, lang))


def _overtaken(basis: Basis, before: Before, now: Basis) -> bool:
    """Whether a replan would go on from something else now: from other events, or from other visits that have begun."""
    later = replace(before, seen=now.seen(before.plan.plan_id))
    begun = any(later.begun(duty) != before.begun(duty) for duty in before.plan.duties)
    return begun or basis.overtaken(now)


def _today(published: Plan) -> date:
    """Today, if the plan covers it, else its first day: one of the moments at which a verb looks at the clock."""
    today = date.today()  # noqa: DTZ011  (local time is what people plan in)
    return today if today in published.horizon else published.horizon[0]


def _moment(now: str | None, published: Plan) -> Moment:
    """
    The moment that is meant: as given, or the clock's on a planned day, or before a plan's first day its beginning.

    Raises
    ------
    InputError
        The plan's days are over, or the day is none of them.
    """
    clock = datetime.now()  # noqa: DTZ005  (local time)
    if now is None:
        if clock.date() < published.horizon[0]:
            return Moment(published.horizon[0], 0)
        if clock.date() not in published.horizon and clock.date() > published.horizon[-1]:
            message = f"the days of the plan are over ({published.horizon[-1]}); to replan one of them, say --now"
            raise InputError([Problem("replan", 0, "--now", message, "方案日期已过,请用 --now 指定时刻")])
        midnight = datetime.combine(clock.date(), datetime.min.time())
        return Moment(clock.date(), int((clock - midnight) / timedelta(seconds=1)))
    day = date.fromisoformat(now[:10]) if len(now) > len("13:30") else _today(published)
    if day not in published.horizon:
        message = f"{day} is not a day of the plan ({', '.join(map(str, published.horizon))})"
        raise InputError([Problem("replan", 0, "--now", message, "不是方案中的日期")])
    return Moment(day, time_of(now[-5:].lstrip("T ").zfill(5)))
