"""One fee: recording a payment, letting it go, giving money back."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.fees.forms import PaymentForm, ReasonForm, RefundForm
from enroll.fees.lifecycle import FEE, OPEN, REFUND, FeeState
from enroll.fees.models import Fee
from enroll.fees.queries.fees import facts_about, fee_by_reference
from enroll.fees.queries.lists import moves_of
from enroll.fees.rules import PAYER_NAMES, PROVIDER_NAMES, RECONCILED_NAMES
from enroll.fees.services.payments import record_payment
from enroll.fees.services.raising import include_fee, waive_fee
from enroll.fees.services.refunds import request_refund
from enroll.fees.staff_views.lists import SEES, fees_staff
from enroll.foundation.problems import Problem, Refused
from enroll.foundation.words import N_, say
from enroll.programmes.queries.programmes import refund_rules_at
from enroll.programmes.rules.working_days import days_left
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.forms import ActForm, options
from enroll.web.language import translate
from enroll.web.moments import now, today
from enroll.web.once import once


@fees_staff.get("/<ref:reference>")
@requires(*SEES)
def show(reference: str) -> Any:
    return _page(_fee(reference))


@fees_staff.post("/<ref:reference>/payment")
@requires(Permission.MANAGE_FEES)
def payment(reference: str) -> Any:
    form: Any = PaymentForm()

    def act() -> None:
        done = record_payment(reference, form.provider.data, form.trade_no.data, form.amount.data, form.paid_at.data,
                              by=current_user.actor, now=now(), seen_version=form.seen_version)
        if done.late:
            flash(_("This fee is no longer owed. The payment is kept: where the seat is still free it is taken again, "
                    "else the payment waits to be reconciled."), "warn")
        else:
            flash(_("The payment is recorded."), "ok")

    return _try(reference, form, act, payment_form=form)


@fees_staff.post("/<ref:reference>/waive")
@requires(Permission.MANAGE_FEES)
def waive(reference: str) -> Any:
    form: Any = ReasonForm()
    return _try(reference, form, lambda: waive_fee(reference, reason=form.reason.data, by=current_user.actor, now=now(),
                                                   seen_version=form.seen_version), waive_form=form)


@fees_staff.post("/<ref:reference>/mark_included")
@requires(Permission.MANAGE_FEES)
def mark_included(reference: str) -> Any:
    form: Any = ReasonForm()
    return _try(reference, form, lambda: include_fee(reference, reason=form.reason.data, by=current_user.actor,
                                                     now=now(), seen_version=form.seen_version), include_form=form)


@fees_staff.post("/<ref:reference>/refund")
@requires(Permission.MANAGE_FEES)
def refund(reference: str) -> Any:
    form: Any = _refund_form()
    return _try(reference, form, lambda: request_refund(
        reference, form.amount.data, form.rule_code.data, reason=form.reason.data, by=current_user.actor, now=now()),
        refund_form=form)


def _try(reference: str, form: ActForm, act: Callable[[], Any], **forms: ActForm) -> Any:
    fee = _fee(reference)
    if not form.validate():
        return _page(fee, **forms), 422

    def whole() -> str:
        act()
        return url_for(".show", reference=reference)

    try:
        return once(form, whole)
    except Refused as refused:
        return _page(_fee(reference), form.show_problems(refused.problems), **forms), 422


def _fee(reference: str) -> Fee:
    found: Fee = fee_by_reference(db.session(), reference) or abort(404)
    return found


def _refund_form() -> RefundForm:
    form = RefundForm()
    known = {rule.code: rule.when for _kind, rules in refund_rules_at(db.session(), today()) for rule in rules}
    form.rule_code.choices = options((code, translate(when)) for code, when in known.items())
    return form


def _page(fee: Fee, problems: tuple[Problem, ...] = (), **forms: ActForm) -> str:
    actor = current_user.actor
    sent = next(iter(forms.values()), None)
    return render_template(
        "fees/staff/fee.html", fee=fee, problems=problems, form=sent, left=days_left(fee.due_at, now()),
        label=FEE.label(fee.state), owed=fee.state in OPEN, may_record=actor.may(Permission.MANAGE_FEES),
        may_let_go=fee.state == FeeState.DUE, refund_labels=REFUND.labels, providers=PROVIDER_NAMES, payers=PAYER_NAMES,
        outcomes=RECONCILED_NAMES, history=[_entry(one) for one in moves_of(db.session(), fee)],
        offers=FEE.offers(fee.state, actor, facts_about(fee)),
        payment_form=forms.get("payment_form") or _fresh_payment(fee),
        waive_form=forms.get("waive_form") or ReasonForm(None, version=fee.version),
        include_form=forms.get("include_form") or ReasonForm(None, version=fee.version),
        refund_form=forms.get("refund_form") or _refund_form(), given=request.args,
    )


def _fresh_payment(fee: Fee) -> PaymentForm:
    return PaymentForm(None, version=fee.version, amount=fee.owed_fen or None, paid_at=now())


def _entry(move: Any) -> dict[str, Any]:
    known = FEE.moves.get(move.move)
    return {"title": say(known.label if known else N_("Fell due")), "at": move.made_at, "who": move.made_by_name,
            "note": move.reason, "kind": "ok" if move.to_state in {"paid", "waived", "included"} else ""}
