"""What a review lead does beside deciding: look again, take up an appeal, cancel, give more time; and the flag."""

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.applications.forms.reviewing import CancelForm, ExtendForm, FlagForm
from enroll.applications.rules.deadlines import Extended
from enroll.applications.services.extending import extend as extend_date
from enroll.applications.services.leaving import cancel as cancel_registration
from enroll.applications.services.money import quote
from enroll.applications.services.reviewing import reopen, reopen_on_appeal
from enroll.applications.services.settling import set_flag
from enroll.applications.staff_views.listing import applications_staff
from enroll.applications.staff_views.reviewing import found, show_page
from enroll.fees.rules import Cause
from enroll.foundation.problems import Problem, Refused
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.forms import ActForm, MoveForm
from enroll.web.moments import now
from enroll.web.once import once


@applications_staff.post("/<ref:reference>/reopen")
@requires(Permission.LEAD_REVIEW)
def look_again(reference: str) -> Any:
    form = MoveForm()
    return _press(reference, form, lambda: reopen(
        reference, reason=form.reason.data or "", by=current_user.actor, now=now(), seen_version=form.seen_version))


@applications_staff.post("/<ref:reference>/reopen_on_appeal")
@requires(Permission.LEAD_REVIEW)
def take_up_appeal(reference: str) -> Any:
    form = MoveForm()
    return _press(reference, form, lambda: reopen_on_appeal(
        reference, reason=form.reason.data or "", by=current_user.actor, now=now(), seen_version=form.seen_version))


@applications_staff.route("/<ref:reference>/cancel", methods=["GET", "POST"])
@requires(Permission.LEAD_REVIEW)
def cancel(reference: str) -> Any:
    """Cancel a registration for a cause, with what comes back by it."""
    application = found(reference)
    form = CancelForm()
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.validate():
        def act() -> str:
            cancel_registration(reference, Cause(form.cause.data), by=current_user.actor, now=now(),
                                reason=form.reason.data or "", seen_version=form.seen_version)
            return url_for(".case", reference=reference)

        try:
            return once(form, act)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
    application = found(reference)
    form.version.data = form.version.data or str(application.version)
    offered = {cause: quote(db.session(), application, cause, now())
               for cause in (Cause.SITTING_CANCELLED, Cause.MISCONDUCT)}
    return render_template("applications/staff/cancel.html", application=application, form=form, problems=problems,
                           offered=offered), (422 if request.method == "POST" else 200)


@applications_staff.post("/<ref:reference>/extend")
@requires(Permission.LEAD_REVIEW)
def extend(reference: str) -> Any:
    """More time for one person, one date (R13)."""
    application = found(reference)
    form = ExtendForm()
    learner_id, window = application.learner_id, application.window.code
    return _press(reference, form, lambda: extend_date(
        learner_id, window, Extended(form.name.data), form.until.data, reason=form.reason.data or "",
        by=current_user.actor, now=now()))


@applications_staff.post("/<ref:reference>/flag")
@requires(Permission.REVIEW_APPLICATIONS)
def flag(reference: str) -> Any:
    """Set or clear the internal flag. The learner's page and messages do not change."""
    form = FlagForm()
    return _press(reference, form, lambda: set_flag(reference, form.said(), by=current_user.actor, now=now()))


def _press(reference: str, form: ActForm, act: Callable[[], None]) -> Any:
    """Do it and show the case again; what stands against it is said there."""
    application = found(reference)
    if not form.validate_on_submit():
        return show_page(application, sent=form), 422

    def press() -> str:
        act()
        flash(_("Done."), "ok")
        return url_for(".case", reference=reference)

    try:
        return once(form, press)
    except Refused as refused:
        return show_page(found(reference), problems=form.show_problems(refused.problems), sent=form), 422
