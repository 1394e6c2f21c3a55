"""What is frozen on a ticket or confirmation, gathered from the bookings."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.admission.models import ExamAccess
from enroll.admission.queries.facts import online_figures, onsite_figures
from enroll.admission.queries.notices import notices_for
from enroll.admission.rules.tickets import TicketKind
from enroll.applications.queries.accommodations import granted_for
from enroll.learners.models import LearnerFile
from enroll.programmes.models import Window
from enroll.programmes.queries.programmes import organisation
from enroll.sittings.lifecycle import BookingState
from enroll.sittings.models import Booking

S = BookingState
LIVE_STATES = frozenset({S.CONFIRMED, S.TICKETED, S.PRESENT, S.ABSENT, S.EXCUSED, S.DISQUALIFIED})
ASKED_STATES = LIVE_STATES | {S.HELD, S.OFFERED}


def bookings_for(
    session: Session, learner_id: int, window_id: int, kind: TicketKind, *, lock: bool = False
) -> Sequence[Booking]:
    """A person's bookings of a window that stand: on-site ones for a ticket, online ones for a confirmation; the theory
    exam first."""
    wanted = select(Booking).where(
        Booking.learner_id == learner_id, Booking.window_id == window_id, Booking.state.in_(ASKED_STATES),
        Booking.sitting.has(online=kind is TicketKind.CONFIRMATION),
    ).order_by(Booking.id)
    if lock:
        wanted = wanted.with_for_update(of=Booking).execution_options(populate_existing=True)
    return sorted(session.scalars(wanted).all(), key=lambda one: one.part, reverse=True)


def number_of_body(session: Session, bookings: Sequence[Booking]) -> str:
    """The issuing body's ticket number, when it has sent one; the first part's where each has its own."""
    numbers = (access.ticket_no for one in bookings if (access := session.get(ExamAccess, one.id)) is not None)
    return next((number for number in numbers if number), "")


def paper_facts(session: Session, bookings: Sequence[Booking], window: Window, kind: TicketKind) -> dict[str, Any]:
    """Plain values, ready to be kept as JSON. Of the document number only the mask: the door compares its end."""
    learner, partner = bookings[0].learner, organisation(session)
    facts: dict[str, Any] = {
        "name": learner.legal_name, "sex": learner.sex, "id_type": learner.id_type or "",
        "id_number_mask": learner.id_number_mask, "window": window.code,
        "programme_zh": window.programme.name_zh, "programme_en": window.programme.name_en,
        "partner_name": partner.name if partner else "", "partner_code": partner.code if partner else "",
    }
    granted = granted_for(session, {one.subject for one in bookings})
    if granted:  # named only where there is something, so that older tickets say the same as before
        codes = dict.fromkeys(code for one in granted.values() for code in one.codes)
        facts["arrangements"] = {"codes": list(codes), "minutes": max(one.minutes for one in granted.values())}
    notices = notices_for(session, {one.sitting.code for one in bookings})
    if notices:
        facts["notices"] = notices
    if kind is TicketKind.TICKET:
        figures = onsite_figures(window)
        return facts | {"photo_file_id": photo_of(session, learner.id), "parts": [_seated(one) for one in bookings],
                        "figures": [figures.arrive_before, figures.late_limit, figures.no_leave]}
    online = online_figures(window)
    return facts | {"parts": [_online(session, one) for one in bookings],
                    "figures": [online.camera, online.most_leaving, online.answers_survive]}


def photo_of(session: Session, learner_id: int) -> int | None:
    """The stored file of the photo in force."""
    return session.scalar(select(LearnerFile.file_id).where(
        LearnerFile.learner_id == learner_id, LearnerFile.kind == "photo", LearnerFile.replaced_at.is_(None)))


def _seated(booking: Booking) -> dict[str, Any]:
    sitting = booking.sitting
    return {
        "booking": booking.reference, "part": booking.part, "sitting": sitting.code,
        "starts_at": sitting.starts_at.isoformat(), "ends_at": sitting.ends_at.isoformat(),
        "report_at": (sitting.report_at or sitting.starts_at).isoformat(), "site_name": sitting.site.name,
        "site_address": sitting.site.address, "site_telephone": sitting.site.telephone,
        "room": booking.room.code if booking.room else "", "seat": f"{booking.seat_no or 0:02d}",
    }


def _online(session: Session, booking: Booking) -> dict[str, Any]:
    sitting, access = booking.sitting, session.get(ExamAccess, booking.id)
    return {
        "booking": booking.reference, "part": booking.part, "sitting": sitting.code,
        "starts_at": sitting.starts_at.isoformat(), "ends_at": sitting.ends_at.isoformat(),
        "minutes": sitting.minutes, "account": access.exam_account if access else "",
        "link": access.exam_link if access else "",
    }
