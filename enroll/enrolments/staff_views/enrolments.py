"""The list of enrolments, one by itself, and its moves."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.audit.models import AuditEntry
from enroll.audit.queries import acts_about
from enroll.documents.sheets import Cell, Column, write_xlsx
from enroll.enrolments.forms import CohortOfForm, EnrolmentFilter, EnrolmentMoveForm
from enroll.enrolments.lifecycle import ENROLMENT, LIVE
from enroll.enrolments.models import Enrolment
from enroll.enrolments.queries.cohorts import cohorts_all, cohorts_running
from enroll.enrolments.queries.enrolments import (
    agreement_text,
    enrolment_by_reference,
    enrolments_list,
    facts_with,
    fees_of_enrolments,
)
from enroll.enrolments.rules import SOURCE_NAMES, CohortSource, demand_facts
from enroll.enrolments.services.changing import move_enrolment, note_export, set_cohort
from enroll.fees.lifecycle import FEE
from enroll.fees.models import Fee
from enroll.fees.queries.fees import facts_about as fee_facts
from enroll.fees.queries.fees import fee_for
from enroll.fees.rules import PAYER_NAMES, Payer, RefundQuote
from enroll.fees.services.raising import include_fee, waive_fee
from enroll.foundation.clock import local_day
from enroll.foundation.problems import Problem, Refused
from enroll.foundation.words import N_
from enroll.programmes.queries.programmes import rules_of
from enroll.storage.database import db
from enroll.storage.paging import page_by_id
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number
from enroll.web.downloads import send_bytes
from enroll.web.language import translate
from enroll.web.moments import now, today
from enroll.web.once import once

enrolments_staff = Blueprint("enrolments_staff", __name__, url_prefix="/staff")
SEES = (Permission.MANAGE_COHORTS, Permission.MANAGE_FEES)
BY_HAND = {"complete", "withdraw"}
FEE_MOVES = {"waive", "mark_included"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACTS = {
    "enrolment.begin": N_("Enrolled on the programme"), "enrolment.activate": N_("Study opened"),
    "enrolment.complete": N_("Studies completed"), "enrolment.withdraw": N_("Withdrawn by staff"),
    "enrolment.cancel": N_("Cancelled by the learner"), "enrolments.change_direction": N_("Direction changed"),
    "enrolments.set_cohort": N_("Moved to another cohort"),
}


@enrolments_staff.get("/enrolments")
@requires(*SEES)
def queue() -> Any:
    session, wanted = db.session(), _filters()
    page = page_by_id(session, enrolments_list(wanted["q"], cohort=wanted["cohort"], state=wanted["state"]),
                      Enrolment.id, after=asked_number("after"))
    fees = fees_of_enrolments(session, [one.reference for one in page.rows])
    rows = [(one, ENROLMENT.label(one.state), _fee_label(fees.get(one.reference))) for one in page.rows]
    kept = {name: value for name, value in wanted.items() if value}
    return render_template("enrolments/staff/queue.html", rows=rows, page=page, kept=kept,
                           may_export=current_user.actor.may(Permission.MANAGE_COHORTS),
                           filter=EnrolmentFilter([row.cohort for row in cohorts_all(session)], request.args))


@enrolments_staff.get("/enrolments/export")
@requires(Permission.MANAGE_COHORTS)
def export() -> Any:
    session, wanted = db.session(), _filters()
    listed = enrolments_list(wanted["q"], cohort=wanted["cohort"], state=wanted["state"]).order_by(Enrolment.id)
    found = session.scalars(listed).all()
    fees = fees_of_enrolments(session, [one.reference for one in found])
    rows = [_cells(one, fees.get(one.reference)) for one in found]
    titles = (_("Enrolment no."), _("Learner no."), _("Name"), _("Programme"), _("Direction"), _("Cohort"),
              _("Adviser"), _("State"), _("Training fee"), _("Enrolled on"))
    content = write_xlsx([Column(title) for title in titles], rows, sheet_title=_("Enrolments"), dated=now())
    note_export(len(rows), wanted, by=current_user.actor, now=now())
    return send_bytes(content, media_type=XLSX, name=f"{_('Enrolments')}-{today().isoformat()}.xlsx")


@enrolments_staff.get("/enrolments/<ref:reference>")
@requires(*SEES)
def show(reference: str) -> Any:
    return _page(_found(reference))


@enrolments_staff.post("/enrolments/<ref:reference>/cohort")
@requires(Permission.MANAGE_COHORTS)
def choose_cohort(reference: str) -> Any:
    enrolment, form = _found(reference), CohortOfForm()
    form.offer(cohorts_running(db.session(), enrolment.programme_id))
    if not form.validate():
        return _page(enrolment, cohort_form=form), 422

    def act() -> None:
        set_cohort(reference, form.cohort.data, by=current_user.actor, now=now(), seen_version=form.seen_version)

    return _act(reference, form, act, _("The cohort is set; its adviser follows the learner from now on."))


@enrolments_staff.post("/enrolments/<ref:reference>/fee/<move>")
@requires(Permission.MANAGE_FEES)
def settle_fee(reference: str, move: str) -> Any:
    enrolment, form = _found(reference), EnrolmentMoveForm()
    fee = fee_for(db.session(), reference)
    if move not in FEE_MOVES or fee is None:
        abort(404)
    if not form.validate():
        return _page(enrolment, fee_form=form), 422
    owed, settle = fee.reference, waive_fee if move == "waive" else include_fee

    def act() -> None:
        settle(owed, reason=form.reason.data or "", by=current_user.actor, now=now())

    return _act(reference, form, act, _("The training fee is settled."))


@enrolments_staff.get("/enrolments/<ref:reference>/withdraw")
@requires(Permission.MANAGE_COHORTS)
def ask_to_withdraw(reference: str) -> Any:
    enrolment = _found(reference)
    return _withdraw_page(enrolment, EnrolmentMoveForm(version=enrolment.version))


@enrolments_staff.post("/enrolments/<ref:reference>/<move>")
@requires(Permission.MANAGE_COHORTS)
def move(reference: str, move: str) -> Any:
    enrolment, form = _found(reference), EnrolmentMoveForm()
    if move not in BY_HAND:
        abort(404)
    if not form.validate():
        return _withdraw_page(enrolment, form), 422

    def act() -> None:
        move_enrolment(reference, move, form.reason.data or "", by=current_user.actor, now=now(),
                       seen_version=form.seen_version)

    done = _("The studies are completed.") if move == "complete" else _("The enrolment is withdrawn.")
    return _act(reference, form, act, done, _withdraw_page if move == "withdraw" else None)


def _act(
    reference: str, form: Any, act: Callable[[], None], done: str,
    page: Callable[[Enrolment, Any, tuple[Problem, ...]], Any] | None = None,
) -> Any:
    """Do it once and go back to the enrolment; or its page again, with every reason against it."""

    def whole() -> str:
        act()
        flash(done, "ok")
        return url_for("enrolments_staff.show", reference=reference)

    try:
        return once(form, whole)
    except Refused as refused:
        if page is not None:
            return page(_found(reference), form, form.show_problems(refused.problems)), 422
        if isinstance(form, CohortOfForm):
            return _page(_found(reference), cohort_form=form, problems=form.show_problems(refused.problems)), 422
        return _page(_found(reference), fee_form=form, problems=refused.problems), 422


def _filters() -> dict[str, str]:
    return {"q": asked("q"), "cohort": asked("cohort", most=20), "state": asked("state", most=20)}


def _found(reference: str) -> Enrolment:
    return enrolment_by_reference(db.session(), reference) or abort(404)


def _fee_label(fee: Fee | None) -> Any:
    return FEE.label(fee.state) if fee is not None else None


def _cells(enrolment: Enrolment, fee: Fee | None) -> list[Cell]:
    learner, label = enrolment.learner, _fee_label(fee)
    return [
        enrolment.reference, learner.reference, learner.legal_name or learner.account.name, enrolment.programme.code,
        enrolment.direction_code, enrolment.cohort.code, enrolment.cohort.adviser.name,
        translate(ENROLMENT.label(enrolment.state).staff), translate(label.staff) if label else "",
        local_day(enrolment.enrolled_at),
    ]


def _act_title(act: AuditEntry) -> str:
    return translate(ACTS.get(act.act, act.act))


def _page(
    enrolment: Enrolment, *, cohort_form: CohortOfForm | None = None, fee_form: EnrolmentMoveForm | None = None,
    problems: tuple[Problem, ...] = (),
) -> str:
    session, actor = db.session(), current_user.actor
    rules = rules_of(enrolment.programme, local_day(enrolment.enrolled_at))
    fee = fee_for(session, enrolment.reference)
    fee_offers = FEE.offers(fee.state, actor, fee_facts(fee)) if fee is not None else []
    cohort_form = cohort_form or CohortOfForm(formdata=None, cohort=enrolment.cohort.code, version=enrolment.version)
    cohort_form.offer(cohorts_running(session, enrolment.programme_id))
    may_manage = actor.may(Permission.MANAGE_COHORTS)
    return render_template(
        "enrolments/staff/show.html", enrolment=enrolment, label=ENROLMENT.label(enrolment.state), fee=fee,
        fee_label=_fee_label(fee), direction=rules.direction(enrolment.direction_code), problems=problems,
        facts=demand_facts(enrolment.demands, rules), agreement=agreement_text(session, enrolment.agreement_version),
        offers=[one for one in ENROLMENT.offers(enrolment.state, actor, facts_with(enrolment, fee, now()))
                if one.move.name in BY_HAND],
        fee_offers=[one for one in fee_offers if one.move.name in FEE_MOVES], cohort_form=cohort_form,
        may_move_cohort=may_manage and enrolment.state in LIVE, form=cohort_form if cohort_form.errors else fee_form,
        move_form=EnrolmentMoveForm(formdata=None, version=enrolment.version),
        fee_form=fee_form or EnrolmentMoveForm(formdata=None),
        source=SOURCE_NAMES[CohortSource(enrolment.cohort.source)],
        payer=PAYER_NAMES[Payer(fee.payer)] if fee is not None else "",
        acts=[(_act_title(act), act) for act in reversed(acts_about(session, enrolment.reference))],
    )


def _withdraw_page(enrolment: Enrolment, form: EnrolmentMoveForm, problems: tuple[Problem, ...] = ()) -> str:
    session = db.session()
    rules = rules_of(enrolment.programme, local_day(enrolment.enrolled_at))
    # Hours, later in the journey, know what was studied and so what comes back; create_app tells where to ask.
    quote: RefundQuote | None = current_app.extensions["training_refund"](session, enrolment, now())
    return render_template("enrolments/staff/withdraw.html", enrolment=enrolment, form=form, problems=problems,
                           fee=fee_for(session, enrolment.reference), refunds=rules.training_refund_rules, quote=quote)
