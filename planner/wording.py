"""Words that conclude instead of observing: a record states what was seen, and the law is applied elsewhere."""

from __future__ import annotations

import re

CONCLUSIONS = (
    "违法", "违规", "非法", "涉嫌", "涉案", "违反", "构成", "侵犯", "侵害", "侵权", "犯罪", "罪名",
    "依法应", "应予处罚", "应当处罚", "予以处罚", "情节严重", "情节轻微", "主观故意",
    "illegal", "unlawful", "violat", "suspected", "guilty", "breach", "infring", "offence", "offense", "liable",
    "culpable",
)  # fmt: skip
"""Chinese words, and stems of English ones in lower case."""

_FOUND = re.compile("|".join(f"{re.escape(word)}[a-z]*" for word in CONCLUSIONS), re.IGNORECASE)


def conclusions(text: str) -> tuple[str, ...]:
    """The words of a text that draw a legal conclusion, as they stand there, each once."""
    return tuple(dict.fromkeys(match[0] for match in _FOUND.finditer(text)))
