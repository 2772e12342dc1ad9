"""
How far the campaign is: what was due, done, on time and is overdue, and what is to come against the teams' capacity.

Counted are look-backs, by what they are about. Teams are not compared: by law inspections have no quotas, and nobody
is appraised by their number.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from planner.history import replay, suggested_action
from planner.lookbacks import answers, due_date, look_backs, verified
from planner.outcomes import SEEN, OutcomeKind
from planner.priority import leading
from planner.problem import visit_seconds
from planner.teamdays import team_days

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from planner.history import Visited
    from planner.lookbacks import LookBack
    from planner.outcomes import Outcome
    from planner.policy import Policy
    from planner.register import Register
    from planner.teamdays import TeamDay
    from planner.violations import Action, Violation

DAYS_TO_COME = 10


@dataclass(frozen=True)
class Owed:
    """A look-back that was or is owed: what it is about, its due date, and the day it was made on, if it was."""

    lookback_id: str
    enterprise_id: str
    kind: str
    due: date
    done: date | None


class Tally(NamedTuple):
    """Look-backs of a period: due in it, done in it, of those in time; and overdue at its end."""

    due: int
    done: int
    on_time: int
    overdue: int


class Coming(NamedTuple):
    """A working day to come: look-backs that must be made by then and not before, and visits that teams can make."""

    day: date
    due: int
    overdue: int
    """Of those due, the ones that were overdue at the end of the period; on the first day only."""
    capacity: int


class Undecided(NamedTuple):
    """Found not, or partly, rectified: what the ladder suggests; people decide."""

    day: date
    lookback_id: str
    enterprise_id: str
    kind: OutcomeKind
    last: Action
    suggested: Action


@dataclass(frozen=True)
class Report:
    """The campaign between two days, both included."""

    first: date
    last: date
    total: Tally
    by: Mapping[str, tuple[tuple[str, Tally], ...]]
    """By ``district``, ``scenario``, ``kind`` and ``operator``: codes and tallies, most overdue first."""
    weeks: tuple[tuple[date, int, int], ...]
    """Due and done by week, each from its first day in the period."""
    outcomes: Mapping[OutcomeKind, int]
    """Of the visits to look-backs in the period."""
    coming: tuple[Coming, ...]
    """The next working days after the period; what is due on a free day counts on the last working day before it."""
    minutes_each: int | None
    """What a look-back takes, way included, by which the capacity is counted; None: by the policy's most visits."""
    undecided: tuple[Undecided, ...]


def report(
    register: Register,
    outcomes: Iterable[Outcome],
    policy: Policy,
    first: date,
    last: date,
    *,
    seconds_between: int | None = None,
) -> Report:
    """
    The campaign between two days.

    Parameters
    ----------
    register
        What the tables say.
    outcomes
        All that is recorded.
    seconds_between
        Travel and waiting per visit, as plans have it; None: no plan is known.

    Raises
    ------
    ValueError
        The period ends before it starts.
    """
    if first > last:
        raise ValueError(f"the period ends ({last}) before it starts ({first})")
    known, visits = replay(register, outcomes, policy, last + timedelta(days=1))
    still_owed = look_backs(known, (last,), policy)
    owed = [*_made(visits), *_closed_in_tables(register, policy, last), *_open(known, still_owed)]
    each = _seconds_each(known, still_owed, policy, seconds_between)
    days = tuple(known.calendar.add_working(last, k) for k in range(1, DAYS_TO_COME + 1))
    in_period = [visited for visited in visits if first <= visited.outcome.day <= last and visited.due]
    return Report(
        first=first,
        last=last,
        total=_tally(owed, first, last),
        by={name: _tallies(owed, of, first, last) for name, of in _parts(known).items()},
        weeks=_weeks(owed, first, last),
        outcomes={kind: sum(v.outcome.kind is kind for v in in_period) for kind in OutcomeKind},
        coming=_coming(still_owed, last, days, team_days(known, days, policy), each),
        minutes_each=None if each is None else round(each / 60),
        undecided=tuple(_undecided(in_period, policy)),
    )


def _made(visits: Iterable[Visited]) -> Iterable[Owed]:
    """What was seen, whether it was found rectified or not: the visit is what was owed."""
    for visited in visits:
        outcome = visited.outcome
        if visited.due and visited.leading and outcome.kind in SEEN:
            kind = visited.leading.kind
            yield Owed(outcome.lookback_id, outcome.enterprise_id, kind, visited.due, outcome.day)


def _closed_in_tables(register: Register, policy: Policy, last: date) -> Iterable[Owed]:
    """Look-backs that the tables say were made: one for what was verified at an enterprise or operator on one day."""
    groups: dict[tuple[str, date], list[Violation]] = defaultdict(list)
    for violation in register.violations:
        if violation.rectified_on is not None and violation.rectified_on <= last:
            groups[answers(register, violation), violation.rectified_on].append(violation)
    for (key, day), violations in groups.items():
        _, ready = verified(violations, register, day, policy)
        first = leading(ready, policy.priority)
        due = min(due_date(violation, register, policy) for violation in ready)
        yield Owed(f"LB-{key}", first.enterprise_id, first.kind, due, day)


def _open(register: Register, owed: Iterable[LookBack]) -> Iterable[Owed]:
    violations = {violation.violation_id: violation for violation in register.violations}
    for lb in owed:
        first = violations[lb.reasons[0].records[0]]
        yield Owed(lb.lookback_id, first.enterprise_id, first.kind, lb.due, None)


def _parts(register: Register) -> Mapping[str, Callable[[Owed], str]]:
    """What look-backs are sorted by, and the code of each."""
    return {
        "district": lambda owed: register.located.get(owed.enterprise_id, ""),
        "scenario": lambda owed: register.enterprise[owed.enterprise_id].scenario,
        "kind": lambda owed: owed.kind,
        "operator": lambda owed: register.enterprise[owed.enterprise_id].operator,
    }


def _tally(owed: Iterable[Owed], first: date, last: date) -> Tally:
    owed = tuple(owed)
    done = [o for o in owed if o.done is not None and first <= o.done <= last]
    return Tally(
        due=sum(first <= o.due <= last for o in owed),
        done=len(done),
        on_time=sum(o.done is not None and o.done <= o.due for o in done),
        overdue=sum(o.done is None and o.due < last for o in owed),
    )


def _tallies(owed: Sequence[Owed], of: Callable[[Owed], str], first: date, last: date) -> tuple[tuple[str, Tally], ...]:
    groups: dict[str, list[Owed]] = defaultdict(list)
    for each in owed:
        groups[of(each)].append(each)
    tallies = [(str(code), _tally(group, first, last)) for code, group in groups.items()]
    tallies.sort(key=lambda row: (-row[1].overdue, -row[1].due, -row[1].done, row[0]))
    return tuple((code, tally) for code, tally in tallies if any(tally))


def _weeks(owed: Sequence[Owed], first: date, last: date) -> tuple[tuple[date, int, int], ...]:
    monday = first - timedelta(days=first.weekday())
    due = Counter((o.due - monday).days // 7 for o in owed if first <= o.due <= last)
    done = Counter((o.done - monday).days // 7 for o in owed if o.done is not None and first <= o.done <= last)
    weeks = (last - monday).days // 7 + 1
    return tuple((max(first, monday + timedelta(days=7 * k)), due[k], done[k]) for k in range(weeks))


def _seconds_each(
    register: Register, owed: Sequence[LookBack], policy: Policy, seconds_between: int | None
) -> int | None:
    """What a look-back takes on average, the way to it included; None where nothing is known of ways or visits."""
    if seconds_between is None or not owed:
        return None
    visits = [visit_seconds(lb, register.enterprise[lb.sites[0]], policy) for lb in owed]
    return round(sum(visits) / len(visits)) + seconds_between


def _coming(
    owed: Sequence[LookBack], last: date, days: Sequence[date], duties: Iterable[TeamDay], each: int | None
) -> tuple[Coming, ...]:
    """What is due on which day, those already overdue on the first."""
    due = Counter(max(bisect_right(days, lb.due) - 1, 0) for lb in owed if lb.due <= days[-1])
    overdue = sum(lb.due < last for lb in owed)
    capacity: Counter[date] = Counter()
    for duty in duties:
        time = duty.end - duty.start - duty.rest_seconds
        capacity[duty.day] += duty.max_visits if each is None else min(duty.max_visits, time // each)
    return tuple(Coming(day, due[k], 0 if k else overdue, capacity[day]) for k, day in enumerate(days))


def _undecided(visits: Iterable[Visited], policy: Policy) -> Iterable[Undecided]:
    """The latest first."""
    for visited in sorted(visits, key=lambda v: (-v.outcome.day.toordinal(), v.outcome.lookback_id)):
        outcome, last = visited.outcome, visited.last
        suggested = suggested_action(outcome.kind, last, policy) if last else None
        if last and suggested and not outcome.violations:  # a new violation says what was decided
            place = outcome.enterprise_id
            yield Undecided(outcome.day, outcome.lookback_id, place, outcome.kind, last, suggested)
