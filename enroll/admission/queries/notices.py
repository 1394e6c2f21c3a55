"""The notices of sittings, and everybody's tickets in order: what is printed in bulk."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from enroll.admission.models import CandidateNotice, Ticket, TicketPrint
from enroll.admission.rules.notices import notice_lines
from enroll.admission.rules.tickets import TicketKind
from enroll.sittings.models import Booking, Sitting


def notices_of(session: Session, sitting_id: int) -> Sequence[CandidateNotice]:
    """Every wording of a sitting's notice, the newest first."""
    wanted = select(CandidateNotice).where(CandidateNotice.sitting_id == sitting_id)
    return session.scalars(wanted.order_by(CandidateNotice.number.desc())).all()


def notices_for(session: Session, codes: Collection[str]) -> list[dict[str, Any]]:
    """The newest notice of each of these sittings, as a ticket freezes it; an empty one takes it back."""
    newest = select(func.max(CandidateNotice.id)).join(Sitting, Sitting.id == CandidateNotice.sitting_id).where(
        Sitting.code.in_(codes)).group_by(CandidateNotice.sitting_id)
    rows = session.execute(select(Sitting.code, CandidateNotice).join(
        CandidateNotice, CandidateNotice.sitting_id == Sitting.id).where(CandidateNotice.id.in_(newest)).order_by(
        Sitting.code))
    return [{"sitting": code, "number": one.number, "zh": list(notice_lines(one.text_zh)),
             "en": list(notice_lines(one.text_en)), "written_at": one.written_at.isoformat()}
            for code, one in rows if notice_lines(one.text_zh)]


def holders_in(session: Session, sitting_id: int) -> Sequence[tuple[int, str]]:
    """(learner id, number) of everybody with a part in this sitting who holds a ticket or confirmation."""
    wanted = select(Ticket.learner_id, Ticket.number).join(
        Booking, (Booking.learner_id == Ticket.learner_id) & (Booking.window_id == Ticket.window_id)).where(
        Booking.sitting_id == sitting_id, Booking.state.in_(["confirmed", "ticketed"]), Ticket.replaced_at.is_(None))
    return [(learner_id, number) for learner_id, number in session.execute(wanted.order_by(Ticket.id))]


def tickets_to_print(session: Session, window_id: int, sitting_id: int | None) -> Sequence[tuple[str, int | None]]:
    """(name of the file, stored file) of every ticket in force: of a sitting by room and seat, of a window by number;
    None where the document is still being made."""
    wanted = _in_force(window_id, sitting_id)
    rows = session.scalars(wanted.options(joinedload(Ticket.file))).unique().all()
    named = [(_place(one, sitting_id, session), one) for one in rows]
    return [(f"{place}{one.number}-v{one.ticket_version}.pdf", one.file_id)
            for place, one in sorted(named, key=lambda row: (row[0], row[1].number))]


def tickets_in_force(session: Session, window_id: int, sitting_id: int | None) -> int:
    return session.scalar(select(func.count()).select_from(_in_force(window_id, sitting_id).subquery())) or 0


def prints_of(session: Session, code: str, *, most: int = 10) -> Sequence[TicketPrint]:
    """What was printed of a sitting or window, the newest first."""
    wanted = select(TicketPrint).where(TicketPrint.code == code).options(joinedload(TicketPrint.file))
    return session.scalars(wanted.order_by(TicketPrint.id.desc()).limit(most)).all()


def print_by_token(session: Session, token: str) -> TicketPrint | None:
    return session.scalar(select(TicketPrint).where(TicketPrint.token == token))


def versions_of(session: Session, ticket: Ticket) -> Sequence[Ticket]:
    """The earlier versions of a ticket, the newest first."""
    wanted = select(Ticket).where(Ticket.learner_id == ticket.learner_id, Ticket.window_id == ticket.window_id,
                                  Ticket.kind == ticket.kind, Ticket.id != ticket.id)
    return session.scalars(wanted.order_by(Ticket.ticket_version.desc())).all()


def _in_force(window_id: int, sitting_id: int | None) -> Select[Ticket]:
    wanted = select(Ticket).where(Ticket.window_id == window_id, Ticket.replaced_at.is_(None),
                                  Ticket.kind == str(TicketKind.TICKET))
    if sitting_id is not None:
        wanted = wanted.where(Ticket.learner_id.in_(select(Booking.learner_id).where(
            Booking.sitting_id == sitting_id, Booking.seat_no.is_not(None))))
    return wanted


def _place(ticket: Ticket, sitting_id: int | None, session: Session) -> str:
    """Room and seat in this sitting as the ticket says, so that a pile lies as the room sits."""
    if sitting_id is None:
        return ""
    code = session.get_one(Sitting, sitting_id).code
    return next((f"{one['room']}-{one['seat']}-" for one in ticket.facts["parts"] if one["sitting"] == code), "")
