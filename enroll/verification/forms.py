"""The public look-up: number and name, both."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from enroll.web.forms import Line, Needed


class LookUpForm(FlaskForm):  # type: ignore[misc]
    """Changes nothing, so it carries no key of a press; the token keeps other sites from asking through a visitor."""

    number = Line(_l("Certificate or proof number"), [Needed()], most=80)
    name = Line(_l("Holder's whole name"), [Needed()], most=100)
