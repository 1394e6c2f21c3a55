"""What every record with a lifecycle keeps: its version, and a row for each move it has made."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from enroll.storage.columns import UtcMoment


class Versioned:
    """`version` counts every change people could have missed; a form carries it back."""

    version: Mapped[int] = mapped_column(default=1)


class HistoryRow:
    """One move of one record. The column `state` of the record says what is; these rows say when and why.

    The subclass names its record: `record_id = mapped_column(ForeignKey("application.id"), index=True)`.
    """

    __append_only__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    move: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    made_by_name: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    version: Mapped[int]

    @declared_attr
    def made_by_id(cls) -> Mapped[int | None]:  # noqa: N805
        return mapped_column(ForeignKey("account.id"))
