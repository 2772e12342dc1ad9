"""Sample workspaces by name: each a function from the day to its files, as path and bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .shanghai import shanghai

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

SAMPLES: dict[str, Callable[[date], dict[str, bytes]]] = {"shanghai": shanghai}
