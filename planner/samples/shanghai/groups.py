"""
Groups of violations: what one look-back closes, and how each shall stand today.

A *group* is a site's own violations, or all violations of one operator that can be seen
at any of its sites. Who is in trouble follows the latent risk (see ``latent``); who is
still open, and how late, is chance within the numbers the campaign shall have.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .businesses import ONLY_LATE, SHUT_BY_DAY, SHUT_ON_TUESDAYS, Enterprise
from .dice import Dice, apportioned
from .ground import ADMIN_DISTRICTS
from .latent import log_odds, probability

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERVIEWED = 520
FILED = 52
"""Enterprises under these actions: the campaign's own numbers."""
OPEN = {"overdue": 60, "due_today": 30, "released": 310, "not_released": 115}
MOST_MANDATORY = 12
LEAST_MANDATORY = 2
"""Look-backs owed today in one admin district."""
IMPOSSIBLE = 7
FAILED_BEFORE_OVERDUE = 18
FAILED_BEFORE_OPEN = 8
FAILED_OF_VERIFIED = 0.20
MOST_OPERATORS_MANDATORY = 8
EVENING_AUTHORITY = "黄浦区"  # one of its teams works evenings: nothing there is impossible for being open late only

OPERATOR_SCOPE = {
    "scan_to_order": 0.78,
    "power_bank_rental": 0.90,
    "childrens_training": 0.30,
    "retail": 0.30,
    "property_agency": 0.20,
    "online_lending": 0.50,
}

Weights = tuple[tuple[str, float], ...]

FIRST_ACTIONS: dict[str, Weights] = {
    "verified": (
        ("guidance", 14),
        ("on_the_spot_correction", 22),
        ("order_to_correct", 31),
        ("interview", 21),
        ("warning", 6),
        ("fine", 4),
        ("case", 2),
    ),
    "overdue": (
        ("on_the_spot_correction", 24),
        ("order_to_correct", 44),
        ("interview", 26),
        ("fine", 3),
        ("case", 3),
    ),
    "due_today": (("on_the_spot_correction", 34), ("order_to_correct", 66)),
    "released": (
        ("guidance", 6),
        ("on_the_spot_correction", 18),
        ("order_to_correct", 30),
        ("interview", 36),
        ("warning", 4),
        ("fine", 3),
        ("case", 3),
    ),
    "not_released": (
        ("guidance", 6),
        ("order_to_correct", 55),
        ("interview", 28),
        ("warning", 6),
        ("fine", 2),
        ("case", 3),
    ),
}
LARGE_OPERATOR = 12
FOR_OPERATORS = ("order_to_correct", "interview", "warning", "fine", "case")
FOR_LARGE_OPERATORS = ("order_to_correct", "interview")
AFTER_FAILURE: dict[str, Weights] = {
    "verified": (("order_to_correct", 52), ("interview", 32), ("warning", 8), ("case", 4), ("fine", 4)),
    "overdue": (("order_to_correct", 60), ("interview", 32), ("case", 8)),
    "released": (("order_to_correct", 50), ("interview", 50)),
    "not_released": (("order_to_correct", 60), ("interview", 30), ("case", 10)),
}


@dataclass(frozen=True)
class Group:
    """What one look-back closes; ``actions`` has one entry a round."""

    sites: tuple[Enterprise, ...]
    scope: str
    severity: float
    state: str = "verified"
    actions: tuple[str, ...] = ()

    @property
    def authority(self) -> str:
        """The admin district that counts it: that of the first site."""
        return self.sites[0].authority


def groups(dice: Dice, enterprises: Sequence[Enterprise]) -> list[Group]:
    """All groups of the campaign with their state, their rounds and the action of each round."""
    return _with_actions(dice, _with_failures(dice, _with_states(dice, _in_trouble(dice, enterprises))))


def _in_trouble(dice: Dice, enterprises: Sequence[Enterprise]) -> list[Group]:
    """Who has violations, grouped by what one look-back closes."""
    odds = log_odds(enterprises)
    found: list[Group] = []
    by_operator: dict[str, list[Enterprise]] = {}
    for enterprise in enterprises:
        chance = probability(odds[enterprise.enterprise_id])
        if not dice.chance(chance):
            continue
        if enterprise.operator and dice.chance(OPERATOR_SCOPE.get(enterprise.scenario, 0.0)):
            by_operator.setdefault(enterprise.operator, []).append(enterprise)
        else:
            found.append(Group((enterprise,), "site", chance + 0.3 * dice.normal()))
    for sites in by_operator.values():
        chance = sum(probability(odds[site.enterprise_id]) for site in sites) / len(sites)
        found.append(Group(tuple(dice.shuffled(sites)), "operator", chance + 0.3 * dice.normal()))
    return found


def _with_states(dice: Dice, groups: list[Group]) -> list[Group]:
    """The groups with the state each is in today; chance, not risk, decides who is still open."""
    order = dice.shuffled(range(len(groups)))
    mandatory = _mandatory(groups, order)
    states = dice.shuffled(["overdue"] * OPEN["overdue"] + ["due_today"] * OPEN["due_today"])
    state_of = dict(zip(mandatory, states, strict=True))
    others = [index for index in order if index not in state_of]
    for state in ("released", "not_released"):
        chosen, others = others[: OPEN[state]], others[OPEN[state] :]
        state_of.update(dict.fromkeys(chosen, state))
    return [replace(group, state=state_of.get(index, "verified")) for index, group in enumerate(groups)]


def _mandatory(groups: list[Group], order: list[int]) -> list[int]:
    """
    Who must be seen today, by index: a quota for each admin district, so that its teams can do it.

    Some of them are shut all day on a Tuesday: a plan has to say so instead of going there.
    """
    quota = _quotas(groups)
    chosen: list[int] = []
    shut_in: list[str] = []
    for index in order:
        group = groups[index]
        if _is_shut(group) and group.authority not in shut_in and len(shut_in) < IMPOSSIBLE:
            chosen.append(index)
            shut_in.append(group.authority)
            quota[group.authority] -= 1
    operators = 0
    for index in order:
        group = groups[index]
        late = group.sites[0].opening_hours in ONLY_LATE and group.authority != EVENING_AUTHORITY
        if index in chosen or quota[group.authority] == 0 or late or _is_shut(group):
            continue
        if group.scope == "operator":
            if operators == MOST_OPERATORS_MANDATORY:
                continue
            operators += 1
        chosen.append(index)
        quota[group.authority] -= 1
    return chosen


def _quotas(groups: list[Group]) -> dict[str, int]:
    """How many groups of each admin district are mandatory today: by size, within bounds."""
    names = [district.name for district in ADMIN_DISTRICTS]
    sizes = [float(sum(group.authority == name for group in groups)) for name in names]
    total = OPEN["overdue"] + OPEN["due_today"]
    quota = [min(max(count, LEAST_MANDATORY), MOST_MANDATORY) for count in apportioned(total, sizes)]
    by_size = sorted(range(len(names)), key=lambda index: -sizes[index])
    while sum(quota) != total:
        step = 1 if sum(quota) < total else -1
        free = [i for i in by_size if LEAST_MANDATORY <= quota[i] + step <= MOST_MANDATORY]
        quota[max(free, key=lambda i: step * sizes[i] / (quota[i] + 1))] += step
    return dict(zip(names, quota, strict=True))


def _is_shut(group: Group) -> bool:
    """Whether no day team can see the group's only site on a Tuesday."""
    site = group.sites[0]
    by_day = site.opening_hours in SHUT_BY_DAY and site.authority != EVENING_AUTHORITY
    return group.scope == "site" and (by_day or site.opening_hours in SHUT_ON_TUESDAYS)


def _with_failures(dice: Dice, groups: list[Group]) -> list[Group]:
    """The groups with as many empty actions as they have rounds: two where a look-back failed, riskier first."""
    quota = {"overdue": FAILED_BEFORE_OVERDUE, "released": FAILED_BEFORE_OPEN // 2}
    quota["not_released"] = FAILED_BEFORE_OPEN - quota["released"]
    quota["verified"] = round(FAILED_OF_VERIFIED * sum(group.state == "verified" for group in groups))
    failed: set[int] = set()
    for state, count in quota.items():
        members = [index for index, group in enumerate(groups) if group.state == state]
        if state != "verified":
            members = [index for index in members if groups[index].scope == "site"]
        ranked = sorted(members, key=lambda i: (-groups[i].severity - 0.6 * dice.normal(), i))
        failed.update(ranked[:count])
    return [replace(group, actions=("", "") if i in failed else ("",)) for i, group in enumerate(groups)]


def _with_actions(dice: Dice, groups: list[Group]) -> list[Group]:
    """The groups with the action of each round, brought to the exact numbers of interviews and cases."""
    drawn = []
    for group in groups:
        first = FIRST_ACTIONS["verified" if len(group.actions) == 2 else group.state]
        if group.scope == "operator":
            usual = FOR_OPERATORS if len(group.sites) < LARGE_OPERATOR else FOR_LARGE_OPERATORS
            first = tuple(item for item in first if item[0] in usual)
        actions = [dice.weighted(first)]
        if len(group.actions) == 2:
            actions.append(dice.weighted(AFTER_FAILURE[group.state]))
        drawn.append(replace(group, actions=tuple(actions)))
    for action, wanted in (("case", FILED), ("interview", INTERVIEWED)):
        drawn = _adjusted(dice, drawn, action, wanted)
    return drawn


def _adjusted(dice: Dice, groups: list[Group], action: str, wanted: int) -> list[Group]:
    """The groups with exactly so many enterprises under the action: the worst get it first, the mildest lose it."""
    missing = wanted - sum(
        1 if group.actions[0] != action else len(group.sites) for group in groups if action in group.actions
    )
    old, new = ("order_to_correct", action) if missing > 0 else (action, "order_to_correct")
    sign = -1 if missing > 0 else 1
    ranked = sorted(
        (
            index
            for index, group in enumerate(groups)
            if group.actions == (old,) and len(group.sites) == 1 and group.state in ("verified", "released")
        ),
        key=lambda i: (sign * groups[i].severity + 0.2 * dice.normal(), i),
    )
    changed = set(ranked[: abs(missing)])
    return [replace(group, actions=(new,)) if i in changed else group for i, group in enumerate(groups)]
