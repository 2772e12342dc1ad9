"""Previous violations, and the inspections that found them (or found nothing)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


class ViolationKind(StrEnum):
    """What was wrong, in the four official words and two more."""

    OVER_COLLECTION = "over_collection"
    COMPULSORY = "compulsory"
    INDUCED = "induced"
    ILLEGAL_USE = "illegal_use"
    NO_NOTICE = "no_notice"
    RIGHTS = "rights"


class Aggravation(StrEnum):
    """What makes a violation weigh more."""

    MINORS = "minors"
    PRECISE_LOCATION = "precise_location"
    FACE = "face"


class Action(StrEnum):
    """What the office did about it, mildest first."""

    GUIDANCE = "guidance"
    ON_THE_SPOT_CORRECTION = "on_the_spot_correction"
    ORDER_TO_CORRECT = "order_to_correct"
    INTERVIEW = "interview"
    WARNING = "warning"
    FINE = "fine"
    CASE = "case"


class Scope(StrEnum):
    """Where a rectification can be seen: at that site only, or at any site of the operator."""

    SITE = "site"
    OPERATOR = "operator"


class InspectionResult(StrEnum):
    """What a past visit found."""

    CLEAN = "clean"
    VIOLATION = "violation"


@dataclass(frozen=True)
class Violation:
    """What an inspection found at an enterprise; still owed a look-back until ``rectified_on``."""

    violation_id: str
    enterprise_id: str
    found_on: date
    kind: ViolationKind
    action: Action
    aggravations: frozenset[Aggravation] = frozenset()
    rectify_by: date | None = None
    """The rectification deadline; None: none was set."""
    scope: Scope = Scope.SITE
    rectified_on: date | None = None
    """The day a look-back verified the rectification."""
    note: str = ""


@dataclass(frozen=True)
class Inspection:
    """A past visit, clean ones too."""

    inspection_id: str
    enterprise_id: str
    day: date
    result: InspectionResult
    inspection_type: str = ""
