"""Hours, for staff: minutes in doubt, proofs, and the ledger of one enrolment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.enrolments.models import Enrolment
from enroll.enrolments.queries.enrolments import enrolment_by_reference
from enroll.foundation.problems import Refused
from enroll.foundation.words import N_
from enroll.hours.forms import ProofFilter, ReasonForm
from enroll.hours.lifecycle import DOUBT, PROOF, DoubtState, ProofState
from enroll.hours.models import HoursDoubt, HoursProof, LedgerEntry, UncountedTime
from enroll.hours.queries import (
    balance,
    course_sums,
    decided_doubts,
    doubt_by_reference,
    doubt_history,
    doubts,
    doubts_of,
    entry_of,
    proof_by_reference,
    proof_ground,
    proof_history,
    proofs,
    shown_ledger_of,
    uncounted_of,
    waiting_doubts,
)
from enroll.hours.rules.crediting import KINDS, SOURCES, ReversalFacts, may_be_reversed, why_uncounted
from enroll.hours.rules.doubts import EVIDENCE, DoubtFacts, why_in_doubt
from enroll.hours.rules.standing import ProofFacts, stands_against_proof, still_missing
from enroll.hours.services.crediting import reverse
from enroll.hours.services.doubts import decide_doubt
from enroll.hours.services.proofs import reissue_proof, revoke_proof
from enroll.programmes.queries.windows import working_calendar
from enroll.programmes.rules.working_days import WorkingCalendar, days_left
from enroll.storage.database import db
from enroll.storage.paging import page_by_id
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number, verification_address
from enroll.web.components import Tab
from enroll.web.downloads import send_stored
from enroll.web.moments import now
from enroll.web.once import once

staff = Blueprint("hours_staff", __name__, url_prefix="/staff/hours")
TARGET_WORKING_DAYS = 3
SEES = (Permission.REVIEW_HOURS, Permission.REVOKE_PROOF)


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
        tabs_of=_tabs("decided" if decided else "open"), why=why_in_doubt, label=lambda doubt: DOUBT.label(doubt.state),
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


@staff.get("/proofs")
@requires(*SEES)
def proof_list() -> Any:
    state = asked("state") if asked("state") in set(ProofState) else ""
    page = page_by_id(db.session(), proofs(state), HoursProof.id, after=asked_number("after"))
    return render_template("hours/staff/proofs.html", page=page, filter=ProofFilter(request.args), state=state,
                           tabs_of=_tabs("proofs"), label=lambda proof: PROOF.label(proof.state))


@staff.get("/proofs/<ref:reference>")
@requires(*SEES)
def proof(reference: str) -> Any:
    return _proof_page(_proof(reference), ReasonForm())


@staff.get("/proofs/<ref:reference>/document.pdf")
@requires(*SEES)
def proof_document(reference: str) -> Any:
    return send_stored(_proof(reference).file or abort(404))


@staff.post("/proofs/<ref:reference>/revoke")
@requires(Permission.REVOKE_PROOF)
def revoke(reference: str) -> Any:
    def act(form: ReasonForm) -> str:
        revoke_proof(reference, by=current_user.actor, now=now(), reason=form.reason.data or "",
                     version=form.seen_version)
        return url_for("hours_staff.proof", reference=reference)

    return _on_proof(reference, act, _("The proof is revoked; its public page says so."))


@staff.post("/proofs/<ref:reference>/reissue")
@requires(Permission.REVOKE_PROOF)
def reissue(reference: str) -> Any:
    enrolment_id = _proof(reference).enrolment_id

    def act(form: ReasonForm) -> str:
        new = reissue_proof(enrolment_id, by=current_user.actor, now=now(), reason=form.reason.data or "")
        return url_for("hours_staff.proof", reference=new)

    return _on_proof(reference, act, _("A new proof is issued with today’s facts."))


@staff.get("/ledgers/<ref:reference>")
@requires(*SEES)
def ledger(reference: str) -> Any:
    """Every entry of one enrolment, and what was not counted."""
    session, enrolment = db.session(), _enrolment(reference)
    uncounted, after = asked("view") == "uncounted", asked_number("after")
    ground = proof_ground(session, enrolment)
    page: Any = (
        page_by_id(session, uncounted_of(enrolment.id), UncountedTime.id, after=after) if uncounted
        else page_by_id(session, shown_ledger_of(enrolment.id), LedgerEntry.id, after=after)
    )
    return render_template(
        "hours/staff/ledger.html", enrolment=enrolment, page=page, uncounted=uncounted, sources=SOURCES, kinds=KINDS,
        balance=ground.balance, sums=course_sums(session, enrolment.id), why=why_uncounted,
        proof=ground.newest, doubts=doubts_of(session, enrolment.id),
        may_reverse=current_user.actor.may(Permission.REVIEW_HOURS),
    )


@staff.get("/ledgers/<ref:reference>/entries/<int:number>/reverse")
@requires(Permission.REVIEW_HOURS)
def ask_to_reverse(reference: str, number: int) -> Any:
    return _reversal_page(_enrolment(reference), number, ReasonForm())


@staff.post("/ledgers/<ref:reference>/entries/<int:number>/reverse")
@requires(Permission.REVIEW_HOURS)
def take_back(reference: str, number: int) -> Any:
    form, enrolment = ReasonForm(), _enrolment(reference)
    if not form.validate():
        return _reversal_page(enrolment, number, form), 422
    _entry(enrolment, number)
    enrolment_id, reason = enrolment.id, form.reason.data or ""

    def act() -> str:
        reverse(enrolment_id, number, by=current_user.actor, now=now(), reason=reason)
        return url_for("hours_staff.ledger", reference=reference)

    try:
        answer = once(form, act)
    except Refused as refused:
        return _reversal_page(_enrolment(reference), number, form, form.show_problems(refused.problems)), 409
    flash(_("The entry is taken back; the learner sees both rows."), "ok")
    return answer


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


def _tabs(current: str) -> list[Tab]:
    waiting = waiting_doubts(db.session())
    return [
        Tab(N_("To decide"), url_for("hours_staff.queue"), waiting, current == "open"),
        Tab(N_("Decided"), url_for("hours_staff.queue", state="decided"), None, current == "decided"),
        Tab(N_("Proofs of hours"), url_for("hours_staff.proof_list"), None, current == "proofs"),
    ]


def _row(one: HoursDoubt, calendar: WorkingCalendar) -> DoubtRow:
    if one.state != DoubtState.OPEN:
        return DoubtRow(one, None, None)
    by = calendar.deadline(one.raised_at, TARGET_WORKING_DAYS)
    return DoubtRow(one, by, days_left(by, now()))


def _doubt_page(found: HoursDoubt, form: ReasonForm, problems: Any = ()) -> Any:
    session, facts = db.session(), DoubtFacts(found.enrolment.learner.account_id)
    form.version.data = str(found.version)
    return render_template(
        "hours/staff/doubt.html", doubt=found, enrolment=found.enrolment, learner=found.enrolment.learner, form=form,
        row=_row(found, working_calendar(session)), label=DOUBT.label(found.state), why=why_in_doubt(found.why),
        offers=DOUBT.offers(found.state, current_user.actor, facts), problems=problems, lifecycle=DOUBT,
        history=doubt_history(session, found.id), balance=balance(session, found.enrolment_id), kinds=KINDS,
        times=[datetime.fromisoformat(found.entry[name]) for name in ("started_at", "ended_at")],
        sessions=[_device(one) for one in found.evidence.get("sessions", [])],
        other={EVIDENCE.get(name, name): value for name, value in found.evidence.items() if name != "sessions"},
    )


def _device(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "started_at": datetime.fromisoformat(one["started_at"]),
            "ended_at": datetime.fromisoformat(one["ended_at"])}


def _on_proof(reference: str, act: Callable[[ReasonForm], str], done: str) -> Any:
    form, found = ReasonForm(), _proof(reference)
    if not form.validate():
        return _proof_page(found, form), 422
    try:
        answer = once(form, lambda: act(form))
    except Refused as refused:
        return _proof_page(_proof(reference), form, form.show_problems(refused.problems)), 409
    flash(done, "ok")
    return answer


def _proof_page(found: HoursProof, form: ReasonForm, problems: Any = ()) -> Any:
    """The proof with what it froze, and whether today's ledger would still support it."""
    session, enrolment = db.session(), found.enrolment
    ground = proof_ground(session, enrolment)
    totals, newest = ground.balance.totals, ground.newest
    facts = ProofFacts(enrolment.demands, totals, ground.identity_verified,
                       sum(one.state == DoubtState.OPEN for one in doubts_of(session, enrolment.id)), False)
    form.version.data = str(found.version)
    return render_template(
        "hours/staff/proof.html", proof=found, enrolment=enrolment, learner=enrolment.learner, facts=found.facts,
        label=PROOF.label(found.state), lacks=still_missing(enrolment.demands, totals), form=form, problems=problems,
        offers=[one for one in PROOF.offers(found.state, current_user.actor, None) if one.move.name == "revoke"],
        against=stands_against_proof(facts), is_newest=newest is not None and newest.id == found.id,
        may_reissue=current_user.actor.may(Permission.REVOKE_PROOF), verify=verification_address(found.token),
        history=proof_history(session, found.id), lifecycle=PROOF, now_minutes=totals.minutes,
    )


def _reversal_page(enrolment: Enrolment, number: int, form: ReasonForm, problems: Any = ()) -> Any:
    session, entry = db.session(), _entry(enrolment, number)
    facts = ReversalFacts(enrolment.learner.account_id, entry.source == "reversal", entry.reversed_by is not None,
                          balance(session, enrolment.id).minutes - entry.minutes)
    return render_template("hours/staff/reverse.html", enrolment=enrolment, entry=entry, form=form, problems=problems,
                           against=may_be_reversed(facts, current_user.actor), sources=SOURCES, kinds=KINDS)


def _doubt(reference: str) -> HoursDoubt:
    return doubt_by_reference(db.session(), reference) or abort(404)


def _proof(reference: str) -> HoursProof:
    return proof_by_reference(db.session(), reference) or abort(404)


def _enrolment(reference: str) -> Enrolment:
    return enrolment_by_reference(db.session(), reference) or abort(404)


def _entry(enrolment: Enrolment, number: int) -> LedgerEntry:
    if number > 2_000_000_000:
        abort(404)
    return entry_of(db.session(), enrolment.id, number) or abort(404)
