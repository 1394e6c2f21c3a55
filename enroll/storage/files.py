"""Stored files: content on disk under a random name, a row that says what it is. Never served from a static folder."""

import hashlib
import os
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from flask import current_app
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from enroll.foundation.references import public_token
from enroll.storage.columns import UtcMoment, whole
from enroll.storage.database import Base
from enroll.storage.sealing import InvalidToken, seal_bytes, unseal_bytes

LARGEST_FILE = 512 * 1024 * 1024
PIECE = 1024 * 1024


class FileIsWrong(Exception):
    """The file on disk is missing or not what its row says; nothing is served."""


class StoredFile(Base):
    __tablename__ = "stored_file"
    __table_args__ = whole("size", 0, LARGEST_FILE)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(40))
    sealed: Mapped[bool] = mapped_column(default=False)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    stored_at: Mapped[datetime] = mapped_column(UtcMoment)


def keep_file(
    content: bytes,
    *,
    name: str,
    media_type: str,
    purpose: str,
    now: datetime,
    owner_id: int | None = None,
    sealed: bool = False,
) -> StoredFile:
    """Write the content to disk (flushed, then renamed) and give the row to add *in the transaction that follows*.

    Called before that transaction: nothing slow runs inside one. A row that is never added leaves an orphan on disk,
    which the sweeper removes; a row never stands without its file. `sealed` encrypts the content at rest.
    """
    token = public_token()
    path = _path(token)
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    with half.open("wb") as out:
        out.write(seal_bytes(content) if sealed else content)
        _to_the_disk(out)
    half.rename(path)
    return StoredFile(
        token=token, sha256=hashlib.sha256(content).hexdigest(), size=len(content), media_type=media_type,
        name=name[:200], purpose=purpose, sealed=sealed, owner_id=owner_id, stored_at=now,
    )


def keep_stream(
    source: BinaryIO, *, name: str, media_type: str, purpose: str, now: datetime, owner_id: int | None = None,
) -> StoredFile:
    """The same for a large upload: copied and digested piece by piece, never whole in memory, kept unsealed."""
    token = public_token()
    path = _path(token)
    path.parent.mkdir(parents=True, exist_ok=True)
    half, digest, size = path.with_suffix(".part"), hashlib.sha256(), 0
    try:
        with half.open("wb") as out:
            while piece := source.read(PIECE):
                digest.update(piece)
                size += len(piece)
                out.write(piece)
            _to_the_disk(out)
        half.rename(path)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    return StoredFile(
        token=token, sha256=digest.hexdigest(), size=size, media_type=media_type, name=name[:200], purpose=purpose,
        sealed=False, owner_id=owner_id, stored_at=now,
    )


def read_file(stored: StoredFile) -> bytes:
    """The content, checked against its digest. Raises FileIsWrong."""
    try:
        content = _path(stored.token).read_bytes()
    except OSError as error:
        raise FileIsWrong(stored.token) from error
    try:
        content = unseal_bytes(content) if stored.sealed else content
    except InvalidToken as error:  # changed on disk, or sealed with a key that is gone
        raise FileIsWrong(stored.token) from error
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise FileIsWrong(stored.token)
    return content


def path_of(stored: StoredFile) -> Path:
    """Where an unsealed file lies, for range requests of large media."""
    if stored.sealed:
        raise FileIsWrong(stored.token)
    return _path(stored.token)


def files_can_be_kept() -> bool:
    """Whether the folder of files (or, before the first file, the place it will be made in) can be written."""
    folder = Path(current_app.config["UPLOAD_DIR"]).absolute()
    there = next(place for place in (folder, *folder.parents) if place.exists())
    return os.access(there, os.W_OK | os.X_OK)


def _to_the_disk(out: BinaryIO) -> None:
    """What was acknowledged survives a power cut. The demo's files can be made again at any time, and do not wait."""
    out.flush()
    if not current_app.config["DEMO"]:
        os.fsync(out.fileno())


def _path(token: str) -> Path:
    return Path(current_app.config["UPLOAD_DIR"]) / token[:2].lower() / token
