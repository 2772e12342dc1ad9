"""What every travel engine takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from planner.teams import TravelMode

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from planner.geo import Place

MODES = (TravelMode.WALK, TravelMode.METRO, TravelMode.CAR)
"""What a leg is travelled by; ``Legs.modes`` holds positions in this tuple."""

UNREACHABLE = 10 * 86_400
"""Seconds of a leg that cannot be travelled: longer than any horizon, small enough for 32 bits to add up."""


@dataclass(frozen=True, eq=False)
class Legs:
    """
    Legs from each place to each other, arrays of shape (n, n).

    The diagonal is zero seconds and zero metres.
    """

    seconds: NDArray[np.int32]
    """Whole seconds, rounded up; ``UNREACHABLE`` where no team gets through."""
    metres: NDArray[np.int32]
    """Whole metres as the crow flies."""
    modes: NDArray[np.int8]
    """Positions in ``MODES``."""


class TravelTimes(Protocol):
    """How long teams need between places."""

    def __call__(self, places: Sequence[Place], mode: TravelMode) -> Legs:
        """Legs between all places for a team that travels by the given mode."""
