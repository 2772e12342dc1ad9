"""File names for what a team gets: made from its id, safe on any system; a team's name stays inside the file."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 48
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d|index|plan|comparison)", re.IGNORECASE)
"""Names that Windows keeps to itself, and those that a folder of pages uses otherwise."""


def file_names(team_ids: Iterable[str], *, taken: str = "", suffix: str = ".html") -> dict[str, str]:
    """
    The file name of each team, by team id; no two alike on a disk that ignores case.

    An id of ASCII letters, digits, ``-`` and ``_`` is its own name. Any other is stripped to these, and eight hex
    digits of its SHA-256 keep it apart.
    """
    names: dict[str, str] = {}
    used = {taken.lower()}
    for team_id in team_ids:
        name = f"{_slug(team_id)}{suffix}"
        if name.lower() in used:
            name = f"{_marked(team_id)}{suffix}"
        used.add(name.lower())
        names[team_id] = name
    return names


def _slug(team_id: str) -> str:
    safe = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", team_id) and len(team_id) <= _LONGEST
    return team_id if safe and not _RESERVED.fullmatch(team_id) else _marked(team_id)


def _marked(team_id: str) -> str:
    digest = hashlib.sha256(team_id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    stripped = re.sub(r"[^A-Za-z0-9_-]+", "-", team_id).strip("-_")[:_LONGEST]
    return f"{stripped or 'team'}-{digest}"
