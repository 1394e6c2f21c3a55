"""Forms of an incident: reported, added to, stated, decided, appealed, answered."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import Form, RadioField, SelectField, StringField, ValidationError

from enroll.admission.rules.incidents import DECISION_NAMES, KIND_NAMES, NOTED_NAMES, Kind
from enroll.web.forms import ActForm, Line, Lines, Needed, options
from enroll.web.language import translate
from enroll.web.moment_field import Moment

SAY_WHY = _l("Say why, in a sentence the other person can act on.")


class IncidentFilter(Form):
    q = StringField(_l("Its number, or the candidate"))
    sitting = StringField(_l("Sitting"))


class ReportForm(ActForm):
    """`booking` is empty where the whole sitting is concerned."""

    booking = Line(_l("Booking number of the candidate"), most=20)
    kind = SelectField(_l("Kind of incident"), validate_choice=True)
    happened_at = Moment(_l("When it happened"), [Needed()])
    place = Line(_l("Where exactly"), most=120)
    what = Lines(_l("What took place"), [Needed(_l("Say what was seen, by whom, in order."))], most=4000)
    done_about_it = Lines(_l("What was done at once"), most=2000)
    picture = FileField(_l("Evidence (picture or PDF)"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.kind.choices = options((str(kind), translate(KIND_NAMES[kind])) for kind in Kind)


class AddForm(ActForm):
    what = SelectField(_l("What you add"), validate_choice=True)
    text = Lines(_l("Text"), most=4000)
    picture = FileField(_l("Picture or PDF"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.what.choices = options((str(code), translate(name)) for code, name in NOTED_NAMES.items())


class StatementForm(ActForm):
    text = Lines(_l("What happened, in your own words"), [Needed(_l("Say what happened."))], most=4000)
    picture = FileField(_l("Picture or PDF"))


class DecisionForm(ActForm):
    decision = RadioField(_l("Decision"), validate_choice=False)
    reason = Lines(_l("Reason; the candidate reads it"), [Needed(SAY_WHY)], most=2000)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.decision.choices = options((str(code), translate(name)) for code, name in DECISION_NAMES.items())

    def validate_decision(self, field: RadioField) -> None:
        if field.data not in dict(DECISION_NAMES):
            raise ValidationError(_l("Choose a decision."))


class AppealForm(ActForm):
    reason = Lines(_l("Why the decision is wrong"), [Needed(_l("Say why it is wrong."))], most=2000)


class AnswerForm(ActForm):
    stands = RadioField(_l("Answer to the appeal"), validate_choice=False)
    reason = Lines(_l("Reason; the candidate reads it"), [Needed(SAY_WHY)], most=2000)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.stands.choices = options((("yes", str(_l("The decision stands"))), ("no", str(_l("Take it back")))))

    def validate_stands(self, field: RadioField) -> None:
        if field.data not in ("yes", "no"):
            raise ValidationError(_l("Choose an answer."))
