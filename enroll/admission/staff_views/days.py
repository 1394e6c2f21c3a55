"""Exam days and one sitting: who is expected, rooms and seats, tickets, the lists for the wall and the desk."""

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from wtforms import SelectChoice  # type: ignore[attr-defined]  # the stubs are older than it

from enroll.accounts.permissions import Permission
from enroll.admission.forms.days import DaysFilter, PeopleFilter, SeatForm
from enroll.admission.queries import days as queries
from enroll.admission.queries.paper import photo_of
from enroll.admission.queries.tickets import file_by_id
from enroll.admission.rules.door import SOURCE_NAMES
from enroll.admission.services.seating import change_seat
from enroll.foundation.problems import Problem, Refused
from enroll.programmes.queries.windows import windows_published
from enroll.sittings.lifecycle import BOOKING, PART_NAMES, Part
from enroll.sittings.models import Booking, Sitting
from enroll.sittings.queries import sitting_by_code
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number, outside_url
from enroll.web.downloads import send_stored
from enroll.web.language import show_day, show_moment, translate
from enroll.web.moments import now
from enroll.web.once import once

pages = Blueprint("admission_staff", __name__, url_prefix="/staff/admission")


@pages.get("")
@requires(Permission.RUN_EXAMS)
def days() -> Any:
    session, moment = db.session(), now()
    windows = windows_published(session)
    code = asked("window", next((one.code for one in windows if one.dates.exam_ends_at > moment), ""))
    form = DaysFilter(window=code)
    form.window.choices = [SelectChoice(one.code, one.code) for one in windows]
    found = queries.sittings_by_day(session, code) if code else {}
    shown = [(day, [(one, PART_NAMES[Part(one.sitting.part)], one.sitting.ends_at <= moment) for one in those])
             for day, those in found.items()]
    return render_template("admission/staff/days.html", days=shown, filter=form, window=code,
                           notice=_group_notice(shown))


@pages.get("/<code:code>")
@requires(Permission.RUN_EXAMS)
def sitting(code: str) -> Any:
    return _sitting_page(found_sitting(code))


@pages.get("/<code:code>/<ref:reference>/seat")
@requires(Permission.RUN_EXAMS)
def seat(code: str, reference: str) -> Any:
    booking = found_booking(code, reference)
    form = SeatForm(version=booking.version, seat_no=booking.seat_no, room=booking.room.code if booking.room else "")
    return _seat_page(booking, form)


@pages.post("/<code:code>/<ref:reference>/seat")
@requires(Permission.RUN_EXAMS)
def give_seat(code: str, reference: str) -> Any:
    booking, form = found_booking(code, reference), SeatForm()
    form.room.choices = _room_choices(booking.sitting)
    if not form.validate():
        return _seat_page(booking, form), 422

    def act() -> str:
        change_seat(reference, form.room.data, form.seat_no.data or 0, by=current_user.actor, now=now(),
                    seen_version=form.seen_version, swap=form.swap.data, reason=form.reason.data or "")
        return url_for("admission_staff.sitting", code=code)

    try:
        return once(form, act)
    except Refused as refused:
        rest = form.show_problems(refused.problems)
        return _seat_page(found_booking(code, reference), form, rest), 422


@pages.get("/<code:code>/<ref:reference>/photo")
@requires(Permission.RUN_EXAMS)
def photo(code: str, reference: str) -> Any:
    session = db.session()
    stored = file_by_id(session, photo_of(session, found_booking(code, reference).learner_id))
    return send_stored(stored, inline=True) if stored else abort(404)


def found_sitting(code: str) -> Sitting:
    found = sitting_by_code(db.session(), code)
    return found if found is not None else abort(404)


def found_booking(code: str, reference: str) -> Booking:
    found = queries.booking_in(db.session(), code, reference)
    return found if found is not None else abort(404)


def _sitting_page(found: Sitting) -> Any:
    session = db.session()
    rooms = queries.rooms_of(session, found)
    form = PeopleFilter(request.args)
    form.room.choices = [SelectChoice("", _("All")), *(SelectChoice(str(one.room_id), one.code) for one in rooms)]
    page = queries.some_expected(session, found.id, state=asked("state"), room_id=asked_number("room"),
                                 words=asked("q"), after=asked_number("after"))
    entries = queries.last_entries(session, [one.id for one in page.rows])
    people = [(one, BOOKING.label(one.state), entries.get(one.id)) for one in page.rows]
    return render_template(
        "admission/staff/sitting.html", sitting=found, part=PART_NAMES[Part(found.part)], people=people, page=page,
        counts=queries.counts_of(session, [found.id]).get(found.id, queries.Counts()), rooms=rooms, filter=form,
        over=found.ends_at <= now(), sources=SOURCE_NAMES, filtered=any(asked(name) for name in ("q", "state", "room")),
    )


def _seat_page(booking: Booking, form: SeatForm, problems: tuple[Problem, ...] = ()) -> Any:
    form.room.choices = _room_choices(booking.sitting)
    return render_template("admission/staff/seat.html", booking=booking, sitting=booking.sitting, form=form,
                           problems=problems, name=booking.learner.legal_name)


def _room_choices(found: Sitting) -> list[SelectChoice]:
    return [SelectChoice(one.code, f"{one.code} (1–{one.seats})") for one in queries.rooms_of(db.session(), found)]


def _group_notice(shown: Any) -> str:
    """What the group of exam officers is told: no names, days and numbers."""
    lines = [
        _("%(day)s: %(part)s, %(site)s: %(expected)s expected, %(open)s not recorded", day=show_day(day),
          part=translate(part), site=one.sitting.site.name, expected=one.counts.expected, open=one.counts.open)
        for day, those in shown for one, part, _over in those if one.counts.expected
    ]
    if not lines:
        return ""
    return "\n".join([_("Exam days, as of %(moment)s", moment=show_moment(now())), *lines,
                      outside_url("admission_staff.days")])
