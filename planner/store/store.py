"""What the program asks of the store, whatever the database."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import sqlalchemy as sql
from sqlalchemy.exc import DBAPIError

from planner import outcomes as records
from planner.errors import InputError, Overtaken, Problem, StoreError
from planner.outcomes import Outcome, completes
from planner.plan import Plan, numbered
from planner.plan_json import from_json, to_json
from planner.store.copies import write_new
from planner.store.postgres import Postgres
from planner.store.sqlite import SqliteFile
from planner.store.tables import AUDIT, EVENTS, METADATA, MIGRATIONS, OUTCOMES, PLANS, SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from planner.store.database import Database


class Saved(NamedTuple):
    """A line of the list of plans."""

    plan_id: str
    revision: int
    saved_at: str
    command: str


class Mark(NamedTuple):
    """How much has been recorded: it tells whether something has come in since."""

    events: int
    outcomes: int
    """Entries, also those that only complete or correct another."""


class RecordedEvent(NamedTuple):
    """Something that changed, as it was recorded; ``document`` is the event as JSON."""

    event_id: int
    recorded_at: str
    author: str
    command: str
    document: str


class RecordedOutcome(NamedTuple):
    """What a visit found, as it was recorded; of several entries for one visit the last one counts."""

    outcome: Outcome
    recorded_at: str
    author: str
    command: str
    entry: int


class Intake(NamedTuple):
    """What became of outcomes that were handed in: each is in one of the three."""

    new: tuple[Outcome, ...]
    known: tuple[Outcome, ...]
    """Recorded before, with the same content."""
    conflicts: tuple[tuple[Outcome, RecordedOutcome], ...]
    """Not recorded, because something else is on record for the same visit."""


class Audited(NamedTuple):
    """A line of the audit: when, who, by which command, what was done."""

    at: str
    author: str
    command: str
    done: str


class Store:
    """
    The plans, events and outcomes of a workspace.

    Parameters
    ----------
    path
        The SQLite file; beside it go the backups that are made before a migration.
    address
        Of a PostgreSQL database to use instead, ``postgresql://…``.

    Raises
    ------
    StoreError
        By every method: it is locked, full or cannot be written.
    InputError
        By every method: it is not a store, or of a newer version of the program; it is not touched.
    """

    def __init__(self, path: Path, address: str | None = None) -> None:
        self._path = path
        self._database: Database = Postgres(address) if address else SqliteFile(path)
        self._current = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.engine.dispose()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """
        Keep every other planner away until the end of the block.

        Events and outcomes are recorded meanwhile all the same, each in a moment: nobody waits with them for a plan.
        """
        with self._database.locked():
            yield

    # Plans

    def number(self, plan: Plan) -> Plan:
        """The plan under the revision it will be saved as: the next one, or that of the same plan saved before."""
        documents = self._rows(_document(plan.plan_id).limit(1))
        if not documents:
            return numbered(plan, 1, None)
        latest = from_json(documents[0].document, file=self._database.name)
        if to_json(numbered(latest, 1, None)) == to_json(numbered(plan, 1, None)):
            return latest
        return numbered(plan, latest.revision + 1, latest.revision)

    def save(self, plan: Plan, command: str, author: str = "", *, since: Mark | None = None) -> None:
        """
        Append a numbered plan; saving the same revision again changes nothing.

        Raises
        ------
        Overtaken
            Something was recorded after ``since``; nothing is saved.
        """
        row = {
            "plan_id": plan.plan_id,
            "revision": plan.revision,
            "parent": plan.parent,
            "command": command,
            "fingerprint": plan.fingerprint,
            "document": to_json(plan),
        }
        with self._writing() as connection:
            saved = connection.execute(_document(plan.plan_id, plan.revision)).scalar()
            if saved is None:
                self._refuse_overtaken(connection, since)
                connection.execute(PLANS.insert().values({**row, "saved_at": _now()}))
                _audit(connection, author, command, f"plan {plan.plan_id} revision {plan.revision}")
            elif saved != row["document"]:
                message = f"revision {plan.revision} of {plan.plan_id} was saved by someone else meanwhile; plan again"
                raise StoreError(f"{self._database.name}: {message} | 该版本已由他人保存,请重新规划")

    def load(self, plan_id: str | None = None, revision: int | None = None) -> Plan:
        """A plan: by id and revision, or the latest revision, or the plan saved last."""
        documents = self._rows(_document(plan_id, revision).limit(1))
        if not documents:
            wanted = f"plan {plan_id}" if plan_id else "a plan"
            wanted += f" revision {revision}" if revision else ""
            known = ", ".join(sorted({saved.plan_id for saved in self.saved()}))
            message, chinese = f"does not hold {wanted}; it holds: {known}", f"没有该方案;已存方案:{known}"
            if not known:
                message, chinese = "holds no plan yet: lookback plan makes one", "还没有方案,请先运行 lookback plan"
            raise InputError([Problem(self._database.name, 0, "", message, chinese)])
        return from_json(documents[0].document, file=self._database.name)

    def saved(self) -> tuple[Saved, ...]:
        """Every revision, oldest first."""
        columns = (PLANS.c.plan_id, PLANS.c.revision, PLANS.c.saved_at, PLANS.c.command)
        query = sql.select(*columns).order_by(PLANS.c.saved_at, PLANS.c.plan_id, PLANS.c.revision)
        return tuple(Saved._make(row) for row in self._rows(query))

    # Events

    def add_events(
        self, documents: Iterable[str], *, author: str, command: str, since: Mark | None = None
    ) -> tuple[RecordedEvent, ...]:
        """
        Append events, all or none, each as a JSON document; they get the numbers that follow.

        Raises
        ------
        Overtaken
            Something was recorded after ``since``; nothing is added.
        """
        added = []
        with self._writing() as connection:
            self._refuse_overtaken(connection, since)
            number = connection.scalar(sql.select(sql.func.coalesce(sql.func.max(EVENTS.c.event_id), 0)))
            for number, document in enumerate(documents, (number or 0) + 1):  # noqa: B020
                added.append(RecordedEvent(number, _now(), author, command, document))
                connection.execute(EVENTS.insert().values(added[-1]._asdict()))
            if added:
                numbers = ", ".join(str(event.event_id) for event in added)
                _audit(connection, author, command, f"events {numbers}")
        return tuple(added)

    def events(self) -> tuple[RecordedEvent, ...]:
        """Every event, in the order in which they were recorded."""
        return tuple(RecordedEvent._make(row) for row in self._rows(sql.select(EVENTS).order_by(EVENTS.c.event_id)))

    # Outcomes

    def add_outcomes(
        self, outcomes: Iterable[Outcome], *, author: str, command: str, correcting: bool = False
    ) -> Intake:
        """
        Append what is new; the same again is known, something else for the same visit is a conflict.

        A visit that was recorded under way, and is now recorded with the time it ended, is not in conflict.

        Parameters
        ----------
        correcting
            Something else for the same visit is added as its next entry, which counts from then on.
        """
        rows: list[dict[str, Any]] = []
        new: list[Outcome] = []
        known: list[Outcome] = []
        conflicts: list[tuple[Outcome, RecordedOutcome]] = []
        given = tuple(outcomes)
        of_plans = _OUTCOMES.where(OUTCOMES.c.plan_id.in_({outcome.plan_id for outcome in given}))
        with self._writing() as connection:
            recorded = {_identity(entry.outcome): entry for entry in map(_recorded, connection.execute(of_plans))}
            for outcome in given:
                before = recorded.get(_identity(outcome))
                if before is not None and before.outcome == outcome:
                    known.append(outcome)
                    continue
                if before is not None and not correcting and not completes(outcome, before.outcome):
                    conflicts.append((outcome, before))
                    continue
                entry = RecordedOutcome(outcome, _now(), author, command, before.entry + 1 if before else 1)
                recorded[_identity(outcome)] = entry
                new.append(outcome)
                rows.append(_row(entry))
            if new:
                connection.execute(OUTCOMES.insert(), rows)
                _audit(connection, author, command, f"{len(new)} outcomes")
        return Intake(tuple(new), tuple(known), tuple(conflicts))

    def outcomes(self) -> tuple[RecordedOutcome, ...]:
        """The entry that counts for each visit and revision, in the order of days and look-backs."""
        recorded = {_identity(entry.outcome): entry for entry in map(_recorded, self._rows(_OUTCOMES))}
        return tuple(sorted(recorded.values(), key=lambda r: (r.outcome.day, *_identity(r.outcome))))

    # The whole

    def mark(self) -> Mark:
        """How much has been recorded by now; to be asked before what one goes by is read."""
        with self._reading() as connection:
            return Mark(0, 0) if connection is None else _mark(connection)

    def audit(self) -> tuple[Audited, ...]:
        """Who did what, oldest first."""
        query = sql.select(AUDIT.c.at, AUDIT.c.author, AUDIT.c.command, AUDIT.c.done).order_by(AUDIT.c.audit_id)
        return tuple(Audited._make(row) for row in self._rows(query))

    def backup(self, target: Path) -> None:
        """
        Everything as of this moment in a new SQLite file, which can take the place of ``data/lookback.db``.

        Raises
        ------
        InputError
            There is nothing to back up, or the file exists already; it is not touched.
        """
        with self._reading() as connection:
            empty = connection is None
        if empty:
            raise InputError([Problem(self._database.name, 0, "", "holds nothing yet", "尚无可备份的内容")])
        if target.exists() or target.is_symlink():
            message = "exists already: a backup never replaces a file"
            raise InputError([Problem(str(target), 0, "", message, "文件已存在,未覆盖")])
        write_new(target, self._database.copy)

    # How

    def _refuse_overtaken(self, connection: sql.Connection, since: Mark | None) -> None:
        if since is not None and _mark(connection) != since:
            message = "something was recorded meanwhile; try again | 期间有新的登记,请重试"
            raise Overtaken(f"{self._database.name}: {message}")

    def _rows(self, query: sql.Select[Any]) -> Sequence[sql.Row[Any]]:
        with self._reading() as connection:
            return [] if connection is None else connection.execute(query).all()

    @contextmanager
    def _reading(self) -> Iterator[sql.Connection | None]:
        """A transaction that only reads; None when there is nothing yet."""
        if not self._database.exists():
            yield None
            return
        with self._transaction(writing=False) as connection:
            yield connection if self._version(connection) else None

    @contextmanager
    def _writing(self) -> Iterator[sql.Connection]:
        """A transaction that no other writer can overlap, in a store of this schema."""
        self._database.create()
        with self._transaction(writing=True) as connection:
            if not self._version(connection):
                METADATA.create_all(connection)
                self._database.set_version(connection, SCHEMA_VERSION)
            yield connection

    @contextmanager
    def _transaction(self, *, writing: bool) -> Iterator[sql.Connection]:
        self._migrate()
        with self._errors(), self._database.engine.execution_options(writing=writing).begin() as connection:
            yield connection

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as problem:
            raise self._database.error(problem) from problem

    def _version(self, connection: sql.Connection) -> int:
        """
        The schema version, 0 for none.

        Raises
        ------
        InputError
            It is a newer program's, or the place is another program's.
        """
        version = self._database.version(connection)
        if version > SCHEMA_VERSION:
            message = f"was written by a newer version of lookback (schema {version}); it is not touched"
            raise InputError([Problem(self._database.name, 0, "", message, "数据库版本较新,未作改动")])
        if version == 0 and self._database.holds_other_tables(connection):
            message = "is not a store of lookback: another program's tables are in it"
            raise InputError([Problem(self._database.name, 0, "", message, "不是本程序的数据库文件,未作改动")])
        return version

    def _migrate(self) -> None:
        """Bring an older store to this schema, after a backup of it beside the file."""
        if self._current or not self._database.exists():
            return
        with self._errors(), self._database.engine.begin() as connection:
            version = self._version(connection)
        self._current = version == SCHEMA_VERSION
        if version in {0, SCHEMA_VERSION}:
            return
        write_new(self._spare_name(version), self._database.copy)
        with self._errors(), self._database.engine.execution_options(writing=True).begin() as connection:
            for old in range(self._version(connection), SCHEMA_VERSION):  # another process may have been faster
                MIGRATIONS[old](connection)
                self._database.set_version(connection, old + 1)

    def _spare_name(self, version: int) -> Path:
        stem = f"{self._path.stem}.schema-{version}"
        names = (self._path.with_name(f"{stem}{'' if k == 1 else f'-{k}'}.db") for k in range(1, 10_000))
        return next(name for name in names if not os.path.lexists(name))


_OUTCOMES = sql.select(OUTCOMES).order_by(OUTCOMES.c.entry)


def _document(plan_id: str | None, revision: int | None = None) -> sql.Select[tuple[str]]:
    """The documents of plans: the latest first, of one day or of all."""
    query = sql.select(PLANS.c.document)
    if plan_id is None:
        query = query.order_by(PLANS.c.saved_at.desc(), PLANS.c.revision.desc())
    else:
        query = query.where(PLANS.c.plan_id == plan_id).order_by(PLANS.c.revision.desc())
    return query if revision is None else query.where(PLANS.c.revision == revision)


def _mark(connection: sql.Connection) -> Mark:
    counts = (connection.scalar(sql.select(sql.func.count()).select_from(table)) for table in (EVENTS, OUTCOMES))
    return Mark(*(count or 0 for count in counts))


def _identity(outcome: Outcome) -> tuple[str, str, int]:
    return outcome.plan_id, outcome.lookback_id, outcome.revision


def _row(recorded: RecordedOutcome) -> dict[str, Any]:
    outcome = recorded.outcome
    return {
        "plan_id": outcome.plan_id,
        "lookback_id": outcome.lookback_id,
        "revision": outcome.revision,
        "entry": recorded.entry,
        "recorded_at": recorded.recorded_at,
        "author": recorded.author,
        "command": recorded.command,
        "document": records.to_json([outcome]),
    }


def _recorded(row: sql.Row[Any]) -> RecordedOutcome:
    (outcome,) = records.from_json(row.document, file="lookback.db")
    return RecordedOutcome(outcome, row.recorded_at, row.author, row.command, row.entry)


def _audit(connection: sql.Connection, author: str, command: str, done: str) -> None:
    connection.execute(AUDIT.insert().values(at=_now(), author=author, command=command, done=done))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
