"""
Straight lines at steady speeds, with a detour factor that stands in for streets.

Walking is refused where the straight line crosses a river that cannot be walked across; a car loses the policy's
minutes for each crossing on the way to a bridge or tunnel; the metro passes underneath. A mixed team walks what it can
walk, and takes the faster of metro and car for the rest. Legs take whole minutes,
rounded up: a route is read by people, and nobody plans to the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.geo import crossings, great_circle_metres
from planner.teams import TravelMode
from planner.travel.legs import MODES, UNREACHABLE, Legs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.districts import Barrier
    from planner.geo import FloatArray, Place
    from planner.policy import TravelPolicy

BLOCK = 64
"""Rows at a time: the working arrays of a block stay in the processor's cache, four times faster than in memory."""

ROUNDING = 1e-9
"""Minutes: a leg of 28 minutes to the last binary digit but one is not one of 29."""

_WALK = MODES.index(TravelMode.WALK)


@dataclass(frozen=True)
class GreatCircle:
    """The travel engine that needs nothing but the tables: 2,000 × 2,000 legs in under a second."""

    policy: TravelPolicy
    barriers: tuple[Barrier, ...] = ()

    def __call__(self, places: Sequence[Place], mode: TravelMode) -> Legs:
        """Legs between all places for a team that travels by the given mode; the way back is as long."""
        n = len(places)
        at = [place.at for place in places]
        legs = Legs(np.zeros((n, n), np.int32), np.zeros((n, n), np.int32), np.zeros((n, n), np.int8))
        for top in range(0, n, BLOCK):
            rows, beyond = slice(top, min(top + BLOCK, n)), slice(top, n)
            metres = np.rint(great_circle_metres(at[rows], at[beyond]))
            crossed = [crossings(at[rows], at[beyond], barrier.line) for barrier in self.barriers]
            seconds, modes = self._fastest(metres, crossed, mode)
            for matrix, block in ((legs.metres, metres), (legs.seconds, seconds), (legs.modes, modes)):
                matrix[rows, beyond] = block
                matrix[beyond, rows] = block.T
        for matrix in (legs.metres, legs.seconds, legs.modes):
            np.fill_diagonal(matrix, 0)
        return legs

    def _fastest(
        self, metres: FloatArray, crossed: Sequence[NDArray[np.int8]], mode: TravelMode
    ) -> tuple[FloatArray, NDArray[np.int8]]:
        choices = MODES if mode is TravelMode.MIXED else (mode,)
        seconds = np.full(metres.shape, float(UNREACHABLE))
        modes = np.full(metres.shape, MODES.index(choices[-1]), np.int8)
        for choice in choices:
            needed = self._seconds(choice, metres, crossed, mixed=mode is TravelMode.MIXED)
            # Nobody fetches the car for a leg that a mixed team can walk.
            better = (needed < seconds) & ~((modes == _WALK) & (seconds < UNREACHABLE))
            np.copyto(seconds, needed, where=better)
            modes[better] = MODES.index(choice)
        minutes = np.ceil(seconds / 60 - ROUNDING)
        return 60 * np.maximum(minutes, self.policy.least_minutes), modes

    def _seconds(
        self, mode: TravelMode, metres: FloatArray, crossed: Sequence[NDArray[np.int8]], *, mixed: bool
    ) -> FloatArray:
        policy = self.policy
        if mode is TravelMode.WALK:
            seconds = metres * (policy.walk_detour * 3.6 / policy.walk_kmh)
            if mixed:
                seconds[metres > policy.walk_most_metres] = UNREACHABLE
            for barrier, count in zip(self.barriers, crossed, strict=True):
                if not barrier.walkable:
                    seconds[count > 0] = UNREACHABLE
        elif mode is TravelMode.METRO:
            changes = np.floor(metres / policy.metro_change_every_metres)
            minutes = policy.metro_minutes + policy.metro_change_minutes * changes
            seconds = minutes * 60 + metres * (policy.metro_detour * 3.6 / policy.metro_kmh)
        else:
            inner = np.minimum(metres, policy.car_inner_metres)
            hours = inner / policy.car_inner_kmh + (metres - inner) / policy.car_outer_kmh
            seconds = policy.car_minutes * 60 + hours * (policy.car_detour * 3.6)
            for barrier, count in zip(self.barriers, crossed, strict=True):
                if barrier.crossing_minutes:
                    seconds += count * (barrier.crossing_minutes * 60.0)
        return seconds
