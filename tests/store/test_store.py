"""The store in every kind of database: rows that are only added, one writer at a time, and nothing half written."""

import os
import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sql
import towns

from planner.errors import InputError, Overtaken, StoreError
from planner.outcomes import OutcomeKind
from planner.plan import numbered
from planner.plan_json import to_json
from planner.store import SCHEMA_VERSION, Store
from planner.store.tables import MIGRATIONS

ME = {"author": "王", "command": "lookback record"}


def saved(store, plan, command="lookback plan"):
    """Number and save a plan, as the command line does."""
    with store.locked():
        following = store.number(plan)
        store.save(following, command)
    return following


def again(plan):
    """Another plan of the same day."""
    return replace(plan, bound=None)


# Revisions


def test_plan_comes_back_as_it_was_saved(store, plan):
    saved(store, plan)
    assert store.load() == store.load("2026-11-24") == store.load("2026-11-24", 1) == plan


def test_same_plan_saved_twice_is_one_revision(store, plan):
    assert saved(store, plan) == saved(store, plan)
    assert [row.revision for row in store.saved()] == [1]


def test_another_plan_of_the_day_is_the_next_revision_of_it(store, plan):
    saved(store, plan)
    second = saved(store, again(plan))
    assert (second.revision, second.parent) == (2, 1)
    assert store.load("2026-11-24") == second
    assert store.load("2026-11-24", 1) == plan


def test_returning_to_an_earlier_plan_is_a_revision_of_its_own(store, plan):
    """What was published last is what holds, also when it was published before."""
    for made in (plan, again(plan), plan):
        saved(store, made)
    assert [row.revision for row in store.saved()] == [1, 2, 3]
    assert store.load().parent == 2


def test_days_are_numbered_apart(store, plan):
    other = replace(plan, plan_id="2026-11-25", horizon=(towns.DAY + timedelta(days=1),))
    assert [saved(store, each).revision for each in (plan, other, again(plan))] == [1, 1, 2]
    assert store.load() == store.load("2026-11-24", 2)


def test_saved_revision_is_never_changed(store, plan):
    saved(store, plan)
    with pytest.raises(StoreError, match="plan again"):
        store.save(numbered(again(plan), 1, None), "lookback plan")
    assert store.load() == plan


def test_list_of_plans_says_when_and_by_which_command(store, plan):
    saved(store, plan, "lookback plan 2026-11-24 --steps 2")
    (row,) = store.saved()
    assert row.command == "lookback plan 2026-11-24 --steps 2"
    assert row.saved_at.startswith("20")
    assert row.saved_at.endswith("+00:00")


def test_unknown_plan_is_named_beside_the_known_ones(store, plan):
    saved(store, plan)
    with pytest.raises(InputError, match=r"does not hold plan 2026-12-01; it holds: 2026-11-24"):
        store.load("2026-12-01")
    with pytest.raises(InputError, match=r"does not hold plan 2026-11-24 revision 7"):
        store.load("2026-11-24", 7)


def test_nothing_is_made_by_reading(store, place, plan):
    with pytest.raises(InputError, match="holds no plan yet"):
        store.load()
    assert store.saved() == store.events() == store.outcomes() == store.audit() == ()
    assert store.number(plan).revision == 1
    assert not place.path.exists()


# Events


def test_events_come_back_in_the_order_in_which_they_were_recorded(store):
    first = store.add_events(['{"a": 1}', '{"b": "沪"}'], author="王", command="lookback reschedule")
    second = store.add_events(['{"a": 1}'], author="李", command="lookback reschedule")
    assert store.events() == first + second
    assert [event.event_id for event in store.events()] == [1, 2, 3]
    assert [event.author for event in store.events()] == ["王", "王", "李"]
    assert all(event.recorded_at.endswith("+00:00") for event in store.events())


def test_events_are_recorded_all_or_none(store):
    def documents():
        yield "{}"
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        store.add_events(documents(), **ME)
    assert store.events() == ()


# Outcomes


def test_outcome_comes_back_as_it_was_recorded(store, outcome):
    assert store.add_outcomes([outcome], **ME) == ((outcome,), (), ())
    (recorded,) = store.outcomes()
    assert (recorded.outcome, recorded.author, recorded.command, recorded.entry) == (
        outcome,
        "王",
        "lookback record",
        1,
    )


def test_same_outcome_again_changes_nothing(store, outcome):
    store.add_outcomes([outcome], **ME)
    before = store.outcomes(), store.audit()
    assert store.add_outcomes([outcome], author="李", command="lookback record again") == ((), (outcome,), ())
    assert (store.outcomes(), store.audit()) == before


def test_another_outcome_of_the_same_visit_is_a_conflict_and_overwrites_nothing(store, outcome):
    store.add_outcomes([outcome], **ME)
    (recorded,) = store.outcomes()
    other = replace(outcome, kind=OutcomeKind.PARTLY)
    elsewhere = replace(outcome, lookback_id="LB-S2")
    intake = store.add_outcomes([other, elsewhere], **ME)
    assert intake == ((elsewhere,), (), ((other, recorded),))
    assert [row.outcome for row in store.outcomes()] == [outcome, elsewhere]


def test_correction_counts_and_what_it_corrects_is_kept(store, place, outcome):
    store.add_outcomes([outcome], **ME)
    other = replace(outcome, kind=OutcomeKind.PARTLY)
    assert store.add_outcomes([other], correcting=True, **ME).new == (other,)
    (recorded,) = store.outcomes()
    assert (recorded.outcome, recorded.entry) == (other, 2)
    copy = place.path.with_name("copy.db")
    store.backup(copy)
    assert [row[0] for row in rows(copy, "SELECT entry FROM outcomes ORDER BY entry")] == [1, 2]


def test_visit_under_way_is_completed_without_a_conflict(store, outcome):
    arrived = replace(outcome, left=None, kind=OutcomeKind.PARTLY)
    store.add_outcomes([arrived], **ME)
    assert store.add_outcomes([outcome], **ME).new == (outcome,)
    assert store.add_outcomes([arrived], **ME).conflicts
    assert [row.outcome for row in store.outcomes()] == [outcome]


def test_outcomes_of_each_revision_are_kept_apart(store, outcome):
    later = replace(outcome, revision=2, kind=OutcomeKind.SHUT)
    assert store.add_outcomes([outcome, later], **ME).new == (outcome, later)


def test_two_outcomes_of_one_visit_handed_in_together_are_a_conflict(store, outcome):
    other = replace(outcome, kind=OutcomeKind.SHUT)
    intake = store.add_outcomes([outcome, other], **ME)
    assert (intake.new, [conflict for conflict, _ in intake.conflicts]) == ((outcome,), [other])


# Who did what


def test_audit_names_who_did_what_by_which_command(store, plan, outcome):
    store.save(store.number(plan), "lookback plan", "王")
    store.add_events(["{}", "{}"], author="李", command="lookback reschedule")
    store.add_outcomes([outcome], author="张", command="lookback record")
    assert [line[1:] for line in store.audit()] == [
        ("王", "lookback plan", "plan 2026-11-24 revision 1"),
        ("李", "lookback reschedule", "events 1, 2"),
        ("张", "lookback record", "1 outcomes"),
    ]


# Copies


def test_backup_holds_everything_and_can_take_the_place_of_the_store(store, place, plan, outcome):
    saved(store, plan)
    store.add_events(["{}"], **ME)
    store.add_outcomes([outcome], **ME)
    copy = place.path.with_name("copy.db")
    store.backup(copy)
    assert copy.stat().st_mode & 0o777 == 0o600
    with Store(copy) as other:
        assert other.load() == plan
        assert everything_in(other) == everything_in(store)
        saved(other, again(plan))


def test_backup_replaces_no_file(store, place, plan):
    saved(store, plan)
    target = place.path.with_name("mine.txt")
    target.write_text("mine")
    with pytest.raises(InputError, match="never replaces"):
        store.backup(target)
    assert target.read_text() == "mine"


def test_backup_of_nothing_is_refused(store, place):
    with pytest.raises(InputError, match="nothing yet"):
        store.backup(place.path.with_name("copy.db"))
    assert list(place.path.parent.iterdir()) == []


def test_backup_into_a_folder_that_is_not_there(store, place, plan):
    saved(store, plan)
    with pytest.raises(StoreError, match="cannot be written"):
        store.backup(place.path.parent / "gone" / "copy.db")


# Schemas


def test_every_older_schema_can_be_migrated():
    assert sorted(MIGRATIONS) == list(range(1, SCHEMA_VERSION))


def test_store_of_schema_1_is_migrated_after_a_backup(place, plan):
    write_schema_1(place, plan)
    with place.open() as store:
        assert store.load() == plan
        assert store.events() == store.outcomes() == store.audit() == ()
        assert saved(store, again(plan)).revision == 2
    backup = place.path.with_name("lookback.schema-1.db")
    assert rows(backup, "PRAGMA user_version") == [(1,)]
    assert rows(backup, "SELECT plan_id, revision FROM plans") == [("2026-11-24", 1)]
    with place.open() as store:
        assert [row.revision for row in store.saved()] == [1, 2]
    assert {path.name for path in place.path.parent.iterdir()} <= {
        place.path.name, f"{place.path.name}.lock", backup.name,
    }  # fmt: skip


def test_earlier_backup_is_kept_when_another_is_made(place, plan):
    place.path.with_name("lookback.schema-1.db").write_text("an earlier one")
    write_schema_1(place, plan)
    with place.open() as store:
        assert store.load() == plan
    assert place.path.with_name("lookback.schema-1.db").read_text() == "an earlier one"
    assert rows(place.path.with_name("lookback.schema-1-2.db"), "PRAGMA user_version") == [(1,)]


def test_store_of_a_newer_program_is_left_alone(store, place, plan, outcome):
    saved(store, plan)
    with connected(place) as connection:
        set_version(place, connection, SCHEMA_VERSION + 1)
    with place.open() as ours:
        for ask in (
            *(ours.load, ours.saved, ours.events, ours.outcomes, ours.audit),
            lambda: ours.save(numbered(plan, 2, 1), "lookback plan"),
            lambda: ours.add_events(["{}"], **ME),
            lambda: ours.add_outcomes([outcome], **ME),
            lambda: ours.backup(place.path.with_name("copy.db")),
        ):
            with pytest.raises(InputError, match="newer version") as wrong:
                ask()
            assert wrong.value.problems[0].zh
    with connected(place) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM events").scalar() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM plans").scalar() == 1
    assert not place.path.with_name("copy.db").exists()


def test_tables_of_another_program_are_left_alone(place, plan):
    with connected(place) as connection:
        connection.exec_driver_sql("CREATE TABLE plans (gardening TEXT)")
    with place.open() as store:
        for ask in (store.load, store.saved, lambda: store.save(plan, "lookback plan")):
            with pytest.raises(InputError, match="another program's tables"):
                ask()
    with connected(place) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM plans").scalar() == 0


# Two planners


def test_second_planner_is_told_who_has_the_store(store, place, plan):
    saved(store, plan)
    with store.locked():
        start = time.monotonic()
        named = pytest.raises(StoreError, match=rf"in use by .+, process {os.getpid()};")
        with place.open() as other, named, other.locked():
            pass
        assert time.monotonic() - start < 1
    with store.locked(), place.open() as other:
        assert other.load() == plan
    saved(store, again(plan))


def test_lock_is_free_again_after_an_error(store, place):
    with pytest.raises(RuntimeError, match="at work"), store.locked():
        raise RuntimeError("at work")
    with place.open() as other, other.locked():
        pass


# What is recorded while a plan is made


def test_plan_and_event_are_not_saved_when_something_was_recorded_since(store, place, plan):
    """By another process, say; and they are when nothing was."""
    mark = store.mark()
    with place.open() as other, other.locked():  # whoever plans keeps nobody from recording
        store.add_events(['{"event": "unpin"}'], author="o", command="c", since=mark)
    for late in (
        lambda: store.save(plan, "c", since=mark),
        lambda: store.add_events(['{"event": "unpin"}'], author="o", command="c", since=mark),
    ):
        with pytest.raises(Overtaken, match="recorded meanwhile"):
            late()
    assert (store.saved(), len(store.events())) == ((), 1)
    store.save(plan, "c", since=store.mark())
    store.save(plan, "c", since=mark)  # the same again: nothing is to be done
    assert len(store.saved()) == 1


# What the tests above are made of


def everything_in(store):
    return store.saved(), store.events(), store.outcomes(), store.audit()


def rows(path, query):
    """What a SQLite file holds, asked without the program."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


@contextmanager
def connected(place):
    """A connection that knows nothing of the store."""
    address = f"sqlite:///{place.path}"
    if place.address:
        address = place.address.replace("postgresql://", "postgresql+psycopg://")
    engine = sql.create_engine(address)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def set_version(place, connection, version):
    if place.address is None:
        connection.exec_driver_sql(f"PRAGMA user_version = {version}")
    else:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS lookback_schema (version INTEGER NOT NULL)")
        connection.exec_driver_sql("DELETE FROM lookback_schema")
        connection.execute(sql.text("INSERT INTO lookback_schema VALUES (:version)"), {"version": version})


SCHEMA_1 = """
    CREATE TABLE plans (
        plan_id TEXT NOT NULL,
        revision INTEGER NOT NULL,
        parent INTEGER,
        saved_at TEXT NOT NULL,
        command TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        document TEXT NOT NULL,
        PRIMARY KEY (plan_id, revision),
        CHECK (revision >= 1),
        CHECK (parent IS NULL OR parent < revision),
        CHECK (length(document) > 0)
    )
"""
"""As the first version of the program made it; never to be changed here."""


def write_schema_1(place, plan):
    values = {"id": plan.plan_id, "print": plan.fingerprint, "document": to_json(plan)}
    with connected(place) as connection:
        connection.exec_driver_sql(SCHEMA_1 + ("STRICT" if place.address is None else ""))
        set_version(place, connection, 1)
        insert = "INSERT INTO plans VALUES (:id, 1, NULL, '2026-11-20T08:00:00+00:00', 'lookback', :print, :document)"
        connection.execute(sql.text(insert), values)
