"""
The clock: whole seconds since midnight, and which days are worked.

Nothing in here reads the time: the days and hours to plan are arguments everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

import chinese_calendar

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY_SECONDS = 86_400


def hhmm(seconds: int) -> str:
    """Seconds since midnight as ``09:30`` (rounded down to the minute)."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


def hhmmss(seconds: int) -> str:
    """Seconds since midnight as ``09:30:00``."""
    return f"{hhmm(seconds)}:{seconds % 60:02d}"


@dataclass(frozen=True)
class Calendar:
    """
    Working days: the office's own table first, then the public calendar with its make-up days.

    The public calendar is known up to the last year that the State Council has published. Beyond it,
    Monday to Friday are taken as worked, and ``knows`` says so. An office elsewhere has no ``public`` calendar
    here: its own table is all there is to know.
    """

    overrides: Mapping[date, bool] = field(default_factory=dict)
    public: bool = True

    def knows(self, day: date) -> bool:
        """Whether the day's status is published or given, not assumed."""
        return day in self.overrides or not self.public or _public(day) is not None

    def is_working(self, day: date) -> bool:
        """Whether the office works on the day."""
        if day in self.overrides:
            return self.overrides[day]
        public = _public(day) if self.public else None
        return day.weekday() < 5 if public is None else public

    def is_holiday(self, day: date) -> bool:
        """Whether a day from Monday to Friday is free."""
        return day.weekday() < 5 and not self.is_working(day)

    def next_working(self, day: date) -> date:
        """The first working day after the given one."""
        return self.add_working(day, 1)

    def add_working(self, day: date, days: int) -> date:
        """The day so many working days after ``day``; 0 is the day itself."""
        if days < 0:
            raise ValueError(f"days must not be negative, not {days}")
        while days:
            day += timedelta(days=1)
            days -= self.is_working(day)
        return day

    def working_between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and including ``end``; 0 when ``end`` is not later."""
        return sum(self.is_working(start + timedelta(days=k + 1)) for k in range((end - start).days))


@cache
def _public(day: date) -> bool | None:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None
