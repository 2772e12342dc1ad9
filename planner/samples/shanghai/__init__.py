"""
The Shanghai sample: an invented campaign on real ground.

Districts, rivers, streets and totals follow the city's campaign of 2023; every
enterprise, shopping centre, officer and finding is invented. All chance comes from
fixed seeds, so the files are the same bytes on every machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import businesses, history, latent, people
from .ground import BUSINESS_DISTRICTS
from .polygons import rings
from .rivers import RIVERS
from .tables import csv_table, feature_collection
from .workdays import TODAY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, timedelta

__all__ = ["shanghai", "true_risk"]


def shanghai(today: date = TODAY) -> dict[str, bytes]:
    """
    The sample's files by their path in a workspace, as they stand on the morning of the day.

    Another day moves all dates by the same number of days, so deadlines may then
    fall on weekends; only ``calendar.csv`` stays, because it states public facts.
    """
    shift = today - TODAY
    roster = businesses.enterprises()
    violations, inspections = history.history(roster)
    return {
        "districts/business_districts.geojson": _districts(),
        "districts/barriers.geojson": _barriers(),
        "data/enterprises.csv": _enterprises(roster),
        "data/violations.csv": _violations(violations, shift),
        "data/inspections.csv": _inspections(inspections, shift),
        "data/teams.csv": _teams(),
        "data/officers.csv": _officers(shift),
        "data/shifts.csv": _shifts(shift),
        "data/recusals.csv": csv_table(
            ("officer_id", "enterprise_id", "operator"),
            ((row.officer_id, row.enterprise_id, row.operator) for row in people.recusals(roster, violations)),
        ),
        "data/calendar.csv": csv_table(("date", "working"), people.calendar()),
    }


def true_risk() -> dict[str, float]:
    """The probability behind each enterprise's first check, by id: what a good priority should find out."""
    odds = latent.log_odds(businesses.enterprises())
    return {enterprise_id: latent.probability(value) for enterprise_id, value in odds.items()}


def _districts() -> bytes:
    shapes = rings()
    return feature_collection(
        (
            {
                "district_id": district.code,
                "name": district.name,
                "name_en": district.name_en,
                "authority": district.authority,
                "weight": 1.1 if district.city_level else 1.0,
            },
            {"type": "Polygon", "coordinates": [[*shapes[district.code], shapes[district.code][0]]]},
        )
        for district in BUSINESS_DISTRICTS
    )


def _barriers() -> bytes:
    return feature_collection(
        (
            {
                "barrier_id": river.barrier_id,
                "name": river.name,
                "name_en": river.name_en,
                "walkable": river.walkable,
                "crossing_minutes": river.crossing_minutes,
                "width_m": river.width_m,
            },
            {"type": "LineString", "coordinates": river.line},
        )
        for river in RIVERS
    )


def _enterprises(roster: Sequence[businesses.Enterprise]) -> bytes:
    classes = latent.risk_classes(latent.log_odds(roster))
    header = (
        "enterprise_id",
        "name",
        "lon",
        "lat",
        "datum",
        "scenario",
        "operator",
        "credit_code",
        "address",
        "opening_hours",
        "visit_minutes",
        "risk_class",
    )
    return csv_table(
        header,
        (
            (
                row.enterprise_id,
                row.name,
                row.lon,
                row.lat,
                "wgs84",
                row.scenario,
                row.operator,
                row.credit_code,
                row.address,
                row.opening_hours,
                row.visit_minutes,
                classes[row.enterprise_id],
            )
            for row in roster
        ),
    )


def _violations(violations: Sequence[history.Violation], shift: timedelta) -> bytes:
    header = (
        "violation_id",
        "enterprise_id",
        "found_on",
        "kind",
        "aggravations",
        "action",
        "rectify_by",
        "scope",
        "rectified_on",
        "note",
    )
    return csv_table(
        header,
        (
            (
                f"V{number:05d}",
                row.enterprise_id,
                row.found_on,
                row.kind,
                row.aggravations,
                row.action,
                row.rectify_by,
                row.scope,
                row.rectified_on,
                row.note,
            )
            for number, row in enumerate(violations, start=1)
        ),
        shift,
    )


def _inspections(inspections: Sequence[history.Inspection], shift: timedelta) -> bytes:
    return csv_table(
        ("inspection_id", "enterprise_id", "date", "result", "inspection_type"),
        (
            (f"I{number:06d}", row.enterprise_id, row.date, row.result, row.inspection_type)
            for number, row in enumerate(inspections, start=1)
        ),
        shift,
    )


def _teams() -> bytes:
    header = (
        "team_id",
        "name",
        "start_lon",
        "start_lat",
        "end_lon",
        "end_lat",
        "authorities",
        "scenarios",
        "officers",
        "max_visits",
        "travel",
    )
    return csv_table(
        header,
        (
            (
                team.team_id,
                team.name,
                team.start_lon,
                team.start_lat,
                None,
                None,
                team.authorities,
                team.scenarios,
                team.officers,
                team.max_visits,
                team.travel,
            )
            for team in people.teams()
        ),
    )


def _officers(shift: timedelta) -> bytes:
    return csv_table(
        ("officer_id", "name", "agency", "certificate", "valid_until"),
        (
            (officer.officer_id, officer.name, officer.agency, officer.certificate, officer.valid_until)
            for officer in people.officers()
        ),
        shift,
    )


def _shifts(shift: timedelta) -> bytes:
    return csv_table(
        ("team_id", "date", "weekday", "start", "end", "break_minutes", "break_from", "break_to"),
        (
            (
                row.team_id,
                row.date,
                row.weekday,
                row.start,
                row.end,
                row.break_minutes,
                row.break_from,
                row.break_to,
            )
            for row in people.shifts()
        ),
        shift,
    )
