"""One press, one act: the key of a form, and the answer it got, in the same transaction as the act."""

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from enroll.storage.columns import UtcMoment
from enroll.storage.database import Base


class IdempotencyKey(Base):
    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("actor", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    actor: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcMoment, index=True)


def earlier_answer(session: Session, actor: str, key: str) -> str | None:
    return session.scalar(
        select(IdempotencyKey.answer).where(IdempotencyKey.actor == actor, IdempotencyKey.key == key)
    )
