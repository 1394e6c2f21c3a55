"""Large files that arrive in pieces: what arrived survives a lost line and a reload, and is cleared after an hour."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import ForeignKey, String, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from enroll.foundation.problems import NotFound, Refused, problem
from enroll.foundation.references import public_token
from enroll.foundation.words import N_
from enroll.storage.columns import UtcMoment, whole
from enroll.storage.database import Base, transaction
from enroll.storage.files import LARGEST_FILE, StoredFile, keep_stream

MOST_AT_ONCE = 5
MOST_BYTES = 600 * 1024 * 1024  # of one person's half uploads together
KEPT_FOR = timedelta(hours=1)
TOO_MANY = problem("too_many_uploads", N_("Too much is on its way already: wait for it, or for an hour."), field="file")


class WrongOffset(Exception):
    """The piece does not begin where the last one ended; `offset` is where that is."""

    def __init__(self, offset: int):
        self.offset = offset
        super().__init__(str(offset))


class HalfUpload(Base):
    """A file on its way: `received` bytes of `size` are on disk. `about` says what it will be, in its taker's words."""

    __tablename__ = "half_upload"
    __table_args__ = (*whole("size", 1, LARGEST_FILE), *whole("received", 0, LARGEST_FILE))

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    about: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    touched_at: Mapped[datetime] = mapped_column(UtcMoment, index=True)


def halves_of(session: Session, owner_id: int | None, about: str = "") -> Sequence[HalfUpload]:
    """Somebody's half uploads, of one matter where `about` begins with it."""
    wanted = select(HalfUpload).where(HalfUpload.owner_id == owner_id)
    if about:
        wanted = wanted.where(HalfUpload.about.startswith(about, autoescape=True))
    return session.scalars(wanted.order_by(HalfUpload.id)).all()


def half_by_token(session: Session, token: str, owner_id: int | None) -> HalfUpload | None:
    """One's own half upload; another's is not there."""
    return session.scalar(select(HalfUpload).where(HalfUpload.token == token, HalfUpload.owner_id == owner_id))


def begin_half(owner_id: int, about: str, name: str, size: int, *, now: datetime) -> tuple[str, int]:
    """Begin, or go on with the same file; gives its token and the bytes that are there. Raises Refused above the
    quota of one person."""
    with transaction() as session:
        for one in halves_of(session, owner_id, about):
            if (one.about, one.name, one.size) == (about, name[:200], size):
                one.touched_at = now
                return one.token, one.received
        number, total = session.execute(select(func.count(HalfUpload.id), func.coalesce(func.sum(HalfUpload.size), 0))
                                        .where(HalfUpload.owner_id == owner_id)).one()
        if number >= MOST_AT_ONCE or int(total) + size > MOST_BYTES:
            raise Refused(TOO_MANY)
        row = HalfUpload(token=public_token(), owner_id=owner_id, about=about, name=name[:200], size=size, received=0,
                         touched_at=now)
        session.add(row)
        return row.token, 0


def add_piece(token: str, owner_id: int, offset: int, piece: bytes, *, now: datetime) -> HalfUpload:
    """Write the next piece; a piece that was cut off counts for nothing and is sent again. Raises NotFound for
    another's, WrongOffset where it does not follow on or is too much."""
    with transaction() as session:
        found = half_by_token(session, token, owner_id)
        if found is None:
            raise NotFound("HalfUpload")
        if found.received != offset or offset + len(piece) > found.size:
            raise WrongOffset(found.received)
    path = _path(token)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("r+b" if path.exists() else "w+b") as out:
        out.seek(offset)
        out.write(piece)
        out.truncate()
    with transaction() as session:
        moved = update(HalfUpload).where(HalfUpload.token == token, HalfUpload.received == offset)
        session.execute(moved.values(received=offset + len(piece), touched_at=now))
        found = half_by_token(session, token, owner_id)
        if found is None or found.received != offset + len(piece):
            raise WrongOffset(found.received if found else 0)
        session.expunge(found)
        return found


def bytes_on_disk(half: HalfUpload) -> int:
    """How much of it lies on disk; 0 where nothing does."""
    path = _path(half.token)
    return path.stat().st_size if path.is_file() else 0


def first_bytes(half: HalfUpload, number: int) -> bytes:
    with _path(half.token).open("rb") as file:
        return file.read(number)


def keep_whole(half: HalfUpload, *, media_type: str, purpose: str, now: datetime) -> StoredFile:
    """The whole file, kept as any other, to be added in the transaction that follows; `forget_half` then ends this."""
    with _path(half.token).open("rb") as file:
        return keep_stream(file, name=half.name, media_type=media_type, purpose=purpose, now=now,
                           owner_id=half.owner_id)


def forget_half(token: str) -> None:
    """The row and what lies on disk."""
    with transaction() as session:
        row = session.scalar(select(HalfUpload).where(HalfUpload.token == token))
        if row is not None:
            session.delete(row)
    _path(token).unlink(missing_ok=True)


def forget_old_halves(now: datetime) -> int:
    """Clear what nobody has gone on with for an hour; gives how many."""
    with transaction() as session:
        old = select(HalfUpload.token).where(HalfUpload.touched_at < now - KEPT_FOR)
        tokens = list(session.scalars(old.limit(200)))
    for token in tokens:
        forget_half(token)
    return len(tokens)


def _path(token: str) -> Path:
    return Path(current_app.config["UPLOAD_DIR"]) / token[:2].lower() / f"{token}.half"
