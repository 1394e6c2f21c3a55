"""The door: look somebody up, compare, let them in; and take an attendance back."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission, Role, granted
from enroll.accounts.queries import holders_of
from enroll.admission.forms.days import CheckInForm, LateForm, LookUpForm, UndoForm
from enroll.admission.queries.days import Counts, attendance_of, counts_by_room
from enroll.admission.queries.door import AtTheDoor, at_the_door
from enroll.admission.queries.facts import late_entry_of
from enroll.admission.rules.door import RECORDED_NAMES, SOURCE_NAMES, Recorded
from enroll.admission.services.attendance import check_in, note_turned_away, undo_attendance
from enroll.admission.services.late import allow_late_entry
from enroll.admission.staff_views.days import found_booking, found_sitting
from enroll.foundation.problems import Problem, Refused
from enroll.sittings.lifecycle import BOOKING, PART_NAMES, Part
from enroll.sittings.models import Sitting
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked, outside_url
from enroll.web.language import show_moment
from enroll.web.moments import now
from enroll.web.once import once

pages = Blueprint("admission_door", __name__, url_prefix="/staff/admission")
LEADS = tuple(role for role in Role if Permission.LEAD_REVIEW in granted(frozenset({role})))


@pages.get("/<code:code>/door")
@requires(Permission.RUN_EXAMS)
def door(code: str) -> Any:
    sitting, shown = found_sitting(code), asked("shown")
    case = at_the_door(db.session(), sitting, shown, now()) if shown else None
    form = CheckInForm(formdata=None, shown=shown, ticket_version=case.shown_version if case else None)
    return _door_page(sitting, form, case)


@pages.post("/<code:code>/door")
@requires(Permission.RUN_EXAMS)
def look_up(code: str) -> Any:
    sitting, form = found_sitting(code), LookUpForm()
    if not form.validate():
        return _door_page(sitting, CheckInForm(formdata=None), None, look_up=form), 422
    shown = form.shown.data or ""

    def act() -> str:
        case = at_the_door(db.session(), sitting, shown, now()) if shown else None
        if case is not None and case.alarm:
            # A second scan ends here, with the alarm: nothing more will be pressed, so the scan is what is noted.
            _note_turned_away(sitting, case, case.problems)
        return url_for("admission_door.door", code=code, shown=shown or None)

    return once(form, act)


@pages.post("/<code:code>/check_in")
@requires(Permission.RUN_EXAMS)
def let_in(code: str) -> Any:
    sitting, form = found_sitting(code), CheckInForm()
    if not form.validate():
        shown = "" if form.shown.errors else form.shown.data
        case = at_the_door(db.session(), sitting, shown, now()) if shown else None
        return _door_page(sitting, form, case), 422

    def act() -> str:
        reference = check_in(form.shown.data or "", by=current_user.actor, now=now(), sitting_code=code,
                             ticket_version=form.ticket_version.data, identity_confirmed=form.identity_confirmed.data)
        flash(_("%(reference)s is in.", reference=reference), "ok")
        return url_for("admission_door.door", code=code)

    try:
        return once(form, act)
    except Refused as refused:
        sitting = found_sitting(code)
        case = at_the_door(db.session(), sitting, form.shown.data or "", now())
        _note_turned_away(sitting, case, refused.problems)
        return _door_page(sitting, form, case, form.show_problems(refused.problems)), 422


@pages.get("/<code:code>/door/counts")
@requires(Permission.RUN_EXAMS)
def live_counts(code: str) -> Any:
    """The counts alone, which the page of the door asks for again and again."""
    return render_template("admission/staff/_counts.html", **_counted(found_sitting(code)))


@pages.get("/<code:code>/<ref:reference>/late")
@requires(Permission.LEAD_REVIEW)
def late(code: str, reference: str) -> Any:
    found_booking(code, reference)
    return _late_page(code, reference, LateForm(formdata=None, minutes=10))


@pages.post("/<code:code>/<ref:reference>/late")
@requires(Permission.LEAD_REVIEW)
def allow_late(code: str, reference: str) -> Any:
    found_booking(code, reference)
    form = LateForm()
    if not form.validate():
        return _late_page(code, reference, form), 422

    def act() -> str:
        allow_late_entry(reference, form.minutes.data or 0, form.reason.data or "", by=current_user.actor, now=now())
        flash(_("Allowed. Whoever stands at the door can let them in now."), "ok")
        return url_for("admission_door.late", code=code, reference=reference)

    try:
        return once(form, act)
    except Refused as refused:
        return _late_page(code, reference, form, form.show_problems(refused.problems)), 422


@pages.get("/<code:code>/<ref:reference>/undo")
@requires(Permission.RUN_EXAMS)
def undo(code: str, reference: str) -> Any:
    booking = found_booking(code, reference)
    return _undo_page(code, reference, UndoForm(formdata=None, version=booking.version))


@pages.post("/<code:code>/<ref:reference>/undo")
@requires(Permission.RUN_EXAMS)
def take_back(code: str, reference: str) -> Any:
    found_booking(code, reference)
    form = UndoForm()
    if not form.validate():
        return _undo_page(code, reference, form), 422

    def act() -> str:
        undo_attendance(reference, by=current_user.actor, now=now(), reason=form.reason.data or "",
                        seen_version=form.seen_version)
        flash(_("The attendance of %(reference)s is open again.", reference=reference), "ok")
        return url_for("admission_staff.sitting", code=code)

    try:
        return once(form, act)
    except Refused as refused:
        return _undo_page(code, reference, form, form.show_problems(refused.problems)), 422


def _note_turned_away(sitting: Sitting, case: AtTheDoor, problems: Sequence[Problem]) -> None:
    reference, learner_id = (case.booking.reference, case.booking.learner_id) if case.booking else ("", None)
    note_turned_away(sitting.code, reference, [one.code for one in problems], by=current_user.actor, now=now(),
                     learner_id=learner_id)


def _door_page(
    sitting: Sitting, form: CheckInForm, case: AtTheDoor | None, problems: tuple[Problem, ...] | None = None, *,
    look_up: LookUpForm | None = None,
) -> Any:
    against = problems if problems is not None else (case.problems if case else ())
    return render_template(
        "admission/staff/door.html", part=PART_NAMES[Part(sitting.part)], form=form, case=case,
        look_up=look_up or LookUpForm(formdata=None, shown=form.shown.data if request.method == "POST" else ""),
        problems=against, alarm=any(one.code == "already_in" for one in against), **_counted(sitting),
        ask_late=_asking_for_late(sitting, case), state_of=BOOKING.label,
        label=BOOKING.label(case.booking.state) if case and case.booking else None,
    )


def _counted(sitting: Sitting) -> dict[str, Any]:
    by_room = counts_by_room(db.session(), sitting.id)
    return {"counts": sum(by_room.values(), start=Counts()), "sitting": sitting,
            "by_room": {code: room for code, room in by_room.items() if room.expected}, "counted_at": now()}


def _asking_for_late(sitting: Sitting, case: AtTheDoor | None) -> str:
    """What the officer sends to a review lead for somebody who is too late; empty where nobody is."""
    if case is None or case.booking is None or not case.too_late:
        return ""
    leads = _(", ").join(one.name for one in holders_of(db.session(), LEADS, now()))
    where = outside_url("admission_door.late", code=sitting.code, reference=case.booking.reference)
    return "\n".join([
        _("Late at the door: %(reference)s, %(sitting)s, %(moment)s. Who may allow it: %(leads)s.",
          reference=case.booking.reference, sitting=sitting.code, moment=show_moment(now()), leads=leads or "–"),
        where,
    ])


def _late_page(code: str, reference: str, form: LateForm, problems: tuple[Problem, ...] = ()) -> Any:
    booking = found_booking(code, reference)
    return render_template("admission/staff/late.html", booking=booking, sitting=booking.sitting, form=form,
                           label=BOOKING.label(booking.state), problems=problems,
                           allowed=late_entry_of(db.session(), booking.id))


def _undo_page(code: str, reference: str, form: UndoForm, problems: tuple[Problem, ...] = ()) -> Any:
    booking = found_booking(code, reference)
    entries = [(RECORDED_NAMES[Recorded(one.what)], one) for one in attendance_of(db.session(), booking.id)]
    return render_template("admission/staff/undo.html", booking=booking, sitting=booking.sitting, form=form,
                           label=BOOKING.label(booking.state), entries=entries, sources=SOURCE_NAMES, problems=problems)
