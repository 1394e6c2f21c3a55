"""A case on one page: claimed, looked at, decided; the next one follows."""

from datetime import datetime
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from enroll.accounts.permissions import Permission
from enroll.applications.forms.reviewing import DecideForm, RevealForm
from enroll.applications.lifecycle import APPLICATION
from enroll.applications.models import Application
from enroll.applications.queries.case import application_by_reference, case_of, file_of_case
from enroll.applications.queries.own import history_of
from enroll.applications.queries.queue import next_to_review
from enroll.applications.services import claiming, reviewing
from enroll.applications.staff_views.listing import SEES, applications_staff
from enroll.applications.staff_views.showing import page_of
from enroll.foundation.problems import Problem, Refused, Stale, problem
from enroll.foundation.words import N_, say
from enroll.learners.lifecycle import CheckKind
from enroll.learners.queries.reasons import reason_library
from enroll.learners.services.identity import reveal_number
from enroll.storage.database import db
from enroll.web.access import requires, weighty
from enroll.web.downloads import send_stored
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once

Problems = tuple[Problem, ...]


@applications_staff.get("/<ref:reference>")
@requires(*SEES)
def case(reference: str) -> str:
    return show_page(found(reference))


@applications_staff.post("/<ref:reference>/claim")
@requires(Permission.REVIEW_APPLICATIONS)
def claim(reference: str) -> Any:
    """Hold the case for twenty minutes; a lead may take over what somebody else holds."""
    application = found(reference)
    form = ActForm()
    if not form.validate_on_submit():
        return show_page(application), 422

    def act() -> str:
        claiming.claim(reference, by=current_user.actor, now=now(), take_over=request.form.get("take_over") == "y")
        return url_for(".case", reference=reference)

    try:
        return once(form, act)
    except Refused as refused:
        return show_page(found(reference), problems=refused.problems), 409


@applications_staff.post("/<ref:reference>/release")
@requires(Permission.REVIEW_APPLICATIONS)
def release(reference: str) -> Any:
    found(reference)
    form = ActForm()
    if not form.validate_on_submit():
        abort(400)

    def act() -> str:
        claiming.release(reference, by=current_user.actor, now=now())
        return url_for(".queue")

    return once(form, act)


@applications_staff.post("/<ref:reference>/approve", defaults={"decision": "approve"})
@applications_staff.post("/<ref:reference>/return", defaults={"decision": "return"})
@applications_staff.post("/<ref:reference>/reject", defaults={"decision": "reject"})
@applications_staff.post("/<ref:reference>/decide", defaults={"decision": ""})
@requires(Permission.REVIEW_APPLICATIONS)
def decide(reference: str, decision: str) -> Any:
    """One form, one button: approve, return or reject, and open the next case. A rejection is shown once before."""
    application = found(reference)
    form = DecideForm(reason_library(db.session()))
    form.decision.data = decision or form.decision.data
    if not form.validate_on_submit():
        return show_page(application, form), 422
    if form.decision.data == "reject" and form.confirmed.data != "y" and form.reject_reasons.data:
        return show_page(application, form, preview=True)
    language = application.learner.account.language
    try:
        return once(form, lambda: _decided(reference, form, language))
    except Stale:
        # The case has moved on: what was typed stays, the page says who was faster and shows the case as it is now.
        form.version.data = str(found(reference).version)
        return show_page(found(reference), form, (_who_was_faster(reference),)), 409
    except Refused as refused:
        rest = form.show_problems(refused.problems)
        faster = (_who_was_faster(reference),) if "wrong_state" in refused.codes else ()
        return show_page(found(reference), form, (*faster, *rest)), _code_of(refused)


@applications_staff.post("/<ref:reference>/reveal")
@requires(Permission.REVEAL_IDENTITY)
@weighty
def reveal(reference: str) -> Any:
    """The document number in full, on this page only. That it was shown, to whom and why, is on record."""
    application = found(reference)
    form = RevealForm()
    if not form.validate_on_submit():
        return show_page(application, sent=form), 422
    # Inside a review the case is the reason; more can be said.
    reason = " ".join([reference, form.reason.data or ""]).strip()
    number = reveal_number(application.learner_id, by=current_user.actor, now=now(), reason=reason)
    return show_page(found(reference), number=number)


@applications_staff.get("/<ref:reference>/files/<token:token>")
@requires(*SEES)
def file(reference: str, token: str) -> Response:
    """A picture of the case: in force, or frozen with what was submitted."""
    stored = file_of_case(db.session(), found(reference), token) or abort(404)
    return send_stored(stored, inline=True)


def found(reference: str) -> Application:
    """A submitted application; drafts are the learner's own affair."""
    application = application_by_reference(db.session(), reference)
    if application is None or application.submitted_at is None:
        abort(404)
    return application


def _decided(reference: str, form: DecideForm, language: str) -> str:
    by, moment = current_user.actor, now()
    how: dict[str, Any] = {"by": by, "now": moment, "seen_version": form.seen_version}
    if form.decision.data == "approve":
        kinds = [(CheckKind.IDENTITY, form.verify_identity.data), (CheckKind.PHOTO, form.accept_photo.data)]
        reviewing.approve(reference, verified=[kind for kind, ticked in kinds if ticked], **how)
        flash(_("Approved: %(reference)s", reference=reference), "ok")
    elif form.decision.data == "return":
        reviewing.return_for_correction(reference, form.items(language), **how)
        flash(_("Returned for correction: %(reference)s", reference=reference), "ok")
    else:
        reviewing.reject(reference, form.items(language), **how)
        flash(_("Rejected: %(reference)s", reference=reference), "ok")
    return _onward(reference, moment)


def _onward(reference: str, moment: datetime) -> str:
    """The next case, or this one where the reviewer wants to stay; the list when nothing waits."""
    if request.form.get("then") == "stay":
        return url_for(".case", reference=reference)
    following = next_to_review(db.session(), current_user.account_id, moment, but=reference)
    return url_for(".case", reference=following) if following else url_for(".queue")


def _who_was_faster(reference: str) -> Problem:
    last = history_of(db.session(), found(reference).id)[0]
    return problem("moved_on", N_("%(name)s was faster: %(step)s, %(moment)s."), name=last.made_by_name,
                   step=say(APPLICATION.moves[last.move].label), moment=last.made_at)


def _code_of(refused: Refused) -> int:
    """Somebody else was faster, or holds the case: a conflict; anything else is the form's own."""
    return 409 if refused.codes & {"wrong_state", "claimed"} else 422


def show_page(
    application: Application, form: DecideForm | None = None, problems: Problems = (), *, preview: bool = False,
    number: str = "", sent: ActForm | None = None,
) -> str:
    """The case; `sent` is one of the forms beside the decision, shown again as it was sent."""
    session = db.session()
    if form is None:
        form = DecideForm(reason_library(session), formdata=None)
    form.version.data = form.version.data or str(application.version)
    return render_template("applications/staff/case.html", **page_of(
        case_of(session, application, now()), form, current_user, now(), problems=problems, preview=preview,
        number=number, sent=sent))

