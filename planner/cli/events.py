"""Events in the words of the command line: what reschedule understands, and how it lists them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.options import Lang, say, tell, tell_json
from planner.events import in_force, to_json
from planner.label import Label
from planner.rescheduling import Request
from planner.words import EVENTS
from planner.writers.comparison import event_text
from planner.writers.terminal import filled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from planner.events import Recorded
    from planner.register import Register

WORDS = {
    "shut": "ID",
    "appointment": "ID DATE 14:00-15:00",
    "postpone": "ID DATE",
    "urgent": "ID",
    "team-out": "TEAM [13:00-17:30]",
    "officer-out": "OFFICER",
    "late": "TEAM MINUTES",
    "pin": "ID [TEAM [TIME]]",
    "unpin": "ID",
    "undo": "NUMBER",
}
"""What each event is said with."""
FIELDS = {
    "ID": "subject",
    "OFFICER": "subject",
    "NUMBER": "subject",
    "DATE": "day",
    "14:00-15:00": "time",
    "13:00-17:30": "time",
    "TIME": "time",
    "TEAM": "team",
    "MINUTES": "minutes",
}


def _events(lang: str) -> list[str]:
    """Each event with its words, in Chinese with what it is called."""
    said = {name: f"{name} {words}" for name, words in WORDS.items()}
    return [f"{filled(text, 33)}{EVENTS[name].zh}" if lang == "zh" else text for name, text in said.items()]


EventArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="EVENT …"),
    Label("\n".join(["如下之一,名称也可用中文:", *_events("zh")]), "\n".join(["One of these:", *_events("en")])),
]


def request(what: Sequence[str], day: date | None, until: date | None) -> Request:
    """An event in the words of the command line."""
    name, *said = what
    name = {label.zh: code for code, label in EVENTS.items()}.get(name, name)
    words = WORDS.get(name, "").replace("[", "").replace("]", "").split()
    needed = [word for word in WORDS.get(name, "").split("[")[0].split() if word]
    if name in WORDS and not len(needed) <= len(said) <= len(words):
        raise typer.BadParameter(f"say: lookback reschedule {name} {WORDS[name]}", param_hint="EVENT")
    if name not in WORDS:
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(WORDS)}", param_hint="EVENT")
    given = {FIELDS[word]: text for word, text in zip(words, said, strict=False)}
    return Request(
        name,
        given.get("subject", ""),
        given.get("team", ""),
        given.get("day", str(day or "")),
        str(until or ""),
        given.get("time", ""),
        given.get("minutes", ""),
    )


def tell_events(events: Sequence[Recorded], register: Register, lang: Lang, as_json: bool) -> None:
    """Events as they are listed, those that were undone with a mark."""
    standing_ids = {each.event_id for each in in_force(events)}
    if as_json:
        rows = [
            {"event_id": each.event_id, "recorded_at": each.recorded_at, **json.loads(to_json(each.event))}
            for each in events
        ]
        tell_json(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
        return
    if not events:
        say("尚未登记任何变更" if lang is Lang.ZH else "nothing has been recorded")
    for each in events:
        undone = "" if each.event_id in standing_ids or len(events) == 1 else " (-)"
        tell(event_text(each, register, lang) + undone + "\n")
