"""When an enterprise may be visited: its opening hours on a day, without the hours its scenario avoids."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from opening_hours import OpeningHours

from planner.clock import DAY_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from planner.enterprises import Enterprise
    from planner.policy import Policy

Span = tuple[int, int]
"""From and to, seconds since midnight."""


def visiting_hours(enterprise: Enterprise, day: date, policy: Policy) -> tuple[Span, ...]:
    """
    The spans in which a visit may lie as a whole, in order.

    A make-up working day is a Saturday or Sunday to a shop, too: opening hours go by the weekday.
    """
    scenario = policy.scenarios[enterprise.scenario]
    return without(open_spans(enterprise.opening_hours or scenario.hours, day), scenario.avoid)


@lru_cache(maxsize=100_000)
def open_spans(hours: str, day: date) -> tuple[Span, ...]:
    """When opening hours in OSM syntax are open on a day; the small hours of the day before included."""
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  (local time throughout)
    tomorrow = midnight + timedelta(days=1)
    spans: list[Span] = []
    for start, end, state, _comments in _parsed(hours).intervals(midnight, tomorrow):
        if str(state) == "open":
            opens = _second(start or midnight, midnight)
            # Where only the comment changes, the door stays open.
            if spans and spans[-1][1] == opens:
                opens, _ = spans.pop()
            spans.append((opens, min(_second(end or tomorrow, midnight), DAY_SECONDS)))
    return tuple(spans)


def without(spans: Iterable[Span], avoid: Iterable[Span]) -> tuple[Span, ...]:
    """The parts of spans outside all those to avoid."""
    left = tuple(spans)
    for from_, to in avoid:
        cut = [((a, min(b, from_)), (max(a, to), b)) for a, b in left]
        left = tuple(part for parts in cut for part in parts if part[0] < part[1])
    return left


@lru_cache(maxsize=10_000)
def _parsed(hours: str) -> OpeningHours:
    return OpeningHours(hours)


def _second(moment: datetime, midnight: datetime) -> int:
    return max(0, int((moment - midnight).total_seconds()))
