"""An hour without a line: the list that is ticked off in the page and merged later, and those who signed on paper."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, current_app, flash, render_template, url_for
from flask_babel import ngettext
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.admission.forms.offline import OfflineForm, SignedForm
from enroll.admission.models import Attendance
from enroll.admission.queries.days import attendance_of
from enroll.admission.queries.offline import list_of, lists_merged, marks_of, problems_of
from enroll.admission.rules.offline import MERGED_NAMES, Merged, ahead_of, read_mark, read_moment
from enroll.admission.services.offline import merge_marks, record_signed
from enroll.admission.services.tickets import Done
from enroll.admission.staff_views.days import found_booking, found_sitting
from enroll.admission.views.evidence import ACCEPTED, LARGEST, kept_upload
from enroll.foundation.problems import Problem, Refused
from enroll.foundation.references import public_token
from enroll.sittings.lifecycle import PART_NAMES, BookingState, Part
from enroll.sittings.models import Sitting
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.downloads import send_stored
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.uploads import takes_files

pages = Blueprint("admission_offline", __name__, url_prefix="/staff/admission")
MAY_HAVE_SIGNED = (BookingState.TICKETED, BookingState.ABSENT)


@pages.get("/worker.js")
@requires(Permission.RUN_EXAMS)
def worker() -> Any:
    """The script that opens a kept list without a line. Served here and not among the static files, because a worker
    answers for addresses below its own alone: for exam days, and for nothing else."""
    return current_app.send_static_file("js/door_worker.js")


@pages.get("/<code:code>/offline")
@requires(Permission.RUN_EXAMS)
def kept_list(code: str) -> Any:
    """The list, to be kept open or on the device: what is ticked off stays in the browser until it was merged."""
    return _list_page(_onsite(code), OfflineForm(formdata=None, token=public_token()))


@pages.post("/<code:code>/offline")
@requires(Permission.RUN_EXAMS)
def merge(code: str) -> Any:
    sitting, form = _onsite(code), OfflineForm()
    if not form.validate():
        return _list_page(sitting, form), 422
    moment = now()
    ahead = ahead_of(read_moment(form.device_now.data or ""), moment)
    marks = [read_mark(one) for one in form.row.data or []]

    def act() -> str:
        merge_marks(code, form.token.data or "", marks, ahead=ahead, identity_confirmed=form.identity_confirmed.data,
                    by=current_user.actor, now=moment)
        return url_for(".merged", code=code, token=form.token.data)

    try:
        return once(form, act)
    except Refused as refused:
        return _list_page(_onsite(code), form, form.show_problems(refused.problems)), 422


@pages.get("/<code:code>/offline/<token:token>")
@requires(Permission.RUN_EXAMS)
def merged(code: str, token: str) -> Any:
    sitting = _onsite(code)
    rows = [(one, MERGED_NAMES[Merged(one.outcome)], problems_of(one))
            for one in marks_of(db.session(), sitting.id, token)]
    if not rows:
        abort(404)
    counts = {str(one): sum(row.outcome == one for row, _name, _why in rows) for one in Merged}
    return render_template("admission/staff/merged.html", sitting=sitting, part=PART_NAMES[Part(sitting.part)],
                           rows=rows, counts=counts, token=token, ahead=rows[0][0].ahead_seconds)


@pages.get("/<code:code>/signed")
@requires(Permission.RUN_EXAMS)
def signed(code: str) -> Any:
    return _signed_page(_onsite(code), SignedForm(formdata=None))


@pages.post("/<code:code>/signed")
@requires(Permission.RUN_EXAMS)
@takes_files(LARGEST)
def enter_signed(code: str) -> Any:
    sitting, form, done = _onsite(code), SignedForm(), list[Done]()
    if not form.validate():
        return _signed_page(sitting, form), 422
    try:
        sheet = kept_upload(form.picture.data, "sign_in_sheet")

        def act() -> str:
            done.extend(record_signed(code, form.booking.data or [], form.reason.data or "", sheet,
                                      by=current_user.actor, now=now()))
            flash(_written(done), "ok" if all(one.outcome == "done" for one in done) else "warn")
            return url_for("admission_staff.sitting", code=code)

        answer = once(form, act)
    except Refused as refused:
        return _signed_page(_onsite(code), form, form.show_problems(refused.problems)), 422
    if all(one.outcome == "done" for one in done):
        return answer
    rows = [{"label": one.reference, "outcome": one.outcome, "problems": one.problems,
             "href": url_for("admission_staff.sitting", code=code, q=one.reference)} for one in done]
    counts = {outcome: sum(one.outcome == outcome for one in done) for outcome in ("done", "skipped", "refused")}
    return render_template("admission/staff/recorded.html", sitting=_onsite(code), rows=rows, counts=counts)


@pages.get("/<code:code>/<ref:reference>/sheet/<int:number>")
@requires(Permission.RUN_EXAMS)
def sheet(code: str, reference: str, number: int) -> Any:
    """The picture of the signed sheet behind one entry."""
    entries: Sequence[Attendance] = attendance_of(db.session(), found_booking(code, reference).id)
    return send_stored(next((one.paper.file for one in entries if one.id == number and one.paper), None) or abort(404),
                       inline=True)


def _onsite(code: str) -> Sitting:
    sitting = found_sitting(code)
    return abort(404) if sitting.online else sitting


def _list_page(sitting: Sitting, form: OfflineForm, problems: tuple[Problem, ...] = ()) -> Any:
    session = db.session()
    ticked = {one.partition("|")[0]: one for one in form.row.data or []}
    return render_template(
        "admission/staff/offline.html", sitting=sitting, part=PART_NAMES[Part(sitting.part)], form=form,
        rows=list_of(session, sitting), ticked=ticked, merged=lists_merged(session, sitting.id), problems=problems,
        at=now())


def _signed_page(sitting: Sitting, form: SignedForm, problems: tuple[Problem, ...] = ()) -> Any:
    people = [one for one in list_of(db.session(), sitting) if one.booking.state in MAY_HAVE_SIGNED]
    return render_template(
        "admission/staff/signed.html", sitting=sitting, part=PART_NAMES[Part(sitting.part)], form=form, people=people,
        chosen=form.booking.data or [], problems=problems, accepted=ACCEPTED, largest=LARGEST)


def _written(done: Sequence[Done]) -> str:
    number = sum(one.outcome == "done" for one in done)
    return str(ngettext("%(num)s person is present, entered from paper.",
                        "%(num)s people are present, entered from paper.", number))
