"""The forms of certificates."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField, SelectField

from enroll.certificates.rules import MEASURE_CODES, REFUSAL_CODES
from enroll.web.forms import ActForm, Day, Line, Lines, MoveForm, Needed, options
from enroll.web.language import translate


class CaseForm(MoveForm):
    """One step of a case; the version that was looked at goes with it."""


class RefuseForm(ActForm):
    """Refusing a case: the code for us, the words for the learner."""

    code = SelectField(_l("Reason"))
    reason = Lines(_l("What the learner reads"), most=1000)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.code.choices = options([("", ""), *_named(REFUSAL_CODES)])


class MeasureForm(ActForm):
    """Proposing a suspension, its end, or a revocation."""

    move = RadioField(_l("Step"), [Needed(_l("Choose the step."))])
    code = SelectField(_l("Reason"))
    decided_on = Day(_l("Day of the issuing body's decision"), [Needed()])
    reason = Lines(_l("Decision and reason"), [Needed()], most=1000)

    def __init__(self, *args: Any, moves: Any = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.move.choices = options([(move.name, translate(move.label)) for move in moves])
        self.code.choices = options([("", ""), *_named(MEASURE_CODES)])


class CloseMatterForm(ActForm):
    """Closing an open matter."""

    reason = Lines(_l("How it was cleared up"), most=1000)


class CaseFilter(Form):
    """Searching the queue."""

    q = Line(_l("Case, certificate number or whole name"), most=100)


def _named(codes: dict[str, str]) -> list[tuple[str, str]]:
    return [(code, translate(words)) for code, words in codes.items()]
