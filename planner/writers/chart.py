"""
A backtest as one HTML page: days earlier by window, and how well chances were called. No script, no request.

The page is built as a tree and written out by the library, so no text from a table can become markup.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from planner.writers.learning import word
from planner.writers.terminal import clean

if TYPE_CHECKING:
    from planner.learning.backtest import Backtest

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = (
    "body{font:16px/1.5 system-ui,'Noto Sans CJK SC',sans-serif;max-width:60rem;margin:2rem auto;color:#222}"
    "svg{width:100%;height:auto}text{font:12px system-ui,'Noto Sans CJK SC',sans-serif;fill:#333}"
    "pre{overflow-x:auto;font-size:13px}"
)
_COLOURS = {"default": "#9aa7b5", "learned": "#1f6f8b"}
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 760, 300, 46, 40, 24


def chart(result: Backtest, text: str, lang: str) -> str:
    """The page: two drawings, and the figures as text below them."""
    page = Element("html", lang="zh-CN" if lang == "zh" else "en")
    head = SubElement(page, "head")
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": _POLICY})
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    SubElement(head, "title").text = "Lookback · 回测" if lang == "zh" else "Lookback · backtest"
    SubElement(head, "style").text = _STYLE
    body = SubElement(page, "body")
    if result.windows:
        SubElement(body, "h2").text = word("days", lang)
        body.append(_bars(result, lang))
    if result.calibration:
        SubElement(body, "h2").text = word("calibration", lang)
        body.append(_calibration(result))
    SubElement(body, "pre").text = clean(text, but="\n")
    return "<!DOCTYPE html>\n" + tostring(page, encoding="unicode", method="html") + "\n"


def _bars(result: Backtest, lang: str) -> Element:
    drawing = _svg()
    days = [window.gains[order].days for window in result.windows for order in _COLOURS]
    low, high = min(0.0, *days), max(1.0, *days)
    tall = _HEIGHT - _TOP - _BOTTOM

    def y(value: float) -> float:
        return _TOP + tall * (high - value) / (high - low)

    wide = (_WIDTH - _LEFT) / len(result.windows)
    _axis(drawing, [(y(tick), f"{tick:g}") for tick in _ticks(low, high)])
    for k, window in enumerate(result.windows):
        for j, (order, colour) in enumerate(_COLOURS.items()):
            value = window.gains[order].days
            x = _LEFT + wide * (k + 0.15 + 0.35 * j)
            bar = _shape(drawing, "rect", x=x, y=y(max(value, 0)), width=wide * 0.33, height=abs(y(0) - y(value)))
            bar.set("fill", colour)
            SubElement(bar, "title").text = f"{date.fromordinal(window.start)} {word(order, lang)} {value:.1f}"
        _text(drawing, _LEFT + wide * (k + 0.5), _HEIGHT - 20, date.fromordinal(window.start).isoformat(), "middle")
    for j, (order, colour) in enumerate(_COLOURS.items()):
        _shape(drawing, "rect", x=_LEFT + 160 * j, y=2, width=12, height=12).set("fill", colour)
        _text(drawing, _LEFT + 160 * j + 18, 13, word(order, lang))
    return drawing


def _calibration(result: Backtest) -> Element:
    drawing = _svg()
    most = max(max(band.expected, band.observed) for band in result.calibration) or 1.0
    tall, wide = _HEIGHT - _TOP - _BOTTOM, _WIDTH - _LEFT - 20

    def at(expected: float, observed: float) -> tuple[float, float]:
        return _LEFT + wide * expected / most, _TOP + tall * (1 - observed / most)

    _axis(drawing, [(at(0, tick)[1], f"{tick:.0%}") for tick in _ticks(0.0, most)])
    (x1, y1), (x2, y2) = at(0, 0), at(most, most)
    _shape(drawing, "line", x1=x1, y1=y1, x2=x2, y2=y2).set("stroke", "#ccc")
    for tick in _ticks(0.0, most):
        _text(drawing, at(tick, 0)[0], _HEIGHT - 20, f"{tick:.0%}", "middle")
    for band in result.calibration:
        x, y = at(band.expected, band.observed)
        dot = _shape(drawing, "circle", cx=x, cy=y, r=5)
        dot.set("fill", _COLOURS["learned"])
        SubElement(dot, "title").text = f"{band.expected:.1%} → {band.observed:.1%} ({band.visits:,})"
    return drawing


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from low to high, five at most."""
    step = next(s for s in (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 1000) if (high - low) / s <= 5)
    return [k * step for k in range(int(low / step), int(high / step) + 1)]


def _svg() -> Element:
    return Element("svg", viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img")


def _axis(drawing: Element, ticks: list[tuple[float, str]]) -> None:
    for y, text in ticks:
        _shape(drawing, "line", x1=_LEFT, y1=y, x2=_WIDTH, y2=y).set("stroke", "#e5e5e5")
        _text(drawing, _LEFT - 6, y + 4, text, "end")


def _shape(drawing: Element, kind: str, **numbers: float) -> Element:
    return SubElement(drawing, kind, {name: f"{value:.1f}" for name, value in numbers.items()})


def _text(drawing: Element, x: float, y: float, text: str, anchor: str = "start") -> None:
    SubElement(drawing, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}).text = text
