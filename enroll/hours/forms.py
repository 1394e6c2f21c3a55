"""What staff enter about hours: a reason, for every decision."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField  # type: ignore[attr-defined]
from wtforms.validators import NumberRange, Optional

from enroll.hours.rules.anomalies import KIND_NAMES
from enroll.web.forms import ActForm, Line, Lines, Whole
from enroll.web.language import translate


class ReasonForm(ActForm):
    """The reason of a decision; the learner reads it."""

    reason = Lines(_l("Reason (the learner reads it)"))


class ProofFilter(ActForm):
    """Which proofs are listed."""

    q = Line(_l("Number or whole name"), most=80)
    state = SelectField(_l("State"), choices=[
        SelectChoice("", _l("All")), SelectChoice("issued", _l("Issued")), SelectChoice("superseded", _l("Replaced")),
        SelectChoice("revoked", _l("Revoked")),
    ])


class DisputeDecision(ActForm):
    """How many minutes of a disputed stretch count, and why; or why it stays uncounted."""

    minutes = Whole(_l("Minutes to count"), validators=[Optional(), NumberRange(1, 480, _l("1 to 480 minutes."))])
    reason = Lines(_l("Reason (the learner reads it)"))


class ClaimDecision(ActForm):
    """How many of the claimed minutes are accepted, and why; or what is missing, or why none."""

    minutes = Whole(_l("Minutes to accept"),
                    validators=[Optional(), NumberRange(1, 10_000, _l("1 to 10,000 minutes."))])
    reason = Lines(_l("Reason (the learner reads it)"))


class AnomalyFilter(ActForm):
    """Which kind of unusual study is listed."""

    kind = SelectField(_l("What was noticed"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.kind.choices = [SelectChoice("", _("All")),
                             *(SelectChoice(str(kind), translate(name)) for kind, name in KIND_NAMES.items())]
