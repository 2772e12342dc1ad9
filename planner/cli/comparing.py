"""The page that shows before and after a replan: beside a plan's other pages, or of any two plans as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.cli.options import author
from planner.compare import broken_promises, compare
from planner.errors import InputError
from planner.writers.comparison import comparison_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.cli.options import Lang
    from planner.compare import Comparison
    from planner.events import Recorded
    from planner.plan import Plan
    from planner.policy import Policy
    from planner.register import Register
    from planner.store import Store


def page_of(
    comparison: Comparison,
    recorded: Sequence[Recorded],
    register: Register,
    policy: Policy,
    lang: Lang,
    passphrase: str = "",
) -> str:
    """The page, drawn as the policy has it."""
    # Folium takes half a second to import: only for those who draw.
    from planner import draw  # noqa: PLC0415

    edition = draw.Edition(lang, draw.base(policy.maps), policy.maps.drawn_by or author(), passphrase)
    document = comparison_document(comparison, register, broken_promises(comparison.now, recorded))
    return draw.comparison_page(comparison, register, document, edition)


def page_of_replan(
    found: Plan,
    store: Store,
    recorded: Sequence[Recorded],
    register: Register,
    policy: Policy,
    lang: Lang,
    passphrase: str = "",
) -> dict[str, str]:
    """Of a plan that a replan made: what it does other than the plan before it, by file name. Of any other, nothing."""
    from planner import draw  # noqa: PLC0415  # see above

    if found.created_by.now is None or found.parent is None:
        return {}
    try:
        before = store.load(found.plan_id, found.parent)
    except InputError:  # a plan from a file, whose parent was saved elsewhere
        return {}
    comparison = compare(before, found, register, recorded, moved_minutes=policy.replan.moved_minutes)
    return {draw.COMPARISON_PAGE: page_of(comparison, recorded, register, policy, lang, passphrase)}
