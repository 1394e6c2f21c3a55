"""What learners and trainers enter while studying and marking."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (  # type: ignore[attr-defined]
    BooleanField,
    Form,
    MultipleFileField,
    RadioField,
    SelectChoice,
    SelectField,
)
from wtforms.validators import NumberRange, Optional, Regexp

from enroll.courses.rules.authoring import MOST_TEXT, LessonText, listed, rubric_as_text, rubric_of
from enroll.courses.rules.practice import RubricItem
from enroll.courses.rules.timing import Beat
from enroll.foundation.problems import Problem
from enroll.hours.rules.claims import UNIT_NAMES
from enroll.hours.rules.crediting import KINDS, SOURCES
from enroll.web.forms import ActForm, Day, Line, Lines, Needed, SentForm, Several, Whole, options
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
    late_seconds = Whole(validators=[Optional(), NumberRange(0, 86_400)])

    def beat(self) -> Beat:
        return Beat(self.seq.data or 0, self.playing.data, self.present.data, self.media_from.data, self.media_to.data,
                    self.late_seconds.data)


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


class PieceForm(SentForm):
    """A file that is about to come in pieces; `head` are its first bytes in hexadecimal digits. The request's token has
    been checked for every form already."""

    class Meta(SentForm.Meta):
        csrf = False

    name = Line(validators=[Needed(_l("Choose a file."))])
    size = Whole(validators=[Needed(_l("The file is empty.")), NumberRange(1)])
    head = Line(validators=[Needed(), Regexp("[0-9a-f]{2,1024}")], most=1024)
    deliverable = Line(most=120)

    def first_bytes(self) -> bytes:
        digits = self.head.data or ""
        return bytes.fromhex(digits[:len(digits) // 2 * 2])


class ContinueForm(ActForm):
    """The code that leads to a task on another device."""

    code = Line(_l("Code"), most=20)


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
    place = Line(_l("Where it is held"), most=200)
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
SECTION_CHOICES = (("general", _l("General section")), ("direction", _l("Direction")))
CONTENT_CHOICES = (("reading", _l("Reading")), ("video", _l("Video")), ("quiz", _l("Quiz")),
                   ("practice", _l("Practice")))
KIND_CHOICES = (("knowledge", _l("Knowledge")), ("practice", _l("Practice")))
EVERY = ("", _l("All"))


class CourseFilterForm(Form):
    """The list's filter; a GET form."""

    q = Line(_l("Code or title"), most=80)
    section = SelectField(_l("Section"), validate_choice=False, default="", choices=options([EVERY, *SECTION_CHOICES]))
    state = SelectField(_l("State"), validate_choice=False, default="", choices=options([
        EVERY, ("published", _l("Published")), ("draft", _l("With a draft")), ("retired", _l("Retired"))]))


class CourseForm(ActForm):
    """What a course is called and what it leads to; the lines of a direction stand one a line."""

    title = Line(_l("Title"), [Needed()], most=120)
    title_en = Line(_l("Title in English"), most=200)
    summary = Lines(_l("Summary"), most=1000)
    suits = Lines(_l("Suits"))
    roles = Lines(_l("Roles it leads to"))
    path = Lines(_l("The path"))
    portfolio = Lines(_l("For the portfolio"))
    next_steps = Lines(_l("Afterwards"))

    def career(self) -> dict[str, Any]:
        """What the direction leads to; a role is typed as title | stage | what it needs, what it needs."""
        roles = [[part.strip() for part in line.replace("｜", "|").split("|")] for line in listed(
            self.roles.data or "", 20)]
        lists = {name: list(listed(self[name].data or "", 20)) for name in ("suits", "path", "portfolio", "next_steps")}
        needs = [(one[2] if len(one) > 2 else "").replace("，", "、").replace(",", "、").split("、") for one in roles]
        return lists | {"roles": [
            {"title": one[0], "level": one[1] if len(one) > 1 else "", "needs": [part for part in need if part]}
            for one, need in zip(roles, needs, strict=True)]}

    def show_career(self, career: Mapping[str, Any]) -> None:
        for name in ("suits", "path", "portfolio", "next_steps"):
            self[name].data = "\n".join(career.get(name, ()))
        self.roles.data = "\n".join(f"{one['title']} | {one['level']} | {'、'.join(one['needs'])}"
                                    for one in career.get("roles", ()))


class NewCourseForm(CourseForm):
    programme = SelectField(_l("Programme"), [Needed()])
    code = Line(_l("Code"), [Needed()], most=12)
    section = RadioField(_l("Section"), [Needed()], choices=options(SECTION_CHOICES), default="general")


class ModuleForm(ActForm):
    title = Line(_l("Title of the module"), [Needed()], most=120)


class LessonForm(ActForm):
    """A lesson: what it is, what it counts, its text and what belongs to its kind."""

    title = Line(_l("Title"), [Needed()], most=160)
    content = RadioField(_l("Kind of lesson"), [Needed()], choices=options(CONTENT_CHOICES), default="reading")
    kind = RadioField(_l("Its minutes count as"), [Needed()], choices=options(KIND_CHOICES), default="knowledge")
    minutes = Whole(_l("Minutes"), [Needed()], default=30)
    text = Lines(_l("Text"), most=MOST_TEXT)
    video_url = Line(_l("Address of the video"), most=500)
    video_seconds = Whole(_l("Length of the video in seconds"))
    quiz_code = SelectField(_l("Quiz"), validate_choice=False, default="")
    deliverables = Lines(_l("What to hand in"))
    rubric = Lines(_l("How it is marked"))
    needs = Several(_l("To be completed before"), validate_choice=False)

    def offer(self, quizzes: Iterable[tuple[str, str]], before: Iterable[tuple[str, str]]) -> None:
        self.quiz_code.choices = options([("", "–"), *((code, f"{code} {title}") for code, title in quizzes)])
        self.needs.choices = options((code, f"{code} {title}") for code, title in before)

    def lesson(self) -> tuple[LessonText, tuple[Problem, ...]]:
        """What was typed, and what is wrong with its rubric line by line."""
        practice = self.content.data == "practice"
        items, faults = rubric_of(self.rubric.data or "") if practice else ((), ())
        return LessonText(
            self.title.data or "", self.content.data, self.kind.data, self.minutes.data or 0, self.text.data or "",
            (self.video_url.data or "") if self.content.data == "video" else "", self.video_seconds.data or 0,
            self.quiz_code.data or "", listed(self.deliverables.data or "", 8), items,
            tuple(self.needs.data or ()),
        ), faults

    def show(self, lesson: Any) -> None:
        for name in ("title", "content", "kind", "minutes", "text", "video_url", "quiz_code"):
            self[name].data = getattr(lesson, name)
        self.video_seconds.data, self.needs.data = lesson.video_seconds or None, list(lesson.needs)
        self.deliverables.data = "\n".join(one["name"] for one in lesson.deliverables)
        self.rubric.data = rubric_as_text([RubricItem(**one) for one in lesson.rubric])


class WordingForm(ActForm):
    """Words of a published lesson, and why they are corrected."""

    title = Line(_l("Title"), [Needed()], most=160)
    text = Lines(_l("Text"), most=MOST_TEXT)
    reason = Lines(_l("Reason"), [Needed()])


class NextEditionForm(ActForm):
    note = Line(_l("What will be new in it"), most=300)


class AttachmentForm(ActForm):
    title = Line(_l("Title"), most=120)
    file = FileField(_l("File"), validators=[Needed(_l("Choose a file."))])


class NoteForm(ActForm):
    """One's own note at a lesson."""

    note = Lines(_l("My note"), most=20_000)


class CourseFileForm(ActForm):
    file = FileField(_l("Course as a zip"), validators=[Needed(_l("Choose a file."))])


class VideoForm(ActForm):
    seconds = Whole(_l("Length of the video in seconds"), [Needed()])
    file = FileField(_l("Video (MP4)"), validators=[Needed(_l("Choose a file."))])


def _number(text: str) -> int | None:
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 4 else None
