"""
Spot checks drawn by lot: a share of the teams' time about which no score decides.

A history of visits that a score chose would teach the score nothing but itself. Every enterprise gets a number from
seed, day and id (sha256), and the lowest are drawn: anybody can draw again, and no order of a table has a say.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from planner.enterprises import Enterprise
    from planner.policy import Policy
    from planner.register import Register


def drawn(register: Register, sites: Iterable[str], day: date, policy: Policy, days: int = 1) -> tuple[str, ...]:
    """
    The sites drawn, lowest number first, as many as the policy's share of the teams' usual time has room for.

    What no team may ever visit is passed over. The last one is drawn only with the chance at which it fits, decided
    by a number of its own: so that also a few teams, whose share of a day is less than a visit, keep it over the days.

    Parameters
    ----------
    day
        The first of so many working ``days``.
    """
    card = policy.card
    if not card.drawn_points:
        return ()
    shift = (policy.shift.end - policy.shift.start) // 60 - policy.shift.break_minutes
    overhead = policy.visits.certificate_minutes + policy.visits.record_minutes
    left = len(register.teams) * days * shift * card.drawn_percent / 100

    def number(site: str) -> str:
        return hashlib.sha256(f"{card.drawn_seed}|{day}|{site}".encode()).hexdigest()

    found: list[str] = []
    for site in sorted(sites, key=number):
        enterprise = register.enterprise[site]
        if not _may_be_visited(register, enterprise):
            continue
        minutes = (enterprise.visit_minutes or policy.scenarios[enterprise.scenario].spot_check) + overhead
        if left < minutes and int(number(""), 16) >= left / minutes * 2**256:
            break
        found.append(site)
        left -= minutes
        if left <= 0:
            break
    return tuple(found)


def _may_be_visited(register: Register, enterprise: Enterprise) -> bool:
    """Whether any team may go there at all: by authority, scenario and recusal."""
    district = register.district_of(enterprise.enterprise_id)
    authority = None if district is None else district.authority
    return any(
        (not team.authorities or authority in team.authorities)
        and (not team.scenarios or enterprise.scenario in team.scenarios)
        and not register.recused(team, enterprise)
        for team in register.teams
    )
