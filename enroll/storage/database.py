"""The session, and the only line in the program that commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from sqlite3 import Connection as SqliteConnection
from typing import Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, MetaData, event, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

from enroll.foundation.problems import NotFound

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
WRITING_ATTEMPTS = 4

Record = TypeVar("Record")
Answer = TypeVar("Answer")


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Base)

# Called, in order, just before the outermost commit: the audit chain takes its head last, after every other lock.
BEFORE_COMMIT: list[Callable[[Session], None]] = []


@contextmanager
def transaction() -> Iterator[Session]:
    """All or nothing. A transaction opened inside another joins it; the outermost commits."""
    session = db.session()
    if "transaction" in session.info:
        yield session
        return
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was changed outside a transaction")
    session.rollback()  # forget what was read before; it is read again under the lock
    session.info["transaction"] = {}
    try:
        session.connection(execution_options={"writing": True})
        yield session
        for finish in BEFORE_COMMIT:
            finish(session)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("transaction", None)


def notes(session: Session) -> dict[str, Any]:
    """What the open transaction carries for its last step (the audit rows); gone with it."""
    carried: dict[str, Any] = session.info["transaction"]
    return carried


def let_go(session: Session) -> None:
    """Forget what was read and free the connection before something slow. Inside a transaction nothing is let go."""
    if "transaction" not in session.info:
        session.rollback()


def lock(session: Session, model: type[Record], *conditions: Any) -> Record:
    """Read one record afresh under its row lock (SQLite: the writer's lock is already ours). Raises NotFound.

    On PostgreSQL FOR NO KEY UPDATE: two that lock the same row still wait for each other, but a row that merely names
    it by a foreign key may be written meanwhile. With FOR UPDATE, whoever writes a ledger row would wait for the
    enrolment that somebody else has locked, who in turn waits for the balance: a deadlock.
    """
    wanted = select(model).where(*conditions).with_for_update(of=model, key_share=True)
    found = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(model.__name__)
    return found


def again_if_crowded(act: Callable[[], Answer]) -> Answer:
    """Run a whole act, and again when the database asks for it (serialisation, deadlock, locked). Used by web and jobs,
    nowhere else: inside a transaction there is nothing left to retry."""
    for attempt in range(WRITING_ATTEMPTS):
        try:
            return act()
        except DBAPIError as error:
            if attempt == WRITING_ATTEMPTS - 1 or not _worth_another_try(error):
                raise
    raise AssertionError("unreachable")


def _worth_another_try(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlstate", None)
    return code in {"40001", "40P01"} or (isinstance(error, OperationalError) and "locked" in str(error.orig))


@event.listens_for(Engine, "connect")
def _leave_begin_to_us(connection: Any, _record: Any) -> None:
    if isinstance(connection, SqliteConnection):
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")  # readers do not stop the writer
        connection.execute("PRAGMA synchronous = FULL")  # what was acknowledged survives a power cut
        connection.execute("PRAGMA busy_timeout = 5000")


@event.listens_for(Engine, "begin")
def _lock_first_when_writing(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
