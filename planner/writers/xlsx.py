"""A plan as Excel day sheets: an overview, and a sheet a duty with room for what is found."""

from __future__ import annotations

import io
import re
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

import xlsxwriter

from planner.checklists import CHECKLISTS
from planner.clock import hhmm
from planner.label import Label
from planner.writers.stops import COLUMNS, fit, stops

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planner.plan import Duty, Plan
    from planner.register import Register
    from planner.writers.stops import Stop

_SHEET = ("number", "start", "end", "mode", "minutes", "name", "address", "scenario", "kind", "found")
_WIDTHS = (5, 7, 7, 9, 9, 22, 28, 12, 10, 44, 18, 8, 8, 14, 40)
_BLANK = (
    Label("检查要点", "look at"),
    Label("到达", "arrived"),
    Label("离开", "left"),
    Label("结果", "outcome"),
    Label("现场情况", "facts"),
)
_OUTCOMES = {
    "zh": ["已整改", "部分整改", "未整改", "停业", "查无此店"],
    "en": ["rectified", "partly", "not rectified", "shut", "not found"],
}
_OVERVIEW = ("date", "team_id", "team")
_WORDS = {
    "overview": Label("总览", "Overview"),
    "stops": Label("站数", "stops"),
    "mandatory": Label("到期必查", "mandatory"),
    "shift": Label("班次", "shift"),
    "break": Label("休息", "break"),
    "back": Label("返回", "back"),
    "officers": Label("执法人员", "officers"),
    "plan": Label("方案 {} 第 {} 版 · 内部资料 请勿外传", "Plan {} revision {} · internal, do not pass on"),
}
_LONGEST_CELL = 32_000
"""Characters; Excel holds 32,767."""


def write(plan: Plan, register: Register, lang: str, team_id: str | None, name: str) -> dict[str, bytes]:
    """One workbook; every cell is a text or a number, never a formula or a link."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(file, options)
    made = datetime.combine(plan.horizon[0], time())  # not the clock: the same bytes at each export
    book.set_properties({"title": f"{plan.plan_id}@{plan.revision}", "created": made})
    formats = {
        "head": book.add_format({"bold": True, "bg_color": "#E8F0FA", "border": 1, "text_wrap": True, "valign": "top"}),
        "cell": book.add_format({"border": 1, "text_wrap": True, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
    }
    duties = [duty for duty in plan.duties if duty.route and team_id in {None, duty.team_id}]
    names = _sheet_names(duties, len(plan.horizon) > 1, taken=_WORDS["overview"].of(lang))
    _overview(book, plan, register, duties, lang, formats)
    found = stops(plan, register, team_id)
    for duty, sheet_name in zip(duties, names, strict=True):
        _day_sheet(book, sheet_name, plan, register, duty, [stop for stop in found if stop.duty is duty], lang, formats)
    book.close()
    return {f"{name}.xlsx": file.getvalue()}


def _overview(
    book: Any, plan: Plan, register: Register, duties: Sequence[Duty], lang: str, formats: dict[str, Any]
) -> None:
    sheet = book.add_worksheet(_WORDS["overview"].of(lang))
    _prepare(sheet, plan, lang, (12, 10, 20, 14, 14, 8, 8, 10, 40))
    heads = [COLUMNS[key][0].of(lang) for key in _OVERVIEW]
    heads += [_WORDS[key].of(lang) for key in ("shift", "break", "back", "stops", "mandatory", "officers")]
    _row(sheet, 0, heads, formats["head"])
    for row, duty in enumerate(duties, start=1):
        team = register.team[duty.team_id]
        officers = ", ".join(register.officer[o].name if o in register.officer else o for o in team.officers)
        shift, rest = (f"{hhmm(i.start)}-{hhmm(i.end)}" if i else "" for i in (duty.shift, duty.rest))
        due = sum(visit.mandatory for visit in duty.route)
        cells: list[str | int] = [
            duty.day.isoformat(),
            team.team_id,
            team.name,
            shift,
            rest,
            hhmm(duty.back),
            len(duty.route),
            due,
            officers,
        ]
        _row(sheet, row, cells, formats["cell"])
    sheet.freeze_panes(1, 0)


def _day_sheet(
    book: Any,
    name: str,
    plan: Plan,
    register: Register,
    duty: Duty,
    found: Sequence[Stop],
    lang: str,
    formats: dict[str, Any],
) -> None:
    sheet = book.add_worksheet(name)
    _prepare(sheet, plan, lang, _WIDTHS)
    team = register.team[duty.team_id]
    rest = f"  {_WORDS['break'].of(lang)} {hhmm(duty.rest.start)}-{hhmm(duty.rest.end)}" if duty.rest else ""
    times = f"{_WORDS['shift'].of(lang)} {hhmm(duty.shift.start)}-{hhmm(duty.shift.end)}{rest}"
    back = f"{_WORDS['back'].of(lang)} {hhmm(duty.back)}"
    sheet.write_string(0, 0, _text(f"{team.name}  {duty.day}  {times}  {back}"), formats["title"])
    _row(
        sheet, 1, [*(COLUMNS[key][0].of(lang) for key in _SHEET), *(head.of(lang) for head in _BLANK)], formats["head"]
    )
    for row, stop in enumerate(found, start=2):
        items = " ".join(f"□{item.item_id}" for item in CHECKLISTS[stop.enterprise.scenario])
        _row(sheet, row, [*(COLUMNS[key][1](stop, lang) for key in _SHEET), items, "", "", "", ""], formats["cell"])
    last = max(2, len(found) + 1)
    outcome = len(_SHEET) + 3
    sheet.data_validation(2, outcome, last, outcome, {"validate": "list", "source": _OUTCOMES[lang]})
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(1)


def _prepare(sheet: Any, plan: Plan, lang: str, widths: Iterable[int]) -> None:
    """A4 across, as wide as the paper, and whose it is in the footer."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.4, 0.4, 0.5, 0.6)
    sheet.set_footer(f"&L{_WORDS['plan'].of(lang).format(plan.plan_id, plan.revision)}&R&P / &N")
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)


def _row(sheet: Any, row: int, cells: Iterable[str | int], style: Any) -> None:
    for column, value in enumerate(cells):
        if isinstance(value, int):
            sheet.write_number(row, column, value, style)
        else:
            sheet.write_string(row, column, _text(value), style)


def _text(value: str) -> str:
    return fit(value)[:_LONGEST_CELL]


def _sheet_names(duties: Sequence[Duty], several_days: bool, *, taken: str) -> list[str]:
    r"""Names that Excel takes (31 characters, none of ``[]:*?/\\``), no two alike but for case."""
    used = {taken.casefold(), "history"}
    names = []
    for duty in duties:
        day = f" {duty.day:%m-%d}" if several_days else ""
        plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "-", fit(duty.team_id)).strip("' ") or "-"
        name, count = f"{plain[: 31 - len(day)]}{day}", 1
        while name.casefold() in used:
            count += 1
            ending = f" {count}{day}"
            name = f"{plain[: 31 - len(ending)]}{ending}"
        used.add(name.casefold())
        names.append(name)
    return names
