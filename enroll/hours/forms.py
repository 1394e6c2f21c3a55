"""What staff enter about hours: a reason, for every decision."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField  # type: ignore[attr-defined]

from enroll.web.forms import ActForm, Lines


class ReasonForm(ActForm):
    """The reason of a decision; the learner reads it."""

    reason = Lines(_l("Reason (the learner reads it)"))


class ProofFilter(ActForm):
    """Which proofs are listed."""

    state = SelectField(_l("State"), choices=[
        SelectChoice("", _l("All")), SelectChoice("issued", _l("Issued")), SelectChoice("superseded", _l("Replaced")),
        SelectChoice("revoked", _l("Revoked")),
    ])
