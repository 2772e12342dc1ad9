"""Records that passed every check, as the values of the program."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from planner.clock import Calendar
from planner.districts import Barrier, District
from planner.enterprises import Enterprise
from planner.geo import Datum, LonLat, to_wgs84
from planner.locating import locate
from planner.readers.duplicates import aliases
from planner.readers.tables import (
    BARRIERS,
    CALENDAR,
    DISTRICTS,
    ENTERPRISES,
    INSPECTIONS,
    OFFICERS,
    PLACES,
    RECUSALS,
    SAME_AS,
    SHIFTS,
    TEAMS,
    VIOLATIONS,
    Table,
)
from planner.register import Register
from planner.teams import Officer, Recusal, Shift, Team
from planner.violations import Inspection, Scope, Violation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.policy import Policy
    from planner.readers.records import Record, Records
    from planner.readers.tables import Cells


def register(tables: Mapping[Table, Records], policy: Policy) -> Register:
    """The register of the tables, each in the order of its ids, whatever the order of its rows."""

    def rows(table: Table) -> Sequence[Record]:
        return tables[table].rows

    def cells(table: Table) -> list[Cells]:
        return [record.cells for record in rows(table)]

    datum = policy.workspace.datum
    same = aliases((row["enterprise_id"], row["other_id"]) for row in cells(SAME_AS) if row["same"])
    found_later = {row["enterprise_id"]: row for row in cells(PLACES)}
    enterprises = _enterprises(
        [row for row in cells(ENTERPRISES) if row["enterprise_id"] not in same], found_later, datum
    )

    def joined(table: Table) -> list[Cells]:
        """The cells of a table, its enterprises by the ids that they are read as."""
        return [
            {**row, "enterprise_id": same[row["enterprise_id"]]} if row.get("enterprise_id") in same else row
            for row in cells(table)
        ]

    districts = tuple(sorted(map(district, rows(DISTRICTS)), key=lambda d: d.district_id))
    return Register(
        enterprises=enterprises,
        violations=tuple(sorted(map(_violation, joined(VIOLATIONS)), key=lambda v: v.violation_id)),
        inspections=tuple(sorted(map(_inspection, joined(INSPECTIONS)), key=lambda i: i.inspection_id)),
        teams=_teams(cells(TEAMS), datum),
        officers=tuple(sorted((Officer(**row) for row in cells(OFFICERS)), key=lambda o: o.officer_id)),
        shifts=tuple(sorted(map(_shift, cells(SHIFTS)), key=lambda s: (s.team_id, str(s.day), str(s.weekday)))),
        recusals=tuple(
            sorted(
                (Recusal(**row) for row in joined(RECUSALS)),
                key=lambda r: (r.officer_id, r.enterprise_id or "", r.operator or ""),
            )
        ),
        districts=districts,
        barriers=tuple(sorted(map(_barrier, rows(BARRIERS)), key=lambda b: b.barrier_id)),
        calendar=Calendar(
            MappingProxyType({row["date"]: row["working"] for row in cells(CALENDAR)}),
            public=policy.workspace.holidays == "cn",
        ),
        located=locate(enterprises, districts, policy.workspace.nearest_district_metres),
    )


def _enterprises(rows: Sequence[Cells], found_later: Mapping[str, Cells], default: Datum) -> tuple[Enterprise, ...]:
    rows = sorted(rows, key=lambda row: str(row["enterprise_id"]))
    known = [row if "lon" in row else found_later.get(row["enterprise_id"], row) for row in rows]
    known = [row for row in known if "lon" in row]
    given = [LonLat(row["lon"], row["lat"]) for row in known]
    converted = _in_wgs84(given, [row.get("datum", default) for row in known])
    places = {row["enterprise_id"]: place for row, place in zip(known, converted, strict=True)}
    return tuple(
        Enterprise(
            row["enterprise_id"],
            row["name"],
            places.get(row["enterprise_id"]),
            row["scenario"],
            operator=row.get("operator", row["enterprise_id"]),
            credit_code=row.get("credit_code", ""),
            address=row.get("address", ""),
            opening_hours=row.get("opening_hours", ""),
            visit_minutes=row.get("visit_minutes"),
            risk_class=row.get("risk_class", ""),
        )
        for row in rows
    )


def _teams(rows: Sequence[Cells], datum: Datum) -> tuple[Team, ...]:
    rows = sorted(rows, key=lambda row: str(row["team_id"]))
    starts = [LonLat(row["start_lon"], row["start_lat"]) for row in rows]
    ends = [
        LonLat(row.get("end_lon", start.lon), row.get("end_lat", start.lat))
        for row, start in zip(rows, starts, strict=True)
    ]
    starts, ends = _in_wgs84(starts, [datum] * len(rows)), _in_wgs84(ends, [datum] * len(rows))
    return tuple(
        Team(
            row["team_id"],
            row["name"],
            start,
            end,
            officers=row["officers"],
            authorities=frozenset(row.get("authorities", ())),
            scenarios=frozenset(row.get("scenarios", ())),
            max_visits=row.get("max_visits"),
            travel=row.get("travel"),
        )
        for row, start, end in zip(rows, starts, ends, strict=True)
    )


def _in_wgs84(places: Sequence[LonLat], datums: Sequence[Datum]) -> list[LonLat]:
    """The places in WGS 84, each from its own datum."""
    converted = list(places)
    for datum in {*datums} - {Datum.WGS84}:
        chosen = [k for k, given in enumerate(datums) if given is datum]
        degrees = np.array([places[k] for k in chosen])
        lon, lat = to_wgs84(degrees[:, 0], degrees[:, 1], datum)
        for k, place in zip(chosen, zip(lon.tolist(), lat.tolist(), strict=True), strict=True):
            converted[k] = LonLat(*place)
    return converted


def _violation(cells: Cells) -> Violation:
    return Violation(
        cells["violation_id"],
        cells["enterprise_id"],
        cells["found_on"],
        cells["kind"],
        cells["action"],
        aggravations=frozenset(cells.get("aggravations", ())),
        rectify_by=cells.get("rectify_by"),
        scope=cells.get("scope", Scope.SITE),
        rectified_on=cells.get("rectified_on"),
        note=cells.get("note", ""),
    )


def _inspection(cells: Cells) -> Inspection:
    return Inspection(
        cells["inspection_id"],
        cells["enterprise_id"],
        cells["date"],
        cells["result"],
        inspection_type=cells.get("inspection_type", ""),
    )


def _shift(cells: Cells) -> Shift:
    minutes = cells.get("break_minutes")
    return Shift(
        cells["team_id"],
        cells.get("date"),
        cells.get("weekday"),
        cells.get("start"),
        cells.get("end"),
        break_seconds=None if minutes is None else minutes * 60,
        break_from=cells.get("break_from"),
        break_to=cells.get("break_to"),
    )


def district(record: Record) -> District:
    """The business district that a record describes."""
    return District(polygons=record.polygons, **record.cells)


def _barrier(record: Record) -> Barrier:
    return Barrier(line=record.line, **record.cells)
