"""What verbs share about saved plans: what they are drawn from, and by what is loaded beside a search."""

import builtins
import time
from dataclasses import replace
from threading import Event

import hamlet
import pytest

from planner.cli import saved
from planner.cli.options import Lang
from planner.errors import InputError
from planner.policy import Policy


@pytest.fixture
def slowly_loaded(monkeypatch):
    """Whether what draws pages had been loaded, at each import of it by whoever draws; loading takes its time."""
    loaded, imports, real = Event(), [], builtins.__import__

    def load(name):
        assert name == "planner.draw"
        time.sleep(0.3)
        loaded.set()

    def watched(name, scope=None, names=None, fromlist=(), level=0):
        if name == "planner" and "draw" in (fromlist or ()):
            imports.append(loaded.is_set())
        return real(name, scope, names, fromlist, level)

    monkeypatch.setattr(saved, "_loading", [])
    monkeypatch.setattr(saved, "import_module", load)
    monkeypatch.setattr(builtins, "__import__", watched)
    return imports


def test_who_draws_waits_until_what_draws_is_loaded(slowly_loaded):
    """Two imports at once would share the import's own lock, which Ctrl-C at that moment leaves locked for good."""
    plan, register = hamlet.hamlet()
    saved.drawing_soon()
    assert "plan.html" in saved.drawn(plan, register, Policy.default(), Lang.ZH)
    assert slowly_loaded == [True]


def test_who_draws_without_a_search_waits_for_nothing(slowly_loaded):
    plan, register = hamlet.hamlet()
    assert "plan.html" in saved.drawn(plan, register, Policy.default(), Lang.ZH)
    assert slowly_loaded == [False]


def test_a_plan_is_drawn_only_where_the_door_from_which_a_team_went_on_is_known_too():
    plan, register = hamlet.called_off()
    saved.require_known(plan, register)
    nowhere = [replace(e, place=None) if e.enterprise_id == "W2" else e for e in register.enterprises]
    with pytest.raises(InputError) as wrong:
        saved.require_known(plan, replace(register, enterprises=tuple(nowhere)))
    assert [problem.line() for problem in wrong.value.problems] == [
        "plan 2026-11-24 enterprise_id: W2 has no coordinates any more"
    ]
