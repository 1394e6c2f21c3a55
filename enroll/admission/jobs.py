"""What admission does by itself: render a released ticket, follow a booking that changed, confirm online parts."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import current_app

from enroll.admission.models import Ticket
from enroll.admission.queries.tickets import file_by_id, ticket_by_token, windows_with_online_due
from enroll.admission.rules.tickets import (
    OnlineFigures,
    OnsiteFigures,
    TicketKind,
    arrangements_printed,
    noticed,
    online_notice,
    onsite_notice,
    sex_name,
)
from enroll.admission.services.printing import make_print
from enroll.admission.services.tickets import keep_documents, release_confirmations, renew_ticket
from enroll.applications.queries.accommodations import accommodation_by_reference
from enroll.documents import papers
from enroll.documents.refusals import DoesNotFit
from enroll.foundation import words
from enroll.foundation.actor import SYSTEM
from enroll.learners.rules.numbers import id_type_as_printed
from enroll.sittings.lifecycle import PART_NAMES, Part
from enroll.sittings.queries import booking_of
from enroll.storage.database import db, let_go
from enroll.storage.files import StoredFile, keep_file, read_file
from enroll.storage.outbox import Happened
from enroll.web.language import in_language, translate

NOTICE_ELSEWHERE = "本场次另有考生须知，请登录后在准考证页面查看。"
LEAVES = {"cancel", "lapse", "change", "transfer", "excuse", "confirm"}


def print_ticket(happened: Happened, now: datetime) -> None:
    """On TicketReleased: render PDF and picture once, outside any transaction. A second run changes nothing."""
    ticket = ticket_by_token(db.session(), happened.event.token)
    if ticket is None or ticket.file_id is not None:
        return
    paper, token, released_at = paper_of(ticket), ticket.token, ticket.released_at.astimezone(UTC)
    name = f"{ticket.number}-{ticket.ticket_version}"
    let_go(db.session())
    pdf, image = _printed(paper, released_at)
    keep_documents(token, _kept(pdf, f"{name}.pdf", "application/pdf", now),
                   _kept(image, f"{name}.png", "image/png", now))


def _printed(paper: papers.Paper, dated: datetime) -> tuple[bytes, bytes]:
    """A notice of the sitting that is too long for the page is led to instead of printed; nothing else is left out."""
    try:
        return papers.as_both(paper, dated=dated)
    except DoesNotFit as wrong:
        if wrong.values.get("field") != "pages" or not getattr(paper, "notices", ()):
            raise
        return papers.as_both(replace(paper, notices=(NOTICE_ELSEWHERE,)), dated=dated)  # type: ignore[call-arg]


def print_all(happened: Happened, now: datetime) -> None:
    """On PrintAsked: all tickets in one file."""
    make_print(happened.event.token, now=now)


def follow_booking(happened: Happened, now: datetime) -> None:
    """On BookingMoved: a ticket that is out is brought up to date when a part of it goes; a late registration for an
    online part gets its confirmation."""
    if happened.event.move not in LEAVES:
        return
    booking = booking_of(db.session(), happened.event.learner_id, happened.event.reference)
    if booking is None or (happened.event.move == "excuse" and now >= booking.sitting.ends_at):
        return  # after the exam nobody needs another ticket
    learner_id, window_id, code = booking.learner_id, booking.window_id, booking.sitting.code
    online, due = booking.sitting.online, now >= booking.window.ticket_from
    let_go(db.session())
    if happened.event.move != "confirm":
        kind = TicketKind.CONFIRMATION if online else TicketKind.TICKET
        renew_ticket(learner_id, window_id, kind, by=SYSTEM, now=now)
    elif online and due:
        release_confirmations(code, by=SYSTEM, now=now)


def follow_accommodation(happened: Happened, now: datetime) -> None:
    """On AccommodationMoved: a ticket or confirmation that is out says what is granted now."""
    found = accommodation_by_reference(db.session(), happened.event.reference)
    if found is None or happened.event.move == "refuse":
        return
    learner_id, window_id = found.learner_id, found.application.window_id
    let_go(db.session())
    for kind in TicketKind:
        renew_ticket(learner_id, window_id, kind, by=SYSTEM, now=now)


def confirm_online_parts(now: datetime) -> int:
    """The scheduler's: confirmations of every window whose ticket date has come; gives how many were written."""
    codes = windows_with_online_due(db.session(), now)
    let_go(db.session())
    return sum(one.outcome == "done" for code in codes for one in release_confirmations(code, by=SYSTEM, now=now))


def paper_of(ticket: Ticket) -> papers.Paper:
    """The document of a ticket, from the facts frozen when it was released and nothing else."""
    facts = ticket.facts
    common: dict[str, Any] = {
        "number": ticket.number, "name": facts["name"], "document_number": facts["id_number_mask"],
        "document_type": id_type_as_printed(facts["id_type"]), "partner_name": facts["partner_name"],
        "partner_code": facts["partner_code"], "demo": bool(current_app.config["DEMO"]),
        "verify_url": f"{current_app.config['BASE_URL'].rstrip('/')}/tickets/{ticket.number}",
        "version": ticket.ticket_version,
        "programme": words.Bilingual(facts["programme_zh"], facts["programme_en"]),
        "window": f"{facts['window']}期",
        "issued_at": ticket.released_at, "arrangements": arrangements_printed(facts),
        "notices": noticed(facts, "zh"),
    }
    if ticket.kind == TicketKind.CONFIRMATION:
        notice = online_notice(OnlineFigures(*facts["figures"]))
        return papers.ExamConfirmation(**common, rules=_in_chinese(notice),
                                       parts=tuple(_online(one) for one in facts["parts"]))
    photo = file_by_id(db.session(), facts["photo_file_id"])
    return papers.AdmissionTicket(
        **common, sex=sex_name(facts["sex"]), photo=read_file(photo) if photo else b"", code=ticket.token,
        parts=tuple(_seated(one) for one in facts["parts"]),
        rules=_in_chinese(onsite_notice(OnsiteFigures(*facts["figures"]))),
    )


def _seated(part: dict[str, Any]) -> papers.SeatedPart:
    return papers.SeatedPart(
        part=_part(part["part"]), starts_at=_moment(part["starts_at"]), ends_at=_moment(part["ends_at"]),
        report_at=_moment(part["report_at"]), site_name=part["site_name"], site_address=part["site_address"],
        site_telephone=part["site_telephone"], room=part["room"], seat=part["seat"],
    )


def _online(part: dict[str, Any]) -> papers.OnlinePart:
    return papers.OnlinePart(
        part=_part(part["part"]), opens_at=_moment(part["starts_at"]), closes_at=_moment(part["ends_at"]),
        minutes_allowed=part["minutes"], account=part["account"], link=part["link"],
    )


def _part(part: str) -> words.Bilingual:
    name = words.say(PART_NAMES[Part(part)])
    with in_language("zh"):
        chinese = translate(name)
    return words.Bilingual(chinese, name.text)


def _in_chinese(notice: tuple[words.Words, ...]) -> tuple[str, ...]:
    with in_language("zh"):
        return tuple(translate(one) for one in notice)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _kept(content: bytes, name: str, media_type: str, now: datetime) -> StoredFile:
    return keep_file(content, name=name, media_type=media_type, purpose="ticket", now=now, sealed=True)
