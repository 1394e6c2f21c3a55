"""Finding by the beginning of a text, so that an index serves it on both databases."""

from typing import Any

from sqlalchemy import Boolean, Index
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.functions import FunctionElement

LAST_CHARACTER = "\U0010ffff"


def name_index(name: str, column: str) -> Index:
    """An index that a search by the beginning can use: PostgreSQL compares by the locale unless it is told otherwise,
    SQLite by code points already."""
    return Index(name, column, postgresql_ops={column: "text_pattern_ops"})


class BeginsWith(FunctionElement[bool]):
    """Clauses: the column, a LIKE pattern, and the range of texts in question."""

    type = Boolean()
    inherit_cache = True


def begins_with(column: InstrumentedAttribute[Any], text: str) -> BeginsWith:
    """The column begins with exactly this text; wild cards in it are plain characters."""
    plain = text.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return BeginsWith(column, f"{plain}%", text, text + LAST_CHARACTER)


@compiles(BeginsWith)
def as_like(element: BeginsWith, compiler: Any, **options: Any) -> str:
    column, pattern, _first, _last = element.clauses
    return f"{compiler.process(column, **options)} LIKE {compiler.process(pattern, **options)} ESCAPE '/'"


@compiles(BeginsWith, "sqlite")
def as_range(element: BeginsWith, compiler: Any, **options: Any) -> str:
    """SQLite's LIKE takes no notice of case and so of no index: the same question, asked as a range."""
    asked, _pattern, *ends = element.clauses
    column, first, last = (compiler.process(one, **options) for one in (asked, *ends))
    return f"({column} >= {first} AND {column} < {last})"
