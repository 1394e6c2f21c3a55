"""The file 一期一档 of a window: asked for with a reason, kept as it was put together, taken out on record."""

from datetime import datetime

from sqlalchemy import func, select, update

from enroll.accounts.permissions import Permission
from enroll.audit import services as audit
from enroll.desk.events import WindowFileAsked
from enroll.desk.models import WindowFile
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, REASON_MISSING, Refused
from enroll.foundation.references import public_token
from enroll.programmes.models import Window
from enroll.storage import outbox
from enroll.storage.database import db, lock, transaction
from enroll.storage.files import keep_file

ASKS = (Permission.SEE_AUDIT, Permission.LEAD_REVIEW)


def ask_file(code: str, reason: str, *, by: Actor, now: datetime) -> str:
    """Ask for another version of a window's file, saying what it is for; gives its token. Raises Refused, NotFound."""
    if not any(by.may(one) for one in ASKS):
        raise Refused(NOT_PERMITTED)
    if not reason.strip():
        raise Refused(REASON_MISSING)
    with transaction() as session:
        window = lock(session, Window, Window.code == code)
        newest = session.scalar(select(func.max(WindowFile.number)).where(WindowFile.window_id == window.id)) or 0
        asked = WindowFile(token=public_token(), window_id=window.id, number=newest + 1, reason=reason.strip(),
                           asked_at=now, asked_by_id=by.account_id, asked_by_name=by.name[:120])
        session.add(asked)
        audit.record(session, "window_file.ask", code, by=by, now=now, number=asked.number, reason=asked.reason)
        outbox.record(session, WindowFileAsked(asked.token), now)
        return asked.token


def note_taken(code: str, number: int, *, by: Actor, now: datetime) -> None:
    """Somebody takes the file out of the house."""
    with transaction() as session:
        audit.record(session, "window_file.download", code, by=by, now=now, number=number)


def keep_made(token: str, content: bytes, *, now: datetime) -> None:
    """Keep what was put together, once: a second run changes nothing."""
    asked = db.session.scalars(select(WindowFile).where(WindowFile.token == token)).one()
    name = f"{asked.window.code}期一期一档-第{asked.number}版.zip"
    db.session.rollback()
    kept = keep_file(content, name=name, media_type="application/zip", purpose="window_file", now=now, sealed=True)
    with transaction() as session:
        row = lock(session, WindowFile, WindowFile.token == token)
        if row.file_id is None:
            session.add(kept)
            session.flush()
            row.file_id, row.finished_at, row.done = kept.id, now, row.total


def count_part(token: str, done: int, total: int) -> None:
    """How far it is, for whoever waits."""
    with transaction() as session:
        session.execute(update(WindowFile).where(WindowFile.token == token).values(done=done, total=total))
