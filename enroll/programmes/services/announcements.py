"""Announcements: written by staff, shown from their moment on, withdrawn but never deleted."""

from datetime import datetime

from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Refused
from enroll.programmes.models import Announcement
from enroll.programmes.rules.advertising import promises_nothing
from enroll.storage.database import lock, transaction


def add_announcement(
    title_zh: str, body_zh: str, publish_at: datetime, *, by: Actor, now: datetime, title_en: str = "",
    body_en: str = "", pinned: bool = False,
) -> int:
    """Publish an announcement from a moment on; gives its number. Raises Refused for words that promise a pass."""
    promise = promises_nothing(title_zh, title_en, field="title_zh") or promises_nothing(body_zh, body_en,
                                                                                         field="body_zh")
    if promise is not None:
        raise Refused(promise)
    with transaction() as session:
        row = Announcement(title_zh=title_zh, title_en=title_en, body_zh=body_zh, body_en=body_en,
                           publish_at=publish_at, pinned=pinned)
        session.add(row)
        session.flush()
        audit.record(session, "programmes.add_announcement", f"announcement {row.id}", by=by, now=now, title=title_zh)
        return row.id


def withdraw_announcement(number: int, *, by: Actor, now: datetime) -> None:
    """Take an announcement off the pages; it stays on file. A second time changes nothing."""
    with transaction() as session:
        row = lock(session, Announcement, Announcement.id == number)
        if row.withdrawn_at is None:
            row.withdrawn_at = now
            audit.record(session, "programmes.withdraw_announcement", f"announcement {number}", by=by, now=now)
