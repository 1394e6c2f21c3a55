"""What staff enter when they act for a learner: how the learner asked, why, and what shows it."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField

from enroll.applications.forms.applying import ChooseForm, SittingChoice
from enroll.learners.rules.behalf import ASKED_NAMES
from enroll.learners.services.behalf import Asked
from enroll.storage.files import StoredFile
from enroll.web.forms import ActForm, Lines, Needed, options
from enroll.web.language import translate


class AskedForm(ActForm):
    """Every act for a learner says how they asked for it."""

    asked_by = RadioField(_l("How did they ask?"), validate_choice=False,
                          validators=[Needed(_l("Say how the learner asked for this."))])
    reason = Lines(_l("What was asked, and why not by themselves"), [Needed(_l("Say what the learner asked for."))],
                   most=500)
    proof = FileField(_l("Picture of the letter or the form"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.asked_by.choices = options((code, translate(name)) for code, name in ASKED_NAMES.items())

    def asked(self, evidence: StoredFile | None) -> Asked:
        return Asked(str(self.asked_by.data or ""), self.reason.data or "", evidence)


class ChooseForForm(AskedForm, ChooseForm):
    """The draft's sittings, chosen for somebody."""


class ChangeForForm(AskedForm, SittingChoice):
    """Another sitting, chosen for somebody."""


class EvidenceForForm(AskedForm):
    """Pictures that the learner has brought or sent, for their identity check."""

    id_front = FileField(_l("Portrait side of the document"))
    id_back = FileField(_l("Other side of the document"))
    evidence = FileField(_l("Other evidence"))
    hand_in = BooleanField(_l("Hand the identity in for the check, too"), default=True)
