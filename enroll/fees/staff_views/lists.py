"""The lists: fees due first, the day's total, and files of them."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.documents.sheets import Column, write_csv, write_xlsx
from enroll.fees.forms import FeeFilterForm
from enroll.fees.lifecycle import FEE
from enroll.fees.models import Fee
from enroll.fees.queries.lists import (
    GROUPS,
    FeeFilter,
    fees_found,
    fees_to_export,
    number_due,
    payments_of,
    totals_of,
)
from enroll.fees.rules import PAYER_NAMES, PROVIDER_NAMES, Payer
from enroll.foundation.masking import mask_name
from enroll.foundation.money import shown_yuan
from enroll.foundation.words import N_
from enroll.programmes.rules.working_days import days_left
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked_number, outside_url
from enroll.web.downloads import send_bytes
from enroll.web.language import show_moment, translate
from enroll.web.moments import now, today

fees_staff = Blueprint("fees_staff", __name__, url_prefix="/staff/fees")
SEES = (Permission.SEE_FEES, Permission.MANAGE_FEES)


@fees_staff.get("")
@requires(*SEES)
def queue() -> Any:
    form, chosen = _filter()
    page = fees_found(db.session(), chosen, after=asked_number("after"))
    rows = [(fee, mask_name(fee.learner.called), days_left(fee.due_at, now())) for fee in page.rows]
    return render_template(
        "fees/staff/queue.html", rows=rows, page=page, form=form, chosen=chosen, labels=FEE.labels, payers=PAYER_NAMES,
        numbers={"due": number_due(db.session()), "overdue": number_due(db.session(), now())},
        notice=_notice(page.rows) if chosen.group == "due" else "",
        asked={"group": chosen.group, "q": chosen.text or None, "payer": chosen.payer or None},
        may_record=current_user.actor.may(Permission.MANAGE_FEES),
    )


@fees_staff.get("/export.csv", defaults={"kind": "csv"})
@fees_staff.get("/export.xlsx", defaults={"kind": "xlsx"})
@requires(*SEES)
def export(kind: str) -> Any:
    """The list as it is filtered, names masked."""
    _form, chosen = _filter()
    columns = [Column(translate(title), width) for title, width in COLUMNS]
    rows = [_row(fee) for fee in fees_to_export(db.session(), chosen)]
    name = f"fees-{chosen.group}-{today():%Y%m%d}.{kind}"
    if kind == "csv":
        return send_bytes(write_csv(columns, rows), media_type="text/csv", name=name)
    return send_bytes(write_xlsx(columns, rows, sheet_title=_("Fees"), dated=now()), media_type=XLSX, name=name)


@fees_staff.get("/days")
@requires(*SEES)
def days() -> Any:
    """What arrived on a day (?day=2026-11-22), by provider and one by one."""
    try:
        day = date.fromisoformat(request.args.get("day", "")) if request.args.get("day") else today()
    except ValueError:
        abort(400)
    totals = totals_of(db.session(), day)
    rows = [(payment, mask_name(payment.fee.learner.called)) for payment in payments_of(db.session(), day)]
    return render_template("fees/staff/days.html", day=day, totals=totals, rows=rows, providers=PROVIDER_NAMES,
                           number=sum(one.number for one in totals), sum=sum(one.amount_fen for one in totals))


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = [
    (N_("Fee no."), 12), (N_("Belongs to"), 16), (N_("Learner"), 12), (N_("Learner no."), 14), (N_("Item"), 30),
    (N_("Payable (yuan)"), 14), (N_("Paid (yuan)"), 12), (N_("State"), 14), (N_("Who pays"), 10), (N_("Pay by"), 18),
    (N_("Settled at"), 18), (N_("Trade numbers"), 40),
]


def _row(fee: Fee) -> list[Any]:
    return [
        fee.reference, fee.subject, mask_name(fee.learner.called), fee.learner.reference, translate(fee.title),
        fee.amount_fen / 100, fee.paid_fen / 100, translate(FEE.label(fee.state).staff),
        translate(PAYER_NAMES[Payer(fee.payer)]), fee.due_at, fee.settled_at,
        ", ".join(one.trade_no for one in fee.payments),
    ]


def _filter() -> tuple[FeeFilterForm, FeeFilter]:
    form = FeeFilterForm(request.args)
    if not form.validate():
        return form, FeeFilter(group="all", text="?")
    group = request.args.get("group", "due")
    text = form.q.data or ""
    return form, FeeFilter("all" if text and "group" not in request.args else group if group in GROUPS else "due",
                           text, form.payer.data if form.payer.data in set(PAYER_NAMES) else "")


def _notice(fees: Any) -> str:
    """What goes into the group: masked names, what is owed, by when, where."""
    lines = [_("%(name)s: %(item)s %(amount)s, by %(moment)s", name=mask_name(fee.learner.called),
               item=translate(fee.title), amount=shown_yuan(fee.owed_fen), moment=show_moment(fee.due_at))
             for fee in fees]
    return "\n".join([_("Fees to be paid:"), *lines, outside_url("fees.mine")]) if lines else ""

