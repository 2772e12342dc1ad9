"""
Cells of a workbook whose formulas failed, or were never worked out: the library that reads workbooks shows them as
empty, and an empty cell means something else.
"""

from __future__ import annotations

import re
from html import unescape
from posixpath import normpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

ERRORS = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
"""What spreadsheets show for a formula that failed."""
UNKNOWN = "=?"
"""For a formula whose value the workbook does not hold: many a program writes formulas and leaves the rest to Excel."""
_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^<>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^<>]*)>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_FAILED = re.compile(
    rb'<(?:\w+:)?c\b(?=[^<>]*\bt="e")[^<>]*?\br="([A-Z]{1,3})(\d{1,7})"[^<>]*>'
    rb"(?:<(?:\w+:)?f\b[^<>]*?(?:/>|>[^<]*</(?:\w+:)?f>))?\s*<(?:\w+:)?v>([^<]{1,20})</"
)
# A text that a formula makes may be empty; it says that it is a text (t="str").
_UNKNOWN = re.compile(
    rb'<(?:\w+:)?c\b(?![^<>]*\bt="str")[^<>]*?\br="([A-Z]{1,3})(\d{1,7})"[^<>]*>'
    rb"<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*(?:/>|></(?:\w+:)?v>)\s*)?</(?:\w+:)?c>"
)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


def valueless(archive: zipfile.ZipFile) -> dict[str, dict[tuple[int, int], str]]:
    """What stands for the value of such cells, by the title of the sheet, row and column, both counted from 0."""
    found = {}
    for title, part in _parts(archive):
        data = archive.read(part)
        cells = {}
        if b't="e"' in data:
            cells = {_at(letters, row): _shown(text) for letters, row, text in _FAILED.findall(data)}
        if _FORMULA.search(data):
            cells |= {_at(letters, row): UNKNOWN for letters, row in _UNKNOWN.findall(data)}
        if cells:
            found[title] = cells
    return found


def _at(letters: bytes, row: bytes) -> tuple[int, int]:
    return int(row) - 1, column(letters) - 1


def column(letters: bytes) -> int:
    """The number of a column by its letters, A = 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _shown(text: bytes) -> str:
    shown = text.decode("utf-8", "replace")
    return shown if shown in ERRORS else "#VALUE!"


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """The titles of the sheets, and where in the archive each stands."""
    names = set(archive.namelist())
    if not {_BOOK, _RELATIONS} <= names:
        return
    targets = {}
    for match in _RELATION.finditer(archive.read(_RELATIONS)):
        told = _attributes(match[1])
        target = told.get("Target", "")
        targets[told.get("Id", "")] = normpath(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
    for match in _SHEET.finditer(archive.read(_BOOK)):
        told = _attributes(match[1])
        relation = next((value for name, value in told.items() if name.endswith(":id")), "")
        if targets.get(relation) in names:
            yield told.get("name", ""), targets[relation]


def _attributes(text: bytes) -> dict[str, str]:
    return {
        match[1].decode(): unescape((match[2] or match[3] or b"").decode("utf-8", "replace"))
        for match in _ATTRIBUTE.finditer(text)
    }
