"""The routes as plain tables: what a page shows without scripts, and what it prints."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from planner.draw.facts import Content

_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What an HTML text cannot hold, or would lose."""


def plain(text: str) -> str:
    """A text as it may stand between tags or in quotes; what HTML has no place for becomes U+FFFD."""
    return escape(_UNFIT.sub("\ufffd", text))


def outline(content: Content, lang: str) -> str:
    """A page's content as headings and tables. Words of the program carry their key, so that they can be switched."""
    return f'<main id="outline">{"".join(_Outline(content, lang).sections())}</main>'


class _Outline:
    def __init__(self, content: Content, lang: str) -> None:
        self.content = content
        self.lang = 0 if lang == "zh" else 1

    def word(self, key: str) -> str:
        return f'<span data-t="{key}">{plain(self.content["texts"][key][self.lang])}</span>'

    def table(self, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
        head = "".join(f"<th>{self.word(column)}</th>" for column in columns)
        body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def sections(self) -> Iterator[str]:
        yield f"<h1>{self.word('title')}</h1><p>{self.word('internal')} · {self.word('schematic')}</p>"
        yield from self.compared() if self.content["kind"] == "comparison" else self.planned()

    def planned(self) -> Iterator[str]:
        for duty in self.content["duties"]:
            team, day = self.content["teams"][duty["team"]], self.content["days"][duty["day"]]
            yield f"<section><h2>{plain(team['name'])} · {day['date']} {self.word(day['weekday'])}</h2>"
            yield f"<p>{self.word('shift')} {'–'.join(duty['shift'])}"
            yield f" · {self.word('break')} {'–'.join(duty['rest'])}" if duty["rest"] else ""
            yield f" · {self.word('return')} {duty['back']}"
            yield f" · {self.word('officers')} {plain(', '.join(team['officers']))}</p>"
            yield self.table(("no", "time", "name", "address", "what"), self.stops(duty))
            yield "</section>"
        if self.content.get("unvisited"):
            yield f"<section><h2>{self.word('unvisited')}</h2>"
            yield self.table(("name", "address", "rule", "hint", "what"), self.left())
            yield "</section>"

    def compared(self) -> Iterator[str]:
        teams, enterprises = self.content["teams"], self.content["enterprises"]
        events = [(plain(event["text"][self.lang]),) for event in self.content["events"]]
        yield f"<section><h2>{self.word('tab_changes')}</h2>"
        yield self.table(("reported",), events)
        yield self.table(("what_changed", "name", "side_before", "side_now"), map(self.change, self.content["changes"]))
        yield f"</section><section><h2>{self.word('tab_told')}</h2>"
        told = []
        for one in self.content["messages"]:
            whom = teams[one["whom"]] if one["to"] == "team" else enterprises[one["whom"]]
            told.append((self.word(f"to_{one['to']}"), plain(whom["name"]), plain(one["text"][self.lang])))
        yield self.table(("what", "name", "tab_told"), told)
        yield "</section>"

    def change(self, change: Content) -> Iterator[str]:
        yield self.word(change["kind"])
        yield plain(self.content["enterprises"][change["enterprise"]]["name"])
        for slot in change["sides"]:
            if slot is None:
                yield self.word("nowhere")
            else:
                team, day = self.content["teams"][slot["team"]], self.content["days"][slot["day"]]
                yield f"{plain(team['name'])} {day['date']} {slot['start']}–{slot['end']}"

    def stops(self, duty: Content) -> Iterator[tuple[str, ...]]:
        for number, visit in enumerate(duty["visits"], start=1):
            yield from self.halts(duty, number - 1)
            enterprise = self.content["enterprises"][visit["enterprise"]]
            what = f"{self.word(enterprise['scenario'])} {self.word(visit['class'])}"
            times = f'<span class="time">{visit["start"]}–{visit["end"]}</span>'
            yield str(number), times, plain(enterprise["name"]), plain(enterprise["address"]), what
        yield from self.halts(duty, len(duty["visits"]))

    def halts(self, duty: Content, after: int) -> Iterator[tuple[str, ...]]:
        for halt in duty["halts"]:
            if halt["after"] == after:
                words = self.word("goes_on" if halt["name"] else "out_again")
                yield "", f'<span class="time">{halt["arrive"]}</span>', plain(halt["name"]), "", words

    def left(self) -> Iterator[tuple[str, ...]]:
        for unvisited in self.content["unvisited"]:
            enterprise = self.content["enterprises"][unvisited["enterprise"]]
            yield (
                plain(enterprise["name"]),
                plain(enterprise["address"]),
                plain(unvisited["reason"][self.lang]),
                plain(unvisited["hint"][self.lang]),
                self.word(unvisited["class"]),
            )
