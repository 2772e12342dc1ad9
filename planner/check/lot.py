"""What was drawn by lot: the lot is drawn again, and what it fell on goes before what nobody must visit."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from planner.check.conflicts import Conflict
from planner.check.hours import open_throughout, overlap
from planner.check.ways import at_most
from planner.lookbacks import SpotCheck
from planner.plan import Drawn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.check.given import Given
    from planner.enterprises import Enterprise
    from planner.geo import LonLat
    from planner.lookbacks import Wanted
    from planner.plan import Duty, Visit


def by_lot(given: Given) -> Iterator[Conflict]:
    """The lot is the one that the seed draws, and what it fell on goes before what may be left out."""
    card, stated = given.policy.card, given.plan.drawn
    lot = tuple(f"SC-{site}" for site in _lot(given)) if card.learned else ()
    due = Drawn(card.drawn_percent, card.drawn_seed, lot) if card.learned else None
    if stated != due:
        yield Conflict("drawn", "plan", f"the lot falls on {lot}; the plan says {stated and stated.checks}")
    # Measured legs are known from stop to stop only; a replan keeps what was published, and repairs nothing.
    if not given.measured and not given.policy.plan.least_visits_per_district:
        for lookback_id in lot:
            if given.before is None or lookback_id in given.published:
                yield from _given_way(given, lookback_id)


def _lot(given: Given) -> Iterator[str]:
    """Sites by the sha256 of seed, day and id, until the share of the teams' time is used; the last by chance."""
    card, shift, day = given.policy.card, given.policy.shift, given.plan.horizon[0]
    register = given.register
    owing = {lb.sites[0] for lb in given.owed.values() if len(lb.sites) == 1 and lb.violations}
    minutes = (shift.end - shift.start) // 60 - shift.break_minutes
    left = card.drawn_percent * minutes * len(register.teams) * len(given.plan.horizon) / 100
    if not card.drawn_points:
        return

    def number(text: str) -> int:
        return int.from_bytes(hashlib.sha256(f"{card.drawn_seed}|{day}|{text}".encode()).digest(), "big")

    for site in sorted((e for e in register.enterprise if e not in owing), key=number):
        enterprise = register.enterprise[site]
        if enterprise.place is None or all(given.first_obstacle(team, enterprise) for team in register.team):
            continue
        needed = given.minutes(enterprise, SpotCheck(f"SC-{site}", site, ()))
        if left < needed and number("") >= left / needed * 2**256:
            return
        yield site
        left -= needed
        if left <= 0:
            return


def _given_way(given: Given, lookback_id: str) -> Iterator[Conflict]:
    """A check that the lot fell on, left out, while a visit that nobody must make stands where it could stand."""
    check = given.wanted.get(lookback_id)
    if check is None or check.sites[0] in given.visited_sites:
        return
    site = given.register.enterprise[check.sites[0]]
    promised = {promise.lookback_id for promise in (*given.promises, *given.changes.promises)}
    for duty in given.plan.duties:
        if _keeps_away(given, site, check, duty):
            continue
        first = _first_free(given, duty)
        for k, visit in enumerate(duty.route[first:], first):
            wanted = given.wanted.get(visit.lookback_id)
            may_go = wanted is not None and not (wanted.mandatory or wanted.drawn)
            if may_go and visit.lookback_id not in promised and _fits_instead(given, site, check, duty, k):
                where = f"{duty.team_id} {duty.day} {visit.enterprise_id}"
                yield Conflict("drawn", where, f"stands where {lookback_id} could, which was drawn by lot")
                return


def _first_free(given: Given, duty: Duty) -> int:
    """The first visit that could have given way: of a replan none that has begun, nor the one that is next."""
    if given.before is None or (duty.day, duty.shift.start) >= (given.before.day, given.before.second):
        return 0
    return len(duty.route) if duty.day < given.before.day else given.begun(duty.team_id, duty.day) + 1


def _keeps_away(given: Given, site: Enterprise, check: Wanted, duty: Duty) -> bool:
    """Whether a duty may not visit a site, or is not as its team usually is."""
    key, changes = (duty.team_id, duty.day), given.changes
    return (
        duty.team_id not in given.register.team
        or given.first_obstacle(duty.team_id, site) != ""
        or (site.enterprise_id, duty.day) in changes.shut
        or duty.day < changes.postponed.get(check.lookback_id, duty.day)
        or key in changes.team_out
        or key in changes.late
    )


def _fits_instead(given: Given, site: Enterprise, check: Wanted, duty: Duty, k: int) -> bool:
    """Whether a spot check could take a visit's time, from its start on, with no other visit or break moved."""
    team, rest = given.register.team[duty.team_id], duty.rest
    start = duty.route[k].start
    end = start + 60 * given.minutes(site, check)
    free, origin = (duty.route[k - 1].end, _at(given, duty.route[k - 1])) if k else (duty.shift.start, team.start)
    last = k + 1 == len(duty.route)
    due, goal = (duty.shift.end, team.end) if last else (duty.route[k + 1].start, _at(given, duty.route[k + 1]))
    if rest is not None and free <= rest.start < start:
        free = rest.end  # the break is at the stop before
    if rest is not None and end <= rest.start < due:
        due = rest.start  # the break is at the stop after
    scenario = given.policy.scenarios[site.scenario]
    taken = [*scenario.avoid, *((each.start, each.end) for each in (rest,) if each is not None)]
    return (
        site.place is not None
        and start <= duty.shift.end - 60 * given.policy.visits.last_start_before_end
        and free + at_most(given, team, origin, site.place) <= start
        and end + at_most(given, team, site.place, goal) <= due
        and not any(overlap(each, (start, end)) for each in taken)
        and open_throughout(site.opening_hours or scenario.hours, duty.day, start, end)
    )


def _at(given: Given, visit: Visit) -> LonLat:
    return given.register.enterprise[visit.enterprise_id].at
