"""How far the campaign is, as text for a terminal and as a JSON document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from planner.enterprises import Scenario
from planner.violations import ViolationKind
from planner.words import label
from planner.writers.terminal import clean, columns, pad

if TYPE_CHECKING:
    from planner.campaign import Report, Tally
    from planner.register import Register

MOST_ROWS = 15
"""Of a table; the JSON document has them all."""

WORDS = {
    "title": ("回头看进度 {} 至 {}", "Look-backs, {} to {}"),
    "due": ("到期", "due"),
    "done": ("已查", "done"),
    "on_time": ("按时", "on time"),
    "late": ("逾期后查", "done late"),
    "overdue": ("逾期未查", "overdue"),
    "due_means": ("期间内到期", "fell due in the period"),
    "done_means": ("期间内已查", "made in the period"),
    "on_time_means": ("已查中按时的", "of those made, in time"),
    "overdue_means": ("期末仍未查", "not made by its end"),
    "district": ("商圈", "district"),
    "scenario": ("场景", "scenario"),
    "kind": ("问题类型", "kind"),
    "operator": ("运营者", "operator"),
    "elsewhere": ("商圈以外", "outside all districts"),
    "more": ("其余 {} 项见 --json", "{} more: --json has them"),
    "more_rows": ("其余 {} 项从略", "{} more"),
    "results": ("检查结果", "What the visits found"),
    "weeks": ("每周到期与已查", "Due and done, by week"),
    "week": ("周起始", "week from"),
    "coming": ("今后十个工作日:到期与可查能力", "The next ten working days: due, and what teams can make"),
    "day": ("日期", "day"),
    "capacity": ("可查", "capacity"),
    "left": ("累计富余", "left over"),
    "each": (
        "可查能力按每项约 {} 分钟(含路程)计,仅供参考",
        "capacity at about {} minutes each, the way included: an estimate",
    ),
    "most": (
        "尚无方案可参考,可查能力按每队每日上限计,实际更少",
        "no plan is known yet: capacity is the most a team may make in a day; it will be less",
    ),
    "first_row": ("首日含此前逾期", "the first day includes what is overdue"),
    "undecided": ("未整改或部分整改,待决定", "Not or partly rectified: to be decided"),
    "suggests": ("建议 {}(上次 {})", "suggested {} (last {})"),
    "human": (
        "建议来自 policy.toml 的处理阶梯,由人决定",
        "suggestions follow the ladder in policy.toml; people decide",
    ),
    "none": ("无", "none"),
    "teams": (
        "本页不比较队伍:检查不设指标,也不按检查数或罚款数考核",
        "Teams are not compared: inspections have no quotas, and nobody is appraised by their number",
    ),
}


def word(key: str, lang: str, *values: object) -> str:
    """A phrase of the report, in one language, filled in."""
    return WORDS[key][lang != "zh"].format(*values)


def name_of(part: str, code: str, register: Register, lang: str) -> str:
    """What people call a district, scenario, kind or operator."""
    if part == "scenario":
        return label(Scenario(code), lang)
    if part == "kind":
        return label(ViolationKind(code), lang)
    if part == "district":
        district = register.district.get(code)
        if district is None:
            return word("elsewhere", lang)
        return clean(district.name if lang == "zh" else district.name_en or district.name)
    own = register.enterprise.get(code)  # who answers for itself has the enterprise's id
    return clean(f"{code} {own.name}" if own else code)


def report_text(report: Report, register: Register, lang: str) -> str:
    """The totals, a table for each way of sorting, what the visits found, what is to come and what is undecided."""
    total = report.total
    counts = " · ".join(f"{word(name, lang)} {value:,}" for name, value in total._asdict().items())
    lines = [word("title", lang, report.first, report.last), f"  {counts}"]
    for part, rows in report.by.items():
        lines += ["", _head(word(part, lang), lang)]
        lines += [_row(name_of(part, code, register, lang), tally) for code, tally in rows[:MOST_ROWS]]
        if len(rows) > MOST_ROWS:
            lines.append(f"  {word('more', lang, len(rows) - MOST_ROWS)}")
    lines += ["", word("results", lang)]
    lines += [f"  {pad(label(kind, lang), 24)}{count:>8,}" for kind, count in report.outcomes.items()]
    lines += ["", word("coming", lang)]
    lines.append(
        f"  {pad(word('day', lang), 24)}" + "".join(_right(word(w, lang)) for w in ("due", "capacity", "left"))
    )
    left = 0
    for row in report.coming:
        left += row.capacity - row.due
        lines.append(f"  {row.day!s:24}{row.due:>12,}{row.capacity:>12,}{left:>+12,}")
    each = word("most", lang) if report.minutes_each is None else word("each", lang, report.minutes_each)
    lines += [f"  {word('first_row', lang)} · {each}", "", word("undecided", lang)]
    for item in report.undecided[:MOST_ROWS]:
        place = clean(register.enterprise[item.enterprise_id].name)
        what = word("suggests", lang, label(item.suggested, lang), label(item.last, lang))
        lines.append(f"  {item.day} {item.lookback_id} {place}: {label(item.kind, lang)} · {what}")
    if len(report.undecided) > MOST_ROWS:
        lines.append(f"  {word('more', lang, len(report.undecided) - MOST_ROWS)}")
    if not report.undecided:
        lines.append(f"  {word('none', lang)}")
    return "\n".join(lines) + "\n"


def report_json(report: Report) -> str:
    """The whole report as a JSON document."""
    document: dict[str, Any] = {
        "from": report.first.isoformat(),
        "to": report.last.isoformat(),
        "total": report.total._asdict(),
        "by": {part: {code: tally._asdict() for code, tally in rows} for part, rows in report.by.items()},
        "weeks": [{"from": day.isoformat(), "due": due, "done": done} for day, due, done in report.weeks],
        "outcomes": {kind.value: count for kind, count in report.outcomes.items()},
        "coming": [{**row._asdict(), "day": row.day.isoformat()} for row in report.coming],
        "minutes_each": report.minutes_each,
        "undecided": [{**row._asdict(), "day": row.day.isoformat()} for row in report.undecided],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _head(name: str, lang: str) -> str:
    return f"{pad(name, 26)}" + "".join(_right(word(w, lang)) for w in ("due", "done", "on_time", "overdue"))


def _row(name: str, tally: Tally) -> str:
    return f"  {pad(name, 24)}" + "".join(f"{value:>12,}" for value in tally)


def _right(text: str) -> str:
    return " " * (12 - columns(text)) + text
