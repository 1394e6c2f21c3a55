"""The notice of a sitting: written, changed, taken back; everybody who holds a ticket is told."""

from datetime import datetime

from sqlalchemy import func, select

from enroll.accounts.permissions import Permission
from enroll.admission.events import NoticeWritten
from enroll.admission.models import CandidateNotice
from enroll.admission.rules.notices import notice_faults
from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, Refused, Stale
from enroll.sittings.models import Sitting
from enroll.storage import outbox
from enroll.storage.database import lock, transaction


def write_notice(
    code: str, text_zh: str, text_en: str, *, by: Actor, now: datetime, seen_number: int | None = None
) -> None:
    """Another wording of a sitting's notice, dated; two empty texts take it back. Tickets that are out stay valid:
    their page shows the newest one, and their holders are told. Raises Refused, Stale, NotFound."""
    if not by.may(Permission.RUN_EXAMS):
        raise Refused(NOT_PERMITTED)
    with transaction() as session:
        sitting = lock(session, Sitting, Sitting.code == code)
        number = session.scalar(select(func.max(CandidateNotice.number)).where(
            CandidateNotice.sitting_id == sitting.id)) or 0
        if seen_number is not None and seen_number != number:
            raise Stale(code, number)
        standing = session.scalar(select(CandidateNotice).where(
            CandidateNotice.sitting_id == sitting.id, CandidateNotice.number == number))
        faults = notice_faults(text_zh, text_en, standing=(standing.text_zh, standing.text_en) if standing else None)
        if faults:
            raise Refused(faults)
        session.add(CandidateNotice(sitting_id=sitting.id, number=number + 1, text_zh=text_zh, text_en=text_en,
                                    written_at=now, written_by_id=by.account_id, written_by_name=by.name))
        audit.record(session, "sitting.write_notice", code, by=by, now=now, number=number + 1)
        outbox.record(session, NoticeWritten(code, number + 1), now)
