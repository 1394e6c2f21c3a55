"""What a learner asks for at the exam, and what staff answer."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField
from wtforms.validators import DataRequired

from enroll.programmes.rules.arrangements import ACCOMMODATION_NAMES
from enroll.web.forms import ActForm, Lines, Needed, Several, Whole, options
from enroll.web.language import translate


class _Wishes(ActForm):
    wishes = Several(_l("What is needed"))
    minutes = Whole(_l("Extra minutes"))

    def __init__(self, offered: Sequence[str], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.wishes.choices = options((one, translate(ACCOMMODATION_NAMES[one])) for one in offered)
        if "extra_time" not in offered:
            del self.minutes

    @property
    def asked_minutes(self) -> int:
        return (self.minutes.data or 0) if "minutes" in self else 0


class AccommodationForm(_Wishes):
    why = Lines(_l("Why it is needed"), [Needed(_l("Say in a sentence why it is needed."))], most=1000)
    evidence = FileField(_l("Evidence"))
    more = FileField(_l("Further evidence"))
    consent = BooleanField(
        _l("I agree that this information, which may concern my health, is used to arrange my exam, and for nothing "
           "else"), [DataRequired(_l("Without this separate consent the request cannot be looked at."))])


class GrantForm(_Wishes):
    reason = Lines(_l("Words to the learner"), [Needed(_l("Say what was decided and why."))], most=1000)


class RefuseForm(ActForm):
    reason = Lines(_l("Why they are refused; the learner reads this"), [Needed(_l("Say why."))], most=1000)
