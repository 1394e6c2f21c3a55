"""Money on its way back, and money that came too late."""

from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.fees.forms import ReconcileForm
from enroll.fees.lifecycle import REFUND, RefundState
from enroll.fees.models import Refund
from enroll.fees.queries.fees import facts_about, refund_by_reference
from enroll.fees.queries.lists import late_payments, refunds_in
from enroll.fees.rules import PROVIDER_NAMES, RECONCILED_NAMES
from enroll.fees.services.payments import reconcile_payment
from enroll.fees.services.refunds import move_refund
from enroll.fees.staff_views.lists import SEES, fees_staff
from enroll.foundation.masking import mask_name
from enroll.foundation.problems import Problem, Refused
from enroll.storage.database import db
from enroll.web.access import requires, weighty
from enroll.web.addresses import asked_number
from enroll.web.forms import MoveForm
from enroll.web.language import translate
from enroll.web.moments import now
from enroll.web.notices import group_notice
from enroll.web.once import once

WAITING = (RefundState.REQUESTED, RefundState.APPROVED, RefundState.SENT, RefundState.FAILED)


@fees_staff.get("/refunds")
@requires(*SEES)
def refunds() -> Any:
    return _refunds_page()


@fees_staff.post("/refunds/<ref:reference>/<move>")
@requires(Permission.MANAGE_FEES)
@weighty
def refund_move(reference: str, move: str) -> Any:
    if refund_by_reference(db.session(), reference) is None or move not in REFUND.moves:
        abort(404)
    form = MoveForm()

    def act() -> str:
        move_refund(reference, move, reason=form.reason.data or "", by=current_user.actor, now=now(),
                    seen_version=form.seen_version)
        return url_for(".refunds", _anchor=reference)

    if not form.validate():
        return _refunds_page(sent=(reference, form)), 422
    try:
        return once(form, act)
    except Refused as refused:
        return _refunds_page(form.show_problems(refused.problems), (reference, form)), 422


@fees_staff.get("/reconciliation")
@requires(*SEES)
def reconciliation() -> Any:
    return _late_page()


@fees_staff.post("/reconciliation/<int:number>")
@requires(Permission.MANAGE_FEES)
def reconcile(number: int) -> Any:
    form: Any = ReconcileForm(prefix=f"p{number}-")

    def act() -> str:
        reconcile_payment(number, form.outcome.data, reason=form.reason.data, by=current_user.actor, now=now())
        flash(_("The payment is reconciled."), "ok")
        return url_for(".reconciliation")

    if not form.validate():
        return _late_page(number=number, form=form), 422
    try:
        return once(form, act)
    except Refused as refused:
        return _late_page(refused.problems), 422


def _refunds_page(problems: tuple[Problem, ...] = (), sent: tuple[str, MoveForm] | None = None) -> str:
    """`sent`: the refund whose step was tried, and what was typed for it."""
    done = request.args.get("state") == "done"
    page = refunds_in(db.session(), (RefundState.DONE,) if done else WAITING, after=asked_number("after"))
    rows = [(refund, mask_name(refund.learner.called), _offers(refund),
             sent[1] if sent and sent[0] == refund.reference else MoveForm(None, version=refund.version))
            for refund in page.rows]
    waiting = [(one.learner.legal_name, f"{one.reference} {translate(REFUND.label(one.state).staff)}", None)
               for one in page.rows if not done]
    return render_template("fees/staff/refunds.html", rows=rows, page=page, labels=REFUND.labels, done=done,
                           notice=group_notice(_("Refunds under way, %(day)s:"), waiting, "fees_staff.refunds"),
                           problems=problems, form=sent[1] if sent else None)


def _offers(refund: Refund) -> Any:
    return REFUND.offers(refund.state, current_user.actor, facts_about(refund.fee))


def _late_page(problems: tuple[Problem, ...] = (), number: int = 0, form: ReconcileForm | None = None) -> str:
    rows = [(one, mask_name(one.fee.learner.called),
             form if one.id == number and form else ReconcileForm(None, prefix=f"p{one.id}-"))
            for one in late_payments(db.session())]
    settled = late_payments(db.session(), settled=True)
    return render_template("fees/staff/reconciliation.html", rows=rows, settled=settled, providers=PROVIDER_NAMES,
                           outcomes=RECONCILED_NAMES, problems=problems, form=form,
                           may_record=current_user.actor.may(Permission.MANAGE_FEES))
