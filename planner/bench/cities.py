"""
Cities made from a seed: a whole register each, so that what solvers find in them is judged like any real plan.

Sixteen admin authorities of ten by ten kilometres hold business districts, rectangles from a street to a quarter of
an authority. Most enterprises crowd into them, a few districts holding most; the others are scattered. Every
enterprise owes one look-back that has opened; most were mild matters, a few grave, repeated by complaints or overdue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from planner.clock import Calendar
from planner.districts import District
from planner.enterprises import Enterprise, Scenario
from planner.geo import LonLat
from planner.locating import locate
from planner.policy import Policy
from planner.priority import COMPLAINT
from planner.register import Register
from planner.teams import Agency, Officer, Team, TravelMode
from planner.violations import Action, Aggravation, Inspection, InspectionResult, Violation, ViolationKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

T = TypeVar("T")

DAY = date(2026, 11, 24)
"""The first day of every horizon, a Tuesday."""


@dataclass(frozen=True)
class Size:
    """How large a city and its horizon are."""

    teams: int
    days: int
    candidates: int
    """Look-backs that are open on the first day, each at one enterprise."""
    offices: int
    """Where the teams start and end."""
    by_authority: bool = False
    """Teams may act only in the authorities around their office; else city-wide, by scenario."""


SIZES = {
    "S": Size(2, 2, 120, 2),
    "D": Size(6, 1, 300, 2),
    "M": Size(6, 2, 400, 2),
    "L": Size(12, 5, 2_000, 4),
    "XL": Size(40, 5, 6_000, 10, by_authority=True),
}

CELLS = 4
"""Authorities in a row, and rows of them."""
CELL_KM = 10.0

SCATTERED = 0.12
MANDATORY = 0.02
"""Share of the look-backs that are due within the horizon."""
CLOSED_DAY = 0.06
COMPLAINED = 0.12
KEY_DISTRICT = 0.15

SPECIAL = Scenario.ONLINE_LENDING
"""Only half of the teams inspect it, where teams act city-wide."""

_SCENARIOS = {
    Scenario.RETAIL: 30,
    Scenario.SCAN_TO_ORDER: 20,
    Scenario.PARKING_PAYMENT: 18,
    Scenario.POWER_BANK_RENTAL: 12,
    Scenario.PROPERTY_AGENCY: 10,
    SPECIAL: 10,
}
_MINUTES = {5: 12, 10: 15, 15: 25, 20: 15, 25: 13, 30: 10, 35: 5, 45: 5}
"""On site; certificate and record come on top."""
_HOURS = {
    ("24/7", "08:00-22:00", "09:00-18:00", "10:00-21:30"): 55,
    ("09:00-11:30,13:00-17:30", "09:30-12:00,14:00-18:00"): 20,
    ("10:30-14:00,16:00-18:00",): 12,
    tuple(f"{start:02}:00-{start + hours:02}:00" for start in range(9, 15) for hours in (2, 3)): 13,
}
_ACTIONS = {
    Action.GUIDANCE: 30,
    Action.ON_THE_SPOT_CORRECTION: 28,
    Action.ORDER_TO_CORRECT: 25,
    Action.INTERVIEW: 7,
    Action.WARNING: 5,
    Action.FINE: 3,
    Action.CASE: 2,
}
_BY_WORKING_DAYS = (Action.GUIDANCE, Action.ON_THE_SPOT_CORRECTION, Action.ORDER_TO_CORRECT, Action.WARNING)
"""Their look-backs are due so many working days after the deadline; the others' weeks later."""
_KINDS = {
    ViolationKind.OVER_COLLECTION: 35,
    ViolationKind.INDUCED: 20,
    ViolationKind.COMPULSORY: 20,
    ViolationKind.NO_NOTICE: 15,
    ViolationKind.ILLEGAL_USE: 10,
}
_AGGRAVATIONS: Mapping[tuple[Aggravation, ...], int] = {
    (): 85,
    (Aggravation.PRECISE_LOCATION,): 7,
    (Aggravation.FACE,): 4,
    (Aggravation.MINORS,): 4,
}
_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr")

_CORNER = LonLat(121.2, 30.95)
_DEGREES_PER_KM = LonLat(0.010_502, 0.008_993)


def policy(*, breaks: bool = True) -> Policy:
    """
    The default policy, changed so that look-backs, priority and minutes by car are all that counts.

    No spot checks, no discount for later days, at most twelve visits, a break of 45 minutes between 11:30 and 13:30
    (or none), and every enterprise belongs to the district nearest to it.
    """
    changes: dict[str, dict[str, object]] = {
        "workspace": {"nearest_district_metres": 100_000},
        "spot_checks": {"sibling_points": 0, "anti_rebound_points": 0, "never_inspected_points": 0},
        "visits": {"max_visits": 12},
        "shift": {"break_minutes": 45 if breaks else 0},
        "travel": {"mode": TravelMode.CAR},
        "plan": {"later_day_discount": 0},
    }
    default = Policy.default()
    return default.model_copy(
        update={name: getattr(default, name).model_copy(update=values) for name, values in changes.items()}
    )


def register(size: Size, seed: int) -> Register:
    """The city of a size and seed: the same tables on every machine."""
    dice = Random(f"{size.teams} teams, {size.days} days, {size.candidates} look-backs, seed {seed}")
    grounds = _grounds(dice)
    enterprises = tuple(_enterprise(dice, k, grounds) for k in range(size.candidates))
    teams = _teams(dice, size, grounds)
    violations = _violations(dice, size, enterprises)
    districts = tuple(ground.district for ground in grounds)
    return Register(
        enterprises=enterprises,
        violations=violations,
        inspections=_complaints(dice, enterprises),
        teams=teams,
        officers=tuple(
            Officer(officer_id, f"员{officer_id}", Agency.CAC, f"31-{officer_id}", date(2029, 12, 31))
            for team in teams
            for officer_id in team.officers
        ),
        districts=districts,
        located=locate(enterprises, districts, policy().workspace.nearest_district_metres),
    )


class _Ground(NamedTuple):
    """A district as a rectangle, kilometres from the corner, and how much it attracts."""

    district: District
    west: float
    south: float
    east: float
    north: float
    attraction: float


def _grounds(dice: Random) -> tuple[_Ground, ...]:
    """One to three districts in each authority, each in a quarter of its own, so that none overlap."""
    grounds: list[_Ground] = []
    for row in range(CELLS):
        for column in range(CELLS):
            quarters = dice.sample([(0.0, 0.0), (0.0, 0.5), (0.5, 0.0), (0.5, 0.5)], dice.choice((1, 1, 2, 3)))
            for x, y in sorted(quarters):
                wide, high = (0.4 + 4.2 * dice.random() ** 2 for _ in range(2))
                west = (column + x) * CELL_KM + dice.uniform(0.1, CELL_KM / 2 - 0.1 - wide)
                south = (row + y) * CELL_KM + dice.uniform(0.1, CELL_KM / 2 - 0.1 - high)
                sides = (west, south, west + wide, south + high)
                name = f"D{len(grounds) + 1:02}"
                weight = 1.2 if dice.random() < KEY_DISTRICT else 1.0
                district = District(name, f"商圈{name}", _authority(column, row), _rectangle(*sides), weight=weight)
                grounds.append(_Ground(district, *sides, attraction=dice.lognormvariate(0, 1)))
    return tuple(grounds)


def _authority(column: int, row: int) -> str:
    return f"{'东南西北'[column]}{row + 1}区"


def _rectangle(west: float, south: float, east: float, north: float) -> tuple[tuple[tuple[LonLat, ...], ...], ...]:
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return ((tuple(_at(*corner) for corner in corners),),)


def _at(east_km: float, north_km: float) -> LonLat:
    lon, lat = _CORNER.lon + east_km * _DEGREES_PER_KM.lon, _CORNER.lat + north_km * _DEGREES_PER_KM.lat
    return LonLat(round(lon, 6), round(lat, 6))


def _enterprise(dice: Random, k: int, grounds: Sequence[_Ground]) -> Enterprise:
    if dice.random() < SCATTERED:
        at = _at(dice.uniform(0, CELLS * CELL_KM), dice.uniform(0, CELLS * CELL_KM))
    else:
        (ground,) = dice.choices(grounds, [ground.attraction for ground in grounds])
        at = _at(dice.uniform(ground.west, ground.east), dice.uniform(ground.south, ground.north))
    alike = _drawn(dice, _HOURS)
    hours = dice.choice(alike)
    if dice.random() < CLOSED_DAY:
        hours += f"; {dice.choice(_WEEKDAYS)} off"
    name = f"E{k + 1:04}"
    scenario, minutes = _drawn(dice, _SCENARIOS), _drawn(dice, _MINUTES)
    return Enterprise(name, f"店{name}", at, scenario, name, opening_hours=hours, visit_minutes=minutes)


def _teams(dice: Random, size: Size, grounds: Sequence[_Ground]) -> tuple[Team, ...]:
    """Teams by turns at the offices, which lie in the middle of districts, in different authorities if there are."""
    order = dice.sample(grounds, len(grounds))
    first = {ground.district.authority: ground for ground in reversed(order)}
    offices = sorted(first.values(), key=order.index)[: size.offices]
    teams = []
    for k in range(size.teams):
        office = offices[k % len(offices)]
        x, y = (office.west + office.east) / 2, (office.south + office.north) / 2
        others = frozenset(Scenario) - {SPECIAL}
        teams.append(
            Team(
                f"T{k + 1:02}",
                f"{k + 1}组",
                start=_at(x, y),
                end=_at(x, y),
                officers=(f"T{k + 1:02}-1", f"T{k + 1:02}-2"),
                authorities=_around(x, y) if size.by_authority else frozenset(),
                # By turns within each office, so that every office has both.
                scenarios=others if not size.by_authority and (k // len(offices) + k) % 2 else frozenset(),
            )
        )
    return tuple(teams)


def _around(x: float, y: float) -> frozenset[str]:
    """The authority of a place and those that touch it."""
    column, row = int(x // CELL_KM), int(y // CELL_KM)
    return frozenset(
        _authority(c, r) for c in range(CELLS) for r in range(CELLS) if max(abs(c - column), abs(r - row)) <= 1
    )


def _violations(dice: Random, size: Size, enterprises: Sequence[Enterprise]) -> tuple[Violation, ...]:
    """
    One at each enterprise, its deadline one to so many working days ago that its look-back is not yet due.

    A deadline k working days before the first day is due so many working days less k after it.
    """
    calendar, within = Calendar(), policy().deadlines.due_after_deadline
    before = [DAY]
    while len(before) <= within:
        before.append(max(d for d in _days_before(before[-1]) if calendar.is_working(d)))
    pressing = set(dice.sample(range(len(enterprises)), max(1, round(MANDATORY * len(enterprises)))))
    found = []
    for k, enterprise in enumerate(enterprises):
        action = dice.choice(_BY_WORKING_DAYS) if k in pressing else _drawn(dice, _ACTIONS)
        aggravations = _drawn(dice, _AGGRAVATIONS)
        days = dice.randint(within - size.days + 1, within) if k in pressing else dice.randint(1, within - size.days)
        found.append(
            Violation(
                f"V{k + 1:04}",
                enterprise.enterprise_id,
                found_on=before[days] - timedelta(days=dice.randint(3, 20)),
                kind=_drawn(dice, _KINDS),
                action=action,
                aggravations=frozenset(aggravations),
                rectify_by=before[days],
            )
        )
    return tuple(found)


def _days_before(day: date) -> list[date]:
    """The two weeks before a day: somebody works on one of them."""
    return [day - timedelta(days=k) for k in range(1, 15)]


def _complaints(dice: Random, enterprises: Sequence[Enterprise]) -> tuple[Inspection, ...]:
    """Verified complaints at some enterprises, one to three each."""
    counts = [dice.choice((1, 1, 2, 3)) if dice.random() < COMPLAINED else 0 for _ in enterprises]
    sites = [e.enterprise_id for e, count in zip(enterprises, counts, strict=True) for _ in range(count)]
    return tuple(
        Inspection(f"I{k:04}", site, DAY - timedelta(days=dice.randint(5, 80)), InspectionResult.VIOLATION, COMPLAINT)
        for k, site in enumerate(sites, 1)
    )


def _drawn(dice: Random, weights: Mapping[T, int]) -> T:
    """One of several things, each as often as its weight says."""
    return dice.choices(tuple(weights), tuple(weights.values()))[0]
