"""What a learner asks to be corrected, and what staff decide."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField, SelectField

from enroll.learners.rules.countries import NATIONALITIES
from enroll.learners.rules.numbers import ID_TYPE_NAMES, SEX_NAMES
from enroll.web.forms import ActForm, Day, Line, Lines, Needed, options
from enroll.web.language import country_name, translate


class CorrectionForm(ActForm):
    """The identity as it should be. The number is never shown; left empty, the one that is kept stays."""

    legal_name = Line(_l("Name"), [Needed()], most=200)
    latin_name = Line(_l("Name in Latin letters"), most=120)
    id_type = SelectField(_l("Document type"), validate_choice=False)
    id_number = Line(_l("Document number"), most=60)
    birth_date = Day(_l("Date of birth"), [Needed()])
    sex = RadioField(_l("Sex"), validate_choice=False)
    nationality = SelectField(_l("Nationality"), validate_choice=False)
    reason = Lines(_l("Why it is to be corrected"), [Needed(_l("Say why it is to be corrected."))], most=1000)
    evidence = FileField(_l("New document, or record of the change"))
    more = FileField(_l("Another picture"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.id_type.choices = options((code.value, translate(name)) for code, name in ID_TYPE_NAMES.items())
        self.sex.choices = options((code, translate(name)) for code, name in SEX_NAMES.items())
        self.nationality.choices = options((code, country_name(code)) for code in NATIONALITIES)


class RefusalForm(ActForm):
    reason = Lines(_l("Why it is refused; the learner reads this"), [Needed(_l("Say why."))], most=1000)


class ApplyForm(ActForm):
    reason = Lines(_l("Why nobody else can carry it out"), most=1000)
