"""How long each part of a command takes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from planner.cli.options import Lang

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


@dataclass
class Stopwatch:
    """Seconds spent on each part of a command, in order."""

    parts: dict[str, float] = field(default_factory=dict)

    def time(self, part: str, work: Callable[[], T]) -> T:
        """Do the work and remember how long it took."""
        start = time.perf_counter()
        try:
            return work()
        finally:
            self.parts[part] = self.parts.get(part, 0.0) + time.perf_counter() - start

    def text(self, lang: Lang) -> str:
        """One line: every part with its seconds, and all of them but the solver."""
        rest = sum(seconds for part, seconds in self.parts.items() if part != "solve")
        zh = lang is Lang.ZH
        parts = " · ".join(f"{_PARTS[part] if zh else part} {seconds:.2f}" for part, seconds in self.parts.items())
        return f"用时(秒):{parts} · 求解以外 {rest:.2f}" if zh else f"seconds: {parts} · {rest:.2f} without solve"


_PARTS = {
    "read": "读表",
    "prepare": "准备",
    "solve": "求解",
    "finish": "排时与核对",
    "check": "核对",
    "draw": "绘图",
    "save": "保存",
    "write": "写入",
}
