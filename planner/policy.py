"""
The policy: every number and rule the office may choose, frozen and handed in.

The defaults stand once, in ``policy.toml`` beside this file, which is also what a new workspace gets. A
workspace's own file is laid over them; an unknown key is a problem, so that a misspelt one is never ignored.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, Self

from opening_hours import OpeningHours
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from planner.enterprises import Scenario
from planner.errors import InputError, Problem
from planner.geo import Datum, Extent
from planner.teams import TravelMode
from planner.violations import Action, Aggravation, ViolationKind

_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")


def _clock(value: object) -> int:
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None or match.group() > "24:00":
        raise ValueError(f"{value!r} is not a time of day (hh:mm)")
    return int(match[1]) * 3600 + int(match[2]) * 60


def _span(value: object) -> tuple[int, int]:
    start, dash, end = value.partition("-") if isinstance(value, str) else ("", "", "")
    if not dash:
        raise ValueError(f"{value!r} is not a span of time (hh:mm-hh:mm)")
    span = (_clock(start), _clock(end))
    if span[0] >= span[1]:
        raise ValueError(f"{value!r} ends before it starts")
    return span


def _extent(value: object) -> Extent:
    sides = tuple(value) if isinstance(value, list | tuple) else ()
    if len(sides) != 4 or not all(isinstance(side, int | float) and abs(side) <= 180 for side in sides):
        raise ValueError(f"{value!r} is not [west, south, east, north] in degrees")
    extent = Extent(*map(float, sides))
    if not (extent.west < extent.east and -90 <= extent.south < extent.north <= 90):
        raise ValueError(f"{value!r} has its west or south beyond its east or north")
    return extent


def _hours(value: str) -> str:
    try:
        OpeningHours(value)
    except Exception as problem:  # the library raises its own error class, which it does not export
        raise ValueError(f"{value!r} is not read as opening hours: write Mo-Fr 10:00-22:00 (OSM)") from problem
    return value


Clock = Annotated[int, BeforeValidator(_clock)]
"""Seconds since midnight, written ``hh:mm``."""
Span = Annotated[tuple[int, int], BeforeValidator(_span)]
"""From and to, seconds since midnight, written ``hh:mm-hh:mm``."""
Hours = Annotated[str, AfterValidator(_hours)]
Count = Annotated[int, Field(ge=0)]
Minutes = Annotated[int, Field(ge=0, le=1440)]
Weight = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
Factor = Annotated[float, Field(ge=1, le=10, allow_inf_nan=False)]
Speed = Annotated[float, Field(gt=0, le=200, allow_inf_nan=False)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class WorkspacePolicy(_Section):
    datum: Annotated[Datum, Field(strict=False)]
    extent: Annotated[Extent, BeforeValidator(_extent)]
    nearest_district_metres: Count
    holidays: Literal["cn", "none"]


class PriorityPolicy(_Section):
    points: Annotated[int, Field(ge=1, le=1000)]
    action: dict[Annotated[Action, Field(strict=False)], Weight]
    kind: dict[Annotated[ViolationKind, Field(strict=False)], Weight]
    aggravation: dict[Annotated[Aggravation, Field(strict=False)], Factor]
    kind_cap: Weight
    exposure_per_log_site: Weight
    exposure_cap: Factor
    lead: Weight
    lead_days: Count
    lead_cap: Weight
    repeat: Weight
    repeat_cap: Weight
    urgent: Weight
    timing_at_due: Factor
    timing_per_day_overdue: Weight
    timing_cap: Factor


class DeadlinePolicy(_Section):
    default_days: dict[Annotated[Action, Field(strict=False)], Count]
    due_after_deadline: Count
    due_after_interview: Count
    due_after_penalty: Count


class LadderPolicy(_Section):
    rungs: Annotated[tuple[Annotated[Action, Field(strict=False)], ...], Field(strict=False)]
    not_rectified: Annotated[int, Field(ge=0, le=10)]
    partly: Annotated[int, Field(ge=0, le=10)]
    days: Count

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len(set(self.rungs)) < len(self.rungs):
            raise ValueError("rungs must name each action once")
        return self


class SpotCheckPolicy(_Section):
    sibling_points: Count
    sibling_cap: Count
    anti_rebound_points: Count
    anti_rebound_days: Count
    never_inspected_points: Count
    most_per_district: Count


class VisitPolicy(_Section):
    certificate_minutes: Minutes
    record_minutes: Minutes
    max_visits: Annotated[int, Field(ge=1, le=100)]
    last_start_before_end: Minutes
    officers_per_agency: Count


class ShiftPolicy(_Section):
    start: Clock
    end: Clock
    break_minutes: Minutes
    break_from: Clock
    break_to: Clock

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.start < self.end:
            raise ValueError("start must lie before end")
        if self.break_minutes and not (
            self.start <= self.break_from and self.break_from + self.break_minutes * 60 <= self.break_to <= self.end
        ):
            raise ValueError("the break must fit between break_from and break_to, inside the shift")
        return self


class ScenarioPolicy(_Section):
    look_back: Minutes
    spot_check: Minutes
    hours: Hours
    avoid: Annotated[tuple[Span, ...], Field(strict=False)]


class TravelPolicy(_Section):
    engine: Literal["great_circle", "matrix_file"]
    mode: Annotated[TravelMode, Field(strict=False)]
    least_minutes: Minutes
    walk_kmh: Speed
    walk_detour: Factor
    walk_most_metres: Count
    metro_minutes: Minutes
    metro_kmh: Speed
    metro_detour: Factor
    metro_change_every_metres: Annotated[int, Field(ge=1)]
    metro_change_minutes: Minutes
    car_minutes: Minutes
    car_inner_kmh: Speed
    car_inner_metres: Count
    car_outer_kmh: Speed
    car_detour: Factor


class PlanPolicy(_Section):
    later_day_discount: Annotated[int, Field(ge=0, le=100)]
    least_visits_per_district: Annotated[int, Field(ge=0, le=100)]
    even_load: Annotated[int, Field(ge=0, le=1000)]


class ReplanPolicy(_Section):
    seconds: Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]
    moved_minutes: Minutes
    price_time: Count
    price_promised_time: Count
    price_team: Count
    price_day: Count
    price_dropped: Count
    price_added: Count


class MapsPolicy(_Section):
    base: Literal["none", "tianditu", "amap", "osm"]
    tianditu_key: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{0,64}$")]
    attribution: Annotated[str, Field(max_length=200)]
    drawn_by: Annotated[str, Field(max_length=60)]

    @model_validator(mode="after")
    def _has_key(self) -> Self:
        if self.base == "tianditu" and not self.tianditu_key:
            raise ValueError("base is tianditu, which asks for a tianditu_key")
        return self


class CardLine(_Section):
    term: str
    points: Annotated[int, Field(ge=0, le=10_000)]
    steps: Annotated[tuple[Annotated[float, Field(allow_inf_nan=False)], ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def _ascends(self) -> Self:
        if list(self.steps) != sorted(set(self.steps)):
            raise ValueError("steps must ascend")
        return self


class CardPolicy(_Section):
    learned_until: str
    """The history before this date taught the card; empty: nothing was learned, and no score uses it."""
    drawn_percent: Annotated[int, Field(ge=0, le=50)]
    drawn_points: Count
    drawn_seed: Count
    lines: Annotated[tuple[CardLine, ...], Field(strict=False, max_length=20)]

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if self.learned_until:
            date.fromisoformat(self.learned_until)
        return self

    @property
    def learned(self) -> bool:
        """Whether scores use the card."""
        return bool(self.learned_until)


class Policy(_Section):
    """Everything the office may choose; see ``policy.toml`` for each value, its unit and its default."""

    workspace: WorkspacePolicy
    priority: PriorityPolicy
    deadlines: DeadlinePolicy
    ladder: LadderPolicy
    spot_checks: SpotCheckPolicy
    visits: VisitPolicy
    shift: ShiftPolicy
    scenarios: dict[Annotated[Scenario, Field(strict=False)], ScenarioPolicy]
    travel: TravelPolicy
    plan: PlanPolicy
    replan: ReplanPolicy
    maps: MapsPolicy
    card: CardPolicy

    @classmethod
    @cache
    def default(cls) -> Policy:
        """The policy as it comes with the program."""
        return cls.model_validate(tomllib.loads(default_text()))

    @classmethod
    def from_toml(cls, text: str, *, file: str) -> Policy:
        """
        The defaults with a workspace's own file laid over them.

        Raises
        ------
        InputError
            It is not TOML, a key is unknown, or a value is of the wrong type or out of range: all at once.
        """
        try:
            given = tomllib.loads(text.removeprefix("\ufeff"))
            return cls.model_validate(_laid_over(tomllib.loads(default_text()), given))
        except ValidationError as invalid:
            problems = [Problem(file, 0, _path(e["loc"]), _message(e) + _meant(e), _zh(e)) for e in invalid.errors()]
        except RecursionError:
            problems = [Problem(file, 0, "", "nested too deeply", "嵌套过深")]
        except ValueError as problem:  # TOMLDecodeError, or an integer of thousands of digits
            problems = [_not_toml(file, text, problem)]
        raise InputError(problems)


def default_text() -> str:
    """The packaged ``policy.toml``, comments and all."""
    return files("planner").joinpath("policy.toml").read_text("utf-8")


def _laid_over(defaults: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    merged = dict(defaults)
    for key, value in given.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        merged[key] = _laid_over(old, value) if both else value  # type: ignore[arg-type]  # checked just above
    return merged


def _not_toml(file: str, text: str, wrong: ValueError) -> Problem:
    """What the parser says, with the line that it means."""
    line = re.search(r"at line (\d+)", str(wrong))
    row = int(line[1]) if line else 0
    lines = text.splitlines()
    if not 0 < row <= len(lines):
        return Problem(file, 0, "", f"not TOML: {wrong}", "不是有效的 TOML 文件")
    message = f"{lines[row - 1].strip()[:60]!r} is not TOML: {wrong}; words, times and dates stand in quotes"
    return Problem(file, row, "", message, '此行不是有效的 TOML;文字、时刻、日期须加英文双引号,如 start = "09:00"')


def _path(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc if part != "[key]")


def _meant(error: Any) -> str:
    """For a key that there is not, the one that it resembles."""
    if error["type"] != "extra_forbidden":
        return ""
    section: Any = tomllib.loads(default_text())
    for part in error["loc"][:-1]:
        section = section.get(part, {}) if isinstance(section, dict) else {}
    near = get_close_matches(str(error["loc"][-1]), [*section], n=1)
    return f": is it {near[0]}?" if near else ""


_ZH = {
    "extra_forbidden": "没有此参数",
    "missing": "缺少此项",
    "int_type": "应为整数,不加引号",
    "int_from_float": "应为整数",
    "float_type": "应为数字,不加引号",
    "finite_number": "应为有限的数",
    "bool_type": "应为 true 或 false,不加引号",
    "string_type": "应为文字,加英文双引号",
    "greater_than_equal": "不得小于 {ge}",
    "less_than_equal": "不得大于 {le}",
    "greater_than": "应大于 {gt}",
    "less_than": "应小于 {lt}",
    "enum": "应为 {expected} 之一",
    "literal_error": "应为 {expected} 之一",
}
"""What is said in Chinese, by pydantic's type of error."""


def _zh(error: Any) -> str:
    text = _ZH.get(error["type"], "此参数有误,应填内容见左")
    return text.format_map(error.get("ctx", {})).replace(" or ", ", ")


def _message(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "is not a key of the policy"
    if error["type"] == "missing":
        return "is missing"
    text = str(error["msg"]).removeprefix("Value error, ")
    if isinstance(error["input"], dict) or repr(error["input"]) in text:
        return text
    return f"{error['input']!r}: {text[:1].lower()}{text[1:]}"
