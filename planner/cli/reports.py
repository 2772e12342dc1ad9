"""The verb about the campaign as a whole: report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from planner.campaign import report as campaign
from planner.cli.options import (
    FromArgument,
    JsonOption,
    Lang,
    LangOption,
    PageOption,
    ToArgument,
    WorkspaceOption,
    say,
    tell,
    tell_json,
    today,
)
from planner.errors import InputError
from planner.workspace import Workspace
from planner.writers.atomic import write_files
from planner.writers.report import report_json, report_text
from planner.writers.report_page import report_page

if TYPE_CHECKING:
    from datetime import date

    from planner.register import Register
    from planner.store import Store


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command()(report)


def report(
    first: FromArgument = None,
    last: ToArgument = None,
    html: PageOption = None,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    Say how far the campaign is: due, done, on time, overdue, and what is to come.

    报告回头看进度:到期、已查、按时、逾期,以及后续任务。

    Example: lookback report 2026-11-01 2026-11-24 --html report.html
    """
    place = Workspace.at(workspace)
    policy, reading = place.read()
    register = reading.register
    last = last or today()
    first = first or _first_finding(register, last)
    if first > last:
        raise typer.BadParameter(f"{first} is after {last}", param_hint="FROM TO")
    with place.store() as store:
        outcomes = [entry.outcome for entry in store.outcomes()]
        between = _seconds_between(store)
    found = campaign(register, outcomes, policy, first, last, seconds_between=between)
    if html is not None:
        page = report_page(found, register, lang)
        write_files(html.absolute().parent, {html.name: page.encode()})
        say(f"{'报告页面' if lang is Lang.ZH else 'page'}: {html}")
    if as_json:
        tell_json(report_json(found))
    else:
        tell(report_text(found, register, lang))


def _first_finding(register: Register, last: date) -> date:
    return min((v.found_on for v in register.violations if v.found_on <= last), default=last)


def _seconds_between(store: Store) -> int | None:
    """Travel and waiting per visit in the plan saved last; None where there is no plan."""
    try:
        totals = store.load().totals
    except InputError:
        return None
    visits = totals.look_backs + totals.spot_checks
    return round((totals.travel_seconds + totals.wait_seconds) / visits) if visits else None
