"""Rows as CSV that a spreadsheet opens as text: nothing in a cell becomes a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str | float]]) -> str:
    """A table as CSV; text that a spreadsheet would take for a formula is marked with an apostrophe."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return stream.getvalue()


def harmless(text: str) -> str:
    """The text, marked as text where it begins like a formula."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text
