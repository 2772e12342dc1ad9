"""A plan as a list of stops with everything that a table, a calendar or a navigator says about one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.clock import hhmm
from planner.label import Label
from planner.words import GOES_ON, LABELS, OUT_AGAIN, label

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planner.enterprises import Enterprise
    from planner.plan import Duty, Halt, Plan, Visit
    from planner.register import Register
    from planner.teams import Team
    from planner.violations import Violation

_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def fit(text: str) -> str:
    """A text without what XML cannot hold: control characters, halves of characters; line breaks and tabs stay."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


@dataclass(frozen=True)
class Stop:
    """A visit with all that belongs to it, numbered from 1 within its duty."""

    number: int
    duty: Duty
    visit: Visit
    team: Team
    enterprise: Enterprise
    district: str
    """Its name; empty outside all of them."""
    findings: tuple[Violation, ...]
    """What is not rectified yet, and bears on this visit; newest first."""


def stops(plan: Plan, register: Register, team_id: str | None = None) -> tuple[Stop, ...]:
    """The stops of a plan, or of one team, by duty and in order."""
    return tuple(
        _stop(number, duty, visit, register)
        for duty in plan.duties
        if team_id in {None, duty.team_id}
        for number, visit in enumerate(duty.route, start=1)
    )


def _stop(number: int, duty: Duty, visit: Visit, register: Register) -> Stop:
    enterprise = register.enterprise[visit.enterprise_id]
    behind = {record for reason in visit.reasons for record in reason.records}
    found = [
        violation
        for site in register.sites[enterprise.operator]
        for violation in register.violations_at.get(site, ())
        if violation.rectified_on is None and (site == visit.enterprise_id or violation.violation_id in behind)
    ]
    found.sort(key=lambda v: (v.found_on, v.violation_id), reverse=True)
    district = register.district_of(visit.enterprise_id)
    name = district.name if district else ""
    return Stop(number, duty, visit, register.team[duty.team_id], enterprise, name, tuple(found))


def kind_of(visit: Visit, lang: str) -> str:
    """Whether a visit must be, should be or may be made."""
    if visit.mandatory:
        return _KINDS["mandatory"].of(lang)
    return _KINDS["look_back" if visit.lookback_id.startswith("LB-") else "spot_check"].of(lang)


def findings_text(stop: Stop, lang: str) -> str:
    """What was found before, a line each: date, kind, action, deadline, note."""
    by = {"zh": "整改期限 ", "en": "rectify by "}[lang]
    lines = []
    for found in stop.findings:
        parts = [found.found_on.isoformat(), label(found.kind, lang), label(found.action, lang)]
        parts += [f"{by}{found.rectify_by}"] if found.rectify_by else []
        lines.append(" · ".join([*parts, *([found.note] if found.note else [])]))
    return "\n".join(lines)


def halt_text(halt: Halt, duty: Duty, register: Register, lang: str) -> str:
    """A place that is no stop in a line: when the team was there, where that is, and that it goes on from there."""
    if duty.is_home(halt):
        return f"{hhmm(halt.arrive)} {OUT_AGAIN.of(lang)}"
    return f"{hhmm(halt.arrive)} {register.enterprise[halt.place_id].name} · {GOES_ON.of(lang)}"


def reasons_text(visit: Visit, lang: str) -> str:
    """The terms of the priority in a line, largest first."""
    terms = sorted(visit.reasons, key=lambda reason: -reason.points)
    return ", ".join(f"{LABELS[reason.term].of(lang)} {reason.points:+d}" for reason in terms if reason.points)


_KINDS = {
    "mandatory": Label("到期必查", "due: mandatory"),
    "look_back": Label("回头看", "look-back"),
    "spot_check": Label("抽查", "spot check"),
}

COLUMNS: Mapping[str, tuple[Label, Callable[[Stop, str], str | int]]] = {
    "date": (Label("日期", "date"), lambda s, _: s.duty.day.isoformat()),
    "team_id": (Label("队伍编号", "team id"), lambda s, _: s.team.team_id),
    "team": (Label("队伍", "team"), lambda s, _: s.team.name),
    "number": (Label("序号", "no."), lambda s, _: s.number),
    "start": (Label("开始", "start"), lambda s, _: hhmm(s.visit.start)),
    "end": (Label("结束", "end"), lambda s, _: hhmm(s.visit.end)),
    "mode": (Label("到达方式", "by"), lambda s, lang: label(s.visit.travel_mode, lang)),
    "minutes": (Label("路上分钟", "minutes to it"), lambda s, _: -(-s.visit.travel_seconds // 60)),
    "wait": (Label("等候分钟", "minutes waiting"), lambda s, _: -(-s.visit.wait_seconds // 60)),
    "enterprise_id": (Label("企业编号", "enterprise id"), lambda s, _: s.enterprise.enterprise_id),
    "name": (Label("企业名称", "enterprise"), lambda s, _: s.enterprise.name),
    "address": (Label("地址", "address"), lambda s, _: s.enterprise.address),
    "district": (Label("商圈", "district"), lambda s, _: s.district),
    "scenario": (Label("场景", "scenario"), lambda s, lang: label(s.enterprise.scenario, lang)),
    "kind": (Label("类型", "what"), lambda s, lang: kind_of(s.visit, lang)),
    "priority": (Label("优先级", "priority"), lambda s, _: s.visit.priority),
    "why": (Label("依据", "why"), lambda s, lang: reasons_text(s.visit, lang)),
    "found": (Label("上次发现", "found before"), findings_text),
    "operator": (Label("运营者", "operator"), lambda s, _: s.enterprise.operator),
    "credit_code": (Label("统一社会信用代码", "credit code"), lambda s, _: s.enterprise.credit_code),
    "lookback_id": (Label("任务编号", "look-back id"), lambda s, _: s.visit.lookback_id),
}
"""What a table says of a stop: the header, and how the cell comes about in a language."""
