"""Disputed time: the queue, one stretch with what the server saw beside what the learner says, the decision."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import Refused
from enroll.hours.forms import DisputeDecision
from enroll.hours.lifecycle import DISPUTE, DisputeState
from enroll.hours.models import HoursDispute
from enroll.hours.queries.disputes import dispute_by_reference, dispute_history, disputes
from enroll.hours.rules.crediting import KINDS, UNCOUNTED, why_uncounted
from enroll.hours.services.disputes import decide_dispute, dispute_facts
from enroll.hours.staff_views.doubts import as_times
from enroll.hours.staff_views.tabs import SEES, TARGET_WORKING_DAYS, hours_tabs, staff
from enroll.programmes.queries.windows import working_calendar
from enroll.programmes.rules.working_days import WorkingCalendar, days_left
from enroll.storage.database import db
from enroll.storage.paging import page_by_id
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number
from enroll.web.downloads import send_stored
from enroll.web.moments import now
from enroll.web.notices import group_notice
from enroll.web.once import once


@dataclass(frozen=True)
class DisputeRow:
    dispute: HoursDispute
    by: datetime | None
    left: int | None


@staff.get("/disputes")
@requires(*SEES)
def dispute_queue() -> Any:
    """Those to be answered, the oldest first; those answered, the newest first."""
    session, decided = db.session(), asked("state") == "decided"
    page = page_by_id(session, disputes(decided=decided), HoursDispute.id, after=asked_number("after"),
                      descending=decided)
    calendar = working_calendar(session)
    rows = [_row(one, calendar) for one in page.rows]
    lines = [(row.dispute.enrolment.learner.called, row.dispute.uncounted.title, row.by) for row in rows]
    return render_template(
        "hours/staff/disputes.html", page=page, rows=rows, decided=decided, tabs_of=hours_tabs("disputes"),
        why=why_uncounted, label=lambda one: DISPUTE.label(one.state),
        notice="" if decided else group_notice(_("Disputed time to be answered, %(day)s:"), lines,
                                               "hours_staff.dispute_queue"),
    )


@staff.get("/disputes/<ref:reference>")
@requires(*SEES)
def dispute(reference: str) -> Any:
    return _page(_dispute(reference), DisputeDecision())


@staff.get("/disputes/<ref:reference>/evidence")
@requires(*SEES)
def dispute_evidence(reference: str) -> Any:
    return send_stored(_dispute(reference).picture or abort(404), inline=True)


@staff.post("/disputes/<ref:reference>/count")
@requires(Permission.REVIEW_HOURS)
def count_disputed(reference: str) -> Any:
    return _decide(reference, "count", _("The minutes are counted."))


@staff.post("/disputes/<ref:reference>/stand")
@requires(Permission.REVIEW_HOURS)
def let_stand(reference: str) -> Any:
    return _decide(reference, "stand", _("It stays uncounted; the learner hears the reason."))


def _decide(reference: str, move: str, done: str) -> Any:
    form, found = DisputeDecision(), _dispute(reference)
    if not form.validate():
        return _page(found, form), 422
    reason, seen, minutes = form.reason.data or "", form.seen_version, form.minutes.data

    def act() -> str:
        decide_dispute(reference, move, minutes=minutes, by=current_user.actor, now=now(), reason=reason, version=seen)
        return url_for("hours_staff.dispute_queue")

    try:
        answer = once(form, act)
    except Refused as refused:
        return _page(_dispute(reference), form, form.show_problems(refused.problems)), 409
    flash(done, "ok")
    return answer


def _page(found: HoursDispute, form: DisputeDecision, problems: Any = ()) -> Any:
    session, facts = db.session(), dispute_facts(db.session(), found)
    form.version.data = str(found.version)
    if not form.is_submitted():
        form.minutes.data = facts.minutes
    sessions, kept = found.evidence.get("sessions", []), found.evidence.get("uncounted", {})
    return render_template(
        "hours/staff/dispute.html", dispute=found, enrolment=found.enrolment, learner=found.enrolment.learner,
        form=form, row=_row(found, working_calendar(session)), label=DISPUTE.label(found.state), problems=problems,
        why=why_uncounted(found.uncounted.reason), facts=facts, kinds=KINDS, lifecycle=DISPUTE,
        offers=[one for one in DISPUTE.offers(found.state, current_user.actor, facts) if one.move.name != "withdraw"],
        history=dispute_history(session, found.id), sessions=[as_times(one) for one in sessions],
        signals=found.evidence.get("signals"), reasons_seen={UNCOUNTED[code].label: kept[code] for code in kept
                                                             if code in UNCOUNTED},
    )


def _row(one: HoursDispute, calendar: WorkingCalendar) -> DisputeRow:
    if one.state != DisputeState.OPEN:
        return DisputeRow(one, None, None)
    by = calendar.deadline(one.raised_at, TARGET_WORKING_DAYS)
    return DisputeRow(one, by, days_left(by, now()))


def _dispute(reference: str) -> HoursDispute:
    return dispute_by_reference(db.session(), reference) or abort(404)
