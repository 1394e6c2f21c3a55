"""Minutes in doubt: the queue, one of them with its evidence, the decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import Refused
from enroll.hours.forms import ReasonForm
from enroll.hours.lifecycle import DOUBT, DoubtState
from enroll.hours.models import HoursDoubt
from enroll.hours.queries.doubts import decided_doubts, doubt_by_reference, doubt_history, doubts
from enroll.hours.queries.standing import balance
from enroll.hours.rules.crediting import KINDS
from enroll.hours.rules.doubts import EVIDENCE, DoubtFacts, why_in_doubt
from enroll.hours.services.doubts import decide_doubt
from enroll.hours.staff_views.tabs import SEES, TARGET_WORKING_DAYS, hours_tabs, staff
from enroll.programmes.queries.windows import working_calendar
from enroll.programmes.rules.working_days import WorkingCalendar, days_left
from enroll.storage.database import db
from enroll.storage.paging import page_by_id
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number
from enroll.web.moments import now
from enroll.web.notices import group_notice
from enroll.web.once import once


@dataclass(frozen=True)
class DoubtRow:
    doubt: HoursDoubt
    by: datetime | None
    left: int | None


@staff.get("")
@requires(*SEES)
def queue() -> Any:
    """Minutes in doubt, the oldest first; those decided, the newest first."""
    session, decided = db.session(), asked("state") == "decided"
    wanted = decided_doubts() if decided else doubts(DoubtState.OPEN)
    page = page_by_id(session, wanted, HoursDoubt.id, after=asked_number("after"), descending=decided)
    calendar = working_calendar(session)
    return render_template(
        "hours/staff/queue.html", page=page, rows=[_row(one, calendar) for one in page.rows], decided=decided,
        tabs_of=hours_tabs("open"), why=why_in_doubt,
        label=lambda doubt: DOUBT.label(doubt.state), notice=_notice(page.rows, calendar) if not decided else "",
    )


@staff.get("/doubts/<ref:reference>")
@requires(*SEES)
def doubt(reference: str) -> Any:
    return _doubt_page(_doubt(reference), ReasonForm())


@staff.post("/doubts/<ref:reference>/count")
@requires(Permission.REVIEW_HOURS)
def count(reference: str) -> Any:
    return _decide(reference, "count", _("The minutes are counted."))


@staff.post("/doubts/<ref:reference>/refuse")
@requires(Permission.REVIEW_HOURS)
def refuse(reference: str) -> Any:
    return _decide(reference, "refuse", _("The minutes are not counted."))


def _decide(reference: str, move: str, done: str) -> Any:
    form, found = ReasonForm(), _doubt(reference)
    if not form.validate():
        return _doubt_page(found, form), 422
    reason, seen = form.reason.data or "", form.seen_version

    def act() -> str:
        decide_doubt(reference, move, by=current_user.actor, now=now(), reason=reason, version=seen)
        return url_for("hours_staff.queue")

    try:
        answer = once(form, act)
    except Refused as refused:
        return _doubt_page(_doubt(reference), form, form.show_problems(refused.problems)), 409
    flash(done, "ok")
    return answer


def _row(one: HoursDoubt, calendar: WorkingCalendar) -> DoubtRow:
    if one.state != DoubtState.OPEN:
        return DoubtRow(one, None, None)
    by = calendar.deadline(one.raised_at, TARGET_WORKING_DAYS)
    return DoubtRow(one, by, days_left(by, now()))


def _notice(rows: Sequence[HoursDoubt], calendar: WorkingCalendar) -> str:
    lines = [(one.enrolment.learner.called, str(one.entry["title"]), _row(one, calendar).by) for one in rows]
    return group_notice(_("Minutes in doubt to be decided, %(day)s:"), lines, "hours_staff.queue")


def _doubt_page(found: HoursDoubt, form: ReasonForm, problems: Any = ()) -> Any:
    session, facts = db.session(), DoubtFacts(found.enrolment.learner.account_id)
    form.version.data = str(found.version)
    return render_template(
        "hours/staff/doubt.html", doubt=found, enrolment=found.enrolment, learner=found.enrolment.learner, form=form,
        row=_row(found, working_calendar(session)), label=DOUBT.label(found.state), why=why_in_doubt(found.why),
        offers=DOUBT.offers(found.state, current_user.actor, facts), problems=problems, lifecycle=DOUBT,
        history=doubt_history(session, found.id), balance=balance(session, found.enrolment_id), kinds=KINDS,
        times=[datetime.fromisoformat(found.entry[name]) for name in ("started_at", "ended_at")],
        sessions=[as_times(one) for one in found.evidence.get("sessions", [])],
        other={EVIDENCE.get(name, name): value for name, value in found.evidence.items() if name != "sessions"},
    )


def as_times(one: dict[str, Any]) -> dict[str, Any]:
    """A session of the evidence, its moments read."""
    return {**one, "started_at": datetime.fromisoformat(one["started_at"]),
            "ended_at": datetime.fromisoformat(one["ended_at"])}


def _doubt(reference: str) -> HoursDoubt:
    return doubt_by_reference(db.session(), reference) or abort(404)
