"""
How far the campaign is, as one HTML page that asks nobody for anything.

It is a page of figures as ``page`` makes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import SubElement

from planner.words import label
from planner.writers.page import add, figure, legend, page, written
from planner.writers.report import MOST_ROWS, name_of, word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

    from planner.campaign import Report, Tally
    from planner.register import Register

WIDE, HIGH = 360, 190
"""A chart's own units; about the width of a phone, so that its text is as large there as the page's."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 6, 8, 24


def report_page(report: Report, register: Register, lang: str) -> str:
    """The page; the same report gives the same bytes."""
    html, body = page(word("title", lang, report.first, report.last), lang, "report.css")
    _totals(body, report.total, lang)
    charts = add(body, "div", "", "charts")
    _coming(charts, report, lang)
    _weeks(charts, report, lang)
    legend(body, [(kind, word(kind, lang)) for kind in ("on_time", "late", "overdue")])
    tables = add(body, "div", "", "tables")
    for part, rows in report.by.items():
        named = [(name_of(part, code, register, lang), tally) for code, tally in rows[:MOST_ROWS]]
        _table(tables, word(part, lang), named, len(rows) - len(named), lang)
    _outcomes(tables, report, lang)
    _undecided(tables, report, register, lang)
    add(body, "footer", word("teams", lang))
    return written(html)


def _totals(body: Element, total: Tally, lang: str) -> None:
    cards = add(body, "div", "", "totals")
    for name, value in total._asdict().items():
        card = add(cards, "div", "", f"total {name}")
        add(card, "b", f"{value:,}")
        add(card, "span", word(name, lang))
        share = f" · {value / total.done:.0%}" if name == "on_time" and total.done else ""
        add(card, "small", word(f"{name}_means", lang) + share)


def _table(parent: Element, name: str, rows: Sequence[tuple[str, Tally]], more: int, lang: str) -> None:
    """A row a line, with a bar under its name: done in time, done late, overdue."""
    section = add(parent, "section")
    table = add(section, "table")
    heads = add(add(table, "thead"), "tr")
    add(heads, "th", name)
    for column in ("due", "done", "on_time", "overdue"):
        add(heads, "th", word(column, lang))
    lines = add(table, "tbody")
    longest = max((tally.done + tally.overdue for _, tally in rows), default=0)
    for text, tally in rows:
        line = add(lines, "tr")
        cell = add(line, "th", text)
        parts = (
            ("on_time", tally.on_time),
            ("late", tally.done - tally.on_time),
            ("overdue", tally.overdue),
        )
        _bar(cell, parts, longest, lang)
        for column, value in tally._asdict().items():
            add(line, "td", f"{value:,}", "overdue" if column == "overdue" and value else "")
    if more > 0:
        add(section, "p", word("more_rows", lang, more), "note")
    if not rows:
        add(section, "p", word("none", lang), "note")


def _bar(parent: Element, parts: Sequence[tuple[str, int]], longest: int, lang: str) -> None:
    told = ", ".join(f"{word(kind, lang)} {value}" for kind, value in parts)
    svg = SubElement(
        parent,
        "svg",
        {"viewBox": "0 0 100 4", "preserveAspectRatio": "none", "class": "bar", "role": "img", "aria-label": told},
    )
    x = 0.0
    for kind, value in parts:
        width = 100 * value / longest if longest else 0
        _rect(svg, x, 0, width, 4, kind)
        x += width


def _outcomes(parent: Element, report: Report, lang: str) -> None:
    section = add(parent, "section")
    table = add(section, "table")
    heads = add(add(table, "thead"), "tr")
    add(heads, "th", word("results", lang))
    add(heads, "th", word("done", lang))
    lines = add(table, "tbody")
    longest = max(report.outcomes.values(), default=0)
    for kind, count in report.outcomes.items():
        line = add(lines, "tr")
        _bar(add(line, "th", label(kind, lang)), [("done", count)], longest, lang)
        add(line, "td", f"{count:,}")


def _undecided(parent: Element, report: Report, register: Register, lang: str) -> None:
    section = add(parent, "section")
    add(section, "h2", word("undecided", lang))
    rows = add(section, "ul")
    for item in report.undecided[:MOST_ROWS]:
        row = add(rows, "li", f"{item.day} · {register.enterprise[item.enterprise_id].name}")
        what = word("suggests", lang, label(item.suggested, lang), label(item.last, lang))
        add(row, "small", f"{item.lookback_id} · {label(item.kind, lang)} · {what}")
    more = len(report.undecided) - MOST_ROWS
    if more > 0:
        add(section, "p", word("more_rows", lang, more), "note")
    add(section, "p", word("human" if report.undecided else "none", lang), "note")


# Charts


def _coming(parent: Element, report: Report, lang: str) -> None:
    """Bars for what is due, a line for what teams can make."""
    section = add(parent, "section")
    add(section, "h2", word("coming", lang))
    kinds = ("due", "overdue", "capacity") if any(row.overdue for row in report.coming) else ("due", "capacity")
    legend(section, [(kind, word(kind, lang)) for kind in kinds])
    top = _ceiling(max([*(row.due for row in report.coming), *(row.capacity for row in report.coming)], default=0))
    svg = _chart(section, top, word("coming", lang))
    step = (WIDE - _LEFT - _RIGHT) / len(report.coming)
    for k, row in enumerate(report.coming):
        x = _LEFT + k * step
        _column(svg, x + step * 0.18, step * 0.64, row.due, top, "due")
        if row.overdue:
            _column(svg, x + step * 0.18, step * 0.64, row.overdue, top, "overdue")
        y = _y(row.capacity, top)
        line = {"x1": figure(x + 2), "x2": figure(x + step - 2), "y1": figure(y), "y2": figure(y), "class": "capacity"}
        SubElement(svg, "line", line)
        _label(svg, x + step / 2, HIGH - 8, f"{row.day.month}/{row.day.day}")
    each = word("most", lang) if report.minutes_each is None else word("each", lang, report.minutes_each)
    add(section, "p", f"{word('first_row', lang)} · {each}", "note")


def _weeks(parent: Element, report: Report, lang: str) -> None:
    """Two bars a week: due and done."""
    section = add(parent, "section")
    add(section, "h2", word("weeks", lang))
    legend(section, (("due", word("due", lang)), ("done", word("done", lang))))
    top = _ceiling(max((max(due, done) for _, due, done in report.weeks), default=0))
    svg = _chart(section, top, word("weeks", lang))
    step = (WIDE - _LEFT - _RIGHT) / max(len(report.weeks), 1)
    every = max(1, round(34 / step))
    for k, (day, due, done) in enumerate(report.weeks):
        x = _LEFT + k * step
        _column(svg, x + step * 0.14, step * 0.34, due, top, "due")
        _column(svg, x + step * 0.52, step * 0.34, done, top, "done")
        if k % every == 0:
            _label(svg, x + step / 2, HIGH - 8, f"{day.month}/{day.day}")


def _chart(parent: Element, top: int, name: str) -> Element:
    svg = SubElement(
        parent, "svg", {"viewBox": f"0 0 {WIDE} {HIGH}", "class": "chart", "role": "img", "aria-label": name}
    )
    for k in range(5):
        value = top * k / 4
        y = _y(value, top)
        SubElement(svg, "line", {"x1": str(_LEFT), "x2": str(WIDE), "y1": figure(y), "y2": figure(y), "class": "grid"})
        if value == int(value):
            _label(svg, _LEFT - 5, y + 3.5, f"{int(value):,}", "end")
    return svg


def _column(svg: Element, x: float, width: float, value: int, top: int, kind: str) -> None:
    y = _y(value, top)
    rect = _rect(svg, x, y, width, HIGH - _BOTTOM - y, kind)
    SubElement(rect, "title").text = str(value)


def _rect(svg: Element, x: float, y: float, width: float, height: float, kind: str) -> Element:
    places = {"x": figure(x), "y": figure(y), "width": figure(width), "height": figure(height), "class": kind}
    return SubElement(svg, "rect", places)


def _label(svg: Element, x: float, y: float, text: str, anchor: str = "middle") -> None:
    SubElement(svg, "text", {"x": figure(x), "y": figure(y), "text-anchor": anchor}).text = text


def _y(value: float, top: int) -> float:
    return HIGH - _BOTTOM - (HIGH - _TOP - _BOTTOM) * value / top


def _ceiling(value: int) -> int:
    """The next round number, a multiple of four so that the lines of a grid are whole."""
    power = 1
    while True:
        for step in (1, 2, 3, 5, 6, 8):
            if value <= 4 * step * power:
                return 4 * step * power
        power *= 10
