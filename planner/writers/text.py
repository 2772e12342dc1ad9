"""A plan, and the ranking behind it, as text for a terminal; Chinese or English."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from planner.clock import hhmm
from planner.lookbacks import LookBack
from planner.plan import Halt
from planner.words import GOES_ON, OUT_AGAIN, in_words, label, more_possible
from planner.writers.terminal import clean, filled, pad

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planner.check import Conflict
    from planner.lookbacks import Wanted
    from planner.plan import Drawn, Duty, Plan, Unvisited, Visit
    from planner.register import Register

MOST_MISSED, MOST_UNVISITED = 100, 20

_WORDS = {
    "plan": ("方案", "Plan"),
    "revision": ("第{}版", "revision {}"),
    "visits": ("{} 项检查({} 项回头看,{} 项抽查)", "{} visits ({} look-backs, {} spot checks)"),
    "mandatory": ("到期必查:已安排 {} 项,未能安排 {} 项", "mandatory: {} planned, {} missed"),
    "priority": ("优先级合计 {}", "priority collected {}"),
    "bound": (
        "上限 {}:到期必查不减时,优先级{}({})",
        "bound {}: {} priority was possible with as many mandatory visits ({})",
    ),
    "districts": (
        "商圈最低检查数 {} 家:{} 个商圈中 {} 个未达到",
        "least visits asked of a business district: {}; of {} districts {} have fewer",
    ),
    "drawn": (
        "随机抽查(种子 {}):抽中 {} 家,安排 {} 家,检查用时占各队工时 {:.1%}(政策 {}%)",
        "drawn by lot (seed {}): {} enterprises, {} of them visited, in {:.1%} of the teams' time (policy: {} %)",
    ),
    "before_points": (
        "随机抽取:除到期必查和已约定者外,先于一切分数安排",
        "drawn by lot: planned before all points, after what is due or promised",
    ),
    "travel": (
        "路程 {} 公里(直线),路上 {} 小时,等候 {} 小时",
        "{} km as the crow flies, {} h on the way, {} h waiting",
    ),
    "clock": ("受时间限制,重跑结果可能不同", "bounded by the clock: another run may differ"),
    "stops": ("{} 站", "{} stops"),
    "rest": ("休息 {}-{}", "break {}-{}"),
    "back": ("{} 返回", "back {}"),
    "idle": ("无任务", "no visits"),
    "must": ("必查", "due"),
    "spot": ("抽查", "spot"),
    "min": ("{}分钟", "{} min"),
    "missed": ("未能安排的到期回头看", "Mandatory look-backs missed"),
    "more_missed": ("另有 {} 项,见地图页面与 plan.json", "and {} more, on the map's page and in plan.json"),
    "unvisited": (
        "未安排的最紧要 {} 项(共 {} 项,其中 {} 项未到复查日)",
        "The {} most pressing not visited (of {}; {} open later)",
    ),
    "none": ("无", "none"),
    "owed": ("{} 项回头看,其中到期必查 {} 项,未到复查日 {} 项", "{} look-backs owed, {} mandatory, {} open later"),
    "sites": ("{} 家门店任一", "any of {} sites"),
    "due": ("截止 {}", "due {}"),
    "opens": ("{} 起", "from {}"),
    "nothing": ("无在册回头看或抽查任务", "nothing is owed there, and it is no spot check of this day"),
    "no_points": ("未到复查日,优先级为 0", "not released yet: priority 0"),
}

_PROVEN = {
    "time of duties, linear relaxation": "按各班次可用时间作线性松弛",
    "exact pricing of routes": "路线精确定价",
}
"""How a bound was proven, in Chinese."""

_PARTLY = re.compile(r"exact pricing of routes for (\d+) of (\d+) parts, else (.*)")


def _proven_zh(by: str) -> str:
    partly = _PARTLY.fullmatch(by)
    if partly:
        return f"{partly[2]}个独立部分中{partly[1]}个按路线精确定价,其余{_proven_zh(partly[3])}"
    return _PROVEN.get(by, by)


_RULES = {
    "avoid": "须避开的时段",
    "barrier": "步行过江",
    "begun": "已开始的检查",
    "bound": "上限",
    "break": "休息",
    "complete": "遗漏",
    "drawn": "随机抽查",
    "duration": "检查时长",
    "duty": "班次",
    "enterprise": "企业",
    "horizon": "计划期",
    "idle": "无任务班次",
    "jurisdiction": "管辖区",
    "last_start": "最晚开始",
    "look_back": "非应查事项",
    "mandatory": "到期必查",
    "max_visits": "每日上限",
    "now": "已过时刻",
    "officers": "执法证",
    "opening_hours": "营业时间",
    "pinned": "约定",
    "place": "坐标",
    "plan_id": "方案编号",
    "postponed": "已推迟",
    "priority": "优先级",
    "reasons": "优先级依据",
    "recusal": "回避",
    "release": "未到复查日",
    "same_day": "同日重复",
    "scenario": "场景",
    "shift": "工作时间",
    "shut": "现场停业",
    "site": "检查地点",
    "team": "队伍",
    "team_out": "队伍不在岗",
    "totals": "合计",
    "travel": "路程",
    "twice": "重复回访",
    "unvisited": "未安排原因",
    "wait": "等候",
}
"""What the rules of the checker are called in Chinese."""


def word(key: str, lang: str, *values: object) -> str:
    """A phrase of the table above, in one language, filled in."""
    return _WORDS[key][lang != "zh"].format(*values)


def plan_text(plan: Plan, register: Register, lang: str, *, least: int = 0) -> str:
    """
    Every route with times and the leading reasons, who is not visited and why, and the totals.

    Parameters
    ----------
    least
        Visits that each business district should have; how many have fewer is told if it is not 0.
    """
    lines = [line for duty in plan.duties for line in _duty_lines(duty, register, lang)]
    lines += ["", *_unvisited_lines(plan, register, lang), "", *_total_lines(plan, register, lang, least)]
    return "\n".join(lines) + "\n"


def ranking_text(wanted: Sequence[LookBack], register: Register, top: int, lang: str) -> str:
    """Look-backs by priority, one line each with its terms."""
    later = sum(not lb.priority for lb in wanted)
    lines = [word("owed", lang, len(wanted), sum(lb.mandatory for lb in wanted), later)]
    for k, lb in enumerate(wanted[:top], start=1):
        flag = word("must", lang) if lb.mandatory else ""
        terms = " ".join(f"{label(r.term, lang)}{r.points:+d}" for r in lb.reasons if r.points)
        where = pad(_name(lb.sites[0], register) if len(lb.sites) == 1 else lb.lookback_id.removeprefix("LB-"), 30)
        timing = word("due", lang, lb.due) if lb.priority else word("opens", lang, lb.release)
        lines.append(f"{k:4d}  {pad(flag, 4)} {lb.priority:6,d}  {where}  {pad(timing, 16)}  {terms}")
    return "\n".join(lines) + "\n"


def why_text(wanted: Sequence[Wanted], register: Register, lang: str) -> str:
    """The sum behind each priority, term by term with its records, to the digit."""
    if not wanted:
        return word("nothing", lang) + "\n"
    lines: list[str] = []
    for item in wanted:
        lines.append(f"{item.lookback_id}  {_name(item.sites[0], register)}" + _more_sites(item, lang))
        total = 0
        for reason in item.reasons:
            total += reason.points
            lines.append(
                f"  {filled(label(reason.term, lang), 22)}{reason.points:+8,d} {total:8,d}   "
                f"{filled(in_words(reason.detail, lang), 44)}  {', '.join(reason.records)}".rstrip()
            )
        lines.append(f"  {filled('=', 22)}{'':8} {item.priority:8,d}")
        if item.drawn:
            lines.append(f"  {word('before_points', lang)}")
        if isinstance(item, LookBack):
            opens, due = word("opens", lang, item.release), word("due", lang, item.due)
            lines.append(f"  {opens} · {due}" + (f" · {word('must', lang)}" if item.mandatory else ""))
        if not item.priority:
            lines.append(f"  {word('no_points', lang)}")
    return "\n".join(lines) + "\n"


def conflict_line(conflict: Conflict, lang: str) -> str:
    """A broken rule as one line, in Chinese with the name of the rule."""
    return f"{_RULES.get(conflict.rule, conflict.rule)} | {conflict.line()}" if lang == "zh" else conflict.line()


def _more_sites(item: Wanted, lang: str) -> str:
    return f" · {word('sites', lang, len(item.sites))}" if len(item.sites) > 1 else ""


def _duty_lines(duty: Duty, register: Register, lang: str) -> Iterator[str]:
    team = register.team[duty.team_id]
    head = f"{duty.team_id} {clean(team.name)}  {duty.day}  {hhmm(duty.shift.start)}-{hhmm(duty.shift.end)}"
    if not duty.route:
        yield f"{head}  {word('idle', lang)}"
        return
    rest = word("rest", lang, hhmm(duty.rest.start), hhmm(duty.rest.end)) if duty.rest else ""
    stops, back = word("stops", lang, len(duty.route)), word("back", lang, hhmm(duty.back))
    yield f"{head}  {stops}  {rest}  {back}"
    number = 0
    for call in duty.calls:
        if isinstance(call, Halt):
            yield _halt_line(call, duty, register, lang)
        else:
            number += 1
            yield _visit_line(number, call, register, lang)


def _halt_line(halt: Halt, duty: Duty, register: Register, lang: str) -> str:
    """Where a replan sent the team elsewhere."""
    where = f"{_name(halt.place_id, register)} · {GOES_ON.of(lang)}"
    what = OUT_AGAIN.of(lang) if duty.is_home(halt) else where
    return f"      {hhmm(halt.arrive)}        {pad(_travel(halt, lang), 14)} {pad('', 5)}{what}"


def _travel(call: Visit | Halt, lang: str) -> str:
    return f"{label(call.travel_mode, lang)} {word('min', lang, call.travel_seconds // 60)}"


def _visit_line(k: int, visit: Visit, register: Register, lang: str) -> str:
    flag = word("must", lang) if visit.mandatory else word("spot", lang) if visit.lookback_id.startswith("SC-") else ""
    travel = _travel(visit, lang)
    leading = max(visit.reasons, key=lambda reason: reason.points, default=None)
    because = f"{label(leading.term, lang)} {in_words(leading.detail, lang)}".strip() if leading else ""
    name = pad(_name(visit.enterprise_id, register), 34)
    return (
        f"  {k:2d}  {hhmm(visit.start)}-{hhmm(visit.end)}  {pad(travel, 14)} {pad(flag, 5)}"
        f"{name} {visit.priority:6,d}  {because}"
    )


def _unvisited_lines(plan: Plan, register: Register, lang: str) -> Iterator[str]:
    missed = [row for row in plan.unvisited if row.mandatory]
    yield f"{word('missed', lang)}: {len(missed) or word('none', lang)}"
    for row in missed[:MOST_MISSED]:
        yield from _unvisited_line(row, register, lang)
    if len(missed) > MOST_MISSED:
        yield f"  {word('more_missed', lang, len(missed) - MOST_MISSED)}"
    others = [row for row in plan.unvisited if not row.mandatory]
    later = sum(row.rule == "not_released" for row in others)
    open_ = [row for row in others if row.rule != "not_released"][:MOST_UNVISITED]
    yield word("unvisited", lang, len(open_), len(others), later) + ":"
    for row in open_:
        yield from _unvisited_line(row, register, lang)


def _unvisited_line(row: Unvisited, register: Register, lang: str) -> Iterator[str]:
    reason, hint = (row.reason_zh, row.hint_zh) if lang == "zh" else (row.reason, row.hint)
    yield f"  {row.priority:6,d}  {row.lookback_id}  {_name(row.enterprise_id, register)}"
    yield f"          {reason} → {hint}"


def _total_lines(plan: Plan, register: Register, lang: str, least: int) -> Iterator[str]:
    totals = plan.totals
    visits = totals.look_backs + totals.spot_checks
    yield f"{word('plan', lang)} {plan.plan_id} {word('revision', lang, plan.revision)}"
    yield f"  {word('visits', lang, visits, totals.look_backs, totals.spot_checks)}"
    yield f"  {word('mandatory', lang, totals.mandatory, totals.mandatory_missed)}"
    if least:
        yield f"  {_districts_line(plan, register, lang, least)}"
    if plan.drawn is not None:
        yield f"  {_drawn_line(plan, plan.drawn, lang)}"
    yield f"  {word('priority', lang, f'{totals.priority:,}')}"
    if plan.bound is not None:
        proof = _proven_zh(plan.bound.proven_by) if lang == "zh" else plan.bound.proven_by
        yield f"  {word('bound', lang, f'{plan.bound.priority:,}', more_possible(plan.bound.gap).of(lang), proof)}"
    hours = f"{totals.travel_seconds / 3600:.0f}", f"{totals.wait_seconds / 3600:.0f}"
    yield f"  {word('travel', lang, f'{totals.travel_metres / 1000:.0f}', *hours)}"
    if not plan.created_by.reproducible:
        yield f"  {word('clock', lang)}"


def _drawn_line(plan: Plan, drawn: Drawn, lang: str) -> str:
    """What the lot fell on, and the share of the teams' time on duty, breaks aside, that its visits take."""
    by_lot = set(drawn.checks)
    visits = [visit for duty in plan.duties for visit in duty.route if visit.lookback_id in by_lot]
    on_duty = [
        duty.shift.end - duty.shift.start - (duty.rest.end - duty.rest.start if duty.rest else 0)
        for duty in plan.duties
    ]
    share = sum(visit.end - visit.start for visit in visits) / max(1, sum(on_duty))
    return word("drawn", lang, drawn.seed, len(drawn.checks), len(visits), share, drawn.percent)


def _districts_line(plan: Plan, register: Register, lang: str, least: int) -> str:
    """How many of the business districts that have any enterprise have fewer visits than they should."""
    places = Counter(register.located.get(visit.enterprise_id) for duty in plan.duties for visit in duty.route)
    districts = set(register.located.values())
    fewer = sum(places[district_id] < least for district_id in districts)
    return word("districts", lang, least, len(districts), fewer)


def _name(enterprise_id: str, register: Register) -> str:
    return f"{enterprise_id} {clean(register.enterprise[enterprise_id].name)}"
