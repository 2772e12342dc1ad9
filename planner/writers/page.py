"""
A page of figures that asks nobody for anything: a tree of elements, its style, and charts as SVG made of numbers.

Text is text whatever is in it, there is no script, and the rules in the head forbid everything but the page's own
style.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from planner.writers.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Sequence


def page(title: str, lang: str, *sheets: str) -> tuple[Element, Element]:
    """A document with its title as the first line, and its body; styled by sheets of this folder."""
    style = "".join(files("planner.writers").joinpath(sheet).read_text("utf-8") for sheet in sheets)
    html = Element("html", lang="zh-CN" if lang == "zh" else "en")
    head = SubElement(html, "head")
    SubElement(head, "meta", charset="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    rules = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": rules})
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    SubElement(head, "meta", name="referrer", content="no-referrer")
    SubElement(head, "meta", name="robots", content="noindex")
    add(head, "title", title)
    add(head, "style", style)
    body = SubElement(html, "body")
    add(body, "h1", title)
    return html, body


def written(html: Element) -> str:
    """The document; the same tree gives the same bytes."""
    return f"<!DOCTYPE html>\n{tostring(html, encoding='unicode', method='html')}\n"


def add(parent: Element, tag: str, text: str = "", kind: str = "") -> Element:
    """An element with a text and a class."""
    element = SubElement(parent, tag, {"class": kind} if kind else {})
    element.text = clean(text, but="\n")
    return element


def figure(value: float) -> str:
    """A number as an attribute has it: two decimals at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def legend(parent: Element, kinds: Sequence[tuple[str, str]]) -> None:
    """What each colour of a chart stands for: class and text."""
    row = add(parent, "p", "", "legend")
    for kind, text in kinds:
        colour = add(add(row, "span"), "i", "", kind)
        colour.tail = clean(text)
