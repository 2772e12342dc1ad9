"""What a learned card says about a register's places on a day; nothing at all when none was learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.learning.card import Card
from planner.learning.history import of_register
from planner.learning.known import Known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from planner.plan import Reason
    from planner.policy import Policy
    from planner.register import Register


def record_reasons(
    register: Register, day: date, policy: Policy, sites: Iterable[str]
) -> Mapping[str, tuple[Reason, ...]]:
    """The lines of the learned card for each of some enterprises, on a day; empty when nothing was learned."""
    asked = sorted(set(sites))
    if not policy.card.learned or not asked:
        return {}
    history = of_register(register)
    places = np.array([history.number[site] for site in asked], np.int64)
    known = Known.on(history, day.toordinal(), places)
    found = Card.of(policy.card).reasons(known, places.tolist())
    return {site: found[int(place)] for site, place in zip(asked, places, strict=True)}


def fingerprint(policy: Policy) -> str:
    """The fingerprint of the learned card that scores use; empty when nothing was learned."""
    return Card.of(policy.card).fingerprint if policy.card.learned else ""
