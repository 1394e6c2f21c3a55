"""A proposal to except somebody from a rule of entry, and the word of the second person."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField

from enroll.enrolments.rules import EXCEPTABLE_NAMES
from enroll.web.forms import ActForm, Line, Lines, MoveForm, Needed, options
from enroll.web.language import translate


class ProposeForm(ActForm):
    learner = Line(_l("Learner no."), [Needed()], most=20)
    window = SelectField(_l("Exam window"), [Needed()])
    rule = RadioField(_l("Rule"), [Needed(_l("Choose one."))])
    reason = Lines(_l("Reason"), [Needed()], most=1000)

    def __init__(self, windows: Sequence[str], **kwargs: Any):
        super().__init__(**kwargs)
        self.window.choices = options((code, code) for code in windows)
        self.rule.choices = options((str(rule), translate(name)) for rule, name in EXCEPTABLE_NAMES.items())


class DecideExceptionForm(MoveForm):
    decision = RadioField(_l("Decision"), [Needed(_l("Choose one."))], choices=options([
        ("grant", _l("Grant the exception")), ("refuse", _l("Refuse the exception"))]))
