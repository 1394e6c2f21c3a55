"""Which cases are approved together."""

from flask_babel import lazy_gettext as _l

from enroll.web.forms import ActForm, Needed, Several


class BulkForm(ActForm):
    chosen = Several(_l("Cases"), [Needed(_l("Choose at least one case."))], choices=[], validate_choice=False)
