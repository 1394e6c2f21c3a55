"""Files of marks on their way in, and what the issuing body knows our candidates by."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.admission.models import ExamAccess, Ticket
from enroll.foundation.text import compared
from enroll.learners.models import Learner
from enroll.programmes.models import Window
from enroll.results.models import Result
from enroll.results.rules.body_file import TAIL, Expected
from enroll.sittings.models import Booking, Sitting
from enroll.storage.files import StoredFile
from enroll.storage.imports import StagedImport

KIND = "marks"


@dataclass(frozen=True)
class StagedMarks:
    """A file between upload and effect. `refused` rows are dicts with row, column, code, text, values."""

    row: StagedImport
    file: StoredFile

    @property
    def status(self) -> str:
        if self.row.applied_at is not None:
            return "applied"
        return "abandoned" if self.row.abandoned_at is not None else "checked"


def staged_marks(session: Session, token: str) -> StagedMarks | None:
    row = session.scalar(select(StagedImport).where(StagedImport.token == token, StagedImport.kind == KIND))
    return None if row is None else StagedMarks(row, session.get_one(StoredFile, row.file_id))


def applied_with(session: Session, digest: str) -> StagedImport | None:
    """The import that brought this very file in, where there was one."""
    return session.scalar(select(StagedImport).where(
        StagedImport.kind == KIND, StagedImport.sha256 == digest, StagedImport.applied_at.is_not(None)))


def imports_of(session: Session, window_code: str) -> Sequence[StagedImport]:
    """The files of a window, newest first."""
    wanted = select(StagedImport).where(StagedImport.kind == KIND, StagedImport.subject == window_code)
    return session.scalars(wanted.order_by(StagedImport.id.desc()).limit(50)).all()


def expected_in(session: Session, window: Window) -> tuple[Expected, ...]:
    """Every open result of a window with the numbers and accounts the body may name its owner by."""
    rows = session.execute(
        select(Result.reference, Result.state, Sitting.code, Booking.part, Booking.state, Learner.legal_name,
               Learner.id_number, ExamAccess.ticket_no, ExamAccess.exam_account, Booking.learner_id)
        .join(Booking, Booking.id == Result.booking_id).join(Sitting, Sitting.id == Booking.sitting_id)
        .join(Learner, Learner.id == Booking.learner_id)
        .outerjoin(ExamAccess, ExamAccess.booking_id == Booking.id)
        .where(Booking.window_id == window.id, Result.state != "superseded").order_by(Result.id)
    ).all()
    ours: dict[int, set[str]] = {}
    for learner_id, number in session.execute(
        select(Ticket.learner_id, Ticket.number).where(Ticket.window_id == window.id)
    ):
        ours.setdefault(learner_id, set()).add(number)
    return tuple(
        Expected(reference, sitting, part, attendance, state, name, compared(number or "")[-TAIL:],
                 frozenset(compared(key) for key in (ticket, account, *ours.get(learner_id, ())) if key))
        for reference, state, sitting, part, attendance, name, number, ticket, account, learner_id in rows
    )
