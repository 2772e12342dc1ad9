"""Every word that the pages say themselves, Chinese and English, one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.eligibility import Rule
from planner.words import LABELS, Label

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXTS: Mapping[str, Label] = {
    "title": Label("回头看 · 检查路线", "Look-backs · routes"),
    "switch": Label("English", "中文"),
    "schematic": Label("示意图 · 不作划界依据", "Schematic · shows no legal boundaries"),
    "zoom_in": Label("放大", "Zoom in"),
    "zoom_out": Label("缩小", "Zoom out"),
    "close": Label("关闭", "Close"),
    "whole": Label("全图", "Whole map"),
    "map": Label("地图", "Map"),
    "plan_id": Label("方案 {id} · 第 {revision} 版", "Plan {id} · revision {revision}"),
    "internal": Label("内部资料 · 请勿外传", "Internal · do not pass on"),
    "weekday_1": Label("周一", "Mon"),
    "weekday_2": Label("周二", "Tue"),
    "weekday_3": Label("周三", "Wed"),
    "weekday_4": Label("周四", "Thu"),
    "weekday_5": Label("周五", "Fri"),
    "weekday_6": Label("周六", "Sat"),
    "weekday_7": Label("周日", "Sun"),
    "shift": Label("班次", "Shift"),
    "break": Label("休息", "Break"),
    "stops": Label("{n} 站", "{n} stops"),
    "officers": Label("执法人员", "Officers"),
    "start": Label("出发", "Start"),
    "end": Label("返回", "End"),
    "return": Label("返回驻地", "Back to base"),
    "back_at": Label("{at} 返回", "back at {at}"),
    "leg": Label("{mode} {n} 分钟", "{mode} {n} min"),
    "metres": Label("直线 {n} 米", "{n} m straight"),
    "kilometres": Label("直线 {n} 公里", "{n} km straight"),
    "arrive": Label("{at} 到达", "arrive {at}"),
    "wait": Label("等候 {n} 分钟", "wait {n} min"),
    "mandatory": Label("到期必查", "due: mandatory"),
    "look_back": Label("回头看", "look-back"),
    "spot_check": Label("抽查", "spot check"),
    "any_site": Label("运营者任一门店即可", "any site of the operator will do"),
    "address": Label("地址", "Address"),
    "operator": Label("运营者", "Operator"),
    "hours": Label("营业时间", "Opening hours"),
    "credit_code": Label("信用代码", "Credit code"),
    "district": Label("商圈", "District"),
    "enterprise_id": Label("企业编号", "Enterprise id"),
    "why": Label("为何检查", "Why it is on the list"),
    "points": Label("{n} 分", "{n} points"),
    "records": Label("记录 {ids}", "records {ids}"),
    "no_findings": Label("此前没有检查发现", "Nothing found before"),
    "earlier": Label("已整改 {n} 项", "{n} rectified"),
    "open": Label("待复核", "to verify"),
    "rectified": Label("{at} 已整改", "rectified {at}"),
    "rectify_by": Label("整改期限 {at}", "rectify by {at}"),
    "elsewhere": Label("发现于同一运营者的其他门店", "found at another site of the operator"),
    "visits": Label("安排检查", "Visits"),
    "mandatory_done": Label("到期必查", "Mandatory"),
    "of": Label("{n} / {all}", "{n} of {all}"),
    "priority": Label("优先级合计", "Priority collected"),
    "spot_checks": Label("其中抽查", "of these spot checks"),
    "travel": Label("在途时间", "Travel time"),
    "hours_minutes": Label("{h} 小时 {m} 分", "{h} h {m} min"),
    "bound": Label("上限 {n} · 差距 ≤ {gap}%", "bound {n} · gap ≤ {gap}%"),
    "proven_by": Label("任何方案都不会超过此上限,证明:{how}", "No plan collects more; proven by {how}"),
    "missed": Label("未排 {n}", "{n} missed"),
    "teams": Label("队伍", "Teams"),
    "unvisited": Label("未安排", "Not planned"),
    "layers": Label("图层", "Layers"),
    "districts": Label("商圈", "Districts"),
    "routes": Label("路线", "Routes"),
    "legend": Label("图例", "Legend"),
    "legend_stop": Label("检查点,按顺序编号", "stop, numbered in order"),
    "legend_mandatory": Label("到期必查(红点)", "mandatory (red dot)"),
    "legend_depot": Label("驻地:出发和返回", "base: start and end"),
    "legend_leg": Label("往返驻地的路程", "from and to the base"),
    "legend_missed": Label("到期必查但未安排", "mandatory, not planned"),
    "team_page": Label("队伍页面", "Page"),
    "show_team": Label("在地图上显示{name}", "Show {name} on the map"),
    "all_teams": Label("显示全部队伍", "All teams"),
    "search": Label("搜索名称、编号、地址、运营者", "Search name, id, address, operator"),
    "found": Label("找到 {n} 处", "{n} found"),
    "nothing": Label("没有找到", "Nothing found"),
    "hint": Label("可以这样做", "What one could do"),
    "rule": Label("未安排的原因", "Why not"),
    "more": Label("再显示 {n} 项", "Show {n} more"),
    "no": Label("序号", "No."),
    "time": Label("时间", "Time"),
    "name": Label("名称", "Name"),
    "what": Label("类型", "What"),
}

CODES: Mapping[str, Label] = {code.value: label for code, label in LABELS.items()} | {
    "sites": Label("门店", "sites"),
    "district": Label("商圈", "district"),
    "before_release": Label("未到复查日", "opens"),
    "in_window": Label("复查期内", "in the window"),
    "overdue": Label("逾期工作日", "working days overdue"),
    "since": Label("自", "since"),
    "due": Label("期限", "due"),
}
"""What people read for the codes in the details of reasons."""

RULES: Mapping[str, Label] = {
    Rule.NOT_RELEASED: Label("未到复查日", "not open yet"),
    Rule.NO_PLACE: Label("没有坐标", "no coordinates"),
    Rule.JURISDICTION: Label("不在队伍辖区", "outside every team's area"),
    Rule.SCENARIO: Label("无队伍负责该场景", "no team for the scenario"),
    Rule.RECUSAL: Label("需要回避", "recusal"),
    Rule.NO_TEAM: Label("当天无队伍", "no team that day"),
    Rule.TEAM_OUT: Label("队伍不在岗", "no team there now"),
    Rule.POSTPONED: Label("已推迟", "postponed"),
    Rule.SHUT: Label("现场停业", "shut"),
    Rule.PROMISED: Label("约定无法兑现", "promise cannot be kept"),
    Rule.CLOSED: Label("当天不营业", "closed that day"),
    Rule.SHIFT: Label("营业与班次不合", "open outside the shift"),
    Rule.SAME_DAY: Label("当天已去过", "visited that day already"),
    Rule.MAX_VISITS: Label("队伍站数已满", "teams have all their visits"),
    Rule.TIME: Label("时间不够", "no time left"),
}
"""What stopped a look-back, in a few words."""


def rule_label(rule: str) -> Label:
    """What people read for a rule; a rule without a label stands for itself."""
    return RULES.get(rule) or Label(rule, rule)
