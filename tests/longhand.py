"""
The same answers the long way: every break at every minute, every order of every choice.

Nothing here is shared with ``planner.timing`` or a solver: a route is walked second slot by second slot, and the best
plan is found by making all of them. For problems whose times are multiples of ``SLOT``, with a handful of candidates.
"""

from itertools import combinations, pairwise, permutations
from typing import NamedTuple

from towns import SLOT

LEAVING, ARRIVING = "leaving", "arriving"


class Walked(NamedTuple):
    """A route as it was walked: starts of its visits, the break, and when the team is back."""

    starts: tuple
    rest: tuple | None
    back: int


def way_of(problem, duty, route):
    """The places of a route, from the duty's origin to its destination."""
    return [problem.origins[duty], *(problem.candidate_place[c] for c in route), problem.destinations[duty]]


def first_start(problem, duty, candidate, at):
    """The first slot from ``at`` on at which the visit may start; None when there is none any more."""
    day = problem.days.index(problem.duties[duty].day)
    while at <= problem.duties[duty].last_start:
        spans = zip(problem.opens[day, candidate], problem.closes[day, candidate], strict=True)
        if any(first <= at <= last for first, last in spans):
            return at
        at += SLOT
    return None


def walk(problem, duty, route, at, *, resting, first_stop=0, from_origin=True):
    """
    Walk a route from a moment on, never waiting without need.

    ``resting`` is (position, side, start): the break is taken when leaving the position-th place of the way (0 is the
    origin) or when arriving at the place after it; None: no break. Without ``from_origin`` the team has just arrived at
    the stop ``first_stop``. None when the route cannot be walked like this.
    """
    shift, way, legs = problem.duties[duty], way_of(problem, duty, route), problem.legs(duty)
    starts, rest = [], None

    def rested(now):
        return resting[2] + shift.rest_seconds if now <= resting[2] else None

    for k in range(first_stop, len(route) + 1):
        if k > first_stop or from_origin:
            if resting and resting[:2] == (k, LEAVING):
                at, rest = rested(at), resting[2]
                if at is None:
                    return None
            at += int(legs[way[k], way[k + 1]])
        if resting and resting[:2] == (k, ARRIVING):
            at, rest = rested(at), resting[2]
            if at is None:
                return None
        if k < len(route):
            at = first_start(problem, duty, route[k], at)
            if at is None:
                return None
            starts.append(at)
            at += int(problem.seconds[route[k]])
    if at > shift.end or (resting and rest is None):
        return None
    return Walked(tuple(starts), rest, at)


def breaks(problem, duty, route, first_stop=0, *, from_origin=True):
    """Every way to take the break: at every place of the way from a stop on, at every slot of its window."""
    shift = problem.duties[duty]
    moments = range(shift.rest_from, shift.rest_to - shift.rest_seconds + 1, SLOT)
    for k in range(first_stop, len(route) + 1):
        for side in (LEAVING, ARRIVING):
            if k > first_stop or from_origin or side is ARRIVING:
                yield from ((k, side, moment) for moment in moments)


def walks(problem, duty, route, at=None, first_stop=0, *, from_origin=True):
    """Every way to walk a route with its break, from the shift's start or a later moment on."""
    shift = problem.duties[duty]
    at = shift.start if at is None else at
    choices = breaks(problem, duty, route, first_stop, from_origin=from_origin) if shift.rest_seconds else (None,)
    tried = (
        walk(problem, duty, route, at, resting=choice, first_stop=first_stop, from_origin=from_origin)
        for choice in choices
    )
    return [walked for walked in tried if walked is not None]


def earliest_back(problem, duty, route):
    """When a team can be back from a route at the earliest; None when the route is infeasible."""
    return min((walked.back for walked in walks(problem, duty, route)), default=None)


def latest_arrival(problem, duty, route, stop, *, rested):
    """The latest slot at which a team may arrive at a stop with the break taken, or still to come; -1 for never."""
    shift = problem.duties[duty]
    for at in range(shift.end, -1, -SLOT):
        if rested:
            ways = [walk(problem, duty, route, at, resting=None, first_stop=stop, from_origin=False)]
        elif shift.rest_seconds:
            ways = walks(problem, duty, route, at, stop, from_origin=False)
        else:
            ways = []
        if any(walked is not None for walked in ways):
            return at
    return -1


def feasible_routes(problem, duty):
    """Every set of candidates that a duty can visit, none too, in the order that takes the least travel."""
    mine = [c for c in range(len(problem.candidate_wanted)) if problem.allowed[c, duty]]
    legs = problem.legs(duty)
    yield ()  # whoever stays in has no way to make
    for size in range(1, min(len(mine), problem.duties[duty].max_visits) + 1):
        for chosen in combinations(mine, size):
            if clash(problem, chosen):
                continue
            orders = sorted(permutations(chosen), key=lambda route: travelled(problem, duty, route, legs))
            best = next((route for route in orders if earliest_back(problem, duty, route) is not None), None)
            if best is not None:
                yield best


def travelled(problem, duty, route, legs):
    """Seconds on the way; none for a team that stays in."""
    way = way_of(problem, duty, route)
    return sum(int(legs[a, b]) for a, b in pairwise(way)) if route else 0


def clash(problem, chosen):
    """Whether candidates serve one look-back, or visit one enterprise, more than once."""
    wanted = [int(problem.candidate_wanted[c]) for c in chosen]
    places = [int(problem.candidate_place[c]) for c in chosen]
    return len(set(wanted)) < len(wanted) or len(set(places)) < len(places)


def all_plans(problem):
    """Every plan of a problem, each choice of visits with its least travel."""
    plans = [()]
    for duty in range(len(problem.duties)):
        routes = list(feasible_routes(problem, duty))
        plans = [
            (*plan, route)
            for plan in plans
            for route in routes
            if not clash(problem, [c for other in (*plan, route) for c in other])
        ]
    return plans


def visited(problem, plan):
    """Positions in ``wanted`` that a plan serves."""
    return {int(problem.candidate_wanted[c]) for route in plan for c in route}


def worth(problem, plan):
    """What a plan is worth by the rules of the module ``problem``, term by term."""
    total = 0
    for duty, route in enumerate(plan):
        late = problem.days.index(problem.duties[duty].day)
        for c in route:
            wanted = problem.wanted[problem.candidate_wanted[c]]
            points = wanted.priority - wanted.priority * problem.later_day_discount * late // 1000
            total += points * problem.worth.point
            total += problem.worth.mandatory if wanted.mandatory else 0
            total += problem.worth.pinned if wanted.lookback_id in problem.pinned else 0
        total -= travelled(problem, duty, route, problem.legs(duty))
        total -= sum(before * problem.even_load * problem.worth.point for before in range(len(route)))
    for goal in problem.district_goals:
        there = sum(c in goal.candidates for route in plan for c in route)
        total += min(there, goal.least) * problem.worth.least
    return total


def collected(problem, plan):
    """The points of priority that a plan collects."""
    return sum(problem.wanted[k].priority for k in visited(problem, plan))
