"""Text as a terminal takes it: so many columns wide, and nothing in it that a terminal would obey."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import category, east_asian_width

if TYPE_CHECKING:
    from collections.abc import Iterable


def clean(text: str, *, but: str = "") -> str:
    """Text without what would steer a terminal: control characters and changes of direction."""
    if text.isprintable():
        return text
    return "".join(char for char in text if char in but or category(char) not in {"Cc", "Cf", "Zl", "Zp"})


def columns(text: str) -> int:
    """How many columns of a terminal a text takes: a Chinese character takes two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def filled(text: str, width: int) -> str:
    """Text with spaces behind it up to so many columns; longer text stays as it is."""
    return text + " " * (width - columns(text))


def pad(text: str, width: int) -> str:
    """Text filled or cut to so many columns."""
    while columns(text) > width:
        text = text[:-1]
    return filled(text, width)


def lines_of(items: Iterable[str]) -> str:
    """Lines joined, with a line break behind the last."""
    return "".join(f"{item}\n" for item in items)
