"""
One cell at a time: text becomes a value, or a reason why not.

Full-width digits and letters are read as their plain ones (NFKC); after that every form is exact, and nothing
is guessed: a date that could be two dates, a rounded code, a number with a unit are all refused.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from opening_hours import validate
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

from planner.geo import Datum, LonLat
from planner.readers.sheet import shown
from planner.words import LABELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from enum import StrEnum

Code = TypeVar("Code", bound="StrEnum")
T = TypeVar("T")

LON_RANGE, LAT_RANGE = (73.0, 136.0), (3.0, 54.0)
"""Degrees in which a place can lie: China."""

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_OTHER_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", re.ASCII)
_SERIAL = re.compile(r"[34]\d{4}", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,9}", re.ASCII)
_DECIMAL = re.compile(r"[-+]?\d{1,9}(\.\d{1,17})?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)", re.ASCII)
_SEPARATOR = re.compile("[;\uff1b]")  # the second is the full-width one
_ROUNDED = re.compile(r"\d(\.\d+)?E\+?\d+", re.ASCII | re.IGNORECASE)


class BadCell(ValueError):  # noqa: N818
    """A cell that cannot be believed; ``message`` continues a sentence that begins with the value."""

    def __init__(self, message: str, zh: str) -> None:
        super().__init__(message)
        self.message = message
        self.zh = zh


def plain(text: str) -> str:
    """The text with full-width forms made plain, and without space around it."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def name(text: str) -> str:
    """Text on one line."""
    text = text.strip()
    _refuse_characters(text, {"Cc", "Cs", "Zl", "Zp"})
    if len(text) > 200:
        raise BadCell("is longer than 200 characters", "不得超过 200 字")
    return text


def shared_name(text: str) -> str:
    """A name by which rows are joined, such as an operator: two that look alike are alike."""
    return name(plain(text))


def note(text: str) -> str:
    """Text that may run over several lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    _refuse_characters(text, {"Cc", "Cs"}, but="\n\t")
    return text


def identifier(text: str) -> str:
    """An id: text, never a number; two that look alike are alike."""
    text = plain(text)
    _refuse_characters(text, {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
    if _ROUNDED.fullmatch(text):
        raise BadCell("was turned into a number by a spreadsheet: its digits are lost", _ZH_ROUNDED)
    if ";" in text:
        raise BadCell("holds ';', which separates the items of a list", "编号中不得有分号")
    if len(text) > 64:
        raise BadCell("is longer than 64 characters", "编号不得超过 64 字")
    return text


_ZH_ROUNDED = "已被电子表格转成数字,位数丢失;请将该列设为文本后重新填写"


def integer(low: int, high: int) -> Callable[[str], int]:
    """A reader of whole numbers from ``low`` to ``high``."""

    def read(text: str) -> int:
        if not _INTEGER.fullmatch(plain(text)) or not low <= int(plain(text)) <= high:
            raise BadCell(f"is not a whole number from {low} to {high}", f"应为 {low} 至 {high} 的整数")
        return int(plain(text))

    return read


def number(low: float, high: float) -> Callable[[str], float]:
    """A reader of numbers from ``low`` to ``high``."""

    def read(text: str) -> float:
        if not _DECIMAL.fullmatch(plain(text)) or not low <= float(plain(text)) <= high:
            raise BadCell(f"is not a number from {low:g} to {high:g}", f"应为 {low:g} 至 {high:g} 的数")
        return float(plain(text))

    return read


def degrees(text: str) -> float:
    """A longitude or a latitude; whether it makes a place is for ``place_faults`` to say."""
    if not _DECIMAL.fullmatch(plain(text)):
        raise BadCell("is not a number of degrees, such as 121.4737", "应为度数,如 121.4737")
    return float(plain(text))


def place_faults(place: LonLat) -> Iterator[tuple[str, str, str]]:
    """What is wrong with a place: ``lon`` or ``lat``, and why in English and Chinese."""
    lon_low, lon_high = LON_RANGE
    lat_low, lat_high = LAT_RANGE
    if place == LonLat(0, 0):
        yield "lon", "0 with lat 0 is no place: the coordinates are missing", "坐标 (0, 0) 无效"
    elif lat_low <= place.lon <= lat_high and lon_low <= place.lat <= lon_high:
        yield "lon", f"{place.lon:.10g} looks like a latitude: lon and lat seem to be swapped", "经度与纬度疑似互换"
    elif abs(place.lon) > 180 or abs(place.lat) > 90:
        message = f"{place.lon:.10g}, {place.lat:.10g} are not degrees: projected coordinates?"
        yield "lon", message, "不是经纬度,疑为投影坐标"
    else:
        if not lon_low <= place.lon <= lon_high:
            message = f"{place.lon:.10g} is not a longitude in China ({lon_low:g} to {lon_high:g})"
            yield "lon", message, f"经度应在 {lon_low:g} 至 {lon_high:g} 之间"
        if not lat_low <= place.lat <= lat_high:
            message = f"{place.lat:.10g} is not a latitude in China ({lat_low:g} to {lat_high:g})"
            yield "lat", message, f"纬度应在 {lat_low:g} 至 {lat_high:g} 之间"


@cache
def day(text: str) -> date:
    """A date from 2000 to 2100, written ``YYYY-MM-DD``."""
    text = plain(text)
    match = _DATE.fullmatch(text)
    try:
        found = date(*map(int, match.groups())) if match else None
    except ValueError:
        found = None
    if found is None:
        raise BadCell(f"is not a date (YYYY-MM-DD){_date_hint(text)}", "应为存在的日期,写作 2026-03-02")
    if not 2000 <= found.year <= 2100:
        raise BadCell("is not a date from 2000 to 2100", "日期应在 2000 年至 2100 年之间")
    return found


def _date_hint(text: str) -> str:
    if match := _OTHER_DATE.fullmatch(text):
        year, month, of_month = map(int, match.groups())
        meant = f"{year:04d}-{month:02d}-{of_month:02d}"
        return f": write {meant}" if meant != text and month <= 12 and of_month <= 31 else ""
    return ": it looks like a spreadsheet's serial number" if _SERIAL.fullmatch(text) else ""


def clock(text: str) -> int:
    """Seconds since midnight of a time of day, written ``hh:mm``, up to 24:00."""
    match = _CLOCK.fullmatch(plain(text))
    seconds = int(match[1]) * 3600 + int(match[2]) * 60 if match else -1
    if not 0 <= seconds <= 24 * 3600:
        raise BadCell("is not a time of day (hh:mm)", "应为时刻,写作 09:30")
    return seconds


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
    for alias in (str(k + 1), short, long, f"周{zh}", f"星期{zh}")
} | {"周天": 6, "星期天": 6}


def weekday(text: str) -> int:
    """A day of the week, 0 = Monday, written 1 to 7, ``Mon`` or 周一."""
    found = _WEEKDAYS.get(plain(text).casefold())
    if found is None:
        raise BadCell("is not a weekday (1 to 7, Mon to Sun, 周一 to 周日)", "应为 1 至 7 或 周一 至 周日")
    return found


_YES_NO = {"yes": True, "是": True, "true": True, "1": True, "no": False, "否": False, "false": False, "0": False}


def yes_no(text: str) -> bool:
    """Yes or no, in the ways that spreadsheets write it."""
    found = _YES_NO.get(plain(text).casefold())
    if found is None:
        raise BadCell("is not yes or no", "应为 是 或 否")
    return found


def one_of(codes: type[Code]) -> Callable[[str], Code]:
    """A reader of an enumeration: its code or either of its labels."""
    known = {spelling: code for code in codes for spelling in _spellings(code)}
    expected = ", ".join(codes)
    zh = f"应为 {'、'.join(LABELS[code].zh if code in LABELS else code for code in codes)} 之一"

    def read(text: str) -> Code:
        found = known.get(plain(text).casefold())
        if found is None:
            raise BadCell(f"is not one of {expected}", zh)
        return found

    return read


def _spellings(code: StrEnum) -> Iterator[str]:
    yield code.value
    if code in LABELS:
        yield from (plain(label).casefold() for label in LABELS[code])


def datum(text: str) -> Datum:
    """A coordinate system, with or without the hyphen of its name."""
    return _datum(plain(text).replace("-", ""))


_datum = one_of(Datum)


def several(read: Callable[[str], T]) -> Callable[[str], tuple[T, ...]]:
    """A reader of a list in one cell, its items separated by semicolons, each at most once."""

    def read_all(text: str) -> tuple[T, ...]:
        items: list[T] = []
        for part in filter(None, (part.strip() for part in _SEPARATOR.split(text))):
            try:
                item = read(part)
            except BadCell as bad:
                message = bad.message if part == text.strip() else f"holds {shown(part)}, which {bad.message}"
                raise BadCell(message, bad.zh) from bad
            if item in items:
                raise BadCell(f"names {shown(part)} twice", f"{part} 重复")
            items.append(item)
        return tuple(items)

    return read_all


def credit_code(text: str) -> str:
    """A unified social credit code, its check digit verified (GB 32100)."""
    code = plain(text).upper()
    if _ROUNDED.fullmatch(code):
        raise BadCell("was turned into a number by a spreadsheet: its digits are lost", _ZH_ROUNDED)
    if not (code.isascii() and code.isalnum() and len(code) == 18):
        raise BadCell("is not a unified social credit code (18 digits and letters)", _ZH_CREDIT_CODE)
    try:
        return str(uscc.validate(code))
    except InvalidChecksum as wrong:
        if code.isdigit() and code.endswith("000"):
            message = "ends in zeros that a spreadsheet put there: its digits are lost"
            raise BadCell(message, _ZH_ROUNDED) from wrong
        message = "is not a unified social credit code: its check digit is wrong"
        raise BadCell(message, "信用代码校验位不符") from wrong
    except ValidationError as wrong:
        message = "is not a unified social credit code: 8 digits first, and no I, O, S, V or Z"
        raise BadCell(message, _ZH_CREDIT_CODE) from wrong


_ZH_CREDIT_CODE = "应为 18 位统一社会信用代码"


def risk_class(text: str) -> str:
    """A credit-risk class, A to D."""
    found = plain(text).upper().removesuffix("类")
    if found not in {"A", "B", "C", "D"}:
        raise BadCell("is not a credit-risk class (A, B, C or D)", "应为 A、B、C、D 之一")
    return found


@cache
def opening_hours(text: str) -> str:
    """Opening hours in OSM syntax."""
    text = plain(text)
    if len(text) > 500 or not validate(text):
        message = "is not in OSM opening_hours syntax, such as 'Mo-Fr 10:00-22:00'"
        raise BadCell(message, "应按 OSM 写法,如 Mo-Fr 10:00-22:00")
    return text


def _refuse_characters(text: str, categories: set[str], *, but: str = "") -> None:
    if text.isprintable():
        return
    for character in text:
        if unicodedata.category(character) in categories and character not in but:
            code = f"U+{ord(character):04X}"
            raise BadCell(f"holds the unprintable character {code}", f"含有不可见字符 {code}")
