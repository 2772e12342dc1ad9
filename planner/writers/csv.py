"""A plan as one CSV table that Excel opens with its Chinese intact, and without taking a cell for a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from planner.writers.stops import COLUMNS, fit, stops

if TYPE_CHECKING:
    from planner.plan import Plan
    from planner.register import Register

_FORMULA = ("=", "+", "-", "@", "\t", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With what a spreadsheet may begin a formula, full width too."""


def write(plan: Plan, register: Register, lang: str, team_id: str | None, name: str) -> dict[str, bytes]:
    """One file with a row a visit; a cell that could be taken for a formula has ``'`` before it, as in Excel itself."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow([header.of(lang) for header, _ in COLUMNS.values()])
    for stop in stops(plan, register, team_id):
        table.writerow([_cell(value(stop, lang)) for _, value in COLUMNS.values()])
    return {f"{name}.csv": text.getvalue().encode("utf-8-sig")}


def _cell(value: str | int) -> str | int:
    if isinstance(value, int):
        return value
    text = fit(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
