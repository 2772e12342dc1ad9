"""A team's day as a calendar that Outlook and phones open: one event a visit, and the break."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from icalendar import Calendar, Event

from planner.filenames import file_names
from planner.words import label
from planner.writers.stops import findings_text, fit, kind_of, reasons_text, stops

if TYPE_CHECKING:
    from datetime import date

    from planner.plan import Duty, Plan
    from planner.register import Register
    from planner.writers.stops import Stop

_CHINA = timezone(timedelta(hours=8))
"""China has one time and no summer time; in the file all times are UTC, which every calendar knows."""


def write(plan: Plan, register: Register, lang: str, team_id: str | None, name: str) -> dict[str, bytes]:  # noqa: ARG001
    """
    One file a team, so that nobody gets another team's day.

    An event keeps its identity from revision to revision: a calendar that takes in the next one moves what it has.
    """
    teams = sorted({duty.team_id for duty in plan.duties if duty.route and team_id in {None, duty.team_id}})
    return {file: _calendar(plan, register, lang, team) for team, file in file_names(teams, suffix=".ics").items()}


def _calendar(plan: Plan, register: Register, lang: str, team_id: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Lookback//plan//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _line(f"{register.team[team_id].name} {plan.plan_id}"))
    for stop in stops(plan, register, team_id):
        calendar.add_component(_visit(plan, stop, lang))
    for duty in plan.duties:
        if duty.team_id == team_id and duty.route and duty.rest is not None:
            calendar.add_component(_rest(plan, duty, lang))
    return bytes(calendar.to_ical())


def _visit(plan: Plan, stop: Stop, lang: str) -> Event:
    visit, enterprise = stop.visit, stop.enterprise
    event = _event(plan, f"{visit.lookback_id} {visit.enterprise_id}", stop.duty.day, visit.start, visit.end)
    event.add("summary", _line(f"{stop.number} {enterprise.name} · {label(enterprise.scenario, lang)}"))
    event.add("location", _line(enterprise.address))
    event.add("geo", (round(enterprise.at.lat, 6), round(enterprise.at.lon, 6)))
    about = [kind_of(visit, lang), reasons_text(visit, lang), findings_text(stop, lang)]
    event.add("description", _lines("\n".join(part for part in about if part)))
    return event


def _rest(plan: Plan, duty: Duty, lang: str) -> Event:
    assert duty.rest is not None  # noqa: S101  (the caller has looked)
    event = _event(plan, f"break {duty.team_id}", duty.day, duty.rest.start, duty.rest.end)
    event.add("summary", {"zh": "休息", "en": "break"}[lang])
    return event


def _event(plan: Plan, identity: str, day: date, start: int, end: int) -> Event:
    event = Event()
    mark = hashlib.sha256(f"{plan.plan_id} {day} {identity}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    event.add("uid", f"{mark}@lookback")
    event.add("sequence", plan.revision)
    event.add("dtstamp", _moment(plan.horizon[0], 0))
    event.add("dtstart", _moment(day, start))
    event.add("dtend", _moment(day, end))
    event.add("class", "CONFIDENTIAL")
    return event


def _moment(day: date, seconds: int) -> datetime:
    return (datetime(day.year, day.month, day.day, tzinfo=_CHINA) + timedelta(seconds=seconds)).astimezone(UTC)


def _lines(text: str) -> str:
    """Text with line breaks that a calendar's reader takes for nothing else."""
    return fit(text).replace("\u2028", "\n").replace("\u2029", "\n")


def _line(text: str) -> str:
    return " ".join(_lines(text).split())
