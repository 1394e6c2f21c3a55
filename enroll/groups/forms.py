"""What staff enter about groups, and what an invited learner answers."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, SelectField

from enroll.fees.rules import PROVIDER_NAMES
from enroll.web.forms import ActForm, Line, Lines, MoveForm, Needed, options
from enroll.web.language import translate
from enroll.web.moment_field import Moment
from enroll.web.yuan_field import Yuan


class GroupForm(ActForm):
    employer = Line(_l("Employer, by its full name"), [Needed()], most=120)
    contact_name = Line(_l("Contact person"), [Needed()], most=60)
    contact = Line(_l("E-mail address or mobile number of the contact person"), [Needed()], most=254)
    window = SelectField(_l("Exam window"), validate_choice=False)

    def __init__(self, windows: Sequence[str], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.window.choices = options((code, code) for code in windows)


class RosterForm(ActForm):
    file = FileField(_l("Roster (.xlsx or .csv)"))


class CloseForm(MoveForm):
    reason = Lines(_l("Reason"), [Needed(_l("Say why."))], most=500)


class TransferForm(ActForm):
    """One transfer of the employer."""

    provider = RadioField(_l("How it was paid"), [Needed()], validate_choice=False)
    trade_no = Line(_l("Trade number of the transfer"), [Needed()], most=58)
    amount = Yuan(_l("Amount that arrived (yuan)"), [Needed()])
    paid_at = Moment(_l("Paid at"), [Needed()])

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.provider.choices = options((one.value, translate(name)) for one, name in PROVIDER_NAMES.items())


class JoinForm(ActForm):
    agreed = BooleanField(_l("My employer may read whether my part is done: invited, taking part, submitted, to be "
                             "corrected, registered. Nothing else: no marks, no documents, no reasons."))
