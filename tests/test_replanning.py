"""Replanning: what has begun stays, promises are kept, and nothing moves without a reason."""

import pickle
from concurrent.futures import BrokenExecutor
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from happenings import events, moments, recorded
from hypothesis import given, strategies as st
from towns import (
    DAY,
    HOUR,
    ONE_STEP,
    POLICY,
    at as place,
    box,
    examples,
    officers_of,
    one_team_ok,
    planned,
    prepared,
    register,
    shop,
    team,
    towns,
    two_districts,
    violation,
)

from planner.begun import Moment
from planner.check import check
from planner.clock import hhmm
from planner.events import Appointment, Late, OfficerOut, Pinned, Postpone, Shut, TeamOut, Undo, Urgent
from planner.geo import Place
from planner.plan import Interval
from planner.replanning import replan
from planner.solvers import Limit
from planner.solvers.workers import Here
from planner.teams import Shift, TravelMode
from planner.travel import engine


def visits(plan):
    """Team, day, start and enterprise of each look-back in a plan."""
    return {v.lookback_id: (d.team_id, d.day, v.start, v.enterprise_id) for d in plan.duties for v in d.route}


def again(found, plan, now, *happened, policy=POLICY, **more):
    """A plan after some events."""
    return replan(found, policy, plan, Moment(DAY, now), recorded(*happened), limit=ONE_STEP, **more)


@pytest.fixture
def town():
    """One team, three shops, and a plan that visits them all."""
    found = one_team_ok()
    return found, planned(prepared(found))


@pytest.fixture
def twins():
    """Two teams that may go anywhere, six shops in a street, all planned."""
    shops = [shop(f"E{k}", 3 * k, 5) for k in range(1, 7)]
    crews = [team("T1", 4, 6), team("T2", 14, 6)]
    found = register(shops, [violation(f"V{k}", f"E{k}") for k in range(1, 7)], crews, officers=officers_of(*crews))
    return found, planned(prepared(found))


@given(st.data())
@examples(60)
def test_any_day_may_change_in_any_way(data):
    """The checker passes whatever comes out; what had begun is as it was; promises are kept or named as broken."""
    town = data.draw(towns())
    plan = planned(town.prepared())
    now = data.draw(moments(plan))
    happened = data.draw(events(plan, town.register))
    found = replan(town.register, town.policy, plan, now, happened, limit=ONE_STEP)
    for old, new in zip(plan.duties, found.plan.duties, strict=True):
        begun = found.before.begun(old)
        assert new.route[:begun] == old.route[:begun]
    broken = {promise.lookback_id for promise in found.broken}
    kept = [promise for promise in found.changes.promises if promise.lookback_id not in broken]
    known = {"changes": found.changes, "before": found.before}
    there = visits(found.plan)
    # What had begun may contradict a promise that came later; of the others the checker knows.
    done = {v.lookback_id for d in plan.duties for v in d.route[: found.before.begun(d)]}
    kept = [promise for promise in kept if promise.lookback_id in there and promise.lookback_id not in done]
    assert check(found.plan, town.register, town.policy, promises=kept, **known) == ()


@given(st.data())
@examples(15)
def test_a_second_replan_goes_on_from_the_first(data):
    """Later the same day, with more that has happened; again everything that had begun is as it was."""
    town = data.draw(towns())
    plan = planned(town.prepared())
    first, second = sorted(data.draw(st.tuples(moments(plan), moments(plan))))
    happened = data.draw(events(plan, town.register))
    half = happened[: len(happened) // 2]
    between = replan(town.register, town.policy, plan, first, half, limit=ONE_STEP).plan
    found = replan(town.register, town.policy, between, second, happened, limit=ONE_STEP)
    for old, new in zip(between.duties, found.plan.duties, strict=True):
        begun = found.before.begun(old)
        assert new.route[:begun] == old.route[:begun]


MINUTES = range(9 * HOUR + 900, 14 * HOUR, 300)


@pytest.fixture(scope="module")
def far_apart():
    """One team and six shops a good way from each other, so that it is on its way for much of its day; all planned."""
    places = ((5, 5), (50, 9), (12, 48), (55, 52), (30, 28), (8, 28))
    shops = [shop(f"E{k}", x, y) for k, (x, y) in enumerate(places, start=1)]
    shops[1] = replace(shops[1], opening_hours="11:00-21:00")
    found = [violation(f"V{k}", f"E{k}") for k in range(1, 7)]
    crew = team("T1", 30, 5, travel=TravelMode.MIXED)
    found = register(shops, found, [crew], districts=(box("D1", 0, 0, 60, 60),))
    return found, planned(prepared(found))


def ahead(plan, now):
    """The first visit of a plan's first duty that has not begun; None if all have."""
    return next((visit for visit in plan.duties[0].route if visit.start > now), None)


@pytest.mark.parametrize(
    "event",
    [
        lambda visit, now: Shut(visit.enterprise_id, DAY, DAY),
        lambda visit, now: Appointment(visit.lookback_id, visit.enterprise_id, DAY, 15 * HOUR, 16 * HOUR),
        lambda visit, now: Late("T1", DAY, 20),
        lambda visit, now: Late("T1", DAY, 45),
        lambda visit, now: TeamOut("T1", DAY, DAY, now + HOUR, now + 4 * HOUR),
        lambda visit, now: TeamOut("T1", DAY, DAY, 45_000, 16 * HOUR),
        lambda visit, now: TeamOut("T1", DAY, DAY, 45_000, 24 * HOUR),
        lambda visit, now: OfficerOut("T1-1", DAY, DAY),
    ],
    ids=("shut", "appointment", "late", "very late", "out in an hour", "out at noon", "gone at noon", "ill"),
)
def test_whatever_minute_it_is_there_is_a_plan(far_apart, event):
    """A team under way, at a door, at rest or waiting: the checker passes what comes out, at every minute of a day."""
    found, plan = far_apart
    refused = {}
    for now in MINUTES:
        visit = ahead(plan, now)
        if visit is not None:
            try:
                replan(found, POLICY, plan, Moment(DAY, now), recorded(event(visit, now)), limit=Limit(steps=0))
            except RuntimeError as error:
                refused[hhmm(now)] = str(error)
    assert refused == {}


BREAKS = ((11.5, 13.5), (11, 12), (14, 17.5), (16, 17.5), (16.5, 17.5), (9, 17.5), (12, 15))


def crew_of(dice):
    """One team, up to six shops anywhere, and a break of half an hour or an hour in any part of the day."""
    hours = ("09:00-21:00", "11:00-21:00", "09:00-12:00", "14:00-21:00")
    count = dice.randint(1, 6)
    shops = [
        shop(f"E{k}", dice.randint(0, 60), dice.randint(0, 60), opening_hours=dice.choice(hours))
        for k in range(1, count + 1)
    ]
    ends = place(dice.randint(0, 60), dice.randint(0, 60)) if dice.random() < 0.4 else place(30, 5)
    crew = team("T1", 30, 5, travel=dice.choice((TravelMode.MIXED, TravelMode.CAR)), end=ends)
    span = [int(hour * HOUR) for hour in dice.choice(BREAKS)]
    shift = Shift("T1", DAY, None, 9 * HOUR, int(17.5 * HOUR), dice.choice((1800, 3600)), *span)
    found = [violation(f"V{k}", f"E{k}") for k in range(1, count + 1)]
    return register(shops, found, [crew], shifts=(shift,), districts=(box("D1", 0, 0, 60, 60),))


def of_one_team(dice, plan, now):
    """Anything that may be reported about the first team of a plan, or a visit of it that is still to come."""
    coming = [visit for visit in plan.duties[0].route if visit.start > now][:2]
    out = sorted(dice.sample(range(9, 25), 2))
    kinds = [
        Late("T1", DAY, dice.choice((10, 20, 45, 70))),
        TeamOut("T1", DAY, DAY, *(hour * HOUR for hour in out)),
        Urgent("E1", DAY),
    ]
    if coming:
        visit = dice.choice(coming)
        ids = (visit.lookback_id, visit.enterprise_id)
        kinds += [Shut(visit.enterprise_id, DAY, DAY)] * 3
        kinds += [Postpone(*ids, DAY + timedelta(days=3)), Pinned(*ids, "T1", DAY, visit.start)]
        kinds += [Appointment(*ids, DAY, 15 * HOUR, 16 * HOUR)]
    return dice.choice(kinds)


@pytest.mark.parametrize(
    "seeds", [range(25), pytest.param(range(25, 6000), marks=pytest.mark.long)], ids=("few", "many")
)
def test_a_day_may_change_again_and_again(seeds):
    """Four times at any minute, each time from the plan before: the checker passes what comes out."""
    refused = {}
    for seed in seeds:
        dice = Random(seed)
        found = crew_of(dice)
        plan, now, happened = planned(prepared(found)), 8 * HOUR + HOUR // 2, []
        for _ in range(4):
            now += dice.randint(60, 9000)
            happened.append(of_one_team(dice, plan, now))
            try:
                plan = replan(found, POLICY, plan, Moment(DAY, now), recorded(*happened), limit=Limit(steps=0)).plan
            except RuntimeError as error:
                refused[seed] = str(error)
                break
    assert refused == {}


# Doors at which a visit is called off


@pytest.fixture(scope="module")
def called_off():
    """One team on its way from E1 to E2 when E2 is reported shut: it rests at that door, and goes on to E3."""
    shops = [
        shop("E1", 10, 5, opening_hours="09:00-10:30"),
        shop("E2", 55, 25, opening_hours="09:00-12:00"),
        shop("E3", 12, 30, opening_hours="11:00-21:00"),
    ]
    crew = team("T1", 5, 5, travel=TravelMode.CAR)
    noon = Shift("T1", DAY, None, 9 * HOUR, 17 * HOUR + 1800, 1800, 10 * HOUR + 1800, 12 * HOUR)
    found = register(
        shops,
        [violation(f"V{k}", f"E{k}") for k in (1, 2, 3)],
        [crew],
        shifts=(noon,),
        districts=(box("D1", 0, 0, 60, 60),),
    )
    plan = planned(prepared(found))
    (duty,) = plan.duties
    second = duty.route[1]
    told = second.arrive - 120
    shut = Shut(second.enterprise_id, DAY, DAY)
    return found, plan, again(found, plan, told, shut), shut


def seconds_between(found, *ids):
    """By car, along places of a town, as its travel engine says."""
    places = [Place(name, found.enterprise[name].at) for name in ids]
    legs = engine(found, POLICY)(places, TravelMode.CAR).seconds
    return sum(int(legs[k, k + 1]) for k in range(len(ids) - 1))


def test_a_team_goes_on_from_the_door_at_which_its_visit_was_called_off(called_off):
    """The plan names the door, the break lies there, and the way to the next visit begins there."""
    found, plan, changed, shut = called_off
    (duty,) = changed.plan.duties
    (halt,) = duty.halts
    was, following = plan.duties[0].route[1], duty.route[1]
    assert (halt.place_id, halt.arrive, halt.after) == (shut.enterprise_id, was.arrive, 1)
    assert duty.rest.start >= halt.arrive
    assert following.travel_seconds == seconds_between(found, halt.place_id, following.enterprise_id)
    assert following.arrive >= duty.rest.end + following.travel_seconds
    assert changed.plan.totals.travel_seconds == duty.travel_seconds


def test_a_second_replan_during_the_break_at_that_door_measures_from_it(called_off):
    """Not from the last visit, where the team has not been for an hour."""
    found, _, changed, shut = called_off
    (duty,) = changed.plan.duties
    later = again(found, changed.plan, duty.rest.start + 300, shut, Urgent("E3", DAY)).plan.duties[0]
    assert (later.halts, later.rest) == (duty.halts, duty.rest)
    following = later.route[1]
    assert following.travel_seconds == seconds_between(found, shut.enterprise_id, following.enterprise_id)
    assert following.arrive >= duty.rest.end + following.travel_seconds


def slack(duty):
    """Seconds between the break of a duty and leaving for its second visit."""
    return duty.route[1].arrive - duty.route[1].travel_seconds - duty.rest.end


def moved(interval, seconds):
    return Interval(interval.start + seconds, interval.end + seconds)


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda duty: {"rest": moved(duty.rest, duty.halts[0].arrive - 300 - duty.rest.start)}, "break"),
        (lambda duty: {"rest": moved(duty.rest, 60 + slack(duty))}, "travel"),
        (lambda duty: {"rest": Interval(duty.rest.start, duty.rest.end - 60)}, "break"),
        (lambda duty: {"rest": None}, "break"),
        (lambda duty: {"halts": ()}, "halts"),
        (lambda duty: {"halts": (*duty.halts, *duty.halts)}, "halts"),
        (lambda duty: {"halts": (replace(duty.halts[0], arrive=duty.halts[0].arrive - 60),)}, "halts"),
        (lambda duty: {"halts": (replace(duty.halts[0], place_id="E1"),)}, "halts"),
        (lambda duty: {"halts": (replace(duty.halts[0], travel_seconds=60),)}, "totals"),
        (lambda duty: {"route": (duty.route[0], earlier(duty.route[1], 60 + slack(duty)))}, "travel"),
    ],
    ids=(
        "break before the door",
        "break into the way",
        "short break",
        "no break",
        "no door",
        "the door twice",
        "too early at the door",
        "another door",
        "a shorter way to the door",
        "too early from the door",
    ),
)
def test_a_break_at_a_door_is_judged_to_the_minute(called_off, spoil, rule):
    """It is noticed when it lies where the team cannot rest, is too short, or when the door is not where it was."""
    found, _, changed, _ = called_off
    assert check(changed.plan, found, POLICY, changes=changed.changes, before=changed.before) == ()
    (duty,) = changed.plan.duties
    wrong = replace(changed.plan, duties=(replace(duty, **spoil(duty)),))
    known = {"changes": changed.changes, "before": changed.before}
    assert rule in {conflict.rule for conflict in check(wrong, found, POLICY, **known)}


def earlier(visit, seconds):
    return replace(visit, **{name: getattr(visit, name) - seconds for name in ("arrive", "start", "end")})


def test_a_team_that_has_come_home_goes_out_again_from_home(called_off):
    """Not from the last place at which it was, which it left an hour ago."""
    found, _, changed, shut = called_off
    plan = again(found, changed.plan, changed.plan.duties[0].rest.end, shut, Shut("E3", DAY, DAY)).plan
    now = plan.duties[0].back + HOUR
    duty = again(found, plan, now, shut, Shut("E3", DAY, DAY), Undo(2)).plan.duties[0]
    assert [halt.place_id for halt in duty.halts] == ["E2", "T1:end"]
    assert duty.route[-1].enterprise_id == "E3"
    assert duty.route[-1].arrive >= now + duty.route[-1].travel_seconds


# Breaks of teams that are late


@pytest.fixture(scope="module")
def resting_late():
    """One team that is on its way to E2 when it reports to be forty minutes late, its break still to come."""
    shops = [
        shop("E1", 10, 5, opening_hours="09:00-10:30"),
        shop("E2", 40, 25, opening_hours="09:00-13:00"),
        shop("E3", 12, 30, opening_hours="11:00-21:00"),
    ]
    noon = Shift("T1", DAY, None, 9 * HOUR, 17 * HOUR + 1800, 1800, 10 * HOUR + 1800, 12 * HOUR)
    found = register(
        shops,
        [violation(f"V{k}", f"E{k}") for k in (1, 2, 3)],
        [team("T1", 5, 5, travel=TravelMode.CAR)],
        shifts=(noon,),
        districts=(box("D1", 0, 0, 60, 60),),
    )
    plan = planned(prepared(found))
    second = plan.duties[0].route[1]
    left = second.arrive - second.travel_seconds
    return found, plan, again(found, plan, left + 40 * 60 + 300, Late("T1", DAY, 40))


def test_the_break_of_a_late_team_lies_where_it_fits(resting_late):
    """It arrives as much later as it is late and, if it rests before, as it rests; a minute less is noticed."""
    found, plan, changed = resting_late
    was, (duty,) = plan.duties[0].route[1], changed.plan.duties
    visit, rest = duty.route[1], duty.rest
    due = was.arrive + 40 * 60
    resting = rest.end - rest.start if rest.start < due else 0
    assert visit.enterprise_id == was.enterprise_id
    assert visit.arrive == due + resting
    known = {"changes": changed.changes, "before": changed.before}
    wrong = replace(duty, route=(duty.route[0], earlier(visit, 60), *duty.route[2:]))
    found_wrong = check(replace(changed.plan, duties=(wrong,)), found, POLICY, **known)
    assert "travel" in {conflict.rule for conflict in found_wrong}


@pytest.mark.parametrize("minutes", [20, 45, 70])
def test_a_break_near_the_end_of_the_shift_is_taken_or_given_up(minutes):
    """With nothing left to visit, a late team rests if it is home by the shift's end, and else comes home in time."""
    found = one_team_ok()
    evening = Shift("T1", DAY, None, 9 * HOUR, 14 * HOUR, 1800, 12 * HOUR + 1800, 14 * HOUR)
    found = replace(found, shifts=(evening,))
    plan = planned(prepared(found))
    last = plan.duties[0].route[-1]
    for now in range(last.start + 60 * minutes + 60, 14 * HOUR, 600):
        (duty,) = again(found, plan, now, Late("T1", DAY, minutes)).plan.duties
        assert duty.route == plan.duties[0].route
        assert duty.back <= 14 * HOUR
        assert duty.rest is None or duty.rest.end <= 14 * HOUR


def test_being_out_goes_before_what_was_promised(town):
    """A visit that was promised for a time at which the team is at its office by then is a promise broken, and said."""
    found, plan = town
    visit = plan.duties[0].route[1]
    pinned = Pinned(visit.lookback_id, visit.enterprise_id, "T1", DAY, visit.start)
    out = TeamOut("T1", DAY, DAY, visit.start + 300, visit.start + 2 * HOUR)
    changed = again(found, plan, 8 * HOUR, pinned, out)
    assert [promise.lookback_id for promise in changed.broken] == [visit.lookback_id]


def test_a_complaint_about_the_firm_that_a_team_is_on_its_way_to_changes_nothing(far_apart):
    """The visit is being made; it is not made another one on the way."""
    found, plan = far_apart
    visit = plan.duties[0].route[1]
    changed = again(found, plan, visit.arrive - 60, Urgent(visit.enterprise_id, DAY)).plan
    assert changed.duties[0].route[:2] == plan.duties[0].route[:2]


def test_without_news_there_is_no_new_plan(town):
    """Nor when all that happened is in the plan already."""
    found, plan = town
    assert again(found, plan, 11 * HOUR).plan is plan
    changed = again(found, plan, 8 * HOUR, Shut("E1", DAY, DAY)).plan
    assert changed is not plan
    assert again(found, changed, 9 * HOUR, Shut("E1", DAY, DAY)).plan is changed


def test_the_same_steps_give_the_same_plan(twins):
    found, plan = twins
    happened = (OfficerOut("T1-1", DAY, DAY),)
    assert again(found, plan, 10 * HOUR, *happened).plan == again(found, plan, 10 * HOUR, *happened).plan


class Elsewhere(Here):
    """A process that searches, if it does not die of it, and what was done meanwhile."""

    def __init__(self, *, dies=False):
        self.dies, self.done = dies, []

    def submit(self, fn, /, *args, **kwargs):
        """The search itself survives being sent to a process."""
        self.done.append("asked")
        if self.dies:
            raise BrokenExecutor
        return super().submit(pickle.loads(pickle.dumps(fn)), *args, **kwargs)  # noqa: S301  (our own)


@pytest.mark.parametrize(("dies", "done"), [(False, ["asked", "meanwhile"]), (True, ["asked"])])
def test_it_does_not_matter_who_searches_nor_whether_they_die_of_it(twins, dies, done):
    found, plan = twins
    elsewhere = Elsewhere(dies=dies)
    there = again(
        found, plan, 0, Shut("E3", DAY, DAY), executor=elsewhere, meanwhile=lambda: elsewhere.done.append("meanwhile")
    )
    assert there.plan == again(found, plan, 0, Shut("E3", DAY, DAY)).plan
    assert elsewhere.done == done


def test_a_shut_shop_goes_and_the_others_stay_where_they_are(twins):
    """Their times, too: nobody who was not told of anything has another day."""
    found, plan = twins
    before = visits(plan)
    gone = max(before, key=lambda key: before[key][2])
    after = visits(again(found, plan, 8 * HOUR, Shut(before[gone][3], DAY, DAY)).plan)
    assert after == {key: row for key, row in before.items() if key != gone}


def test_a_shut_shop_is_listed_with_that_reason(town):
    found, plan = town
    changed = again(found, plan, 8 * HOUR, Shut("E1", DAY, DAY)).plan
    assert {row.lookback_id: row.rule for row in changed.unvisited} == {"LB-E1": "shut"}


def test_undo_brings_it_back(town):
    found, plan = town
    shut = again(found, plan, 8 * HOUR, Shut("E1", DAY, DAY)).plan
    back = again(found, shut, 8 * HOUR, Shut("E1", DAY, DAY), Undo(1)).plan
    assert {row[3] for row in visits(back).values()} == {"E1", "E2", "E3"}


def test_the_team_of_an_ill_officer_goes_nowhere_and_another_takes_over(twins):
    """What it had begun stays; what is left goes to the other team as far as there is time."""
    found, plan = twins
    changed = again(found, plan, 8 * HOUR, OfficerOut("T1-1", DAY, DAY)).plan
    assert {team_id for team_id, *_ in visits(changed).values()} == {"T2"}
    assert len(visits(changed)) == len(visits(plan))
    mine = next(duty for duty in plan.duties if duty.team_id == "T1")
    late = again(found, plan, mine.route[0].start + 60, OfficerOut("T1-1", DAY, DAY)).plan
    assert next(duty for duty in late.duties if duty.team_id == "T1").route == mine.route[:1]


def test_a_complaint_is_visited_at_once(town):
    """Where nothing was owed before, too."""
    found, plan = town
    found = replace(found, violations=found.violations[:2])
    plan = planned(prepared(found))
    changed = again(found, plan, 8 * HOUR, Urgent("E3", DAY)).plan
    row = next(v for d in changed.duties for v in d.route if v.lookback_id == "LB-E3")
    assert row.mandatory
    assert [reason.term.value for reason in row.reasons] == ["urgent"]


def test_a_complaint_does_not_wait_for_a_day_with_more_time():
    """Over several days it comes on the first, though that day is full; what was there goes to the next."""
    shops = [shop(f"E{k}", 3 * k, 5, visit_minutes=75) for k in range(1, 7)]
    found = register(shops, [violation(f"V{k}", f"E{k}") for k in range(1, 6)], [team("T1", 4, 6)])
    plan = planned(prepared(found, days=3))
    changed = again(found, plan, 8 * HOUR, Urgent("E6", DAY)).plan
    assert visits(changed)["LB-E6"][1] == DAY
    assert {row[3] for row in visits(changed).values()} == {f"E{k}" for k in range(1, 7)}


def test_a_late_team_goes_on_from_where_it_is(town):
    """The visit under way stays; the next begins no earlier than the delay allows."""
    found, plan = town
    first, second = plan.duties[0].route[:2]
    changed = again(found, plan, first.start + 45 * 60, Late("T1", DAY, 40)).plan
    assert changed.duties[0].route[0] == first
    moved = next(v for v in changed.duties[0].route if v.lookback_id == second.lookback_id)
    assert moved.start >= first.end + 40 * 60 + second.travel_seconds


def test_a_report_of_lateness_counts_once(town):
    """The next plan has it in its times already."""
    found, plan = town
    first = plan.duties[0].route[0]
    late = Late("T1", DAY, 40)
    changed = again(found, plan, first.start + 45 * 60, late).plan
    later = again(found, changed, first.start + 50 * 60, late, Shut("E3", DAY, DAY)).plan
    starts = {v.lookback_id: v.start for v in changed.duties[0].route}
    for visit in later.duties[0].route:
        assert visit.start == starts[visit.lookback_id]


def test_an_appointment_is_kept(town):
    found, plan = town
    key = plan.duties[0].route[0].lookback_id
    changed = again(found, plan, 8 * HOUR, Appointment(key, key[3:], DAY, 15 * HOUR, 15 * HOUR + 1800)).plan
    assert 15 * HOUR <= visits(changed)[key][2] <= 15 * HOUR + 1800


def test_what_is_postponed_waits(town):
    found, plan = town
    after = found.calendar.next_working(DAY)
    changed = again(found, plan, 8 * HOUR, Postpone("LB-E2", "E2", after)).plan
    assert {row.lookback_id: row.rule for row in changed.unvisited} == {"LB-E2": "postponed"}


def test_a_pinned_visit_does_not_move_for_a_complaint(twins):
    found, plan = twins
    before = visits(plan)
    key = min(before)
    team_id, day, start, site = before[key]
    pinned = Pinned(key, site, team_id, day, start)
    changed = again(
        found,
        plan,
        8 * HOUR,
        pinned,
        Urgent("E6", DAY),
        TeamOut("T2" if team_id == "T1" else "T1", DAY, DAY, 0, 24 * HOUR),
    )
    assert visits(changed.plan)[key] == before[key]
    assert not changed.broken


def test_nobody_works_while_out(town):
    """Between the hours that a team is out it makes no visit, and what fits around them it still makes."""
    found, plan = town
    changed = again(found, plan, 8 * HOUR, TeamOut("T1", DAY, DAY, 10 * HOUR, 14 * HOUR)).plan
    assert all(v.end <= 10 * HOUR or v.start >= 14 * HOUR for v in changed.duties[0].route)
    assert changed.duties[0].route


def test_the_evening_before_everything_is_open(twins):
    """A team that is out tomorrow is replaced."""
    found, plan = twins
    changed = again(found, plan, 0, TeamOut("T1", DAY, DAY, 0, 24 * HOUR)).plan
    assert {team_id for team_id, *_ in visits(changed).values()} == {"T2"}


def test_over_five_days_a_visit_may_go_to_another_day():
    """What a team cannot do on its first day comes on a later one, and no other day changes."""
    found = two_districts()
    plan = planned(prepared(found, days=5))
    assert len(visits(plan)) == 4
    changed = again(found, plan, 8 * HOUR, TeamOut("T1", DAY, DAY, 0, 24 * HOUR)).plan
    after = visits(changed)
    assert set(after) == set(visits(plan))
    assert all(day > DAY for team_id, day, *_ in after.values() if team_id == "T1")
    assert {k: v for k, v in after.items() if v[0] == "T2"} == {k: v for k, v in visits(plan).items() if v[0] == "T2"}


def test_a_visit_with_an_outcome_is_done_whatever_its_time(town):
    found, plan = town
    first = plan.duties[0].route[0]
    seen = frozenset({first.lookback_id})
    changed = again(found, plan, 8 * HOUR, Shut("E1", DAY, DAY), Shut("E2", DAY, DAY), seen=seen).plan
    assert changed.duties[0].route[0] == first


def test_a_shop_that_is_closed_on_one_day_and_shut_on_the_other_stays_away():
    """Of two days it opens on the second alone, and there it is found shut: both rules stop it, either may be said."""
    shops = [shop("E1", 5, 5), shop("E2", 6, 6, opening_hours="We 09:00-21:00")]
    found = register(shops, [violation("V1", "E1"), violation("V2", "E2")], [team("T1", 5, 6)])
    plan = planned(prepared(found, days=2))
    there = visits(plan)["LB-E2"]
    assert there[1] == DAY + timedelta(days=1)
    after = again(found, plan, 10 * HOUR, Shut("E2", there[1], there[1]))
    (left,) = [row for row in after.plan.unvisited if row.lookback_id == "LB-E2"]
    assert left.rule in {"closed", "shut"}
