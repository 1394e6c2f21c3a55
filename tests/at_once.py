"""Several people pressing at the same moment, on the real database."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Barrier, BrokenBarrierError
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.engine import Connection, Engine

from enroll.storage import database


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Run each act in a thread and context of its own, all let go together; gives what each returned or raised.

    at_once(app, *[lambda: submit("A2701-0001", by=ana, now=NOON)] * 20)
    """
    ready = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        with app.app_context():
            ready.wait(timeout=30)
            try:
                return act()
            except Exception as error:
                return error

    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(run, acts))


@contextmanager
def without_locks(monkeypatch: pytest.MonkeyPatch, *services: ModuleType, people: int = 2) -> Iterator[None]:
    """What would happen without the locks: these services read a record without one, and everybody has read it before
    anybody writes; SQLite lets all of them begin."""
    all_have_read = Barrier(people)

    def read(session: Any, model: Any, *conditions: Any) -> Any:
        found = session.scalars(select(model).where(*conditions)).one()
        with suppress(BrokenBarrierError):
            all_have_read.wait(timeout=10)
        return found

    def begin(connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")

    for one in services:
        monkeypatch.setattr(one, "lock", read)
    event.remove(Engine, "begin", database._lock_first_when_writing)
    event.listen(Engine, "begin", begin)
    try:
        yield
    finally:
        event.remove(Engine, "begin", begin)
        event.listen(Engine, "begin", database._lock_first_when_writing)
