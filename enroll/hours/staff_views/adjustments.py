"""Entries by hand: those that wait for a second person, one of them, the decision."""

from typing import Any

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import Refused
from enroll.hours.forms import ReasonForm
from enroll.hours.lifecycle import ADJUSTMENT, AdjustmentState
from enroll.hours.models import HourAdjustment
from enroll.hours.queries.adjustments import adjustment_by_reference, adjustment_history, adjustments
from enroll.hours.queries.standing import balance
from enroll.hours.rules.crediting import KINDS
from enroll.hours.services.adjusting import adjustment_facts, decide_adjustment
from enroll.hours.staff_views.tabs import SEES, TARGET_WORKING_DAYS, hours_tabs, staff
from enroll.programmes.queries.windows import working_calendar
from enroll.programmes.rules.working_days import days_left
from enroll.storage.database import db
from enroll.storage.paging import page_by_id
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number
from enroll.web.downloads import send_stored
from enroll.web.moments import now
from enroll.web.notices import group_notice
from enroll.web.once import once

DONE = {
    "approve": lambda: _("Approved; the minutes are credited."),
    "refuse": lambda: _("Refused; nothing is credited."),
    "withdraw": lambda: _("Taken back; nothing is credited."),
}


@staff.get("/adjustments")
@requires(*SEES)
def adjustment_queue() -> Any:
    session, decided = db.session(), asked("state") == "decided"
    page = page_by_id(session, adjustments(decided=decided), HourAdjustment.id, after=asked_number("after"),
                      descending=decided)
    calendar = working_calendar(session)
    rows = [(one, by, days_left(by, now())) for one in page.rows
            for by in [calendar.deadline(one.made_at, TARGET_WORKING_DAYS)]]
    lines = [(one.enrolment.learner.called, one.title, by) for one, by, _left in rows]
    return render_template(
        "hours/staff/adjustments.html", page=page, rows=rows, decided=decided, tabs_of=hours_tabs("adjustments"),
        label=lambda one: ADJUSTMENT.label(one.state),
        notice="" if decided else group_notice(_("Entries of hours that need a second person, %(day)s:"), lines,
                                               "hours_staff.adjustment_queue"),
    )


@staff.get("/adjustments/<ref:reference>")
@requires(*SEES)
def adjustment(reference: str) -> Any:
    return _page(_adjustment(reference), ReasonForm())


@staff.get("/adjustments/<ref:reference>/evidence")
@requires(*SEES)
def adjustment_evidence(reference: str) -> Any:
    return send_stored(_adjustment(reference).file, inline=True)


@staff.post("/adjustments/<ref:reference>/approve")
@requires(Permission.REVIEW_HOURS)
def approve_adjustment(reference: str) -> Any:
    return _decide(reference, "approve")


@staff.post("/adjustments/<ref:reference>/refuse")
@requires(Permission.REVIEW_HOURS)
def refuse_adjustment(reference: str) -> Any:
    return _decide(reference, "refuse")


@staff.post("/adjustments/<ref:reference>/withdraw")
@requires(Permission.REVIEW_HOURS)
def withdraw_adjustment(reference: str) -> Any:
    return _decide(reference, "withdraw")


def _decide(reference: str, move: str) -> Any:
    form, found = ReasonForm(), _adjustment(reference)
    if not form.validate():
        return _page(found, form), 422
    reason, seen = form.reason.data or "", form.seen_version

    def act() -> str:
        decide_adjustment(reference, move, by=current_user.actor, now=now(), reason=reason, version=seen)
        return url_for("hours_staff.adjustment", reference=reference)

    try:
        answer = once(form, act)
    except Refused as refused:
        return _page(_adjustment(reference), form, form.show_problems(refused.problems)), 409
    flash(DONE[move](), "ok")
    return answer


def _page(found: HourAdjustment, form: ReasonForm, problems: Any = ()) -> Any:
    session, enrolment = db.session(), found.enrolment
    facts = adjustment_facts(found, enrolment, now())
    form.version.data = str(found.version)
    waits = found.state == AdjustmentState.WAITING
    by = working_calendar(session).deadline(found.made_at, TARGET_WORKING_DAYS) if waits else None
    mine = found.made_by_id == current_user.account_id
    shown = {"withdraw"} if mine else {"approve", "refuse"}
    return render_template(
        "hours/staff/adjustment.html", entry=found, enrolment=enrolment, learner=enrolment.learner, form=form,
        label=ADJUSTMENT.label(found.state), problems=problems, kinds=KINDS, lifecycle=ADJUSTMENT, mine=mine, by=by,
        left=days_left(by, now()) if by else None, history=adjustment_history(session, found.id),
        offers=[one for one in ADJUSTMENT.offers(found.state, current_user.actor, facts) if one.move.name in shown],
        balance=balance(session, enrolment.id),
    )


def _adjustment(reference: str) -> HourAdjustment:
    return adjustment_by_reference(db.session(), reference) or abort(404)
