"""For `flask doctor`: applications, seats, results and certificates."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import Session, aliased

from enroll.accounts.models import Account
from enroll.accounts.permissions import Permission
from enroll.admission.models import Ticket
from enroll.applications.lifecycle import LIVE as LIVE_APPLICATIONS
from enroll.applications.models import Application, ApplicationMove, Extension
from enroll.certificates.lifecycle import CertificateState
from enroll.certificates.models import Certificate
from enroll.enrolments.models import Enrolment
from enroll.hours.models import HoursProof
from enroll.learners.models import Learner
from enroll.programmes.models import Window
from enroll.results.models import MarkEntry, Outcome, Publication, Result
from enroll.sittings.lifecycle import LIVE, SEATED, TAKES_SEAT, WAITING, BookingState
from enroll.sittings.models import Booking, PassedOverPlace, Sitting

UNPUBLISHED = ["pending", "entered", "discrepancy", "checked", "locked"]
TWO_STOOD_FOR = [CertificateState.APPROVED, CertificateState.REPORTED, CertificateState.BODY_REJECTED,
                 CertificateState.ISSUED, CertificateState.SUSPENDED, CertificateState.SUPERSEDED]  # fmt: skip


def seats(session: Session) -> Iterator[str]:
    """A sitting's count is the number of bookings that take a seat, and never above its capacity."""
    taken = select(func.count()).where(Booking.sitting_id == Sitting.id, Booking.state.in_(TAKES_SEAT))
    counted = taken.correlate(Sitting).scalar_subquery()
    wrong = select(Sitting.code, Sitting.taken, counted, Sitting.capacity).where(
        (Sitting.taken != counted) | (Sitting.taken > Sitting.capacity)
    )
    for code, said, found, capacity in session.execute(wrong):
        yield f"sitting {code}: says {said} taken, {found} bookings, {capacity} seats"


def bookings(session: Session) -> Iterator[str]:
    """A live booking belongs to a live or approved application of the same learner and window."""
    orphan = (
        select(Booking.reference)
        .outerjoin(Application, Application.reference == Booking.subject)
        .where(
            Booking.state.in_(LIVE),
            (Application.id.is_(None))
            | (Application.learner_id != Booking.learner_id)
            | (Application.window_id != Booking.window_id)
            | Application.state.not_in(["submitted", "returned", "approved"]),
        )
    )
    for reference in session.scalars(orphan):
        yield f"booking {reference} has no live application behind it"


def one_live(session: Session) -> Iterator[str]:
    """One live application per learner, programme and window; one seat, and one place in a list, per learner, window
    and part."""
    applied = (Application.learner_id, Application.programme_id, Application.window_id)
    many = select(Application.learner_id).where(Application.state.in_(LIVE_APPLICATIONS)).group_by(*applied)
    for learner_id in session.scalars(many.having(func.count() > 1)):
        yield f"learner {learner_id} has two live applications for one window"
    booked = (Booking.learner_id, Booking.window_id, Booking.part)
    for states, what in ((SEATED, "seats"), (WAITING, "places in waiting lists")):
        twice = select(Booking.learner_id).where(Booking.state.in_(states)).group_by(*booked)
        for learner_id in session.scalars(twice.having(func.count() > 1)):
            yield f"learner {learner_id} has two {what} for one part"


def waiting_lists(session: Session) -> Iterator[str]:
    """No seat is free beside a list unless whoever waits was passed over for a reason; nobody is offered a seat before
    whoever stands in front; no offer outlasts the list."""
    passed = exists().where(PassedOverPlace.booking_id == Booking.id)
    idle = select(Booking.reference, Sitting.code).join(Sitting, Sitting.id == Booking.sitting_id).where(
        Booking.state == BookingState.WAITLISTED, Sitting.taken < Sitting.capacity, Sitting.closed_at.is_(None),
        ~passed)
    for reference, code in session.execute(idle):
        yield f"booking {reference} waits for sitting {code}, where a seat is free"
    offered = aliased(Booking)
    jumped = select(offered.reference, Booking.reference).join(Booking, (Booking.sitting_id == offered.sitting_id) & (
        Booking.id < offered.id)).where(
        offered.state == BookingState.OFFERED, Booking.state == BookingState.WAITLISTED, ~passed)
    for reference, in_front in session.execute(jumped):
        yield f"booking {reference} was offered a seat before {in_front}, which stands in front of it"
    closes_at = case((Booking.resit, Window.resit_payment_due_at), else_=Window.payment_due_at)
    late = select(Booking.reference).join(Window, Window.id == Booking.window_id).where(
        Booking.state == BookingState.OFFERED, Booking.offer_ends_at > closes_at)
    for reference in session.scalars(late):
        yield f"the offer of booking {reference} ends after its list"


def submitted_in_time(session: Session) -> Iterator[str]:
    """Submitted while the window was open, opens <= t < closes, or inside this person's own extension."""
    extended: dict[tuple[int, int], datetime] = {}
    for one in session.scalars(select(Extension).where(Extension.name == "closes_at")):
        place = (one.learner_id, one.window_id)
        extended[place] = max(one.until, extended.get(place, one.until))
    wanted = (
        select(Application, Window, ApplicationMove.made_at)
        .join(Window, Window.id == Application.window_id)
        .join(ApplicationMove, ApplicationMove.record_id == Application.id)
        .where(ApplicationMove.move == "submit")
    )
    for application, window, at in session.execute(wanted):
        closes = max(window.closes_at, window.resit_closes_at) if application.resit else window.closes_at
        closes = max(closes, extended.get((application.learner_id, application.window_id), closes))
        if not window.opens_at <= at < closes:
            yield f"application {application.reference} was submitted at {at:%Y-%m-%d %H:%M} UTC, outside the window"


def hours_behind(session: Session) -> Iterator[str]:
    """What was approved rests on a proof of the same enrolment with the hours that it demands."""
    wanted = (
        select(Application.reference, Enrolment, HoursProof)
        .join(Enrolment, Enrolment.id == Application.enrolment_id)
        .outerjoin(HoursProof, (HoursProof.reference == Application.proof_reference)
                   & (HoursProof.enrolment_id == Application.enrolment_id))
        .where(Application.state == "approved")
    )  # fmt: skip
    for reference, enrolment, proof in session.execute(wanted):
        if proof is None or proof.minutes < enrolment.demands.required_minutes:
            yield f"application {reference} is approved without a proof of the hours"


def tickets(session: Session) -> Iterator[str]:
    """Versions run 1, 2, 3 …, the newest is in force, and whoever has a ticket to show has one in force."""
    newest: dict[tuple[int, int, str], Ticket | None] = {}
    for ticket in session.scalars(select(Ticket).order_by(Ticket.id)):
        place = (ticket.learner_id, ticket.window_id, ticket.kind)
        before = newest.get(place)
        if ticket.ticket_version != (before.ticket_version if before else 0) + 1:
            yield f"ticket {ticket.number}: version {ticket.ticket_version} does not follow the one before it"
        if before is not None and before.replaced_at is None:
            yield f"ticket {ticket.number}: version {before.ticket_version} is still in force"
        newest[place] = ticket
    in_force = {(one.learner_id, one.window_id) for one in newest.values() if one and one.replaced_at is None}
    for booking in session.scalars(select(Booking).where(Booking.state == "ticketed")):
        if (booking.learner_id, booking.window_id) not in in_force:
            yield f"booking {booking.reference} says ticketed, and no ticket is in force"


def publications(session: Session) -> Iterator[str]:
    """A window is published whole or not at all."""
    published = select(Publication.window_id)
    wrong = (
        select(Result.reference)
        .join(Booking, Booking.id == Result.booking_id)
        .where(
            ((Result.state == "published") & Booking.window_id.not_in(published))
            | (Result.state.in_(UNPUBLISHED) & Booking.window_id.in_(published))
        )
    )
    for reference in session.scalars(wrong):
        yield f"result {reference} does not follow its window's publication"


def certificates(session: Session) -> Iterator[str]:
    """Approved by two people who held the right then, neither the learner, neither having made or checked a mark."""
    wanted = (
        select(Certificate, Learner.account_id, Outcome.verdict, Publication.id)
        .join(Learner, Learner.id == Certificate.learner_id)
        .join(Outcome, Outcome.id == Certificate.outcome_id)
        .outerjoin(Publication, Publication.window_id == Certificate.window_id)
        .where(Certificate.state.in_(TWO_STOOD_FOR))
    )
    for certificate, own_account, verdict, publication in session.execute(wanted).all():
        name = f"certificate {certificate.reference}"
        if verdict != "pass" or publication is None:
            yield f"{name} rests on no published pass"
        reviewers = [(certificate.first_by_id, certificate.first_at), (certificate.second_by_id, certificate.second_at)]
        if len({person for person, _ in reviewers if person}) < 2:
            yield f"{name} was not approved by two people"
        markers = _markers(session, certificate)
        for person, at in reviewers:
            if person in {own_account, *markers}:
                yield f"{name}: reviewer {person} is the learner, or made or checked a mark"
            if person and at and not session.get_one(Account, person).actor_at(at).may(Permission.REVIEW_ISSUANCE):
                yield f"{name}: reviewer {person} did not hold the right on {at:%Y-%m-%d}"


def _markers(session: Session, certificate: Certificate) -> set[int]:
    wanted = (
        select(MarkEntry.made_by_id)
        .join(Result, Result.id == MarkEntry.result_id)
        .join(Booking, Booking.id == Result.booking_id)
        .where(Booking.learner_id == certificate.learner_id, Booking.window_id == certificate.window_id)
    )
    return set(session.scalars(wanted))
