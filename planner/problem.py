"""
The routing problem in integers: what a solver gets, and nothing else.

It is a team orienteering problem with time windows [1]_: of the candidates (a look-back at one of its sites) choose
and order those whose look-backs are worth most. All times are whole seconds since midnight of the duty's date,
distances whole metres. With C candidates, D duties, P places, H days and W windows:

- every look-back is served by at most one candidate, every enterprise is visited at most once;
- candidate c may be on duty d where ``allowed[c, d]``; its visit starts within one of the windows
  ``[opens[h, c, w], closes[h, c, w]]`` of the duty's day h, and not after the duty's last start;
- a duty leaves its origin no earlier than its start, is back at its destination by its end, rests once for
  ``rest_seconds`` within ``[rest_from, rest_to]`` (at a stop before or after the visit there, at the origin or at the
  destination, never on the way), and makes at most ``max_visits`` visits;
- the value of routes is such that, in this order, pinned look-backs, mandatory ones, business districts with their
  least number of visits and checks drawn by lot, points of priority and travel decide; the n-th visit of a duty
  costs ``even_load`` × (n - 1) points, so that of two plans as good the one with the load more even is better.

.. [1] Vansteenwegen, Souffriau, Van Oudheusden (2011), The orienteering problem: a survey. EJOR 209(1), 1-10.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from planner import eligibility
from planner.events import NOTHING, Promise
from planner.geo import Place
from planner.hours import visiting_hours
from planner.lookbacks import LookBack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from planner.enterprises import Enterprise
    from planner.events import Changes
    from planner.geo import BoolArray, IntArray
    from planner.hours import Span
    from planner.lookbacks import Wanted
    from planner.policy import Policy
    from planner.register import Register
    from planner.teamdays import TeamDay

Routes: TypeAlias = tuple[tuple[int, ...], ...]
"""For each duty its candidates in the order of the visits."""

NEVER = 1 << 30
"""A time later than any horizon; two of them still add up in 32 bits."""

TRAVEL_SHARE = 1 / 6
"""Of the mean priority of a look-back: what a whole shift on the way costs a search."""
LARGEST_SUM = 1 << 60
"""No sum of values may exceed this: OR-Tools saturates silently near 2**63."""


Pin: TypeAlias = Promise
"""A promise narrows the duties, sites and windows of its look-back."""


@dataclass(frozen=True, eq=False)
class DistrictGoal:
    """A business district that should have at least so many visits in the horizon, or a check drawn by lot: one."""

    district_id: str
    """Of a check drawn by lot its own id."""
    candidates: IntArray
    """Those that lie in it."""
    least: int


@dataclass(frozen=True)
class Worth:
    """What decides first, second, third and fourth, as multiples of one second of travel or of one point."""

    point: int
    least: int
    """A visit that a business district lacks."""
    mandatory: int
    pinned: int


@dataclass(frozen=True, eq=False)
class Problem:
    """One horizon to plan; see the module's docstring for the meaning of the arrays."""

    days: tuple[date, ...]
    duties: tuple[TeamDay, ...]
    wanted: tuple[Wanted, ...]
    places: tuple[Place, ...]
    candidate_wanted: IntArray
    """Position in ``wanted``, shape (C,)."""
    candidate_place: IntArray
    """Position in ``places``, shape (C,)."""
    seconds: IntArray
    """Length of the visit, shape (C,)."""
    opens: IntArray
    """Earliest start, ``NEVER`` where there is no such window, shape (H, C, W)."""
    closes: IntArray
    """Latest start, -1 where there is no such window, shape (H, C, W)."""
    allowed: BoolArray
    """Shape (C, D)."""
    origins: IntArray
    """Position in ``places`` of each duty's start, shape (D,)."""
    destinations: IntArray
    """Position in ``places`` of each duty's end, shape (D,)."""
    travel: tuple[NDArray[np.int32], ...]
    """Seconds between places, shape (P, P), one matrix for each way of getting about."""
    duty_travel: tuple[int, ...]
    """Position in ``travel`` for each duty."""
    later_day_discount: int
    """Per mille of its priority that a look-back loses for each day later."""
    pins: tuple[Pin, ...] = ()
    district_goals: tuple[DistrictGoal, ...] = ()
    """No candidate lies in two of them."""
    even_load: int = 0
    """Points that the second visit of a duty costs, the third twice as many, and so on."""
    extra: IntArray | None = None
    """Points beyond its priority that a candidate is worth on each day, negative ones too, shape (C, H); None: none."""
    most_pressing: int = 0
    """Of a part: the highest priority in the whole, so that goals weigh the same in all parts and bounds add up."""

    @cached_property
    def duty_day(self) -> IntArray:
        """Position of each duty's date in ``days``, shape (D,)."""
        return np.array([self.days.index(duty.day) for duty in self.duties], np.int64)

    @cached_property
    def pinned(self) -> frozenset[str]:
        """The look-backs that are promised."""
        return frozenset(pin.lookback_id for pin in self.pins)

    @cached_property
    def worth(self) -> Worth:
        """The strict order of the goals as weights, kept inside ``LARGEST_SUM``."""
        uneven = self.even_load * sum(duty.max_visits * (duty.max_visits - 1) // 2 for duty in self.duties)
        extra = 0 if self.extra is None else int(np.abs(self.extra).max(axis=1, initial=0).sum())
        points = sum(max(w.priority, 0) for w in self.wanted) + uneven + extra + 1
        lacks = 1 + sum(goal.least for goal in self.district_goals)
        musts = 1 + sum(w.mandatory for w in self.wanted)
        travel = 1 + sum(duty.end - duty.start for duty in self.duties)
        point = max(1, min(travel, LARGEST_SUM // (points * lacks * musts * (1 + len(self.pins)))))
        return Worth(point, points * point, points * point * lacks, points * point * lacks * musts)

    @cached_property
    def soft(self) -> Worth:
        """
        The order of the goals as weights that a search can trade against points.

        A mandatory look-back weighs twenty of the most pressing ones: more than a route holds, few enough digits for
        the arithmetic of a linear program.
        """
        most = 10 * max(self.most_pressing, *(w.priority for w in self.wanted), 1)
        return Worth(1, most, 2 * most, 6 * most)

    @cached_property
    def travel_price(self) -> float:
        """What a second on the way costs a search, in points: whole shifts of it a share of a mean look-back each."""
        shift = np.mean([duty.end - duty.start for duty in self.duties] or [1])
        look_back = np.mean([max(w.priority, 0) for w in self.wanted] or [1])
        return TRAVEL_SHARE * max(1.0, float(look_back)) / max(1.0, float(shift))

    @cached_property
    def gains(self) -> IntArray:
        """What serving each candidate is worth on each day, in seconds of travel, shape (C, H)."""
        return self._gains(self.worth).astype(np.int64)

    @cached_property
    def soft_gains(self) -> NDArray[np.float64]:
        """What serving each candidate is worth on each day to a search, in points, shape (C, H)."""
        return self._gains(self.soft).astype(np.float64)

    @cached_property
    def points(self) -> IntArray:
        """The priority of each candidate, shape (C,)."""
        return np.array([max(w.priority, 0) for w in self.wanted], np.int64)[self.candidate_wanted]

    @cached_property
    def prizes(self) -> IntArray:
        """Points and premiums of each candidate on whatever day, shape (C,): what an upper bound is made from."""
        return self.points + self._premiums(self.soft).astype(np.int64)[self.candidate_wanted]

    @cached_property
    def goals(self) -> IntArray:
        """Which goal each candidate serves, shape (C,): 3 a promise, 2 a mandatory look-back, 0 none of the two."""
        goals = [3 if w.lookback_id in self.pinned else 2 * int(w.mandatory) for w in self.wanted]
        return np.array(goals, np.int64)[self.candidate_wanted]

    @cached_property
    def candidate_district(self) -> IntArray:
        """Position in ``district_goals``, -1 for none, shape (C,)."""
        position = np.full(len(self.candidate_place), -1, np.int64)
        for k, goal in enumerate(self.district_goals):
            position[goal.candidates] = k
        return position

    @cached_property
    def least_visits(self) -> IntArray:
        """The least number of visits of each district goal, shape (G,)."""
        return np.array([goal.least for goal in self.district_goals], np.int64)

    def _gains(self, worth: Worth) -> IntArray:
        """Shape (C, H); whole numbers of any size."""
        points = np.array([max(w.priority, 0) for w in self.wanted], object)
        lateness = np.arange(len(self.days), dtype=object)
        left = points[:, None] - points[:, None] * (self.later_day_discount * lateness)[None, :] // 1000
        gains: IntArray = (left * worth.point + self._premiums(worth)[:, None])[self.candidate_wanted]
        return gains if self.extra is None else gains + self.extra.astype(object) * worth.point

    def _premiums(self, worth: Worth) -> IntArray:
        """Of a mandatory or pinned look-back, shape (L,)."""
        mandatory = np.array([w.mandatory for w in self.wanted], object).reshape(-1)
        pinned = np.array([w.lookback_id in self.pinned for w in self.wanted], object).reshape(-1)
        premiums: IntArray = mandatory * worth.mandatory + pinned * worth.pinned
        return premiums

    def legs(self, duty: int) -> NDArray[np.int32]:
        """Seconds between places for the team of a duty, shape (P, P)."""
        return self.travel[self.duty_travel[duty]]

    @cached_property
    def fingerprint(self) -> str:
        """A sha256 over all that decides which routes are possible and what they are worth."""
        digest = hashlib.sha256()
        plain = (self.days, self.duties, self.pins, self.later_day_discount, self.even_load, self.duty_travel)
        worth = [(w.lookback_id, w.priority, w.mandatory) for w in self.wanted]
        goals = [(goal.district_id, goal.candidates.tolist(), goal.least) for goal in self.district_goals]
        digest.update(repr((plain, worth, goals, [place.place_id for place in self.places])).encode())
        arrays = (self.candidate_wanted, self.candidate_place, self.seconds, self.opens, self.closes, self.allowed)
        extra = () if self.extra is None else (self.extra,)
        for array in (*arrays, self.origins, self.destinations, *self.travel, *extra):
            digest.update(repr((array.shape, array.dtype.str)).encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def part(self, candidates: IntArray, duties: IntArray) -> Problem:
        """The problem of some candidates and duties alone; their positions in it are those in the two arrays."""
        wanted, candidate_wanted = np.unique(self.candidate_wanted[candidates], return_inverse=True)
        ends = (self.origins[duties], self.destinations[duties])
        places = np.unique(np.concatenate([self.candidate_place[candidates], *ends]))
        position = np.full(len(self.places), -1, np.int64)
        position[places] = np.arange(len(places))
        kept = {self.wanted[k].lookback_id for k in wanted}
        goals = (replace(g, candidates=np.flatnonzero(np.isin(candidates, g.candidates))) for g in self.district_goals)
        return replace(
            self,
            duties=tuple(self.duties[d] for d in duties),
            wanted=tuple(self.wanted[k] for k in wanted),
            places=tuple(self.places[p] for p in places),
            candidate_wanted=candidate_wanted.astype(np.int64),
            candidate_place=position[self.candidate_place[candidates]],
            seconds=self.seconds[candidates],
            opens=self.opens[:, candidates],
            closes=self.closes[:, candidates],
            allowed=self.allowed[np.ix_(candidates, duties)],
            origins=position[ends[0]],
            destinations=position[ends[1]],
            travel=tuple(legs[np.ix_(places, places)] for legs in self.travel),
            duty_travel=tuple(self.duty_travel[d] for d in duties),
            pins=tuple(pin for pin in self.pins if pin.lookback_id in kept),
            district_goals=tuple(goal for goal in goals if len(goal.candidates)),
            extra=None if self.extra is None else self.extra[candidates],
            most_pressing=max(self.most_pressing, *(w.priority for w in self.wanted), 0),
        )

    def value(self, routes: Routes) -> int:
        """What routes are worth; feasible or not."""
        visits = [c for route in routes for c in route]
        total = self.worth.least * self.kept_least(visits)
        for d, route in enumerate(routes):
            if route:
                legs, day = self.legs(d), self.duty_day[d]
                total += int(self.gains[list(route), day].sum()) - travel_seconds(self, d, route, legs)
                total -= self.worth.point * self.even_load * (len(route) * (len(route) - 1) // 2)
        return total

    def kept_least(self, visits: Sequence[int]) -> int:
        """How many of the visits that business districts should have at least are among some candidates."""
        counts = np.bincount(self.candidate_district[list(visits)] + 1, minlength=len(self.district_goals) + 1)[1:]
        return int(np.minimum(counts, self.least_visits).sum())

    def premium(self, visits: Sequence[int]) -> int:
        """What candidates are worth beyond their points by ``soft``: promises, mandatory look-backs, districts."""
        wanted = self.candidate_wanted[list(visits)]
        return int(self._premiums(self.soft)[wanted].sum()) + self.soft.least * self.kept_least(visits)


def travel_seconds(problem: Problem, duty: int, route: Sequence[int], legs: NDArray[np.int32]) -> int:
    """Seconds on the way from the duty's origin along a route to its destination."""
    way = [problem.origins[duty], *problem.candidate_place[list(route)], problem.destinations[duty]]
    return int(legs[way[:-1], way[1:]].sum())


def places_of(register: Register, wanted: Sequence[Wanted], duties: Sequence[TeamDay]) -> tuple[Place, ...]:
    """Every place that the problem needs: the teams' starts and ends, then the sites that have one."""
    places: dict[str, Place] = {}
    for team in (register.team[team_id] for team_id in sorted({duty.team_id for duty in duties})):
        for place_id, at in ((f"{team.team_id}:start", team.start), (f"{team.team_id}:end", team.end)):
            places[place_id] = Place(place_id, at)
    for site in sorted({site for w in wanted for site in w.sites}):
        where = register.enterprise[site].place
        if where is not None:
            places[site] = Place(site, where)
    return tuple(places.values())


def build(
    register: Register,
    policy: Policy,
    days: Sequence[date],
    duties: Sequence[TeamDay],
    wanted: Sequence[Wanted],
    places: Sequence[Place],
    travel: Mapping[str, NDArray[np.int32]],
    pins: Sequence[Pin] = (),
    changes: Changes = NOTHING,
) -> Problem:
    """
    Put a horizon into integers.

    Parameters
    ----------
    places
        As ``places_of`` gives them.
    travel
        Seconds between the places, shape (P, P), for each mode that a duty travels by.
    pins
        Promises; each narrows the duties, sites and windows of its look-back.
    changes
        What is shut on which day, and what is postponed.
    """
    at = {place.place_id: k for k, place in enumerate(places)}
    pairs = [(k, site) for k, w in enumerate(wanted) for site in w.sites if site in at]
    enterprises = [register.enterprise[site] for _, site in pairs]
    seconds = [visit_seconds(wanted[k], e, policy) for (k, _), e in zip(pairs, enterprises, strict=True)]
    pin_of = {pin.lookback_id: pin for pin in pins}
    spans = [
        [_starts(wanted[k], e, day, length, policy, pin_of.get(wanted[k].lookback_id), changes) for day in days]
        for (k, _), e, length in zip(pairs, enterprises, seconds, strict=True)
    ]
    opens, closes = _windows(spans, len(days))
    modes = sorted({duty.mode.value for duty in duties})
    candidate_wanted = np.array([k for k, _ in pairs], np.int64)
    promised = [pin_of.get(wanted[k].lookback_id) for k, _ in pairs]
    return Problem(
        days=tuple(days),
        duties=tuple(duties),
        wanted=tuple(wanted),
        places=tuple(places),
        candidate_wanted=candidate_wanted,
        candidate_place=np.array([at[site] for _, site in pairs], np.int64),
        seconds=np.array(seconds, np.int64),
        opens=opens,
        closes=closes,
        allowed=np.array(
            [
                [_keeps(pin, duty, e) and eligibility.obstacle(register, duty.team_id, e) is None for duty in duties]
                for e, pin in zip(enterprises, promised, strict=True)
            ],
            bool,
        ).reshape(len(pairs), len(duties)),
        origins=np.array([at[f"{duty.team_id}:start"] for duty in duties], np.int64),
        destinations=np.array([at[f"{duty.team_id}:end"] for duty in duties], np.int64),
        travel=tuple(travel[mode] for mode in modes),
        duty_travel=tuple(modes.index(duty.mode.value) for duty in duties),
        later_day_discount=policy.plan.later_day_discount,
        pins=tuple(pins),
        even_load=policy.plan.even_load,
    )


def district_goals(problem: Problem, register: Register, least: int) -> tuple[DistrictGoal, ...]:
    """
    At least so many visits in each business district, as far as duties can reach so many there; and what was drawn.

    What serves one look-back, or stands at one place, counts once; a district that nobody can reach has no goal. A
    check drawn by lot is a goal of its own, and does not count for its district.
    """
    there: dict[str, list[int]] = {}
    goals = []
    for c in np.flatnonzero(problem.allowed.any(axis=1)).tolist():
        wanted = problem.wanted[problem.candidate_wanted[c]]
        district_id = register.located.get(problem.places[problem.candidate_place[c]].place_id)
        if wanted.drawn:
            goals.append(DistrictGoal(wanted.lookback_id, np.array([c], np.int64), 1))
        elif district_id is not None and least:
            there.setdefault(district_id, []).append(c)
    for district_id, members in sorted(there.items()):
        candidates = np.array(members, np.int64)
        most = min(len(set(of[candidates].tolist())) for of in (problem.candidate_wanted, problem.candidate_place))
        goals.append(DistrictGoal(district_id, candidates, min(least, most)))
    return tuple(goals)


def visit_seconds(wanted: Wanted, enterprise: Enterprise, policy: Policy) -> int:
    """How long a visit takes: on site by scenario (or as the table says), certificate and record included."""
    scenario = policy.scenarios[enterprise.scenario]
    minutes = scenario.look_back if isinstance(wanted, LookBack) else scenario.spot_check
    if enterprise.visit_minutes is not None:
        minutes = enterprise.visit_minutes
    return 60 * (minutes + policy.visits.certificate_minutes + policy.visits.record_minutes)


def _starts(
    wanted: Wanted,
    enterprise: Enterprise,
    day: date,
    seconds: int,
    policy: Policy,
    pin: Pin | None,
    changes: Changes,
) -> list[Span]:
    """When a visit may start on a day, first and last second; nothing before the look-back's release."""
    if isinstance(wanted, LookBack) and day < wanted.release:
        return []
    if (enterprise.enterprise_id, day) in changes.shut or day < changes.postponed.get(wanted.lookback_id, day):
        return []
    hours = visiting_hours(enterprise, day, policy)
    starts = [(opens, closes - seconds) for opens, closes in hours if closes - opens >= seconds]
    if pin is None or pin.start is None:
        return starts
    until = pin.start if pin.until is None else pin.until
    narrowed = [(max(first, pin.start), min(last, until)) for first, last in starts]
    return [(first, last) for first, last in narrowed if first <= last]


def _keeps(pin: Pin | None, duty: TeamDay, enterprise: Enterprise) -> bool:
    return pin is None or (
        pin.team_id in {None, duty.team_id}
        and pin.day in {None, duty.day}
        and pin.enterprise_id in {None, enterprise.enterprise_id}
    )


def _windows(spans: Sequence[Sequence[Sequence[Span]]], days: int) -> tuple[IntArray, IntArray]:
    """Ragged spans by candidate and day as two arrays of shape (H, C, W)."""
    width = max((len(span) for by_day in spans for span in by_day), default=0) or 1
    opens = np.full((days, len(spans), width), NEVER, np.int64)
    closes = np.full((days, len(spans), width), -1, np.int64)
    for c, by_day in enumerate(spans):
        for h, span in enumerate(by_day):
            for w, (first, last) in enumerate(span):
                opens[h, c, w], closes[h, c, w] = first, last
    return opens, closes
