"""Forms of the exam office's day, and of the learner's ticket."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (  # type: ignore[attr-defined]  # the stubs are older than SelectChoice
    BooleanField,
    Form,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)

from enroll.admission.rules.notices import MOST_CHARACTERS
from enroll.web.forms import ActForm, Line, Lines, Needed, Whole


class DaysFilter(Form):
    window = SelectField(_l("Exam window"), validate_choice=False)


class PeopleFilter(Form):
    q = StringField(_l("Name, booking or end of the document"))
    state = SelectField(_l("State"), choices=[SelectChoice(value, label) for value, label in (
        ("", _l("All")), ("open", _l("Not recorded yet")), ("confirmed", _l("Registered")),
        ("ticketed", _l("Ticket released")), ("present", _l("Present")), ("absent", _l("Absent")),
    )], validate_choice=False)
    room = SelectField(_l("Room"), validate_choice=False)


class SeatForm(ActForm):
    room = SelectField(_l("Room"))
    seat_no = Whole(_l("Seat number"), [Needed(_l("Enter a seat number."))])
    swap = BooleanField(_l("If somebody sits there, change the two"))
    reason = Line(_l("Reason"), most=200)


class PlanForm(Form):
    """How the rule is to be applied; a GET form, nothing is changed."""

    apart = BooleanField(_l("Seat people of one employer apart"))
    afresh = BooleanField(_l("Make the plan afresh"))


class RoomingForm(ActForm):
    """The plan that was looked at; `shown` names it."""

    apart = BooleanField(_l("Seat people of one employer apart"))
    afresh = BooleanField(_l("Make the plan afresh"))
    shown = HiddenField()
    reason = Line(_l("Reason"), most=200)


class PrintTicketsForm(ActForm):
    form = RadioField(_l("As"), choices=[SelectChoice("pdf", _l("One PDF, to be printed")),
                                         SelectChoice("zip", _l("A zip with one PDF each"))], default="pdf")


class NoticeForm(ActForm):
    text_zh = Lines(_l("In Chinese"), most=MOST_CHARACTERS)
    text_en = Lines(_l("In English"), most=2 * MOST_CHARACTERS)


class LookUpForm(ActForm):
    shown = Line(_l("Ticket number, booking number, or the last four of the document"), most=64)


class CheckInForm(ActForm):
    shown = Line(_l("Ticket"), most=64)
    ticket_version = Whole(_l("Version at the foot of the ticket"))
    identity_confirmed = BooleanField(_l("Photo, name and the end of the document number agree with the person and the "
                                         "original document"))


class LateForm(ActForm):
    minutes = Whole(_l("Minutes from now"), [Needed(_l("Enter the minutes."))])
    reason = Lines(_l("Reason"), [Needed(_l("Say why, in a sentence the other person can act on."))], most=500)

    def validate_minutes(self, field: Whole) -> None:
        if field.data is not None and not 1 <= field.data <= 60:
            raise ValidationError(_l("Between 1 and 60 minutes."))


class UndoForm(ActForm):
    reason = Lines(_l("Reason"), [Needed(_l("Say why, in a sentence the other person can act on."))])


class AbsentForm(ActForm):
    booking = SelectMultipleField(_l("Bookings"), validate_choice=False)


class ListForm(ActForm):
    what = SelectField(_l("The list says"), choices=[SelectChoice("started", _l("who started")),
                                                    SelectChoice("absent", _l("who did not start"))])
    file = FileField(_l("The list (.xlsx or .csv)"))
