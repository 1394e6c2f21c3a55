"""Forms of an hour without a line: marks to be merged, and those who signed on paper."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectMultipleField, ValidationError

from enroll.web.forms import ActForm, Lines, Needed

MOST_ROWS = 2000


class OfflineForm(ActForm):
    """Each row says whom, with which ticket's version, and when by the device; `device_now` is its clock at sending."""

    token = HiddenField()
    device_now = HiddenField()
    row = SelectMultipleField(_l("Ticked off"), validate_choice=False)
    identity_confirmed = BooleanField(_l("Of everybody I ticked off, the face, the name and the end of the document "
                                         "number agreed with the original document"))

    def validate_token(self, field: HiddenField) -> None:
        text = field.data or ""
        if not (16 <= len(text) <= 32 and text.isascii() and text.replace("-", "").replace("_", "").isalnum()):
            raise ValidationError(_l("Open the list again; what is ticked off is kept in this browser."))

    def validate_row(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_l("Nobody is ticked off yet."))
        if len(field.data) > MOST_ROWS:
            raise ValidationError(_l("These are more people than a sitting can have."))

    def validate_identity_confirmed(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError(_l("Only those whose document was compared are let in; confirm it, or untick them."))


class SignedForm(ActForm):
    booking = SelectMultipleField(_l("Who signed"), validate_choice=False)
    reason = Lines(_l("Why it was not recorded at the door"),
                   [Needed(_l("Say what failed, from when to when, and who kept the sheet."))], most=500)
    picture = FileField(_l("Picture of the signed sheet"))

    def validate_booking(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_l("Choose at least one person."))
        if len(field.data) > MOST_ROWS:
            raise ValidationError(_l("These are more people than a sitting can have."))
