"""Writing late and together: while the demonstration is loaded, what a service has changed is written when a statement
asks about one of the changed tables, and not before every statement. Nobody sees a difference but the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Mapper, ORMExecuteState, Session
from sqlalchemy.sql import visitors

from enroll.storage.database import Base

Tables = frozenset[str]
EVERY_TABLE: Tables = frozenset(Base.metadata.tables)


@contextmanager
def written_when_asked(session: Session) -> Iterator[None]:
    """Inside, a read of tables that nothing pending belongs to goes to the database without a flush before it."""
    asked: dict[Any, Tables] = {}

    def look(state: ORMExecuteState) -> None:
        statement: Any = state.statement
        key = statement._generate_cache_key()  # the very key that finds the compiled statement next
        if key is None or state.is_insert:
            return
        tables = asked.get(key.key)
        if tables is None:
            tables = asked[key.key] = _tables_of(statement)
        if not _pending(session) & tables:
            state.update_execution_options(autoflush=False)

    event.listen(session, "do_orm_execute", look)
    try:
        yield
    finally:
        event.remove(session, "do_orm_execute", look)


def _pending(session: Session) -> Tables:
    changed = {type(one) for one in session.new}
    changed.update(type(state.obj()) for state in session.identity_map._modified)
    changed.update(type(one) for one in session.deleted)
    return frozenset(str(one.__table__.name) for one in changed if hasattr(one, "__table__"))


def _tables_of(statement: Any) -> Tables:
    """The tables a statement may read, with those of what it loads along; all, where that cannot be told."""
    found, mappers = set[str](), set[Mapper[Any]]()
    for element in visitors.iterate(statement):
        table: Any = getattr(element, "table", element)
        if getattr(table, "__visit_name__", "") == "table":
            found.add(str(table.name))
        annotated = getattr(element, "_annotations", {})
        for name in ("parententity", "parentmapper"):
            mapper = getattr(annotated.get(name), "mapper", None)
            if mapper is not None:
                mappers.add(mapper)
    for mapper in mappers:
        found |= _loaded_along(mapper)
    for option in getattr(statement, "_with_options", ()):
        for element in getattr(option, "context", ()):
            for step in element.path.path[1::2]:
                if not hasattr(step, "mapper"):
                    return EVERY_TABLE
                found |= _loaded_along(step.mapper)
    return frozenset(found) or EVERY_TABLE


@cache
def _loaded_along(mapper: Mapper[Any]) -> Tables:
    """The mapper's own table and those of the relationships that are always loaded with it."""
    found = {str(mapper.local_table.name)}  # type: ignore[attr-defined]
    for relation in mapper.relationships:
        if relation.lazy == "joined":
            found |= _loaded_along(relation.mapper)
    return frozenset(found)
