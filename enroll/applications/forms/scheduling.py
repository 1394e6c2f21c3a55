"""What the office enters about dates: one that moves for everybody, an outage that swallowed some."""

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


class OutageForm(ActForm):
    """A time in which nobody could do what they had to."""

    began_at = Moment(_l("From"), [Needed()])
    ended_at = Moment(_l("Until"), [Needed()])
    what = Lines(_l("What happened, as learners will read it"), [Needed()], most=500)
    extends_to = Moment(_l("Deadlines end at"))
