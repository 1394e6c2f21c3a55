"""Forms of an excuse: asked for with evidence, withdrawn, decided with a reason."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import Form, RadioField, StringField, ValidationError

from enroll.web.forms import ActForm, Lines, Needed, options


class ExcuseFilter(Form):
    q = StringField(_l("Its number, or the candidate"))


class AskForm(ActForm):
    words = Lines(_l("Why you cannot come, or could not"), [Needed(_l("Say what kept you away, and when."))], most=2000)
    picture = FileField(_l("Evidence (picture or PDF)"))


class ExcuseDecisionForm(ActForm):
    granted = RadioField(_l("Decision"), validate_choice=False)
    reason = Lines(_l("Reason; the candidate reads it"),
                   [Needed(_l("Say why, in a sentence the other person can act on."))], most=2000)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.granted.choices = options((("yes", str(_l("Grant the excuse"))), ("no", str(_l("Refuse the excuse")))))

    def validate_granted(self, field: RadioField) -> None:
        if field.data not in ("yes", "no"):
            raise ValidationError(_l("Choose a decision."))
