"""Where a team's day leads: what every line on a map, on paper and in a file is drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.plan import Halt

if TYPE_CHECKING:
    from planner.geo import LonLat
    from planner.plan import Duty, Visit
    from planner.register import Register


@dataclass(frozen=True)
class Track:
    """A team's day as places: from its start past its calls to its end."""

    calls: tuple[Visit | Halt, ...]
    """Visits and halts, in the order in which the team is there."""
    places: tuple[LonLat, ...]
    """The start, the place of each call, the end."""

    @property
    def stops(self) -> tuple[int, ...]:
        """Which of the places are those of visits."""
        return tuple(k for k, call in enumerate(self.calls, start=1) if not isinstance(call, Halt))

    @property
    def halts(self) -> tuple[tuple[Halt, LonLat], ...]:
        """The halts on the way, each with its place."""
        pairs = zip(self.calls, self.places[1:-1], strict=True)
        return tuple((call, place) for call, place in pairs if isinstance(call, Halt))


def track(duty: Duty, register: Register) -> Track:
    """
    Where a duty leads; the line goes by way of where a replan found the team, even if that is no stop.

    Raises
    ------
    KeyError
        The register does not hold its team, or an enterprise on it.
    ValueError
        Of an enterprise on it there are no coordinates.
    """
    team = register.team[duty.team_id]
    places = [
        team.end if isinstance(call, Halt) and duty.is_home(call) else register.enterprise[_where(call)].at
        for call in duty.calls
    ]
    return Track(duty.calls, (team.start, *places, team.end))


def _where(call: Visit | Halt) -> str:
    return call.place_id if isinstance(call, Halt) else call.enterprise_id
