"""What a reader did to an input, for the person who asked for it."""

from __future__ import annotations

from typing import NamedTuple


class Note(NamedTuple):
    """One thing that was done, in English and Chinese."""

    en: str
    zh: str

    def of(self, lang: str) -> str:
        """The note in one language, ``zh`` or ``en``."""
        return self.zh if lang == "zh" else self.en
