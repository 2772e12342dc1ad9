"""
SQLite: one file beside the tables, which is all there is to copy.

A rollback journal and full synchronisation; the lock lies on a file beside it.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sql
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from planner.errors import InputError, LookbackError, Problem, StoreError
from planner.store.database import WAIT_SECONDS, holder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.exc import DBAPIError


class SqliteFile:
    """A file in the workspace."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path
        url = sql.URL.create("sqlite", database=str(path))  # a folder may be called anything, also a?b
        self.engine = sql.create_engine(url, connect_args={"timeout": WAIT_SECONDS})
        event.listen(self.engine, "connect", _prepare)
        event.listen(self.engine, "begin", _begin)

    def exists(self) -> bool:
        return self._path.exists()

    def create(self) -> None:
        """Make the file, if there is none, so that only its owner can read it from the first moment on."""
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as problem:
            raise StoreError(f"{self._path}: cannot be written: {problem.strerror} | 无法写入") from problem

    def version(self, connection: sql.Connection) -> int:
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar() or 0)

    def set_version(self, connection: sql.Connection, version: int) -> None:
        connection.exec_driver_sql(f"PRAGMA user_version = {version:d}")

    def holds_other_tables(self, connection: sql.Connection) -> bool:
        return bool(connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar())

    @contextmanager
    def locked(self) -> Iterator[None]:
        """The kernel frees the lock however this process ends."""
        lock = self._path.with_name(self._path.name + ".lock")
        try:
            descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as problem:
            raise StoreError(f"{lock}: cannot be written: {problem.strerror} | 无法写入") from problem
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                who = os.read(descriptor, 200).decode("utf-8", "replace").strip() or "another process"
                message = f"in use by {who}; try again when it has finished | 正被 {who} 占用,请待其结束后再试"
                raise StoreError(f"{self._path}: {message}") from None
            try:
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, f"{holder()}\n".encode(), 0)
            except OSError as problem:
                raise StoreError(f"{lock}: cannot be written: {problem.strerror} | 无法写入") from problem
            yield
        finally:
            os.close(descriptor)

    def copy(self, target: Path) -> None:
        with closing(sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("VACUUM INTO ?", (str(target),))

    def error(self, problem: DBAPIError) -> LookbackError:
        if isinstance(problem, OperationalError):
            return StoreError(f"{self._path}: {problem.orig} | 数据库无法读写")
        message = f"is not a store of lookback: {problem.orig}"
        return InputError([Problem(self.name, 0, "", message, "不是本程序的数据库文件,未作改动")])


def _prepare(connection: Any, _record: Any) -> None:
    # The journal is left as it is: a new file has a rollback journal, and a newer version's file is not to be touched.
    connection.isolation_level = None  # the driver must not open transactions of its own
    for pragma in ("synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sql.Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
