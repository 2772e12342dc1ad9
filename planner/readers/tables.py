"""
The tables: every column with its names, whether it must be there, and how its cells are read.

A header may be in English or Chinese, in any order and any case. What the rules of one row are stands here
too; what must hold between rows and between tables stands in ``crosschecks``.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeAlias

from planner.enterprises import Scenario
from planner.errors import Problem
from planner.geo import LonLat
from planner.readers import cells as read
from planner.readers.sheet import shown
from planner.teams import Agency, TravelMode
from planner.violations import Action, Aggravation, InspectionResult, Scope, ViolationKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from planner.districts import Ring
    from planner.readers.sheet import Findings, Row, Sheet

Cells: TypeAlias = "Mapping[str, Any]"
"""The values of a row by column; a cell that is empty, absent or wrong has none."""
Fault: TypeAlias = tuple[str, str, str]
"""A column, and what is wrong with it in English and Chinese."""


@dataclass(frozen=True)
class Column:
    """A column: its name, its Chinese names (the first is the one shown), and the reader of its cells."""

    name: str
    zh: tuple[str, ...]
    read: Callable[[str], Any]
    required: bool = False
    """Whether the column must be there, with a value in every row."""


@dataclass(frozen=True)
class Rule:
    """What the cells of one row must keep between them; not asked where one of them is wrong by itself."""

    columns: tuple[str, ...]
    faults: Callable[[Cells], Iterator[Fault]]


@dataclass(frozen=True)
class Table:
    """A table of the workspace; ``key`` names the column of its ids, unique when it has one."""

    name: str
    columns: tuple[Column, ...]
    key: str = ""
    required: bool = False
    rules: tuple[Rule, ...] = ()

    @property
    def file(self) -> str:
        """The file that messages name where there is none."""
        return f"data/{self.name}.csv"

    def column(self, name: str) -> Column:
        """The column of that English name."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class Record:
    """A row as values, and where it stands."""

    table: Table
    file: str
    row: int
    cells: Cells
    polygons: tuple[tuple[Ring, ...], ...] = ()
    line: Ring = ()

    def problem(self, column: str, message: str, zh: str) -> Problem:
        """A problem with one of its cells."""
        return problem_at(self.table, self.file, self.row, column, message, zh)


@dataclass(frozen=True)
class Records:
    """A table as values; ``ids`` None: not all are known, because the file, the column or a row is unreadable."""

    table: Table
    rows: tuple[Record, ...] = ()
    ids: frozenset[str] | None = None


def problem_at(table: Table, file: str, row: int, column: str, message: str, zh: str) -> Problem:
    """A problem with a cell, its Chinese line beginning with the column's Chinese name."""
    return Problem(file, row, column, message, f"{table.column(column).zh[0]}:{zh}")


def records(table: Table, sheet: Sheet, findings: Findings) -> Records:
    """The rows of a sheet as values; what is wrong with its header and its cells goes to ``findings``."""
    findings.problems += sheet.problems
    places = _columns(table, sheet, findings)
    missing = [column for column in table.columns if column.required and column.name not in places]
    rows = tuple(_record(table, sheet, row, places, findings) for row in sheet.rows)
    lost = any(row.broken and table.key not in record.cells for row, record in zip(sheet.rows, rows, strict=True))
    if lost or table.key in {column.name for column in missing}:
        return Records(table, rows)
    return Records(table, rows, frozenset(row.cells[table.key] for row in rows if table.key in row.cells))


def _columns(table: Table, sheet: Sheet, findings: Findings) -> dict[str, int]:
    """Where each known column stands in the sheet."""
    names = {
        read.plain(alias).casefold(): column.name for column in table.columns for alias in (column.name, *column.zh)
    }
    places: dict[str, int] = {}
    strange: dict[str, str] = {}
    for k, written in enumerate(sheet.header):
        spelling = read.plain(written).casefold()
        name = names.get(spelling)
        if name is None:
            near = get_close_matches(spelling, names, n=1)
            strange[written] = names[near[0]] if near else ""
        elif name in places:
            message = "stands twice in the header"
            findings.problems.append(problem_at(table, sheet.file, sheet.header_row, name, message, "列重复"))
        else:
            places[name] = k
    for written, nearest in strange.items():
        hint = f"; the nearest known is {nearest}" if nearest and nearest not in places else ""
        message = f"{shown(written)} is not a column of this table and is not read{hint}"
        zh = f"未知列 {shown(written)},未读取"
        findings.warnings.append(Problem(sheet.file, sheet.header_row, "", message, zh))
    for column in table.columns:
        if column.required and column.name not in places:
            meant = next((written for written, nearest in strange.items() if nearest == column.name), "")
            hint = f": is it {shown(meant)}?" if meant else ""
            if len(sheet.header) == 1 and any(mark in sheet.header[0] for mark in ";\t|、\uff0c\uff1b"):
                hint = ": separate the cells by commas"
            message = f"the column is missing{hint}"
            problem = problem_at(table, sheet.file, sheet.header_row, column.name, message, "缺少此列")
            findings.problems.append(problem)
    return places


def _record(table: Table, sheet: Sheet, row: Row, places: Mapping[str, int], findings: Findings) -> Record:
    values: dict[str, Any] = {}
    wrong: set[str] = set()
    record = Record(table, sheet.file, row.number, values, row.polygons, row.line)
    for column in table.columns:
        if row.broken and column.name != table.key:
            continue
        place = places.get(column.name)
        text = row.cells[place] if place is not None and place < len(row.cells) else ""
        try:
            if text and not text.isspace():
                values[column.name] = column.read(text)
            elif column.required:
                wrong.add(column.name)
                if place is not None and not row.broken:
                    findings.problems.append(record.problem(column.name, "is empty", "不得为空"))
        except read.BadCell as bad:
            wrong.add(column.name)
            problem = record.problem(column.name, f"{shown(text)} {bad.message}", bad.zh)
            findings.problems.append(problem)
    for rule in table.rules if not row.broken else ():
        if wrong.isdisjoint(rule.columns):
            findings.problems += (record.problem(*fault) for fault in rule.faults(values))
    return record


def _place(lon: str, lat: str) -> Rule:
    """A place must be given whole, and be one."""

    def faults(cells: Cells) -> Iterator[Fault]:
        if lon in cells and lat in cells:
            for which, message, zh in read.place_faults(LonLat(cells[lon], cells[lat])):
                yield (lon if which == "lon" else lat), message, zh
        elif lon in cells or lat in cells:
            given, empty = (lon, lat) if lon in cells else (lat, lon)
            yield empty, f"is empty although {given} is given", "经纬度须同时填写"

    return Rule((lon, lat), faults)


def _not_before(column: str, earlier: str) -> Rule:
    def faults(cells: Cells) -> Iterator[Fault]:
        if column in cells and earlier in cells and cells[column] < cells[earlier]:
            message = f"{cells[column]} is before {earlier}, {cells[earlier]}"
            yield column, message, f"不应早于 {cells[earlier]}"

    return Rule((column, earlier), faults)


def _either(one: str, other: str, zh: str) -> Rule:
    def faults(cells: Cells) -> Iterator[Fault]:
        if one in cells and other in cells:
            yield one, f"give either {one} or {other}, not both", zh
        elif one not in cells and other not in cells:
            yield one, f"give {one} or {other}", zh

    return Rule((one, other), faults)


def _names_an_officer(cells: Cells) -> Iterator[Fault]:
    if cells.get("officers") == ():
        yield "officers", "names no officer", "至少一名执法人员"


def _hours(cells: Cells) -> Iterator[Fault]:
    start, end = cells.get("start"), cells.get("end")
    if (start is None) != (end is None):
        column = "start" if start is None else "end"
        yield column, "is empty: give start and end, or neither for a day off", "上下班时间须同时填写或同时留空"
    elif start is not None and end is not None and start >= end:
        yield "end", "is not later than start", "应晚于上班时间"


def _break(cells: Cells) -> Iterator[Fault]:
    given = [column for column in ("break_minutes", "break_from", "break_to") if column in cells]
    if given and "break_minutes" not in cells:
        yield "break_minutes", f"is empty although {given[0]} is given", "填写休息时段时须填写休息分钟"
    elif given and "start" not in cells and "end" not in cells:
        yield "break_minutes", "is given for a day off", "休息日不应填写"
    elif cells.get("break_minutes") and "start" in cells and "end" in cells:
        earliest = max(cells["start"], cells.get("break_from", 0))
        latest = min(cells["end"], cells.get("break_to", cells["end"]))
        if earliest + cells["break_minutes"] * 60 > latest:
            message = f"{cells['break_minutes']} do not fit between break_from and break_to, inside the shift"
            yield "break_minutes", message, "休息时段须在班次之内且够长"


_ENTERPRISE_ID = ("企业编号", "企业ID", "企业代码", "门店编号")
_OFFICER_ID = ("执法人员编号", "人员编号")
_TEAM_ID = ("小组编号", "检查组编号", "队伍编号")
_OPERATOR = ("运营者", "运营主体", "运营方")
_ENGLISH_NAME = Column("name_en", ("英文名称", "英文名"), read.name)
_MINUTES = read.integer(0, 1440)

ENTERPRISES = Table(
    "enterprises",
    (
        Column("enterprise_id", _ENTERPRISE_ID, read.identifier, required=True),
        Column("name", ("企业名称", "名称", "门店名称"), read.name, required=True),
        Column("lon", ("经度",), read.degrees, required=True),
        Column("lat", ("纬度",), read.degrees, required=True),
        Column("datum", ("坐标系",), read.datum),
        Column("scenario", ("场景", "应用场景"), read.one_of(Scenario), required=True),
        Column("operator", _OPERATOR, read.shared_name),
        Column("credit_code", ("统一社会信用代码", "信用代码"), read.credit_code),
        Column("address", ("地址", "经营地址"), read.note),
        Column("opening_hours", ("营业时间",), read.opening_hours),
        Column("visit_minutes", ("检查时长",), read.integer(1, 1440)),
        Column("risk_class", ("信用风险类别", "风险类别"), read.risk_class),
    ),
    key="enterprise_id",
    required=True,
    rules=(_place("lon", "lat"),),
)
VIOLATIONS = Table(
    "violations",
    (
        Column("violation_id", ("问题编号", "违规编号"), read.identifier, required=True),
        Column("enterprise_id", _ENTERPRISE_ID, read.identifier, required=True),
        Column("found_on", ("发现日期",), read.day, required=True),
        Column("kind", ("问题类型",), read.one_of(ViolationKind), required=True),
        Column("aggravations", ("加重情节", "从重情节"), read.several(read.one_of(Aggravation))),
        Column("action", ("处理方式", "处理"), read.one_of(Action), required=True),
        Column("rectify_by", ("整改期限",), read.day),
        Column("scope", ("核实范围", "范围"), read.one_of(Scope)),
        Column("rectified_on", ("整改核实日期", "核实日期"), read.day),
        Column("note", ("备注",), read.note),
    ),
    key="violation_id",
    required=True,
    rules=(_not_before("rectify_by", "found_on"), _not_before("rectified_on", "found_on")),
)
INSPECTIONS = Table(
    "inspections",
    (
        Column("inspection_id", ("检查编号",), read.identifier, required=True),
        Column("enterprise_id", _ENTERPRISE_ID, read.identifier, required=True),
        Column("date", ("检查日期", "日期"), read.day, required=True),
        Column("result", ("结果", "检查结果"), read.one_of(InspectionResult), required=True),
        Column("inspection_type", ("检查类型",), read.name),
    ),
    key="inspection_id",
)
TEAMS = Table(
    "teams",
    (
        Column("team_id", _TEAM_ID, read.identifier, required=True),
        Column("name", ("小组名称", "检查组名称", "队伍名称", "名称"), read.name, required=True),
        Column("start_lon", ("出发经度", "起点经度"), read.degrees, required=True),
        Column("start_lat", ("出发纬度", "起点纬度"), read.degrees, required=True),
        Column("end_lon", ("返回经度", "终点经度"), read.degrees),
        Column("end_lat", ("返回纬度", "终点纬度"), read.degrees),
        Column("authorities", ("辖区", "管辖区"), read.several(read.shared_name)),
        Column("scenarios", ("负责场景", "场景"), read.several(read.one_of(Scenario))),
        Column("officers", ("执法人员", "人员"), read.several(read.identifier), required=True),
        Column("max_visits", ("每日上限", "最多家数"), read.integer(1, 100)),
        Column("travel", ("出行方式",), read.one_of(TravelMode)),
    ),
    key="team_id",
    required=True,
    rules=(
        _place("start_lon", "start_lat"),
        _place("end_lon", "end_lat"),
        Rule(("officers",), _names_an_officer),
    ),
)
OFFICERS = Table(
    "officers",
    (
        Column("officer_id", _OFFICER_ID, read.identifier, required=True),
        Column("name", ("姓名",), read.name, required=True),
        Column("agency", ("单位", "部门"), read.one_of(Agency), required=True),
        Column("certificate", ("执法证", "执法证号"), read.identifier, required=True),
        Column("valid_until", ("有效期至", "有效期"), read.day),
    ),
    key="officer_id",
    required=True,
)
SHIFTS = Table(
    "shifts",
    (
        Column("team_id", _TEAM_ID, read.identifier, required=True),
        Column("date", ("日期",), read.day),
        Column("weekday", ("星期",), read.weekday),
        Column("start", ("上班时间", "开始时间"), read.clock),
        Column("end", ("下班时间", "结束时间"), read.clock),
        Column("break_minutes", ("休息分钟", "休息时长"), _MINUTES),
        Column("break_from", ("休息最早", "休息开始"), read.clock),
        Column("break_to", ("休息最晚", "休息结束"), read.clock),
    ),
    rules=(
        _either("date", "weekday", "日期与星期须且只能填一项"),
        Rule(("start", "end"), _hours),
        Rule(("start", "end", "break_minutes", "break_from", "break_to"), _break),
    ),
)
RECUSALS = Table(
    "recusals",
    (
        Column("officer_id", _OFFICER_ID, read.identifier, required=True),
        Column("enterprise_id", ("回避企业", *_ENTERPRISE_ID), read.identifier),
        Column("operator", ("回避运营者", *_OPERATOR), read.shared_name),
    ),
    rules=(_either("enterprise_id", "operator", "企业编号与运营者须且只能填一项"),),
)
CALENDAR = Table(
    "calendar",
    (
        Column("date", ("日期",), read.day, required=True),
        Column("working", ("是否上班", "上班", "工作日"), read.yes_no, required=True),
    ),
    key="date",
)
DISTRICTS = Table(
    "districts",
    (
        Column("district_id", ("商圈编号",), read.identifier, required=True),
        Column("name", ("商圈名称", "名称"), read.name, required=True),
        Column("authority", ("行政区", "辖区"), read.shared_name, required=True),
        _ENGLISH_NAME,
        Column("weight", ("权重",), read.number(0.1, 10)),
    ),
    key="district_id",
    required=True,
)
BARRIERS = Table(
    "barriers",
    (
        Column("barrier_id", ("屏障编号", "编号"), read.identifier, required=True),
        Column("name", ("名称",), read.name, required=True),
        _ENGLISH_NAME,
        Column("walkable", ("可步行",), read.yes_no),
        Column("crossing_minutes", ("过桥分钟",), read.number(0, 240)),
        Column("width_m", ("宽度",), read.number(0, 100_000)),
    ),
    key="barrier_id",
)

TABLES = (ENTERPRISES, VIOLATIONS, INSPECTIONS, TEAMS, OFFICERS, SHIFTS, RECUSALS, CALENDAR)
"""What stands in ``data/``, one file a table."""
