"""What the finance office enters about money."""

from flask_babel import lazy_gettext as _l
from wtforms import FileField, Form, RadioField, SelectField

from enroll.fees.rules import DECIDED_BY_FINANCE, PAYER_NAMES, PROVIDER_NAMES, RECONCILED_NAMES
from enroll.web.forms import ActForm, Line, Lines, Needed, options
from enroll.web.moment_field import Moment
from enroll.web.yuan_field import Yuan

PROVIDERS = options((one, _l(name)) for one, name in PROVIDER_NAMES.items())

PAYERS = options([("", _l("Everybody")), *((one, _l(name)) for one, name in PAYER_NAMES.items())])


class FeeFilterForm(Form):
    """The list's filter; a GET form."""

    q = Line(_l("Fee, application or trade number, or the full name"), most=64)
    payer = SelectField(_l("Who pays"), validate_choice=False, default="", choices=PAYERS)


class PaymentForm(ActForm):
    provider = RadioField(_l("How it was paid"), [Needed()], choices=PROVIDERS)
    trade_no = Line(_l("Trade number"), [Needed()], most=64)
    amount = Yuan(_l("Amount that arrived (yuan)"), [Needed()])
    paid_at = Moment(_l("Paid at"), [Needed()])


class GroupPaymentForm(ActForm):
    """One transfer for several fees: each fee gets the trade number with its own suffix."""

    provider = RadioField(_l("How it was paid"), [Needed()], choices=PROVIDERS)
    trade_no = Line(_l("Trade number of the transfer"), [Needed()], most=58)
    paid_at = Moment(_l("Paid at"), [Needed()])


class ReasonForm(ActForm):
    reason = Lines(_l("Reason"), [Needed()], most=500)


class RefundForm(ActForm):
    amount = Yuan(_l("Amount to give back (yuan)"), [Needed()])
    rule_code = SelectField(_l("Refund rule"), validate_choice=False)
    reason = Lines(_l("Reason"), [Needed()], most=500)


class ReconcileForm(ActForm):
    outcome = RadioField(_l("What becomes of it"), [Needed()],
                         choices=options((one, _l(RECONCILED_NAMES[one])) for one in DECIDED_BY_FINANCE))
    reason = Lines(_l("Reason, and where it went"), [Needed()], most=500)


class PaymentsFileForm(ActForm):
    file = FileField(_l("List of payments (.xlsx or .csv)"))
