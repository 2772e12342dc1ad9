"""What every solver takes and gives."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.problem import Problem, Routes


@dataclass(frozen=True)
class Limit:
    """
    When to stop: after so many steps, or so many seconds, whichever comes first.

    Steps are counted by the solver itself, so that the same steps give the same routes on any machine under any
    load. Seconds do not.
    """

    seconds: float | None = None
    steps: int | None = None

    def __post_init__(self) -> None:
        if self.seconds is None and self.steps is None:
            raise ValueError("a limit needs seconds or steps")
        if (self.seconds is not None and not self.seconds > 0) or (self.steps is not None and self.steps < 0):
            raise ValueError(f"a limit must not be negative: {self}")

    def deadline(self) -> float | None:
        """The moment of ``time.monotonic()`` at which to stop, counted from now."""
        return None if self.seconds is None else time.monotonic() + self.seconds


@dataclass(frozen=True)
class Proof:
    """No plan that keeps as many promises, mandatory look-backs and district minimums collects more priority."""

    priority: int
    by: str


@dataclass(frozen=True)
class Best:
    """The best routes so far, after how many steps, and what is proven about them."""

    routes: Routes
    value: int
    steps: int
    proof: Proof | None = None


class Solver(Protocol):
    """A way to choose and order candidates. Its answer is not believed: the plan made of it is checked."""

    def __call__(self, problem: Problem, limit: Limit, seed: int, report: Callable[[Best], None]) -> Routes:
        """Feasible routes; every better one found on the way is reported at once, and every better proof."""
