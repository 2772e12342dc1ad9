"""
A plan as maps: one HTML page for the planner, one for each team with its own route and nothing else, and one that
shows what a plan and the one before it do differently.

A page is a value made from values: no clock, no network, no random ids, so that drawing it again gives the same
bytes. One file a layer (``draw_districts``, ``draw_rivers``, ``draw_route``, ``draw_unvisited``), each returning the
``FeatureGroup`` that it put on the map. Folium sees no data at all; they go in by ``document``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.draw.base import base
from planner.draw.canvas import new_canvas
from planner.draw.comparison_facts import comparison_facts
from planner.draw.districts import draw_districts
from planner.draw.document import document
from planner.draw.others import draw_others
from planner.draw.plan_facts import plan_facts
from planner.draw.rivers import draw_rivers
from planner.draw.routes import draw_route
from planner.draw.team_facts import team_facts
from planner.draw.unvisited import draw_unvisited
from planner.filenames import file_names
from planner.geo import Datum

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from planner.compare import Comparison
    from planner.draw.base import Base
    from planner.draw.facts import Facts
    from planner.plan import Plan
    from planner.register import Register

PLAN_PAGE = "plan.html"
"""The planner's page, with every team on it."""

COMPARISON_PAGE = "comparison.html"
"""Before and after a replan."""


@dataclass(frozen=True)
class Edition:
    """How pages are drawn: the language they open in, what lies under them, who drew them, and who may read them."""

    lang: str = "zh"
    """``zh`` or ``en``; a page's reader can switch."""
    base: Base | None = None
    """Tiles; None: the schematic alone."""
    drawn_by: str = ""
    """For the watermark."""
    passphrase: str = ""
    """What opens the pages; empty: they open by themselves."""


def pages(plan: Plan, register: Register, edition: Edition = Edition()) -> dict[str, str]:
    """
    Every page of a plan, by file name: ``plan.html``, and one for each team that has a route.

    Parameters
    ----------
    plan
        What to draw.
    register
        The tables it was made from.
    edition
        How.

    Raises
    ------
    KeyError
        The plan names an enterprise or a team that the register does not hold.
    """
    names = file_names(sorted({duty.team_id for duty in plan.duties if duty.route}), taken=PLAN_PAGE)
    drawn = {PLAN_PAGE: _page(plan_facts(plan, register, names), edition)}
    for team_id, name in names.items():
        drawn[name] = _page(team_facts(plan, register, team_id, name.removesuffix(".html")), edition)
    return drawn


def comparison_page(
    comparison: Comparison, register: Register, document: Mapping[str, Any], edition: Edition = Edition()
) -> str:
    """
    Two plans on one page: the routes that differ before and after, each change with its cause, and whom to tell.

    Parameters
    ----------
    comparison
        The plans and what differs.
    register
        The tables they were made from.
    document
        The comparison as ``writers.comparison.comparison_document`` words it.
    edition
        How it is drawn.

    Raises
    ------
    KeyError
        A plan names an enterprise or a team that the register does not hold.
    """
    return _page(comparison_facts(comparison, register, document), edition)


def _page(facts: Facts, edition: Edition) -> str:
    """Draw the layers from the ground up, and make them a page."""
    canvas = new_canvas(edition.base.datum if edition.base else Datum.WGS84)
    draw_districts(canvas, facts.districts)
    draw_rivers(canvas, facts.barriers)
    for rule, spots in enumerate(facts.spots):
        draw_unvisited(canvas, rule, spots)
    for duty, track in enumerate(facts.tracks):
        draw_route(canvas, duty, track)
    if facts.others:
        draw_others(canvas, facts.others)
    return document(canvas, facts.content, edition)


__all__ = ["COMPARISON_PAGE", "PLAN_PAGE", "Edition", "base", "comparison_page", "pages"]
