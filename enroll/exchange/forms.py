"""Forms of the exchange with the issuing body."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import Form, SelectField

from enroll.web.forms import ActForm


class BatchFilter(Form):
    window = SelectField(_l("Exam window"), validate_choice=False)
    kind = SelectField(_l("Kind"), validate_choice=False)
    state = SelectField(_l("State"), validate_choice=False)


class RowFilter(Form):
    state = SelectField(_l("Answer"), validate_choice=False)


class MakeForm(ActForm):
    window = SelectField(_l("Exam window"))
    kind = SelectField(_l("Kind"))


class ReplyForm(ActForm):
    file = FileField(_l("The reply (.xlsx or .csv)"))
    documents = FileField(_l("The certificates' PDFs (.zip), each named by its number"))
