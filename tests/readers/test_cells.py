"""One cell at a time: what is read as what. What is refused stands in ``tests/bad/cells.toml``."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from planner.geo import Datum
from planner.readers import cells, hours, times
from planner.violations import Aggravation, ViolationKind

PARSERS = (
    cells.name,
    cells.shared_name,
    cells.note,
    cells.identifier,
    cells.integer(0, 9),
    cells.number(0, 9),
    cells.degrees,
    times.day,
    times.clock,
    times.weekday,
    times.minutes(0, 99),
    cells.yes_no,
    cells.datum,
    cells.one_of(ViolationKind),
    cells.several(cells.identifier),
    cells.credit_code,
    cells.risk_class,
    hours.opening_hours,
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
        (times.day, "2026-03-02", date(2026, 3, 2)),
        (times.day, "2024-02-29", date(2024, 2, 29)),
        (times.clock, "9:05", 9 * 3600 + 300),
        (times.clock, "09\uff1a05", 9 * 3600 + 300),
        (times.clock, "24:00", 24 * 3600),
        (times.clock, "9:00:00", 9 * 3600),
        (times.clock, "9点", 9 * 3600),
        (times.clock, "9点半", 9 * 3600 + 1800),
        (times.clock, "14时05分", 14 * 3600 + 300),
        (times.clock, "下午2:30", 14 * 3600 + 1800),
        (times.clock, "上午9:00", 9 * 3600),
        (times.clock, "中午12点", 12 * 3600),
        (times.clock, "2:30 PM", 14 * 3600 + 1800),
        (times.clock, "12:15 am", 900),
        (times.day, "2026/3/2", date(2026, 3, 2)),
        (times.day, "2026.03.02", date(2026, 3, 2)),
        (times.day, "2026年3月2日", date(2026, 3, 2)),
        (times.day, "\uff12\uff10\uff12\uff16年3月2日", date(2026, 3, 2)),
        (times.day, "20260302", date(2026, 3, 2)),
        (times.day, "46083", date(2026, 3, 2)),
        (times.day, "2026-03-02 14:05:09", date(2026, 3, 2)),
        (times.day, "2026-03-02T00:00", date(2026, 3, 2)),
        (times.minutes(1, 1440), "45", 45),
        (times.minutes(1, 1440), "45分钟", 45),
        (times.minutes(1, 1440), "45 min", 45),
        (times.minutes(1, 1440), "1小时30分", 90),
        (times.minutes(1, 1440), "1.5小时", 90),
        (times.minutes(1, 1440), "1小时半", 90),
        (times.minutes(1, 1440), "半小时", 30),
        (times.minutes(1, 1440), "2 h", 120),
        (times.minutes(1, 1440), "1:30", 90),
        (hours.opening_hours, "周一至周五 9:00-18:00", "Mo-Fr 09:00-18:00"),
        (hours.opening_hours, "周一至周五9:00—18:00;周六、周日 10:00-17:00", "Mo-Fr 09:00-18:00; Sa,Su 10:00-17:00"),
        (hours.opening_hours, "每天 10:00~22:00", "10:00-22:00"),
        (hours.opening_hours, "营业时间\uff1a10:00至22:00", "10:00-22:00"),
        (hours.opening_hours, "24小时营业", "24/7"),
        (hours.opening_hours, "全天", "24/7"),
        (hours.opening_hours, "9点-21点半", "09:00-21:30"),
        (hours.opening_hours, "上午9:00-下午5:30", "09:00-17:30"),
        (hours.opening_hours, "工作日 9:00-12:00\uff0c13:30-18:00", "Mo-Fr 09:00-12:00,13:30-18:00"),
        (hours.opening_hours, "周二至周日 10:00-20:00\uff0c周一休息", "Tu-Su 10:00-20:00; Mo off"),
        (hours.opening_hours, "工作日及周六 9:00-18:00", "Mo-Fr,Sa 09:00-18:00"),
        (hours.opening_hours, "周六日 10:00-17:00", "Sa,Su 10:00-17:00"),
        (hours.opening_hours, "17:00-次日2:00", "17:00-02:00"),
        (hours.opening_hours, "周一到周日 10:00-22:00(节假日休息)", "Mo-Su 10:00-22:00; PH off"),
        (cells.yes_no, "是", True),
        (cells.yes_no, "FALSE", False),
        (cells.yes_no, "1", True),
        (cells.yes_no, "休息", False),
        (cells.datum, "火星坐标系", Datum.GCJ02),
        (cells.one_of(ViolationKind), "Over collection", ViolationKind.OVER_COLLECTION),
        (cells.datum, "GCJ-02", Datum.GCJ02),
        (cells.one_of(ViolationKind), "over_collection", ViolationKind.OVER_COLLECTION),
        (cells.one_of(ViolationKind), "过度采", ViolationKind.OVER_COLLECTION),
        (cells.one_of(ViolationKind), "Over-collection", ViolationKind.OVER_COLLECTION),
        (cells.several(cells.one_of(Aggravation)), "人脸\uff1bminors;", (Aggravation.FACE, Aggravation.MINORS)),
        (cells.several(cells.identifier), "O1; O2", ("O1", "O2")),
        (cells.credit_code, "91990000ma007919x8", "91990000MA007919X8"),
        (cells.risk_class, "b", "B"),
        (cells.risk_class, "C类", "C"),
        (hours.opening_hours, "Mo-Fr 10:00-22:00; PH off", "Mo-Fr 10:00-22:00; PH off"),
    ],
)
def test_a_cell_is_read(parse, text, value):
    """Full-width forms are plain ones, and nothing that looks like a number becomes one unasked."""
    assert parse(text) == value


@pytest.mark.parametrize("alias", ["3", "Wed", "wednesday", "周三", "星期三", "\uff13"])
def test_a_weekday_has_many_names(alias):
    """Monday is 0, as Python counts."""
    assert times.weekday(alias) == 2


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
    assert times.day(str(day)) == day


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


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("121°27′12″E", 121.4533333),
        ("31°13'N", 31.2166667),
        ("东经121度27分12秒", 121.4533333),
        ("87°37'57.7''W", -87.6326944),
    ],
)
def test_degrees_may_come_with_minutes_and_seconds(text, degrees):
    """As maps on paper and receivers write them."""
    assert cells.degrees(text) == pytest.approx(degrees, abs=1e-6)
