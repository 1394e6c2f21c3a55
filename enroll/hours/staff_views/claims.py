"""Claims of hours from elsewhere: by the closing of the window each learner makes; one claim, the decision."""

from typing import Any

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import Refused
from enroll.hours.forms import ClaimDecision
from enroll.hours.lifecycle import CLAIM
from enroll.hours.models import HourClaim
from enroll.hours.queries.claims import claim_by_reference, claim_history, decided_claims, waiting_claims
from enroll.hours.queries.ledger import course_sums
from enroll.hours.rules.claims import UNIT_NAMES, ClaimUnit
from enroll.hours.rules.crediting import KINDS
from enroll.hours.services.claims import claim_facts, decide_claim
from enroll.hours.staff_views.tabs import SEES, TARGET_WORKING_DAYS, hours_tabs, staff
from enroll.programmes.queries.windows import working_calendar
from enroll.programmes.rules.working_days import days_left
from enroll.storage.database import db
from enroll.storage.paging import PAGE_SIZE, page_by_id
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number
from enroll.web.downloads import send_stored
from enroll.web.moments import now
from enroll.web.notices import group_notice
from enroll.web.once import once

DONE = {
    "accept": lambda: _("The hours are accepted and credited."),
    "return": lambda: _("Returned; the learner hears what is missing."),
    "refuse": lambda: _("Refused; the learner hears why."),
}


@staff.get("/claims")
@requires(*SEES)
def claim_queue() -> Any:
    """What waits, the window that closes first before the others; those decided, the newest first."""
    session = db.session()
    if asked("state") == "decided":
        page = page_by_id(session, decided_claims(), HourClaim.id, after=asked_number("after"))
        return render_template("hours/staff/claims_decided.html", page=page, tabs_of=hours_tabs("claims"),
                               label=lambda one: CLAIM.label(one.state))
    first, calendar = asked_number("from") or 0, working_calendar(session)
    rows = waiting_claims(session, now())
    shown = [(row, by, days_left(by, now())) for row in rows[first:first + PAGE_SIZE]
             for by in [calendar.deadline(row.claim.submitted_at, TARGET_WORKING_DAYS)]]
    lines = [(row.claim.enrolment.learner.called, row.claim.partner, by) for row, by, _left in shown]
    return render_template(
        "hours/staff/claims.html", rows=shown, tabs_of=hours_tabs("claims"), first=first, size=PAGE_SIZE,
        number=len(rows), kinds=KINDS,
        notice=group_notice(_("Claims of hours to be decided, %(day)s:"), lines, "hours_staff.claim_queue"),
    )


@staff.get("/claims/<ref:reference>")
@requires(*SEES)
def claim(reference: str) -> Any:
    return _page(_claim(reference), ClaimDecision())


@staff.get("/claims/<ref:reference>/files/<token:token>")
@requires(*SEES)
def claim_evidence(reference: str, token: str) -> Any:
    found = next((one.file for one in _claim(reference).files if one.file.token == token), None)
    return send_stored(found or abort(404), inline=True)


@staff.post("/claims/<ref:reference>/accept")
@requires(Permission.REVIEW_HOURS)
def accept_claim(reference: str) -> Any:
    return _decide(reference, "accept")


@staff.post("/claims/<ref:reference>/return")
@requires(Permission.REVIEW_HOURS)
def return_claim(reference: str) -> Any:
    return _decide(reference, "return")


@staff.post("/claims/<ref:reference>/refuse")
@requires(Permission.REVIEW_HOURS)
def refuse_claim(reference: str) -> Any:
    return _decide(reference, "refuse")


def _decide(reference: str, move: str) -> Any:
    form, found = ClaimDecision(), _claim(reference)
    if not form.validate():
        return _page(found, form), 422
    reason, seen, minutes = form.reason.data or "", form.seen_version, form.minutes.data

    def act() -> str:
        decide_claim(reference, move, minutes=minutes, by=current_user.actor, now=now(), reason=reason, version=seen)
        return url_for("hours_staff.claim_queue")

    try:
        answer = once(form, act)
    except Refused as refused:
        return _page(_claim(reference), form, form.show_problems(refused.problems)), 409
    flash(DONE[move](), "ok")
    return answer


def _page(found: HourClaim, form: ClaimDecision, problems: Any = ()) -> Any:
    session, enrolment = db.session(), found.enrolment
    facts = claim_facts(session, found, enrolment, now())
    form.version.data = str(found.version)
    if not form.is_submitted():
        form.minutes.data = found.minutes
    staff_moves = {"accept", "return", "refuse"}
    here = next((one for one in course_sums(session, enrolment.id) if one.code == found.course_code), None)
    return render_template(
        "hours/staff/claim.html", claim=found, enrolment=enrolment, learner=enrolment.learner, form=form, facts=facts,
        label=CLAIM.label(found.state), kinds=KINDS, unit_name=UNIT_NAMES[ClaimUnit(found.unit)], problems=problems,
        offers=[one for one in CLAIM.offers(found.state, current_user.actor, facts) if one.move.name in staff_moves],
        history=claim_history(session, found.id), lifecycle=CLAIM, already=here.minutes if here else 0,
        days=(found.studied_until - found.studied_from).days + 1, unit=enrolment.demands.unit,
    )


def _claim(reference: str) -> HourClaim:
    return claim_by_reference(db.session(), reference) or abort(404)
