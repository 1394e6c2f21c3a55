"""Time that was not counted, and one's word against it: the form, what became of it, taking it back."""

from typing import Any

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.forms import DisputeForm
from enroll.courses.services.disputes import dispute_stretch, disputed_stretch
from enroll.courses.views.hours import hours
from enroll.foundation.problems import NotFound, Refused
from enroll.hours.lifecycle import DISPUTE
from enroll.hours.models import HoursDispute
from enroll.hours.queries.disputes import dispute_history, my_dispute
from enroll.hours.queries.standing import my_enrolment
from enroll.hours.rules.crediting import why_uncounted
from enroll.hours.rules.disputes import may_be_disputed
from enroll.hours.services.disputes import withdraw_dispute
from enroll.hours.services.evidence import LARGEST, keep_evidence
from enroll.programmes.queries.windows import working_calendar
from enroll.storage.database import db
from enroll.storage.files import StoredFile
from enroll.web.access import requires
from enroll.web.downloads import send_stored
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.uploads import takes_files

TARGET_WORKING_DAYS = 3


@hours.get("/uncounted/<int:number>/dispute")
@requires(Permission.LEARN)
def ask_dispute(number: int) -> Any:
    return _form_page(number, DisputeForm())


@hours.post("/uncounted/<int:number>/dispute")
@requires(Permission.LEARN)
@takes_files(LARGEST)
def dispute(number: int) -> Any:
    form = DisputeForm()
    if not form.validate():
        return _form_page(number, form), 422
    words = form.words.data or ""

    def act() -> str:
        reference = dispute_stretch(number, words, picture, by=current_user.actor, now=now())
        return url_for("hours.show_dispute", reference=reference)

    try:
        picture = kept_upload(form.picture.data, "picture", "hours_dispute")
        answer = once(form, act)
    except Refused as refused:
        return _form_page(number, form, form.show_problems(refused.problems)), 409
    flash(_("Your dispute is handed in. The answer comes as a message."), "ok")
    return answer


@hours.get("/disputes/<ref:reference>")
@requires(Permission.LEARN)
def show_dispute(reference: str) -> Any:
    return _page(_mine(reference))


@hours.get("/disputes/<ref:reference>/evidence")
@requires(Permission.LEARN)
def dispute_evidence(reference: str) -> Any:
    return send_stored(_mine(reference).picture or abort(404), inline=True)


@hours.post("/disputes/<ref:reference>/withdraw")
@requires(Permission.LEARN)
def take_dispute_back(reference: str) -> Any:
    form, _found = ActForm(), _mine(reference)
    form.validate()
    seen = form.seen_version

    def act() -> str:
        withdraw_dispute(reference, by=current_user.actor, now=now(), version=seen)
        return url_for("hours.show_dispute", reference=reference)

    try:
        answer = once(form, act)
    except Refused as refused:
        return _page(_mine(reference), refused.problems), 409
    flash(_("The dispute is taken back."), "ok")
    return answer


def kept_upload(upload: Any, field: str, purpose: str) -> StoredFile | None:
    """An uploaded picture or PDF, looked over and kept; None where nothing was chosen. Raises Refused."""
    if upload is None or not upload.filename:
        return None
    content = upload.read(LARGEST + 1)
    db.session.rollback()
    return keep_evidence(content, upload.filename, purpose=purpose, owner_id=current_user.account_id, now=now(),
                         field=field)


def _form_page(number: int, form: DisputeForm, problems: Any = ()) -> Any:
    session = db.session()
    enrolment = my_enrolment(session, current_user.account_id) or abort(404)
    if number > 2_000_000_000:
        abort(404)
    try:
        row, stretch = disputed_stretch(session, enrolment, number, now())
    except NotFound:
        abort(404)
    return render_template("courses/dispute.html", row=row, stretch=stretch, form=form, problems=problems,
                           against=may_be_disputed(stretch, now()), why=why_uncounted(row.reason), largest=LARGEST)


def _page(found: HoursDispute, problems: Any = ()) -> Any:
    session, form = db.session(), ActForm(formdata=None)
    form.version.data = str(found.version)
    history = dispute_history(session, found.id)
    waits = found.state == "open"
    return render_template(
        "courses/disputed.html", dispute=found, row=found.uncounted, why=why_uncounted(found.uncounted.reason),
        label=DISPUTE.label(found.state), form=form, problems=problems, waits=waits,
        answer=next((one for one in history if one.move in ("count", "stand")), None),
        by=working_calendar(session).deadline(found.raised_at, TARGET_WORKING_DAYS) if waits else None,
    )


def _mine(reference: str) -> HoursDispute:
    return my_dispute(db.session(), current_user.account_id, reference) or abort(404)
