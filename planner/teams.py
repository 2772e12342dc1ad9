"""Enforcement teams, their officers, shifts and recusals."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from planner.enterprises import Scenario
    from planner.geo import LonLat


class Agency(StrEnum):
    """The authority whose certificate an officer carries."""

    CAC = "cac"
    AMR = "amr"


class TravelMode(StrEnum):
    """How a team gets about; ``mixed`` walks short legs and takes the faster of metro and car for the rest."""

    WALK = "walk"
    METRO = "metro"
    CAR = "car"
    MIXED = "mixed"


@dataclass(frozen=True)
class Officer:
    """An officer with an enforcement certificate."""

    officer_id: str
    name: str
    agency: Agency
    certificate: str
    valid_until: date | None = None
    """Last day of the certificate; None: without end."""

    def is_certified(self, day: date) -> bool:
        """Whether the certificate is valid on the day."""
        return self.valid_until is None or day <= self.valid_until


@dataclass(frozen=True)
class Team:
    """Officers who go out together, where they start and end, and where they may act."""

    team_id: str
    name: str
    start: LonLat
    end: LonLat
    officers: tuple[str, ...]
    authorities: frozenset[str] = frozenset()
    """Admin districts it may act in; empty: the whole city."""
    scenarios: frozenset[Scenario] = frozenset()
    """Scenarios it may inspect; empty: all."""
    max_visits: int | None = None
    """Most visits a day; None: the policy's number."""
    travel: TravelMode | None = None
    """How it gets about; None: the policy's mode."""


@dataclass(frozen=True)
class Shift:
    """When a team works on a date or on a weekday (0 = Monday); ``start`` None: it does not. Seconds."""

    team_id: str
    day: date | None
    weekday: int | None
    start: int | None
    end: int | None
    break_seconds: int | None = None
    break_from: int | None = None
    break_to: int | None = None


@dataclass(frozen=True)
class Recusal:
    """An officer who must not inspect an enterprise, or any enterprise of an operator."""

    officer_id: str
    enterprise_id: str | None = None
    operator: str | None = None
