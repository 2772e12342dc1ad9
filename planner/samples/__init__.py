"""Sample workspaces by name: each a function from the day to its files, as path and bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date


def _shanghai(today: date) -> dict[str, bytes]:
    from planner.samples.shanghai import shanghai  # noqa: PLC0415  (its vocabulary is read only by who asks for it)

    return shanghai(today)


SAMPLES: Mapping[str, Callable[[date], dict[str, bytes]]] = {"shanghai": _shanghai}
