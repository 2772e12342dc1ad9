"""
A plan as a JSON document. ``to_json`` and ``from_json`` are each other's inverse, to the byte.

In the document times are ISO local times.
"""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

from planner.clock import hhmmss
from planner.errors import InputError, Problem
from planner.plan import (
    Bound,
    CreatedBy,
    Drawn,
    Duty,
    Halt,
    Interval,
    Plan,
    Reason,
    Term,
    Totals,
    Unvisited,
    Visit,
)
from planner.teams import TravelMode

SCHEMA = 1
"""Version of the JSON document; a reader refuses any other."""


def to_json(plan: Plan) -> str:
    """The plan as one JSON document, indented, with a stable order of keys, ending in a line break."""
    return json.dumps(_document(plan), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def from_json(text: str, *, file: str = "plan.json") -> Plan:
    """
    Read a document written by ``to_json``, or edited by hand since.

    Raises
    ------
    InputError
        It is not JSON, of another schema version, or a value is missing or of the wrong type.
    """
    try:
        plan = _plan(json.loads(text, object_pairs_hook=_each_once))
        to_json(plan).encode()  # what could not be written again is refused before anything is done with it
    except RecursionError:
        message = "nested too deeply to be a plan"
    except KeyError as missing:
        message = f"{missing} is missing"
    except (TypeError, ValueError, AttributeError, OverflowError) as problem:
        message = str(problem)
    else:
        return plan
    raise InputError([Problem(file, 0, "", message, "方案文件无法读取")])


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} is given twice")
    return fields


def _iso(day: date, seconds: int) -> str:
    return f"{day + timedelta(days=seconds // 86_400)}T{hhmmss(seconds % 86_400)}"


_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)", re.ASCII)
PLAN_ID = re.compile(r"\d{4}-\d\d-\d\d(\+\d{1,3})?", re.ASCII)
"""What names a plan, and its folder of maps: nothing else may, so that no plan edited by hand leads out of them."""


def _seconds(day: date, text: str) -> int:
    moment = _MOMENT.fullmatch(text)
    if moment is None:
        raise ValueError(f"{text!r} is not a time (YYYY-MM-DDThh:mm:ss)")
    hours, minutes, seconds = (int(part) for part in moment.groups()[1:])
    return (date.fromisoformat(moment[1]) - day).days * 86_400 + hours * 3600 + minutes * 60 + seconds


def _interval(day: date, interval: Interval) -> dict[str, str]:
    return {"start": _iso(day, interval.start), "end": _iso(day, interval.end)}


def _document(plan: Plan) -> dict[str, Any]:
    made = plan.created_by
    return {
        "schema": SCHEMA,
        "plan_id": plan.plan_id,
        "revision": plan.revision,
        "parent": plan.parent,
        "workspace_fingerprint": plan.fingerprint,
        **({"card": plan.card} if plan.card else {}),
        **({} if plan.drawn is None else {"drawn": vars(plan.drawn) | {"checks": list(plan.drawn.checks)}}),
        "created_by": {
            "versions": dict(made.versions),
            "solver": made.solver,
            "seed": made.seed,
            "limits": {"steps": made.steps, "seconds": made.seconds},
            "reproducible": made.reproducible,
            **({"now": made.now} if made.now is not None else {}),
            **({"events": list(made.events)} if made.events else {}),
        },
        "horizon": [day.isoformat() for day in plan.horizon],
        "duties": [_duty_document(duty) for duty in plan.duties],
        "unvisited": [dict(vars(unvisited)) for unvisited in plan.unvisited],
        "totals": dict(vars(plan.totals)),
        "bound": None if plan.bound is None else dict(vars(plan.bound)),
    }


def _duty_document(duty: Duty) -> dict[str, Any]:
    return {
        "team_id": duty.team_id,
        "date": duty.day.isoformat(),
        "shift": _interval(duty.day, duty.shift),
        "break": None if duty.rest is None else _interval(duty.day, duty.rest),
        "route": [_visit_document(duty.day, visit) for visit in duty.route],
        **({"halts": [_halt_document(duty.day, halt) for halt in duty.halts]} if duty.halts else {}),
        "return_seconds": duty.return_seconds,
        "return_metres": duty.return_metres,
        "return_mode": duty.return_mode.value,
    }


def _halt_document(day: date, halt: Halt) -> dict[str, Any]:
    return vars(halt) | {"arrive": _iso(day, halt.arrive), "travel_mode": halt.travel_mode.value}


def _visit_document(day: date, visit: Visit) -> dict[str, Any]:
    return {
        "enterprise_id": visit.enterprise_id,
        "lookback_id": visit.lookback_id,
        "arrive": _iso(day, visit.arrive),
        "start": _iso(day, visit.start),
        "end": _iso(day, visit.end),
        "travel_seconds": visit.travel_seconds,
        "travel_metres": visit.travel_metres,
        "travel_mode": visit.travel_mode.value,
        "wait_seconds": visit.wait_seconds,
        "priority": visit.priority,
        "mandatory": visit.mandatory,
        "reasons": [
            {"term": r.term.value, "points": r.points, "detail": r.detail, "records": list(r.records)}
            for r in visit.reasons
        ],
    }


def _typed(source: dict[str, Any], key: str, *kinds: type) -> Any:
    """A field of one of the types, exactly: a flag is no number."""
    value = source[key]
    if type(value) not in kinds:
        raise ValueError(f"{key}: {value!r} is of the wrong type")
    return value


def _texts(source: dict[str, Any], key: str) -> tuple[str, ...]:
    texts = _typed(source, key, list)
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(f"{key}: {texts!r} is not a list of texts")
    return tuple(texts)


def _moment(text: Any) -> str | None:
    if text is not None and (not isinstance(text, str) or not _MOMENT.fullmatch(text)):
        raise ValueError(f"now: {text!r} is not a time (YYYY-MM-DDThh:mm:ss)")
    return text


def _whole_numbers(values: Any) -> tuple[int, ...]:
    if not isinstance(values, list) or not all(type(value) is int for value in values):
        raise ValueError(f"events: {values!r} is not a list of whole numbers")
    return tuple(values)


def _fields(source: dict[str, Any], cls: type) -> dict[str, Any]:
    """The plain fields of a dataclass, each of the type that its annotation names."""
    kinds: dict[str, tuple[type, ...]] = {"int": (int,), "str": (str,), "bool": (bool,), "float": (int, float)}
    annotations = {name: text for name, text in cls.__annotations__.items() if text in kinds}
    return {name: _typed(source, name, *kinds[text]) for name, text in annotations.items()}


def _plan(document: Any) -> Plan:
    if not isinstance(document, dict) or "schema" not in document:
        raise ValueError("no 'schema' field: this is not a plan")
    if _typed(document, "schema", int) != SCHEMA:
        raise ValueError(f"schema {document['schema']!r} is not known; this program reads schema {SCHEMA}")
    plan_id = _typed(document, "plan_id", str)
    if not PLAN_ID.fullmatch(plan_id):
        raise ValueError(f"plan_id: {plan_id!r} is not a plan's id (YYYY-MM-DD, or YYYY-MM-DD+days)")
    made = _typed(document, "created_by", dict)
    versions = _typed(made, "versions", dict)
    bound = document["bound"]
    return Plan(
        plan_id=plan_id,
        revision=_typed(document, "revision", int),
        parent=_typed(document, "parent", int, type(None)),
        fingerprint=_typed(document, "workspace_fingerprint", str),
        created_by=CreatedBy(
            versions=tuple((name, _typed(versions, name, str)) for name in sorted(versions)),
            solver=_typed(made, "solver", str),
            seed=_typed(made, "seed", int),
            steps=_typed(made["limits"], "steps", int, type(None)),
            seconds=_typed(made["limits"], "seconds", int, float, type(None)),
            now=_moment(made.get("now")),
            events=_whole_numbers(made.get("events", [])),
        ),
        horizon=tuple(date.fromisoformat(day) for day in _texts(document, "horizon")),
        duties=tuple(_read_duty(duty) for duty in _typed(document, "duties", list)),
        unvisited=tuple(Unvisited(**_fields(row, Unvisited)) for row in _typed(document, "unvisited", list)),
        totals=Totals(**_fields(_typed(document, "totals", dict), Totals)),
        bound=None if bound is None else Bound(**_fields({"problem": "", **bound}, Bound)),
        card=_typed({"card": "", **document}, "card", str),
        drawn=_drawn(document.get("drawn")),
    )


def _drawn(source: Any) -> Drawn | None:
    if source is None:
        return None
    if not isinstance(source, dict):
        raise TypeError(f"drawn: {source!r} is of the wrong type")
    return Drawn(**_fields(source, Drawn), checks=_texts(source, "checks"))


def _read_interval(day: date, source: dict[str, Any]) -> Interval:
    return Interval(_seconds(day, source["start"]), _seconds(day, source["end"]))


def _read_duty(source: dict[str, Any]) -> Duty:
    day = date.fromisoformat(_typed(source, "date", str))
    return Duty(
        team_id=_typed(source, "team_id", str),
        day=day,
        shift=_read_interval(day, source["shift"]),
        rest=None if source["break"] is None else _read_interval(day, source["break"]),
        route=tuple(_read_visit(day, visit) for visit in _typed(source, "route", list)),
        return_seconds=_typed(source, "return_seconds", int),
        return_metres=_typed(source, "return_metres", int),
        return_mode=TravelMode(_typed(source, "return_mode", str)),
        halts=tuple(_read_halt(day, halt) for halt in _typed({"halts": [], **source}, "halts", list)),
    )


def _read_halt(day: date, source: dict[str, Any]) -> Halt:
    plain = _fields({**source, "arrive": _seconds(day, _typed(source, "arrive", str))}, Halt)
    return Halt(**plain, travel_mode=TravelMode(_typed(source, "travel_mode", str)))


def _read_visit(day: date, source: dict[str, Any]) -> Visit:
    times = {key: _seconds(day, _typed(source, key, str)) for key in ("arrive", "start", "end")}
    plain = _fields({**source, **times}, Visit)
    reasons = tuple(
        Reason(
            Term(_typed(reason, "term", str)),
            _typed(reason, "points", int),
            _typed(reason, "detail", str),
            _texts(reason, "records"),
        )
        for reason in _typed(source, "reasons", list)
    )
    return Visit(**plain, travel_mode=TravelMode(_typed(source, "travel_mode", str)), reasons=reasons)
