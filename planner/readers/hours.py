"""Opening hours: in OSM syntax, or in the usual Chinese forms, which become OSM's."""

from __future__ import annotations

import re
from functools import cache

from opening_hours import validate

from planner.clock import hhmm
from planner.readers.cells import BadCell, plain
from planner.readers.times import clock


@cache
def opening_hours(text: str) -> str:
    """Opening hours in OSM syntax, or in the usual Chinese forms, which become OSM's."""
    text = plain(text)
    found = text if len(text) <= 500 and validate(text) else _from_chinese(text)
    if found is None:
        message = "is not read as opening hours: write 'Mo-Fr 10:00-22:00' (OSM) or 周一至周五 10:00-22:00"
        raise BadCell(message, "应写作 周一至周五 10:00-22:00 或 Mo-Fr 10:00-22:00")
    return found


_OSM_DAYS = dict(zip("一二三四五六日天", ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "Su"), strict=True))
_DAY_NAMES = {
    "每天": "", "每日": "", "全周": "", "天天": "", "全年": "",
    "工作日": "Mo-Fr", "平日": "Mo-Fr", "周末": "Sa-Su", "双休日": "Sa-Su",
    "法定节假日": "PH", "节假日": "PH", "法定假日": "PH",
}  # fmt: skip
_CLOCK_ZH = r"(?:上午|早上|下午|晚上|中午|凌晨|次日|第二天|翌日)*\s*\d{1,2}\s*[:点时]\s*(?:半|\d{1,2})?\s*分?"
_SPAN_ZH = re.compile(rf"\s*({_CLOCK_ZH})\s*(?:-|–|—|~|至|到)+\s*({_CLOCK_ZH})\s*")
_WEEK_ZH = r"(?:周|星期|礼拜)"
_RANGE_ZH = re.compile(rf"{_WEEK_ZH}([一二三四五六日天])\s*(?:-|–|—|~|至|到)+\s*{_WEEK_ZH}?([一二三四五六日天])")
_LIST_ZH = re.compile(rf"{_WEEK_ZH}([一二三四五六日天](?:\s*[、,及和]?\s*{_WEEK_ZH}?[一二三四五六日天])*)")
_CLOSED_ZH = re.compile(r"\s*(休息|休业|闭店|不营业|关门|停业|放假)\s*")
_OPEN_ZH = re.compile(r"^(营业时间|营业|时间)\s*:?\s*")


def _from_chinese(text: str) -> str | None:
    """Chinese opening hours in OSM syntax; None when a part of them is not understood."""
    if len(text) > 200 or not text:
        return None
    text = _OPEN_ZH.sub("", text)
    if re.fullmatch(r"(每天|每日)?\s*(24\s*小时(营业)?|全天(营业|候)?(24小时)?)", text):
        return "24/7"
    rules = []
    days = None
    position = 0
    while position < len(text):
        match = re.compile(r"[\s,、;:()]+|和|及").match(text, position)
        if match:
            position = match.end()
            continue
        found = _days(text, position)
        if found:
            days, position = found
            continue
        spans, position = _spans(text, position)
        if not spans:
            return None
        rules.append(f"{days} {spans}" if days else spans)
    joined = "; ".join(rules)
    return joined if rules and validate(joined) else None


def _days(text: str, position: int) -> tuple[str, int] | None:
    """The days that are named at a position, and where they end."""
    names: list[str] = []
    while True:
        for name, days in _DAY_NAMES.items():
            if text.startswith(name, position):
                names.append(days)
                position += len(name)
                break
        else:
            if match := _RANGE_ZH.match(text, position):
                names.append(f"{_OSM_DAYS[match[1]]}-{_OSM_DAYS[match[2]]}")
            elif match := _LIST_ZH.match(text, position):
                names.append(",".join(_OSM_DAYS[c] for c in match[1] if c in _OSM_DAYS))
            else:
                break
            position = match.end()
        between = re.compile(r"\s*[、,及和]\s*").match(text, position)
        if between and _days(text, between.end()):
            position = between.end()
    if not names:
        return None
    return ("" if "" in names else ",".join(names)), position


def _spans(text: str, position: int) -> tuple[str, int]:
    """The hours at a position in OSM syntax, empty for none, and where they end."""
    if match := _CLOSED_ZH.match(text, position):
        return "off", match.end()
    spans: list[str] = []
    while match := _SPAN_ZH.match(text, position):
        start, end = match[1], match[2]
        try:
            first = clock(re.sub("次日|第二天|翌日", "", start))
            last = clock(re.sub("次日|第二天|翌日", "", end))
        except BadCell:
            return "", position
        spans.append(f"{hhmm(first)}-{hhmm(last)}")
        position = match.end()
        comma = re.compile(r"\s*[,、和及;]?\s*").match(text, position)
        if comma and _SPAN_ZH.match(text, comma.end()):
            position = comma.end()
        else:
            break
    return ",".join(spans), position
