"""What changed between two plans, why, and whom to tell: as text for a terminal and as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from planner.clock import hhmm
from planner.compare import CauseKind, ChangeKind, lost_by_lot, urgent_left
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
    name_of,
    to_json,
)
from planner.words import EVENTS, label
from planner.writers.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planner.compare import Cause, Change, Comparison, Slot, TeamChange
    from planner.events import Promise
    from planner.outcomes import Outcome
    from planner.plan import Unvisited
    from planner.register import Register
    from planner.slots import Offer


class Message(NamedTuple):
    """What to tell a team, or a firm that was promised a time."""

    to: str
    """``team`` or ``firm``."""
    recipient: str
    """Its id."""
    zh: str
    en: str

    def of(self, lang: str) -> str:
        """The message in one language."""
        return self.zh if lang == "zh" else self.en


_WORDS = {
    "plan": ("方案 {}:第 {} 版 → 第 {} 版", "Plan {}: revision {} → {}"),
    "same": ("没有差别", "no difference"),
    "counts": ("移动 {} 项,撤下 {} 项,新增 {} 项", "{} moved, {} dropped, {} added"),
    "retimed": (";另有 {} 项时间微调", "; {} more at a slightly different time"),
    "moved": ("移动", "moved"),
    "dropped": ("撤下", "dropped"),
    "added": ("新增", "added"),
    "must": ("必查", "due"),
    "events": ("变更", "What was reported"),
    "teams": ("各队变化", "Teams"),
    "messages": ("通知", "Whom to tell"),
    "team": ("{} 项 → {} 项,工作 {:+d} 分钟,{} → {} 返回", "{} → {} visits, {:+d} min of work, back {} → {}"),
    "event": ("变更 {}", "event {}"),
    "made_room": ("为 {} 让出时间", "made room for {}"),
    "freed": ("用 {} 空出的时间", "uses the time that {} left"),
    "search": ("方案改进", "the plan became better"),
    "urgent_left": ("急办未能安排:{}({});建议:{}", "urgent, and no team can go: {} ({}); {}"),
    "broken": ("无法兑现的约定:{}", "a promise that nobody can keep any more: {}"),
    "broken_by": ("无法兑现的约定:{}({})", "a promise that nobody can keep any more: {} ({})"),
    "lost": ("随机抽查未能保留:{}({})", "drawn by lot, and not kept: {} ({})"),
    "nothing": ("没有新的变更,方案不变", "nothing new was reported: the plan stays as it is"),
    "missed": (
        "注意:搜索期间有新的登记,本方案未计入:",
        "note: while this plan was searched, these were recorded, and it does not know of them:",
    ),
    "missed_events": ("如需计入:lookback replan", "to take them in: lookback replan"),
    "missed_outcomes": ("如需计入:重新运行 lookback plan", "to take them in: lookback plan, again"),
    "no_slot": ("没有可用时段", "no slot was found"),
    "slot": ("{} {}-{} 开始  {}  多行 {} 分钟", "{} start {}-{}  {}  {} min more on the way"),
    "gives_way": ("需撤下 {}({} 分)", "{} gives way ({} points)"),
    "late": ("+{} 分钟", "+{} min"),
    "unplanned": ("当日尚无方案", "no plan of that day yet"),
}


def _word(key: str, lang: str, *values: object) -> str:
    return _WORDS[key][lang != "zh"].format(*values)


def comparison_text(comparison: Comparison, register: Register, lang: str, broken: Sequence[Promise] = ()) -> str:
    """What was reported, every change with its cause, the teams, and the messages."""
    before, now = comparison.before, comparison.now
    lines = [_word("plan", lang, now.plan_id, before.revision, now.revision)]
    if comparison.events:
        lines += ["", _word("events", lang)]
        lines += [f"  {event_text(each, register, lang)}" for each in comparison.events]
    counts = [sum(c.kind is kind for c in comparison.changes) for kind in ChangeKind]
    head = _word("counts", lang, *counts) if any(counts) or comparison.retimed else _word("same", lang)
    lines += ["", head + (_word("retimed", lang, comparison.retimed) if comparison.retimed else "")]
    lines += [f"  {_change_text(change, register, lang)}" for change in comparison.changes]
    lines += [
        _word("urgent_left", lang, _name(row.enterprise_id, register), _reason(row, lang), _hint(row, lang))
        for _, row in urgent_left(comparison)
    ]
    stopped = {row.lookback_id: row for row in now.unvisited}
    for promise in broken:
        name, row = _name(promise.enterprise_id or promise.lookback_id, register), stopped.get(promise.lookback_id)
        lines.append(_word("broken_by", lang, name, _reason(row, lang)) if row else _word("broken", lang, name))
    lines += [
        _word("lost", lang, _name(row.enterprise_id, register), _reason(row, lang)) for row in lost_by_lot(comparison)
    ]
    if comparison.teams:
        lines += ["", _word("teams", lang)]
        lines += [f"  {_team_text(each, register, lang)}" for each in comparison.teams]
    told = messages(comparison, register)
    if told:
        lines += ["", _word("messages", lang)]
        lines += [f"  {_name(each.recipient, register)}: {each.of(lang)}" for each in told]
    return "\n".join(lines) + "\n"


def comparison_document(comparison: Comparison, register: Register, broken: Sequence[Promise] = ()) -> dict[str, Any]:
    """The same as plain values for JSON: what a page that shows before and after is drawn from."""
    return {
        "plan_id": comparison.now.plan_id,
        "before": comparison.before.revision,
        "now": comparison.now.revision,
        "events": [_event_document(each, register) for each in comparison.events],
        "changes": [
            {
                "change": change.kind.value,
                "lookback_id": change.lookback_id,
                "enterprise_id": change.enterprise_id,
                "priority": change.priority,
                "mandatory": change.mandatory,
                "before": _slot_document(change.was),
                "now": _slot_document(change.now),
                "aspects": list(change.aspects),
                "cause": {
                    "kind": change.cause.kind.value,
                    "event_id": change.cause.event_id,
                    "enterprise_id": change.cause.enterprise_id,
                },
            }
            for change in comparison.changes
        ],
        "retimed": comparison.retimed,
        "teams": [
            {
                "team_id": each.team_id,
                "date": each.day.isoformat(),
                "visits": [each.visits_before, each.visits_now],
                "minutes": each.minutes,
                "back": [None if at is None else hhmm(at) for at in (each.back_before, each.back_now)],
            }
            for each in comparison.teams
        ],
        "messages": [each._asdict() for each in messages(comparison, register)],
        "urgent_left": [
            {"event_id": event_id, "enterprise_id": row.enterprise_id, "rule": row.rule}
            | {"reason": row.reason, "reason_zh": row.reason_zh, "hint": row.hint, "hint_zh": row.hint_zh}
            for event_id, row in urgent_left(comparison)
        ],
        "broken_promises": [promise.lookback_id for promise in broken],
        "lost_by_lot": [
            {"lookback_id": row.lookback_id, "rule": row.rule, "reason": row.reason, "reason_zh": row.reason_zh}
            for row in lost_by_lot(comparison)
        ],
    }


def _reason(row: Unvisited, lang: str) -> str:
    return row.reason_zh if lang == "zh" else row.reason


def _hint(row: Unvisited, lang: str) -> str:
    return row.hint_zh if lang == "zh" else row.hint


def _event_document(recorded: Recorded, register: Register) -> dict[str, Any]:
    told = {lang: event_text(recorded, register, lang) for lang in ("zh", "en")}
    return {"event_id": recorded.event_id, "event": to_json(recorded.event), **told}


def _slot_document(slot: Slot | None) -> dict[str, str] | None:
    if slot is None:
        return None
    times = {"start": hhmm(slot.start), "end": hhmm(slot.end)}
    return {"team_id": slot.team_id, "date": slot.day.isoformat(), **times}


def _change_text(change: Change, register: Register, lang: str) -> str:
    flag = f" [{_word('must', lang)}]" if change.mandatory else ""
    where = " → ".join(_slot_text(slot) for slot in (change.was, change.now) if slot is not None)
    name = _name(change.enterprise_id, register)
    return f"{_word(change.kind.value, lang)}  {name}{flag}  {where}  ({_cause_text(change.cause, register, lang)})"


def _slot_text(slot: Slot) -> str:
    return f"{slot.team_id} {slot.day:%m-%d} {hhmm(slot.start)}"


def _cause_text(cause: Cause, register: Register, lang: str) -> str:
    other = "" if cause.enterprise_id is None else _name(cause.enterprise_id, register)
    event = "" if cause.event_id is None else _word("event", lang, cause.event_id)
    if cause.kind is CauseKind.EVENT:
        return event
    text = _word(cause.kind.value, lang, other)
    return f"{text}, {event}" if event else text


def _team_text(each: TeamChange, register: Register, lang: str) -> str:
    back = ["-" if at is None else hhmm(at) for at in (each.back_before, each.back_now)]
    numbers = _word("team", lang, each.visits_before, each.visits_now, each.minutes, *back)
    return f"{_name(each.team_id, register)} {each.day:%m-%d}  {numbers}"


def _name(some_id: str, register: Register) -> str:
    """An enterprise or a team with its name, as far as the tables know it."""
    known = register.enterprise.get(some_id) or register.team.get(some_id)
    return clean(f"{some_id} {known.name}") if known else clean(some_id)


# Events


def event_text(recorded: Recorded, register: Register, lang: str) -> str:
    """An event as one line, with its number."""
    event = recorded.event
    label = EVENTS[name_of(event)].of(lang)
    return f"{recorded.event_id}  {label}  {' '.join(_event_words(recorded, register, lang))}"


def _event_words(recorded: Recorded, register: Register, lang: str) -> Iterator[str]:
    event = recorded.event
    match event:
        case Shut():
            yield from (_name(event.enterprise_id, register), _days(event.first, event.last))
        case Appointment():
            yield from (_name(event.enterprise_id, register), str(event.day), f"{hhmm(event.start)}-{hhmm(event.end)}")
        case Postpone():
            yield from (_name(event.enterprise_id, register), f"→ {event.until}")
        case Urgent():
            yield from (_name(event.enterprise_id, register), str(event.day))
        case TeamOut():
            yield from (_name(event.team_id, register), _days(event.first, event.last))
            if (event.start, event.end) != (0, 86_400):
                yield f"{hhmm(event.start)}-{hhmm(event.end)}"
        case OfficerOut():
            officer = register.officer.get(event.officer_id)
            yield from (clean(f"{event.officer_id} {officer.name if officer else ''}"), _days(event.first, event.last))
        case Late():
            yield from (_name(event.team_id, register), str(event.day), _word("late", lang, event.minutes))
        case Pinned():
            at = "" if event.start is None else hhmm(event.start)
            yield from (_name(event.enterprise_id, register), event.team_id, str(event.day), at)
        case Unpin():
            yield clean(event.lookback_id)
        case Undo():
            yield f"({event.event_id})"


def _days(first: object, last: object) -> str:
    return str(first) if first == last else f"{first} - {last}"


# Whom to tell


def messages(comparison: Comparison, register: Register) -> tuple[Message, ...]:
    """
    One for each team whose day is another, and one for each firm that was promised a time and now has another or none.

    Other firms are not told: a look-back is not announced.
    """
    lines: dict[str, list[tuple[Slot, str, str]]] = {}
    for change in comparison.changes:
        name = _name(change.enterprise_id, register)
        was, now = change.was, change.now
        if was is not None and (now is None or now[:2] != was[:2]):
            gone = (was, f"取消 {hhmm(was.start)} {name}", f"leave out {hhmm(was.start)} {name}")
            lines.setdefault(was.team_id, []).append(gone)
        if now is not None and (was is None or now[:2] != was[:2]):
            at = hhmm(now.start)
            new = (now, f"新增 {now.day:%m-%d} {at} {name}", f"go to {name} on {now.day} at {at}")
            lines.setdefault(now.team_id, []).append(new)
        if was is not None and now is not None and now[:2] == was[:2]:
            times = (hhmm(was.start), hhmm(now.start))
            moved = (now, f"{name} 由 {times[0]} 改为 {times[1]}", f"{name} at {times[1]} instead of {times[0]}")
            lines.setdefault(now.team_id, []).append(moved)
    teams = []
    for team_id, told in sorted(lines.items()):
        told.sort(key=lambda line: (line[0].day, line[0].start))
        teams.append(Message("team", team_id, ";".join(zh for _, zh, _ in told), "; ".join(en for *_, en in told)))
    return (*teams, *_to_firms(comparison))


def _to_firms(comparison: Comparison) -> Iterator[Message]:
    promised = {each.event.lookback_id: each.event for each in comparison.events if isinstance(each.event, Appointment)}
    changed = {change.lookback_id: change for change in comparison.changes}
    planned = {
        visit.lookback_id: (visit.enterprise_id, duty.day, visit.start)
        for duty in comparison.now.duties
        for visit in duty.route
    }
    for lookback_id in sorted({*promised, *(comparison.told & {*changed})}):
        site = promised[lookback_id].enterprise_id if lookback_id in promised else changed[lookback_id].enterprise_id
        if lookback_id in planned:
            _, day, start = planned[lookback_id]
            zh, en = f"检查时间:{day} {hhmm(start)} 左右", f"the visit is on {day} at about {hhmm(start)}"
        elif lookback_id in promised and promised[lookback_id].day not in comparison.now.horizon:
            appointment = promised[lookback_id]
            span = f"{appointment.day} {hhmm(appointment.start)}-{hhmm(appointment.end)}"
            zh, en = f"已预约:{span}", f"the appointment is {span}"
        else:
            zh, en = (
                "原定检查取消,将另行约定时间",
                "the visit that was agreed on does not take place; another time follows",
            )
        yield Message("firm", site, zh, en)


# Slots


def slots_text(offers: Sequence[Offer], register: Register, lang: str) -> str:
    """One line for each slot, the cheapest first."""
    if not offers:
        return _word("no_slot", lang) + "\n"
    lines = []
    for offer in offers:
        team = _name(offer.team_id, register)
        line = _word("slot", lang, offer.day, hhmm(offer.earliest), hhmm(offer.latest), team, offer.minutes)
        if offer.gives_way is not None:
            line += "  " + _word("gives_way", lang, _name(offer.gives_way, register), offer.points)
        if not offer.planned:
            line += "  " + _word("unplanned", lang)
        lines.append(line)
    return "\n".join(lines) + "\n"


def slots_document(offers: Sequence[Offer]) -> list[dict[str, Any]]:
    """The slots as plain values for JSON."""
    return [
        {
            "date": offer.day.isoformat(),
            "team_id": offer.team_id,
            "lookback_id": offer.lookback_id,
            "earliest": hhmm(offer.earliest),
            "latest": hhmm(offer.latest),
            "travel_minutes": offer.minutes,
            "points": offer.points,
            "gives_way": offer.gives_way,
            "planned": offer.planned,
        }
        for offer in offers
    ]


def nothing_new(lang: str) -> str:
    """What is said when there is nothing to replan."""
    return _word("nothing", lang) + "\n"


def missed(events: Sequence[Recorded], outcomes: Sequence[Outcome], register: Register, lang: str) -> str:
    """What is said when a plan does not know of what was recorded while it was searched, and what to do about it."""
    lines = [_word("missed", lang)]
    lines += [f"  {event_text(event, register, lang)}" for event in events]
    lines += [f"  {_name(each.enterprise_id, register)}  {label(each.kind, lang)}  {each.day}" for each in outcomes]
    lines += [_word("missed_outcomes" if outcomes else "missed_events", lang)]
    return "\n".join(lines)
