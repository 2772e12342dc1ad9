"""The verb about the engine itself: bench."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from planner.bench import instances, peers, synthetic, tables, toptw
from planner.bench.cities import SIZES
from planner.cli.bench_options import (
    BestKnownOption,
    BreaksOption,
    DecimalsOption,
    FilesArgument,
    Kind,
    KindArgument,
    PeersOption,
    RoutesOption,
    SizeOption,
)
from planner.cli.options import JsonOption, Lang, LangOption, WorkspaceOption, say, tell, tell_json
from planner.errors import InputError, Problem
from planner.label import Label
from planner.solvers import DEFAULT, SOLVERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

R = TypeVar("R")


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command()(bench)


def seeds_of(text: str) -> tuple[int, ...]:
    """Seeds written ``1-10``, ``3`` or ``1,4,7-9``; anything else is a usage error."""
    found: list[int] = []
    for part in text.split(","):
        ends = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", part, re.ASCII)
        seeds = range(int(ends[1]), int(ends[2] or ends[1]) + 1) if ends else range(0)
        if not seeds:
            raise typer.BadParameter(f"{text!r} is neither a seed nor such as 1-10 or 1,4,7-9")
        found += seeds
    return tuple(dict.fromkeys(found))


def bench(
    kind: KindArgument,
    files: FilesArgument = None,
    seconds: Annotated[
        float, typer.Option(min=0.1, max=86_400), Label("每次搜索多少秒", "How many seconds each search takes.")
    ] = 10.0,
    solver: Annotated[
        str, typer.Option(), Label(f"求解器:{'、'.join(SOLVERS)}", f"One of {', '.join(SOLVERS)}.")
    ] = DEFAULT,
    routes: RoutesOption = None,
    decimals: DecimalsOption = None,
    best_known: BestKnownOption = None,
    size: SizeOption = None,
    seeds: Annotated[
        Any,
        typer.Option(parser=seeds_of, metavar="SEEDS"),
        Label("synthetic:种子,如 1-10 或 1,4,7-9;默认 1", "synthetic: such as 1-10 or 1,4,7-9; 1 if not given."),
    ] = None,
    no_breaks: BreaksOption = False,
    with_peers: PeersOption = False,
    workspace: WorkspaceOption = Path(),  # noqa: ARG001  (every verb takes it; a benchmark brings its own tables)
    lang: LangOption = Lang.ZH,
    as_json: JsonOption = False,
) -> None:
    """
    Measure the engine on public instances, or on cities made from seeds.

    toptw: instances of the team orienteering problem with time windows, as KU Leuven writes them. Their routes are
    judged by a referee of its own, in exact integers.

    synthetic: S 2 teams x 2 days x 120 look-backs, D 6 x 1 x 300, M 6 x 2 x 400, L 12 x 5 x 2,000, XL 40 x 5 x 6,000.
    Objective = priority + 8,000 x mandatory visits - minutes of travel; score = priority. Every plan is checked.

    测试求解引擎:用公开算例,或由种子生成的城市。

    toptw:带时间窗的团队定向问题算例,格式同 KU Leuven 所发布。所得路线由独立的裁判程序以整数精确核算。

    synthetic:各规模的队数 x 天数 x 回头看项数为 S 2x2x120、D 6x1x300、M 6x2x400、L 12x5x2000、XL 40x5x6000。
    目标值 = 优先级 + 8000 x 到期必查项数 - 路程分钟数,得分 = 优先级。每份方案都经核对。

    Example: lookback bench synthetic --size S --seeds 1-3 --seconds 5
    """
    if solver not in SOLVERS:
        raise typer.BadParameter(f"{solver!r} is not one of {', '.join(SOLVERS)}", param_hint="--solver")
    if math.isnan(seconds):
        raise typer.BadParameter(f"{seconds} is not a number of seconds", param_hint="--seconds")
    only_toptw = {"FILE": files, "--routes": routes, "--decimals": decimals, "--best-known": best_known}
    only_synthetic = {"--size": size, "--seeds": seeds, "--no-breaks": no_breaks, "--peers": with_peers}
    for option, value in (only_synthetic if kind is Kind.TOPTW else only_toptw).items():
        if value is not None and value not in (False, []):
            raise typer.BadParameter(f"is not an option of bench {kind}", param_hint=option)
    if kind is Kind.TOPTW:
        if not files:
            raise typer.BadParameter("name at least one instance", param_hint="FILE")
        known = {} if best_known is None else instances.read_best_known(best_known)
        tried = toptw.runs(instances.read(files, decimals), routes or 1, seconds, solver, known)
        _show(tried, tables.toptw_text, lang, as_json)
    else:
        if size not in SIZES:
            raise typer.BadParameter(f"{size or ''!r} is not one of {', '.join(SIZES)}", param_hint="--size")
        missing = peers.missing() if with_peers else ()
        if missing:
            message = f"not installed: pip install {' '.join(missing)}"
            raise InputError([Problem("bench", 0, "--peers", message, "缺少对比求解器,请先安装")])
        against = tuple(peers.PEERS) if with_peers else ()
        compared = synthetic.runs(size, seeds or (1,), seconds, solver, breaks=not no_breaks, against=against)
        _show(compared, tables.synthetic_text, lang, as_json)


def _show(results: Iterable[R], text: Callable[[Sequence[R], str], str], lang: Lang, as_json: bool) -> None:
    """Each result on stderr as it comes, and on stdout all of them: those so far if the user stops it."""
    shown: list[R] = []
    try:
        for result in results:
            shown.append(result)
            say(tables.line(result, lang))
    finally:
        if as_json:
            tell_json(json.dumps([tables.document(result) for result in shown], ensure_ascii=False, indent=1) + "\n")
        else:
            tell(text(shown, lang))
