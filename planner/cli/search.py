"""The solver at work, watched: a progress bar, Ctrl-C, and no plan that the checker has not seen."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column

from planner.check import Before, Conflict, check
from planner.cli.options import Lang, say
from planner.errors import InputError, Interrupted, NothingFeasible, Problem
from planner.plan import gap_to
from planner.planning import finish, prepare
from planner.solvers import greedy
from planner.travel import measured
from planner.unvisited import explain
from planner.words import more_possible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from planner.cli.stopwatch import Stopwatch
    from planner.events import Changes
    from planner.plan import Plan
    from planner.planning import Prepared
    from planner.policy import Policy
    from planner.problem import Routes
    from planner.register import Register
    from planner.solvers import Best, Limit, Proof
    from planner.solvers.child import Child
    from planner.travel import TravelTimes

MOST_REASONS = 20
NARROW = 120
"""Columns of a terminal below which a bar would take the place of what was found."""


@dataclass(frozen=True)
class Search:
    """What to look for, how long and by which solver."""

    day: date
    days: int
    limit: Limit
    seed: int
    solver: str

    def finished(self, prepared: Prepared, routes: Routes, proof: Proof | None, *, hasty: bool = False) -> Plan:
        """The checked plan of routes that this search has found."""
        return finish(prepared, routes, solver=self.solver, seed=self.seed, limit=self.limit, proof=proof, hasty=hasty)


def searched(
    register: Register,
    policy: Policy,
    travel: TravelTimes,
    search: Search,
    watch: Stopwatch,
    lang: Lang,
    changes: Changes,
    child: Child,
) -> tuple[Plan, bool]:
    """
    A checked plan that a child finds, and whether the user stopped the search for it.

    Raises
    ------
    NothingFeasible
        No team can make any visit.
    Interrupted
        The user stopped it before there was any plan.
    """
    prepared = watch.time(
        "prepare", lambda: prepare(register, policy, search.day, travel, days=search.days, changes=changes)
    )
    problem = prepared.problem
    if not problem.allowed.any():
        raise NothingFeasible(_reasons(prepared, lang))
    first = _First(prepared, search, lang)
    with _progress(prepared, search.limit, lang) as show:

        def see(best: Best | None) -> None:
            show(best)
            first.see(best)

        answer = watch.time("solve", lambda: child.solve(problem, see))
    if answer.best is None and answer.interrupted:
        raise Interrupted("已停止,尚无方案" if lang is Lang.ZH else "stopped before there was a plan")
    if answer.crash:
        say(f"{answer.crash}; the best routes it reported are kept")
    routes = answer.best.routes if answer.best else greedy.filled(problem, [[] for _ in problem.duties])
    proof = answer.best.proof if answer.best else None
    plan = watch.time("finish", lambda: search.finished(prepared, routes, proof))
    return plan, answer.interrupted


class _First:
    """Tells of the first plan as soon as the checker has passed it: from then on there is one, whatever happens."""

    def __init__(self, prepared: Prepared, search: Search, lang: Lang) -> None:
        self.prepared, self.search, self.lang = prepared, search, lang
        self.started, self.told = time.monotonic(), False

    def see(self, best: Best | None) -> None:
        if best is None or self.told:
            return
        self.told = True
        plan = self.search.finished(self.prepared, best.routes, best.proof, hasty=True)
        seconds, points, must = time.monotonic() - self.started, f"{plan.totals.priority:,}", plan.totals.mandatory
        if self.lang is Lang.ZH:
            say(f"首个方案 {seconds:.1f} 秒后就绪(已核对):优先级 {points},到期必查 {must} 项;继续改进…")
        else:
            say(f"first plan after {seconds:.1f} s, checked: priority {points}, mandatory {must}; improving it …")


def accepted(
    plan: Plan,
    register: Register,
    policy: Policy,
    travel: TravelTimes,
    file: str,
    changes: Changes,
    before: Before | None,
) -> None:
    """
    Refuse a plan from a file unless the checker finds nothing.

    Raises
    ------
    InputError
        Every rule that it breaks.
    """
    conflicts = check(
        plan,
        register,
        policy,
        promises=changes.promises,
        measured=measured(travel),
        changes=changes,
        before=before,
    )
    if conflicts:
        raise InputError(
            Problem(file, 0, conflict.where, f"{conflict.message} [{conflict.rule}]") for conflict in conflicts
        )


def bound_of_another_problem(
    plan: Plan, register: Register, policy: Policy, travel: TravelTimes, changes: Changes
) -> tuple[Conflict, ...]:
    """A conflict when the bound of a plan was not proven for the problem that the tables make now."""
    days = len(plan.horizon)
    problem = prepare(register, policy, plan.horizon[0], travel, days=days, changes=changes).problem
    if plan.bound is None or plan.bound.problem == problem.fingerprint:
        return ()
    return (Conflict("bound", "bound", "was proven for another problem than the tables make"),)


def _reasons(prepared: Prepared, lang: Lang) -> str:
    """Why nothing can be visited: each reason once, with how many look-backs it stops."""
    nobody: Routes = tuple(() for _ in prepared.problem.duties)
    problem = prepared.problem
    open_ = [lb for lb in prepared.owed if lb.release <= problem.days[-1]]
    rows = explain(prepared.register, prepared.policy, problem, nobody, open_, prepared.changes)
    counts = Counter(row.reason_zh if lang is Lang.ZH else row.reason for row in rows)
    head = "没有可安排的检查" if lang is Lang.ZH else "no visit can be made"
    lines = [f"{count:5d} × {reason}" for reason, count in counts.most_common(MOST_REASONS)]
    return "\n".join([f"{head} ({problem.days[0]})", *lines])


@contextmanager
def _progress(prepared: Prepared, limit: Limit, lang: Lang) -> Iterator[Callable[[Best | None], None]]:
    """A bar on stderr that shows time, visits and priority as they move."""
    console = Console(stderr=True)
    moves = console.is_terminal and not console.is_dumb_terminal  # a dumb one is left an empty line
    total = limit.steps if limit.steps is not None else limit.seconds
    with Progress(*_columns(console.width), console=console, transient=True, disable=not moves) as bar:
        task = bar.add_task("搜索路线" if lang is Lang.ZH else "searching", total=total, best="")
        start = time.monotonic()

        def show(best: Best | None) -> None:
            if best is not None:
                bar.update(task, best=_found(prepared, best, lang))
            if limit.steps is None:
                bar.update(task, completed=time.monotonic() - start)
            elif best is not None:
                bar.update(task, completed=best.steps)

        yield show


def _columns(width: int) -> tuple[ProgressColumn, ...]:
    """Spinner, bar, time and what was found; on a narrow terminal no bar, and the text takes two lines."""
    bar = () if width < NARROW else (BarColumn(),)
    found = TextColumn("{task.fields[best]}", table_column=Column(ratio=1))
    return SpinnerColumn(), TextColumn("{task.description}"), *bar, TimeElapsedColumn(), found


def _found(prepared: Prepared, best: Best, lang: Lang) -> str:
    """What a search has found so far, in a line that says of the bound what the plan will say of it."""
    problem = prepared.problem
    wanted = [problem.wanted[problem.candidate_wanted[c]] for route in best.routes for c in route]
    points, must = sum(w.priority for w in wanted), sum(w.mandatory for w in wanted)
    words = {
        Lang.ZH: ("项检查", "到期必查", "优先级", "上限"),
        Lang.EN: ("visits", "mandatory", "priority", "bound"),
    }[lang]
    text = f"{len(wanted)} {words[0]} · {words[1]} {must} · {words[2]} {points:,}"
    if best.proof is None:
        return text
    more = more_possible(gap_to(best.proof.priority, points))
    return f"{text} · {words[3]} {best.proof.priority:,} · {more.of(lang)}"
