"""The papers of a sitting's rooms, gathered and printed: seat chart, door notice, sign-in sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.admission.models import Ticket
from enroll.admission.queries.days import everybody_expected
from enroll.admission.queries.facts import onsite_figures
from enroll.admission.queries.rooming import settled_words
from enroll.admission.rules.tickets import PARTS_PRINTED, TicketKind
from enroll.applications.queries.accommodations import granted_for
from enroll.applications.rules.accommodations import Granted
from enroll.documents.room_papers import (
    RoomFacts,
    RoomPaper,
    SeatedPerson,
    SittingPapers,
    notice_lines,
    room_papers_pdf,
)
from enroll.foundation.masking import mask_name
from enroll.foundation.words import Bilingual
from enroll.programmes.queries.programmes import organisation
from enroll.programmes.rules.arrangements import printed
from enroll.sittings.models import Booking, Sitting
from enroll.storage.database import let_go


def sitting_papers(session: Session, sitting: Sitting, *, now: datetime, demo: bool = False) -> SittingPapers:
    """What the papers of an on-site sitting say, of every room in which somebody sits."""
    people = [one for one in everybody_expected(session, sitting.id) if one.room is not None and one.seat_no]
    numbers = _ticket_numbers(session, sitting)
    granted = granted_for(session, {one.subject for one in people})
    settled, frozen_at = settled_words(session, sitting)
    window, partner, figures = sitting.window, organisation(session), onsite_figures(sitting.window)
    return SittingPapers(
        code=sitting.code, partner_name=partner.name if partner else "", window=window.code,
        programme=Bilingual(window.programme.name_zh, window.programme.name_en), part=PARTS_PRINTED[sitting.part],
        site_name=sitting.site.name, site_address=sitting.site.address, starts_at=sitting.starts_at,
        ends_at=sitting.ends_at, report_at=sitting.report_at, rooms=_rooms(people, numbers, granted),
        settled=settled, draft=frozen_at is None, printed_at=now, demo=demo,
        lines=notice_lines(figures.arrive_before, figures.late_limit),
    )


def papers_pdf(
    session: Session, sitting_id: int, kinds: Sequence[RoomPaper], *, now: datetime, room: str = "", demo: bool = False
) -> bytes:
    """These papers of a sitting, of all rooms or of one by its code, as one PDF; what was read is let go of before it
    is rendered (some 100 ms a room). Raises NoResultFound for an unknown sitting and DoesNotFit."""
    sitting = session.scalars(select(Sitting).where(Sitting.id == sitting_id)).one()
    papers = sitting_papers(session, sitting, now=now, demo=demo)
    if room:
        papers = replace(papers, rooms=tuple(one for one in papers.rooms if one.code == room))
    let_go(session)
    return room_papers_pdf(papers, kinds, dated=now.astimezone(UTC))


def sign_in_sheet_pdf(session: Session, sitting_id: int, *, now: datetime, demo: bool = False) -> bytes:
    """The sign-in sheets 签到表 of a sitting, one for each room. Raises as `papers_pdf`."""
    return papers_pdf(session, sitting_id, [RoomPaper.SIGN_IN], now=now, demo=demo)


def seat_chart_pdf(session: Session, sitting_id: int, *, now: datetime, demo: bool = False) -> bytes:
    """The seat charts 座位表 of a sitting, one for each room. Raises as `papers_pdf`."""
    return papers_pdf(session, sitting_id, [RoomPaper.CHART], now=now, demo=demo)


def door_notice_pdf(session: Session, sitting_id: int, *, now: datetime, demo: bool = False) -> bytes:
    """The door notices 门贴 of a sitting, with masked names, one for each room. Raises as `papers_pdf`."""
    return papers_pdf(session, sitting_id, [RoomPaper.NOTICE], now=now, demo=demo)


def all_papers_pdf(session: Session, sitting_id: int, *, now: datetime, demo: bool = False) -> bytes:
    """Every paper of every room of a sitting, in the order in which a room is made ready. Raises as `papers_pdf`."""
    return papers_pdf(session, sitting_id, list(RoomPaper), now=now, demo=demo)


def _rooms(
    people: Sequence[Booking], numbers: Mapping[int, str], granted: Mapping[str, Granted]
) -> tuple[RoomFacts, ...]:
    by_room: dict[int, list[Booking]] = {}
    for one in people:
        by_room.setdefault(one.room_id or 0, []).append(one)
    found = [
        RoomFacts(room.code, room.seats, tuple(_seated(
            one, numbers.get(one.learner_id, ""), granted.get(one.subject, Granted())) for one in those),
                  room.across, room.serpentine, room.accessible, room.place)
        for those in by_room.values() if (room := those[0].room) is not None
    ]
    return tuple(sorted(found, key=lambda one: one.code))


def _seated(booking: Booking, ticket_no: str, granted: Granted) -> SeatedPerson:
    learner = booking.learner
    return SeatedPerson(booking.seat_no or 0, learner.legal_name, mask_name(learner.called),
                        ticket_no or booking.reference, learner.id_number_mask[-4:],
                        printed(granted.codes, granted.minutes))


def _ticket_numbers(session: Session, sitting: Sitting) -> dict[int, str]:
    """The number of the ticket in force of everybody in the sitting, by learner."""
    wanted = select(Ticket.learner_id, Ticket.number).join(
        Booking, (Booking.learner_id == Ticket.learner_id) & (Booking.window_id == Ticket.window_id),
    ).where(Booking.sitting_id == sitting.id, Ticket.kind == str(TicketKind.TICKET), Ticket.replaced_at.is_(None))
    return dict(session.execute(wanted).all())
