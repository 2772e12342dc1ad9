"""Checklists: one for each scenario, and whatever was found before, an item bears on it."""

import re

import pytest

from planner.checklists import CHECKLISTS
from planner.enterprises import Scenario
from planner.violations import ViolationKind


def test_every_scenario_has_its_checklist():
    assert set(CHECKLISTS) == set(Scenario)


@pytest.mark.parametrize("scenario", Scenario)
def test_items_are_numbered_in_order_under_one_letter(scenario):
    ids = [item.item_id for item in CHECKLISTS[scenario]]
    assert ids == [f"{ids[0][0]}{k}" for k in range(1, len(ids) + 1)]


def test_no_letter_serves_two_scenarios():
    letters = [items[0].item_id[0] for items in CHECKLISTS.values()]
    assert len(set(letters)) == len(letters)


@pytest.mark.parametrize("scenario", Scenario)
def test_every_kind_of_violation_has_an_item_to_look_at(scenario):
    """So that an earlier finding always puts something first."""
    covered = frozenset().union(*(item.bears_on for item in CHECKLISTS[scenario]))
    assert set(ViolationKind) <= covered


@pytest.mark.parametrize("scenario", Scenario)
def test_items_speak_both_languages(scenario):
    for item in CHECKLISTS[scenario]:
        assert re.search("[\u4e00-\u9fff]", item.label.zh)
        assert re.fullmatch("[ -~’]+", item.label.en)
