"""What may happen to a plan during its days: strategies for events, and draws for the sample."""

from datetime import timedelta

from hypothesis import strategies as st

from planner.begun import Moment
from planner.events import (
    Appointment,
    Late,
    OfficerOut,
    Pinned,
    Postpone,
    Recorded,
    Shut,
    TeamOut,
    Undo,
    Unpin,
    Urgent,
)

HOUR = 3600
DAY_SECONDS = 86_400


def recorded(*events):
    """Events with numbers, as the store gives them."""
    return tuple(Recorded(number, event) for number, event in enumerate(events, start=1))


@st.composite
def moments(draw, plan):
    """A moment of one of the plan's days, or the beginning of the first."""
    day = draw(st.sampled_from(plan.horizon))
    return Moment(day, draw(st.sampled_from((0, 9 * HOUR)) | st.integers(8 * 4, 20 * 4).map(lambda n: n * 900)))


@st.composite
def events(draw, plan, register):
    """One to five events of any kind about a plan's teams and visits, or other enterprises."""
    visits = [(duty, visit) for duty in plan.duties for visit in duty.route]
    sites = [enterprise.enterprise_id for enterprise in register.enterprises]
    teams = [team.team_id for team in register.teams]
    officers = [officer.officer_id for officer in register.officers]
    found = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        day = draw(st.sampled_from(plan.horizon))
        start = draw(st.integers(8, 18)) * HOUR
        end = start + draw(st.sampled_from((1, 2, 5))) * HOUR
        kinds = [
            st.builds(Shut, st.sampled_from(sites), st.just(day), st.just(day)),
            st.builds(Urgent, st.sampled_from(sites), st.just(day)),
        ]
        if teams:
            span = draw(st.sampled_from(((start, min(end, DAY_SECONDS)), (0, DAY_SECONDS))))
            kinds += [
                st.builds(TeamOut, st.sampled_from(teams), st.just(day), st.just(day), *map(st.just, span)),
                st.builds(Late, st.sampled_from(teams), st.just(day), st.integers(1, 90)),
                st.builds(OfficerOut, st.sampled_from(officers), st.just(day), st.just(day)),
            ]
        if visits:
            duty, visit = draw(st.sampled_from(visits))
            ids = (visit.lookback_id, visit.enterprise_id)
            kinds += [
                st.just(Appointment(*ids, day, start, end)),
                st.just(Postpone(*ids, day + timedelta(days=draw(st.integers(1, 5))))),
                st.just(Pinned(*ids, duty.team_id, duty.day, draw(st.sampled_from((None, visit.start))))),
                st.just(Unpin(visit.lookback_id)),
            ]
        if number > 1:
            kinds.append(st.builds(Undo, st.integers(1, number - 1)))
        found.append(draw(st.one_of(kinds)))
    return recorded(*found)


def draw_events(dice, plan, register, now):
    """One to five events of a plan of one day after a moment, none about the same visit or team twice; no undoing."""
    day, tomorrow = now.day, register.calendar.next_working(now.day)
    open_ = [(d, v) for d in plan.duties for v in d.route if v.start > now.second + 900]
    planned = {v.enterprise_id for d in plan.duties for v in d.route}
    others = [
        e for e in register.enterprises if e.enterprise_id not in planned and register.district_of(e.enterprise_id)
    ]
    found, used = [], set()
    for _ in range(dice.randint(1, 5)):
        duty, visit = dice.choice(open_)
        if {visit.lookback_id, duty.team_id} & used:
            continue
        used |= {visit.lookback_id, duty.team_id}
        ids, team_id = (visit.lookback_id, visit.enterprise_id), duty.team_id
        hour = dice.randrange(max(now.second + HOUR, 10 * HOUR), 17 * HOUR) // 1800 * 1800
        found.append(
            dice.choice(
                (
                    Shut(visit.enterprise_id, day, day),
                    Appointment(*ids, day, hour, hour + HOUR),
                    Postpone(*ids, tomorrow),
                    Urgent(dice.choice(others).enterprise_id, day),
                    TeamOut(team_id, day, day, 0, DAY_SECONDS),
                    TeamOut(team_id, day, day, hour, hour + dice.choice((1, 2, 3)) * HOUR),
                    OfficerOut(dice.choice(register.team[team_id].officers), day, day),
                    Late(team_id, day, dice.choice((10, 20, 30, 45, 60))),
                    Pinned(*ids, team_id, day, visit.start),
                )
            )
        )
    return found
