"""
What the store holds, the same in every database: plans, events and outcomes that are only ever added, and who did what.

No row is ever changed or removed. ``SCHEMA_VERSION`` counts the shapes that the tables have had; a store of an
earlier shape is brought to this one by ``MIGRATIONS``, a store of a later one is not touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sql

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SCHEMA_VERSION = 2

METADATA = sql.MetaData()

PLANS = sql.Table(
    "plans",
    METADATA,
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

EVENTS = sql.Table(
    "events",
    METADATA,
    sql.Column("event_id", sql.Integer, primary_key=True),
    sql.Column("recorded_at", sql.Text, nullable=False),
    sql.Column("author", sql.Text, nullable=False),
    sql.Column("command", sql.Text, nullable=False),
    sql.Column("document", sql.Text, nullable=False),
    sql.CheckConstraint("length(document) > 0"),
    sqlite_strict=True,
)

OUTCOMES = sql.Table(
    "outcomes",
    METADATA,
    sql.Column("plan_id", sql.Text, primary_key=True),
    sql.Column("lookback_id", sql.Text, primary_key=True),
    sql.Column("revision", sql.Integer, primary_key=True),
    sql.Column("entry", sql.Integer, primary_key=True),
    # 1, and one more for each entry that completes or corrects the one before; the highest counts.
    sql.Column("recorded_at", sql.Text, nullable=False),
    sql.Column("author", sql.Text, nullable=False),
    sql.Column("command", sql.Text, nullable=False),
    sql.Column("document", sql.Text, nullable=False),
    sql.CheckConstraint("revision >= 1 AND entry >= 1"),
    sql.CheckConstraint("length(document) > 0"),
    sqlite_strict=True,
)

AUDIT = sql.Table(
    "audit",
    METADATA,
    sql.Column("audit_id", sql.Integer, primary_key=True),
    sql.Column("at", sql.Text, nullable=False),
    sql.Column("author", sql.Text, nullable=False),
    sql.Column("command", sql.Text, nullable=False),
    sql.Column("done", sql.Text, nullable=False),
    sqlite_strict=True,
)


def _events_outcomes_audit(connection: sql.Connection) -> None:
    METADATA.create_all(connection, tables=[EVENTS, OUTCOMES, AUDIT])


MIGRATIONS: Mapping[int, Callable[[sql.Connection], None]] = {1: _events_outcomes_audit}
"""How a store of a schema version becomes one of the next."""
