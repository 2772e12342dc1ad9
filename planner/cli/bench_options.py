"""What the verb bench may be told of public instances, and of cities made from seeds."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from planner.bench.cities import SIZES
from planner.bench.instances import MOST_DECIMALS
from planner.label import Label


class Kind(StrEnum):
    """What is solved."""

    TOPTW = "toptw"
    SYNTHETIC = "synthetic"


KindArgument = Annotated[
    Kind,
    typer.Argument(),
    Label("公开算例(文件),或由种子生成的城市", "Public instances from files, or cities made from seeds."),
]
FilesArgument = Annotated[
    list[Path] | None, typer.Argument(metavar="FILE"), Label("toptw:算例文件", "toptw: the instances.")
]
RoutesOption = Annotated[
    int | None,
    typer.Option(min=1, max=100),
    Label("toptw:路线数;默认 1", "toptw: how many routes; 1 if not given."),
]
DecimalsOption = Annotated[
    int | None,
    typer.Option(min=0, max=MOST_DECIMALS),
    Label(
        "toptw:距离的小数位数;默认 pr* 文件为 2,其余为 1",
        "toptw: of distances; 2 for files named pr*, else 1.",
    ),
]
BestKnownOption = Annotated[
    Path | None,
    typer.Option(metavar="CSV"),
    Label(
        "toptw:已知最佳得分表,列为 instance,routes,best_known_score",
        "toptw: table of instance, routes, best_known_score.",
    ),
]
SizeOption = Annotated[
    str | None,
    typer.Option(),
    Label(f"synthetic:规模,{'、'.join(SIZES)} 之一", f"synthetic: one of {', '.join(SIZES)}."),
]
BreaksOption = Annotated[bool, typer.Option("--no-breaks"), Label("synthetic:不安排休息", "synthetic: nobody rests.")]
PeersOption = Annotated[
    bool,
    typer.Option("--peers"),
    Label(
        "synthetic:让 PyVRP 和 VROOM 以相同秒数求解同样的算例,以供对比",
        "synthetic: let PyVRP and VROOM try the same for the same seconds.",
    ),
]
