"""What a backtest and learning found, each as one page of figures, with its errors, chance and hindsight beside it."""

from __future__ import annotations

from datetime import date
from math import isnan, sqrt
from typing import TYPE_CHECKING
from xml.etree.ElementTree import SubElement

from planner.learning.backtest import ORDERS
from planner.words import label
from planner.writers.learning import MOST_ROWS, name_of, steps_of, word
from planner.writers.page import add, figure, legend, page, written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from xml.etree.ElementTree import Element

    from planner.learning.backtest import Backtest, Band, Group
    from planner.learning.card import Card
    from planner.learning.fit import Spread
    from planner.learning.learn import Coverage, Learnt
    from planner.plan import Term

WIDE = 360
"""A chart's own units; about the width of a phone, so that its text is as large there as the page's."""
_SHEETS = ("report.css", "learning.css")
_TWO_SIDED = 1.96
"""Standard deviations of a 95 % interval."""


def backtest_page(result: Backtest, cover: Mapping[str, Sequence[Coverage]], lang: str) -> str:
    """The page of a backtest; the same result gives the same bytes."""
    if not result.windows:
        html, body = page(word("no_window", lang), lang, *_SHEETS)
        return written(html)
    first, last = result.windows[0].start, result.windows[-1].start + result.length - 1
    title = word("backtest_title", lang, date.fromordinal(first), date.fromordinal(last))
    html, body = page(title, lang, *_SHEETS)
    _totals(body, result, lang)
    charts = add(body, "div", "", "charts")
    _judged(charts, result, lang)
    tables = add(body, "div", "", "tables")
    for part, groups in (("by_scenario", result.by_scenario), ("by_district", result.by_district)):
        if groups:
            _groups(tables, word(part, lang), groups, lang)
    for part, rows in cover.items():
        if rows:
            _coverage(tables, word(f"cover_{part}", lang), rows, lang)
    add(body, "footer", word("blind", lang))
    return written(html)


def learnt_page(result: Learnt, lang: str) -> str:
    """The page of a learned card: whether it may stand, its lines and how sure they are, and what judged it."""
    html, body = page(word("learnt_title", lang, date.fromordinal(result.until)), lang, *_SHEETS)
    refusal = result.refusal
    verdict = word("stands", lang) if refusal is None else word("stays", lang, refusal[lang == "zh"])
    add(body, "section", verdict, "verdict " + ("stands" if refusal is None else "stays"))
    if result.judged.windows:
        _totals(body, result.judged, lang)
    charts = add(body, "div", "", "charts")
    if result.card is not None:
        _lines(charts, result.card, result.spread, lang)
    _judged(charts, result.judged, lang)
    visits = word("learnt", lang, date.fromordinal(result.until), f"{result.visits:,}", f"{result.found:,}")
    add(body, "footer", f"{visits}\n{word('blind', lang)}")
    return written(html)


def _totals(body: Element, result: Backtest, lang: str) -> None:
    """Each order as a figure with its error."""
    cards = add(body, "div", "", "totals")
    for order in ORDERS:
        total, error = result.total(order), result.error(order)
        card = add(cards, "div", "", f"total {order}")
        days = add(card, "b", f"{total.days:+.1f}")
        if not isnan(error):
            add(days, "small", f" ± {error:.1f}")
        add(card, "span", word(order, lang))
        add(card, "small", word("first_half", lang, total.first_half))


def _judged(parent: Element, result: Backtest, lang: str) -> None:
    if result.windows:
        _orders(parent, result, lang)
        _windows(parent, result, lang)
    if result.calibration:
        _calibration(parent, result.calibration, lang)


# Charts


def _orders(parent: Element, result: Backtest, lang: str) -> None:
    """A row an order: a dot at its days, with whiskers, on one axis from chance to hindsight."""
    section, left, right, step = add(parent, "section"), 84, 84, 28
    add(section, "h2", word("days_of_orders", lang))
    high = step * len(ORDERS) + 26
    svg = _svg(section, high, word("days_of_orders", lang))
    ends = [result.total(o).days + k * _known(result.error(o)) for o in ORDERS for k in (-1, 1)]
    ticks = _ticks(min(0.0, *ends), max(1.0, *ends))
    wide = WIDE - left - right

    def x(days: float) -> float:
        return left + wide * (days - ticks[0]) / (ticks[-1] - ticks[0])

    for tick in ticks:
        _line(svg, (x(tick), 4), (x(tick), high - 20), "zero" if tick == 0 else "grid")
        _label(svg, x(tick), high - 6, f"{tick:g}")
    for k, order in enumerate(ORDERS):
        y, days, error = step * (k + 0.5) + 4, result.total(order).days, result.error(order)
        _label(svg, left - 8, y + 4, word(order, lang), "end", "name")
        if not isnan(error):
            _line(svg, (x(days - error), y), (x(days + error), y), f"whisker {order}")
        _dot(svg, x(days), y, 3.5, order, f"{days:+.2f}")
        _label(svg, WIDE, y + 4, f"{days:+.1f}" + ("" if isnan(error) else f" ± {error:.1f}"), "end", "value")
    gained, error = result.total("learned").days - result.total("default").days, result.error("learned", "default")
    better = "" if isnan(error) else f"{word('better', lang, gained, error)} · "
    add(section, "p", better + word("over_windows", lang), "note")


def _windows(parent: Element, result: Backtest, lang: str) -> None:
    """A column a window: a dot for each order, so that good windows and bad ones are both seen."""
    section, left, high, bottom = add(parent, "section"), 30, 190, 24
    add(section, "h2", word("by_window", lang))
    legend(section, [(order, word(order, lang)) for order in ORDERS])
    svg = _svg(section, high, word("by_window", lang))
    days = [gain.days for window in result.windows for gain in window.gains.values()]
    ticks = _ticks(min(0.0, *days), max(1.0, *days))

    def y(value: float) -> float:
        return 8 + (high - bottom - 8) * (ticks[-1] - value) / (ticks[-1] - ticks[0])

    for tick in ticks:
        _line(svg, (left, y(tick)), (WIDE, y(tick)), "zero" if tick == 0 else "grid")
        _label(svg, left - 5, y(tick) + 3.5, f"{tick:g}", "end")
    step = (WIDE - left) / len(result.windows)
    every = max(1, round(62 / step))
    for k, window in enumerate(result.windows):
        x = left + step * (k + 0.5)
        _line(svg, (x, y(window.gains["chance"].days)), (x, y(window.gains["oracle"].days)), "grid")
        for order in ORDERS:
            value = window.gains[order].days
            told = f"{date.fromordinal(window.start)} {word(order, lang)} {value:+.1f}"
            _dot(svg, x, y(value), 4.5 if order == "learned" else 3.5, order, told)
        if k % every == 0:
            _label(svg, max(x, left + 24), high - 7, f"{date.fromordinal(window.start)}")
    note = word("each_window", lang, result.length, result.left_out)
    stars = "" if all(window.learned for window in result.windows) else _unlearned(result, lang)
    add(section, "p", note + stars, "note")


def _unlearned(result: Backtest, lang: str) -> str:
    """The windows in which the default card stands in for a learned one."""
    starts = ", ".join(str(date.fromordinal(window.start)) for window in result.windows if not window.learned)
    return f" · {word('unlearned', lang).removeprefix('* ')}: {starts}"


def _calibration(parent: Element, bands: Sequence[Band], lang: str) -> None:
    """Expected against observed shares of findings, with the interval that as many visits leave open."""
    section, left, high, bottom = add(parent, "section"), 36, 254, 44
    add(section, "h2", word("chances", lang))
    svg = _svg(section, high, word("chances", lang))
    spans = [interval(band) for band in bands]
    ticks = _ticks(0.0, max(0.05, *(span[1] for span in spans), *(band.expected for band in bands)))
    top = ticks[-1]

    def at(expected: float, observed: float) -> tuple[float, float]:
        return left + (WIDE - left - 12) * expected / top, 8 + (high - bottom - 8) * (1 - observed / top)

    for tick in ticks:
        _line(svg, at(0, tick), at(top, tick), "grid")
        _label(svg, left - 5, at(0, tick)[1] + 3.5, f"{tick:.0%}", "end")
        _label(svg, at(tick, 0)[0], high - bottom + 20, f"{tick:.0%}")
    _line(svg, at(0, 0), at(top, top), "ideal")
    _label(svg, at(top / 2, 0)[0], high - 5, word("expected", lang))
    _label(svg, left + 4, 21, word("observed", lang), "start")
    for band, (low, up) in zip(bands, spans, strict=True):
        _line(svg, at(band.expected, low), at(band.expected, up), "whisker learned")
        told = f"{band.expected:.1%} → {band.observed:.1%} ({band.visits:,})"
        _dot(svg, *at(band.expected, band.observed), 4.5, "learned", told)
    add(section, "p", word("bands", lang), "note")


def interval(band: Band) -> tuple[float, float]:
    """
    The 95 % interval of a share of findings.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference. JASA 22(158), 209-212.
    """
    n, z = band.visits, _TWO_SIDED
    middle = (band.observed + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(band.observed * (1 - band.observed) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def _lines(parent: Element, card: Card, spread: Mapping[Term, Spread], lang: str) -> None:
    """A row a line of the card: its points and steps, and the points that resampled histories give it."""
    section = add(parent, "section")
    table = add(section, "table")
    heads = add(add(table, "thead"), "tr")
    add(heads, "th", word("lines", lang))
    for head in ("points", "samples", "with_points"):
        add(heads, "th", word(head, lang))
    rows = add(table, "tbody")
    most = max([line.points for line in card.lines] + [s.high for s in spread.values()], default=1) or 1
    for line in sorted(card.lines, key=lambda line: -line.points * len(line.steps)):
        row = add(rows, "tr")
        cell = add(row, "th", label(line.term, lang))
        sure = spread.get(line.term)
        if sure is not None:
            told = f"{sure.low:.0f} - {sure.high:.0f}"
            svg = SubElement(cell, "svg", {"viewBox": "0 0 200 14", "class": "dots", "role": "img", "aria-label": told})
            _line(svg, (4 + 190 * sure.low / most, 7), (4 + 190 * sure.high / most, 7), "range")
            _dot(svg, 4 + 190 * line.points / most, 7, 4.5, "learned", told)
        add(cell, "small", f"{word('steps', lang)} {steps_of(line, lang)}")
        add(row, "td", f"{line.points:+d}")
        add(row, "td", "" if sure is None else f"{sure.low:.0f}–{sure.high:.0f}")
        add(row, "td", "" if sure is None else f"{sure.share:.0%}")
    add(section, "p", word("samples_mean", lang), "note")


# Tables


def _groups(parent: Element, title: str, groups: Sequence[Group], lang: str) -> None:
    rows = [(name_of(g.name, lang), (f"{g.visits:,}", f"{g.found:,}", f"{g.days:+.1f}")) for g in groups[:MOST_ROWS]]
    _table(parent, title, [word(head, lang) for head in ("visits", "found", "earlier")], rows)


def _coverage(parent: Element, title: str, cover: Sequence[Coverage], lang: str) -> None:
    rows = []
    for row in cover[:MOST_ROWS]:
        cells = (f"{row.places:,}", f"{row.never:,}", f"{row.visits_share:.1%}", f"{row.found_share:.1%}")
        rows.append((name_of(row.name, lang), cells))
    places, never, _, of_visits, of_found = word("cover_columns", lang).split("|")
    _table(parent, title, [places, never, of_visits, of_found], rows)


def _table(parent: Element, title: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> None:
    section = add(parent, "section")
    add(section, "h2", title)
    table = add(section, "table")
    head = add(add(table, "thead"), "tr")
    for text in ("", *heads):
        add(head, "th", text)
    lines = add(table, "tbody")
    for name, cells in rows:
        line = add(lines, "tr")
        add(line, "th", name)
        for cell in cells:
            add(line, "td", cell)


# Shapes


def _known(value: float) -> float:
    return 0.0 if isnan(value) else value


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from at or below low to at or above high, six or so."""
    step = next(s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000) if (high - low) / s <= 6)
    first, last = int(low // step), int(-(-high // step))
    return [k * step for k in range(first, last + 1)]


def _svg(parent: Element, high: float, name: str) -> Element:
    about = {"viewBox": f"0 0 {WIDE} {figure(high)}", "class": "chart", "role": "img", "aria-label": name}
    return SubElement(parent, "svg", about)


def _line(svg: Element, start: tuple[float, float], end: tuple[float, float], kind: str) -> None:
    (x1, y1), (x2, y2) = start, end
    SubElement(svg, "line", {"x1": figure(x1), "y1": figure(y1), "x2": figure(x2), "y2": figure(y2), "class": kind})


def _dot(svg: Element, x: float, y: float, radius: float, kind: str, told: str) -> None:
    dot = SubElement(svg, "circle", {"cx": figure(x), "cy": figure(y), "r": figure(radius), "class": kind})
    add(dot, "title", told)


def _label(svg: Element, x: float, y: float, text: str, anchor: str = "middle", kind: str = "") -> None:
    element = add(svg, "text", text, kind)
    element.attrib |= {"x": figure(x), "y": figure(y), "text-anchor": anchor}
