"""
The register: everything the tables say, cross-checked, as one value.

Enterprises are placed in business districts here, once. Whatever is wrong between tables is a problem of the
reader (``readers``); the register only holds what passed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from planner.clock import Calendar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from planner.districts import Barrier, District
    from planner.enterprises import Enterprise
    from planner.teams import Agency, Officer, Recusal, Shift, Team
    from planner.violations import Inspection, Violation


@dataclass(frozen=True)
class Register:
    """Enterprises, their history, the teams and the ground, each in the order of its ids."""

    enterprises: tuple[Enterprise, ...]
    violations: tuple[Violation, ...] = ()
    inspections: tuple[Inspection, ...] = ()
    teams: tuple[Team, ...] = ()
    officers: tuple[Officer, ...] = ()
    shifts: tuple[Shift, ...] = ()
    recusals: tuple[Recusal, ...] = ()
    districts: tuple[District, ...] = ()
    barriers: tuple[Barrier, ...] = ()
    calendar: Calendar = field(default_factory=Calendar)
    located: Mapping[str, str] = field(default_factory=dict)
    """The district of each enterprise that has one, by enterprise id."""

    @cached_property
    def enterprise(self) -> Mapping[str, Enterprise]:
        """Enterprises by id."""
        return {enterprise.enterprise_id: enterprise for enterprise in self.enterprises}

    @cached_property
    def team(self) -> Mapping[str, Team]:
        """Teams by id."""
        return {team.team_id: team for team in self.teams}

    @cached_property
    def officer(self) -> Mapping[str, Officer]:
        """Officers by id."""
        return {officer.officer_id: officer for officer in self.officers}

    @cached_property
    def district(self) -> Mapping[str, District]:
        """Districts by id."""
        return {district.district_id: district for district in self.districts}

    @cached_property
    def sites(self) -> Mapping[str, tuple[str, ...]]:
        """The enterprises of each operator, by operator."""
        sites: dict[str, list[str]] = defaultdict(list)
        for enterprise in self.enterprises:
            sites[enterprise.operator].append(enterprise.enterprise_id)
        return {operator: tuple(ids) for operator, ids in sites.items()}

    @cached_property
    def violations_at(self) -> Mapping[str, tuple[Violation, ...]]:
        """The violations found at each enterprise, oldest first."""
        found: dict[str, list[Violation]] = defaultdict(list)
        for violation in sorted(self.violations, key=lambda v: (v.found_on, v.violation_id)):
            found[violation.enterprise_id].append(violation)
        return {enterprise_id: tuple(violations) for enterprise_id, violations in found.items()}

    @cached_property
    def inspections_of(self) -> Mapping[str, tuple[Inspection, ...]]:
        """The past visits to each enterprise, oldest first."""
        visits: dict[str, list[Inspection]] = defaultdict(list)
        for inspection in sorted(self.inspections, key=lambda i: (i.day, i.inspection_id)):
            visits[inspection.enterprise_id].append(inspection)
        return {enterprise_id: tuple(inspections) for enterprise_id, inspections in visits.items()}

    def district_of(self, enterprise_id: str) -> District | None:
        """The business district of an enterprise; None outside all of them."""
        district_id = self.located.get(enterprise_id)
        return None if district_id is None else self.district[district_id]

    def certified(self, team: Team, day: date) -> dict[Agency, int]:
        """How many officers of each agency a team represents hold a valid certificate on the day."""
        counts: dict[Agency, int] = {}
        for officer_id in team.officers:
            officer = self.officer[officer_id]
            counts[officer.agency] = counts.get(officer.agency, 0) + officer.is_certified(day)
        return counts

    def recused(self, team: Team, enterprise: Enterprise) -> tuple[str, ...]:
        """The officers of a team who must not inspect an enterprise."""
        return tuple(
            officer_id
            for officer_id in team.officers
            if (officer_id, enterprise.enterprise_id) in self._recused
            or (officer_id, enterprise.operator) in self._recused
        )

    @cached_property
    def _recused(self) -> frozenset[tuple[str, str]]:
        return frozenset(
            (recusal.officer_id, target)
            for recusal in self.recusals
            for target in (recusal.enterprise_id, recusal.operator)
            if target is not None
        )
