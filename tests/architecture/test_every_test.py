"""What every test relies on: an empty database, a clock that stands, requests that stand alone."""

from datetime import timedelta

import pytest
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from enroll.storage.counters import next_number
from enroll.storage.database import Base, db, transaction
from enroll.storage.outbox import OutboxEntry
from tests.at_once import at_once
from tests.conftest import NOON


def an_entry() -> OutboxEntry:
    return OutboxEntry(event="Something", details={}, happened_at=NOON)


def rows_by_table(session):
    tables = Base.metadata.sorted_tables
    return {table.name: session.scalar(select(func.count()).select_from(table)) for table in tables}


def test_a_database_is_emptied_down_to_its_append_only_rows_and_its_numbers(app, database, databases):
    as_delivered = rows_by_table(db.session)
    with transaction() as session:
        session.add(an_entry())
        next_number(session, "A")
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(text("DELETE FROM outbox_entry"))
    db.session.remove()
    db.engine.dispose()

    databases.empty(database)

    assert rows_by_table(db.session) == as_delivered
    with transaction() as session:
        session.add(entry := an_entry())
        session.flush()
        assert entry.id == 1, "numbers start again"


def test_a_database_is_emptied_also_of_somebody_who_left_a_transaction_open(app, database, databases):
    if database == "sqlite":
        return  # the file is put aside whole, whoever still reads the old one
    forgotten = db.engine.connect()
    forgotten.execute(text("LOCK TABLE outbox_entry"))

    databases.empty(database)

    with transaction() as session:
        session.add(an_entry())
    forgotten.invalidate()


def test_tests_run_on_the_database_that_they_say(app, database):
    assert db.engine.dialect.name == database
    assert "outbox_entry" in inspect(db.engine).get_table_names()


def test_the_clock_stands_until_it_is_set(app, clock):
    assert clock.now() == clock.now() == NOON
    clock.set(NOON + timedelta(days=1))
    assert app.extensions["clock"].now() == NOON + timedelta(days=1)


def test_everyone_presses_at_the_same_moment(app):
    def take():
        with transaction() as session:
            return next_number(session, "A")

    assert sorted(at_once(app, *[take] * 5)) == [1, 2, 3, 4, 5]


def test_a_request_sees_nothing_of_the_test_around_it(app, client, session):
    with transaction():
        session.add(an_entry())
    assert client.get("/healthz").status_code == 200
    session.add(an_entry())
    with pytest.raises(AssertionError, match="commit what was built"):
        client.get("/healthz")
    session.rollback()
