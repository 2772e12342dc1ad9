"""
How long teams need between places: a family of engines, one file each.

A new engine is a file here and a line in ``ENGINES``; it inherits every test of ``tests/travel/test_contract.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.travel.great_circle import GreatCircle
from planner.travel.legs import MODES, UNREACHABLE, Legs, TravelTimes
from planner.travel.matrix_file import MatrixFile, read_matrix

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from planner.policy import Policy
    from planner.register import Register
    from planner.teams import TravelMode

__all__ = ["MODES", "UNREACHABLE", "GreatCircle", "Legs", "MatrixFile", "TravelTimes", "engine", "measured"]


def engine(register: Register, policy: Policy, data: Path | None = None) -> TravelTimes:
    """The engine that the policy names; ``data`` is the folder of ``travel.csv``, for ``matrix_file``."""
    great_circle = GreatCircle(policy.travel, register.barriers)
    if policy.travel.engine == "great_circle":
        return great_circle
    if data is None:
        raise ValueError("the engine matrix_file needs the folder of travel.csv")
    return read_matrix(data / "travel.csv", great_circle)


def measured(travel: TravelTimes) -> Mapping[tuple[str, str], tuple[int, int, TravelMode]]:
    """The legs that an engine has from a table, for the checker, which works out all others by itself."""
    return travel.legs if isinstance(travel, MatrixFile) else {}
