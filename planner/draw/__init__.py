"""
A plan as maps: one HTML page for the planner, and one for each team with its own route and nothing else.

A page is a value made from values: no clock, no network, no random ids, so that drawing it again gives the same
bytes. One file a layer (``draw_districts``, ``draw_rivers``, ``draw_route``, ``draw_unvisited``), each returning the
``FeatureGroup`` that it put on the map. Folium sees numbers only; text from tables goes in by ``document``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.draw.canvas import new_map
from planner.draw.districts import draw_districts
from planner.draw.document import document
from planner.draw.facts import Facts, plan_facts, team_facts
from planner.draw.names import file_names
from planner.draw.rivers import draw_rivers
from planner.draw.routes import draw_route
from planner.draw.unvisited import draw_unvisited

if TYPE_CHECKING:
    from planner.plan import Plan
    from planner.register import Register

PLAN_PAGE = "plan.html"
"""The planner's page, with every team on it."""


def pages(plan: Plan, register: Register, lang: str = "zh") -> dict[str, str]:
    """
    Every page of a plan, by file name: ``plan.html``, and one for each team that has a route.

    Parameters
    ----------
    plan
        What to draw.
    register
        The tables it was made from.
    lang
        The language a page opens in, ``zh`` or ``en``; its reader can switch.

    Raises
    ------
    KeyError
        The plan names an enterprise or a team that the register does not hold.
    """
    names = file_names(sorted({duty.team_id for duty in plan.duties if duty.route}), taken=PLAN_PAGE)
    drawn = {PLAN_PAGE: _page(plan_facts(plan, register, names), lang)}
    for team_id, name in names.items():
        drawn[name] = _page(team_facts(plan, register, team_id), lang)
    return drawn


def _page(facts: Facts, lang: str) -> str:
    """Draw the layers from the ground up, and make them a page."""
    canvas = new_map(facts.places)
    draw_districts(canvas, facts.districts)
    draw_rivers(canvas, facts.barriers)
    for rule, spots in enumerate(facts.spots):
        draw_unvisited(canvas, rule, spots)
    for duty, line in enumerate(facts.lines):
        draw_route(canvas, duty, line)
    return document(canvas, facts.content, lang)
