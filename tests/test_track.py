"""Where a team's day leads."""

from dataclasses import replace

import hamlet as towns
import pytest
from hypothesis import given, strategies as st

from planner.plan import Halt
from planner.teams import TravelMode
from planner.track import track


def halt(place_id, after, arrive=11 * towns.HOUR):
    return Halt(place_id, arrive, 600, 700, TravelMode.WALK, after)


def test_without_halts_it_is_the_base_the_stops_and_the_base():
    plan, register = towns.hamlet()
    for duty in plan.duties:
        team, stops = register.team[duty.team_id], [register.enterprise[v.enterprise_id].at for v in duty.route]
        found = track(duty, register)
        assert found.places == (team.start, *stops, team.end)
        assert found.calls == duty.route
        assert found.halts == ()


@given(st.lists(st.tuples(st.sampled_from(["W2", "W4", "E1", "T01:end"]), st.integers(0, 3)), max_size=5))
def test_it_leads_by_way_of_each_halt_after_the_visits_that_come_before_it(halts):
    """Taking the halts out again leaves the stops in their order, numbered as in the plan."""
    plan, register = towns.hamlet()
    made = tuple(halt(*each) for each in sorted(halts, key=lambda each: each[1]))
    duty = replace(plan.duties[0], halts=made)
    found = track(duty, register)
    assert tuple(call for call in found.calls if not isinstance(call, Halt)) == duty.route
    assert tuple(each for each, _ in found.halts) == made
    assert [found.places[k] for k in found.stops] == [register.enterprise[v.enterprise_id].at for v in duty.route]
    for number, call in enumerate(found.calls):
        if isinstance(call, Halt):
            assert sum(k <= number for k in found.stops) == call.after


def test_a_team_that_was_home_goes_out_again_from_where_its_day_ends():
    plan, register = towns.hamlet()
    duty = replace(plan.duties[1], halts=(halt("T02:end", 1),))
    ((_, place),) = track(duty, register).halts
    assert place == register.team["T02"].end != register.team["T02"].start


def test_a_halt_at_what_the_tables_do_not_hold_is_an_error():
    plan, register = towns.hamlet()
    with pytest.raises(KeyError, match="E99"):
        track(replace(plan.duties[0], halts=(halt("E99", 1),)), register)
