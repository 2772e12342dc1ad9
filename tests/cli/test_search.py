"""What is said while a search is at work."""

import json
import re
from dataclasses import replace

import pytest
import towns
from rich.console import Console
from rich.progress import Progress

from planner.cli.options import Lang
from planner.cli.search import _columns, _found
from planner.draw import pages
from planner.plan import Bound, gap_to
from planner.planning import finish, prepare
from planner.solvers import Best, Limit, Proof, greedy
from planner.travel import engine
from planner.words import more_possible
from planner.writers.text import plan_text


def test_bar_text_page_and_document_say_the_same_of_the_bound():
    """One definition, one wording: more priority by at most so much, of what the plan collects."""
    town = towns.two_districts()
    prepared = prepare(town, towns.POLICY, towns.DAY, engine(town, towns.POLICY))
    routes = greedy.filled(prepared.problem, [[] for _ in prepared.problem.duties])
    plan = finish(prepared, routes, solver="greedy", seed=0, limit=Limit(steps=0), proof=None)
    collected = plan.totals.priority
    most = collected + collected // 30 + 1
    plan = replace(plan, bound=Bound(most, gap_to(most, collected), "hand"))
    words = more_possible(plan.bound.gap)
    page = pages(plan, town)["plan.html"]
    island = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])
    assert island["bound"]["more"] == list(words)
    for lang in Lang:
        bar = _found(prepared, Best(routes, 0, 0, Proof(plan.bound.priority, "hand")), lang)
        bound = f"{plan.bound.priority:,}"
        assert bar.endswith(f"{bound} · {words.of(lang)}")
        text = plan_text(plan, town, lang)
        assert bound in text
        assert words.of(lang) in text


def test_without_a_proof_the_bar_says_nothing_of_a_bound():
    town = towns.two_districts()
    prepared = prepare(town, towns.POLICY, towns.DAY, engine(town, towns.POLICY))
    nothing = Best(tuple(() for _ in prepared.problem.duties), 0, 0)
    assert _found(prepared, nothing, Lang.EN) == "0 visits · mandatory 0 · priority 0"


@pytest.mark.parametrize("width", [60, 80, 100, 119, 120, 160])
def test_a_narrow_terminal_shows_all_that_was_found_and_the_time(width):
    found = "230 visits · mandatory 82 · priority 161,505 · bound 193,430 · at most 19.8% more"
    bar = Progress(*_columns(width), console=Console(width=width, force_terminal=True, color_system=None))
    bar.add_task("searching", total=30, best=found)
    with bar.console.capture() as shown:
        bar.console.print(bar.get_renderable())
    words = shown.get().split()
    assert "…" not in shown.get()
    assert {"searching", "0:00:00", *found.split()} <= set(words)
    assert len(shown.get().splitlines()) <= 3
