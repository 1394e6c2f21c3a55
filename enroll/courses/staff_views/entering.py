"""Minutes entered by hand 学时调整: here, after hours, because the courses they are for are known only here."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.forms import EntryForm
from enroll.courses.queries.plan import courses_of
from enroll.enrolments.models import Enrolment
from enroll.enrolments.queries.enrolments import enrolment_by_reference
from enroll.foundation.problems import OWN_RECORD, Refused
from enroll.hours.queries.standing import balance
from enroll.hours.rules.adjusting import Adjustment
from enroll.hours.services.adjusting import enter_minutes, may_enter_alone
from enroll.hours.services.evidence import LARGEST, keep_evidence
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.moments import now, today
from enroll.web.once import once
from enroll.web.uploads import takes_files

staff_entering = Blueprint("hours_entering", __name__, url_prefix="/staff/hours")


@staff_entering.get("/ledgers/<ref:reference>/enter")
@requires(Permission.REVIEW_HOURS)
def ask(reference: str) -> Any:
    return _page(_enrolment(reference), EntryForm(formdata=None))


@staff_entering.post("/ledgers/<ref:reference>/enter")
@requires(Permission.REVIEW_HOURS)
@takes_files(LARGEST)
def enter(reference: str) -> Any:
    enrolment, form = _enrolment(reference), EntryForm()
    courses = {one.code: one for one in _offer(form, enrolment)}
    if not form.validate():
        return _page(enrolment, form), 422
    course, number, done_on = courses[form.course.data], enrolment.id, form.done_on.data
    what = Adjustment(form.minutes.data or 0, form.kind.data, course.code, course.title, course.section,
                      form.title.data or "", done_on or today(), form.reason.data or "")
    content, name = form.file.data.read(LARGEST + 1), form.file.data.filename or ""
    states: list[str] = []

    def act() -> str:
        record = enter_minutes(number, what, kept, by=current_user.actor, now=now())
        states.append(record.state)
        return url_for("hours_staff.adjustment", reference=record.reference)

    try:
        db.session.rollback()
        kept = keep_evidence(content, name, purpose="hour_adjustment", owner_id=current_user.account_id, now=now())
        answer = once(form, act)
    except Refused as refused:
        return _page(_enrolment(reference), form, form.show_problems(refused.problems)), 409
    flash(_("Entered. A second person approves it before it counts.") if "waiting" in states
          else _("Entered and credited; the learner sees it."), "ok")
    return answer


def _offer(form: EntryForm, enrolment: Enrolment) -> Any:
    courses = courses_of(db.session(), enrolment.programme_id)
    form.offer((one.code, f"{one.code} {one.title}") for one in courses)
    return courses


def _page(enrolment: Enrolment, form: EntryForm, problems: Any = ()) -> Any:
    session = db.session()
    _offer(form, enrolment)
    own = enrolment.learner.account_id == current_user.account_id
    return render_template(
        "courses/staff/enter.html", enrolment=enrolment, learner=enrolment.learner, form=form, problems=problems,
        may_alone=may_enter_alone(session, enrolment, now()), balance=balance(session, enrolment.id), largest=LARGEST,
        against=(OWN_RECORD,) if own else (),
    )


def _enrolment(reference: str) -> Enrolment:
    return enrolment_by_reference(db.session(), reference) or abort(404)
