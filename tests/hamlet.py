"""
A town to draw: a river down the middle, a district on either bank, a team in each.

::

      west     |     east
    W1  W2     |    E1
      W3  W4*  |    E2  E3*      * not planned
    T01        |         T02
"""

from dataclasses import replace
from datetime import date

from planner.compare import compare
from planner.districts import Barrier, District
from planner.enterprises import Enterprise, Scenario
from planner.events import Appointment, Recorded, Shut, Urgent
from planner.geo import LonLat
from planner.plan import Bound, CreatedBy, Duty, Halt, Interval, Plan, Reason, Term, Totals, Unvisited, Visit
from planner.register import Register
from planner.teams import Agency, Officer, Team, TravelMode
from planner.violations import Action, Aggravation, Scope, Violation, ViolationKind

DAY = date(2026, 11, 24)
RISK = "risk-class-of-nobody's-business"
HOUR = 3600


def square(lon, lat, size=0.02):
    """A district's only polygon, its south-west corner given."""
    corners = [(lon, lat), (lon + size, lat), (lon + size, lat + size), (lon, lat + size), (lon, lat)]
    return ((tuple(LonLat(*corner) for corner in corners),),)


def enterprise(enterprise_id, lon, lat, **more):
    """An enterprise of an operator of its own."""
    given = {"name": f"店{enterprise_id}", "operator": enterprise_id, "address": f"{enterprise_id}路1号"}
    given |= {"scenario": Scenario.SCAN_TO_ORDER, "opening_hours": "Mo-Su 10:00-22:00", "credit_code": ""}
    return Enterprise(enterprise_id, place=LonLat(lon, lat), risk_class=RISK, **given | more)


def visit(enterprise_id, start, **more):
    """Half an hour there, after ten minutes on foot."""
    given = {"lookback_id": f"LB-{enterprise_id}", "priority": 900, "mandatory": False, "wait_seconds": 0}
    reasons = (Reason(Term.ACTION, 600, "order_to_correct 6", (f"V-{enterprise_id}",)), Reason(Term.TIMING, 300, ""))
    given |= {"arrive": start, "travel_seconds": 600, "travel_metres": 700, "travel_mode": TravelMode.WALK}
    return Visit(enterprise_id, start=start, end=start + 1800, **{"reasons": reasons} | given | more)


def duty(team_id, *route, day=DAY):
    """Nine to half past five with a break at noon."""
    shift, rest = Interval(9 * HOUR, 17 * HOUR + 1800), Interval(12 * HOUR, 13 * HOUR)
    return Duty(team_id, day, shift, rest, tuple(route), 900, 1000, TravelMode.METRO)


def violation(enterprise_id, **more):
    """An open finding, due for a look-back."""
    given = {"found_on": date(2026, 11, 3), "kind": ViolationKind.COMPULSORY, "action": Action.ORDER_TO_CORRECT}
    given |= {"rectify_by": date(2026, 11, 18), "note": f"在{enterprise_id}发现"}
    return Violation(f"V-{enterprise_id}", enterprise_id, **given | more)


def unvisited(enterprise_id, **more):
    """A look-back for which there was no time."""
    given = {"priority": 500, "mandatory": False, "rule": "time"}
    given |= {"reason": "no time left", "reason_zh": "时间不够", "hint": "lend a team", "hint_zh": "借调一组"}
    return Unvisited(f"LB-{enterprise_id}", enterprise_id, **given | more)


def made_plan(duties, left=(), horizon=(DAY,)):
    """A plan with its sums."""
    visits = [v for d in duties for v in d.route]
    spot_checks = sum(v.lookback_id.startswith("SC-") for v in visits)
    totals = Totals(
        priority=sum(v.priority for v in visits),
        mandatory=sum(v.mandatory for v in visits),
        mandatory_missed=sum(u.mandatory for u in left),
        look_backs=len(visits) - spot_checks,
        spot_checks=spot_checks,
        travel_seconds=sum(v.travel_seconds for v in visits),
        travel_metres=sum(v.travel_metres for v in visits),
        wait_seconds=sum(v.wait_seconds for v in visits),
    )
    made = CreatedBy((("lookback", "0.1.0"),), "hand", 1, 1000, None)
    bound = Bound(totals.priority + 50, 0.011, "columns")
    return Plan("2026-11-24", 1, None, "0" * 64, made, tuple(horizon), tuple(duties), tuple(left), totals, bound)


def hamlet():
    """The town of the picture, and a plan for it."""
    register = Register(
        enterprises=(
            enterprise("E1", 121.525, 31.235),
            enterprise("E2", 121.525, 31.225, operator="连锁东", scenario=Scenario.RETAIL),
            enterprise("E3", 121.535, 31.225, operator="连锁东"),
            enterprise("W1", 121.483, 31.235, name="西一咖啡", credit_code="91310000MA1FL0000X"),
            enterprise("W2", 121.489, 31.235),
            enterprise("W3", 121.486, 31.225),
            enterprise("W4", 121.492, 31.225),
        ),
        violations=(
            violation("E2", scope=Scope.OPERATOR),
            violation("W1", aggravations=frozenset({Aggravation.MINORS, Aggravation.FACE})),
            replace(violation("W1"), violation_id="V-old", rectified_on=date(2026, 5, 4), found_on=date(2026, 4, 1)),
            violation("W4"),
        ),
        teams=(
            Team("T01", "西区一组", LonLat(121.481, 31.221), LonLat(121.481, 31.221), ("O1", "O2")),
            Team("T02", "东区一组", LonLat(121.539, 31.221), LonLat(121.531, 31.222), ("O3",)),
        ),
        officers=(
            Officer("O1", "范明达", Agency.CAC, "310001"),
            Officer("O2", "安希", Agency.CAC, "310002"),
            Officer("O3", "苏瑞", Agency.AMR, "310003"),
        ),
        districts=(
            District("D1", "西岸", "黄浦区", square(121.48, 31.22), name_en="West Bank"),
            District("D2", "东岸", "浦东新区", square(121.52, 31.22), name_en="East Bank"),
        ),
        barriers=(Barrier("R1", "大江", (LonLat(121.51, 31.2), LonLat(121.51, 31.26)), "The River", width_m=400.0),),
        located={"W1": "D1", "W2": "D1", "W3": "D1", "W4": "D1", "E1": "D2", "E2": "D2", "E3": "D2"},
    )
    west = duty(
        "T01",
        visit("W1", 10 * HOUR, mandatory=True),
        visit("W2", 11 * HOUR, wait_seconds=300),
        visit("W3", 13 * HOUR, lookback_id="SC-W3"),
    )
    east = duty("T02", visit("E1", 10 * HOUR), visit("E2", 14 * HOUR, lookback_id="LB-连锁东"))
    return made_plan([west, east], [unvisited("E3", rule="closed"), unvisited("W4", mandatory=True)]), register


def replanned():
    """
    What is compared after a replan of the hamlet's plan, and its register.

    W2 is shut; E1 is promised the afternoon, for which E2 has to go; E3 is urgent and comes to the west's team, for
    which W3 is made earlier.
    """
    plan, register = hamlet()
    west = replace(plan.duties[0], route=(plan.duties[0].route[0], visit("W3", 11 * HOUR, lookback_id="SC-W3")))
    west = replace(west, route=(*west.route, visit("E3", 15 * HOUR, mandatory=True)))
    east = replace(plan.duties[1], route=(visit("E1", 15 * HOUR + 600),))
    recorded = (
        Recorded(1, Shut("W2", DAY, DAY)),
        Recorded(2, Appointment("LB-E1", "E1", DAY, 15 * HOUR, 16 * HOUR)),
        Recorded(3, Urgent("E3", DAY)),
    )
    left = [
        unvisited("W2", rule="shut"),
        unvisited("W4", mandatory=True),
        replace(unvisited("E2"), lookback_id="LB-连锁东"),
    ]
    made = replace(plan.created_by, now="2026-11-24T08:00:00", events=(1, 2, 3))
    now = replace(made_plan([west, east], left), revision=2, parent=1, created_by=made)
    return compare(plan, now, register, recorded, moved_minutes=30), register


def called_off():
    """The hamlet's plan after the visit at W2 was called off when the team was at its door: from there it went on."""
    plan, register = hamlet()
    door = Halt("W2", 11 * HOUR, 600, 700, TravelMode.WALK, 1)
    west = replace(plan.duties[0], route=(plan.duties[0].route[0], plan.duties[0].route[2]), halts=(door,))
    left = [*plan.unvisited, unvisited("W2", rule="shut")]
    return replace(made_plan([west, plan.duties[1]], left), revision=2, parent=1), register


def city(teams=36, stops=7, left=1000):
    """As many teams and places as the largest plan that a page is meant for."""
    places = [enterprise(f"S{k}", 121.4 + k % 40 * 0.004, 31.1 + k // 40 * 0.004) for k in range(teams * stops + left)]
    crews = [Team(f"T{t}", f"第{t}组", LonLat(121.45, 31.2), LonLat(121.45, 31.2), ()) for t in range(teams)]
    ids = iter(place.enterprise_id for place in places)
    duties = [duty(f"T{t}", *(visit(next(ids), (9 + k) * HOUR) for k in range(stops))) for t in range(teams)]
    plan = made_plan(duties, [unvisited(enterprise_id) for enterprise_id in ids])
    found = tuple(violation(place.enterprise_id, note="收银台要求手机号后才能付款" * 3) for place in places)
    return plan, Register(enterprises=tuple(places), violations=found, teams=tuple(crews))
