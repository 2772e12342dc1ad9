"""
Small towns on squared paper, and strategies for towns that nobody thought of.

Places are given in thousandths of a degree (some hundred metres) east and north of a corner in Shanghai::

    north   D3 黄浦 (0..20, 30..50)
            D1 黄浦 (0..20, 0..20)  ~river~  D2 浦东 (30..50, 0..20)
                                 x = 25
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from hypothesis import settings, strategies as st

from planner.clock import Calendar
from planner.districts import Barrier, District
from planner.enterprises import Enterprise, Scenario
from planner.events import Promise
from planner.geo import LonLat, Place
from planner.locating import locate
from planner.lookbacks import LookBack, SpotCheck
from planner.plan import Reason, Term
from planner.planning import finish, prepare
from planner.policy import Policy
from planner.problem import NEVER, DistrictGoal, Pin, Problem
from planner.register import Register
from planner.solvers import SOLVERS, Limit
from planner.teamdays import TeamDay
from planner.teams import Agency, Officer, Recusal, Shift, Team, TravelMode
from planner.travel import engine
from planner.violations import (
    Action,
    Aggravation,
    Inspection,
    InspectionResult,
    Scope,
    Violation,
    ViolationKind,
)

DAY = date(2026, 11, 24)
"""A Tuesday, on which the office works."""
HOUR = 3600
POLICY = Policy.default()
ONE_STEP = Limit(steps=1)


def examples(count):
    """Settings for so many examples; the ``thorough`` profile tries as many times more as it has more by default."""
    return settings(max_examples=max(1, count * settings.default.max_examples // 100))


# What towns are built of


def at(x, y):
    """A place in thousandths of a degree from the corner."""
    return LonLat(121.4 + x / 1000, 31.2 + y / 1000)


def box(district_id, west, south, east, north, authority="黄浦区", **more):
    """A district as a rectangle."""
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return District(district_id, f"商圈{district_id}", authority, ((tuple(at(x, y) for x, y in corners),),), **more)


def shop(enterprise_id, x, y, **more):
    """A shop that is open from nine to nine and an operator of its own."""
    given = {"scenario": Scenario.RETAIL, "operator": enterprise_id, "opening_hours": "09:00-21:00"}
    return Enterprise(enterprise_id, f"店{enterprise_id}", at(x, y), **given | more)


def violation(violation_id, enterprise_id, **more):
    """Found three weeks ago, to be corrected by last Wednesday: the look-back is open and not yet due."""
    given = {"found_on": date(2026, 11, 3), "kind": ViolationKind.OVER_COLLECTION, "action": Action.ORDER_TO_CORRECT}
    given |= {"rectify_by": date(2026, 11, 18)}
    return Violation(violation_id, enterprise_id, **given | more)


def complaint(inspection_id, enterprise_id, day, **more):
    """A visit because somebody complained, rightly."""
    given = {"result": InspectionResult.VIOLATION, "inspection_type": "complaint"}
    return Inspection(inspection_id, enterprise_id, day, **given | more)


def team(team_id, x, y, **more):
    """A team of two officers that starts and ends at the same place."""
    given = {"end": at(x, y), "officers": (f"{team_id}-1", f"{team_id}-2")}
    return Team(team_id, f"{team_id}组", at(x, y), **given | more)


def officers_of(*teams, **more):
    """Officers of one agency with certificates without end, for teams."""
    ids = sorted({officer_id for each in teams for officer_id in each.officers})
    return tuple(Officer(officer_id, f"员{officer_id}", Agency.CAC, f"31-{officer_id}", **more) for officer_id in ids)


def register(enterprises, violations=(), teams=(), **more):
    """A register as a reader would make it: everything in the order of ids, enterprises placed in districts."""
    enterprises = tuple(sorted(enterprises, key=lambda e: e.enterprise_id))
    districts = more.setdefault("districts", (box("D1", 0, 0, 20, 20),))
    more.setdefault("officers", officers_of(*teams))
    located = locate(enterprises, districts, POLICY.workspace.nearest_district_metres)
    return Register(enterprises, tuple(violations), teams=tuple(teams), located=located, **more)


def with_policy(policy=POLICY, **sections):
    """A policy with some values of some sections replaced."""
    changed = {name: getattr(policy, name).model_copy(update=values) for name, values in sections.items()}
    return policy.model_copy(update=changed)


RIVER = Barrier(
    "R1",
    "大江",
    (at(25.3137, -60.11), at(24.7113, 11.23), at(25.9171, 80.37)),
    crossing_minutes=10.0,
)
"""Runs north between D1 and D2; nobody walks across it."""


# Towns that one can picture


def one_team_ok():
    """One team and three shops in its street, each with one violation: a morning's work, and nothing in the way."""
    shops = [shop(f"E{k}", 2 + 3 * k, 5) for k in (1, 2, 3)]
    found = [violation(f"V{k}", f"E{k}") for k in (1, 2, 3)]
    return register(shops, found, [team("T1", 5, 6)])


def two_districts():
    """A river, a district and a team on either bank, two shops owed in each; neither team may act on the other."""
    shops = [shop("E1", 3, 4), shop("E2", 9, 12), shop("E3", 35, 5), shop("E4", 44, 11)]
    west, east = (
        team("T1", 5, 6, authorities=frozenset({"黄浦区"})),
        team("T2", 40, 6, authorities=frozenset({"浦东新区"})),
    )
    return register(
        shops,
        [violation(f"V{k}", f"E{k}") for k in (1, 2, 3, 4)],
        [west, east],
        districts=(box("D1", 0, 0, 20, 20), box("D2", 30, 0, 50, 20, "浦东新区")),
        barriers=(RIVER,),
    )


def one_chain():
    """A chain of four shops with a fault in its mini-program, found at the first: any of the four will do."""
    shops = [shop(f"E{k}", 3 * k, 5, operator="连锁甲") for k in (1, 2, 3, 4)]
    return register(shops, [violation("V1", "E1", scope=Scope.OPERATOR)], [team("T1", 5, 6)])


# Planning a town in one go


def prepared(found, policy=POLICY, day=DAY, **more):
    """A town's horizon, ready to be solved."""
    return prepare(found, policy, day, engine(found, policy), **more)


def planned(ready, solver="greedy", limit=ONE_STEP, seed=0):
    """The checked plan that a solver makes of a prepared town."""
    routes = SOLVERS[solver](ready.problem, limit, seed, lambda _: None)
    return finish(ready, routes, solver=solver, seed=seed, limit=limit)


def promises(plan, chosen):
    """Pins for the solver and promises for the checker: the chosen visits of a plan, as they stand."""
    kept = [
        (visit.lookback_id, duty.team_id, duty.day, visit.start)
        for duty in plan.duties
        for visit in duty.route
        if visit.lookback_id in chosen
    ]
    return tuple(Pin(*each) for each in kept), tuple(Promise(*each) for each in kept)


# Towns that nobody thought of


@dataclass(frozen=True)
class Town:
    """A register, a policy and a horizon."""

    register: Register
    policy: Policy
    day: date
    days: int

    def prepared(self, **more):
        """The town, ready to be solved."""
        return prepared(self.register, self.policy, self.day, days=self.days, **more)


GROUND = (box("D1", 0, 0, 20, 20), box("D2", 30, 0, 50, 20, "浦东新区", weight=1.1), box("D3", 0, 30, 20, 50))
HOURS = (
    "",
    "24/7",
    "10:00-22:00",
    "Mo-Fr 09:00-11:30,13:00-17:00",
    "Tu off; Mo-Su 09:30-18:00",
    "Mo-Su 18:00-02:00",
    "Mo-Fr 15:30-20:30; Sa-Su 09:00-20:30",
    '09:00-12:00 "楼上", 12:00-15:00 "楼下"',
    "Mo-Su 10:00-10:40,11:00-11:40,14:00-14:50",
)
PLACES = st.builds(at, st.integers(-8, 55), st.integers(-8, 55))


@st.composite
def violations(draw, violation_id, enterprise_ids, day):
    """A violation of any kind and action, found in the last year or so."""
    found_on = day - timedelta(days=draw(st.integers(1, 60) | st.integers(1, 400)))
    later = st.integers(0, 45).map(lambda days: found_on + timedelta(days=days))
    return Violation(
        violation_id,
        draw(st.sampled_from(enterprise_ids)),
        found_on,
        draw(st.sampled_from(ViolationKind)),
        draw(st.sampled_from(Action)),
        draw(st.frozensets(st.sampled_from(Aggravation))),
        draw(st.none() | later),
        draw(st.sampled_from(Scope)),
        draw(st.none() | st.none() | st.none() | later.filter(lambda verified: verified <= day)),
    )


@st.composite
def enterprises(draw, enterprise_id):
    """A shop of any scenario, with any hours, alone or of a chain."""
    return Enterprise(
        enterprise_id,
        f"店{enterprise_id}",
        draw(PLACES),
        draw(st.sampled_from(Scenario)),
        draw(st.sampled_from((enterprise_id, "连锁甲", "连锁乙"))),
        opening_hours=draw(st.sampled_from(HOURS)),
        visit_minutes=draw(st.none() | st.integers(1, 90)),
    )


@st.composite
def teams(draw, team_id):
    """A team with any jurisdiction, way of getting about and limit, and its officers."""
    agencies = draw(st.sampled_from(((Agency.CAC,), (Agency.CAC, Agency.AMR))))
    expired = draw(st.sampled_from((None,) * 9 + (DAY - timedelta(days=400),)))
    officers = tuple(
        Officer(f"{team_id}-{agency}-{k}", "员", agency, "31", expired if k == 2 else None)
        for agency in agencies
        for k in (0, 1, 2)
    )
    start = draw(PLACES)
    crew = Team(
        team_id,
        f"{team_id}组",
        start,
        draw(st.just(start) | PLACES),
        tuple(officer.officer_id for officer in officers),
        draw(st.just(frozenset()) | st.frozensets(st.sampled_from(("黄浦区", "浦东新区")))),
        draw(st.just(frozenset()) | st.frozensets(st.sampled_from(Scenario), min_size=3)),
        draw(st.none() | st.integers(1, 4)),
        draw(st.none() | st.sampled_from(TravelMode)),
    )
    return crew, officers


@st.composite
def shifts(draw, team_id, day):
    """A team's own hours for the day, or for its weekday, with any break or none."""
    when = draw(st.sampled_from(((day, None), (None, day.weekday()))))
    start, end = draw(st.sampled_from([(9, 17.5), (9.5, 12.5), (13, 21), (8, 10), (None, None)]))
    if start is None:
        return Shift(team_id, *when, None, None)
    start, end = int(start * HOUR), int(end * HOUR)
    rest = draw(st.none() | st.sampled_from((0, 1800, 3600)))
    window = draw(st.sampled_from(((None, None), (start, end), (start + HOUR, end - 1800))))
    return Shift(team_id, *when, start, end, rest, *((None, None) if rest is None else window))


@st.composite
def policies(draw):
    """Policies an office may choose."""
    avoiding = dict(POLICY.scenarios)
    avoiding[Scenario.RETAIL] = avoiding[Scenario.RETAIL].model_copy(update={"avoid": ((12 * HOUR, 13 * HOUR),)})
    visits = {
        "max_visits": draw(st.sampled_from((10, 3, 1))),
        "last_start_before_end": draw(st.sampled_from((60, 0, 90))),
        "officers_per_agency": draw(st.sampled_from((2, 3))),
    }
    shift = draw(st.sampled_from(({}, {"break_minutes": 0}, {"break_from": 12 * HOUR, "break_to": 13 * HOUR})))
    travel = {"mode": draw(st.sampled_from(TravelMode)), "least_minutes": draw(st.sampled_from((6, 0)))}
    return with_policy(
        visits=visits,
        shift=shift,
        travel=travel,
        priority={"points": draw(st.sampled_from((100, 1, 1000)))},
        spot_checks={"most_per_district": draw(st.sampled_from((12, 1))), "never_inspected_points": 7},
        plan={
            "later_day_discount": draw(st.sampled_from((5, 0, 100))),
            "least_visits_per_district": draw(st.sampled_from((0, 0, 1, 2))),
            "even_load": draw(st.sampled_from((0, 0, 30))),
        },
    ).model_copy(update={"scenarios": draw(st.sampled_from((POLICY.scenarios, avoiding)))})


@st.composite
def towns(draw):
    """Up to three districts, four teams and fourteen enterprises, a river perhaps, and any history and policy."""
    day = draw(st.sampled_from((DAY, DAY, date(2026, 9, 30), date(2026, 11, 21))))
    ids = [f"E{k:02}" for k in range(draw(st.integers(3, 14)))]
    team_ids = [f"T{k}" for k in range(draw(st.integers(1, 4)))]
    crews = [draw(teams(team_id)) for team_id in team_ids]
    officer_ids = [officer.officer_id for _, officers in crews for officer in officers]
    found = register(
        [draw(enterprises(enterprise_id)) for enterprise_id in ids],
        [draw(violations(f"V{k:02}", ids, day)) for k in range(draw(st.integers(0, 12)))],
        [crew for crew, _ in crews],
        officers=tuple(officer for _, officers in crews for officer in officers),
        shifts=tuple(draw(shifts(team_id, day)) for team_id in team_ids if draw(st.booleans())),
        districts=GROUND[: draw(st.integers(1, 3))],
        barriers=draw(st.sampled_from(((), (RIVER,)))),
        calendar=Calendar(draw(st.sampled_from(({}, {day: True}, {day: False})))),
        inspections=tuple(
            complaint(f"I{k}", draw(st.sampled_from(ids)), day - timedelta(days=draw(st.integers(1, 120))))
            for k in range(draw(st.integers(0, 3)))
        ),
        recusals=tuple(
            draw(
                st.builds(Recusal, st.sampled_from(officer_ids), st.sampled_from(ids))
                | st.builds(Recusal, st.sampled_from(officer_ids), st.none(), st.just("连锁甲"))
            )
            for _ in range(draw(st.integers(0, 2)))
        ),
    )
    return Town(found, draw(policies()), day, draw(st.sampled_from((1, 1, 2, 3))))


# Problems without a town: integers only, in slots of ten minutes, so that everything can be tried by hand

SLOT = 600


class Window(NamedTuple):
    """First and last second at which a visit may start."""

    first: int
    last: int


@st.composite
def tiny_duties(draw, duty_id, days):
    """A duty of some hours on one of the days, with or without a break."""
    start = draw(st.integers(0, 6))
    end = start + draw(st.integers(6, 24) | st.integers(20, 24))
    rest = draw(st.integers(0, 3))
    rest_from = draw(st.integers(start, end))
    rest_to = draw(st.integers(rest_from, end))
    rest = rest if rest_from + rest <= rest_to else 0
    last_start = end - draw(st.integers(0, 4))
    slots = (start, end, rest, rest_from, rest_to, last_start)
    most = draw(st.integers(1, 4))
    return TeamDay(duty_id, draw(st.sampled_from(days)), *(slot * SLOT for slot in slots), most, TravelMode.CAR)


@st.composite
def tiny_windows(draw):
    """One or two windows, in order, or none."""
    narrow = st.lists(st.integers(0, 30), unique=True, min_size=2, max_size=4).map(sorted)
    ends = draw(draw(st.sampled_from((st.just((0, 30)), narrow, st.just((0, 30)), narrow, st.just(())))))
    return [Window(first * SLOT, last * SLOT) for first, last in zip(ends[::2], ends[1::2], strict=False)]


@st.composite
def tiny_goals(draw, candidates):
    """Up to two districts that share no candidate, with the visits that they should have; they may not be possible."""
    ids = draw(st.sampled_from(((), ("D1",), ("D1", "D2"))))
    where = draw(st.lists(st.sampled_from((*ids, None)), min_size=candidates, max_size=candidates))
    members = {name: np.flatnonzero([name == each for each in where]) for name in ids}
    return tuple(DistrictGoal(name, found, draw(st.integers(0, 2))) for name, found in members.items() if len(found))


@st.composite
def tiny_problems(draw, candidates=4, duties=2):
    """A problem small enough to try every plan of it: few candidates, several windows, days, breaks and sites."""
    days = draw(st.sampled_from(((DAY,), (DAY,), (DAY, DAY + timedelta(days=1)))))
    crew = tuple(draw(tiny_duties(f"T{d}", days)) for d in range(draw(st.integers(1, duties))))
    crew = tuple(sorted(crew, key=lambda duty: (duty.day, duty.team_id)))
    count = draw(st.integers(1, candidates) | st.just(candidates))
    points = draw(st.lists(st.integers(0, 9) | st.integers(0, 900), min_size=count, max_size=count))
    must = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    wanted = tuple(
        LookBack(f"LB-{k}", (), (), DAY, DAY, bool(must[k]), (Reason(Term.ACTION, points[k]),))
        if draw(st.booleans()) or must[k]
        else SpotCheck(f"SC-{k}", f"E{k}", (Reason(Term.SIBLING, points[k]),))
        for k in range(count)
    )
    others = {(draw(st.integers(0, count - 1)), draw(st.integers(0, count - 1))) for _ in range(candidates - count)}
    pairs = sorted({(k, draw(st.just(k) | st.integers(0, count - 1))) for k in range(count)} | others)
    sites = 2 * len(crew)
    places = sites + count
    windows = [[draw(tiny_windows()) for _ in pairs] for _ in days]
    opens = np.full((len(days), len(pairs), 2), NEVER, np.int64)
    closes = np.full((len(days), len(pairs), 2), -1, np.int64)
    for h, by_candidate in enumerate(windows):
        for c, spans in enumerate(by_candidate):
            for w, window in enumerate(spans):
                opens[h, c, w], closes[h, c, w] = window
    slots = st.integers(0, 3)
    legs = np.array([[0 if i == j else draw(slots) for j in range(places)] for i in range(places)], np.int32)
    return Problem(
        days=days,
        duties=crew,
        wanted=wanted,
        places=tuple(Place(f"P{k}", at(k, 0)) for k in range(places)),
        candidate_wanted=np.array([k for k, _ in pairs], np.int64),
        candidate_place=np.array([sites + place for _, place in pairs], np.int64),
        seconds=np.array([SLOT * draw(st.integers(1, 3)) for _ in pairs], np.int64),
        opens=opens,
        closes=closes,
        allowed=np.array([[draw(st.sampled_from((True, True, False))) for _ in crew] for _ in pairs], bool),
        origins=np.arange(len(crew)) * 2,
        destinations=np.arange(len(crew)) * 2 + 1,
        travel=(legs * SLOT,),
        duty_travel=(0,) * len(crew),
        later_day_discount=draw(st.sampled_from((0, 5, 100))),
        district_goals=draw(tiny_goals(len(pairs))),
        even_load=draw(st.sampled_from((0, 0, 1, 50)) | st.integers(0, 900)),
    )


def raised(problem, position, points):
    """The same problem with more points for one of its look-backs."""
    old = problem.wanted[position]
    new = replace(old, reasons=(*old.reasons, Reason(Term.LEADS, points)))
    return replace(problem, wanted=(*problem.wanted[:position], new, *problem.wanted[position + 1 :]))
