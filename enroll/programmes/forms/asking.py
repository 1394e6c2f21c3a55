"""The self-check: a GET form, so that the answer can be shared and printed; nothing is kept."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField, SelectField

from enroll.learners.rules.education import EDUCATION_NAMES
from enroll.web.forms import Whole, options

RATHER_NOT = ("", _l("Rather not say"))
AGES = options([("13", _l("Under 14")), ("16", _l("14 to 17")), ("18", _l("18 or older")), RATHER_NOT])
YES_NO = options([("yes", _l("Yes")), ("no", _l("No")), ("", _l("I do not know"))])
EDUCATION_CHOICES = options([RATHER_NOT, *((code, _l(name)) for code, name in EDUCATION_NAMES.items())])


class SelfCheckForm(Form):
    age = RadioField(_l("Your age on the first exam day"), choices=AGES, default="", validate_choice=False)
    education = SelectField(_l("Your highest education"), choices=EDUCATION_CHOICES, default="", validate_choice=False)
    computing = RadioField(_l("Is your major computing or close to it?"), choices=YES_NO, default="",
                           validate_choice=False)
    hours = Whole(_l("Course hours credited so far"))
    practice = Whole(_l("Of these, hours of practice"))
    direction = RadioField(_l("Have you completed a direction?"), choices=YES_NO, default="", validate_choice=False)

    def answer(self, name: str) -> Any:
        """yes is True, no is False, everything else is not known."""
        return {"yes": True, "no": False}.get(self[name].data or "")
