"""One cell at a time: what is read as what. What is refused stands in ``tests/bad/cells.toml``."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from planner.geo import Datum
from planner.readers import cells
from planner.violations import Aggravation, ViolationKind

PARSERS = (
    cells.name,
    cells.shared_name,
    cells.note,
    cells.identifier,
    cells.integer(0, 9),
    cells.number(0, 9),
    cells.degrees,
    cells.day,
    cells.clock,
    cells.weekday,
    cells.yes_no,
    cells.datum,
    cells.one_of(ViolationKind),
    cells.several(cells.identifier),
    cells.credit_code,
    cells.risk_class,
    cells.opening_hours,
)


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (cells.identifier, " E007 ", "E007"),
        (cells.identifier, "007", "007"),
        (cells.identifier, "\uff25\uff10\uff10\uff17", "E007"),
        (cells.identifier, "NA", "NA"),
        (cells.name, "null", "null"),
        (cells.name, "Ａ店\uff08总店\uff09", "Ａ店\uff08总店\uff09"),
        (cells.shared_name, "Ａ店\uff08总店\uff09", "A店(总店)"),
        (cells.note, " one\r\ntwo ", "one\ntwo"),
        (cells.integer(0, 99), "\uff11\uff12", 12),
        (cells.number(0, 9), "1.50", 1.5),
        (cells.degrees, "121.473700", 121.4737),
        (cells.day, "2026-03-02", date(2026, 3, 2)),
        (cells.day, "2024-02-29", date(2024, 2, 29)),
        (cells.clock, "9:05", 9 * 3600 + 300),
        (cells.clock, "09\uff1a05", 9 * 3600 + 300),
        (cells.clock, "24:00", 24 * 3600),
        (cells.yes_no, "是", True),
        (cells.yes_no, "FALSE", False),
        (cells.yes_no, "1", True),
        (cells.datum, "GCJ-02", Datum.GCJ02),
        (cells.one_of(ViolationKind), "over_collection", ViolationKind.OVER_COLLECTION),
        (cells.one_of(ViolationKind), "过度采", ViolationKind.OVER_COLLECTION),
        (cells.one_of(ViolationKind), "Over-collection", ViolationKind.OVER_COLLECTION),
        (cells.several(cells.one_of(Aggravation)), "人脸\uff1bminors;", (Aggravation.FACE, Aggravation.MINORS)),
        (cells.several(cells.identifier), "O1; O2", ("O1", "O2")),
        (cells.credit_code, "91990000ma007919x8", "91990000MA007919X8"),
        (cells.risk_class, "b", "B"),
        (cells.risk_class, "C类", "C"),
        (cells.opening_hours, "Mo-Fr 10:00-22:00; PH off", "Mo-Fr 10:00-22:00; PH off"),
    ],
)
def test_a_cell_is_read(parse, text, value):
    """Full-width forms are plain ones, and nothing that looks like a number becomes one unasked."""
    assert parse(text) == value


@pytest.mark.parametrize("alias", ["3", "Wed", "wednesday", "周三", "星期三", "\uff13"])
def test_a_weekday_has_many_names(alias):
    """Monday is 0, as Python counts."""
    assert cells.weekday(alias) == 2


@pytest.mark.parametrize("text", ["1_0", "٣", "1e1", "0x7", "+-1", "", " ", "½", "五", "1,5", "1 0"])
def test_a_number_is_written_in_plain_digits(text):
    """What ``int`` and ``float`` would let pass, or half pass."""
    with pytest.raises(cells.BadCell):
        cells.integer(-99, 99)(text)
    with pytest.raises(cells.BadCell):
        cells.number(-99, 99)(text)


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_every_day_of_the_century_is_read(day):
    """As it is written by ``str``."""
    assert cells.day(str(day)) == day


@pytest.mark.parametrize("parse", PARSERS)
@given(text=st.text(max_size=30))
def test_no_text_brings_anything_but_a_reason(parse, text):
    """A reason in English and in Chinese."""
    try:
        parse(text)
    except cells.BadCell as bad:
        reason = (bad.message, bad.zh)
    else:
        reason = ("read", "已读")
    assert all(reason)
