"""
Why a look-back is not in the plan: the rule that stopped it, in figures, and what one could do about it.

A look-back is stopped by the rule that its most hopeful site and team got farthest with: a closed door tells more
than "another district's team". The order of the rules is that of ``Rule``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.clock import hhmm
from planner.eligibility import Rule, obstacle
from planner.events import NOTHING
from planner.hours import visiting_hours
from planner.lookbacks import LookBack
from planner.plan import Unvisited
from planner.problem import NEVER
from planner.timing import DutyClock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from planner.events import Changes
    from planner.geo import BoolArray
    from planner.lookbacks import Wanted
    from planner.policy import Policy
    from planner.problem import Problem, Routes
    from planner.register import Register
    from planner.teamdays import TeamDay


class Words(NamedTuple):
    """Reason and hint in both languages."""

    reason: str
    reason_zh: str
    hint: str
    hint_zh: str


def reachable(problem: Problem) -> BoolArray:
    """Which candidates a duty could visit if it had nothing else to do, shape (C, D)."""
    can = np.zeros_like(problem.allowed)
    for d in range(len(problem.duties)):
        candidates = np.flatnonzero(problem.allowed[:, d])
        if len(candidates) and problem.duties[d].max_visits > 0:
            can[candidates, d] = DutyClock(problem, d).insertions([], candidates).detour < NEVER
    return can


@dataclass(frozen=True)
class _Day:
    """What explaining needs, gathered once."""

    register: Register
    policy: Policy
    problem: Problem
    routes: Routes
    candidates: Mapping[str, Sequence[int]]
    visited: frozenset[int]
    """Places that have a visit."""
    spare: Mapping[int, int]
    """Seconds between being back and the shift's end, by duty."""
    detour: Mapping[int, Mapping[int, int]]
    """By duty and candidate: the least additional seconds of travel and visit, opening hours aside."""
    changes: Changes


def explain(
    register: Register,
    policy: Policy,
    problem: Problem,
    routes: Routes,
    listed: Iterable[Wanted],
    changes: Changes = NOTHING,
    begun: frozenset[int] = frozenset(),
) -> tuple[Unvisited, ...]:
    """
    Every look-back that is owed, or check that was drawn, and not in the routes; mandatory and most pressing first.

    Parameters
    ----------
    changes
        What the events in force mean for the horizon.
    begun
        Places that have had their visit when the routes begin.
    """
    served = {problem.wanted[problem.candidate_wanted[c]].lookback_id for route in routes for c in route}
    left = [lb for lb in listed if lb.lookback_id not in served]
    day = _gather(register, policy, problem, routes, {lb.lookback_id for lb in left}, changes, begun)
    rows = [_explained(lb, day) for lb in left]
    return tuple(sorted(rows, key=lambda row: (not row.mandatory, -row.priority, row.lookback_id)))


def _gather(
    register: Register,
    policy: Policy,
    problem: Problem,
    routes: Routes,
    left: set[str],
    changes: Changes,
    begun: frozenset[int],
) -> _Day:
    candidates: dict[str, list[int]] = defaultdict(list)
    for c, k in enumerate(problem.candidate_wanted):
        if problem.wanted[k].lookback_id in left:
            candidates[problem.wanted[k].lookback_id].append(c)
    waiting = np.array(sorted(c for group in candidates.values() for c in group), np.int64)
    spare, detour = {}, {}
    for d, route in enumerate(routes):
        clock = DutyClock(problem, d)
        times = clock.timetable(route)
        spare[d] = problem.duties[d].end - times.back if times else 0
        mine = waiting[problem.allowed[waiting, d]]
        way = [clock.origin, *(int(problem.candidate_place[c]) for c in route), clock.destination]
        places = problem.candidate_place[mine]
        extra = [
            clock.legs[here, places].astype(np.int64)
            + clock.legs[places, there]
            - (int(clock.legs[here, there]) if route else 0)
            for here, there in pairwise(way)
        ]
        needed = np.min(extra, axis=0) + problem.seconds[mine]
        detour[d] = dict(zip(mine.tolist(), needed.tolist(), strict=True))
    visited = begun.union(int(problem.candidate_place[c]) for route in routes for c in route)
    return _Day(register, policy, problem, routes, candidates, visited, spare, detour, changes)


def _explained(lb: Wanted, day: _Day) -> Unvisited:
    rule, site, words = _stopped(lb, day)
    return Unvisited(lb.lookback_id, site, lb.priority, lb.mandatory, rule.value, *words)


def _stopped(lb: Wanted, day: _Day) -> tuple[Rule, str, Words]:
    problem = day.problem
    if isinstance(lb, LookBack) and lb.release > problem.days[-1]:
        return Rule.NOT_RELEASED, lb.sites[0], _not_released(lb)
    if not any(day.register.enterprise[site].place for site in lb.sites):
        return Rule.NO_PLACE, lb.sites[0], _NO_PLACE
    if not problem.duties:
        return Rule.NO_TEAM, lb.sites[0], _NO_TEAM
    candidates = day.candidates[lb.lookback_id]
    feasible = [(c, d) for c in candidates for d in np.flatnonzero(problem.allowed[c]).tolist()]
    if feasible:
        return _no_room(feasible, day)
    stages = ((_stage(c, d, lb, day), -c, -d) for c in candidates for d in range(len(problem.duties)))
    (_, rule), c, d = max(stages)
    site = _site(problem, -c)
    return rule, site, _RULE_WORDS[rule](day, site, problem.duties[-d])


def _site(problem: Problem, candidate: int) -> str:
    return problem.places[int(problem.candidate_place[candidate])].place_id


_ORDER = {rule: k for k, rule in enumerate(Rule)}


def _stage(c: int, d: int, lb: Wanted, day: _Day) -> tuple[int, Rule]:
    """How far a candidate gets with a duty that does not take it: the position of the rule, and the rule."""
    problem = day.problem
    duty = problem.duties[d]
    enterprise = day.register.enterprise[_site(problem, c)]
    rule = obstacle(day.register, duty.team_id, enterprise)
    if rule is None and not duty.max_visits:
        rule = Rule.TEAM_OUT
    elif rule is None and duty.day < day.changes.postponed.get(lb.lookback_id, duty.day):
        rule = Rule.POSTPONED
    elif rule is None and (enterprise.enterprise_id, duty.day) in day.changes.shut:
        rule = Rule.SHUT
    elif rule is None and lb.lookback_id in problem.pinned:
        rule = Rule.PROMISED
    elif rule is None:
        closes = problem.closes[problem.duty_day[d], c]
        rule = Rule.CLOSED if closes.max() < 0 else Rule.SHIFT
        if int(problem.candidate_place[c]) in day.visited:
            rule = Rule.SAME_DAY
    return _ORDER[rule], rule


def _no_room(feasible: Sequence[tuple[int, int]], day: _Day) -> tuple[Rule, str, Words]:
    """It could be visited, were it not for what the teams visit instead."""
    problem = day.problem

    if all(int(problem.candidate_place[c]) in day.visited for c, _ in feasible):
        return Rule.SAME_DAY, _site(problem, feasible[0][0]), _SAME_DAY
    open_ = [(c, d) for c, d in feasible if len(day.routes[d]) < problem.duties[d].max_visits]
    if not open_:
        most = max(problem.duties[d].max_visits for _, d in feasible)
        return Rule.MAX_VISITS, _site(problem, feasible[0][0]), _max_visits(most)
    c, d = min(open_, key=lambda pair: (day.detour[pair[1]][pair[0]] - day.spare[pair[1]], pair))
    return Rule.TIME, _site(problem, c), _time(day, c, d, len({d for _, d in feasible}))


def _time(day: _Day, c: int, d: int, teams: int) -> Words:
    needed, spare, team = -(-day.detour[d][c] // 60), day.spare[d] // 60, day.problem.duties[d].team_id
    going = "the one duty that may go" if teams == 1 else f"the {teams} duties that may go"
    if needed <= spare:
        hours = _hours_text(day, _site(day.problem, c), d)
        return Words(
            f"no gap of {needed} min inside its hours ({hours}) in the routes of {going}; "
            f"{team} has {spare} min left at other hours",
            f"可前往的{teams}个班次在其可检查时段({hours})内没有{needed}分钟空档;{team}其他时段余{spare}分钟",
            "plan it on another day (--days), or take out a visit of less priority",
            "改日安排(--days),或撤下一项优先级更低的检查",
        )
    return Words(
        f"no time is left with {going}: it needs {needed} min, and {team}, which comes nearest, has {spare}",
        f"可前往的{teams}个班次均已排满:需{needed}分钟,最接近的{team}仅余{spare}分钟",
        "plan more days (--days), or let another team act in this district",
        "增加计划天数(--days),或增派可在该区执法的队伍",
    )


def _not_released(lb: LookBack) -> Words:
    return Words(
        f"opens on {lb.release}, the day after the rectification deadline",
        f"整改期限次日({lb.release})起方可回访",
        f"it comes by itself when {lb.release} is planned",
        f"规划{lb.release}时将自动列入",
    )


def _max_visits(most: int) -> Words:
    return Words(
        f"the duties that may go already make their most visits ({most})",
        f"可前往的班次均已达每日上限({most}次)",
        "raise max_visits in teams.csv or policy.toml, or plan more days",
        "提高 teams.csv 或 policy.toml 中的 max_visits,或增加天数",
    )


def _hours_text(day: _Day, site: str, d: int) -> str:
    spans = visiting_hours(day.register.enterprise[site], day.problem.duties[d].day, day.policy)
    return ", ".join(f"{hhmm(a)}-{hhmm(b)}" for a, b in spans)


def _closed(day: _Day, site: str, duty: TeamDay) -> Words:
    enterprise = day.register.enterprise[site]
    hours = enterprise.opening_hours or day.policy.scenarios[enterprise.scenario].hours
    return Words(
        f"closed on {duty.day} for a visit of this length (opening hours {hours})",
        f"{duty.day} 营业时间({hours})内无法安排",
        "plan a day on which it is open, or ask the firm for an appointment",
        "安排在其营业日,或与企业预约",
    )


def _shift(day: _Day, site: str, duty: TeamDay) -> Words:
    spans = visiting_hours(day.register.enterprise[site], duty.day, day.policy)
    hours = ", ".join(f"{hhmm(a)}-{hhmm(b)}" for a, b in spans)
    return Words(
        f"may be visited {hours}, but {duty.team_id} works {hhmm(duty.start)}-{hhmm(duty.end)}, starts no visit after "
        f"{hhmm(duty.last_start)} and has to get there and back",
        f"可检查时段为{hours},而{duty.team_id}的班次为{hhmm(duty.start)}-{hhmm(duty.end)}"
        f"({hhmm(duty.last_start)}后不再开始检查),往返来不及",
        "give a team that may go an evening shift (shifts.csv), or ask for an appointment",
        "为可前往的队伍安排晚班(shifts.csv),或与企业预约",
    )


def _jurisdiction(day: _Day, site: str, _duty: TeamDay) -> Words:
    district = day.register.district_of(site)
    where = district.authority if district else "outside all districts"
    return Words(
        f"no team at work may act there ({where})",
        f"当日在岗队伍均无该地管辖权({district.authority if district else '不在任何商圈内'})",
        "add the authority to a team in teams.csv, or check the enterprise's coordinates",
        "在 teams.csv 中为队伍增加管辖区,或核对企业坐标",
    )


def _scenario(day: _Day, site: str, _duty: TeamDay) -> Words:
    return Words(
        f"the teams that may act there do not inspect {day.register.enterprise[site].scenario}",
        "有管辖权的队伍均不检查该场景",
        "add the scenario to a team in teams.csv",
        "在 teams.csv 中为队伍增加该场景",
    )


def _recusal(day: _Day, site: str, duty: TeamDay) -> Words:
    team = day.register.team[duty.team_id]
    officers = ", ".join(day.register.recused(team, day.register.enterprise[site]))
    return Words(
        f"every team that may go has a recused officer ({duty.team_id}: {officers})",
        f"可前往的队伍均有须回避人员({duty.team_id}:{officers})",
        "change the officers of a team for the day",
        "当日调换队伍人员",
    )


def _team_out(_day: _Day, _site: str, _duty: TeamDay) -> Words:
    return Words(
        "every team that may go there is away or has finished its day",
        "可前往的队伍均不在岗或当日工作已结束",
        "it comes by itself on the next day planned, or give another team the authority",
        "下次规划时将自动列入,或增派可在该区执法的队伍",
    )


def _postponed(_day: _Day, _site: str, duty: TeamDay) -> Words:
    return Words(
        f"was postponed beyond {duty.day}",
        f"已推迟至{duty.day}之后",
        "it comes by itself when that day is planned; reschedule undo takes it back",
        "规划该日时将自动列入;如需撤回:reschedule undo",
    )


def _shut(_day: _Day, _site: str, duty: TeamDay) -> Words:
    return Words(
        f"was found shut and is reported closed on {duty.day}",
        f"已报告{duty.day}现场停业",
        "it comes back on the first day after; ask the firm when it opens",
        "停业结束后自动列入;可联系企业确认营业时间",
    )


def _promised(_day: _Day, _site: str, duty: TeamDay) -> Words:
    return Words(
        f"was promised, and no team can be there then on {duty.day}",
        f"已约定,但{duty.day}届时无队伍可到",
        "agree on another time (lookback slot), or let it go with reschedule unpin",
        "另约时间(lookback slot),或取消约定:reschedule unpin",
    )


_NO_PLACE = Words(
    "its coordinates are not known",
    "没有坐标",
    "give lon and lat in the enterprises table, or ask lookback locate for proposals",
    "在企业表中填写经纬度,或用 lookback locate 查找",
)
_NO_TEAM = Words(
    "no team works in this horizon",
    "计划期内无在岗队伍",
    "check shifts.csv, the certificates in officers.csv and the calendar",
    "核对 shifts.csv、officers.csv 中的执法证及 calendar.csv",
)
_SAME_DAY = Words(
    "the enterprise is visited for another look-back in this horizon",
    "该企业计划期内已有另一项回访",
    "record both at that visit, or plan another day",
    "在该次检查中一并记录,或另日安排",
)
_RULE_WORDS = {
    Rule.JURISDICTION: _jurisdiction,
    Rule.SCENARIO: _scenario,
    Rule.RECUSAL: _recusal,
    Rule.TEAM_OUT: _team_out,
    Rule.POSTPONED: _postponed,
    Rule.SHUT: _shut,
    Rule.PROMISED: _promised,
    Rule.CLOSED: _closed,
    Rule.SHIFT: _shift,
    Rule.SAME_DAY: lambda *_: _SAME_DAY,
}
