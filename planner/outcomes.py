"""
What the visits of a plan found: the values, and the document in which a team's page hands them in.

An outcome belongs to one visit of one revision of a plan. Facts are what was seen; what follows from them is decided
by people.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from planner.clock import hhmm
from planner.errors import InputError, Problem
from planner.violations import Action, Aggravation, Scope, ViolationKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FORMAT = 1
"""Version of the document; a reader refuses any other."""
MOST_CHARACTERS = 5_000_000
"""A day's outcomes of one team are a thousandth of it."""


class OutcomeKind(StrEnum):
    """What a visit came to."""

    RECTIFIED = "rectified"
    PARTLY = "partly"
    NOT_RECTIFIED = "not_rectified"
    SHUT = "shut"
    NOT_FOUND = "not_found"


SEEN = frozenset({OutcomeKind.RECTIFIED, OutcomeKind.PARTLY, OutcomeKind.NOT_RECTIFIED})
"""The enterprise was inspected; otherwise nobody got in."""


class Answer(StrEnum):
    """To an item of a checklist."""

    PASS = "pass"  # noqa: S105  (no password)
    FAIL = "fail"
    NA = "na"


@dataclass(frozen=True)
class ChecklistItem:
    """An item of the scenario's checklist, as answered on the spot."""

    item: str
    answer: Answer
    note: str = ""


@dataclass(frozen=True)
class NewViolation:
    """What this visit found beside what it came for, and what the officers did about it."""

    kind: ViolationKind
    action: Action
    aggravations: frozenset[Aggravation] = frozenset()
    scope: Scope = Scope.SITE
    rectify_by: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Outcome:
    """What one visit found; times are seconds since midnight of its day."""

    plan_id: str
    revision: int
    lookback_id: str
    enterprise_id: str
    team_id: str
    day: date
    kind: OutcomeKind
    arrived: int | None = None
    left: int | None = None
    facts: str = ""
    checklist: tuple[ChecklistItem, ...] = ()
    violations: tuple[NewViolation, ...] = ()

    @property
    def under_way(self) -> bool:
        """The team has arrived and not left; without any time it is taken to have left."""
        return self.arrived is not None and self.left is None


class Standing(NamedTuple):
    """How far the visits of a plan are, by look-back id: what is in neither has not begun."""

    done: Mapping[str, Outcome]
    under_way: Mapping[str, Outcome]


def standing(outcomes: Iterable[Outcome], plan_id: str) -> Standing:
    """
    Which visits of a plan are done and which are under way.

    Outcomes of every revision count, the latest revision's where there are several: a visit that was made does not
    have to be made again because the plan has changed since.
    """
    of_plan = [outcome for outcome in outcomes if outcome.plan_id == plan_id]
    last = {outcome.lookback_id: outcome for outcome in sorted(of_plan, key=lambda outcome: outcome.revision)}
    return Standing(
        {key: outcome for key, outcome in last.items() if not outcome.under_way},
        {key: outcome for key, outcome in last.items() if outcome.under_way},
    )


def completes(later: Outcome, earlier: Outcome) -> bool:
    """Whether an outcome continues one that was recorded under way: the same visit, which has now ended."""
    return earlier.under_way and later.left is not None and later.arrived == earlier.arrived


def to_json(outcomes: Sequence[Outcome]) -> str:
    """
    The document of outcomes of one team, day and revision; ``from_json`` reads it.

    Raises
    ------
    ValueError
        The outcomes are not of one team, day and revision.
    """
    heads = {(o.plan_id, o.revision, o.team_id, o.day) for o in outcomes}
    if len(heads) != 1:
        raise ValueError(f"a document holds the outcomes of one team, day and revision, not of {len(heads)}")
    ((plan_id, revision, team_id, day),) = heads
    document = {
        "lookback_outcomes": FORMAT,
        "plan_id": plan_id,
        "revision": revision,
        "team_id": team_id,
        "date": day.isoformat(),
        "outcomes": [_document(outcome) for outcome in outcomes],
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def from_json(text: str, *, file: str = "outcomes.json") -> tuple[Outcome, ...]:
    """
    Read a document of outcomes, strictly.

    Raises
    ------
    InputError
        It is not such a document, or anything in it is unknown, missing, twice or out of range: all at once.
    """
    try:
        read = _DOCUMENT.validate_python(_loaded(text))
    except RecursionError:
        problems = [Problem(file, 0, "", "nested too deeply", "嵌套过深")]
    except UnicodeEncodeError:
        problems = [Problem(file, 0, "", "holds half a character", "含有不完整的字符")]
    except ValidationError as invalid:
        problems = [Problem(file, 0, _place(e["loc"]), _message(e), "结果文件有误") for e in invalid.errors()]
    except ValueError as problem:
        problems = [Problem(file, 0, "", str(problem), "结果文件无法读取")]
    else:
        problems = list(_contradictions(read, file))
        if not problems:
            return tuple(_outcome(read, visit) for visit in read.outcomes)
    raise InputError(problems)


# The document as it stands in the file


def _loaded(text: str) -> dict[str, Any]:
    """The JSON object, if it is one of this format: Python's reader keeps the last of two keys and accepts NaN."""
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"is longer than {MOST_CHARACTERS:,} characters")
    text.encode()
    document = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_each_once, parse_constant=_no_number)
    if not isinstance(document, dict) or "lookback_outcomes" not in document:
        raise ValueError("no 'lookback_outcomes' field: this is not a document of outcomes")
    if type(document["lookback_outcomes"]) is not int or document["lookback_outcomes"] != FORMAT:
        raise ValueError(f"format {document['lookback_outcomes']!r} is not known; this program reads {FORMAT}")
    return document


def _moment(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d", value, re.ASCII):
        raise ValueError("is not a time (YYYY-MM-DDThh:mm)")
    return date.fromisoformat(value[:10]), int(value[11:13]) * 3600 + int(value[14:]) * 60


def _day(value: object) -> date:
    if not isinstance(value, str) or not re.fullmatch(r"2\d{3}-\d\d-\d\d", value, re.ASCII):
        raise ValueError("is not a date (YYYY-MM-DD)")
    return date.fromisoformat(value)


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def _clean(text: str) -> str:
    """Control characters steer a terminal, and some databases refuse them; a line break is welcome."""
    if _CONTROL.search(text):
        raise ValueError("holds a control character")
    return text


def _not_blank(text: str) -> str:
    if text != text.strip() or not text or "\n" in text:
        raise ValueError("is empty, or has blanks around it or a line break in it")
    return text


Moment = Annotated[Any, BeforeValidator(_moment)]
Day = Annotated[date, BeforeValidator(_day)]
Id = Annotated[str, Field(max_length=200), AfterValidator(_clean), AfterValidator(_not_blank)]
Text = Annotated[str, Field(max_length=20_000), AfterValidator(_clean)]
Code = Field(strict=False)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Item(_Part):
    item: Id
    answer: Annotated[Answer, Code]
    note: Text = ""


class _Violation(_Part):
    kind: Annotated[ViolationKind, Code]
    action: Annotated[Action, Code]
    aggravations: Annotated[list[Annotated[Aggravation, Code]], Field(max_length=10)] = []
    scope: Annotated[Scope, Code] = Scope.SITE
    rectify_by: Day | None = None
    note: Text = ""


class _Visit(_Part):
    lookback_id: Id
    enterprise_id: Id
    outcome: Annotated[OutcomeKind, Code]
    arrived: Moment | None = None
    left: Moment | None = None
    facts: Text = ""
    checklist: Annotated[list[_Item], Field(max_length=100)] = []
    violations: Annotated[list[_Violation], Field(max_length=20)] = []


class _Document(_Part):
    lookback_outcomes: int
    plan_id: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d(\+\d{1,3})?$")]
    revision: Annotated[int, Field(ge=1, le=1_000_000)]
    team_id: Id
    date: Day
    exported_at: Moment | None = None
    outcomes: Annotated[list[_Visit], Field(max_length=1000)]


_DOCUMENT = TypeAdapter(_Document)


def _contradictions(document: _Document, file: str) -> Iterable[Problem]:
    """What no single field shows."""
    times = Counter(visit.lookback_id for visit in document.outcomes)
    for k, visit in enumerate(document.outcomes):

        def wrong(field: str, message: str, zh: str, k: int = k) -> Problem:
            return Problem(file, 0, f"outcomes.{k}.{field}", message, zh)

        if times[visit.lookback_id] > 1:
            yield wrong("lookback_id", f"{visit.lookback_id!r} is there {times[visit.lookback_id]} times", "重复")
        for field, moment in (("arrived", visit.arrived), ("left", visit.left)):
            if moment is not None and moment[0] != document.date:
                yield wrong(field, f"{moment[0]} is not the day of the visits, {document.date}", "日期不符")
        if visit.left is not None and (visit.arrived is None or visit.left < visit.arrived):
            yield wrong("left", "is before the arrival, or there is none", "离开早于到达,或缺少到达时间")
        if visit.outcome not in SEEN and (visit.violations or visit.checklist):
            yield wrong("outcome", f"is {visit.outcome}, and yet something was inspected", "未能检查,却有检查内容")
        for n, violation in enumerate(visit.violations):
            if violation.rectify_by is not None and violation.rectify_by < document.date:
                place = f"violations.{n}.rectify_by"
                yield wrong(place, f"{violation.rectify_by} is before the visit", "整改期限早于检查日期")


def _outcome(document: _Document, visit: _Visit) -> Outcome:
    return Outcome(
        plan_id=document.plan_id,
        revision=document.revision,
        lookback_id=visit.lookback_id,
        enterprise_id=visit.enterprise_id,
        team_id=document.team_id,
        day=document.date,
        kind=visit.outcome,
        arrived=visit.arrived[1] if visit.arrived else None,
        left=visit.left[1] if visit.left else None,
        facts=visit.facts,
        checklist=tuple(ChecklistItem(row.item, row.answer, row.note) for row in visit.checklist),
        violations=tuple(
            NewViolation(v.kind, v.action, frozenset(v.aggravations), v.scope, v.rectify_by, v.note)
            for v in visit.violations
        ),
    )


def _document(outcome: Outcome) -> dict[str, Any]:
    def moment(seconds: int | None) -> str | None:
        return None if seconds is None else f"{outcome.day}T{hhmm(seconds)}"

    return {
        "lookback_id": outcome.lookback_id,
        "enterprise_id": outcome.enterprise_id,
        "outcome": outcome.kind.value,
        "arrived": moment(outcome.arrived),
        "left": moment(outcome.left),
        "facts": outcome.facts,
        "checklist": [{"item": i.item, "answer": i.answer.value, "note": i.note} for i in outcome.checklist],
        "violations": [
            {
                "kind": v.kind.value,
                "aggravations": sorted(v.aggravations),
                "scope": v.scope.value,
                "action": v.action.value,
                "rectify_by": v.rectify_by.isoformat() if v.rectify_by else None,
                "note": v.note,
            }
            for v in outcome.violations
        ],
    }


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise ValueError(f"{twice!r} is given twice")
    return fields


def _no_number(token: str) -> float:
    raise ValueError(f"{token} is not a number")


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc)


def _message(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "is not a field of the document"
    if error["type"] == "missing":
        return "is missing"
    shown = repr(error["input"])
    shown = shown if len(shown) <= 60 else f"{shown[:57]}…"
    text = str(error["msg"]).removeprefix("Value error, ")
    return f"{shown}: {text[:1].lower()}{text[1:]}"
