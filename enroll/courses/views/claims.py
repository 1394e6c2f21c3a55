"""Hours from elsewhere: claimed with the partner's record, seen, completed, taken back."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.forms import ClaimForm
from enroll.courses.models.editions import Course
from enroll.courses.queries.plan import courses_of
from enroll.courses.views.disputes import TARGET_WORKING_DAYS, kept_upload
from enroll.courses.views.hours import hours
from enroll.enrolments.models import Enrolment
from enroll.foundation.problems import Refused
from enroll.hours.lifecycle import CLAIM, ClaimState
from enroll.hours.models import HourClaim
from enroll.hours.queries.claims import claim_history, my_claim
from enroll.hours.queries.standing import my_enrolment
from enroll.hours.rules.claims import MOST_FILES, UNIT_NAMES, Claim, ClaimedCourse, ClaimUnit
from enroll.hours.rules.crediting import KINDS
from enroll.hours.services.claims import claim_hours, resubmit_claim, withdraw_claim
from enroll.hours.services.evidence import LARGEST
from enroll.programmes.queries.windows import working_calendar
from enroll.storage.database import db
from enroll.storage.files import StoredFile
from enroll.web.access import requires
from enroll.web.downloads import send_stored
from enroll.web.forms import ActForm
from enroll.web.moments import now, today
from enroll.web.once import once
from enroll.web.uploads import takes_files


@hours.get("/claims/new")
@requires(Permission.LEARN)
def new_claim() -> Any:
    return _form_page(ClaimForm(formdata=None), _enrolment())


@hours.post("/claims/new")
@requires(Permission.LEARN)
@takes_files(LARGEST * MOST_FILES)
def hand_in_claim() -> Any:
    enrolment, form = _enrolment(), ClaimForm()
    courses = _offer(form, enrolment)
    if not form.validate():
        return _form_page(form, enrolment), 422
    number, claim = enrolment.id, _claim(form, courses)

    def act() -> str:
        return _page_of(claim_hours(number, claim, kept, by=current_user.actor, now=now()))

    try:
        kept = kept_files()
        answer = once(form, act)
    except Refused as refused:
        return _form_page(form, _enrolment(), form.show_problems(refused.problems)), 409
    flash(_("Your claim is handed in. The decision comes as a message."), "ok")
    return answer


@hours.get("/claims/<ref:reference>")
@requires(Permission.LEARN)
def show_claim(reference: str) -> Any:
    return _page(_mine(reference))


@hours.get("/claims/<ref:reference>/files/<token:token>")
@requires(Permission.LEARN)
def claim_file(reference: str, token: str) -> Any:
    found = next((one.file for one in _mine(reference).files if one.file.token == token), None)
    return send_stored(found or abort(404), inline=True)


@hours.post("/claims/<ref:reference>/resubmit")
@requires(Permission.LEARN)
@takes_files(LARGEST * MOST_FILES)
def hand_in_again(reference: str) -> Any:
    form, found = ClaimForm(), _mine(reference)
    courses = _offer(form, found.enrolment)
    if not form.validate():
        return _page(found, form), 422
    claim, seen = _claim(form, courses), form.seen_version

    def act() -> str:
        resubmit_claim(reference, claim, kept, by=current_user.actor, now=now(), version=seen)
        return _page_of(reference)

    try:
        kept = kept_files()
        answer = once(form, act)
    except Refused as refused:
        return _page(_mine(reference), form, form.show_problems(refused.problems)), 409
    flash(_("Your claim is handed in again."), "ok")
    return answer


@hours.post("/claims/<ref:reference>/withdraw")
@requires(Permission.LEARN)
def take_claim_back(reference: str) -> Any:
    form, _found = ActForm(), _mine(reference)
    form.validate()
    seen = form.seen_version

    def act() -> str:
        withdraw_claim(reference, by=current_user.actor, now=now(), version=seen)
        return _page_of(reference)

    try:
        answer = once(form, act)
    except Refused as refused:
        return _page(_mine(reference), problems=refused.problems), 409
    flash(_("The claim is taken back."), "ok")
    return answer


def kept_files() -> Sequence[StoredFile]:
    """Every file that was chosen, looked over and kept. Raises Refused."""
    kept = [kept_upload(one, "files", "hour_claim") for one in request.files.getlist("files")[:2 * MOST_FILES]]
    return [one for one in kept if one is not None]


def _claim(form: ClaimForm, courses: Sequence[Course]) -> Claim:
    course = next(one for one in courses if one.code == form.course.data)
    first, last = form.studied_from.data or today(), form.studied_until.data or today()
    return Claim(
        form.partner.data or "", form.partner_code.data or "", first, last, form.amount.data or 0,
        form.unit.data, form.kind.data, ClaimedCourse(course.code, course.title, course.section),
        form.note.data or "",
    )


def _offer(form: ClaimForm, enrolment: Enrolment) -> Sequence[Course]:
    courses = courses_of(db.session(), enrolment.programme_id)
    form.offer((one.code, f"{one.code} {one.title}") for one in courses)
    return courses


def _form_page(form: ClaimForm, enrolment: Enrolment, problems: Any = ()) -> Any:
    _offer(form, enrolment)
    return render_template("courses/claim_new.html", form=form, enrolment=enrolment, problems=problems, largest=LARGEST,
                           unit=enrolment.demands.unit, most_files=MOST_FILES)


def _page(found: HourClaim, form: ClaimForm | None = None, problems: Any = ()) -> Any:
    session, press = db.session(), ActForm(formdata=None)
    history = claim_history(session, found.id)
    form = form or ClaimForm(formdata=None, obj=found, course=found.course_code)
    press.version.data = form.version.data = str(found.version)
    if found.state == ClaimState.RETURNED:
        _offer(form, found.enrolment)
    waits = found.state == ClaimState.SUBMITTED
    return render_template(
        "courses/claim.html", claim=found, form=form, press=press, problems=problems, unit=found.enrolment.demands.unit,
        label=CLAIM.label(found.state), kinds=KINDS, unit_name=UNIT_NAMES[ClaimUnit(found.unit)], waits=waits,
        answer=next((one for one in history if one.move in ("accept", "return", "refuse")), None), largest=LARGEST,
        by=working_calendar(session).deadline(found.submitted_at, TARGET_WORKING_DAYS) if waits else None,
        may_withdraw=found.state in (ClaimState.SUBMITTED, ClaimState.RETURNED), most_files=MOST_FILES,
    )


def _page_of(reference: str) -> str:
    return url_for("hours.show_claim", reference=reference)


def _enrolment() -> Enrolment:
    return my_enrolment(db.session(), current_user.account_id) or abort(404)


def _mine(reference: str) -> HourClaim:
    return my_claim(db.session(), current_user.account_id, reference) or abort(404)
