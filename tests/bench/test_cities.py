"""Cities are what they promise to be, the same on every machine."""

import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from statistics import median

import pytest

from planner.bench import cities
from planner.bench.cities import DAY, SIZES
from planner.eligibility import obstacle
from planner.hours import visiting_hours
from planner.locating import overlaps
from planner.lookbacks import look_backs, spot_checks
from planner.planning import fingerprint
from planner.teamdays import horizon, team_days
from planner.teams import TravelMode

POLICY = cities.policy()

FINGERPRINT = """
from planner.bench import cities
from planner.planning import fingerprint
print(fingerprint(cities.register(cities.SIZES["S"], 7), cities.policy()))
"""


@pytest.fixture(scope="module", params=SIZES)
def city(request):
    """A city of each size, its size and its horizon."""
    size = SIZES[request.param]
    register = cities.register(size, 3)
    return size, register, horizon(register, DAY, size.days)


def test_hash_seed_and_time_zone_do_not_matter():
    """In processes of their own the tables are the same to the last cell."""
    for environment in ({"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai"}, {"PYTHONHASHSEED": "2", "TZ": "UTC"}):
        done = subprocess.run(
            [sys.executable, "-c", FINGERPRINT],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == fingerprint(cities.register(SIZES["S"], 7), POLICY)


def test_another_seed_is_another_city():
    assert len({fingerprint(cities.register(SIZES["S"], seed), POLICY) for seed in range(5)}) == 5


def test_so_many_look_backs_are_open_on_the_first_day(city):
    """Each at one enterprise; no spot checks; and some are due within the horizon, the others after it."""
    size, register, days = city
    owed = look_backs(register, days, POLICY)
    assert len(owed) == size.candidates
    assert all(lb.release <= DAY and len(lb.sites) == 1 for lb in owed)
    assert spot_checks(register, owed, DAY, POLICY) == ()
    mandatory = [lb for lb in owed if lb.mandatory]
    assert len(mandatory) == max(1, round(0.02 * size.candidates))
    assert all(days[0] <= lb.due <= days[-1] for lb in mandatory)


def test_priorities_are_skewed(city):
    """Most matters are mild; the gravest weigh many times as much."""
    _, register, days = city
    points = sorted(lb.priority for lb in look_backs(register, days, POLICY))
    assert points[0] > 0
    assert points[-1] > 3 * median(points)
    assert sum(points) / len(points) > 1.1 * median(points)


@pytest.mark.parametrize("breaks", [True, False])
def test_teams_work_every_day_and_rest_or_do_not(city, breaks):
    size, register, days = city
    duties = team_days(register, days, cities.policy(breaks=breaks))
    assert len(duties) == size.teams * size.days
    for duty in duties:
        assert duty.mode is TravelMode.CAR
        assert duty.rest_seconds == (45 * 60 if breaks else 0)
        assert not breaks or (duty.rest_from, duty.rest_to) == (41_400, 48_600)


def test_teams_act_city_wide_by_scenario_or_around_their_office(city):
    """A tenth of the enterprises is for half of the teams; at XL nearly every enterprise is in somebody's reach."""
    size, register, _ = city
    reach = Counter(
        e.enterprise_id
        for e in register.enterprises
        for team in register.teams
        if obstacle(register, team.team_id, e) is None
    )
    assert len({team.start for team in register.teams}) == size.offices
    if size.by_authority:
        assert all(4 <= len(team.authorities) <= 9 for team in register.teams)
        assert len(reach) > 0.9 * size.candidates
    else:
        half = [e for e in register.enterprises if reach[e.enterprise_id] == size.teams / 2]
        assert 0.05 < len(half) / size.candidates < 0.16
        assert len(half) + sum(count == size.teams for count in reach.values()) == size.candidates


def test_districts_are_rectangles_of_very_different_sizes_in_many_authorities(city):
    """Enterprises crowd in a few of them, some lie in none, and all belong to one."""
    size, register, _ = city
    assert overlaps(register.districts) == ()
    assert len({district.authority for district in register.districts}) == 16
    assert len(register.located) == size.candidates
    shares = sorted(Counter(register.located.values()).values())
    assert shares[-1] > 3 * median(shares)


def test_opening_hours_are_of_every_kind(city):
    """Mostly one long span; some with a gap, some short, some closed on one weekday."""
    _, register, _ = city
    week = [DAY + timedelta(days=k) for k in (0, 1, 2, 3, 6)]
    spans = [[visiting_hours(e, day, POLICY) for day in week] for e in register.enterprises]
    kinds = Counter(
        "closed" if () in days else "gap" if len(days[0]) > 1 else "short" if _length(days[0]) <= 3 * 3600 else "long"
        for days in spans
    )
    share = {kind: count / len(spans) for kind, count in kinds.items()}
    assert share["long"] > 0.25
    assert all(share[kind] > 0.01 for kind in ("closed", "gap", "short"))


def _length(spans):
    return sum(to - from_ for from_, to in spans)
