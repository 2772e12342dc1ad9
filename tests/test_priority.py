"""(action × kind × exposure + leads + repeats) × timing, line by line, as a person would add it up."""

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st
from towns import DAY, POLICY, complaint, examples, violation

from planner.clock import Calendar
from planner.plan import Term
from planner.priority import Circumstances, reasons, verified_leads
from planner.violations import Action, Aggravation, InspectionResult, ViolationKind

CALENDAR = Calendar()
RULES = POLICY.priority
RELEASE, DUE = date(2026, 11, 16), date(2026, 11, 30)


def found(**more):
    """A violation that was found."""
    return violation("V1", "E1", **more)


def around(**more):
    """A shop of its own in an ordinary district, in the middle of its window, nothing else known."""
    given = {"sites": 1, "district_weight": 1.0, "leads": (), "repeats": (), "release": RELEASE, "due": DUE}
    return Circumstances(**given | more)


def points(violations, circumstances, day=DAY, rules=RULES):
    """The priority."""
    return sum(reason.points for reason in reasons(violations, circumstances, day, CALENDAR, rules))


VIOLATIONS = st.builds(
    found,
    kind=st.sampled_from(ViolationKind),
    action=st.sampled_from(Action),
    aggravations=st.frozensets(st.sampled_from(Aggravation)),
    found_on=st.dates(date(2026, 1, 1), DAY),
)
CIRCUMSTANCES = st.builds(
    around,
    sites=st.integers(1, 500),
    district_weight=st.sampled_from((1.0, 1.1, 1.25)),
    leads=st.integers(0, 7).map(lambda n: tuple(complaint(f"I{k}", "E1", DAY) for k in range(n))),
    repeats=st.integers(0, 4).map(lambda n: tuple(found() for _ in range(n))),
    release=st.dates(date(2026, 10, 1), date(2026, 12, 10)),
    due=st.dates(date(2026, 10, 1), date(2026, 12, 10)),
).map(lambda c: replace(c, due=max(c.release, c.due)))


def by_formula(violations, circumstances, day):
    """The formula of the policy with plain fractions, a sum for each line so far."""
    worst = max(violations, key=lambda v: RULES.action[v.action] * weight(v))
    total = RULES.points * RULES.action[worst.action]
    yield total
    total *= weight(worst)
    yield total
    spread = min(1 + RULES.exposure_per_log_site * math.log(circumstances.sites), RULES.exposure_cap)
    total *= spread * circumstances.district_weight
    yield total
    total += RULES.points * min(len(circumstances.leads) * RULES.lead, RULES.lead_cap)
    total += RULES.points * min(len(circumstances.repeats) * RULES.repeat, RULES.repeat_cap)
    yield total
    yield total * timing(circumstances, day)


def weight(one):
    """Kind with its aggravations, capped."""
    return min(math.prod((RULES.kind[one.kind], *(RULES.aggravation[a] for a in one.aggravations))), RULES.kind_cap)


def timing(circumstances, day):
    """Nothing before release, rising until the due date, then on by the working day."""
    if day < circumstances.release:
        return 0
    if day > circumstances.due:
        late = CALENDAR.working_between(circumstances.due, day)
        return min(RULES.timing_at_due + late * RULES.timing_per_day_overdue, RULES.timing_cap)
    window = CALENDAR.working_between(circumstances.release, circumstances.due)
    gone = CALENDAR.working_between(circumstances.release, day)
    return 1 + (RULES.timing_at_due - 1) * (gone / window if window else 1)


@examples(150)
@given(st.lists(VIOLATIONS, min_size=1, max_size=3), CIRCUMSTANCES)
def test_the_lines_replay_the_formula(violations, circumstances):
    """Within a point a line."""
    lines = reasons(violations, circumstances, DAY, CALENDAR, RULES)
    expected = list(by_formula(violations, circumstances, DAY))
    assert abs(sum(line.points for line in lines) - expected[-1]) <= len(lines)
    so_far = {line.term: sum(each.points for each in lines[: k + 1]) for k, line in enumerate(lines)}
    assert abs(so_far[Term.ACTION] - expected[0]) <= 1
    assert abs(so_far[Term.KIND] - expected[1]) <= 2
    assert abs(so_far.get(Term.EXPOSURE, so_far[Term.KIND]) - expected[2]) <= 3


@examples(80)
@given(st.lists(VIOLATIONS, min_size=1, max_size=3), CIRCUMSTANCES)
def test_every_line_names_its_term_once_and_its_record(violations, circumstances):
    """Action and kind name the same violation: the one that leads."""
    lines = reasons(violations, circumstances, DAY, CALENDAR, RULES)
    terms = [line.term for line in lines]
    assert terms == sorted(set(terms), key=list(Term).index)
    assert {Term.ACTION, Term.KIND, Term.TIMING} <= set(terms)
    assert all(isinstance(line.points, int) and line.detail for line in lines)
    action, kind = lines[:2]
    assert action.records == kind.records
    assert len(next((line.records for line in lines if line.term is Term.LEADS), ())) == (
        len(circumstances.leads) if circumstances.leads else 0
    )


@examples(80)
@given(VIOLATIONS, CIRCUMSTANCES, st.sampled_from(Action))
def test_a_harsher_action_never_weighs_less(one, circumstances, harsher):
    """In the order of the table of weights."""
    if RULES.action[harsher] >= RULES.action[one.action]:
        assert points([replace(one, action=harsher)], circumstances) >= points([one], circumstances)


@examples(80)
@given(VIOLATIONS, CIRCUMSTANCES, st.sampled_from(Aggravation))
def test_an_aggravation_never_weighs_less(one, circumstances, aggravation):
    """Up to the cap."""
    worse = replace(one, aggravations=one.aggravations | {aggravation})
    assert points([worse], circumstances) >= points([one], circumstances)


@examples(80)
@given(st.lists(VIOLATIONS, min_size=1, max_size=3), VIOLATIONS, CIRCUMSTANCES)
def test_another_violation_never_weighs_less_and_never_adds_up(violations, another, circumstances):
    """One visit verifies them all: the worst counts."""
    together = points([*violations, another], circumstances)
    assert together == max(points(violations, circumstances), points([another], circumstances))


@examples(80)
@given(VIOLATIONS, CIRCUMSTANCES, st.integers(0, 60))
def test_later_never_weighs_less(one, circumstances, days):
    """From release on; the more overdue the more pressing, up to the cap."""
    day = DAY + timedelta(days=days)
    assert points([one], circumstances, day) >= points([one], circumstances)


@examples(50)
@given(VIOLATIONS, CIRCUMSTANCES)
def test_before_release_it_is_worth_nothing(one, circumstances):
    """To the point."""
    assert points([one], circumstances, circumstances.release - timedelta(days=1)) == 0


@examples(80)
@given(VIOLATIONS, CIRCUMSTANCES)
def test_every_cap_holds(one, circumstances):
    """No circumstance makes more of a violation than the policy's caps together."""
    most = RULES.points * max(RULES.action.values()) * RULES.kind_cap * RULES.exposure_cap
    most *= circumstances.district_weight
    most += RULES.points * (RULES.lead_cap + RULES.repeat_cap)
    assert points([one], circumstances, DAY + timedelta(days=300)) <= most * RULES.timing_cap + 6


def test_an_example_by_hand():
    """An order against compulsory collection from minors at a chain of ten, seen in half of its window."""
    one = found(kind=ViolationKind.COMPULSORY, aggravations=frozenset({Aggravation.MINORS}))
    lines = reasons([one], around(sites=10), date(2026, 11, 23), CALENDAR, RULES)
    assert [(line.term, line.points, line.detail) for line in lines] == [
        (Term.ACTION, 300, "order_to_correct 3"),
        (Term.KIND, 330, "× 2.1 = compulsory 1.4 × minors 1.5, ≤ 2.5"),
        (Term.EXPOSURE, 218, "× 1.3454 = sites 10: 1.3454"),
        (Term.TIMING, 127, "× 1.15 = in_window 5/10, due 2026-11-30"),
    ]


@pytest.mark.parametrize(("count", "lead", "repeat"), [(1, 100, 300), (2, 200, 600), (4, 400, 600), (9, 400, 600)])
def test_leads_and_repeats_add_up_to_their_caps(count, lead, repeat):
    """A hundred points a lead up to four, three hundred a repeat up to two; each is a record that one can look up."""
    leads = tuple(complaint(f"I{k}", "E1", DAY) for k in range(count))
    lines = reasons([found()], around(leads=leads, repeats=(found(),) * count), DAY, CALENDAR, RULES)
    by_term = {line.term: line for line in lines}
    assert (by_term[Term.LEADS].points, by_term[Term.REPEATS].points) == (lead, repeat)
    assert by_term[Term.LEADS].records == tuple(f"I{k}" for k in range(count))


@pytest.mark.parametrize(
    ("day", "factor"),
    [
        (RELEASE - timedelta(days=1), 0),
        (RELEASE, 1.0),
        (DUE, 1.3),
        (DUE + timedelta(days=1), 1.35),
        (DUE + timedelta(days=4), 1.5),
        (DUE + timedelta(days=5), 1.5),
        (DUE + timedelta(days=365), 2.0),
    ],
    ids=["before", "release", "due", "a day late", "Friday", "Saturday", "a year late"],
)
def test_timing_runs_with_the_working_calendar(day, factor):
    """Due on a Monday: by Friday four working days late, and no more on Saturday."""
    assert points([found()], around(), day) == 300 * factor


def test_a_verified_lead_is_a_complaint_confirmed_in_the_last_ninety_days():
    """Not a routine visit, not a complaint without a finding, not one of long ago, not one of today."""
    recent = complaint("I1", "E1", DAY - timedelta(days=1))
    oldest = complaint("I2", "E1", DAY - timedelta(days=90))
    others = (
        complaint("I3", "E1", DAY - timedelta(days=91)),
        complaint("I4", "E1", DAY),
        complaint("I5", "E1", DAY - timedelta(days=3), result=InspectionResult.CLEAN),
        complaint("I6", "E1", DAY - timedelta(days=3), inspection_type="routine"),
    )
    assert verified_leads((oldest, *others, recent), DAY, RULES) == (recent, oldest)


def test_the_sum_is_exact_where_binary_fractions_are_not():
    """1.1 × 300 is 330, and 1.15 × 330 is 380 with the half rounded up: 379.5."""
    one = found(kind=ViolationKind.RIGHTS)
    lines = reasons([one], around(), date(2026, 11, 23), CALENDAR, RULES)
    assert [line.points for line in lines] == [300, 30, 50]
