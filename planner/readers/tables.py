"""
The tables: every column with its names, whether it must be there, and how its cells are read.

A header may be in English or Chinese, in any order and any case. What the rules of one row are stands here
too; ``records`` holds rows against them, and ``crosschecks`` rows against each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from planner.enterprises import Scenario
from planner.readers import cells as read, hours, times
from planner.readers.headings import spelling
from planner.teams import Agency, TravelMode
from planner.violations import Action, Aggravation, InspectionResult, Scope, ViolationKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from planner.readers.headings import Names

Cells: TypeAlias = "Mapping[str, Any]"
"""The values of a row by column; a cell that is empty, absent or wrong has none."""
Fault: TypeAlias = tuple[str, str, str]
"""A column, and what is wrong with it in English and Chinese."""


@dataclass(frozen=True)
class Column:
    """A column: its name, the other names that offices and their systems give it, and the reader of its cells."""

    name: str
    called: str
    """Separated by spaces; the first is the Chinese one that people are shown."""
    read: Callable[[str], Any]
    required: bool = False
    """Whether the column must be there, with a value in every row."""
    oddity: Callable[[str], str] | None = None
    """What is worth a warning about a cell that was read: a key of ``_ODDITIES``, or nothing."""

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that it may be headed with."""
        return (self.name, *self.called.split())

    @property
    def zh(self) -> str:
        """The name that people are shown in Chinese."""
        return self.called.split()[0]


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
    places: tuple[tuple[str, str], ...] = ()
    """Columns that give a place: longitude and latitude, both or neither."""
    shape: str = ""
    """What each row is drawn as: ``polygon``, ``line``, ``point``; empty where it is not drawn."""

    @property
    def file(self) -> str:
        """The file that messages name where there is none."""
        return f"data/{self.name}.csv"

    @cached_property
    def names(self) -> Names:
        """The column that each heading means, by its spelling."""
        return {spelling(alias): column.name for column in self.columns for alias in column.names}

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns that must be there."""
        return tuple(column.name for column in self.columns if column.required)

    def column(self, name: str) -> Column:
        """The column of that English name."""
        return next(column for column in self.columns if column.name == name)


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


def _two_ids(cells: Cells) -> Iterator[Fault]:
    if "other_id" in cells and cells.get("enterprise_id") == cells["other_id"]:
        yield "other_id", "is the same id", "两个编号相同"


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


_ENTERPRISE_ID = (
    "企业编号 企业ID 企业代码 企业编码 门店编号 商户编号 店铺编号 主体编号 "
    "单位编号 检查对象编号 business_id shop_id store_id merchant_id establishment_id license_no company_id"
)
_OFFICER_ID = "执法人员编号 人员编号 工号 人员ID 执法人员ID staff_id inspector_id"
_TEAM_ID = "小组编号 检查组编号 队伍编号 组号 班组编号 小组ID group_id"
_OPERATOR = "运营者 运营主体 运营方 运营单位 所属品牌 品牌 所属企业 总部 chain brand"
_ENGLISH_NAME = Column("name_en", "英文名称 英文名 english_name", read.name)
_LON = "经度 X坐标 东经 lng long longitude lon_deg"
_LAT = "纬度 Y坐标 北纬 latitude lat_deg"
_DATUM = "坐标系 坐标系统 坐标类型 坐标基准 coordinate_system crs coord_type"
_MINUTES = times.minutes(0, 1440)

ENTERPRISES = Table(
    "enterprises",
    (
        Column("enterprise_id", _ENTERPRISE_ID, read.identifier, required=True),
        Column(
            "name",
            "企业名称 名称 门店名称 店名 商户名称 店铺名称 单位名称 主体名称 公司名称 字号名称 检查对象 "
            "检查对象名称 business_name shop_name store_name company_name enterprise_name dba_name facility_name",
            read.name,
            required=True,
        ),
        Column("lon", _LON, read.degrees),
        Column("lat", _LAT, read.degrees),
        Column("datum", _DATUM, read.datum),
        Column("scenario", "场景 应用场景 检查场景 场景类型 所属场景 行业场景", read.one_of(Scenario), required=True),
        Column("operator", _OPERATOR, read.shared_name),
        Column(
            "credit_code",
            "统一社会信用代码 信用代码 社会信用代码 统一信用代码 营业执照号 税号 uscc unified_social_credit_code",
            read.credit_code,
        ),
        Column(
            "address",
            "地址 经营地址 门店地址 详细地址 营业地址 经营场所 住所 店铺地址 企业地址 street_address addr",
            read.note,
        ),
        Column("opening_hours", "营业时间 营业时段 经营时间 开放时间 business_hours hours", hours.opening_hours),
        Column("visit_minutes", "检查时长 检查分钟 检查用时 预计时长 duration_minutes", times.minutes(1, 1440)),
        Column(
            "risk_class", "信用风险类别 风险类别 风险等级 信用风险等级 信用风险分类 risk_level risk", read.risk_class
        ),
    ),
    key="enterprise_id",
    required=True,
    places=(("lon", "lat"),),
    shape="point",
)
VIOLATIONS = Table(
    "violations",
    (
        Column(
            "violation_id",
            "问题编号 违规编号 违法编号 案件编号 问题ID 线索编号 case_id violation_no",
            read.identifier,
            required=True,
        ),
        Column("enterprise_id", _ENTERPRISE_ID, read.identifier, required=True),
        Column(
            "found_on",
            "发现日期 检查发现日期 问题发现日期 发现时间 found_date date_found violation_date",
            times.day,
            required=True,
            oddity=times.oddity,
        ),
        Column(
            "kind",
            "问题类型 违规类型 违法类型 问题类别 问题种类 violation_kind violation_type",
            read.one_of(ViolationKind),
            required=True,
        ),
        Column("aggravations", "加重情节 从重情节 加重因素", read.several(read.one_of(Aggravation))),
        Column(
            "action",
            "处理方式 处理 处置方式 处理措施 处置措施 处理结果 action_taken",
            read.one_of(Action),
            required=True,
        ),
        Column(
            "rectify_by",
            "整改期限 整改截止日期 限改日期 整改时限 整改截止 整改期限日期 deadline correct_by",
            times.day,
            oddity=times.oddity,
        ),
        Column("scope", "核实范围 范围 复查范围", read.one_of(Scope)),
        Column(
            "rectified_on",
            "整改核实日期 核实日期 整改完成日期 核查日期 复查合格日期 corrected_on verified_on",
            times.day,
            oddity=times.oddity,
        ),
        Column("note", "备注 说明 问题描述 情况说明 备注说明 notes comment remarks", read.note),
    ),
    key="violation_id",
    required=True,
    rules=(_not_before("rectify_by", "found_on"), _not_before("rectified_on", "found_on")),
)
INSPECTIONS = Table(
    "inspections",
    (
        Column(
            "inspection_id",
            "检查编号 检查ID 检查记录编号 记录编号 检查单号 inspection_no",
            read.identifier,
            required=True,
        ),
        Column("enterprise_id", _ENTERPRISE_ID, read.identifier, required=True),
        Column(
            "date",
            "检查日期 日期 检查时间 inspection_date date_of_inspection",
            times.day,
            required=True,
            oddity=times.oddity,
        ),
        Column(
            "result",
            "结果 检查结果 检查结论 结论 inspection_result outcome",
            read.one_of(InspectionResult),
            required=True,
        ),
        Column("inspection_type", "检查类型 检查方式 检查类别", read.name),
    ),
    key="inspection_id",
)
TEAMS = Table(
    "teams",
    (
        Column("team_id", _TEAM_ID, read.identifier, required=True),
        Column("name", "小组名称 检查组名称 队伍名称 名称 组名 班组名称 team_name", read.name, required=True),
        Column("start_lon", "出发经度 起点经度 出发地经度 start_lng start_longitude", read.degrees, required=True),
        Column("start_lat", "出发纬度 起点纬度 出发地纬度 start_latitude", read.degrees, required=True),
        Column("end_lon", "返回经度 终点经度 返回地经度 end_lng end_longitude", read.degrees),
        Column("end_lat", "返回纬度 终点纬度 返回地纬度 end_latitude", read.degrees),
        Column("authorities", "辖区 管辖区 管辖区域 管辖范围 负责辖区 authority", read.several(read.shared_name)),
        Column("scenarios", "负责场景 场景 检查场景", read.several(read.one_of(Scenario))),
        Column(
            "officers", "执法人员 人员 组员 成员 队员 小组成员 members", read.several(read.identifier), required=True
        ),
        Column("max_visits", "每日上限 最多家数 每日最多 日检查上限 每日家数", read.integer(1, 100)),
        Column("travel", "出行方式 交通方式 交通工具 travel_mode", read.one_of(TravelMode)),
    ),
    key="team_id",
    required=True,
    rules=(Rule(("officers",), _names_an_officer),),
    places=(("start_lon", "start_lat"), ("end_lon", "end_lat")),
)
OFFICERS = Table(
    "officers",
    (
        Column("officer_id", _OFFICER_ID, read.identifier, required=True),
        Column("name", "姓名 执法人员姓名 人员姓名 名字 full_name officer_name", read.name, required=True),
        Column("agency", "单位 部门 所属单位 所属部门 执法单位 department", read.one_of(Agency), required=True),
        Column(
            "certificate", "执法证 执法证号 执法证号码 证件号 执法证件号 certificate_no", read.identifier, required=True
        ),
        Column(
            "valid_until",
            "有效期至 有效期 证件有效期 执法证有效期 到期日期 valid_to expires expires_on",
            times.day,
            oddity=times.oddity,
        ),
    ),
    key="officer_id",
    required=True,
)
SHIFTS = Table(
    "shifts",
    (
        Column("team_id", _TEAM_ID, read.identifier, required=True),
        Column("date", "日期", times.day, oddity=times.oddity),
        Column("weekday", "星期 周几 day_of_week", times.weekday),
        Column("start", "上班时间 开始时间 班次开始 开始 start_time", times.clock),
        Column("end", "下班时间 结束时间 班次结束 结束 end_time", times.clock),
        Column("break_minutes", "休息分钟 休息时长 午休分钟 午休时长", _MINUTES),
        Column("break_from", "休息最早 休息开始 午休开始", times.clock),
        Column("break_to", "休息最晚 休息结束 午休结束", times.clock),
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
        Column("enterprise_id", f"回避企业 {_ENTERPRISE_ID}", read.identifier),
        Column("operator", f"回避运营者 {_OPERATOR}", read.shared_name),
    ),
    rules=(_either("enterprise_id", "operator", "企业编号与运营者须且只能填一项"),),
)
CALENDAR = Table(
    "calendar",
    (
        Column("date", "日期", times.day, required=True, oddity=times.oddity),
        Column("working", "是否上班 上班 工作日 是否工作日 is_working workday", read.yes_no, required=True),
    ),
    key="date",
)
PLACES = Table(
    "places",
    (
        Column("enterprise_id", _ENTERPRISE_ID, read.identifier, required=True),
        Column("lon", _LON, read.degrees, required=True),
        Column("lat", _LAT, read.degrees, required=True),
        Column("datum", _DATUM, read.datum),
        Column("source", "来源 依据", read.note),
        Column("note", "备注 说明", read.note),
    ),
    key="enterprise_id",
    places=(("lon", "lat"),),
)
SAME_AS = Table(
    "same_as",
    (
        Column("enterprise_id", f"保留编号 {_ENTERPRISE_ID}", read.identifier, required=True),
        Column("other_id", "另一编号 重复编号", read.identifier, required=True),
        Column("same", "是否同一家 同一家", read.yes_no, required=True),
        Column("note", "备注 说明", read.note),
    ),
    rules=(Rule(("enterprise_id", "other_id"), _two_ids),),
)
DISTRICTS = Table(
    "districts",
    (
        Column(
            "district_id",
            "商圈编号 商圈ID 商圈代码 区域编号 片区编号 街道编号 编号 id code",
            read.identifier,
            required=True,
        ),
        Column("name", "商圈名称 名称 商圈 区域名称 片区名称 街道名称 district_name title", read.name, required=True),
        Column(
            "authority",
            "行政区 辖区 所属区 区县 行政区划 所属行政区 admin_district borough",
            read.shared_name,
            required=True,
        ),
        _ENGLISH_NAME,
        Column("weight", "权重 重点系数", read.number(0.1, 10)),
    ),
    key="district_id",
    required=True,
    shape="polygon",
)
BARRIERS = Table(
    "barriers",
    (
        Column("barrier_id", "屏障编号 编号 id", read.identifier, required=True),
        Column("name", "名称", read.name, required=True),
        _ENGLISH_NAME,
        Column("walkable", "可步行", read.yes_no),
        Column("crossing_minutes", "过桥分钟", read.number(0, 240)),
        Column("width_m", "宽度", read.number(0, 100_000)),
    ),
    key="barrier_id",
    shape="line",
)

TABLES = (ENTERPRISES, VIOLATIONS, INSPECTIONS, TEAMS, OFFICERS, SHIFTS, RECUSALS, CALENDAR, PLACES, SAME_AS)
"""What stands in ``data/``, one file a table."""
