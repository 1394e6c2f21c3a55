"""The one form of a list: its file."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField

from enroll.web.forms import ActForm


class ListForm(ActForm):
    file = FileField(_l("List (.xlsx or .csv)"))
