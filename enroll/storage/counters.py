"""Running numbers without holes or doubles: one row a series, counted by the database."""

from sqlalchemy import String, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from enroll.storage.columns import whole
from enroll.storage.database import Base


class Counter(Base):
    __tablename__ = "counter"
    __table_args__ = whole("last", 0, 999_999_999)

    series: Mapped[str] = mapped_column(String(40), primary_key=True)
    last: Mapped[int]


def next_number(session: Session, series: str) -> int:
    """The next number of a series, from 1. The row stays locked until the commit, so a rollback leaves no hole."""
    add_one = update(Counter).where(Counter.series == series).values(last=Counter.last + 1).returning(Counter.last)
    # No counter is ever held as an object: nothing in the session needs to hear of it.
    taken = session.execute(add_one.execution_options(synchronize_session=False)).scalar_one_or_none()
    if taken is not None:
        return int(taken)
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
    statement = insert(Counter).values(series=series, last=1)
    statement = statement.on_conflict_do_update(index_elements=["series"], set_={"last": Counter.last + 1})
    return int(session.execute(statement.returning(Counter.last)).scalar_one())


def next_reference(session: Session, letter: str, *, group: str = "", digits: int = 4) -> str:
    """'A2701-0187' with a group, 'F000187' without."""
    if group:
        return f"{letter}{group}-{next_number(session, letter + group):0{digits}d}"
    return f"{letter}{next_number(session, letter):06d}"
