"""The labels that people read, Chinese and English, one table for all enumerations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from planner.enterprises import Scenario
from planner.label import Label
from planner.outcomes import Answer, OutcomeKind
from planner.plan import Term
from planner.teams import Agency, TravelMode
from planner.violations import Action, Aggravation, InspectionResult, Scope, ViolationKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum


LABELS: Mapping[StrEnum, Label] = {
    Scenario.SCAN_TO_ORDER: Label("扫码点餐", "scan-to-order"),
    Scenario.PARKING_PAYMENT: Label("停车缴费", "parking payment"),
    Scenario.CHILDRENS_TRAINING: Label("少儿学习培训", "children's training"),
    Scenario.POWER_BANK_RENTAL: Label("租借充电宝", "power-bank rental"),
    Scenario.RETAIL: Label("商超购物", "retail"),
    Scenario.PROPERTY_AGENCY: Label("房产中介", "property agency"),
    Scenario.CAR_DEALER: Label("汽车4S店", "car dealer"),
    Scenario.ONLINE_LENDING: Label("网络理财小贷", "online lending"),
    ViolationKind.OVER_COLLECTION: Label("过度采", "over-collection"),
    ViolationKind.COMPULSORY: Label("强制要", "compulsory"),
    ViolationKind.INDUCED: Label("诱导取", "induced"),
    ViolationKind.ILLEGAL_USE: Label("违规用", "illegal use"),
    ViolationKind.NO_NOTICE: Label("未告知", "no notice"),
    ViolationKind.RIGHTS: Label("权利不畅", "rights obstructed"),
    Aggravation.MINORS: Label("未成年人", "minors"),
    Aggravation.PRECISE_LOCATION: Label("精准定位", "precise location"),
    Aggravation.FACE: Label("人脸", "face"),
    Action.GUIDANCE: Label("行政指导", "guidance"),
    Action.ON_THE_SPOT_CORRECTION: Label("当场改正", "on-the-spot correction"),
    Action.ORDER_TO_CORRECT: Label("责令限期改正", "order to correct"),
    Action.INTERVIEW: Label("约谈", "interview"),
    Action.WARNING: Label("警告", "warning"),
    Action.FINE: Label("罚款", "fine"),
    Action.CASE: Label("立案", "case filed"),
    Scope.SITE: Label("本门店", "this site"),
    Scope.OPERATOR: Label("运营者任一门店", "any site of the operator"),
    InspectionResult.CLEAN: Label("未发现问题", "clean"),
    InspectionResult.VIOLATION: Label("发现问题", "violation"),
    OutcomeKind.RECTIFIED: Label("已整改", "rectified"),
    OutcomeKind.PARTLY: Label("部分整改", "partly rectified"),
    OutcomeKind.NOT_RECTIFIED: Label("未整改", "not rectified"),
    OutcomeKind.SHUT: Label("未营业", "shut"),
    OutcomeKind.NOT_FOUND: Label("查无此店", "not found"),
    Answer.PASS: Label("符合", "pass"),
    Answer.FAIL: Label("不符合", "fail"),
    Answer.NA: Label("不适用", "n.a."),
    Agency.CAC: Label("网信办", "Cyberspace Administration"),
    Agency.AMR: Label("市场监管局", "Market Supervision"),
    TravelMode.WALK: Label("步行", "walk"),
    TravelMode.METRO: Label("地铁", "metro"),
    TravelMode.CAR: Label("乘车", "car"),
    TravelMode.MIXED: Label("混合", "mixed"),
    Term.ACTION: Label("上次处理", "last action"),
    Term.KIND: Label("问题类型", "kind of violation"),
    Term.EXPOSURE: Label("影响面", "exposure"),
    Term.LEADS: Label("新线索", "new leads"),
    Term.REPEATS: Label("屡查屡犯", "repeats"),
    Term.TIMING: Label("时限", "timing"),
    Term.URGENT: Label("急办", "urgent"),
    Term.SIBLING: Label("举一反三", "sibling of a violator"),
    Term.ANTI_REBOUND: Label("防反弹", "anti-rebound"),
    Term.NEVER_INSPECTED: Label("从未检查", "never inspected"),
    Term.DRAWN: Label("随机抽取", "drawn at random"),
    Term.FOUND_LATELY: Label("近年检出率", "found lately"),
    Term.FOUND_EVER: Label("历年检出率", "found over the years"),
    Term.LAST_FOUND: Label("上次检出", "found last time"),
    Term.SERIOUS: Label("严重问题率", "serious findings"),
    Term.MINOR: Label("轻微问题", "minor findings"),
    Term.LAST_MINOR: Label("上次轻微问题", "minor findings last time"),
    Term.OPEN_ACTION: Label("未核实的处理", "action still open"),
    Term.OVERDUE: Label("逾期未核实", "not verified in time"),
    Term.CONFIRMED: Label("查实投诉", "confirmed complaints"),
    Term.FOLLOWED_UP: Label("复查与投诉检查", "visits beside checks"),
    Term.FOUND_OTHERWISE: Label("其他检查检出", "found beside checks"),
    Term.WAITING: Label("距上次检查", "days since last visit"),
    Term.OPERATOR: Label("同一运营者他店", "operator's other sites"),
    Term.OPERATOR_MINOR: Label("运营者他店轻微", "operator's minor findings"),
    Term.NEXT_DOOR: Label("相邻检出", "found next door"),
    Term.AROUND: Label("周边近期检出", "found around lately"),
    Term.SCENARIO: Label("场景检出率", "its scenario"),
    Term.DISTRICT: Label("商圈近期检出率", "its district lately"),
}


def label(code: StrEnum, lang: str) -> str:
    """What people read for a code."""
    return LABELS[code].of(lang)


GOES_ON = Label("从此处继续", "goes on from here")
"""Said of a place that is no stop: the team was there, or on its way, when a replan sent it elsewhere."""

OUT_AGAIN = Label("返回驻地,再次出发", "back at base, out again")
"""The same of a team that had come home."""

_MORE = Label("最多还可提高 {}.{}%", "at most {}.{}% more")


def more_possible(gap: float) -> Label:
    """The gap of a plan in words, rounded up to a tenth of a percent: nothing that is shown is less than the truth."""
    tenths = -(-round(gap * 1_000_000) // 1_000)
    return Label(*(text.format(*divmod(tenths, 10)) for text in _MORE))


EVENTS: Mapping[str, Label] = {
    "shut": Label("停业", "shut"),
    "appointment": Label("预约", "appointment"),
    "postpone": Label("推迟", "postponed"),
    "urgent": Label("急办", "urgent"),
    "team-out": Label("队伍缺勤", "team out"),
    "officer-out": Label("人员缺勤", "officer out"),
    "late": Label("迟到", "late"),
    "pin": Label("锁定", "pinned"),
    "unpin": Label("解锁", "unpinned"),
    "undo": Label("撤销", "undone"),
}
"""What people call the events, by the names that the verb has for them; the Chinese ones are understood, too."""

DETAILS: Mapping[str, Label] = {
    **{str(code): LABELS[code] for kind in (Action, ViolationKind, Aggravation) for code in kind},
    "before_release": Label("未到复查日,始于", "before release on"),
    "overdue": Label("逾期工作日", "working days overdue:"),
    "in_window": Label("期限进度", "in the window"),
    "since": Label("自", "since"),
    "due": Label("截止", "due"),
    "sites": Label("门店数", "sites"),
    "district": Label("重点商圈", "key district"),
    "of_usual": Label("常见水平", "of usual"),
    "days": Label("天", "days"),
    "rung": Label("级", "rung"),
    "seed": Label("种子", "seed"),
}
"""What people read for the codes that may stand in the detail of a reason."""


def in_words(detail: str, lang: str) -> str:
    """The detail of a reason with the codes in it put into words; all else stays as it is."""
    return re.sub(r"[a-z][a-z_]+", lambda code: DETAILS[code[0]].of(lang) if code[0] in DETAILS else code[0], detail)
