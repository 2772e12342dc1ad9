"""The sample's season and its working days: the public calendar, Monday to Friday where it is not known yet."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from functools import cache

import chinese_calendar

TODAY = date(2026, 11, 24)
YESTERDAY = date(2026, 11, 23)
CAMPAIGN_START = date(2026, 6, 15)
CAMPAIGN_END = date(2026, 11, 20)
FIRST = date(2026, 4, 1)
LAST = date(2027, 6, 30)


@cache
def workdays() -> tuple[date, ...]:
    """All working days from FIRST to LAST."""
    days = (FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1))
    return tuple(day for day in days if _is_worked(day))


def _is_worked(day: date) -> bool:
    if day.year == 2026:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5 and (day.month, day.day) != (1, 1)


def after(day: date, count: int) -> date:
    """The count-th working day after the day; the day itself for 0."""
    return workdays()[bisect_right(workdays(), day) + count - 1] if count else day


def before(day: date, count: int) -> date:
    """The count-th working day before the day; the day itself for 0."""
    return workdays()[bisect_left(workdays(), day) - count] if count else day


def between(first: date, last: date) -> tuple[date, ...]:
    """The working days from first to last, both included."""
    return workdays()[bisect_left(workdays(), first) : bisect_right(workdays(), last)]
