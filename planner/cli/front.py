"""What ``lookback`` alone shows, and what it says about a command that it does not understand."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from planner.writers.terminal import filled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typer.exceptions import TyperException


class Verb(NamedTuple):
    """A verb, what it does, and an example."""

    name: str
    module: str
    """Of this folder: what adds it."""
    english: str
    chinese: str
    example: str


VERBS = (
    Verb(
        "init",
        "folder",
        "a new workspace, empty or with a sample",
        "新建工作文件夹:空表或示例",
        "init shanghai --sample shanghai",
    ),
    Verb("check", "folder", "every problem in the tables, all at once", "核对数据表,一次列出全部问题", "check"),
    Verb(
        "import",
        "tables",
        "a table from elsewhere, cleaned",
        "导入外部表格",
        'import shops.xlsx --as enterprises --map "店名=name"',
    ),
    Verb(
        "locate",
        "tables",
        "places for enterprises without coordinates",
        "为缺坐标的企业建议位置",
        "locate > proposals.csv",
    ),
    Verb(
        "rank",
        "ranking",
        "look-backs by priority, with the reasons",
        "按优先级列出回头看,附依据",
        "rank 2026-11-24 --top 20",
    ),
    Verb(
        "plan",
        "plans",
        "plans, checks, saves and draws a day",
        "规划、核对、保存并绘制一天",
        "plan 2026-11-24 --seconds 30",
    ),
    Verb("show", "plans", "a saved plan again, as text", "再次显示已存方案", "show"),
    Verb("map", "plans", "a saved plan's pages, drawn again", "重绘已存方案的地图", "map"),
    Verb(
        "export",
        "export",
        "a plan for Excel, calendars, GIS, tracks",
        "导出表格、日历、轨迹、地理数据",
        "export 2026-11-24 --to xlsx",
    ),
    Verb(
        "verify",
        "plans",
        "the independent checker on a saved plan",
        "独立核对已存方案",
        "verify maps/2026-11-24/plan.json",
    ),
    Verb(
        "reschedule",
        "day",
        "what changed: shut, urgent, late, …",
        "登记变更:停业、加急、迟到等",
        "reschedule shut E00057",
    ),
    Verb("replan", "day", "the next revision, moving little", "调整方案,尽量少动", "replan --now 13:30"),
    Verb(
        "compare",
        "day",
        "what differs, why, and whom to tell",
        "两版差异、原因、须通知谁",
        "compare 2026-11-24@1 2026-11-24@2",
    ),
    Verb("slot", "day", "free slots for an appointment", "查找可预约时段", "slot E00601 --within 3"),
    Verb(
        "record",
        "outcomes",
        "what visits found, from files or by hand",
        "登记检查结果:文件或手工",
        "record E00601 not_rectified",
    ),
    Verb(
        "report",
        "reports",
        "the campaign so far, and the days to come",
        "工作进度与后续任务",
        "report 2026-11-01 2026-11-24 --html report.html",
    ),
    Verb(
        "backup",
        "outcomes",
        "plans, events and outcomes in one file",
        "备份方案、变更与结果",
        "backup lookback-2026-11-24.db",
    ),
    Verb(
        "backtest",
        "learning",
        "how early the priority finds trouble",
        "按优先级能提前多少天发现问题",
        "backtest --chart backtest.html",
    ),
    Verb("learn", "learning", "a points card from the history", "由历史学出积分卡", "learn --until 2026-11-01 --write"),
    Verb(
        "bench",
        "bench",
        "how good the engine is, beside others",
        "测试求解引擎",
        "bench synthetic --size S --seeds 1-3 --seconds 5",
    ),
)
"""In the order in which one would need them."""

_FIRST = {
    "zh": "Lookback 规划回头看检查:今天谁去哪里,为什么先去那里。",
    "en": "Lookback plans look-back (回头看) inspections: who goes where today, and why there first.",
}
_LAST = {
    "zh": "各命令均可加 --workspace 文件夹(默认为当前文件夹)、--lang zh|en、--json;"
    "详见 lookback 命令 --help。 English: lookback --lang en",
    "en": "Every verb takes --workspace DIR (default: here), --lang zh|en and --json; "
    "lookback VERB --help --lang en says more.",
}


def overview(lang: str) -> str:
    """All verbs, each with what it does and an example."""
    does = [verb.chinese if lang == "zh" else verb.english for verb in VERBS]
    lines = [
        f"  {filled(verb.name, 12)}{filled(what, 43)}lookback {verb.example}"
        for verb, what in zip(VERBS, does, strict=True)
    ]
    return "\n".join([_FIRST[lang], "", *lines, "", _LAST[lang], ""])


_WRONG = {
    "NoSuchOption": "没有此选项",
    "MissingParameter": "缺少必填项",
    "BadParameter": "此值不合要求",
}
"""By the class of the error; typer keeps the classes themselves to itself."""


def misuse(wrong: TyperException, arguments: Sequence[str], lang: str) -> str:
    """What is wrong with a command, in one line, and where its help is."""
    message = wrong.format_message().replace("Value error, ", "").removesuffix(".")
    if lang == "zh":
        message += " | " + _WRONG.get(type(wrong).__name__, "命令有误")
    verb = next((name for name in arguments if name in {verb.name for verb in VERBS}), "")
    asked = ["lookback", *([verb] if verb else []), "--help", *(["--lang", "en"] if lang == "en" else [])]
    return f"{message} ({' '.join(asked)})"
