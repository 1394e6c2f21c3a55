"""What is said about two records that may be one person."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from enroll.learners.rules.doubles import OUTCOME_NAMES
from enroll.web.forms import ActForm, Lines, Needed, options
from enroll.web.language import translate


class DoubleForm(ActForm):
    outcome = RadioField(_l("What they are"), [Needed(_l("Choose one."))])
    reason = Lines(_l("Reason"), most=1000)

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.outcome.choices = options((str(key), translate(name)) for key, name in OUTCOME_NAMES.items())
