"""What somebody says who lost their sign-in, and what the two people enter who give it back."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from enroll.recovery.rules import SEEN_NAMES
from enroll.web.forms import ActForm, Day, Line, Lines, MoveForm, Needed, Secret, Several, options
from enroll.web.language import translate


class LostForm(ActForm):
    """From outside. Nothing typed here is answered with what we know."""

    name = Line(_l("Name, as on your document"), [Needed()], most=100)
    born = Day(_l("Date of birth"), [Needed()])
    number = Line(_l("Application or learner number, if you know one"), most=30)
    contact = Line(_l("New e-mail address or mobile number"), [Needed()], most=254)
    story = Lines(_l("How they were lost"), [Needed()], most=500)


class CounterForm(ActForm):
    """For somebody who stands at the counter."""

    learner = Line(_l("Learner no."), [Needed()], most=20)
    contact = Line(_l("New e-mail address or mobile number"), [Needed()], most=254)
    story = Lines(_l("How they were lost"), [Needed()], most=500)


class WhoseForm(ActForm):
    learner = Line(_l("Learner no."), [Needed()], most=20)


class CheckForm(ActForm):
    """What the first person saw and compared."""

    seen = Several(_l("What did you see?"), [Needed(_l("Tick what you saw."))])
    identity_agrees = BooleanField(_l("Name and document number are those of the verified identity"))
    photo_agrees = BooleanField(_l("The face is that of the photo we keep"))
    notes = Lines(_l("Notes"), most=1000)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.seen.choices = options((code.value, translate(name)) for code, name in SEEN_NAMES.items())


class ConfirmForm(ActForm):
    password = Secret(_l("Your password"))


class EndForm(MoveForm):
    """Refusing, or stopping what waits."""

    reason = Lines(_l("Reason"), [Needed(_l("Say why."))], most=500)
