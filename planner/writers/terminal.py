"""Text as a terminal takes it: so many columns wide, and nothing in it that a terminal would obey."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING
from unicodedata import category, east_asian_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


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


_OPENING, _CLOSING = frozenset("([{“‘=\"'"), frozenset(",.:;!?)]}”’、。…=\"'%")
"""Behind the one, and before the other, no line is broken."""
_ASIDE = re.compile(r"\([^()]{1,24}\)|\[[^\[\]]{1,24}\]")
"""A few words in brackets, which stay together."""


def wrapped(text: str, width: int) -> list[str]:
    """A text as lines of at most so many columns, broken at spaces and between Chinese characters."""
    lines = [""]
    for piece in _pieces(text):
        if lines[-1] and columns(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def _pieces(text: str) -> Iterator[str]:
    """What of a text stays on one line: a word, or a character with its punctuation."""
    start = 0
    inside = {k for aside in _ASIDE.finditer(text) for k in range(aside.start() + 1, aside.end())}
    for k, (before, after) in enumerate(pairwise(text), start=1):
        beside_chinese = columns(before + after) > 2 and before not in _OPENING and after not in _CLOSING
        if k not in inside and after != " " and (before == " " or beside_chinese):
            yield text[start:k]
            start = k
    yield text[start:]


def lines_of(items: Iterable[str]) -> str:
    """Lines joined, with a line break behind the last."""
    return "".join(f"{item}\n" for item in items)
