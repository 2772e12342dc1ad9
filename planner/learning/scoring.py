"""What a learned card says about a register's places on a day; nothing at all when none was learned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.learning.card import Card, Scores
from planner.learning.history import of_register
from planner.learning.known import Known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from planner.plan import Reason
    from planner.policy import Policy
    from planner.register import Register


@dataclass(frozen=True, eq=False)
class PlaceRecords:
    """The learned points of some enterprises; without a learned card nobody has any."""

    scores: Scores | None
    places: Mapping[str, int]

    def points(self, enterprise_id: str) -> int:
        """The sum of the card's lines."""
        return 0 if self.scores is None else int(self.scores.total[self.places[enterprise_id]])

    def reasons(self, enterprise_id: str) -> tuple[Reason, ...]:
        """The card's lines that give points, with the records behind them."""
        return () if self.scores is None else self.scores.reasons(self.places[enterprise_id])


def place_records(register: Register, day: date, policy: Policy, sites: Iterable[str]) -> PlaceRecords:
    """What the policy's learned card says on a day about some enterprises: the only ones that may be asked for."""
    asked = sorted(set(sites)) if policy.card.learned else []
    if not asked:
        return PlaceRecords(None, {})
    history = of_register(register)
    places = {site: history.number[site] for site in asked}
    known = Known.on(history, day.toordinal(), np.array(list(places.values()), np.int64))
    return PlaceRecords(Scores(Card.of(policy.card), known), places)


def fingerprint(policy: Policy) -> str:
    """The fingerprint of the learned card that scores use; empty when nothing was learned."""
    return Card.of(policy.card).fingerprint if policy.card.learned else ""
