"""A text in both languages: small, so that it can be loaded before anything else is."""

from __future__ import annotations

from typing import NamedTuple


class Label(NamedTuple):
    """What people read, in Chinese and in English."""

    zh: str
    en: str

    def of(self, lang: str) -> str:
        """The label in one language, ``zh`` or ``en``."""
        return self.zh if lang == "zh" else self.en
