"""What colleagues write to each other about a case."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField

from enroll.accounts.models import Account
from enroll.applications.queries.people import called
from enroll.applications.rules.colleagues import ADVICE_NAMES
from enroll.web.forms import ActForm, Lines, Needed, options
from enroll.web.language import translate


class NoteForm(ActForm):
    words = Lines(_l("Note"), most=2000)


class AskForm(ActForm):
    of = SelectField(_l("Whom"))
    question = Lines(_l("What you want to know"), most=1000)

    def __init__(self, colleagues: Sequence[Account], **kwargs: Any):
        super().__init__(**kwargs)
        self.known = {one.reference: one for one in colleagues}
        self.of.choices = options([("", _l("any reviewer")), *((key, called(one)) for key, one in self.known.items())])


class OpinionForm(ActForm):
    advice = RadioField(_l("Your word"), [Needed(_l("Choose one."))])
    reason = Lines(_l("Why you think so"), most=1000)

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.advice.choices = options((str(key), translate(name)) for key, name in ADVICE_NAMES.items())
