"""What is not visited: all of it is listed, and by the rule that may have stopped it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from planner.check.conflicts import Conflict
from planner.check.hours import ever_open
from planner.lookbacks import LookBack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.check.given import Given
    from planner.enterprises import Enterprise
    from planner.lookbacks import Wanted
    from planner.plan import Unvisited


def complete(given: Given) -> Iterator[Conflict]:
    """All that is owed or was drawn by lot is visited, or listed once for a reason that may be the right one."""
    visited = {visit.lookback_id for duty in given.plan.duties for visit in duty.route}
    listed = Counter(row.lookback_id for row in given.plan.unvisited)
    for row in given.plan.unvisited:
        lb = given.listed.get(row.lookback_id)
        if lb is None:
            yield Conflict("unvisited", row.lookback_id, "is listed as unvisited but is not owed")
            continue
        if row.lookback_id in visited:
            yield Conflict("unvisited", row.lookback_id, "is both visited and unvisited")
        if (row.priority, row.mandatory) != (lb.priority, lb.mandatory):
            yield Conflict("unvisited", row.lookback_id, "is listed with another priority than it has")
        if row.enterprise_id not in lb.sites:
            yield Conflict("unvisited", row.lookback_id, f"{row.enterprise_id} is not one of its sites")
        if not (row.rule and row.reason and row.reason_zh):
            yield Conflict("unvisited", row.lookback_id, "is unvisited without a reason")
        elif row.lookback_id not in visited:
            yield from _stopped(given, row, lb)
    for lookback_id in given.listed:
        if lookback_id not in visited and not listed[lookback_id]:
            yield Conflict("complete", lookback_id, "is neither visited nor listed as unvisited")
        if listed[lookback_id] > 1:
            yield Conflict("unvisited", lookback_id, "is listed more than once")


def _stopped(given: Given, row: Unvisited, lb: Wanted) -> Iterator[Conflict]:
    """Whether the rule that is said to have stopped a look-back may be the one that did."""
    if any(promise.lookback_id == lb.lookback_id for promise in (*given.promises, *given.changes.promises)):
        return  # a promise narrows the teams and hours; that it is broken is a conflict of its own
    possible = _obstacles(given, lb)
    if row.rule not in possible:
        rules = " or ".join(possible)
        yield Conflict("unvisited", row.lookback_id, f"is said to be stopped by {row.rule}; it may be {rules}")


def _obstacles(given: Given, lb: Wanted) -> tuple[str, ...]:
    """The rules that may have stopped a look-back, what has been reported among them."""
    days = {duty.day for duty in given.plan.duties}
    rules, changes = list(_standing_obstacles(given, lb)), given.changes
    postponed_to = changes.postponed.get(lb.lookback_id, date.min)
    if rules != ["not_released"] and min(days, default=date.max) < postponed_to:
        rules.append("postponed")
    if any((site, day) in changes.shut for site in lb.sites for day in days):
        rules.append("shut")
    if given.before is not None or changes.team_out or changes.officers_out:
        rules.append("team_out")
    return tuple(rules)


def _standing_obstacles(given: Given, lb: Wanted) -> tuple[str, ...]:
    """The rules that may have stopped a look-back: of its hopeful sites and teams the one that got farthest."""
    register, duties = given.register, given.plan.duties
    days = {duty.day for duty in duties}
    release = lb.release if isinstance(lb, LookBack) else date.min
    if release > given.plan.horizon[-1]:
        return ("not_released",)
    sites = [site for site in map(register.enterprise.__getitem__, lb.sites) if site.place is not None]
    if not sites:
        return ("no_place",)
    if not duties:
        return ("no_team",)
    barred = {
        (team_id, site.enterprise_id): given.first_obstacle(team_id, site)
        for team_id in {duty.team_id for duty in duties} & register.team.keys()
        for site in sites
    }
    if "" not in barred.values():
        return tuple(rule for rule in ("recusal", "scenario", "jurisdiction") if rule in barred.values())[:1]
    free = [(duty, site) for duty in duties for site in sites if barred.get((duty.team_id, site.enterprise_id)) == ""]
    open_ = [(site, duty) for duty, site in free if duty.day >= release and _ever_open(given, site, lb, duty.day)]
    if not open_:
        return ("closed",)
    rules = ["shift", "time"]
    if len(days) > 1 and all((site.enterprise_id, duty.day) in given.changes.shut for site, duty in open_):
        rules.append("closed")  # on the days that were not reported it never opens
    if any(site.enterprise_id in given.visited_sites for _, site in free):
        rules.append("same_day")
    if any(len(duty.route) >= given.most_visits(register.team[duty.team_id]) for duty, _ in free):
        rules.append("max_visits")
    return tuple(rules)


def _ever_open(given: Given, enterprise: Enterprise, lb: Wanted, day: date) -> bool:
    scenario = given.policy.scenarios[enterprise.scenario]
    hours = enterprise.opening_hours or scenario.hours
    return ever_open(hours, tuple(scenario.avoid), day, 60 * given.minutes(enterprise, lb))
