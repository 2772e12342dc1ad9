"""Times of day as text, and which days the office works."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from planner.clock import Calendar, hhmm, hhmmss

PUBLIC = Calendar()
DAYS_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(("seconds", "text"), [(0, "00:00"), (34_259, "09:30"), (86_400, "24:00")])
def test_a_time_to_the_minute(seconds, text):
    """Rounded down; the end of the day is 24:00."""
    assert hhmm(seconds) == text


def test_a_time_to_the_second():
    """Nothing is rounded."""
    assert hhmmss(34_259) == "09:30:59"


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 14), True),  # a Saturday made up for the Spring Festival
        (date(2026, 2, 28), True),
        (date(2026, 2, 16), False),  # a Monday of the Spring Festival
        (date(2026, 9, 20), True),  # a Sunday made up for the National Day
        (date(2026, 10, 1), False),
        (date(2026, 11, 24), True),  # a common Tuesday
        (date(2026, 11, 28), False),  # a common Saturday
    ],
)
def test_make_up_days_of_2026(day, works):
    """Some weekends are worked and some weekdays are free, as published."""
    assert PUBLIC.is_working(day) is works
    assert PUBLIC.knows(day)


def test_a_free_weekday_is_a_holiday_and_a_free_saturday_is_not():
    """A holiday is a weekday on which one would have worked."""
    assert PUBLIC.is_holiday(date(2026, 10, 1))
    assert not PUBLIC.is_holiday(date(2026, 11, 28))
    assert not PUBLIC.is_holiday(date(2026, 9, 20))


def test_the_office_has_the_last_word():
    """Its own table wins over the public calendar, either way, and is known."""
    saturday, tuesday = date(2026, 11, 28), date(2026, 11, 24)
    office = Calendar({saturday: True, tuesday: False, date(2031, 1, 4): True})
    assert office.is_working(saturday)
    assert not office.is_working(tuesday)
    assert office.is_holiday(tuesday)
    assert office.knows(date(2031, 1, 4))


def test_an_office_elsewhere_has_its_own_holidays_only():
    """Monday to Friday, but for its own table; a day of China's holidays, or one made up for them, is as any other."""
    day = date(2026, 10, 1)
    office = Calendar({date(2026, 12, 25): False}, public=False)
    assert office.is_working(day)
    assert not office.is_working(date(2026, 9, 20))  # a make-up Sunday
    assert not office.is_working(date(2026, 12, 25))
    assert office.knows(date(2031, 1, 1))


@pytest.mark.parametrize("day", [date(2031, 1, 1), date(2031, 1, 4)])
def test_an_unpublished_year_falls_back_to_weekdays(day):
    """Monday to Friday are taken as worked, and the calendar says that it does not know."""
    assert PUBLIC.is_working(day) is (day.weekday() < 5)
    assert not PUBLIC.knows(day)


def test_2027_is_not_known_before_it_is_published():
    """The library knows no day of it yet; a new release of it may, and then answers from what was published."""
    day = date(2027, 3, 1)
    if PUBLIC.knows(day):
        pytest.skip("the public calendar of 2027 is published")
    assert PUBLIC.is_working(day)
    assert not PUBLIC.is_working(date(2027, 3, 6))


def test_the_next_working_day_skips_the_holidays():
    """After the last day before the National Day comes the first day after it."""
    assert PUBLIC.next_working(date(2026, 9, 30)) == date(2026, 10, 8)


@given(DAYS_2026, st.integers(0, 40))
def test_adding_and_counting_working_days_agree(day, days):
    """As many working days lie between a day and the one so many later."""
    later = PUBLIC.add_working(day, days)
    assert PUBLIC.working_between(day, later) == days
    assert days == 0 or PUBLIC.is_working(later)


def test_nothing_lies_between_a_day_and_an_earlier_one():
    """Counting backwards gives nothing, and adding backwards is a bug."""
    day = date(2026, 3, 2)
    assert PUBLIC.working_between(day, day - timedelta(days=9)) == 0
    with pytest.raises(ValueError, match="-1"):
        PUBLIC.add_working(day, -1)
