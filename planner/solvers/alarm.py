"""A moment after which work is to stop: compiled kernels, which cannot look at a clock, look at an array."""

from __future__ import annotations

import time
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

Alarm: TypeAlias = NDArray[np.bool_]
"""Shape (1,): whether the moment has come."""

SILENT: Alarm = np.zeros(1, np.bool_)
"""One that never rings."""


class Rang(Exception):  # noqa: N818  (nothing is wrong)
    """An alarm has rung in the middle of some work, which is worth nothing unless it is whole."""


@contextmanager
def alarm(moment: float | None) -> Iterator[Alarm]:
    """An alarm that rings at a moment of ``time.monotonic()``, if there is one, while the block is at work."""
    if moment is None:
        yield SILENT
        return
    rings = np.zeros(1, np.bool_)
    timer = Timer(max(0.0, moment - time.monotonic()), rings.fill, [True])
    timer.daemon = True
    timer.start()
    try:
        yield rings
    finally:
        timer.cancel()
