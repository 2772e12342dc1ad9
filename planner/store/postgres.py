"""
PostgreSQL: one database for an office of several desks, named by ``LOOKBACK_DATABASE``.

The same tables as in the file; advisory locks take the place of the lock file and of SQLite's one writer at a time.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sql
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, DBAPIError

from planner.errors import InputError, LookbackError, Problem, StoreError
from planner.store.database import WAIT_SECONDS, holder
from planner.store.sqlite import SqliteFile
from planner.store.tables import METADATA

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PLANNER, _WRITER = 0x6C6F6F6B, 0x6261636B
"""The two advisory locks: for as long as a verb works, and for one transaction."""

_VERSION = sql.Table("lookback_schema", sql.MetaData(), sql.Column("version", sql.Integer, nullable=False))

_HOLDER = sql.text(
    "SELECT activity.application_name, activity.pid FROM pg_locks JOIN pg_stat_activity activity USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND objid = :key AND classid = 0 AND pg_locks.database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Postgres:
    """
    A database on a server.

    Raises
    ------
    InputError
        The address is not one of a PostgreSQL database, or the driver is not installed.
    """

    def __init__(self, address: str) -> None:
        try:
            url = sql.make_url(address)
        except (ArgumentError, ValueError):
            raise _wrong("is not a database address", "数据库地址有误") from None
        if url.get_backend_name() != "postgresql" or not url.database:
            raise _wrong("is not of the form postgresql://USER@HOST/DATABASE", "数据库地址有误")
        self.name = url.render_as_string(hide_password=True)
        arguments = {"application_name": holder()[:63], "connect_timeout": WAIT_SECONDS}
        try:
            self.engine = sql.create_engine(url.set(drivername="postgresql+psycopg"), connect_args=arguments)
        except ModuleNotFoundError:
            raise _wrong("needs a driver: pip install 'lookback[postgres]'", "缺少数据库驱动,请先安装") from None
        event.listen(self.engine, "begin", _begin)

    def exists(self) -> bool:
        return True

    def create(self) -> None:
        """A server's database is made by whoever runs the server."""

    def version(self, connection: sql.Connection) -> int:
        if connection.scalar(sql.select(sql.func.to_regclass(_VERSION.name))) is None:
            return 0
        return connection.scalar(sql.select(sql.func.max(_VERSION.c.version))) or 0

    def set_version(self, connection: sql.Connection, version: int) -> None:
        _VERSION.create(connection, checkfirst=True)
        connection.execute(_VERSION.delete())
        connection.execute(_VERSION.insert().values(version=version))

    def holds_other_tables(self, connection: sql.Connection) -> bool:
        return any(sql.inspect(connection).has_table(name) for name in METADATA.tables)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """The server frees the lock when the connection ends, however this process ends."""
        try:
            connection = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        except DBAPIError as problem:
            raise self.error(problem) from problem
        with closing(connection):
            try:
                if not connection.scalar(sql.select(sql.func.pg_try_advisory_lock(_PLANNER))):
                    who = connection.execute(_HOLDER, {"key": _PLANNER}).first()
                    name = (who.application_name or f"server process {who.pid}") if who else "another process"
                    message = f"in use by {name}; try again when it has finished | 正被 {name} 占用,请待其结束后再试"
                    raise StoreError(f"{self.name}: {message}")
            except DBAPIError as problem:
                raise self.error(problem) from problem
            try:
                yield
            finally:
                try:
                    connection.execute(sql.select(sql.func.pg_advisory_unlock(_PLANNER)))
                except DBAPIError:  # the server has gone, and the lock with it
                    connection.invalidate()

    def copy(self, target: Path) -> None:
        """Table by table, in one transaction that sees one moment."""
        copy = SqliteFile(target)
        copy.create()
        steady = self.engine.execution_options(isolation_level="REPEATABLE READ")
        try:
            with steady.begin() as source, copy.engine.begin() as sink:
                there = set(sql.inspect(source).get_table_names())
                tables = [table for table in METADATA.sorted_tables if table.name in there]  # an older schema has fewer
                METADATA.create_all(sink, tables=tables)
                for table in tables:
                    for rows in source.execute(sql.select(table)).mappings().partitions(100):
                        sink.execute(table.insert(), [dict(row) for row in rows])
                copy.set_version(sink, self.version(source))
        finally:
            copy.engine.dispose()

    def error(self, problem: DBAPIError) -> LookbackError:
        return StoreError(f"{self.name}: {str(problem.orig).strip()} | 数据库无法读写")


def _begin(connection: sql.Connection) -> None:
    options = connection.get_execution_options()
    if options.get("writing", False):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")


def _wrong(message: str, zh: str) -> InputError:
    return InputError([Problem("LOOKBACK_DATABASE", 0, "", message, zh)])
