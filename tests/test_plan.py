"""A plan's document: read(write(plan)) is the plan, to the byte, and nothing else is read."""

import json
from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given, strategies as st
from towns import DAY, HOUR, examples, planned, prepared, two_districts

from planner.errors import InputError
from planner.plan import Bound, CreatedBy, Duty, Halt, Interval, Plan, Reason, Term, Totals, Unvisited, Visit, numbered
from planner.plan_json import from_json, to_json
from planner.teams import TravelMode

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
WHOLE = st.integers(-(10**12), 10**12)
SECONDS = st.integers(0, 30 * HOUR)
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
INTERVALS = st.builds(Interval, SECONDS, SECONDS)
REASONS = st.builds(Reason, st.sampled_from(Term), WHOLE, TEXT, st.lists(TEXT, max_size=2).map(tuple))
VISITS = st.builds(
    Visit,
    TEXT,
    TEXT,
    SECONDS,
    SECONDS,
    SECONDS,
    WHOLE,
    WHOLE,
    st.sampled_from(TravelMode),
    WHOLE,
    WHOLE,
    st.booleans(),
    st.lists(REASONS, max_size=2).map(tuple),
)
HALTS = st.builds(Halt, TEXT, SECONDS, WHOLE, WHOLE, st.sampled_from(TravelMode), st.integers(0, 9))
DUTIES = st.builds(
    Duty,
    TEXT,
    DAYS,
    INTERVALS,
    st.none() | INTERVALS,
    st.lists(VISITS, max_size=2).map(tuple),
    WHOLE,
    WHOLE,
    st.sampled_from(TravelMode),
    st.just(()) | st.lists(HALTS, max_size=2).map(tuple),
)
ROWS = st.builds(Unvisited, TEXT, TEXT, WHOLE, st.booleans(), *[TEXT] * 5)
VERSIONS = st.dictionaries(TEXT, TEXT, max_size=3).map(lambda versions: tuple(sorted(versions.items())))
SECONDS_GRANTED = st.none() | st.floats(0.1, 1e6)
MADE = st.builds(CreatedBy, VERSIONS, TEXT, WHOLE, st.none() | WHOLE, SECONDS_GRANTED)
PLANS = st.builds(
    Plan,
    DAYS.map(str),
    WHOLE,
    st.none() | WHOLE,
    TEXT,
    MADE,
    st.lists(DAYS, min_size=1, max_size=2).map(tuple),
    st.lists(DUTIES, max_size=2).map(tuple),
    st.lists(ROWS, max_size=2).map(tuple),
    st.builds(Totals, *[WHOLE] * len(fields(Totals))),
    st.none() | st.builds(Bound, WHOLE, st.floats(0, 1), TEXT),
)

SAMPLE = planned(prepared(two_districts()))
"""A plan of the town of two districts."""
VALUES = (None, True, False, 0, 1.5, -1, 10**30, "", "x", "2026-11-24", [], {}, [[]], {"x": 1})


@examples(80)
@given(PLANS)
def test_what_is_written_is_read_back(plan):
    """The value, and the bytes."""
    text = to_json(plan)
    assert from_json(text) == plan
    assert to_json(from_json(text)) == text


def test_a_document_tells_times_as_local_iso_times():
    """With the duty's date; an end after midnight is the next day's."""
    night = replace(SAMPLE.duties[0], shift=Interval(22 * HOUR, 26 * HOUR))
    document = json.loads(to_json(replace(SAMPLE, duties=(night,))))
    assert document["duties"][0]["shift"] == {"start": "2026-11-24T22:00:00", "end": "2026-11-25T02:00:00"}


def test_numbered_changes_the_revision_alone():
    """The routes stay as they are."""
    assert numbered(SAMPLE, 3, 2) == replace(SAMPLE, revision=3, parent=2)


@pytest.mark.parametrize("key", json.loads(to_json(SAMPLE)))
def test_no_field_may_be_missing(key):
    """Each is named."""
    document = json.loads(to_json(SAMPLE))
    del document[key]
    with pytest.raises(InputError, match=key):
        from_json(json.dumps(document))


def paths(document, path=()):
    """Every place in a document."""
    yield path
    if isinstance(document, (dict, list)):
        for key in document if isinstance(document, dict) else range(len(document)):
            yield from paths(document[key], (*path, key))


def changed(path, change):
    """The sample's document with one value changed in place."""
    document = json.loads(to_json(SAMPLE))
    holder = [document]
    spot, key = holder, 0
    for step in path:
        spot, key = spot[key], step
    change(spot, key)
    return json.dumps(holder[0])


PATHS = sorted(paths(json.loads(to_json(SAMPLE))), key=str)


def assert_read_or_refused(text):
    """Either a plan that is written again as it was read, or an error for the person who can mend the file."""
    refused = []
    try:
        plan = from_json(text, file="mine.json")
    except InputError as error:
        refused += error.problems
    if refused:
        assert [problem.file for problem in refused] == ["mine.json"]
        assert all(problem.message and problem.zh for problem in refused)
    else:
        assert from_json(to_json(plan).encode().decode()) == plan


@examples(300)
@given(st.sampled_from(PATHS), st.sampled_from(VALUES))
def test_a_damaged_value_is_refused_or_read(path, value):
    """Never another error, and never half a plan."""
    assert_read_or_refused(changed(path, lambda spot, key: spot.__setitem__(key, value)))


@examples(60)
@given(st.sampled_from(PATHS[1:]))
def test_a_missing_value_is_refused_or_read(path):
    """Only a row of a list may be missing, or what is worked out again."""
    assert_read_or_refused(changed(path, lambda spot, key: spot.__delitem__(key)))


@examples(60)
@given(st.binary(max_size=40) | st.integers(0, 3000).map(lambda cut: to_json(SAMPLE)[:cut].encode()))
def test_other_text_is_refused(content):
    """A file cut short, or of something else."""
    with pytest.raises(InputError):
        from_json(content.decode("utf-8", "replace"))


WRONG_TYPES = [
    (("revision",), True),
    (("revision",), 1.0),
    (("parent",), False),
    (("created_by", "seed"), True),
    (("created_by", "limits", "steps"), True),
    (("created_by", "limits", "seconds"), True),
    (("created_by", "versions", "lookback"), 1),
    (("duties", 0, "route", 0, "priority"), True),
    (("duties", 0, "route", 0, "mandatory"), 1),
    (("duties", 0, "route", 0, "reasons", 0, "records", 0), 7),
    (("duties", 0, "route", 0, "reasons", 0, "term"), "luck"),
    (("duties", 0, "return_mode"), "ferry"),
    (("unvisited",), {}),
    (("totals", "priority"), 3.0),
    (("bound", "gap"), True),
    (("bound", "gap"), "0"),
    (("bound",), []),
    (("horizon", 0), 20261124),
    (("schema",), 2),
    (("schema",), True),
    (("schema",), 1.0),
    (("duties", 0, "shift", "start"), "09:00"),
    (("duties", 0, "shift", "start"), "2026-11-24T09:00"),
    (("duties", 0, "shift", "start"), "2026-11-24T24:00:00"),
    (("duties", 0, "shift", "start"), "2026-11-24T 9:00:00"),
    (("duties", 0, "shift", "start"), "2026-11-24T+9:00:00"),
    (("duties", 0, "shift", "start"), "2026-11-24T٠٩:00:00"),
    (("duties", 0, "route", 0, "arrive"), 36000),
    (("duties", 0, "date"), "2026-02-30"),
    (("plan_id",), "../../elsewhere"),
    (("plan_id",), "/etc"),
    (("plan_id",), ""),
    (("plan_id",), "2026-11-24\n"),
]


@pytest.mark.parametrize(("path", "value"), WRONG_TYPES, ids=str)
def test_a_value_of_the_wrong_type_is_refused(path, value):
    """A flag is no number, a number no text, and an id no path to another folder."""
    with pytest.raises(InputError):
        from_json(changed(path, lambda spot, key: spot.__setitem__(key, value)))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
def test_numbers_that_are_none_are_refused(number):
    """Whatever would not be written again."""
    with pytest.raises(InputError):
        from_json(to_json(SAMPLE).replace(f'"gap": {SAMPLE.bound.gap}', f'"gap": {number}'))


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "", "null", "[]", "{}", '"x"', "\ufeff{}"])
def test_what_is_no_plan_at_all_is_refused(text):
    """Deeply nested, empty, or of another kind."""
    with pytest.raises(InputError):
        from_json(text)


def test_half_a_character_is_refused():
    """A lone surrogate could not be written to a file; better to say so before anything is."""
    with pytest.raises(InputError):
        from_json(to_json(SAMPLE).replace('"greedy"', r'"\ud800"'))


def test_a_field_given_twice_is_refused():
    """Of two values of one field nobody knows which is meant."""
    with pytest.raises(InputError, match="revision"):
        from_json(to_json(SAMPLE).replace('"revision": 1,', '"revision": 1, "revision": 2,'))


# When a team is back


def duty(rest, end=11 * HOUR, home=1800):
    """One visit from ten to eleven, and half an hour's way home."""
    (visit, *_) = SAMPLE.duties[0].route
    route = (replace(visit, arrive=10 * HOUR, start=10 * HOUR, end=end),)
    return replace(SAMPLE.duties[0], day=DAY, rest=rest, route=route, return_seconds=home)


@pytest.mark.parametrize(
    ("rest", "back"),
    [
        (None, 11.5),
        (Interval(9 * HOUR, 10 * HOUR), 11.5),
        (Interval(11 * HOUR, 12 * HOUR), 12.5),
        (Interval(int(11.25 * HOUR), int(12.25 * HOUR)), 12.75),
        (Interval(int(11.5 * HOUR), int(12.5 * HOUR)), 12.5),
        (Interval(12 * HOUR, 13 * HOUR), 13),
    ],
    ids=["no break", "before", "after the visit", "before leaving", "on arrival", "later at home"],
)
def test_a_team_is_back_after_its_way_and_its_break(rest, back):
    """A break that it can take at home does not keep it away."""
    assert duty(rest).back == back * HOUR


def test_a_team_without_visits_is_where_it_starts():
    """From the beginning of its shift."""
    idle = replace(SAMPLE.duties[0], route=(), rest=None)
    assert idle.back == idle.shift.start
