"""Who works when: rows for a date before rows for a weekday before the policy, and only with certificates."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from towns import DAY, HOUR, POLICY, examples, officers_of, register, shop, team, towns, with_policy

from planner.clock import Calendar
from planner.teamdays import horizon, shift_of, team_days, unfit
from planner.teams import Agency, Officer, Shift, TravelMode

T1 = team("T1", 5, 6)
SATURDAY, HOLIDAY = date(2026, 11, 28), date(2026, 10, 1)


def office(*shifts, teams=(T1,), **more):
    """An office with one team and its shifts."""
    return register([shop("E1", 5, 5)], teams=teams, shifts=shifts, **more)


def duty(found, day=DAY, policy=POLICY):
    """The one team's day; None when it does not work."""
    days = team_days(found, (day,), policy)
    return days[0] if days else None


def test_without_a_row_the_policy_holds_on_working_days():
    """Nine to half past five with an hour's break at noon, and no visit begun in the last hour."""
    assert (duty(office()).start, duty(office()).end) == (9 * HOUR, 17.5 * HOUR)
    assert (duty(office()).rest_seconds, duty(office()).rest_from, duty(office()).rest_to) == (
        HOUR,
        11.5 * HOUR,
        13.5 * HOUR,
    )
    assert duty(office()).last_start == 16.5 * HOUR
    assert (duty(office()).max_visits, duty(office()).mode) == (10, TravelMode.MIXED)
    assert duty(office(), SATURDAY) is None
    assert duty(office(), HOLIDAY) is None


def test_a_row_for_the_date_wins_over_one_for_the_weekday():
    """Whatever their order."""
    weekly = Shift("T1", None, DAY.weekday(), 10 * HOUR, 18 * HOUR)
    dated = Shift("T1", DAY, None, 13 * HOUR, 21 * HOUR)
    for rows in ((weekly, dated), (dated, weekly)):
        assert shift_of(office(*rows), T1, DAY) == dated
    assert shift_of(office(weekly, dated), T1, DAY + timedelta(days=7)) == weekly
    assert shift_of(office(weekly, dated), T1, DAY + timedelta(days=1)) is None


def test_a_weekdays_row_does_not_hold_on_a_public_holiday():
    """Thursday the first of October; a row for that very date does."""
    weekly = Shift("T1", None, HOLIDAY.weekday(), 10 * HOUR, 18 * HOUR)
    assert duty(office(weekly), HOLIDAY) is None
    assert duty(office(weekly, replace(weekly, day=HOLIDAY, weekday=None)), HOLIDAY).start == 10 * HOUR


def test_a_row_for_saturday_makes_it_worked():
    """For the team that has it."""
    saturdays = Shift("T1", None, 5, 13 * HOUR, 20 * HOUR)
    assert duty(office(saturdays), SATURDAY).start == 13 * HOUR


def test_the_offices_own_calendar_comes_first():
    """A Saturday worked, a Tuesday free."""
    own = Calendar({SATURDAY: True, DAY: False})
    assert duty(office(calendar=own), SATURDAY).start == 9 * HOUR
    assert duty(office(calendar=own)) is None


def test_a_row_without_hours_is_a_day_off():
    """For the date or the weekday."""
    assert duty(office(Shift("T1", DAY, None, None, None))) is None


@pytest.mark.parametrize(
    ("row", "rest"),
    [
        ((None, None, None), (3600, 11.5, 13.5)),
        ((1800, None, None), (1800, 9, 20)),
        ((1800, 12 * HOUR, 13 * HOUR), (1800, 12, 13)),
        ((0, None, None), (0, 9, 20)),
    ],
    ids=["the policy's", "any time", "at noon", "none"],
)
def test_a_break_is_the_rows_or_the_policys(row, rest):
    """A row that names its length alone may take it at any time of the shift."""
    found = duty(office(Shift("T1", DAY, None, 9 * HOUR, 20 * HOUR, *row)))
    assert (found.rest_seconds, found.rest_from / HOUR, found.rest_to / HOUR) == rest


@pytest.mark.parametrize(("start", "end"), [(13, 20), (9, 12), (14, 18)])
def test_a_short_shift_that_the_break_does_not_fit_into_has_none(start, end):
    """The usual hour at noon, in an afternoon or a morning."""
    assert duty(office(Shift("T1", DAY, None, start * HOUR, end * HOUR))).rest_seconds == 0


def test_a_team_has_its_own_limits_or_the_policys():
    """Visits a day and the way to get about."""
    mine = replace(T1, max_visits=3, travel=TravelMode.WALK)
    assert (duty(office(teams=(mine,))).max_visits, duty(office(teams=(mine,))).mode) == (3, TravelMode.WALK)
    less = with_policy(visits={"max_visits": 4}, travel={"mode": TravelMode.METRO})
    assert (duty(office(), policy=less).max_visits, duty(office(), policy=less).mode) == (4, TravelMode.METRO)


def test_each_agency_needs_two_certified_officers():
    """A joint team with one expired certificate stays in, and is told whose; on its last day a certificate counts."""
    joint = replace(T1, officers=("A", "B", "C", "D"))

    def crew(valid_until):
        return tuple(
            Officer(i, i, agency, i, valid_until if i == "D" else None)
            for i, agency in zip("ABCD", (Agency.CAC, Agency.CAC, Agency.AMR, Agency.AMR), strict=True)
        )

    assert unfit(office(teams=(joint,), officers=crew(DAY)), joint, DAY, POLICY) == ()
    expired = office(teams=(joint,), officers=crew(DAY - timedelta(days=1)))
    (lack,) = unfit(expired, joint, DAY, POLICY)
    assert (lack.agency, lack.certified, lack.expired) == (Agency.AMR, 1, ("D",))
    assert duty(expired) is None
    assert duty(expired, policy=with_policy(visits={"officers_per_agency": 1})) is not None


def test_a_horizon_is_the_day_and_the_working_days_after_it():
    """Over a weekend, and over the National Day week; the first day need not be worked."""
    assert horizon(office(), date(2026, 11, 27), 3) == (date(2026, 11, 27), date(2026, 11, 30), date(2026, 12, 1))
    assert horizon(office(), date(2026, 9, 30), 2)[1] > date(2026, 10, 7)
    assert horizon(office(), SATURDAY, 2) == (SATURDAY, date(2026, 11, 30))
    assert horizon(office(), DAY, 1) == (DAY,)


def test_days_come_by_date_and_team():
    """Two teams on two days."""
    teams = (T1, team("T2", 9, 9))
    found = register([shop("E1", 5, 5)], teams=teams, officers=officers_of(*teams))
    days = team_days(found, horizon(found, DAY, 2), POLICY)
    assert [(d.day - DAY, d.team_id) for d in days] == [
        (timedelta(days=k), team_id) for k in (0, 1) for team_id in ("T1", "T2")
    ]


@examples(40)
@given(towns())
def test_duties_of_any_town_make_sense(town):
    """A break, if there is one, fits into its window, which lies in the shift; one duty a team and day."""
    duties = team_days(town.register, horizon(town.register, town.day, town.days), town.policy)
    assert len({(duty.team_id, duty.day) for duty in duties}) == len(duties)
    for each in duties:
        assert 0 <= each.start < each.end <= 24 * HOUR
        assert each.last_start <= each.end
        if each.rest_seconds:
            assert each.start <= each.rest_from <= each.rest_to - each.rest_seconds <= each.rest_to <= each.end
