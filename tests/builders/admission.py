"""Somebody registered for the exam, photo accepted, and an exam day with rooms."""

from datetime import datetime

from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.foundation.actor import Actor
from enroll.foundation.clock import at_beijing
from enroll.foundation.masking import mask_number
from enroll.learners.lifecycle import CheckKind, CheckState
from enroll.learners.models import IdentityCheck, Learner, LearnerFile
from enroll.programmes.models import Window
from enroll.sittings.lifecycle import Part
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.rules import BookingFacts
from enroll.sittings.services.planning import SittingDetails, add_sitting
from enroll.sittings.services.seats import carrying_out, hold_seats, move_booking
from enroll.storage.database import db, transaction
from enroll.storage.files import keep_file
from enroll.storage.sealing import keyed_hash
from tests.builders.accounts import an_actor
from tests.builders.exams import a_bare_learner, a_site, beijing_time
from tests.builders.papers import a_photo
from tests.conftest import NOON
from tests.worlds import built_once

TICKET_DAY = beijing_time("2027-01-11 10:00")
DOORS = beijing_time("2027-01-16 09:00")
LATE = beijing_time("2027-01-16 09:35")
AFTER = beijing_time("2027-01-16 18:00")


def an_officer(name: str = "kaowu", *roles: Role) -> Actor:
    return an_actor(name, Role.EXAM_OFFICER, *roles)


@built_once
def a_candidate(name: str, number: str = "", *, legal_name: str = "", photo: bool = True) -> Learner:
    """Somebody with an identity and an accepted photo; `number` is the document's."""
    kept = keep_file(a_photo(), name="photo.jpg", media_type="image/jpeg", purpose="photo", now=NOON, sealed=True)
    with transaction() as session:
        person = a_bare_learner(name)
        session.flush()
        number = number or f"11010119900101{100 + person.id:03d}X"
        row = session.get_one(Learner, person.id)
        row.legal_name, row.sex, row.id_type, row.id_number = legal_name or name, "女", "resident_id", number
        row.id_number_key, row.id_number_mask = keyed_hash("id_number", number), mask_number(number)
        session.add(kept)
        session.flush()
        if photo:
            session.add(LearnerFile(learner_id=row.id, kind="photo", file_id=kept.id, added_at=NOON))
        state = CheckState.VERIFIED if photo else CheckState.SUBMITTED
        session.add(IdentityCheck(reference=f"I-{name}", learner_id=row.id, kind=str(CheckKind.PHOTO),
                                  state=str(state), version=1))
    return db.session.get_one(Learner, person.id)


@built_once
def registered(person: Learner, *sittings: Sitting, confirmed: bool = True) -> list[str]:
    """Bookings in these sittings, confirmed; gives their references."""
    with transaction():
        learner_id, actor = person.id, person.account.actor_at(NOON)
        codes, subject, account_id = [one.code for one in sittings], f"A2701-{learner_id:04d}", person.account_id
        references = hold_seats(codes, learner_id, subject, resit=False, by=actor, now=NOON)
        facts = BookingFacts(learner_account_id=account_id, now=NOON, approved=True, fee_settled=True)
        for reference in references if confirmed else ():
            move_booking(reference, "confirm", facts=facts, by=carrying_out(actor), now=NOON)
        return references


@built_once
def a_room_sitting(window: Window, part: Part = Part.THEORY, *, rooms: tuple[str, ...] = ("301", "302"),
                   seats: int = 80) -> Sitting:
    """At 9:30 (theory) or 14:00 in named rooms of BJ01."""
    starts_at = beijing_time("2027-01-16 09:30" if part is Part.THEORY else "2027-01-16 14:00")
    details = SittingDetails(starts_at, beijing_time("2027-01-16 11:30" if part is Part.THEORY else "2027-01-16 16:00"),
                             120, seats, beijing_time("2027-01-16 08:50") if part is Part.THEORY else None, rooms)
    with transaction():
        return the_sitting(add_sitting(window.code, a_site(), part, details, by=Actor(None, "loader"), now=NOON))


@built_once
def an_online_sitting(window: Window, part: Part = Part.THEORY) -> Sitting:
    details = SittingDetails(at_beijing(window.starts_on), beijing_time("2027-01-23 00:00"), 120, 500)
    code = add_sitting(window.code, a_site("ONLINE", online=True), part, details, by=Actor(None, "loader"), now=NOON)
    return the_sitting(code)


def the_sitting(code: str) -> Sitting:
    return db.session.scalars(select(Sitting).where(Sitting.code == code)).one()


def booking(reference: str) -> Booking:
    db.session.rollback()
    return db.session.scalars(select(Booking).where(Booking.reference == reference)).one()


def seat_of(reference: str) -> tuple[str, int | None]:
    found = booking(reference)
    return (found.room.code if found.room else "", found.seat_no)


def at(text: str) -> datetime:
    return beijing_time(text)
