"""
The store: plans, events and outcomes, in one place that only the program writes.

``store.py`` is what the program asks; ``tables.py`` what is held; ``sqlite.py`` and ``postgres.py`` the databases.
"""

from planner.store.store import Audited, Intake, Mark, RecordedEvent, RecordedOutcome, Saved, Store
from planner.store.tables import SCHEMA_VERSION

__all__ = ["SCHEMA_VERSION", "Audited", "Intake", "Mark", "RecordedEvent", "RecordedOutcome", "Saved", "Store"]
