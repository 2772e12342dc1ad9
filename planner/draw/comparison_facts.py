"""What the page that shows before and after knows: the duties that differ, each change with its cause, whom to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.clock import hhmm
from planner.compare import slots
from planner.draw.facts import Content, Facts, common, names, tracks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.compare import Change, Comparison, Slot
    from planner.plan import Duty
    from planner.register import Register


def comparison_facts(comparison: Comparison, register: Register, document: Mapping[str, Any]) -> Facts:
    """
    What the page knows.

    Parameters
    ----------
    comparison
        Two plans and what differs.
    register
        The tables they were made from.
    document
        The same comparison as ``writers.comparison`` words it: events, messages and broken promises.
    """
    before, now = comparison.before, comparison.now
    differing = {(each.team_id, each.day) for each in comparison.teams}
    sides = [[d for d in plan.duties if d.route and (d.team_id, d.day) in differing] for plan in (before, now)]
    duties = [duty for side in sides for duty in side]
    told = [(one["to"], one["recipient"], [one["zh"], one["en"]]) for one in document["messages"]]
    concerned = {duty.team_id for duty in duties} | {team_id for team_id, _ in differing}
    team_ids = [team.team_id for team in register.teams if team.team_id in concerned]
    promised = {lookback_id: _site(comparison, lookback_id) for lookback_id in document["broken_promises"]}
    shown = [visit.enterprise_id for duty in duties for visit in duty.route]
    shown += [site for change in comparison.changes for site in _sites(change)]
    shown += [recipient for to, recipient, _ in told if to == "firm"] + [*promised.values()]
    known = (site for site in dict.fromkeys(shown) if site in register.enterprise)
    number = {enterprise_id: k for k, enterprise_id in enumerate(known)}
    days = sorted({*before.horizon, *now.horizon})
    content = common("comparison", now, register, duties, number, team_ids, days)
    for k, duty in enumerate(content["duties"]):
        duty["side"] = int(k >= len(sides[0]))  # 0 before, 1 now
    stops = _Stops(duties, len(sides[0]))
    unanswered = {
        one["event_id"]: [[one["reason_zh"], one["hint_zh"]], [one["reason"], one["hint"]]]
        for one in document["urgent_left"]
    }
    left = {row.lookback_id: [row.reason_zh or row.reason, row.reason] for row in now.unvisited}
    content |= {
        "before": {"id": before.plan_id, "revision": before.revision},
        "events": [
            {"id": one["event_id"], "text": [one["zh"], one["en"]], "left": unanswered.get(one["event_id"])}
            for one in document["events"]
        ],
        "changes": [
            _change(change, number, team_ids, days, stops) | {"left": left.get(change.lookback_id)}
            for change in comparison.changes
        ],
        "retimed": comparison.retimed,
        "team_changes": [
            {
                "team": team_ids.index(each.team_id),
                "day": days.index(each.day),
                "visits": [each.visits_before, each.visits_now],
                "minutes": each.minutes,
                "back": [None if at is None else hhmm(at) for at in (each.back_before, each.back_now)],
            }
            for each in comparison.teams
        ],
        "messages": [
            {"to": to, "whom": team_ids.index(whom) if to == "team" else number[whom], "text": text}
            for to, whom, text in told
        ],
        "broken": [
            {"enterprise": number[site], "left": left.get(lookback_id)}
            for lookback_id, site in promised.items()
            if site in number
        ],
        "districts": names(register.districts),
        "rivers": names(register.barriers),
    }
    return Facts(content, register.districts, register.barriers, tracks(duties, register))


def _sites(change: Change) -> list[str]:
    other = change.cause.enterprise_id
    return [change.enterprise_id] if other is None else [change.enterprise_id, other]


def _site(comparison: Comparison, lookback_id: str) -> str:
    """Where a look-back was to be made, as far as either plan knows."""
    found = {row.lookback_id: row.enterprise_id for row in comparison.now.unvisited}
    found |= {key: visit.enterprise_id for key, (_, visit) in slots(comparison.before).items()}
    return found.get(lookback_id, lookback_id)


class _Stops:
    """Where on the page a look-back is, before and now: the number of the duty, and that of the stop on it."""

    def __init__(self, duties: Sequence[Duty], first_now: int) -> None:
        self.at: tuple[dict[str, list[int]], dict[str, list[int]]] = ({}, {})
        for k, duty in enumerate(duties):
            for stop, visit in enumerate(duty.route):
                self.at[k >= first_now][visit.lookback_id] = [k, stop]

    def of(self, side: int, change: Change) -> list[int] | None:
        return self.at[side].get(change.lookback_id)


def _change(
    change: Change, number: Mapping[str, int], team_ids: Sequence[str], days: Sequence[Any], stops: _Stops
) -> Content:
    cause = change.cause

    def slot(at: Slot | None, side: int) -> Content | None:
        if at is None:
            return None
        where = {"team": team_ids.index(at.team_id), "day": days.index(at.day)}
        return {**where, "start": hhmm(at.start), "end": hhmm(at.end), "stop": stops.of(side, change)}

    return {
        "kind": change.kind.value,
        "enterprise": number[change.enterprise_id],
        "lookback": change.lookback_id,
        "mandatory": change.mandatory,
        "priority": change.priority,
        "aspects": list(change.aspects),
        "sides": [slot(change.was, 0), slot(change.now, 1)],
        "cause": cause.kind.value,
        "event": cause.event_id,
        "other": number.get(cause.enterprise_id or "", -1),
    }
