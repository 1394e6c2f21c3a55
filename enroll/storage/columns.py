"""Column types and constraints that make the database refuse what the program would refuse."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, Dialect, Text, event
from sqlalchemy.orm import ColumnProperty, QueryableAttribute
from sqlalchemy.types import TypeDecorator

from enroll.storage.database import Base
from enroll.storage.sealing import seal, unseal


class UtcMoment(TypeDecorator[datetime]):
    """An aware moment, kept as UTC on both databases. A naive datetime is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@event.listens_for(Base, "attribute_instrument", propagate=True)
def _in_utc_from_the_start(_record: type, _key: str, attribute: QueryableAttribute[Any]) -> None:
    """A moment reads the same before it has been to the database and after: what is frozen from it must not differ."""
    told = attribute.property
    if isinstance(told, ColumnProperty) and isinstance(told.columns[0].type, UtcMoment):
        event.listen(attribute, "set", _as_utc, retval=True)


def _as_utc(_record: object, value: Any, _before: object, _event: object) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo is not None else value


class SealedText(TypeDecorator[str]):
    """Text encrypted with the newest field key, readable with any of them."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else seal(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else unseal(value)


def whole(column: str, low: int, high: int) -> tuple[Any, ...]:
    """An integer within bounds. SQLite would keep 'abc' in an INTEGER column, and 'abc' >= 60 is true there."""
    return (
        CheckConstraint(f"{column} BETWEEN {low} AND {high}", name=f"{column}_range"),
        CheckConstraint(f"{column} IS NULL OR typeof({column}) = 'integer'", name=f"{column}_is_integer").ddl_if(
            dialect="sqlite"
        ),
    )


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def at_most(column: str, characters: int) -> CheckConstraint:
    """SQLite ignores the length of a String column."""
    return CheckConstraint(f"length({column}) <= {characters}", name=f"{column}_length")
