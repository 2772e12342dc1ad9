"""What was taken in of outcomes, and what comes of each, as text for a terminal; Chinese or English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.clock import hhmm
from planner.words import label
from planner.writers.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.history import FollowUp
    from planner.outcomes import Outcome
    from planner.register import Register

_WORDS = {
    "counts": ("记录 {} 项,已有记录 {} 项,冲突 {} 项", "{} recorded, {} already recorded, {} in conflict"),
    "closed": ("销号", "closed"),
    "again": ("再查:{} 起,截止 {}", "comes back from {}, due {}"),
    "suggested": ("建议下一步:{}(上次:{}),由人决定", "suggested next: {} (last: {}); people decide"),
    "address": ("请核实地址", "check the address"),
    "under_way": ("检查中", "under way"),
    "found": ("新发现:{}", "newly found: {}"),
}


def intake_text(follow_ups: Sequence[FollowUp], known: int, conflicts: int, register: Register, lang: str) -> str:
    """One line for each outcome that was recorded, and how many were not."""
    lines = [_line(follow_up, register, lang) for follow_up in follow_ups]
    return "\n".join([*lines, _word("counts", lang, len(follow_ups), known, conflicts)]) + "\n"


def differences(one: Outcome, other: Outcome) -> tuple[str, ...]:
    """The fields in which two outcomes of a visit differ, as the document calls them."""
    names = (name for name, value in vars(one).items() if value != vars(other)[name])
    return tuple("outcome" if name == "kind" else name for name in names)


def _line(follow_up: FollowUp, register: Register, lang: str) -> str:
    outcome = follow_up.outcome
    enterprise = register.enterprise.get(outcome.enterprise_id)
    name = f" {clean(enterprise.name)}" if enterprise else ""
    head = f"{outcome.day} {outcome.team_id} {outcome.lookback_id}{name}: {label(outcome.kind, lang)}"
    return " · ".join([head, *_what_follows(follow_up, lang)])


def _what_follows(follow_up: FollowUp, lang: str) -> list[str]:
    outcome, parts = follow_up.outcome, []
    if outcome.under_way:
        parts.append(f"{_word('under_way', lang)} {hhmm(outcome.arrived or 0)}")
    if outcome.violations:
        kinds = "、" if lang == "zh" else ", "
        parts.append(_word("found", lang, kinds.join(label(v.kind, lang) for v in outcome.violations)))
    if follow_up.suggested and follow_up.last:
        parts.append(_word("suggested", lang, label(follow_up.suggested, lang), label(follow_up.last, lang)))
    if outcome.kind == "not_found":
        parts.append(_word("address", lang))
    if follow_up.release and follow_up.due:
        parts.append(_word("again", lang, follow_up.release, follow_up.due))
    elif follow_up.last:
        parts.append(_word("closed", lang))
    return parts


def _word(key: str, lang: str, *values: object) -> str:
    return _WORDS[key][lang != "zh"].format(*values)
