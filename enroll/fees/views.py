"""The learner's own fees: what is owed and until when, how to pay, what arrived, and what would come back."""

from typing import Any

from flask import Blueprint, render_template
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.fees.lifecycle import FEE, OPEN, REFUND
from enroll.fees.queries.lists import fees_of_account
from enroll.fees.rules import PROVIDER_NAMES
from enroll.programmes.queries.programmes import organisation, refund_rules_at
from enroll.programmes.rules.working_days import days_left
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.moments import now, today

fees = Blueprint("fees", __name__)


@fees.get("/fees")
@requires(Permission.LEARN)
def mine() -> Any:
    session, moment = db.session(), now()
    own = fees_of_account(session, current_user.account_id)
    return render_template(
        "fees/mine.html", owed=[(fee, days_left(fee.due_at, moment)) for fee in own if fee.state in OPEN],
        others=[fee for fee in own if fee.state not in OPEN], labels=FEE.labels, refund_labels=REFUND.labels,
        payments=[(payment, fee) for fee in own for payment in fee.payments], providers=PROVIDER_NAMES,
        refunds=[(refund, fee) for fee in own for refund in fee.refunds], organisation=organisation(session),
        refund_rules=refund_rules_at(session, today()),
    )
