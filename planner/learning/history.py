"""
The history of visits as arrays, and what was known of it on a given day.

Everything that scores a place goes through ``Known``, which is made from the rows before its day only: what was
found, rectified or visited later cannot reach a score.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from math import nan
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from planner.geo import EARTH_RADIUS_M, BoolArray, FloatArray, IntArray
from planner.violations import Action, InspectionResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planner.register import Register
    from planner.violations import Violation

NEVER = date.max.toordinal()
SERIOUS = (Action.INTERVIEW, Action.WARNING, Action.FINE, Action.CASE)
"""What the office answered with these was a serious finding; the rest is minor."""
LADDER = tuple(Action)
"""Mildest first: the place of an action in this tuple is its rung."""

LEAD = re.compile(r"complaint|投诉|举报|信访", re.IGNORECASE)
"""Types of visits that answer a complaint."""
FOLLOW_UP = re.compile(r"look_?back|follow|re-?inspect|re-?visit|reopen|复查|回头看", re.IGNORECASE)
"""Types of visits that follow up what was found before."""

Numbered: TypeAlias = "tuple[tuple[str, ...], IntArray]"
"""Names, and the number of the name of each place, -1 without one."""


@dataclass(frozen=True)
class PlaceRow:
    """A place as a history needs it; a place without coordinates has NaN."""

    place_id: str
    lon: float
    lat: float
    scenario: str
    district: str
    operator: str


@dataclass(frozen=True)
class VisitRow:
    """A visit and what it found; ``movable``: it could as well have been made on another day."""

    record: str
    place_id: str
    day: date
    found: bool
    serious: bool = False
    minor: int = 0
    lead: bool = False
    movable: bool = True


@dataclass(frozen=True)
class OpenRow:
    """A finding that had to be put right: from when, by when, until when, and the rung of its action."""

    record: str
    place_id: str
    found_on: date
    rectify_by: date | None
    rectified_on: date | None
    rung: int


@dataclass(frozen=True, eq=False)
class History:
    """Places (n) and visits (m), oldest first; days are ordinals."""

    ids: tuple[str, ...]
    scenarios: tuple[str, ...]
    scenario: IntArray
    districts: tuple[str, ...]
    district: IntArray
    """-1: in none."""
    operator: IntArray
    metres: FloatArray
    """East and north of the middle of all places, shape (n, 2); NaN where the place is not known."""
    records: tuple[str, ...]
    place: IntArray
    day: IntArray
    found: BoolArray
    serious: BoolArray
    minor: IntArray
    lead: BoolArray
    movable: BoolArray
    open_records: tuple[str, ...]
    open_place: IntArray
    open_from: IntArray
    open_by: IntArray
    open_until: IntArray
    open_rung: IntArray

    @cached_property
    def number(self) -> dict[str, int]:
        """The index of each place by its id."""
        return {place_id: k for k, place_id in enumerate(self.ids)}

    def window(self, start: int, length: int) -> IntArray:
        """The movable visits in so many days, by index."""
        return np.flatnonzero(self.movable & (self.day >= start) & (self.day < start + length))

    def until(self, day: int) -> History:
        """Without the visits from a day on, without what was found from it on, and without what was put right then."""
        m = int(np.searchsorted(self.day, day))
        kept = np.flatnonzero(self.open_from < day)
        until = self.open_until[kept]
        return replace(
            self,
            records=self.records[:m],
            place=self.place[:m],
            day=self.day[:m],
            found=self.found[:m],
            serious=self.serious[:m],
            minor=self.minor[:m],
            lead=self.lead[:m],
            movable=self.movable[:m],
            open_records=tuple(self.open_records[k] for k in kept),
            open_place=self.open_place[kept],
            open_from=self.open_from[kept],
            open_by=self.open_by[kept],
            open_until=np.where(until < day, until, NEVER),
            open_rung=self.open_rung[kept],
        )


def history(places: Sequence[PlaceRow], visits: Iterable[VisitRow], findings: Iterable[OpenRow] = ()) -> History:
    """
    The history in rows; several visits to a place on one day count as one, a lead or a follow-up beside a check.

    Visits to unknown places are left out.
    """
    ids = tuple(place.place_id for place in places)
    number = {place_id: k for k, place_id in enumerate(ids)}
    scenarios, scenario = _numbered([place.scenario for place in places])
    districts, district = _numbered([place.district for place in places])
    merged: dict[tuple[int, int, bool, bool], VisitRow] = {}
    for visit in visits:
        if visit.place_id in number:
            key = (visit.day.toordinal(), number[visit.place_id], visit.lead, visit.movable)
            same = merged.get(key)
            merged[key] = visit if same is None else _both(same, visit)
    keys = sorted(merged, key=lambda key: (key[0], key[1], merged[key].record))
    rows = [merged[key] for key in keys]
    open_ = sorted((f for f in findings if f.place_id in number), key=lambda f: (f.found_on, f.record))
    return History(
        ids=ids,
        scenarios=scenarios,
        scenario=scenario,
        districts=districts,
        district=district,
        operator=_numbered([place.operator or place.place_id for place in places])[1],
        metres=_metres(np.array([(place.lon, place.lat) for place in places], float).reshape(-1, 2)),
        records=tuple(row.record for row in rows),
        place=np.array([key[1] for key in keys], np.int64),
        day=np.array([key[0] for key in keys], np.int64),
        found=np.array([row.found for row in rows], bool),
        serious=np.array([row.serious for row in rows], bool),
        minor=np.array([row.minor for row in rows], np.int64),
        lead=np.array([row.lead for row in rows], bool),
        movable=np.array([row.movable for row in rows], bool),
        open_records=tuple(f.record for f in open_),
        open_place=np.array([number[f.place_id] for f in open_], np.int64),
        open_from=np.array([f.found_on.toordinal() for f in open_], np.int64),
        open_by=np.array([f.rectify_by.toordinal() if f.rectify_by else NEVER for f in open_], np.int64),
        open_until=np.array([f.rectified_on.toordinal() if f.rectified_on else NEVER for f in open_], np.int64),
        open_rung=np.array([f.rung for f in open_], np.int64),
    )


def of_register(register: Register) -> History:
    """
    The history that a workspace's own tables tell.

    A violation whose inspection is not in the table counts as a visit that found something. Look-backs and visits
    that answer a complaint teach, but are not movable: others decide their day.
    """
    places = [
        PlaceRow(
            e.enterprise_id,
            nan if e.place is None else e.place.lon,
            nan if e.place is None else e.place.lat,
            e.scenario.value,
            register.located.get(e.enterprise_id, ""),
            e.operator,
        )
        for e in register.enterprises
    ]
    by_visit: dict[tuple[str, date], list[Violation]] = defaultdict(list)
    for violation in register.violations:
        by_visit[violation.enterprise_id, violation.found_on].append(violation)
    rows = []
    seen = set()
    for i in register.inspections:
        key = (i.enterprise_id, i.day)
        seen.add(key)
        found = i.result is InspectionResult.VIOLATION
        lead, follow_up = bool(LEAD.search(i.inspection_type)), bool(FOLLOW_UP.search(i.inspection_type))
        serious, minor = _graded(by_visit.get(key, ()) if found else ())
        rows.append(
            VisitRow(i.inspection_id, i.enterprise_id, i.day, found, serious, minor, lead, not lead and not follow_up)
        )
    for key, violations in by_visit.items():
        if key not in seen:
            serious, minor = _graded(violations)
            rows.append(
                VisitRow(violations[0].violation_id, *key, found=True, serious=serious, minor=minor, movable=False)
            )
    findings = [
        OpenRow(v.violation_id, v.enterprise_id, v.found_on, v.rectify_by, v.rectified_on, LADDER.index(v.action))
        for v in register.violations
    ]
    return history(places, rows, findings)


def with_first_deadlines(register: Register, tables: Register) -> Register:
    """A register with what was recorded since, but deadlines as the tables have them: a later one was not yet known."""
    first = {violation.violation_id: violation for violation in tables.violations}
    violations = (
        replace(v, rectify_by=first[v.violation_id].rectify_by) if v.violation_id in first else v
        for v in register.violations
    )
    return replace(register, violations=tuple(violations))


def _graded(violations: Sequence[Violation]) -> tuple[bool, int]:
    """Whether any was serious, and how many were not."""
    serious = sum(violation.action in SERIOUS for violation in violations)
    return serious > 0, len(violations) - serious


def _both(one: VisitRow, other: VisitRow) -> VisitRow:
    return replace(
        one,
        found=one.found or other.found,
        serious=one.serious or other.serious,
        minor=max(one.minor, other.minor),
    )


def _numbered(names: Sequence[str]) -> Numbered:
    known = tuple(sorted({name for name in names if name}))
    number = {name: k for k, name in enumerate(known)}
    return known, np.array([number.get(name, -1) for name in names], np.int64)


def _metres(degrees: FloatArray) -> FloatArray:
    """Degrees as metres on a plane that touches the Earth in the middle of the places."""
    known = degrees[~np.isnan(degrees).any(axis=1)]
    lon, lat = np.median(known, axis=0) if len(known) else (0.0, 0.0)
    scale = np.array([np.cos(np.radians(lat)), 1.0])
    metres: FloatArray = np.radians(degrees - (lon, lat)) * scale * EARTH_RADIUS_M
    return metres
