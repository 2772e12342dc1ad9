"""Results of benchmarks as documents, as lines and as tables for a terminal; Chinese or English."""

from __future__ import annotations

from statistics import mean
from typing import TYPE_CHECKING, Any

from planner.bench import synthetic
from planner.writers.terminal import columns as width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.bench import toptw

_WORDS = {
    "instance": ("算例", "instance"),
    "routes": ("路线数", "routes"),
    "size": ("规模", "size"),
    "seed": ("种子", "seed"),
    "solver": ("求解器", "solver"),
    "objective": ("目标值", "objective"),
    "score": ("得分", "score"),
    "bound": ("上限", "bound"),
    "best_known": ("已知最佳", "best known"),
    "gap": ("差距", "gap"),
    "proven": ("已证最优", "proven"),
    "seconds": ("秒", "seconds"),
    "dropped": ("去除", "dropped"),
    "failure": ("失败", "failure"),
    "yes": ("是", "yes"),
    "to_best_known": (
        "与已知最佳的平均差距 {:.2%};{} / {} 达到",
        "mean gap to the best known {:.2%}; {} of {} reached",
    ),
    "all_proven": ("{} / {} 已证最优", "{} of {} proven optimal"),
    "ratio": (
        "本程序 / {} 目标值之比:平均 {:.4f},最低 {:.4f}({} 个种子)",
        "objective of ours to {}: mean {:.4f}, least {:.4f} ({} seeds)",
    ),
    "why_dropped": (
        "去除:对方模型不含某些规则,其路线中违反规则的检查已去除",
        "dropped: visits of a peer that broke a rule which its model does not know",
    ),
}

_TEXTS = {"instance", "size", "solver", "proven", "failure"}
"""Columns that hold no numbers."""

_WHEN_THERE = {"best_known", "dropped", "failure"}
"""Left out of a document when there is none."""


def document(result: Any) -> dict[str, Any]:
    """A result as JSON has it."""
    row = {key: value for key, value in vars(result).items() if value or key not in _WHEN_THERE}
    return row | {"seconds": round(result.seconds, 2)}


def line(result: Any, lang: str) -> str:
    """A result as one line."""
    return " · ".join(
        f"{_word(key, lang)} {value:,}" if isinstance(value, int) else f"{_word(key, lang)} {value}"
        for key, value in document(result).items()
        if value is not None
    )


def toptw_text(results: Sequence[toptw.Result], lang: str) -> str:
    """A row an instance, with the gap to the best known score and whether more is possible."""
    columns = {
        "instance": [result.instance for result in results],
        "routes": [_figure(result.routes) for result in results],
        "score": [_figure(result.score) for result in results],
        "best_known": [_figure(result.best_known) for result in results],
        "gap": ["" if result.gap is None else f"{result.gap:.2%}" for result in results],
        "bound": [_figure(result.bound) for result in results],
        "proven": [_word("yes", lang) if result.proven else "" for result in results],
        "seconds": [f"{result.seconds:.1f}" for result in results],
        "failure": [result.failure for result in results],
    }
    gaps = [result.gap for result in results if result.gap is not None]
    lines = [*_table(columns, lang), ""]
    if gaps:
        lines.append(_word("to_best_known", lang, mean(gaps), sum(gap <= 0 for gap in gaps), len(gaps)))
    lines.append(_word("all_proven", lang, sum(result.proven for result in results), len(results)))
    return "\n".join(lines) + "\n"


def synthetic_text(results: Sequence[synthetic.Result], lang: str) -> str:
    """A row a member and city, then how ours compares with each peer."""
    columns = {
        "size": [result.size for result in results],
        "seed": [_figure(result.seed) for result in results],
        "solver": [result.solver for result in results],
        "objective": [_figure(result.objective) for result in results],
        "score": [_figure(result.score) for result in results],
        "bound": [_figure(result.bound) for result in results],
        "seconds": [f"{result.seconds:.1f}" for result in results],
        "dropped": [_figure(result.dropped or None) for result in results],
        "failure": [result.failure for result in results],
    }
    lines = [*_table(columns, lang), ""]
    if any(result.dropped for result in results):
        lines.append(_word("why_dropped", lang))
    lines += [_word("ratio", lang, r.peer, r.mean, r.least, r.seeds) for r in synthetic.ratios(results)]
    return "\n".join(lines).rstrip() + "\n"


def _word(key: str, lang: str, *values: object) -> str:
    """A phrase of the table above, in one language, filled in."""
    return _WORDS[key][lang != "zh"].format(*values)


def _figure(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _table(columns: dict[str, list[str]], lang: str) -> list[str]:
    """Columns as lines under their names, without those that are empty; numbers to the right."""
    aligned = []
    for key, cells in columns.items():
        if any(cells):
            column = [_word(key, lang), *cells]
            width = max(map(width_of, column))
            spaces = [" " * (width - width_of(cell)) for cell in column]
            pairs = zip(column, spaces, strict=True) if key in _TEXTS else zip(spaces, column, strict=True)
            aligned.append(["".join(pair) for pair in pairs])
    return ["  ".join(row).rstrip() for row in zip(*aligned, strict=True)]
