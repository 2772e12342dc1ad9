"""
One cell at a time: text becomes a value, or a reason why not.

Full-width digits and letters are read as their plain ones (NFKC); after that every form is exact, and nothing
is guessed: a rounded code, a number with a unit are refused. Times stand in ``times``, opening hours in ``hours``.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

from planner.geo import Datum, Extent, LonLat
from planner.readers.sheet import shown
from planner.words import LABELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from enum import StrEnum

Code = TypeVar("Code", bound="StrEnum")
T = TypeVar("T")

_INTEGER = re.compile(r"-?\d{1,9}", re.ASCII)
_DECIMAL = re.compile(r"[-+]?\d{1,9}(\.\d{1,17})?", re.ASCII)
_SEPARATOR = re.compile("[;；、]")
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
    text = name(plain(text))
    if text.casefold() in _NOTHING:
        raise BadCell("stands for nothing: leave the cell empty", "表示没有内容时请将单元格留空,不要填写符号或“无”")
    return text


_NOTHING = {"无", "暂无", "没有", "不详", "未知", "/", "\\", "-", "--", "—", "——", "n/a", "na", "none", "null", "nil"}
"""What people write into a cell that has nothing to say: rows would be joined by it."""


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
        raise BadCell(_ROUNDED_EN, _ZH_ROUNDED)
    if ";" in text:
        raise BadCell("holds ';', which separates the items of a list", "编号中不得有分号")
    if len(text) > 64:
        raise BadCell("is longer than 64 characters", "编号不得超过 64 字")
    return text


_ROUNDED_EN = (
    "was turned into a number by a spreadsheet: its digits are lost; format the column as text, type them anew"
)
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


_SEXAGESIMAL = re.compile(
    r"(?P<side>东经|西经|北纬|南纬|[NSEW])?\s*(?P<degrees>\d{1,3})[°度]\s*(?:(?P<minutes>[0-5]?\d(?:\.\d+)?)['′’分]\s*"
    r"(?:(?P<seconds>[0-5]?\d(?:\.\d+)?)(?:[\"″”秒]|['′]{2})\s*)?)?(?P<half>[NSEW])?",
    re.ASCII,
)
_SOUTH_AND_WEST = {"S", "W", "南纬", "西经"}


def degrees(text: str) -> float:
    """A longitude or a latitude, minutes and seconds too; whether it makes a place is for ``place_faults`` to say."""
    if match := _SEXAGESIMAL.fullmatch(plain(text)):
        whole, minutes, seconds = (float(match[part] or 0) for part in ("degrees", "minutes", "seconds"))
        half = match["half"] or match["side"] or ""
        return round(whole + minutes / 60 + seconds / 3600, 8) * (-1 if half in _SOUTH_AND_WEST else 1)
    if re.fullmatch(r"-?\d+,\d+", plain(text)):
        raise BadCell("is not a number of degrees: write a point for the comma", "小数点误作逗号,请改为 . ")
    if re.fullmatch(r"-?\d+\.\d+\s*[,;/\s]\s*-?\d+\.\d+", plain(text)):
        raise BadCell(
            "is two numbers: put longitude and latitude each into a column of its own", "请将经度、纬度分填两列"
        )
    if not _DECIMAL.fullmatch(plain(text)):
        raise BadCell("is not a number of degrees, such as 121.4737", "应为度数,如 121.4737")
    return float(plain(text))


def place_faults(place: LonLat, extent: Extent) -> Iterator[tuple[str, str, str]]:
    """What is wrong with a place: ``lon`` or ``lat``, and why in English and Chinese."""
    west, south, east, north = extent
    if place == LonLat(0, 0):
        message = "0 with lat 0 is no place: leave both empty where the coordinates are not known"
        yield "lon", message, "坐标 (0, 0) 无效;坐标未知时请将经纬度都留空"
    elif not extent.holds(place.lon, place.lat) and extent.holds(place.lat, place.lon):
        message = f"{place.lon:.10g} looks like a latitude: lon and lat seem to be swapped"
        yield "lon", message, "经度与纬度疑似互换"
    elif 90 < abs(place.lat) <= 180 >= abs(place.lon):
        yield "lat", f"{place.lat:.10g} is not a latitude (-90 to 90)", "纬度应在 -90 至 90 之间"
    elif abs(place.lon) > 180 or abs(place.lat) > 90:
        message = f"{place.lon:.10g}, {place.lat:.10g} are not degrees: projected coordinates?"
        yield "lon", message, "不是经纬度,疑为投影坐标"
    else:
        if not west <= place.lon <= east:
            message = f"{place.lon:.10g} is not from {west:g} to {east:g}, where places lie by extent in policy.toml"
            yield "lon", message, f"经度应在 {west:g} 至 {east:g} 之间(见 policy.toml 的 extent)"
        if not south <= place.lat <= north:
            message = f"{place.lat:.10g} is not from {south:g} to {north:g}, where places lie by extent in policy.toml"
            yield "lat", message, f"纬度应在 {south:g} 至 {north:g} 之间(见 policy.toml 的 extent)"


_YES_NO = dict.fromkeys(("yes", "y", "是", "true", "1", "√", "✓", "✔", "上班", "工作日"), True) | dict.fromkeys(
    ("no", "n", "否", "false", "0", "×", "✗", "✘", "休息", "放假"), False
)


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
        found = known.get(_squeezed(text))
        if found is None:
            near = get_close_matches(_squeezed(text), known, n=1)
            if near:
                meant = known[near[0]]
                label = LABELS[meant].zh if meant in LABELS else meant
                raise BadCell(f"is not one of {expected}: is it {meant}?", f"{zh},是否为 {label}?")
            raise BadCell(f"is not one of {expected}", zh)
        return found

    return read


def _spellings(code: StrEnum) -> Iterator[str]:
    yield _squeezed(code.value)
    if code in LABELS:
        yield from map(_squeezed, LABELS[code])


def _squeezed(text: str) -> str:
    """A code or label without case, spaces, hyphens and underscores."""
    return re.sub(r"[\s_-]", "", plain(text).casefold())


def datum(text: str) -> Datum:
    """A coordinate system, with or without the hyphen of its name."""
    called = plain(text).casefold().removesuffix("系").removesuffix("坐标")
    return _datum(_DATUM_NAMES.get(called, text))


_DATUM_NAMES = (
    dict.fromkeys(("火星", "高德", "腾讯", "国测局"), "gcj02")
    | dict.fromkeys(("百度", "bd09ll"), "bd09")
    | dict.fromkeys(("gps", "cgcs2000", "国家2000", "大地2000", "2000国家大地", "天地图"), "wgs84")
)
_datum = one_of(Datum)


def several(read: Callable[[str], T]) -> Callable[[str], tuple[T, ...]]:
    """A reader of a list in one cell, its items separated by semicolons, each at most once."""

    def read_all(text: str) -> tuple[T, ...]:
        items: list[T] = []
        for part in filter(None, (part.strip() for part in _SEPARATOR.split(text))):
            try:
                item = read(part)
            except BadCell as bad:
                if "," in plain(part):
                    raise BadCell(
                        "is separated by commas: separate a list by semicolons", "多项之间请用分号 ; 分隔"
                    ) from bad
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
        raise BadCell(_ROUNDED_EN, _ZH_ROUNDED)
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


def _refuse_characters(text: str, categories: set[str], *, but: str = "") -> None:
    if text.isprintable():
        return
    for character in text:
        if unicodedata.category(character) in categories and character not in but:
            if character in "\r\n":
                raise BadCell("runs over several lines: write it on one", "含有换行,请写在一行")
            code = f"U+{ord(character):04X}"
            raise BadCell(
                f"holds the unprintable character {code}: type the cell anew", f"含有不可见字符 {code},请重新输入"
            )
