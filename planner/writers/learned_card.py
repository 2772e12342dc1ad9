"""A learned card as TOML: a file of its own, or in place of the one in a ``policy.toml``, whose other lines stay."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from planner.errors import InputError, Problem

if TYPE_CHECKING:
    from datetime import date

    from planner.learning.card import Card
    from planner.policy import CardPolicy

_SECTION = re.compile(r"^\[card\].*?(?=^\[|\Z)", re.MULTILINE | re.DOTALL)
"""From its head to the next head; the lines of an array inside are indented."""


def card_toml(card: Card, until: date, policy: CardPolicy) -> str:
    """The section ``[card]`` of a learned card; what is drawn at random stays as the policy has it."""
    lines = [
        f'  {{ term = "{line.term.value}", points = {line.points}, steps = [{_steps(line.steps)}] }},'
        for line in card.lines
    ]
    return "\n".join(
        [
            "[card]                       # learned · 学习所得,勿手改台阶;删去本节即恢复默认",
            f'learned_until = "{until}"  # the history before this date taught it · 学自此日之前的历史',
            f"drawn_percent = {policy.drawn_percent}  # of the teams' time, for checks drawn by lot · 随机抽查占时",
            f"drawn_points = {policy.drawn_points}",
            f"drawn_seed = {policy.drawn_seed}",
            "lines = [",
            *lines,
            "]",
            "",
        ]
    )


def with_card(text: str, section: str, *, file: str = "data/policy.toml") -> str:
    """
    A policy with another card; every other line as it was.

    Raises
    ------
    InputError
        The card there is written in a form that cannot be replaced without touching something else.
    """
    sections = len(_SECTION.findall(text))
    changed = _SECTION.sub(lambda _: section + "\n", text, count=1) if sections else f"{text.rstrip()}\n\n{section}"
    try:
        before, after, new = (tomllib.loads(part.removeprefix("\ufeff")) for part in (text, changed, section))
    except tomllib.TOMLDecodeError:
        before, after, new = {}, {"": ""}, {}
    if after != {**before, **new}:
        message = "the section [card] is not written as the program writes it: delete it, then learn again"
        raise InputError([Problem(file, 0, "card", message, "无法替换 [card] 一节,请先删去该节")])
    return changed.rstrip() + "\n"


def _steps(steps: tuple[float, ...]) -> str:
    return ", ".join(f"{step:g}" for step in steps)
