"""Before an online part: the learner tries camera, microphone, browser, connection and clock on the device itself.
Nothing is kept, and nothing is promised for the exam system of the issuing body, which has a test of its own."""

from typing import Any

from flask import Blueprint, abort, jsonify, make_response, render_template
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.admission.queries.facts import online_figures
from enroll.sittings.lifecycle import BOOKING, PART_NAMES, Part
from enroll.sittings.models import Booking
from enroll.sittings.queries import own_booking
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.moments import real_now

pages = Blueprint("equipment", __name__)
ALLOWED = "geolocation=(), microphone=(self), camera=(self)"


@pages.get("/bookings/<ref:reference>/equipment")
@requires(Permission.LEARN)
def check(reference: str) -> Any:
    booking = _online(reference)
    page = make_response(render_template(
        "admission/equipment.html", booking=booking, sitting=booking.sitting, part=PART_NAMES[Part(booking.part)],
        label=BOOKING.label(booking.state), window=booking.window, figures=online_figures(booking.window)))
    page.headers["Permissions-Policy"] = ALLOWED  # everywhere else the microphone is closed
    return page


@pages.get("/bookings/<ref:reference>/equipment/clock")
@requires(Permission.LEARN)
def clock(reference: str) -> Any:
    """The server's real time in milliseconds, asked for a few times to measure the way there and back."""
    _online(reference)
    return jsonify(at=int(real_now().timestamp() * 1000))


def _online(reference: str) -> Booking:
    booking = own_booking(db.session(), current_user.account_id, reference)
    return booking if booking is not None and booking.sitting.online else abort(404)
