"""One's own hours, minute by minute: what counts, what waits, what did not count and why, and the proof.

Served here, after courses, because what waits for acceptance includes practical work that was handed in.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.forms import LedgerFilter
from enroll.courses.queries.standing import HoursStanding, hours_standing
from enroll.enrolments.models import Enrolment
from enroll.foundation.clock import local_day
from enroll.hours.lifecycle import CLAIM, DISPUTE, DOUBT, PROOF
from enroll.hours.models import HoursProof, LedgerEntry, UncountedTime
from enroll.hours.queries.ledger import chosen_ledger_of, uncounted_of
from enroll.hours.queries.proofs import active_proof, why_revoked
from enroll.hours.queries.standing import my_enrolment
from enroll.hours.rules.crediting import KINDS, SECTIONS, SOURCES, why_uncounted
from enroll.hours.rules.doubts import why_in_doubt
from enroll.storage.database import db
from enroll.storage.paging import page_by_id
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number, verification_address
from enroll.web.downloads import send_stored
from enroll.web.moments import now

hours = Blueprint("hours", __name__, url_prefix="/hours")


@hours.get("")
@requires(Permission.LEARN)
def mine() -> Any:
    session = db.session()
    enrolment = my_enrolment(session, current_user.account_id)
    if enrolment is None:
        return render_template("courses/not_enrolled.html")
    standing = hours_standing(session, enrolment, now())
    proof = standing.proof
    return render_template(
        "courses/hours.html", enrolment=enrolment, standing=standing, next=standing.overview.next,
        proof_label=PROOF.label(proof.state) if proof else None,
        verify=verification_address(proof.token) if proof else "",
        revoked_why=why_revoked(session, proof.id) if proof and proof.state == "revoked" else "",
        doubt_label=lambda doubt: DOUBT.label(doubt.state), why_in_doubt=why_in_doubt, sources=SOURCES, kinds=KINDS,
        sections=SECTIONS, why_uncounted=why_uncounted, local_day=local_day,
        claim_label=lambda one: CLAIM.label(one.state),
        dispute_label=lambda one: DISPUTE.label(one.state), may_dispute=_may_dispute(standing),
        filter=_filter(standing), **_list(enrolment),
    )


@hours.get("/proof.pdf")
@requires(Permission.LEARN)
def proof_pdf() -> Any:
    return send_stored(_proof().file or abort(404))


@hours.get("/proof.png")
@requires(Permission.LEARN)
def proof_image() -> Any:
    return send_stored(_proof().image or abort(404), inline=True)


def _filter(standing: HoursStanding) -> LedgerFilter:
    form = LedgerFilter(request.args)
    form.offer((row.sums.code, f"{row.sums.code} {row.sums.title}") for row in standing.courses)
    return form


def _may_dispute(standing: HoursStanding) -> Callable[[UncountedTime], bool]:
    """Whether a dispute of a stretch could bring anything; its own page says until when, and why not."""
    room = {lesson.code: lesson.minutes - lesson.credited for course in standing.overview.courses
            for lesson in course.lessons}
    return lambda row: row.seconds >= 60 and room.get(row.lesson_code, 0) > 0


def _list(enrolment: Enrolment) -> dict[str, Any]:
    """The page of the ledger, or of what was not counted."""
    session, after = db.session(), asked_number("after")
    if asked("view") == "uncounted":
        page = page_by_id(session, uncounted_of(enrolment.id), UncountedTime.id, after=after)
        return {"view": "uncounted", "page": page, "kept": {}}
    kept = {"course": asked("course"), "source": asked("source") if asked("source") in SOURCES else ""}
    listed = page_by_id(session, chosen_ledger_of(enrolment.id, **kept), LedgerEntry.id, after=after)
    return {"view": "ledger", "page": listed, "kept": {name: value for name, value in kept.items() if value}}


def _proof() -> HoursProof:
    session = db.session()
    enrolment = my_enrolment(session, current_user.account_id) or abort(404)
    return active_proof(session, enrolment.id) or abort(404)
