"""Whether a door is open, asked moment by moment; what is judged reads the same hours as spans."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from opening_hours import OpeningHours

if TYPE_CHECKING:
    from collections.abc import Iterator


def overlap(a: tuple[int, int], b: tuple[int, int]) -> bool:
    """Whether two spans share more than a moment."""
    return a[0] < b[1] and b[0] < a[1]


def open_throughout(hours: str, day: date, start: int, end: int) -> bool:
    """Whether a door is open at a moment and does not close before another, seconds since midnight."""
    opening, midnight = _parsed(hours), _midnight(day)
    begins, ends = midnight + timedelta(seconds=start), midnight + timedelta(seconds=end)
    if not opening.is_open(begins):
        return False
    change = opening.next_change(begins)
    while change is not None and change < ends:
        if not opening.is_open(change):
            return False
        change = opening.next_change(change)
    return True


@cache
def ever_open(hours: str, avoid: tuple[tuple[int, int], ...], day: date, seconds: int) -> bool:
    """Whether a visit fits into the opening hours of a day: if at all, then as soon as some of them begin."""
    return any(
        at + seconds <= 86_400
        and not any(overlap(span, (at, at + seconds)) for span in avoid)
        and open_throughout(hours, day, at, at + seconds)
        for at in (*_opening_moments(hours, day), *(to for _, to in avoid))
    )


def _opening_moments(hours: str, day: date) -> Iterator[int]:
    """Midnight, and when something changes at a door on a day, seconds since midnight."""
    opening, midnight = _parsed(hours), _midnight(day)
    change: datetime | None = midnight
    while change is not None and change < midnight + timedelta(days=1):
        yield (change - midnight).seconds
        change = opening.next_change(change)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001  (local time throughout)


@cache
def _parsed(hours: str) -> OpeningHours:
    return OpeningHours(hours)
