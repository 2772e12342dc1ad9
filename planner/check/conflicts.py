"""A rule that a plan breaks, and how times stand in its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.clock import hhmm

if TYPE_CHECKING:
    from planner.plan import Interval


@dataclass(frozen=True)
class Conflict:
    """A rule that a plan breaks, and where."""

    rule: str
    where: str
    """A team and a date, a look-back, or the part of the plan."""
    message: str

    def line(self) -> str:
        """The conflict as one line."""
        return f"{self.where}: {self.message} [{self.rule}]"


def span(interval: Interval) -> str:
    """``12:00-13:00``."""
    return f"{hhmm(interval.start)}-{hhmm(interval.end)}"
