"""What the store asks of a database: a protocol with one file a member."""

from __future__ import annotations

import getpass
import os
import platform
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    import sqlalchemy as sql
    from sqlalchemy.exc import DBAPIError

    from planner.errors import LookbackError

WAIT_SECONDS = 5
"""For a writer that is in the middle of a transaction."""


class Database(Protocol):
    """Where the tables are, and what is particular to that kind of database."""

    name: str
    """What messages call it; no password in it."""
    engine: sql.Engine

    def exists(self) -> bool:
        """Whether there is anything to read yet."""

    def create(self) -> None:
        """Make the place for the tables, if there is none."""

    def version(self, connection: sql.Connection) -> int:
        """The schema version written there; 0 when there is none."""

    def set_version(self, connection: sql.Connection, version: int) -> None:
        """Write the schema version."""

    def holds_other_tables(self, connection: sql.Connection) -> bool:
        """Whether a place without a schema version is in use by another program."""

    def locked(self) -> AbstractContextManager[None]:
        """Keep every other writer away; who comes second is told at once who came first."""

    def copy(self, target: Path) -> None:
        """Everything, as of one moment, into a new SQLite file."""

    def error(self, problem: DBAPIError) -> LookbackError:
        """What the driver says, for the person who can mend it."""


def holder() -> str:
    """Who is at work here, for the person who has to wait: user, computer and process."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user id without a name
        user = "unknown user"
    return f"{user}@{platform.node()}, process {os.getpid()}"
