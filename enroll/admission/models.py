"""Admission tickets and confirmations by version, what the issuing body sent for each booking, and check-ins."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.accounts.models import Account
from enroll.admission.lifecycle import ExcuseState, IncidentState
from enroll.admission.rules import incidents
from enroll.admission.rules.door import Recorded
from enroll.admission.rules.offline import Merged
from enroll.admission.rules.seats import RoomingAct
from enroll.admission.rules.tickets import PrintForm, TicketKind
from enroll.learners.models import Learner
from enroll.programmes.models import Window
from enroll.sittings.lifecycle import Part
from enroll.sittings.models import Booking, Sitting
from enroll.storage.columns import SealedText, UtcMoment, one_of, whole
from enroll.storage.database import Base
from enroll.storage.files import StoredFile
from enroll.storage.history import HistoryRow, Versioned


class ExamAccess(Base):
    """What the issuing body assigns to a booking: ticket number, exam account and link. Shown to its learner alone. A
    person has one ticket number for both parts, or one for each; nobody shares it."""

    __tablename__ = "exam_access"
    __table_args__ = (one_of("part", Part), UniqueConstraint("ticket_no", "part"))

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(20))
    ticket_no: Mapped[str | None] = mapped_column(String(40))
    exam_account: Mapped[str] = mapped_column(String(80), default="")
    exam_secret: Mapped[str | None] = mapped_column(SealedText)
    exam_link: Mapped[str] = mapped_column(String(400), default="")
    received_at: Mapped[datetime] = mapped_column(UtcMoment)
    batch_reference: Mapped[str] = mapped_column(String(20), default="")

    booking: Mapped[Booking] = relationship()


class Ticket(Base):
    """One sheet for all parts of a learner in a window: an admission ticket on site, a confirmation online. A
    correction writes a new version; the old one's code is refused at the door with the reason."""

    __tablename__ = "ticket"
    __table_args__ = (
        one_of("kind", TicketKind),
        UniqueConstraint("learner_id", "window_id", "kind", "ticket_version"),
        Index("uq_ticket_in_force", "learner_id", "window_id", "kind", unique=True,
              sqlite_where=text("replaced_at IS NULL"), postgresql_where=text("replaced_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40))  # the body's ticket number, or ours (T…)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    window_id: Mapped[int] = mapped_column(ForeignKey("exam_window.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    ticket_version: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    released_at: Mapped[datetime] = mapped_column(UtcMoment)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    image_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    learner: Mapped[Learner] = relationship()
    window: Mapped[Window] = relationship()
    file: Mapped[StoredFile | None] = relationship(foreign_keys="Ticket.file_id")
    image: Mapped[StoredFile | None] = relationship(foreign_keys="Ticket.image_id")


class LateEntry(Base):
    """A review lead lets somebody come in after the door has closed, until a moment, with the reason; the newest row of
    a booking counts."""

    __tablename__ = "late_entry"
    __append_only__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    until: Mapped[datetime] = mapped_column(UtcMoment)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcMoment)
    allowed_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    allowed_by_name: Mapped[str] = mapped_column(String(120))


class Rooming(Versioned, Base):
    """How far the seat allocation 考场编排 of a sitting is: its version counts every change of a seat. Once frozen, a
    change needs a reason."""

    __tablename__ = "rooming"
    __table_args__ = (
        CheckConstraint("(frozen_at IS NULL) = (frozen_by_id IS NULL)", name="frozen_by_somebody"),
    )

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True)
    apart: Mapped[bool] = mapped_column(default=False)
    frozen_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    frozen_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    frozen_by_name: Mapped[str] = mapped_column(String(120), default="")

    sitting: Mapped[Sitting] = relationship()

    @property
    def reference(self) -> str:
        return self.sitting.code


class RoomingStep(Base):
    """One act on the seats of a sitting: who, when, why, and from which seat to which everybody went, as
    [booking, room before, seat before, room after, seat after]. What is undone is undone once."""

    __tablename__ = "rooming_step"
    __append_only__ = True
    __table_args__ = (one_of("what", RoomingAct),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), index=True)
    what: Mapped[str] = mapped_column(String(20))
    rooming_version: Mapped[int]
    changes: Mapped[list[list[Any]]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(500), default="")
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("rooming_step.id"), unique=True)
    at: Mapped[datetime] = mapped_column(UtcMoment)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_by_name: Mapped[str] = mapped_column(String(120))


class CandidateNotice(Base):
    """What staff add to the candidate notice 考生须知 of one sitting, in both languages: each wording is a row, the
    newest counts. A ticket keeps the one it was written with; its page shows the newest."""

    __tablename__ = "candidate_notice"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("sitting_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    number: Mapped[int]
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcMoment)
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    written_by_name: Mapped[str] = mapped_column(String(120))


class TicketPrint(Base):
    """All tickets of a sitting or window in one file; a large one is made in the background, and `done` counts as it
    goes."""

    __tablename__ = "ticket_print"
    __table_args__ = (one_of("form", PrintForm), *whole("total", 0, 100_000), *whole("done", 0, 100_000))

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    code: Mapped[str] = mapped_column(String(40), index=True)
    form: Mapped[str] = mapped_column(String(10))
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)  # tickets whose document was not made yet
    asked_at: Mapped[datetime] = mapped_column(UtcMoment)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    asked_by_name: Mapped[str] = mapped_column(String(120))
    finished_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    file: Mapped[StoredFile | None] = relationship()


class Attendance(Base):
    """Who was let in, by whom, with which ticket version; started or absent lists leave their rows here too."""

    __tablename__ = "attendance"
    __append_only__ = True
    __table_args__ = (one_of("what", Recorded),)

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    what: Mapped[str] = mapped_column(String(20))
    ticket_version: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(20))  # door, list, job, offline, paper
    at: Mapped[datetime] = mapped_column(UtcMoment)
    device_at: Mapped[datetime | None] = mapped_column(UtcMoment)  # by the device's own clock, where there was no line
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recorded_by_name: Mapped[str] = mapped_column(String(120))

    booking: Mapped[Booking] = relationship()
    paper: Mapped["AttendancePaper | None"] = relationship(viewonly=True)


class AttendancePaper(Base):
    """Why somebody's presence was entered from paper after the sitting, and the picture of the signed sheet."""

    __tablename__ = "attendance_paper"
    __append_only__ = True

    attendance_id: Mapped[int] = mapped_column(ForeignKey("attendance.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    file: Mapped[StoredFile | None] = relationship()


class IncidentMove(HistoryRow, Base):
    __tablename__ = "incident_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)


class Incident(Versioned, Base):
    """Something happened on an exam day 异常情况: to one candidate (`booking_id`, `learner_id`), or to a whole sitting.
    Until when a statement and an appeal are possible was read from the dated rules when it was reported and decided."""

    __tablename__ = "incident"
    __table_args__ = (
        one_of("state", IncidentState), one_of("kind", incidents.Kind),
        CheckConstraint("decision IN ('', 'none', 'warning', 'void')", name="decision_known"),
        CheckConstraint("(state = 'reported') = (decision = '') AND (decision = '') = (decided_by_id IS NULL)",
                        name="decided_by_somebody"),
        CheckConstraint("(booking_id IS NULL) = (learner_id IS NULL)", name="names_a_candidate"),
        CheckConstraint("decision <> 'void' OR booking_id IS NOT NULL", name="void_of_somebody"),
        Index("ix_incident_queue", "state", "reported_at"), Index("ix_incident_of", "learner_id", "id"),
    )
    history = IncidentMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), index=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)
    learner_id: Mapped[int | None] = mapped_column(ForeignKey("learner.id"))
    state: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    happened_at: Mapped[datetime] = mapped_column(UtcMoment)
    place: Mapped[str] = mapped_column(String(120), default="")
    what: Mapped[str] = mapped_column(Text)
    done_about_it: Mapped[str] = mapped_column(Text, default="")
    reported_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    reported_at: Mapped[datetime] = mapped_column(UtcMoment)
    statement_until: Mapped[datetime | None] = mapped_column(UtcMoment)
    decision: Mapped[str] = mapped_column(String(20), default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    appeal_until: Mapped[datetime | None] = mapped_column(UtcMoment)

    sitting: Mapped[Sitting] = relationship()
    booking: Mapped[Booking | None] = relationship()
    learner: Mapped[Learner | None] = relationship()
    reported_by: Mapped[Account] = relationship(foreign_keys="Incident.reported_by_id")
    decided_by: Mapped[Account | None] = relationship(foreign_keys="Incident.decided_by_id")
    posts: Mapped[list["IncidentPost"]] = relationship(order_by="IncidentPost.id", viewonly=True)


class IncidentPost(Base):
    """What was added to an incident: evidence, the person's statement (their own words, or taken down and signed), or a
    note among staff, which the learner does not read."""

    __tablename__ = "incident_post"
    __append_only__ = True
    __table_args__ = (one_of("what", incidents.Noted),
                      CheckConstraint("by_staff OR what = 'statement'", name="learners_make_statements"))

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    what: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    by_name: Mapped[str] = mapped_column(String(120))
    by_staff: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    posted_at: Mapped[datetime] = mapped_column(UtcMoment)

    file: Mapped[StoredFile | None] = relationship()


class ExcuseMove(HistoryRow, Base):
    __tablename__ = "excuse_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("excuse.id"), index=True)


class Excuse(Versioned, Base):
    """A learner asks to be excused 缓考 from one booking, with evidence; one at a time."""

    __tablename__ = "excuse"
    __table_args__ = (
        one_of("state", ExcuseState),
        Index("uq_excuse_live", "booking_id", unique=True, sqlite_where=text("state IN ('asked', 'granted')"),
              postgresql_where=text("state IN ('asked', 'granted')")),
        Index("ix_excuse_queue", "state", "asked_at"),
    )
    history = ExcuseMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    state: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcMoment)

    learner: Mapped[Learner] = relationship()
    booking: Mapped[Booking] = relationship()
    file: Mapped[StoredFile] = relationship()


class OfflineMark(Base):
    """Somebody ticked off on a list while there was no line, and what became of it when the list was merged: judged
    once. The device's own time stands apart from ours; `ahead_seconds` is how far its clock was ahead."""

    __tablename__ = "offline_mark"
    __append_only__ = True
    __table_args__ = (one_of("outcome", Merged), UniqueConstraint("token", "shown"))

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32))  # of the list, from when its page was opened
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), index=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)
    shown: Mapped[str] = mapped_column(String(20))
    device_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    ahead_seconds: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(20))
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    merged_at: Mapped[datetime] = mapped_column(UtcMoment)
    merged_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    merged_by_name: Mapped[str] = mapped_column(String(120))

    booking: Mapped[Booking | None] = relationship()
