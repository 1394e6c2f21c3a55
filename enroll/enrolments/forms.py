"""What people type to enrol, and staff to look after enrolments and cohorts."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, HiddenField, RadioField, SelectField
from wtforms.validators import StopValidation

from enroll.accounts.models import Account
from enroll.enrolments.lifecycle import ENROLMENT, EnrolmentState
from enroll.enrolments.models import Cohort
from enroll.enrolments.rules import SOURCE_NAMES
from enroll.programmes.models import Programme
from enroll.programmes.rules.figures import Direction
from enroll.web.forms import ActForm, Line, MoveForm, Needed, Ticked, options
from enroll.web.language import translate

ANY = ("", _l("All"))


class _OneOfThese:
    """Nothing but what was offered gets further, whatever a browser sends."""

    choices: Any
    data: Any

    def pre_validate(self, form: Any) -> None:
        if self.data not in {choice.value for choice in self.choices or ()}:
            raise StopValidation(str(_l("Choose one of those that are shown.")))


class Pick(_OneOfThese, RadioField):
    """Radio cards."""


class Drop(_OneOfThese, SelectField):
    """A list to choose from."""


class EnrolForm(ActForm):
    direction = Pick(_l("Direction"))
    cohort = Pick(_l("Cohort"))
    agreement = BooleanField(_l("I have read the training agreement and agree to it"), [
        Ticked(_l("Read the training agreement and tick that you agree to it."))])
    agreement_version = HiddenField()

    def offer(self, directions: Iterable[Direction], cohorts: Iterable[Cohort]) -> None:
        """What can be chosen; a single cohort is chosen already."""
        self.direction.choices = options((one.code, translate(one.name)) for one in directions)
        self.cohort.choices = options((one.code, translate(one.name)) for one in cohorts)
        if len(self.cohort.choices) == 1 and not self.cohort.data:
            self.cohort.data = self.cohort.choices[0].value

    @property
    def agreed_version(self) -> int:
        """The version of the text that was shown; 0 for one that cannot be, which agrees to nothing."""
        text = self.agreement_version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0


class CancelForm(ActForm):
    """Cancelling before anything is paid: nothing to type."""


class CohortOfForm(ActForm):
    cohort = Drop(_l("Cohort"))

    def offer(self, cohorts: Iterable[Cohort]) -> None:
        self.cohort.choices = options(
            (one.code, f"{one.code} {translate(one.name)} · {one.adviser.name}") for one in cohorts)


class EnrolmentMoveForm(MoveForm):
    """Completing, withdrawing, and letting the fee go."""


class CohortForm(ActForm):
    code = Line(_l("Cohort code"), [Needed()], most=20)
    name_zh = Line(_l("Name (Chinese)"), [Needed()], most=120)
    name_en = Line(_l("Name (English)"), most=160)
    programme = Drop(_l("Programme"))
    adviser = Drop(_l("Adviser"))
    source = Drop(_l("Where its learners come from"))
    open_to_all = BooleanField(_l("Learners may choose it when they enrol"))

    def offer(self, programmes: Iterable[Programme], advisers: Iterable[Account]) -> None:
        self.programme.choices = options((one.code, f"{one.code} {translate(one.name)}") for one in programmes)
        self.adviser.choices = options((one.username or "", one.name) for one in advisers if one.username)
        self.source.choices = options((source.value, translate(name)) for source, name in SOURCE_NAMES.items())


class EnrolmentFilter(Form):
    """The list's filter; a GET form."""

    q = Line(_l("Name or reference"), most=80)
    cohort = SelectField(_l("Cohort"), validate_choice=False)
    state = SelectField(_l("State"), validate_choice=False)

    def __init__(self, cohorts: Iterable[Cohort], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        states = ((state.value, translate(ENROLMENT.label(state).staff)) for state in EnrolmentState)
        self.cohort.choices = options([ANY, *((one.code, f"{one.code} {translate(one.name)}") for one in cohorts)])
        self.state.choices = options([ANY, *states])
