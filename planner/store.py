"""
The store: every revision of every plan, in one file that only the program writes.

A saved revision is never changed. SQLite keeps it with a rollback journal and full synchronisation, so that the one
file is all there is to copy, and one process writes at a time: the lock names its holder.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import sqlalchemy as sql
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError, OperationalError

from planner.errors import InputError, Problem, StoreError
from planner.plan import Plan, from_json, numbered, to_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA_VERSION = 1
WAIT_SECONDS = 5

_metadata = sql.MetaData()
_plans = sql.Table(
    "plans",
    _metadata,
    sql.Column("plan_id", sql.Text, primary_key=True),
    sql.Column("revision", sql.Integer, primary_key=True),
    sql.Column("parent", sql.Integer),
    sql.Column("saved_at", sql.Text, nullable=False),
    sql.Column("command", sql.Text, nullable=False),
    sql.Column("fingerprint", sql.Text, nullable=False),
    sql.Column("document", sql.Text, nullable=False),
    sql.CheckConstraint("revision >= 1"),
    sql.CheckConstraint("parent IS NULL OR parent < revision"),
    sql.CheckConstraint("length(document) > 0"),
    sqlite_strict=True,
)


class Saved(NamedTuple):
    """A line of the list of plans."""

    plan_id: str
    revision: int
    saved_at: str
    command: str


class Store:
    """
    The plans of a workspace.

    Raises
    ------
    StoreError
        By every method: the file is locked, full or cannot be written.
    InputError
        By every method: the file is not a store, or of a newer version of the program; it is not touched.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        url = sql.URL.create("sqlite", database=str(path))  # a folder may be called anything, also a?b
        self._engine = sql.create_engine(url, connect_args={"timeout": WAIT_SECONDS})
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """
        Keep every other writer away until the end of the block.

        The lock lies on a file beside the store, so that the kernel frees it however this process ends.
        """
        lock = self._path.with_name(self._path.name + ".lock")
        try:
            descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as problem:
            raise StoreError(f"{lock}: cannot be written: {problem.strerror} | 无法写入") from problem
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                holder = os.read(descriptor, 100).decode("ascii", "replace").strip() or "another process"
                message = f"in use by {holder}; try again when it has finished | 正被 {holder} 占用,请待其结束后再试"
                raise StoreError(f"{self._path}: {message}") from None
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"process {os.getpid()}\n".encode(), 0)
            yield
        finally:
            os.close(descriptor)

    def number(self, plan: Plan) -> Plan:
        """The plan under the revision it will be saved as: the next one, or that of the same plan saved before."""
        latest = self.load(plan.plan_id) if self._exists(plan.plan_id) else None
        if latest is None:
            return numbered(plan, 1, None)
        if to_json(numbered(latest, 1, None)) == to_json(numbered(plan, 1, None)):
            return latest
        return numbered(plan, latest.revision + 1, latest.revision)

    def save(self, plan: Plan, command: str) -> None:
        """Append a numbered plan; saving the same revision again changes nothing."""
        row = {
            "plan_id": plan.plan_id,
            "revision": plan.revision,
            "parent": plan.parent,
            "saved_at": datetime.now(UTC).isoformat(timespec="microseconds"),
            "command": command,
            "fingerprint": plan.fingerprint,
            "document": to_json(plan),
        }
        self._create()
        with self._transaction() as connection:
            saved = connection.execute(_document(plan.plan_id, plan.revision)).scalar()
            if saved is None:
                connection.execute(_plans.insert().values(row))
            elif saved != row["document"]:
                message = f"revision {plan.revision} of {plan.plan_id} was saved by someone else meanwhile; plan again"
                raise StoreError(f"{self._path}: {message} | 该版本已由他人保存,请重新规划")

    def load(self, plan_id: str | None = None, revision: int | None = None) -> Plan:
        """A plan: by id and revision, or the latest revision, or the plan saved last."""
        query = sql.select(_plans.c.document).order_by(_plans.c.saved_at.desc(), _plans.c.revision.desc())
        if plan_id is not None:
            query = sql.select(_plans.c.document).where(_plans.c.plan_id == plan_id)
            query = query.order_by(_plans.c.revision.desc())
        if revision is not None:
            query = query.where(_plans.c.revision == revision)
        document = None
        if self._path.exists():
            with self._transaction() as connection:
                document = connection.execute(query.limit(1)).scalar()
        if document is None:
            wanted = f"plan {plan_id}" if plan_id else "a plan"
            wanted += f" revision {revision}" if revision else ""
            known = ", ".join(sorted({saved.plan_id for saved in self.saved()})) or "none yet"
            raise InputError(
                [Problem(str(self._path), 0, "", f"does not hold {wanted}; it holds: {known}", "没有该方案")]
            )
        return from_json(document, file=str(self._path))

    def saved(self) -> tuple[Saved, ...]:
        """Every revision, oldest first."""
        columns = (_plans.c.plan_id, _plans.c.revision, _plans.c.saved_at, _plans.c.command)
        query = sql.select(*columns).order_by(_plans.c.saved_at, _plans.c.plan_id, _plans.c.revision)
        if not self._path.exists():
            return ()
        with self._transaction() as connection:
            return tuple(Saved(*row) for row in connection.execute(query))

    def _exists(self, plan_id: str) -> bool:
        return any(saved.plan_id == plan_id for saved in self.saved())

    def _create(self) -> None:
        """Make the file, if there is none, so that only its owner can read it from the first moment on."""
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as problem:
            raise StoreError(f"{self._path}: cannot be written: {problem.strerror} | 无法写入") from problem

    @contextmanager
    def _transaction(self) -> Iterator[sql.Connection]:
        try:
            with self._engine.begin() as connection:
                self._check_version(connection)
                yield connection
        except OperationalError as problem:
            raise StoreError(f"{self._path}: {problem.orig} | 数据库无法读写") from problem
        except DatabaseError as problem:
            raise self._not_ours(f"is not a store of lookback: {problem.orig}") from problem

    def _check_version(self, connection: sql.Connection) -> None:
        version = connection.exec_driver_sql("PRAGMA user_version").scalar() or 0
        if version > SCHEMA_VERSION:
            message = f"was written by a newer version of lookback (schema {version}); it is not touched"
            raise InputError([Problem(str(self._path), 0, "", message, "数据库版本较新,未作改动")])
        if version == 0:
            if connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar():
                raise self._not_ours("is not a store of lookback: another program's tables are in it")
            _metadata.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _not_ours(self, message: str) -> InputError:
        return InputError([Problem(str(self._path), 0, "", message, "不是本程序的数据库文件,未作改动")])


def _document(plan_id: str, revision: int) -> sql.Select[tuple[str]]:
    return sql.select(_plans.c.document).where(_plans.c.plan_id == plan_id, _plans.c.revision == revision)


def _prepare(connection: Any, _record: Any) -> None:
    # The journal is left as it is: a new file has a rollback journal, and a newer version's file is not to be touched.
    connection.isolation_level = None  # the driver must not open transactions of its own
    for pragma in ("synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sql.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
