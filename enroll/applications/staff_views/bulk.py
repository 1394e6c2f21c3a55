"""Approving several cases: which pass by themselves, what would follow, and one answer for each."""

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.applications.forms.bulk import BulkForm
from enroll.applications.queries.bulk import passing
from enroll.applications.queries.queue import minutes_of, windows_with_applications
from enroll.applications.services.bulk import BATCH, Answered, Outcome, approve_several, with_exceptions
from enroll.applications.staff_views.listing import applications_staff
from enroll.foundation.words import N_
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked
from enroll.web.moments import now
from enroll.web.notices import group_notice
from enroll.web.once import act_once

OUTCOMES = {Outcome.DONE: ("ok", N_("Approved"), "circle-check"), Outcome.SKIPPED: ("mute", N_("Left as it is"), "x"),
            Outcome.REFUSED: ("bad", N_("Left for a person"), "alert-triangle")}


@applications_staff.route("/several", methods=["GET", "POST"])
@requires(Permission.REVIEW_APPLICATIONS)
def several() -> Any:
    """Look at who would be approved, take out whom you want, press once."""
    form = BulkForm()
    if request.method == "GET":
        return _page(form, [])
    if not form.validate():
        return _page(form, []), 422
    chosen = list(dict.fromkeys(form.chosen.data or []))[:BATCH]
    looked_at = with_exceptions(chosen, now=now())
    answers: list[Answered] = []

    def act() -> str:
        answers[:] = approve_several(chosen, looked_at=looked_at, by=current_user.actor, now=now())
        return request.path

    act_once(form, act)
    # The same press once more does nothing: what it did is told from how the cases stand now.
    return _page(form, answers or approve_several(chosen, looked_at=set(chosen), by=current_user.actor, now=now()))


def _page(form: BulkForm, answers: list[Answered]) -> str:
    session, moment = db.session(), now()
    window = asked("window", most=6)
    found = passing(session, current_user.account_id, moment, window=window, size=BATCH)
    lines = [(one.learner.legal_name, one.reference, one.review_due_at) for one in found.rows]
    return render_template(
        "applications/staff/several.html", form=BulkForm(formdata=None) if answers else form, found=found,
        answers=answers, outcomes=OUTCOMES, window=window, windows=windows_with_applications(session), most=BATCH,
        minutes=minutes_of(session, [one.enrolment_id for one in found.rows]),
        done=sum(one.outcome is Outcome.DONE for one in answers),
        notice=group_notice(_("Cases that pass by themselves, %(day)s:"), lines, "applications_staff.several"))
