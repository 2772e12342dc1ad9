"""Which team works when: shifts and certificates, resolved for each day of a horizon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from planner.policy import Policy
    from planner.register import Register
    from planner.teams import Agency, Shift, Team, TravelMode


@dataclass(frozen=True)
class TeamDay:
    """One team on one date: when it works and rests, and how it gets about. Seconds since midnight."""

    team_id: str
    day: date
    start: int
    end: int
    rest_seconds: int
    """Length of the break; 0: none."""
    rest_from: int
    rest_to: int
    """The break lies within ``rest_from`` and ``rest_to``."""
    last_start: int
    """No visit starts later."""
    max_visits: int
    mode: TravelMode


@dataclass(frozen=True)
class Unfit:
    """A team that may not go out on a day because an agency lacks certified officers."""

    team_id: str
    day: date
    agency: Agency
    certified: int
    expired: tuple[str, ...]
    """Officers whose certificate is not valid on the day."""


def horizon(register: Register, day: date, days: int) -> tuple[date, ...]:
    """The day itself and the working days after it, so many in all."""
    return (day, *(register.calendar.add_working(day, k) for k in range(1, days)))


def team_days(register: Register, days: Sequence[date], policy: Policy) -> tuple[TeamDay, ...]:
    """Every team that works and may go out on each of the days, by date and team id."""
    return tuple(
        team_day
        for day in days
        for team in register.teams
        if not unfit(register, team, day, policy) and (team_day := _team_day(register, team, day, policy))
    )


def unfit(register: Register, team: Team, day: date, policy: Policy) -> tuple[Unfit, ...]:
    """The agencies for which a team has fewer certified officers on the day than the policy asks for."""
    return tuple(
        Unfit(
            team.team_id,
            day,
            agency,
            certified,
            tuple(
                officer_id
                for officer_id in team.officers
                if register.officer[officer_id].agency is agency and not register.officer[officer_id].is_certified(day)
            ),
        )
        for agency, certified in register.certified(team, day).items()
        if certified < policy.visits.officers_per_agency
    )


def shift_of(register: Register, team: Team, day: date) -> Shift | None:
    """
    The row of the shifts table that holds for a team on a day; None: the policy's shift, if the day is worked.

    A row for the date wins over a row for the weekday, and a weekday's row does not hold on a public holiday.
    """
    rows = [row for row in register.shifts if row.team_id == team.team_id]
    dated = [row for row in rows if row.day == day]
    weekly = [row for row in rows if row.weekday == day.weekday() and not register.calendar.is_holiday(day)]
    return next(iter(dated + weekly), None)


def _team_day(register: Register, team: Team, day: date, policy: Policy) -> TeamDay | None:
    row, default = shift_of(register, team, day), policy.shift
    if row is None:
        if not register.calendar.is_working(day):
            return None
        start, end = default.start, default.end
    elif row.start is None or row.end is None:
        return None
    else:
        start, end = row.start, row.end
    rest_seconds, rest_from, rest_to = default.break_minutes * 60, default.break_from, default.break_to
    if row is not None and row.break_seconds is not None:
        rest_seconds = row.break_seconds
        rest_from = start if row.break_from is None else row.break_from
        rest_to = end if row.break_to is None else row.break_to
    # A short shift that the usual break does not fit into has none.
    if rest_seconds and max(rest_from, start) + rest_seconds > min(rest_to, end):
        rest_seconds = 0
    return TeamDay(
        team_id=team.team_id,
        day=day,
        start=start,
        end=end,
        rest_seconds=rest_seconds,
        rest_from=max(rest_from, start),
        rest_to=min(rest_to, end),
        last_start=end - policy.visits.last_start_before_end * 60,
        max_visits=policy.visits.max_visits if team.max_visits is None else team.max_visits,
        mode=team.travel or policy.travel.mode,
    )
