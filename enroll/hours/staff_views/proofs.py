"""Proofs of hours: listed, shown with what they froze, revoked, issued again."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.documents.sheets import Cell, Column, write_xlsx
from enroll.foundation.problems import Refused
from enroll.hours.forms import ProofFilter, ReasonForm
from enroll.hours.lifecycle import PROOF, DoubtState, ProofState
from enroll.hours.models import HoursProof
from enroll.hours.queries.disputes import open_disputes
from enroll.hours.queries.doubts import doubts_of
from enroll.hours.queries.proofs import proof_by_reference, proof_history, proofs
from enroll.hours.queries.standing import proof_ground
from enroll.hours.rules.standing import ProofFacts, stands_against_proof, still_missing
from enroll.hours.services.proofs import note_proofs_export, reissue_proof, revoke_proof
from enroll.hours.staff_views.tabs import SEES, hours_tabs, staff
from enroll.storage.database import db
from enroll.storage.paging import page_by_id
from enroll.web.access import requires, weighty
from enroll.web.addresses import asked, asked_number, verification_address
from enroll.web.downloads import send_bytes, send_stored
from enroll.web.language import translate
from enroll.web.moments import now, today
from enroll.web.once import once

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff.get("/proofs")
@requires(*SEES)
def proof_list() -> Any:
    state, text = _wanted()
    page = page_by_id(db.session(), proofs(state, text), HoursProof.id, after=asked_number("after"))
    return render_template("hours/staff/proofs.html", page=page, filter=ProofFilter(request.args),
                           kept={"q": text or None, "state": state or None},
                           tabs_of=hours_tabs("proofs"), label=lambda proof: PROOF.label(proof.state))


@staff.get("/proofs/export.xlsx")
@requires(*SEES)
def export_proofs() -> Any:
    """The list as it is filtered, every row of it; that it left the house is on record."""
    state, text = _wanted()
    found = db.session.scalars(proofs(state, text).order_by(HoursProof.id)).all()
    rows: list[list[Cell]] = [[
        one.reference, one.enrolment.learner.reference, str(one.facts["name"]), one.minutes, one.issued_at,
        translate(PROOF.label(one.state).staff), verification_address(one.token), one.ledger_digest]
            for one in found]
    titles = [_("Number"), _("Learner"), _("Name"), _("Minutes"), _("Issued"), _("State"), _("Verification"),
              _("Digest of its entries")]
    content = write_xlsx([Column(one, 20) for one in titles], rows, sheet_title=_("Proofs of hours"), dated=now())
    note_proofs_export(len(rows), {"q": text, "state": state}, by=current_user.actor, now=now())
    return send_bytes(content, media_type=XLSX, name=f"{_('Proofs of hours')}-{today().isoformat()}.xlsx")


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
@weighty
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
        new = reissue_proof(enrolment_id, by=current_user.actor, now=now(), reason=form.reason.data or "",
                            seen=(reference, form.seen_version))
        return url_for("hours_staff.proof", reference=new)

    return _on_proof(reference, act, _("A new proof is issued with today’s facts."))


def _wanted() -> tuple[str, str]:
    """The state and the words that the list is filtered by; "" where it is not."""
    return asked("state") if asked("state") in set(ProofState) else "", asked("q", most=80).strip()


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
                       sum(one.state == DoubtState.OPEN for one in doubts_of(session, enrolment.id)), False,
                       open_disputes(session, enrolment.id))
    form.version.data = str(found.version)
    return render_template(
        "hours/staff/proof.html", proof=found, enrolment=enrolment, learner=enrolment.learner, facts=found.facts,
        label=PROOF.label(found.state), lacks=still_missing(enrolment.demands, totals), form=form, problems=problems,
        offers=[one for one in PROOF.offers(found.state, current_user.actor, None) if one.move.name == "revoke"],
        against=stands_against_proof(facts), is_newest=newest is not None and newest.id == found.id,
        may_reissue=current_user.actor.may(Permission.REVOKE_PROOF), verify=verification_address(found.token),
        history=proof_history(session, found.id), lifecycle=PROOF, now_minutes=totals.minutes,
    )


def _proof(reference: str) -> HoursProof:
    return proof_by_reference(db.session(), reference) or abort(404)
