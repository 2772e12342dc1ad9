"""Every code has a label in both languages, and no two codes are mixed up."""

import re
from collections import Counter
from enum import StrEnum

import pytest
from hypothesis import given, strategies as st

from planner import enterprises, outcomes, plan, teams, violations, words
from planner.label import Label
from planner.words import LABELS, in_words, label, more_possible

CODES = [
    code
    for module in (enterprises, outcomes, plan, teams, violations)
    for family in vars(module).values()
    if isinstance(family, type) and issubclass(family, StrEnum) and family.__module__ == module.__name__
    for code in family
]


def test_only_codes_of_details_are_put_into_words():
    """A record, a shop or a word of English that looks like some other code stays what it is."""
    assert in_words("order_to_correct 6, since 2026-01-05", "zh") == "责令限期改正 6, 自 2026-01-05"
    assert in_words("around waiting pass car V-shut", "zh") == "around waiting pass car V-shut"


@pytest.mark.parametrize("code", CODES, ids=lambda code: f"{type(code).__name__}.{code.name}")
def test_every_code_has_a_label(code):
    """Chinese that has Chinese in it, and English that has none."""
    assert any("\u4e00" <= sign <= "\u9fff" for sign in LABELS[code].zh)
    assert LABELS[code].en.isascii()
    assert label(code, "zh") == LABELS[code].zh
    assert label(code, "en") == LABELS[code].en


def test_no_code_stands_for_two_things():
    """Codes are texts: two families with one word between them would share a label."""
    assert [code for code, count in Counter(str(code) for code in CODES).items() if count > 1] == []
    assert len(LABELS) == len(CODES)


def test_no_two_codes_of_a_family_have_one_label():
    """A reader of tables accepts labels, too."""
    shared = Counter((type(code), text) for code in CODES for text in LABELS[code])
    assert max(shared.values()) == 1


def test_other_languages_are_read_as_english():
    """There are two."""
    assert words.Label("甲", "a") == Label(zh="甲", en="a")
    assert Label("甲", "a").of("fr") == "a"


def test_a_gap_is_a_share_of_what_is_collected_in_percent():
    assert more_possible(0) == Label("最多还可提高 0.0%", "at most 0.0% more")
    assert more_possible(plan.gap_to(101_760, 100_000)) == Label("最多还可提高 1.8%", "at most 1.8% more")
    assert more_possible(plan.gap_to(250, 100)).en == "at most 150.0% more"


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_what_is_said_of_a_gap_is_never_less_than_it_is(collected, more):
    """And no more than it takes to say it with one digit."""
    said = more_possible(plan.gap_to(collected + more, collected)).en
    tenths = int(re.fullmatch(r"at most (\d+\.\d)% more", said)[1].replace(".", ""))
    whole = max(collected, 1)
    assert tenths * whole >= 1000 * more
    assert (tenths - 1) * whole < 1000 * more + whole / 1000
