"""
Dates, times of day and lengths of time, in the forms that offices write them.

A form is read when it can mean one thing only: ``2026/11/3`` is a day, ``03/05/2026`` could be two and is refused.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from planner.readers.cells import BadCell, plain

if TYPE_CHECKING:
    from collections.abc import Callable

_DATE = re.compile(r"(\d{4})\s*([-/.年])\s*(\d{1,2})\s*([-/.月])\s*(\d{1,2})\s*(日?)", re.ASCII)
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)", re.ASCII)
_WITH_TIME = re.compile(r"(.*\S)[T\s]+(\d{1,2}):([0-5]\d)(:[0-5]\d(\.\d+)?)?", re.ASCII)
_SERIAL = re.compile(r"\d{5}", re.ASCII)
_EPOCH = date(1899, 12, 30)
"""Day 0 of spreadsheets that count days (their 1900 system, from March 1900 on)."""

_CLOCK = re.compile(
    r"(?P<half>上午|早上|中午|下午|晚上|凌晨|am|pm)?\s*(?P<hour>\d{1,2})"
    r"(:(?P<minute>[0-5]\d)(:00)?|[点时](?P<half_past>半)?((?P<spoken>[0-5]?\d)分?)?)\s*(?P<suffix>am|pm)?",
    re.ASCII,
)
_SPAN = re.compile(r"\d{1,2}:\d\d\s*[-~—–至到]+\s*\d{1,2}:\d\d", re.ASCII)
_AFTERNOON = {"下午", "晚上", "pm"}
_LENGTH = re.compile(
    r"((\d{1,3}(?:\.\d{1,2})?)\s*(?:个?小时|h(?:ours?|rs?)?))?(半)?\s*((\d{1,4})\s*(?:分钟?|min(?:utes?|s)?|m)?)?",
    re.ASCII,
)
_HOURS_MINUTES = re.compile(r"(\d{1,2}):([0-5]\d)(:00)?", re.ASCII)


@cache
def day(text: str) -> date:
    """A date from 2000 to 2100, its year first; a time of day behind it is left out (see ``oddity``)."""
    text = _without_weekday(plain(text))
    found = _day(text)
    if found is None and (match := _WITH_TIME.fullmatch(text)):
        found = _day(match[1])
    if found is None:
        hint, zh = _hint(text)
        raise BadCell(f"is not a date (YYYY-MM-DD){hint}", f"应为存在的日期,写作 2026-03-02{zh}")
    if not 2000 <= found.year <= 2100:
        raise BadCell("is not a date from 2000 to 2100", "日期应在 2000 年至 2100 年之间")
    return found


def _day(text: str) -> date | None:
    if match := _DATE.fullmatch(text):
        year, first, month, second, of_month, end = match.groups()
        if (first, second, end) != ("年", "月", "日") and (first != second or first == "年" or end):
            return None
        return _real(int(year), int(month), int(of_month))
    if match := _COMPACT.fullmatch(text):
        return _real(*map(int, match.groups()))
    if _SERIAL.fullmatch(text):
        found = _EPOCH + timedelta(days=int(text))
        return found if 2000 <= found.year <= 2100 else None
    return None


def _real(year: int, month: int, of_month: int) -> date | None:
    try:
        return date(year, month, of_month)
    except ValueError:
        return None


_NAMED = re.compile(r"(.*\d日?)\s*[(,]?\s*((?:周|星期|礼拜)[一二三四五六日天])\s*\)?")


def _without_weekday(text: str) -> str:
    """A date without the day of the week behind it, which must be its own."""
    match = _NAMED.fullmatch(text)
    found = _day(match[1].strip()) if match else None
    if not match or found is None:
        return text
    if found.weekday() != _WEEKDAYS[match[2]]:
        own = f"周{'一二三四五六日'[found.weekday()]}"
        message = f"is a {found:%A}, not the day of the week that stands behind it: correct one of the two"
        raise BadCell(message, f"日期与星期不符,该日为{own},请改正其一")
    return match[1].strip()


_ONE_DATE = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?", re.ASCII)
_MIXED = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}", re.ASCII)


def _hint(text: str) -> tuple[str, str]:
    """What to write instead, in English and Chinese."""
    if _MIXED.fullmatch(text):
        return ": write the year first and in full, so that it can be one day only", ";请先写四位年份"
    dates = [found for found in map(_day, _ONE_DATE.findall(text)) if found]
    if dates and not _ONE_DATE.fullmatch(text):
        return f": write nothing but the date, such as {dates[-1]}", ";只写一个日期,不加其他文字"
    return "", ""


def oddity(text: str) -> str:
    """What a reader should know about a date that was read: that it was a serial number, or had a time of day."""
    text = plain(text)
    if _SERIAL.fullmatch(text):
        return "serial"
    match = _WITH_TIME.fullmatch(text)
    return "time" if match and (int(match[2]), int(match[3])) != (0, 0) else ""


def clock(text: str) -> int:
    """Seconds since midnight of a time of day up to 24:00, such as ``9:30``, ``9点半`` or ``下午2:30``."""
    match = _CLOCK.fullmatch(plain(text).casefold())
    seconds = -1
    if match and not (match["half"] and match["suffix"]) and not (match["half_past"] and match["spoken"]):
        half, hour = match["half"] or match["suffix"], int(match["hour"])
        if half in _AFTERNOON and 1 <= hour < 12:
            hour += 12
        elif half in {"am", "凌晨"} and hour == 12:
            hour = 0
        minutes = 30 if match["half_past"] else int(match["minute"] or match["spoken"] or 0)
        seconds = hour * 3600 + minutes * 60
    if match is None and _SPAN.fullmatch(plain(text)):
        raise BadCell("is two times: put each into the column of its own", "是两个时刻,请分别填入上班、下班两列")
    if not 0 <= seconds <= 24 * 3600:
        raise BadCell("is not a time of day (hh:mm)", "应为时刻,写作 09:30")
    return seconds


def minutes(low: int, high: int) -> Callable[[str], int]:
    """A reader of lengths of time in whole minutes: ``45``, ``45分钟``, ``1小时30分``, ``1.5 h``, ``1:30``."""

    def read(text: str) -> int:
        found = _minutes(plain(text).casefold())
        if found is None or not low <= found <= high:
            raise BadCell(f"is not a whole number of minutes from {low} to {high}", f"应为 {low} 至 {high} 分钟")
        return found

    return read


def _minutes(text: str) -> int | None:
    if text in {"半小时", "半个小时"}:
        return 30
    if match := _HOURS_MINUTES.fullmatch(text):
        return int(match[1]) * 60 + int(match[2])
    match = _LENGTH.fullmatch(text)
    if not match or not text or (match[3] and not match[2]):
        return None
    found = round(float(match[2] or 0) * 60, 6) + (30.0 if match[3] else 0.0) + int(match[5] or 0)
    return int(found) if found.is_integer() else None


_WEEKDAYS = {
    alias: k
    for k, (short, long, zh) in enumerate(
        zip(
            ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
            ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
            "一二三四五六日",
            strict=True,
        )
    )
    for alias in (str(k + 1), short, long, f"周{zh}", f"星期{zh}", f"礼拜{zh}")
} | {"周天": 6, "星期天": 6, "礼拜天": 6}


def weekday(text: str) -> int:
    """A day of the week, 0 = Monday, written 1 to 7, ``Mon`` or 周一."""
    found = _WEEKDAYS.get(plain(text).casefold())
    if found is None:
        raise BadCell("is not a weekday (1 to 7, Mon to Sun, 周一 to 周日)", "应为 1 至 7 或 周一 至 周日")
    return found
