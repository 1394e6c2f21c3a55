"""What learners and trainers enter while studying and marking."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (  # type: ignore[attr-defined]
    BooleanField,
    MultipleFileField,
    RadioField,
    SelectChoice,
    SelectField,
)
from wtforms.validators import NumberRange, Optional

from enroll.courses.rules.timing import Beat
from enroll.hours.rules.claims import UNIT_NAMES
from enroll.hours.rules.crediting import KINDS, SOURCES
from enroll.web.forms import ActForm, Day, Line, Lines, Needed, SentForm, Whole, options
from enroll.web.language import translate
from enroll.web.moment_field import Moment

LONGEST_MEDIA = 86_400_000  # milliseconds


class BeatForm(SentForm):
    """A heartbeat of the player. The request's token has been checked for every form already."""

    class Meta(SentForm.Meta):
        csrf = False

    seq = Whole(validators=[Needed(), NumberRange(1, 1_000_000)])
    playing = BooleanField()
    present = BooleanField()
    leaving = BooleanField()
    media_from = Whole(validators=[Optional(), NumberRange(0, LONGEST_MEDIA)])
    media_to = Whole(validators=[Optional(), NumberRange(0, LONGEST_MEDIA)])

    def beat(self) -> Beat:
        return Beat(self.seq.data or 0, self.playing.data, self.present.data, self.media_from.data, self.media_to.data)


class DirectionForm(ActForm):
    """Another direction for one's enrolment."""

    direction = RadioField(_l("Direction"), validators=[Needed(_l("Choose a direction."))])

    def offer(self, directions: Iterable[tuple[str, str]]) -> None:
        """The directions to choose among: code and title."""
        self.direction.choices = [SelectChoice(code, title) for code, title in directions]


class DisputeForm(ActForm):
    """Why time that was not counted should count."""

    words = Lines(_l("What happened, in your words"), validators=[Needed(_l("Say what happened."))], most=1000)
    picture = FileField(_l("Picture that shows it (JPG, PNG, WebP or PDF)"))


class CourseChoice(ActForm):
    """Something that is for one course and of one kind."""

    course = SelectField(_l("For which course"), validators=[Needed(_l("Choose a course."))])
    kind = RadioField(_l("Kind"), validators=[Needed(_l("Choose knowledge or practice."))])

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.kind.choices = options((code, translate(name)) for code, name in KINDS.items())

    def offer(self, courses: Iterable[tuple[str, str]]) -> None:
        """The courses to choose among: code and title."""
        self.course.choices = options([("", _("Choose a course")), *courses])


class ClaimForm(CourseChoice):
    """Hours studied with another authorised partner."""

    partner = Line(_l("Authorised partner where you studied"), validators=[Needed(_l("Name the partner."))], most=120)
    partner_code = Line(_l("Its number"), most=40)
    studied_from = Day(_l("First day"), validators=[Needed(_l("Enter the first day."))])
    studied_until = Day(_l("Last day"), validators=[Needed(_l("Enter the last day."))])
    amount = Whole(_l("How much"), validators=[Needed(_l("Enter how much, as a whole number.")),
                                               NumberRange(1, 10_000, _l("A whole number from 1 to 10,000."))])
    unit = RadioField(_l("In"), validators=[Needed(_l("Choose the unit."))])
    note = Lines(_l("Anything to say about it"), most=1000)
    files = MultipleFileField(_l("The partner’s record (JPG, PNG, WebP or PDF)"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.unit.choices = options((str(code), translate(name)) for code, name in UNIT_NAMES.items())


class EntryForm(CourseChoice):
    """Minutes entered by hand, with what they are for, why, and the evidence."""

    minutes = Whole(_l("Minutes"), validators=[Needed(_l("Enter how many minutes, as a whole number.")),
                                               NumberRange(1, 6_000, _l("1 to 6,000 minutes."))])
    title = Line(_l("What it was"), validators=[Needed(_l("Say what it was."))], most=120)
    done_on = Day(_l("On which day"), validators=[Needed(_l("Enter the day."))])
    reason = Lines(_l("Reason (the learner reads it)"), validators=[Needed(_l("Give the reason."))], most=1000)
    file = FileField(_l("Evidence (JPG, PNG, WebP or PDF)"), validators=[Needed(_l("Choose a file."))])


class LedgerFilter(ActForm):
    """Which entries of the ledger are listed."""

    course = SelectField(_l("Course"), validate_choice=False)
    source = SelectField(_l("How"), validate_choice=False)

    def offer(self, courses: Iterable[tuple[str, str]]) -> None:
        self.course.choices = options([("", _("All")), *courses])
        self.source.choices = options([("", _("All")), *((code, translate(name)) for code, name in SOURCES.items())])


class AnswersForm(ActForm):
    """The answers of an attempt: one field for each question, named q<number of the question>."""

    @staticmethod
    def given(sent: Any) -> dict[str, Sequence[str]]:
        return {name[1:]: sent.getlist(name) for name in sent if name[:1] == "q" and name[1:].isdigit()}


class FileForm(ActForm):
    """One file for one deliverable."""

    deliverable = SelectField(_l("What is it"), validate_choice=False)
    file = FileField(_l("File"), validators=[Needed(_l("Choose a file."))])

    def offer(self, names: Iterable[str]) -> None:
        """What may be handed in; a lesson that names nothing takes any work."""
        self.deliverable.choices = [SelectChoice(name, name or _l("Your work")) for name in names]


class HandInForm(ActForm):
    """What the learner says with the work."""

    note = Lines(_l("Note for the trainer"))


class MarkForm(ActForm):
    """A trainer's points and comment; the points stand in fields points_0, points_1 … by place in the rubric."""

    comment = Lines(_l("Comment to the learner"))
    go_on = BooleanField(_l("Then open the next one"), default=True)

    @staticmethod
    def points(sent: Any, rubric: Sequence[Mapping[str, Any]]) -> dict[int, int | None]:
        return {place: _number(sent.get(f"points_{place}", "")) for place in range(len(rubric))}



class LiveClassForm(ActForm):
    """A live class as staff plan it."""

    title = Line(_l("Title"), [Needed()], most=120)
    course = SelectField(_l("Course"), validate_choice=False)
    kind = RadioField(_l("What its minutes are"), choices=[SelectChoice("knowledge", _l("Knowledge")),
                                                           SelectChoice("practice", _l("Practice"))],
                      default="knowledge")
    trainer = SelectField(_l("Trainer"), validate_choice=False)
    place = Line(_l("Place"), most=200)
    link = Line(_l("Link of the meeting"), most=400)
    starts_at = Moment(_l("Starts"), [Needed()])
    minutes = Whole(_l("Minutes"), [Needed(), NumberRange(10, 480, _l("10 to 480 minutes."))], default=90)
    capacity = Whole(_l("Places"), [Needed(), NumberRange(1, 2000, _l("1 to 2,000 places."))], default=100)

    def offer(self, courses: Iterable[tuple[str, str]], trainers: Iterable[tuple[int, str]]) -> None:
        """Courses (and their modules) by "course" or "course/module", trainers by account."""
        self.course.choices = options(courses)
        self.trainer.choices = options((str(number), name) for number, name in trainers)


class LiveListForm(ActForm):
    """The list of a meeting tool."""

    file = FileField(_l("The meeting’s list (xlsx or CSV)"))


class CodeForm(ActForm):
    """The six digits shown in the room."""

    code = Line(_l("Code shown by the trainer"), [Needed(_l("Enter the six digits."))], most=12)


class AttendanceForm(ActForm):
    """The right minutes of one person, and why."""

    minutes = Whole(_l("Minutes that count"), [Needed()])
    reason = Lines(_l("Reason (the learner reads it)"), most=500)


def _number(text: str) -> int | None:
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 4 else None
