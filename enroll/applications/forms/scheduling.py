"""What the office enters about dates: one that moves for everybody."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from enroll.programmes.rules.windows import DATE_LABELS, MOVABLE
from enroll.web.forms import ActForm, Lines, Needed, options
from enroll.web.moment_field import Moment


class MoveDateForm(ActForm):
    """One date of a published window, later for everybody."""

    name = SelectField(_l("Date to move"), choices=options((one, _l(DATE_LABELS[one])) for one in MOVABLE))
    to = Moment(_l("New moment"), [Needed()])
    reason = Lines(_l("Reason, as learners will read it"), [Needed()])
