"""The verbs about the priority itself: backtest, learn."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.options import (
    JsonOption,
    Lang,
    LangOption,
    WorkspaceOption,
    day as parse_day,
    new_file,
    say,
    tell,
    tell_json,
)
from planner.cli.tables import mappings
from planner.errors import InputError, Problem
from planner.label import Label
from planner.learning.backtest import backtest as ask
from planner.learning.card import Card
from planner.learning.history import History, of_register, with_first_deadlines
from planner.learning.learn import coverage, learn as teach
from planner.policy import Policy, default_text
from planner.readers.outside import PLACES, VISITS, outside
from planner.workspace import Workspace
from planner.writers.atomic import write_files
from planner.writers.learned_card import card_toml, with_card
from planner.writers.learning import backtest_rows, backtest_text, learnt_rows, learnt_text, word
from planner.writers.learning_page import backtest_page, learnt_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.policy import CardPolicy


_OURS = tuple(dict.fromkeys([*PLACES.names.values(), *VISITS.names.values()]))
"""The columns that a history from elsewhere may have."""

InspectionsOption = Annotated[
    Path | None,
    typer.Option("--inspections", metavar="FILE"),
    Label("外部历史:检查记录文件", "A history from elsewhere: its inspections."),
]
EnterprisesOption = Annotated[
    Path | None,
    typer.Option("--enterprises", metavar="FILE"),
    Label("外部历史:企业文件", "A history from elsewhere: its enterprises."),
]
MapOption = Annotated[
    list[str] | None,
    typer.Option("--map", metavar='"THEIRS=OURS"'),
    Label(
        f"外部列对应本程序的列,A+B=OURS 为合并或相加\nOURS 可选:{'、'.join(_OURS)}",
        f"A column of theirs is ours; A+B=OURS joins or adds.\nOURS is one of {', '.join(_OURS)}.",
    ),
]
TypeOption = Annotated[
    list[str] | None,
    typer.Option("--type", metavar="TYPE"),
    Label(
        "可改日进行的检查类型;默认为投诉检查和复查以外的全部类型",
        "Type of inspection that could have been made on another day; all but complaints and follow-ups if not given.",
    ),
]
ChartOption = Annotated[
    Path | None,
    typer.Option("--chart", parser=new_file, metavar="HTML"),
    Label("另绘成一个网页", "Draw it as one page, too."),
]


def add_to(app: typer.Typer) -> None:
    """Register the verbs."""
    app.command()(backtest)
    app.command()(learn)


def backtest(
    window: Annotated[
        int | None,
        typer.Option(min=7, max=366),
        Label(
            "每个时段的天数;默认 60,历史不足 600 天时更少",
            "Days of a window; 60, or less where the history is shorter than 600 days.",
        ),
    ] = None,
    inspections: InspectionsOption = None,
    enterprises: EnterprisesOption = None,
    renamed: MapOption = None,
    types: TypeOption = None,
    card: Annotated[
        Path | None,
        typer.Option("--card", metavar="TOML"),
        Label("评估这张积分卡,而非各时段学习所得", "Ask about this card, not one learned for each window."),
    ] = None,
    chart: ChartOption = None,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    How many days earlier the priority would have found what was found.

    For each window the score is frozen at its first day, the same visits are dealt out again on the same dates in
    the order of the score, and equals in random order. Chance and hindsight stand beside it.

    回测:按优先级可提前多少天发现问题。

    各时段以首日的得分为准:同样的检查按得分高低重排到原有日期,得分相同的随机排列;
    并列出随机次序和事后全知,以供对照。

    Example: lookback backtest --window 30 --chart backtest.html
    """
    _, history = _history(workspace, inspections, enterprises, renamed or (), types or (), lang)
    given = None if card is None else Card.of(read_policy_card(card))
    result = ask(history, default_card(), window, given=given)
    cover = {
        "scenario": coverage(history, history.scenario, history.scenarios),
        "district": coverage(history, history.district, history.districts),
    }
    if chart is not None:
        write_files(chart.parent, {chart.name: backtest_page(result, cover, lang).encode()})
    if as_json:
        tell_json(json.dumps(backtest_rows(result, cover), ensure_ascii=False, indent=1) + "\n")
    else:
        tell(backtest_text(result, cover, lang))


def learn(
    until: Annotated[
        date | None,
        typer.Option(parser=parse_day, metavar="DATE"),
        Label("只用此日之前的历史;默认用全部历史", "Only the history before; all of it if not given."),
    ] = None,
    write: Annotated[
        bool,
        typer.Option("--write"),
        Label("将积分卡写入 data/policy.toml", "Put the card into data/policy.toml."),
    ] = False,
    to: Annotated[
        Path | None,
        typer.Option("--to", parser=new_file, metavar="TOML"),
        Label("将积分卡另存为文件", "Put the card into a file of its own."),
    ] = None,
    inspections: InspectionsOption = None,
    enterprises: EnterprisesOption = None,
    renamed: MapOption = None,
    types: TypeOption = None,
    chart: ChartOption = None,
    workspace: WorkspaceOption = Path(),
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    Learn a points card from the history, and say whether it may stand.

    The card is judged in windows that it had not seen. Where the history is too small, or the card did not do better
    than the default one, the default card stays and nothing is written.

    由历史学出积分卡,并说明是否可用。

    积分卡用未参与学习的时段检验。历史太少或不优于默认积分卡时,默认积分卡不变,也不写入任何文件。

    Example: lookback learn --until 2026-11-01 --write
    """
    if write and inspections is not None:
        raise typer.BadParameter("a history from elsewhere teaches no workspace: use --to", param_hint="--write")
    policy, history = _history(workspace, inspections, enterprises, renamed or (), types or (), lang, until or date.max)
    last = date.fromordinal(int(history.day[-1]) + 1) if len(history.day) else date.min
    day = until or last
    result = teach(history, day.toordinal(), default_card())
    if chart is not None:
        write_files(chart.parent, {chart.name: learnt_page(result, lang).encode()})
    if as_json:
        tell_json(json.dumps(learnt_rows(result), ensure_ascii=False, indent=1) + "\n")
    else:
        tell(learnt_text(result, lang))
    if not write and to is None:
        return
    if result.refusal is not None or result.card is None:
        raise typer.Exit(3)
    section = card_toml(result.card, day, policy.card)
    if to is not None:
        write_files(to.parent, {to.name: section.encode()})
        say(word("written", lang, to))
    if write:
        path = Workspace.at(workspace).data / "policy.toml"
        text = path.read_text("utf-8") if path.exists() else default_text()
        write_files(path.parent, {path.name: with_card(text, section).encode()})
        say(word("written", lang, path))


def default_card() -> Card:
    """The card that comes with the program."""
    return Card.of(Policy.default().card)


def read_policy_card(path: Path) -> CardPolicy:
    """
    A card in a file of its own, or in a policy, as a policy has it.

    Raises
    ------
    InputError
        The file cannot be read, or a line of the card is wrong.
    """
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as problem:
        raise InputError([Problem(str(path), 0, "", "is not UTF-8", "应为 UTF-8 编码")]) from problem
    except OSError as problem:
        raise InputError([Problem(str(path), 0, "", f"cannot be read: {problem.strerror}", "无法读取")]) from problem
    card = Policy.from_toml(text, file=str(path)).card
    Card.of(card, file=str(path))
    return card


def _history(
    workspace: Path,
    inspections: Path | None,
    enterprises: Path | None,
    renamed: Sequence[str],
    types: Sequence[str],
    lang: Lang,
    until: date = date.max,
) -> tuple[Policy, History]:
    """The history that was asked about, with what was recorded of days before ``until``, and the policy beside it."""
    if (inspections is None) != (enterprises is None):
        raise typer.BadParameter("give both --inspections and --enterprises, or neither")
    if inspections is None or enterprises is None:
        if renamed or types:
            raise typer.BadParameter("--map and --type are for a history from elsewhere: give --inspections, too")
        place = Workspace.at(workspace)
        policy, reading = place.read()
        tables, known = reading.register, place.register_for(reading.register, policy, until)
        return policy, of_register(with_first_deadlines(known, tables))
    read = outside(enterprises, inspections, mappings(renamed, PLACES, VISITS), types)
    for note in read.notes:
        say(note.line(lang))
    return Policy.default(), read.history
