"""Saved plans, as verbs load and publish them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated

import typer

from planner.check import Before
from planner.cli.comparing import page_of_replan
from planner.cli.options import author, command_line
from planner.errors import InputError, Overtaken, Problem
from planner.events import NOTHING, Changes, Recorded, changes, from_json as event_of
from planner.history import with_outcomes
from planner.label import Label
from planner.outcomes import Outcome, standing
from planner.plan_json import from_json, to_json
from planner.replanning import behind

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.cli.options import Lang
    from planner.cli.stopwatch import Stopwatch
    from planner.plan import Plan
    from planner.policy import Policy
    from planner.register import Register
    from planner.store import Mark, Store
    from planner.workspace import Workspace

PlanArgument = Annotated[
    str | None,
    typer.Argument(metavar="PLAN"),
    Label(
        "方案编号,如 2026-11-24,或加版次 2026-11-24@1,或 JSON 文件;默认为最近保存的方案",
        "A plan's id, as 2026-11-24, with its revision, as 2026-11-24@1, or a JSON file; the latest if not given.",
    ),
]


def load(place: Workspace, which: str | None) -> Plan:
    """A plan by its id, by ``ID@REVISION``, from a JSON file, or the one saved last."""
    if which is not None and (which.endswith(".json") or Path(which).is_file()):
        return from_file(Path(which))
    name = re.fullmatch(r"([0-9+-]+)(?:@([0-9]{1,9}))?", which or "0")
    if name is None:
        message = (
            f"{which!r} is no plan: neither a JSON file nor an id such as 2026-11-24, 2026-11-24+2 or 2026-11-24@1"
        )
        raise typer.BadParameter(message, param_hint="PLAN")
    with place.store() as store:
        return store.load() if which is None else store.load(name[1], None if name[2] is None else int(name[2]))


def require_known(found: Plan, register: Register) -> None:
    """
    What a plan is drawn and printed from must be in the tables: they may have changed since.

    Raises
    ------
    InputError
        Every team and enterprise that the tables do not hold.
    """
    on_the_way = {visit.enterprise_id for duty in found.duties for visit in duty.route}
    on_the_way |= {halt.place_id for duty in found.duties for halt in duty.halts if not duty.is_home(halt)}
    sites = on_the_way | {row.enterprise_id for row in found.unvisited}
    unknown = [
        Problem(f"plan {found.plan_id}", 0, kind, f"{name!r} is not in {table}", "数据表中没有此编号")
        for kind, table, names, known in (
            ("team_id", "data/teams.csv", {duty.team_id for duty in found.duties}, register.team),
            ("enterprise_id", "data/enterprises.csv", sites, register.enterprise),
        )
        for name in sorted(names - known.keys())
    ]
    unknown += [
        Problem(f"plan {found.plan_id}", 0, "enterprise_id", f"{site} has no coordinates any more", "已无坐标")
        for site in sorted(on_the_way & register.enterprise.keys())
        if register.enterprise[site].place is None
    ]
    if unknown:
        raise InputError(unknown)


def from_file(path: Path) -> Plan:
    """
    A plan from a JSON file.

    Raises
    ------
    InputError
        It cannot be read, or is no plan.
    """
    try:
        found = from_json(path.read_text("utf-8-sig"), file=str(path))
        to_json(found).encode()  # half a character, or a number that is none, would only fail when it is saved
    except UnicodeEncodeError as problem:
        raise InputError([Problem(str(path), 0, "", "holds half a character", "含有不完整的字符")]) from problem
    except UnicodeDecodeError as problem:
        raise InputError([Problem(str(path), 0, "", "is not UTF-8", "应为 UTF-8 编码")]) from problem
    except OSError as problem:
        raise InputError([Problem(str(path), 0, "", f"cannot be read: {problem.strerror}", "无法读取")]) from problem
    except ValueError as problem:
        raise InputError([Problem(str(path), 0, "", str(problem), "方案文件无法读取")]) from problem
    return found


@dataclass(frozen=True)
class Basis:
    """What of the store a plan is made from; something may come in before the plan is published."""

    horizon: tuple[date, ...]
    events: tuple[Recorded, ...]
    """Every event ever recorded, in order."""
    outcomes: tuple[Outcome, ...]
    """Of every plan's visits, the entries that count."""
    mark: Mark

    @classmethod
    def of(cls, store: Store, horizon: tuple[date, ...]) -> Basis:
        """As it is now; what comes in while it is read is found out when the plan is saved."""
        mark = store.mark()
        return cls(horizon, recorded_events(store), tuple(row.outcome for row in store.outcomes()), mark)

    @property
    def changes(self) -> Changes:
        """What the events in force mean for the days."""
        return changes(self.events, self.horizon)

    @property
    def earlier(self) -> tuple[Outcome, ...]:
        """Outcomes of days before the horizon: what its plan takes for known."""
        return tuple(outcome for outcome in self.outcomes if outcome.day < self.horizon[0])

    def register(self, register: Register, policy: Policy) -> Register:
        """The tables, with what was found on earlier days."""
        return with_outcomes(register, self.outcomes, policy, self.horizon[0])

    def seen(self, plan_id: str) -> frozenset[str]:
        """Look-backs of a plan of which something was recorded."""
        found = standing(self.outcomes, plan_id)
        return frozenset({*found.done, *found.under_way})

    def overtaken(self, now: Basis) -> bool:
        """Whether a plan would be made from something else now."""
        return now.changes.event_ids != self.changes.event_ids or now.earlier != self.earlier


def publish(
    place: Workspace,
    store: Store,
    found: Plan,
    basis: Basis,
    overtaken: Callable[[Basis], bool],
    register: Register,
    policy: Policy,
    clock: Stopwatch,
    lang: Lang,
) -> tuple[Plan, Path]:
    """
    Number, draw, save and write a checked plan; the folder of its pages.

    Parameters
    ----------
    basis
        What the plan was made from.
    overtaken
        Whether what is known now makes it another plan.

    Raises
    ------
    Overtaken
        What has come in meanwhile makes it another plan; nothing is saved.
    """
    numbered = store.number(found)
    pages = clock.time("draw", lambda: drawn(numbered, register, policy, lang))
    pages |= clock.time("draw", lambda: page_of_replan(numbered, store, basis.events, register, policy, lang))
    clock.time("save", lambda: _save(store, numbered, basis, overtaken))
    contents = {**pages, "plan.json": to_json(numbered)}
    return numbered, clock.time("write", lambda: place.write_maps(numbered.plan_id, contents))


def _save(store: Store, numbered: Plan, basis: Basis, overtaken: Callable[[Basis], bool]) -> None:
    """Save a plan unless it is overtaken; what else comes in does not matter."""
    while True:
        try:
            return store.save(numbered, command_line(), author(), since=basis.mark)
        except Overtaken:
            basis = Basis.of(store, basis.horizon)
            if overtaken(basis):
                raise


def recorded_events(store: Store) -> tuple[Recorded, ...]:
    """Every event ever recorded, in order."""
    return tuple(Recorded(row.event_id, event_of(row.document), row.recorded_at) for row in store.events())


def known_to(found: Plan, store: Store) -> tuple[Changes, Before | None]:
    """The changes that a plan knows of, and of a replan the plan that it goes on from."""
    made = found.created_by
    recorded = [each for each in recorded_events(store) if each.event_id in made.events]
    after = changes(recorded, found.horizon) if found.horizon else NOTHING
    if made.now is None or found.parent is None:
        return after, None
    parent = store.load(found.plan_id, found.parent)
    saved = {(row.plan_id, row.revision): row.saved_at for row in store.saved()}
    until = saved.get((found.plan_id, found.revision), "9999")
    outcomes = [row.outcome for row in store.outcomes() if row.recorded_at <= until]
    seen = standing(outcomes, found.plan_id)
    now = datetime.fromisoformat(made.now)
    second = now.hour * 3600 + now.minute * 60 + now.second
    late = behind(parent, recorded)
    return after, Before(parent, now.date(), second, late, frozenset({*seen.done, *seen.under_way}))


def drawn(found: Plan, register: Register, policy: Policy, lang: Lang, passphrase: str = "") -> dict[str, str]:
    """The pages of a plan as the policy has them, in the name of whoever is logged in if it names nobody."""
    for loading in _loading:  # not by waiting for the import's own lock, which Ctrl-C at that moment leaves locked
        loading.join()
    from planner import draw  # noqa: PLC0415  (only for those who draw, and not again in the solver's process)

    edition = draw.Edition(lang, draw.base(policy.maps), policy.maps.drawn_by or author(), passphrase)
    return draw.pages(found, register, edition)


def drawing_soon() -> None:
    """Load what draws pages while a search is at work beside: Folium takes half a second to import."""
    _loading.append(Thread(target=import_module, args=("planner.draw",), daemon=True))
    _loading[-1].start()


_loading: list[Thread] = []
"""What is loading, or has loaded, what draws pages."""
