"""Who may inspect what: jurisdiction, scenario and recusal."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.enterprises import Enterprise
    from planner.register import Register


class Rule(StrEnum):
    """The rule that stops a look-back, in the order in which the rules are asked."""

    NOT_RELEASED = "not_released"
    NO_PLACE = "no_place"
    JURISDICTION = "jurisdiction"
    SCENARIO = "scenario"
    RECUSAL = "recusal"
    NO_TEAM = "no_team"
    TEAM_OUT = "team_out"
    POSTPONED = "postponed"
    SHUT = "shut"
    PROMISED = "promised"
    CLOSED = "closed"
    SHIFT = "shift"
    SAME_DAY = "same_day"
    MAX_VISITS = "max_visits"
    TIME = "time"


def obstacle(register: Register, team_id: str, enterprise: Enterprise) -> Rule | None:
    """The first rule that keeps a team away from an enterprise whatever the hour; None: it may go there."""
    team = register.team[team_id]
    district = register.district_of(enterprise.enterprise_id)
    if team.authorities and (district is None or district.authority not in team.authorities):
        return Rule.JURISDICTION
    if team.scenarios and enterprise.scenario not in team.scenarios:
        return Rule.SCENARIO
    if register.recused(team, enterprise):
        return Rule.RECUSAL
    return None
