"""What many tests begin with is built once: whoever builds the same on the same ground gets a copy of what it left.

A builder marked @built_once depends on nothing but the rows that stand, the moment, and its arguments. Every statement
that writes is noted while a test runs, so it is known what stands; when a builder is called again on the same ground,
its rows and files are brought back. That costs a few milliseconds where building costs a hundred; the rows are put off
until somebody asks the database: of five builders in a row only what the last one left is brought back.
"""

import shutil
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import wraps
from pathlib import Path
from threading import Lock, current_thread, main_thread
from typing import Any, TypeVar

from flask import Flask, current_app, has_request_context
from sqlalchemy import Connection, event, inspect
from sqlalchemy.engine import Engine
from sqlalchemy.orm import InstanceState, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.pool import QueuePool

from enroll.storage.database import db
from tests.databases import SQLITE, Databases

MOST_KEPT = 100
"""Worlds of one kind of database in one process; a SQLite file of the tests has 1.5 MB."""
WORTH_KEEPING = 10
"""Statements that write: a builder that has so many is kept at once, another one when it is called again."""
PLAIN = (str, int, float, bytes, date, datetime, time, timedelta, Enum, type(None))
READING = ("SELECT", "BEGIN", "PRAGMA", "ROLLBACK", "SAVEPOINT", "RELEASE", "SHOW", "EXPLAIN")
Builder = TypeVar("Builder", bound=Callable[..., Any])


class CannotTell(Exception):
    """Raised for a value of which it is not known whether two are the same."""


@dataclass(frozen=True)
class Row:
    """Which row an object of a model stands for."""

    model: type[Any]
    identity: tuple[Any, ...]


@dataclass(frozen=True)
class World:
    """What a builder left: the name of the kept database, its files, what it gave, and what then stands."""

    name: str
    files: Path | None
    given: Any
    ground: int


EMPTY = World("", None, None, 0)


class Worlds:
    """The worlds of one kind of database in this process. One test at a time `stands` on them."""

    def __init__(self, kind: str, databases: Databases):
        self.kind, self.databases = kind, databases
        self.kept: OrderedDict[Any, World] = OrderedDict()
        self.seen: Counter[Any] = Counter()
        self.made = self.writes = 0
        self.ground = 0
        self.awaited: World | None = None
        self.building = False
        self.settling = Lock()
        self.files = Path()

    def begin(self, app: Flask) -> None:
        """An empty database once somebody asks it, and nobody has written."""
        self.ground, self.awaited, self.files = 0, EMPTY, Path(app.config["UPLOAD_DIR"])

    def note(self, statement: str, parameters: Any) -> None:
        """Something is written: another ground, and the same one for whoever writes the same."""
        self.writes += 1
        many = isinstance(parameters, list) and len(parameters) > 500
        self.ground = hash((self.ground, statement, id(parameters) if many else repr(parameters)))

    def settle(self) -> None:
        """Bring back what is awaited. Called before anybody gets a connection; all others wait meanwhile."""
        with self.settling:
            if self.awaited is not None:
                world, self.awaited = self.awaited, None
                if world is EMPTY:
                    self.databases.empty(self.kind)
                else:
                    self.databases.bring_back(self.kind, world.name)

    def call(self, builder: Callable[..., Any], args: tuple[Any, ...], more: dict[str, Any]) -> Any:
        session = db.session()
        alone = current_thread() is main_thread() and not has_request_context()
        if self.building or not alone or "transaction" in session.info:
            return builder(*args, **more)
        if session.new or session.dirty or session.deleted:
            return builder(*args, **more)
        try:
            asked = known((args, more))
        except CannotTell:
            return builder(*args, **more)
        key = (self.ground, builder, asked, current_app.extensions["clock"].now())
        if world := self.kept.get(key):
            self.kept.move_to_end(key)
            return self.stand_on(world)
        self.seen[key] += 1
        before, self.building = self.writes, True
        try:
            given = builder(*args, **more)
        finally:
            self.building = False
        if self.writes - before >= WORTH_KEEPING or self.seen[key] > 1:
            self.keep(key, given)
        return given

    def stand_on(self, world: World) -> Any:
        db.session.rollback()
        if self.kind == SQLITE:
            db.engine.dispose()  # the file is replaced
        self.awaited, self.ground = world, world.ground
        shutil.rmtree(self.files, ignore_errors=True)
        if world.files:
            shutil.copytree(world.files, self.files)
        return object_of(world.given)

    def keep(self, key: Any, given: Any) -> None:
        session = db.session()
        try:
            remembered = known(given)
        except CannotTell:
            return
        if session.new or session.dirty or session.deleted:
            return
        session.rollback()
        self.made += 1
        name, files = f"world{self.made}", None
        self.databases.keep(self.kind, name)
        if self.files.exists():
            files = self.databases.run_folder / f"files-{name}-{self.kind}-{self.databases.worker}"
            shutil.copytree(self.files, files)
        self.kept[key] = World(name, files, remembered, self.ground)
        if len(self.kept) > MOST_KEPT:
            _, oldest = self.kept.popitem(last=False)
            self.databases.forget(self.kind, oldest.name)
            if oldest.files:
                shutil.rmtree(oldest.files)


STANDING: list[Worlds] = []
"""The worlds of the test that runs, if it has a database."""


def built_once(builder: Builder) -> Builder:
    @wraps(builder)
    def call(*args: Any, **more: Any) -> Any:
        return STANDING[-1].call(builder, args, more) if STANDING else builder(*args, **more)

    return call  # type: ignore[return-value]


class PatientPool(QueuePool):
    """Whoever wants a connection gets it once the awaited world has been brought back."""

    def connect(self) -> Any:
        if STANDING:
            STANDING[-1].settle()
        return super().connect()


@event.listens_for(Engine, "before_cursor_execute")
def _note_writing(
    connection: Connection, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
) -> None:
    if STANDING and not statement.startswith(READING) and isinstance(connection.engine.pool, PatientPool):
        STANDING[-1].note(statement, parameters)


def known(value: Any) -> Any:
    """Something that is equal for values that are the same, and from which `object_of` makes them again."""
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, list | tuple):
        return (type(value) if type(value) in (list, tuple) else tuple, *map(known, value))
    if isinstance(value, dict):
        return (dict, *((known(name), known(one)) for name, one in value.items()))
    if isinstance(value, frozenset | set):
        return (type(value), frozenset(map(known, value)))
    state = inspect(value, raiseerr=False)
    if isinstance(state, InstanceState):
        if state.identity is None:
            raise CannotTell(value)
        return Row(type(value), state.identity)
    if is_dataclass(value) and not isinstance(value, type):
        return (type(value), *((field.name, known(getattr(value, field.name))) for field in fields(value)))
    if not callable(value) and not getattr(value, "__dict__", True):
        return (type(value),)
    raise CannotTell(value)


def object_of(value: Any) -> Any:
    """The value of which `known` was told; rows belong to the present session, and are read when they are looked at."""
    if isinstance(value, Row):
        return _row(value)
    if not isinstance(value, tuple):
        return value
    made, parts = value[0], value[1:]
    if made in (list, tuple):
        return made(map(object_of, parts))
    if made is dict:
        return {object_of(name): object_of(one) for name, one in parts}
    if made in (set, frozenset):
        return made(map(object_of, parts[0]))
    return made(**{name: object_of(one) for name, one in parts})


def _row(row: Row) -> Any:
    session = db.session()
    mapper = inspect(row.model)
    if (there := session.identity_map.get(mapper.identity_key_from_primary_key(row.identity))) is not None:
        return there
    made = mapper.class_manager.new_instance()
    for column, part in zip(mapper.primary_key, row.identity, strict=True):
        set_committed_value(made, mapper.get_property_by_column(column).key, part)
    make_transient_to_detached(made)
    session.add(made)
    return made
