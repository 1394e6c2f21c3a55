"""Announcements: written by staff, shown from their moment on, withdrawn but never deleted."""

from datetime import datetime

from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import Refused, problem
from enroll.foundation.words import N_
from enroll.programmes.models import Announcement
from enroll.programmes.queries.wording import wordings
from enroll.programmes.rules.advertising import promises_nothing
from enroll.storage.database import lock, transaction


def add_announcement(
    title_zh: str, body_zh: str, publish_at: datetime, *, by: Actor, now: datetime, title_en: str = "",
    body_en: str = "", pinned: bool = False, quotation: str = "",
) -> int:
    """Publish an announcement from a moment on; gives its number. Words that promise a pass are refused, unless
    `quotation` says why they stand there: then another person must stand for it before it is shown. Raises Refused."""
    with transaction() as session:
        known = wordings(session, local_day(now))
        found = [one for one in (promises_nothing(known, title_zh, title_en, field="title_zh"),
                                 promises_nothing(known, body_zh, body_en, field="body_zh")) if one]
        if found and not quotation.strip():
            raise Refused(found)
        row = Announcement(title_zh=title_zh, title_en=title_en, body_zh=body_zh, body_en=body_en,
                           publish_at=publish_at, pinned=pinned, quotation=quotation.strip() if found else "",
                           written_by_id=by.account_id)
        session.add(row)
        session.flush()
        audit.record(session, "programmes.add_announcement", f"announcement {row.id}", by=by, now=now, title=title_zh,
                     quotation=row.quotation)
        return row.id


def confirm_announcement(number: int, *, by: Actor, now: datetime) -> None:
    """Stand for it, as a second person, that forbidden words in an announcement are a quotation; it is then shown from
    its moment on. Raises Refused for who wrote it, and where nothing waits."""
    with transaction() as session:
        row = lock(session, Announcement, Announcement.id == number)
        if not row.waits or row.withdrawn_at is not None:
            raise Refused(problem("nothing_waits", N_("Nothing of this announcement waits for a second person.")))
        if by.account_id is None or row.written_by_id == by.account_id:
            raise Refused(problem("second_person", N_("Somebody else than who wrote it stands for a quotation.")))
        row.confirmed_by_id = by.account_id
        audit.record(session, "programmes.confirm_announcement", f"announcement {number}", by=by, now=now,
                     quotation=row.quotation)


def withdraw_announcement(number: int, *, by: Actor, now: datetime) -> None:
    """Take an announcement off the pages; it stays on file. A second time changes nothing."""
    with transaction() as session:
        row = lock(session, Announcement, Announcement.id == number)
        if row.withdrawn_at is None:
            row.withdrawn_at = now
            audit.record(session, "programmes.withdraw_announcement", f"announcement {number}", by=by, now=now)
