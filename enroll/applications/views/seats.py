"""Seats after the submission: an offer accepted or declined, a list joined or left, a sitting changed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.applications.forms.applying import WAIT, SittingChoice
from enroll.applications.models import Application
from enroll.applications.queries.own import own_application
from enroll.applications.services.seating import accept_seat, change_sitting, decline_seat, wait_for_seat
from enroll.applications.views.applying import Problems, applications, own
from enroll.applications.views.choosing import all_of
from enroll.foundation.problems import Refused
from enroll.programmes.rules.working_days import days_left
from enroll.sittings.lifecycle import PART_NAMES, SEATED, WAITING, BookingState, Part
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.queries import bookings_of, own_booking, places_of, sittings_of, waiting_counts
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.forms import MoveForm
from enroll.web.language import translate
from enroll.web.moments import now
from enroll.web.once import once

seats = Blueprint("seats", __name__, url_prefix="/bookings")


@seats.route("/<ref:reference>/accept", methods=["GET", "POST"])
@requires(Permission.APPLY)
def accept(reference: str) -> Any:
    """The seat that is offered: what accepting it means, and until when."""
    return _act(reference, "applications/offer.html", lambda form: accept_seat(
        reference, by=current_user.actor, now=now(), seen_version=form.seen_version), _("The seat is yours."))


@seats.route("/<ref:reference>/cancel", methods=["GET", "POST"])
@requires(Permission.APPLY)
def cancel(reference: str) -> Any:
    """Decline an offer, or leave a list: what it means, and the press that does it."""
    return _act(reference, "applications/leave_list.html", lambda form: decline_seat(
        reference, by=current_user.actor, now=now(), reason=form.reason.data or "", seen_version=form.seen_version),
        _("You have left the waiting list."))


@seats.route("/<ref:reference>/change", methods=["GET", "POST"])
@requires(Permission.APPLY)
def change(reference: str) -> Any:
    """Another sitting of the same part, with what it does to fee, attempt and seat."""
    booking = _booking(reference)
    rows = [one for one in sittings_of(db.session(), booking.window_id, Part(booking.part))
            if one.closed_at is None and one.seats_left > 0 and (one.id != booking.sitting_id)]
    return _choose(own(booking.subject), rows, None, "applications/change.html", lambda form: change_sitting(
        reference, form.sitting.data, by=current_user.actor, now=now(), seen_version=form.seen_version),
        _("Your sitting was changed."), booking)


@applications.route("/<ref:reference>/waiting", methods=["GET", "POST"])
@requires(Permission.APPLY)
def wait(reference: str) -> Any:
    """Full sittings whose list can be joined; the seats there are stay."""
    application = own(reference)
    session = db.session()
    bookings = bookings_of(session, reference)
    waits = {one.part for one in bookings if one.state in WAITING}
    seated = {one.sitting_id for one in bookings if one.state in SEATED}
    rows = [one for one in sittings_of(session, application.window_id) if one.part in application.parts
            and one.part not in waits and one.id not in seated and one.closed_at is None and one.seats_left <= 0]
    return _choose(application, rows, waiting_counts(session, application.window_id), "applications/waiting.html",
                   lambda form: wait_for_seat(reference, str(form.sitting.data).removeprefix(WAIT),
                                              by=current_user.actor, now=now(), seen_version=form.seen_version),
                   _("You are on the waiting list. When a seat is free for you we write to you."))


def _act(reference: str, template: str, act: Callable[[MoveForm], None], said: str) -> Any:
    booking, form = _booking(reference), MoveForm()
    problems: Problems = ()
    application = _application(booking)
    if request.method == "POST" and form.validate():
        subject = booking.subject

        def press() -> str:
            act(form)
            flash(said, "ok")
            return url_for("applications.show", reference=subject)

        try:
            return once(form, press)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
            booking = _booking(reference)
            application = _application(booking)
    form.version.data = str(application.version)
    bookings, ends_at = bookings_of(db.session(), application.reference), booking.offer_ends_at
    return render_template(
        template, booking=booking, sitting=booking.sitting, application=application, form=form, problems=problems,
        part=PART_NAMES[Part(booking.part)], place=places_of(db.session(), [booking]).get(reference), ends_at=ends_at,
        left=days_left(ends_at, now()) if ends_at else None, offered=booking.state == BookingState.OFFERED,
        over=booking.state not in WAITING,
        other=next((one for one in bookings if one.part == booking.part and one.state in SEATED), None),
    ), (422 if request.method == "POST" else 200)


def _choose(
    application: Application, rows: list[Sitting], waiting: dict[int, int] | None, template: str,
    act: Callable[[SittingChoice], object], said: str, booking: Booking | None = None,
) -> Any:
    reference, form = application.reference, SittingChoice()
    problems: Problems = ()
    days = [replace(day, title=f"{translate(PART_NAMES[Part(part)])} · {day.title}") for part in application.parts
            for day in all_of([one for one in rows if one.part == part], waiting)]
    if request.method == "POST" and form.validate():
        def press() -> str:
            act(form)
            flash(said, "ok")
            return url_for("applications.show", reference=reference)

        try:
            return once(form, press)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
            application = own(reference)
            booking = _booking(booking.reference) if booking is not None else None
    form.version.data = str(application.version)
    return render_template(template, application=application, form=form, days=days, problems=problems,
                           booking=booking, sitting=booking.sitting if booking is not None else None), (
        422 if request.method == "POST" else 200)


def _booking(reference: str) -> Booking:
    """This person's booking; another's is not found, the same as an absent one."""
    return own_booking(db.session(), current_user.account_id, reference) or abort(404)


def _application(booking: Booking) -> Application:
    return own_application(db.session(), current_user.account_id, booking.subject) or abort(404)
