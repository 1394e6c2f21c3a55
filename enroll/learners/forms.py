"""What learners type about themselves, and what staff decide about it."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, Form, HiddenField, RadioField, SelectField
from wtforms.validators import ValidationError

from enroll.learners.lifecycle import IDENTITY_CHECK, CheckKind, CheckState
from enroll.learners.rules.countries import NATIONALITIES
from enroll.learners.rules.education import EDUCATION_NAMES
from enroll.learners.rules.numbers import ID_TYPE_NAMES, SEX_NAMES
from enroll.web.forms import ActForm, Day, Line, Lines, Needed, Secret, Ticked, options
from enroll.web.language import country_name, translate

RELATIONS = ("father", "mother", "grandparent", "other_guardian")


class SignUpForm(ActForm):
    contact = Line(_l("E-mail address or mobile number"), [Needed()], most=254)
    birth_date = Day(_l("Date of birth"), [Needed()])
    password = Secret(_l("Password"))
    privacy_notice = BooleanField(
        _l("I have read how personal data is handled."),
        [Ticked(_l("Read how personal data is handled, and tick this box to go on."))],
    )
    marketing = BooleanField(_l("Send me news about courses and events."))


class ActivationForm(ActForm):
    """Taking over an account that was opened for somebody: who they are, a password, the notice."""

    birth_date = Day(_l("Date of birth"), [Needed()])
    password = Secret(_l("Password"))
    privacy_notice = BooleanField(
        _l("I have read how personal data is handled."),
        [Ticked(_l("Read how personal data is handled, and tick this box to go on."))],
    )


class CodeForm(ActForm):
    code = Line(_l("Confirmation code"), [Needed()], most=20)


class DetailsForm(ActForm):
    """Name and document. The number is never shown again; left empty, the one that is kept stays."""

    legal_name = Line(_l("Name"), [Needed()], most=200)
    latin_name = Line(_l("Name in Latin letters"), most=120)
    id_type = SelectField(_l("Document type"), validate_choice=False)
    id_number = Line(_l("Document number"), most=60)
    birth_date = Day(_l("Date of birth"), [Needed()])
    sex = RadioField(_l("Sex"), validate_choice=False)
    nationality = SelectField(_l("Nationality"), validate_choice=False)
    education = SelectField(_l("Education"), validate_choice=False)
    employer = Line(_l("Employer"), most=120)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.id_type.choices = options((code.value, translate(name)) for code, name in ID_TYPE_NAMES.items())
        self.sex.choices = options((code, translate(name)) for code, name in SEX_NAMES.items())
        self.nationality.choices = options((code, country_name(code)) for code in NATIONALITIES)
        levels = [(code, translate(name)) for code, name in EDUCATION_NAMES.items()]
        self.education.choices = options([("", _("Not stated")), *levels])


class AskNameForm(ActForm):
    name_note = Lines(_l("Which character it is"), most=500)


class ConfirmNameForm(ActForm):
    answer = RadioField(_l("Is this your name, character by character?"), choices=options([
        ("right", _l("Yes, exactly")), ("wrong", _l("No"))]), validators=[Needed(_l("Choose one of the two."))])
    name_note = Lines(_l("What is wrong with it"), most=500)


class EnterNameForm(ActForm):
    entered_name = Line(_l("Name as on the document"), [Needed()], most=400)


class DocumentForm(ActForm):
    id_front = FileField(_l("Portrait side"))
    id_back = FileField(_l("Other side"))
    evidence = FileField(_l("Other evidence"))


class PhotoForm(ActForm):
    photo = FileField(_l("Photo"), [Needed(_l("Choose a picture."))])


class CropForm(ActForm):
    """Which part of the photo: its middle in thousandths of width and height, the zoom in hundredths."""

    x = HiddenField()
    y = HiddenField()
    zoom = HiddenField()


class ConsentForm(ActForm):
    """The boxes are drawn from the texts; which ones are ticked is read by the view."""


class GuardianForm(ActForm):
    guardian_name = Line(_l("Guardian's name"), [Needed()], most=200)
    relation = SelectField(_l("Relation"), validate_choice=False)
    contact = Line(_l("Guardian's e-mail address or mobile number"), [Needed()], most=254)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.relation.choices = options(zip(RELATIONS, [
            _("Father"), _("Mother"), _("Grandparent"), _("Other guardian"),
        ], strict=True))

    def validate_relation(self, field: SelectField) -> None:
        if field.data not in RELATIONS:
            raise ValidationError(str(_l("Choose one of the list.")))


class AcknowledgeForm(CodeForm):
    agree = BooleanField(_l("I am the guardian, I have read this, and I agree."), [Ticked()])


class VerdictForm(ActForm):
    """A verdict about a check. The named things to correct, with reasons and words, are read by the view."""

    reason = Lines(_l("Words to the learner"), most=1000)
    both = BooleanField(_l("Decide identity and photo together"))
    other_version = HiddenField()


class RevealForm(ActForm):
    reason = Line(_l("Why do you need the whole number?"), [Needed()], most=200)


class QueueFilter(Form):
    """The queue's filter; a GET form."""

    q = Line(_l("Name, reference or whole document number"), most=80)
    kind = SelectField(_l("Matter"), validate_choice=False)
    state = SelectField(_l("State"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.kind.choices = options([("", _("All")), (CheckKind.IDENTITY.value, _("Identity")),
                                     (CheckKind.PHOTO.value, _("Photo"))])
        named = [(state.value, translate(IDENTITY_CHECK.label(state).staff)) for state in CheckState]
        waiting = ("waiting", _("Waiting for a person"))
        self.state.choices = options([waiting, *named, ("all", _("All"))])
