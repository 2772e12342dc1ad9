"""The document of outcomes: what is said comes back, and whatever is not exactly such a document is refused whole."""

import json
from dataclasses import replace
from datetime import date

import pytest
import towns
from hypothesis import given, strategies as st
from towns import examples

from planner.errors import InputError
from planner.outcomes import (
    MOST_CHARACTERS,
    SEEN,
    Answer,
    ChecklistItem,
    NewViolation,
    Outcome,
    OutcomeKind,
    completes,
    from_json,
    standing,
    to_json,
)
from planner.violations import Action, Aggravation, Scope, ViolationKind

DAY = towns.DAY
MET = Outcome("2026-11-24", 1, "LB-E1", "E1", "T1", DAY, OutcomeKind.PARTLY, 9 * 3600 + 1860, 10 * 3600)

texts = st.text(st.characters(blacklist_categories=("Cc", "Cs")), max_size=20)
names = texts.filter(lambda text: text and text == text.strip())
minutes = st.integers(0, 24 * 60 - 1).map(lambda minute: minute * 60)
violations = st.builds(
    NewViolation,
    kind=st.sampled_from(ViolationKind),
    action=st.sampled_from(Action),
    aggravations=st.frozensets(st.sampled_from(Aggravation)),
    scope=st.sampled_from(Scope),
    rectify_by=st.none() | st.dates(DAY, date(2030, 1, 1)),
    note=texts,
)
items = st.builds(ChecklistItem, item=names, answer=st.sampled_from(Answer), note=texts)


@st.composite
def documents(draw):
    """What one team may hand in for a day."""
    found = []
    for lookback_id in draw(st.lists(names, max_size=4, unique=True)):
        kind = draw(st.sampled_from(OutcomeKind))
        times = sorted(draw(st.lists(minutes, max_size=2)))
        outcome = replace(MET, lookback_id=lookback_id, enterprise_id=draw(names), kind=kind, facts=draw(texts))
        outcome = replace(outcome, arrived=times[0] if times else None, left=times[1] if len(times) > 1 else None)
        if kind in SEEN:
            seen = tuple(draw(st.lists(items, max_size=2))), tuple(draw(st.lists(violations, max_size=2)))
            outcome = replace(outcome, checklist=seen[0], violations=seen[1])
        found.append(outcome)
    return tuple(found)


@examples(100)
@given(documents())
def test_what_is_written_is_what_is_read(outcomes):
    if outcomes:
        assert from_json(to_json(outcomes)) == outcomes
        assert from_json("\ufeff" + to_json(outcomes)) == outcomes


def test_document_is_of_one_team_and_day():
    with pytest.raises(ValueError, match="one team, day and revision, not of 2"):
        to_json([MET, replace(MET, lookback_id="LB-E2", team_id="T2")])


def sample(**more):
    """A good document, as a dictionary to spoil."""
    return json.loads(to_json([replace(MET, lookback_id="LB-E1"), replace(MET, lookback_id="LB-E2")])) | more


def spoiled(place, value):
    """A good document with one thing in it changed; ``...`` takes it away."""
    document = sample(exported_at="2026-11-24T17:05")
    at = document
    for key in place[:-1]:
        at = at[key]
    if value is ...:
        del at[place[-1]]
    else:
        at[place[-1]] = value
    return document


BAD = {
    "another format": (("lookback_outcomes",), 2),
    "a format that is a flag": (("lookback_outcomes",), True),
    "no format": (("lookback_outcomes",), ...),
    "a plan that leads elsewhere": (("plan_id",), "../../etc"),
    "a revision in words": (("revision",), "1"),
    "revision 0": (("revision",), 0),
    "a revision of many digits": (("revision",), 10**30),
    "no team": (("team_id",), ...),
    "an empty team": (("team_id",), ""),
    "a team over two lines": (("team_id",), "T1\nT2"),
    "a date as spreadsheets write it": (("date",), "24/11/2026"),
    "a date in Arabic digits": (("date",), "٢026-11-24"),
    "a day that does not exist": (("date",), "2026-11-31"),
    "an unknown field": (("approved",), True),
    "an unknown field of a visit": (("outcomes", 0, "fine"), 50_000),
    "a plan of one visit": (("outcomes", 0, "plan_id"), "2026-11-23"),
    "no look-back": (("outcomes", 0, "lookback_id"), ...),
    "an unknown outcome": (("outcomes", 0, "outcome"), "fixed"),
    "no outcome": (("outcomes", 0, "outcome"), None),
    "a time of another day": (("outcomes", 0, "arrived"), "2026-11-23T09:31"),
    "a time with seconds": (("outcomes", 0, "arrived"), "2026-11-24T09:31:07"),
    "a time that does not exist": (("outcomes", 0, "arrived"), "2026-11-24T24:31"),
    "leaving before arriving": (("outcomes", 0, "left"), "2026-11-24T09:00"),
    "leaving without arriving": (("outcomes", 0, "arrived"), None),
    "a control character": (("outcomes", 0, "facts"), "a\x1b[31mb"),
    "a NUL": (("outcomes", 0, "facts"), "a\x00b"),
    "half a character": (("outcomes", 0, "facts"), "\ud800"),
    "a number for a text": (("outcomes", 0, "facts"), 7),
    "a very long text": (("outcomes", 0, "facts"), "长" * 20_001),
    "a visit twice": (("outcomes", 1, "lookback_id"), "LB-E1"),
    "an answer that is none": (("outcomes", 0, "checklist"), [{"item": "A3", "answer": "maybe"}]),
    "a violation without an action": (("outcomes", 0, "violations"), [{"kind": "induced"}]),
    "a deadline before the visit": (
        ("outcomes", 0, "violations"),
        [{"kind": "induced", "action": "fine", "rectify_by": "2026-11-23"}],
    ),
    "a checklist of a shop that was shut": (("outcomes", 0, "outcome"), "shut"),
    "outcomes that are no list": (("outcomes",), {"0": {}}),
}


@pytest.mark.parametrize(("place", "value"), BAD.values(), ids=BAD.keys())
def test_what_is_not_exactly_a_document_is_refused(place, value):
    document = spoiled(place, value)
    if "shop that was shut" in str(value) or value == "shut":
        document["outcomes"][0]["checklist"] = [{"item": "A3", "answer": "pass", "note": ""}]
    with pytest.raises(InputError) as wrong:
        from_json(json.dumps(document), file="t01.json")
    assert all(problem.line().startswith("t01.json") and problem.zh for problem in wrong.value.problems)


TEXTS = {
    "no JSON": "T01: all rectified",
    "nothing": "",
    "a list": "[]",
    "another document": '{"schema": 1}',
    "a key twice": '{"lookback_outcomes": 1, "revision": 1, "revision": 2}',
    "NaN": '{"lookback_outcomes": NaN}',
    "infinity": '{"lookback_outcomes": 1, "revision": 1e999}',
    "very deep": '{"lookback_outcomes":' + "[" * 200_000,
    "many digits": '{"lookback_outcomes": ' + "9" * 5_000 + "}",
    "very long": '{"lookback_outcomes": 1, "x": "' + "x" * MOST_CHARACTERS + '"}',
    "half a character": '{"lookback_outcomes": 1, "x": "\ud800"}',
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_text_that_is_no_document_is_one_problem(text):
    with pytest.raises(InputError) as wrong:
        from_json(text)
    (problem,) = wrong.value.problems if "1e999" not in text else wrong.value.problems[:1]
    assert len(problem.line()) < 300
    assert problem.zh


def test_every_problem_is_named_at_once():
    document = sample(team_id=7, revision="x")
    document["outcomes"][1]["outcome"] = "fixed"
    with pytest.raises(InputError) as wrong:
        from_json(json.dumps(document), file="t01.json")
    assert [problem.column for problem in wrong.value.problems] == ["revision", "team_id", "outcomes.1.outcome"]


# How far a plan is


def test_standing_says_what_is_done_and_what_is_under_way():
    """Without times a visit is taken to be done; the latest revision's word counts; other plans do not."""
    under_way = replace(MET, lookback_id="LB-E2", left=None)
    by_hand = replace(MET, lookback_id="LB-E3", arrived=None, left=None)
    earlier, later = replace(MET, lookback_id="LB-E4", left=None), replace(MET, lookback_id="LB-E4", revision=2)
    elsewhere = replace(MET, plan_id="2026-11-25", lookback_id="LB-E5")
    found = standing([later, MET, under_way, by_hand, earlier, elsewhere], "2026-11-24")
    assert found.done == {"LB-E1": MET, "LB-E3": by_hand, "LB-E4": later}
    assert found.under_way == {"LB-E2": under_way}


def test_only_what_was_under_way_can_be_completed():
    under_way = replace(MET, left=None)
    assert completes(MET, under_way)
    assert not completes(under_way, MET)
    assert not completes(replace(MET, arrived=MET.arrived - 60), under_way)
