"""Enterprises: businesses at a place, and the scenario in which they take personal information."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.geo import LonLat


class Scenario(StrEnum):
    """How consumers' personal information is taken."""

    SCAN_TO_ORDER = "scan_to_order"
    PARKING_PAYMENT = "parking_payment"
    CHILDRENS_TRAINING = "childrens_training"
    POWER_BANK_RENTAL = "power_bank_rental"
    RETAIL = "retail"
    PROPERTY_AGENCY = "property_agency"
    CAR_DEALER = "car_dealer"
    ONLINE_LENDING = "online_lending"


@dataclass(frozen=True)
class Enterprise:
    """A business at a place. Its operator answers for the personal information: a chain, or itself."""

    enterprise_id: str
    name: str
    place: LonLat | None
    """None: nobody knows yet; it is kept and listed, and planned once it is located."""
    scenario: Scenario
    operator: str
    credit_code: str = ""
    address: str = ""
    opening_hours: str = ""
    """OSM syntax; empty: the policy's hours of the scenario."""
    visit_minutes: int | None = None
    """Length of a visit; None: the policy's minutes of the scenario."""
    risk_class: str = ""
    """Credit-risk class A to D: an internal tie-breaker that is never shown outside."""

    @property
    def at(self) -> LonLat:
        """
        Where a team goes that visits it.

        Raises
        ------
        ValueError
            Its coordinates are not known.
        """
        if self.place is None:
            raise ValueError(f"the coordinates of {self.enterprise_id} are not known")
        return self.place
