"""What backtests, learning and comparisons of cards found, as text for a terminal and as plain values for JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from math import isnan
from typing import TYPE_CHECKING, Any

from planner.learning.backtest import ORDERS
from planner.learning.terms import BY_TERM
from planner.words import LABELS, label
from planner.writers.terminal import clean, columns, filled, lines_of, pad

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from planner.learning.backtest import Backtest, Group
    from planner.learning.card import Card, Line
    from planner.learning.fit import Chance
    from planner.learning.learn import Coverage, Learnt
    from planner.plan import Term

MOST_ROWS = 10

_BLIND = (
    "What this cannot see: what visits never made would find; whether a violation was there earlier already; "
    "whether much is found somewhere because of the shops or of who inspects them."
)
_WORDS = {
    "head": (
        "回测:{} 个时段,每段 {} 天,{} 至 {};检查 {} 次,其中检出 {} 次;另有 {} 个时段检查或检出太少,未计",
        "Backtest: {} windows of {} days, {} to {}; {} visits, {} with a violation; {} windows with too few left out",
    ),
    "no_window": (
        "历史太短:没有可回测的时段(每段至少 300 次检查、10 次检出)",
        "The history is too short: no window has 300 visits and 10 findings",
    ),
    "days": (
        "按各种次序,问题平均可提前多少天发现(± 为各时段间的标准误),前一半检查可发现的比例",
        "Days by which violations would have been found earlier (± standard error over windows); share in first half",
    ),
    "chance": ("随机", "chance"),
    "default": ("默认积分卡", "default card"),
    "learned": ("学习积分卡", "learned card"),
    "oracle": ("事后全知", "oracle"),
    "better": ("学习比默认:{:+.1f} ± {:.1f} 天", "learned against default: {:+.1f} ± {:.1f} days"),
    "unlearned": (
        "* 此前历史太少,学习积分卡即默认积分卡",
        "* too little history before it: the default card stands in",
    ),
    "window": ("时段", "window"),
    "visits": ("检查", "visits"),
    "found": ("检出", "found"),
    "by_scenario": ("按场景(学习积分卡)", "By scenario (learned card)"),
    "by_district": ("按商圈(学习积分卡)", "By district (learned card)"),
    "earlier": ("提前天数", "days earlier"),
    "cover_scenario": (
        "各场景检查占比与检出占比(检出占比高出最多者在前)",
        "Share of visits beside share of findings, by scenario (most neglected first)",
    ),
    "cover_district": (
        "各商圈检查占比与检出占比(检出占比高出最多者在前)",
        "Share of visits beside share of findings, by district (most neglected first)",
    ),
    "cover_columns": ("家数|从未检查|检查|检查占比|检出占比", "places|never visited|visits|of visits|of findings"),
    "blind": ("看不见的:从未检查之处会检出什么;较早那天问题是否已存在;某一带检出多,是问题多还是检查人员严。", _BLIND),
    "learnt": (
        "学自 {} 之前的历史:{} 次检查,其中检出 {} 次",
        "Learned from the history before {}: {} visits, {} with a violation",
    ),
    "card": (
        "积分卡(每上一级台阶加几分,相加即得分;高 20 分,检出的可能性比翻一倍)",
        "The card: points for each step reached, added up; 20 points more double the odds of a finding",
    ),
    "steps": ("台阶", "steps at"),
    "spread": ("抽样 {:g} 至 {:g},{:.0%} 有分", "samples {:g} to {:g}, {:.0%} with points"),
    "calibration": (
        "校准(未参与学习的时段):预计 → 实际检出率",
        "Calibration in windows not seen: expected → observed share of findings",
    ),
    "backtest_title": (
        "回测 {} 至 {}:按优先级可提前多少天发现问题",
        "Backtest {} to {}: days by which trouble would be found earlier",
    ),
    "learnt_title": ("积分卡:学自 {} 之前的历史", "Points card learned from the history before {}"),
    "first_half": ("前一半检查可发现 {:.0%}", "{:.0%} found in the first half"),
    "over_windows": ("须线为各时段间的标准误(±1)", "whiskers: one standard error over the windows"),
    "days_of_orders": ("平均提前天数", "Days earlier, on average"),
    "expected": ("预计", "expected"),
    "observed": ("实际", "observed"),
    "by_window": ("各时段", "Window by window"),
    "each_window": (
        "每段 {} 天,横轴为起始日;另有 {} 个时段检查或检出太少,未计",
        "{} days each, by their first day; {} more had too few visits or findings",
    ),
    "chances": ("预计与实际检出率", "Expected and observed share of findings"),
    "bands": (
        "每点为一成检查(按预计检出率排列),须线为 95% 区间;落在斜线上即为准确",
        "a dot is a tenth of the visits, by the chance called before; whiskers: 95 % interval; on the line is right",
    ),
    "lines": ("各项每级分值及其稳定性", "Points for each step, and how sure they are"),
    "points": ("每级分", "points"),
    "samples": ("抽样", "samples"),
    "with_points": ("有分", "with points"),
    "samples_mean": (
        "横线为重复抽样所得分值的中间 80%,点为本卡分值;右列为有分的样本占比",
        "bars: the middle 80 % over resampled places; dot: this card; last column: share of samples with points",
    ),
    "none_yet": ("尚无", "none"),
    "stays": ("默认积分卡不变:{}", "The default card stays: {}"),
    "stands": (
        "学习积分卡可用;写入 policy.toml:lookback learn --write",
        "The learned card may stand; write it into policy.toml with: lookback learn --write",
    ),
    "written": ("已写入 {}", "written into {}"),
    "fingerprint": ("指纹 {}", "fingerprint {}"),
    "moves": (
        "{} 项:名次变化最大的 {} 项(现行 → 对比卡)",
        "{} items: the {} that move most (now → with the other card)",
    ),
}
_UNITS = {"%": "%", "% of_usual": "% 常见水平", "days": "天", "rung": "级", "": ""}


def word(key: str, lang: str, *values: object) -> str:
    """A phrase of the table above, in one language, filled in."""
    return _WORDS[key][lang != "zh"].format(*values)


def backtest_text(result: Backtest, cover: Mapping[str, Sequence[Coverage]], lang: str) -> str:
    """The figures over all windows, each window, and where they come from."""
    if not result.windows:
        return word("no_window", lang) + "\n"
    return lines_of([*_figures(result, lang), *_groups(result, lang), *_coverage(cover, lang), "", word("blind", lang)])


def _figures(result: Backtest, lang: str) -> Iterator[str]:
    first, last = result.windows[0].start, result.windows[-1].start + result.length - 1
    visits = sum(window.visits for window in result.windows)
    dates = date.fromordinal(first), date.fromordinal(last)
    yield word(
        "head", lang, len(result.windows), result.length, *dates, f"{visits:,}", f"{result.found:,}", result.left_out
    )
    yield word("days", lang)
    for order in ORDERS:
        total = result.total(order)
        days = f"{total.days:6.1f} {_error(result.error(order))}"
        yield f"  {filled(word(order, lang), 14)}{days}  {total.first_half:5.0%}"
    gained = result.total("learned").days - result.total("default").days
    error = result.error("learned", "default")
    yield "  " + (word("better", lang, gained, error) if not isnan(error) else "")
    yield ""
    heads = [word(key, lang) for key in ("visits", "found", *ORDERS)]
    yield "  " + filled(word("window", lang), 12) + "".join(_right(head, 14) for head in heads)
    for window in result.windows:
        cells = [f"{window.visits:,}", f"{window.found:,}"]
        cells += [f"{window.gains[order].days:.1f}" for order in ORDERS]
        star = "" if window.learned else " *"
        yield f"  {date.fromordinal(window.start)!s:12}" + "".join(_right(cell, 14) for cell in cells) + star
    if not all(window.learned for window in result.windows):
        yield "  " + word("unlearned", lang)


def _groups(result: Backtest, lang: str) -> Iterator[str]:
    for key, groups in (("by_scenario", result.by_scenario), ("by_district", result.by_district)):
        if groups:
            yield from ("", word(key, lang))
            heads = [word(head, lang) for head in ("visits", "found", "earlier")]
            yield "  " + filled("", 30) + "".join(_right(head, 14) for head in heads)
        for group in groups[:MOST_ROWS]:
            cells = (f"{group.visits:,}", f"{group.found:,}", f"{group.days:.1f}")
            yield "  " + pad(name_of(group.name, lang), 30) + "".join(_right(cell, 14) for cell in cells)


def _coverage(cover: Mapping[str, Sequence[Coverage]], lang: str) -> Iterator[str]:
    for key, rows in cover.items():
        if rows:
            yield from ("", word(f"cover_{key}", lang))
            yield "  " + filled("", 30) + "".join(_right(h, 14) for h in word("cover_columns", lang).split("|"))
        for row in rows[:MOST_ROWS]:
            cells = [f"{row.places:,}", f"{row.never:,}", f"{row.visits:,}"]
            cells += [f"{row.visits_share:.1%}", f"{row.found_share:.1%}"]
            yield "  " + pad(name_of(row.name, lang), 30) + "".join(_right(cell, 14) for cell in cells)


def learnt_text(result: Learnt, lang: str) -> str:
    """The card with what makes one trust or doubt each line, its test, and whether it may stand."""
    lines = [word("learnt", lang, date.fromordinal(result.until), f"{result.visits:,}", f"{result.found:,}")]
    if result.card is not None:
        lines += ["", *card_lines(result.card, lang, result.spread)]
    if result.judged.windows:
        lines += ["", *_figures(result.judged, lang)]
    if result.judged.calibration:
        pairs = "  ".join(f"{band.expected:.0%}→{band.observed:.0%}" for band in result.judged.calibration)
        lines += ["", word("calibration", lang), f"  {pairs}"]
    refusal = result.refusal
    verdict = word("stands", lang) if refusal is None else word("stays", lang, refusal[lang == "zh"])
    return lines_of([*lines, "", word("blind", lang), verdict])


def card_lines(card: Card, lang: str, spread: Mapping[Term, Any] | None = None) -> Iterator[str]:
    """A card as it is read aloud, one line a term."""
    yield f"{word('card', lang)} · {word('fingerprint', lang, card.fingerprint[:12])}"
    for line in card.lines:
        how = f"   ({word('spread', lang, *asdict(spread[line.term]).values())})" if spread else ""
        what = f"{filled(label(line.term, lang), 24)}{line.points:+5d}"
        yield f"  {what}   {word('steps', lang)} {steps_of(line, lang)}{how}".rstrip()


def steps_of(line: Line, lang: str) -> str:
    """Where the steps of a line are, with their unit."""
    unit = BY_TERM[line.term].unit
    shown = _UNITS[unit] if lang == "zh" else unit.replace("_", " ")
    return f"{' '.join(f'{step:g}' for step in line.steps)} {shown}".rstrip()


def moves_text(rows: Sequence[tuple[str, str, int, int, int, int]], top: int, lang: str) -> str:
    """Who moves up and down: id, name, rank and points now, rank and points with the other card."""
    most = sorted(rows, key=lambda row: (-abs(row[2] - row[4]), row[0]))[:top]
    lines = [word("moves", lang, len(rows), len(most))]
    for key, name, rank, points, other, other_points in sorted(most, key=lambda row: row[4]):
        arrow = "↑" if other < rank else "↓" if other > rank else "="
        lines.append(
            f"  {arrow}{abs(rank - other):5d}   {rank:5d} → {other:5d}   {points:6,d} → {other_points:6,d}   "
            f"{key} {clean(name)}"
        )
    return lines_of(lines)


def backtest_rows(result: Backtest, cover: Mapping[str, Sequence[Coverage]]) -> dict[str, Any]:
    """The same as plain values; a standard error of one window is null."""
    return {
        "window_days": result.length,
        "windows_left_out": result.left_out,
        "violations": result.found,
        "orders": {
            order: {
                "days_earlier": round(result.total(order).days, 3),
                "standard_error": _number(result.error(order)),
                "found_in_first_half": round(result.total(order).first_half, 4),
            }
            for order in ORDERS
        }
        if result.windows
        else {},
        "learned_against_default": {
            "days_earlier": round(result.total("learned").days - result.total("default").days, 3),
            "standard_error": _number(result.error("learned", "default")),
        },
        "windows": [
            {
                "start": date.fromordinal(window.start).isoformat(),
                "visits": window.visits,
                "violations": window.found,
                "learned": window.learned,
                "days_earlier": {order: round(gain.days, 3) for order, gain in window.gains.items()},
            }
            for window in result.windows
        ],
        "by_scenario": _group_rows(result.by_scenario),
        "by_district": _group_rows(result.by_district),
        "calibration": [asdict(band) for band in result.calibration],
        "coverage": {key: [asdict(row) for row in rows] for key, rows in cover.items()},
    }


def learnt_rows(result: Learnt) -> dict[str, Any]:
    """The same as plain values."""
    refusal = result.refusal
    return {
        "until": date.fromordinal(result.until).isoformat(),
        "visits": result.visits,
        "violations": result.found,
        "stands": refusal is None,
        "reason": "" if refusal is None else refusal[0],
        "card": None if result.card is None else card_rows(result.card, result.spread),
        "chance": _chance(result.chance),
        "backtest": backtest_rows(result.judged, {}),
    }


def card_rows(card: Card, spread: Mapping[Term, Any]) -> dict[str, Any]:
    """A card as plain values."""
    lines = [
        {"term": line.term.value, "points": line.points, "steps": list(line.steps)}
        | ({"samples": asdict(spread[line.term])} if line.term in spread else {})
        for line in card.lines
    ]
    return {"fingerprint": card.fingerprint, "lines": lines}


def _chance(chance: Chance | None) -> dict[str, float] | None:
    return None if chance is None else asdict(chance)


def _group_rows(groups: Iterable[Group]) -> list[dict[str, Any]]:
    return [asdict(group) | {"days": round(group.days, 3)} for group in groups]


def _number(value: float) -> float | None:
    return None if isnan(value) else round(value, 3)


def _error(value: float) -> str:
    return filled("" if isnan(value) else f"± {value:.1f}", 7)


def _right(text: str, width: int) -> str:
    """Text with spaces before it up to so many columns."""
    return " " * (width - columns(text)) + text


def name_of(code: str, lang: str) -> str:
    """What people call a scenario; a district by its own name."""
    named = {key.value: both for key, both in LABELS.items()}
    return named[code].of(lang) if code in named else clean(code)
