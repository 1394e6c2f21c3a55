"""Issuance review: the queue, and one case with all its evidence on one page."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.audit.queries import done_alone
from enroll.certificates.forms import CaseFilter, CaseForm, CloseMatterForm, MeasureForm, RefuseForm
from enroll.certificates.lifecycle import CERTIFICATE
from enroll.certificates.models import Certificate, CertificateMove
from enroll.certificates.queries.cases import (
    TABS,
    case_by_reference,
    case_page,
    moves_and_measure,
    names_by_id,
    next_in_queue,
    tab_counts,
)
from enroll.certificates.queries.evidence import Evidence, evidence_of, facts_about, matters_of
from enroll.certificates.rules import MATTER_KINDS, MEASURE_CODES, REFUSAL_CODES
from enroll.certificates.services import cases, matters, measures
from enroll.foundation.clock import local_day
from enroll.foundation.masking import mask_name
from enroll.foundation.problems import Refused
from enroll.foundation.words import N_
from enroll.results.rules.verdicts import VERDICT_LABELS, Verdict
from enroll.sittings.lifecycle import BOOKING, PART_NAMES, Part
from enroll.storage.database import db
from enroll.web.access import requires, weighty
from enroll.web.addresses import asked, asked_number, outside_url
from enroll.web.downloads import send_stored
from enroll.web.language import show_moment, translate
from enroll.web.moments import now
from enroll.web.once import once

certificates_staff = Blueprint("certificates_staff", __name__, url_prefix="/staff/certificates")
READS = (Permission.SEE_CERTIFICATES,)
REVIEWS = (Permission.REVIEW_ISSUANCE,)
TAB_NAMES = {
    "first": N_("First approval"), "second": N_("Second approval"), "hold": N_("On hold"),
    "approved": N_("To be reported"), "reported": N_("Reported"), "issued": N_("Issued"), "refused": N_("Not issued"),
    "ended": N_("Ended"),
}
BY_ONE = {"hold": cases.hold, "release": cases.release, "reopen": cases.reopen}
APPROVALS = {"approve_first": cases.approve_first, "approve_second": cases.approve_second}
DONE = {
    "approve_first": N_("The first approval stands."), "approve_second": N_("The second approval stands."),
    "hold": N_("The case is on hold."), "release": N_("The hold is ended."),
    "reopen": N_("The case is reviewed again."),
}


@certificates_staff.get("")
@requires(*READS)
def queue() -> Any:
    tab = asked("tab") if asked("tab") in TABS else "first"
    page = case_page(db.session(), tab, asked("q", most=100), asked_number("after"))
    rows = [(one, CERTIFICATE.label(one.state), mask_name(one.learner.called), _days_left(
        one.window.roster_to_issuer_by)) for one in page.rows]
    return render_template(
        "certificates/staff/queue.html", rows=rows, page=page, tab=tab, find=asked("q"), names=TAB_NAMES,
        counts=tab_counts(db.session()), filter=CaseFilter(request.args), notice=_notice(rows, tab),
        after=asked_number("after"),
    )


@certificates_staff.get("/<ref:reference>")
@requires(*READS)
def show(reference: str) -> Any:
    return _page(_the(reference))


@certificates_staff.get("/<ref:reference>/photo")
@requires(*READS)
def photo(reference: str) -> Any:
    found = evidence_of(db.session(), _the(reference)).photo or abort(404)
    return send_stored(found.file, inline=True, name=f"{reference}.jpg")


@certificates_staff.get("/<ref:reference>/document")
@requires(*READS)
def document(reference: str) -> Any:
    stored = _the(reference).file or abort(404)
    return send_stored(stored, name=f"{reference}.pdf")


@certificates_staff.post("/<ref:reference>/<any(approve_first, approve_second):move>")
@requires(*REVIEWS)
@weighty
def approve(reference: str, move: str) -> Any:
    """After an approval the next case of the queue opens by itself."""
    case, form = _the(reference), CaseForm()
    following = next_in_queue(db.session(), case)

    def act() -> str:
        APPROVALS[move](reference, by=current_user.actor, now=now(), seen_version=form.seen_version,
                        reason=form.reason.data or "")
        return url_for("certificates_staff.show", reference=following or reference)

    return _moved(reference, form, act, translate(DONE[move]))


@certificates_staff.post("/<ref:reference>/<any(hold, release, reopen):move>")
@requires(*REVIEWS)
def step(reference: str, move: str) -> Any:
    _the(reference)
    form = CaseForm()

    def act() -> str:
        BY_ONE[move](reference, by=current_user.actor, now=now(), reason=form.reason.data or "",
                     seen_version=form.seen_version)
        return url_for("certificates_staff.show", reference=reference)

    return _moved(reference, form, act, translate(DONE[move]))


@certificates_staff.post("/<ref:reference>/refuse")
@requires(*REVIEWS)
@weighty
def refuse(reference: str) -> Any:
    _the(reference)
    form = RefuseForm()

    def act() -> str:
        cases.refuse(reference, form.code.data or "", form.reason.data or "", by=current_user.actor, now=now(),
                     seen_version=form.seen_version)
        return url_for("certificates_staff.show", reference=reference)

    return _moved(reference, form, act, _("The case is refused; the learner is told why."), refuse=form)


@certificates_staff.post("/<ref:reference>/propose")
@requires(*REVIEWS)
@weighty
def propose(reference: str) -> Any:
    case = _the(reference)
    form = MeasureForm(moves=_measures(case))

    def act() -> str:
        assert form.decided_on.data is not None, "the form asks for the day"
        measures.propose_measure(reference, form.move.data, form.code.data or "", form.reason.data or "",
                                 form.decided_on.data, by=current_user.actor, now=now())
        return url_for("certificates_staff.show", reference=reference)

    return _moved(reference, form, act, _("Proposed. Another person confirms it."), measure=form)


@certificates_staff.post("/<ref:reference>/<any(confirm, drop):what>")
@requires(*REVIEWS)
@weighty
def settle(reference: str, what: str) -> Any:
    _the(reference)
    form = CaseForm()

    def act() -> str:
        if what == "confirm":
            measures.confirm_measure(reference, by=current_user.actor, now=now(), reason=form.reason.data or "")
        else:
            measures.drop_measure(reference, by=current_user.actor, now=now())
        return url_for("certificates_staff.show", reference=reference)

    return _moved(reference, form, act, _("Done."))


@certificates_staff.post("/<ref:reference>/matters/<int:number>/close")
@requires(*REVIEWS)
def close_matter(reference: str, number: int) -> Any:
    case, form = _the(reference), CloseMatterForm()
    matter = next((one for one in matters_of(db.session(), case.learner_id) if one.id == number), None) or abort(404)
    kind, about = matter.kind, matter.reference

    def act() -> str:
        matters.close_matter(kind, about, by=current_user.actor, now=now(), words=form.reason.data or "")
        return url_for("certificates_staff.show", reference=reference)

    return _moved(reference, form, act, _("The matter is closed."))


def _moved(
    reference: str, form: Any, act: Callable[[], str], words: str, *, refuse: RefuseForm | None = None,
    measure: MeasureForm | None = None,
) -> Any:
    """One step: back to the case with what was done, or the case with every reason why not and all that was typed."""
    if not form.validate():
        return _page(_the(reference), form=form, refuse=refuse, measure=measure), 422
    try:
        answer = once(form, act)
    except Refused as no:
        rest = form.show_problems(no.problems)
        return _page(_the(reference), form=form, problems=rest, refuse=refuse, measure=measure), 409
    flash(words, "ok")
    return answer


def _the(reference: str) -> Certificate:
    return case_by_reference(db.session(), reference) or abort(404)


def _page(
    case: Certificate, *, form: Any = None, problems: tuple[Any, ...] = (), refuse: RefuseForm | None = None,
    measure: MeasureForm | None = None,
) -> str:
    session = db.session()
    evidence = evidence_of(session, case)
    facts = facts_about(session, case, evidence)
    offers = {offer.move.name: offer for offer in CERTIFICATE.offers(case.state, current_user.actor, facts)}
    step = form if isinstance(form, CaseForm) else CaseForm(formdata=None)
    step.version.data = str(case.version)
    refuse = refuse or RefuseForm(formdata=None, version=str(case.version))
    moves, pending = moves_and_measure(session, case)
    return render_template(
        "certificates/staff/case.html", case=case, label=CERTIFICATE.label(case.state), evidence=evidence,
        offers=offers, form=form, step=step, refuse=refuse,
        measure=measure or MeasureForm(formdata=None, moves=_measures(case)),
        measures=_measures(case), pending=pending, problems=problems, open=facts.open_matters, codes=REFUSAL_CODES,
        measure_codes=MEASURE_CODES,
        matters=[(one, MATTER_KINDS.get(one.kind, one.kind)) for one in evidence.matters], history=_history(moves),
        matter_form=form if isinstance(form, CloseMatterForm) else CloseMatterForm(formdata=None),
        people=_people(session, case, evidence, pending), name=mask_name(case.learner.called),
        parts=[(one, PART_NAMES[Part(one.part)], VERDICT_LABELS[Verdict(one.verdict)], BOOKING.label(one.booking.state))
               for one in evidence.parts if one.verdict],
        earlier_parts=[(one, PART_NAMES[Part(one.part)]) for one in evidence.earlier_parts],
        confirms_alone=_confirms_alone(session, case, evidence, pending),
        alone=done_alone(session, [case.reference, *(one.result.reference for one in evidence.parts)]),
        days_left=_days_left(case.window.roster_to_issuer_by),
        may_review=current_user.actor.may(Permission.REVIEW_ISSUANCE),
    )


def _confirms_alone(session: Any, case: Certificate, evidence: Evidence, pending: Any) -> tuple[Any, ...]:
    """What another person would confirm, where whoever looks proposed it and may act alone."""
    if pending is None:
        return ()
    facts = facts_about(session, case, evidence, proposed_by=pending.proposed_by_id)
    return CERTIFICATE.done_alone(CERTIFICATE.moves[pending.move], current_user.actor, facts)


def _measures(case: Certificate) -> list[Any]:
    return [CERTIFICATE.moves[name] for name in measures.MEASURES if case.state in CERTIFICATE.moves[name].sources]


def _people(session: Any, case: Certificate, evidence: Evidence, pending: Any) -> dict[int, str]:
    """The name of everybody who stands on this page."""
    ids = [case.first_by_id, case.second_by_id, case.refused_by_id, *evidence.trainers]
    ids += [entry.made_by_id for part in evidence.parts for entry in part.result.entries]
    ids += [one.decided_by_id for one in evidence.checks]
    ids += [one.decided_by_id for one in evidence.applications]
    ids += [one.recorded_by_id for part in evidence.parts for one in part.attendance]
    ids += [who for one in evidence.earlier_parts for who in (one.recorded_by_id, one.second_person_id) if who]
    return names_by_id(session, [*ids, pending.proposed_by_id if pending else None])


def _history(rows: Sequence[CertificateMove]) -> list[tuple[Any, str]]:
    """Each move with its words, newest first."""
    moves = CERTIFICATE.moves
    return [(row, translate(moves[row.move].label) if row.move in moves else _("Case opened"))
            for row in rows]


def _days_left(at: datetime) -> int:
    return (local_day(at) - local_day(now())).days


def _notice(rows: list[tuple[Certificate, Any, str, int]], tab: str) -> str:
    """What waits, by when, for the staff group; names masked."""
    if not rows or tab not in {"first", "second", "approved"}:
        return ""
    lines = [_("%(reference)s %(name)s, by %(moment)s", reference=one.reference, name=name,
               moment=show_moment(one.window.roster_to_issuer_by)) for one, _label, name, _left in rows[:20]]
    return "\n".join([_("Certificates, %(tab)s:", tab=translate(TAB_NAMES[tab])), *lines,
                      outside_url("certificates_staff.queue", tab=tab)])
