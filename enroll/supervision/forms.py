"""What learners ask and answer, and what staff enter about their learners."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, SelectField

from enroll.supervision.rules.asking import KIND_NAMES, RATINGS, QuestionKind
from enroll.supervision.rules.complaints import ABOUT_NAMES, FINDING_NAMES, Channel
from enroll.supervision.rules.complaints import CHANNEL_NAMES as COMPLAINT_CHANNELS
from enroll.supervision.rules.following import CHANNEL_NAMES, OUTCOME_NAMES
from enroll.web.forms import ActForm, Day, Line, Lines, Needed, options
from enroll.web.language import translate


def offered(names: Any) -> list[Any]:
    """The choices of a table of words, in the reader's language."""
    return options((str(value), translate(text)) for value, text in names.items())


class AskForm(ActForm):
    """A question; the lesson or bank question it is about is carried along."""

    lesson = HiddenField()
    item = HiddenField()
    kind = RadioField(_l("What is it about"), validators=[Needed(_l("Choose what it is about."))])
    title = Line(_l("Your question in one line"), validators=[Needed(_l("Ask in one line."))], most=120)
    text = Lines(_l("What you tried, and where you are stuck"), validators=[Needed(_l("Say a little more."))])
    picture = FileField(_l("Picture (JPG, PNG or WebP)"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.kind.choices = offered(KIND_NAMES)
        if not self.kind.data and not self.is_submitted():
            self.kind.data = str(QuestionKind.STUDY if self.lesson.data or self.item.data else QuestionKind.SERVICE)

    @property
    def about_item(self) -> int | None:
        text = self.item.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


class PostForm(ActForm):
    """Something more to say under a question."""

    text = Lines(_l("Your words"), validators=[Needed(_l("Write something first."))])
    picture = FileField(_l("Picture (JPG, PNG or WebP)"))


class RateForm(ActForm):
    rating = RadioField(_l("Did the answer help?"), validators=[Needed(_l("Choose one of the five."))])

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.rating.choices = offered(RATINGS)

    @property
    def given(self) -> int | None:
        text = self.rating.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) == 1 else None


class AnswerForm(PostForm):
    text = Lines(_l("Your answer"), validators=[Needed(_l("Write the answer."))], most=4000)
    go_on = BooleanField(_l("Then open the next one"), default=True)


class ConcludeForm(ActForm):
    reason = Lines(_l("Why it is closed; the learner reads this"), validators=[Needed(_l("Say why."))], most=1000)


class HandOnForm(ActForm):
    to = SelectField(_l("Who answers"), validate_choice=False)

    def offer(self, people: Iterable[tuple[str, str]]) -> None:
        self.to.choices = options(people)


class PublishForm(ActForm):
    """The words for everybody."""

    title = Line(_l("Question in one line"), validators=[Needed(_l("Ask in one line."))], most=120)
    question = Lines(_l("Question, without names"), validators=[Needed(_l("Write the question."))])
    answer = Lines(_l("Answer for everybody"), validators=[Needed(_l("Write the answer."))], most=4000)


class ContactForm(ActForm):
    """A contact with a learner: how, how it ended, and when the next one is."""

    channel = SelectField(_l("By which way"))
    outcome = SelectField(_l("How it ended"))
    note = Lines(_l("Note"), most=1000)
    next_on = Day(_l("Next contact on"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.channel.choices, self.outcome.choices = offered(CHANNEL_NAMES), offered(OUTCOME_NAMES)


class CallForm(ActForm):
    """A learner asks for a call back."""

    wish = Lines(_l("What it is about, and when it suits you"), validators=[Needed(_l("Say what it is about."))],
                 most=500)


class ChoiceForm(ActForm):
    """What may be sent by itself."""

    reminders = BooleanField(_l("Remind me of my next step"))
    summary = BooleanField(_l("Send me a summary of my week"))


class ComplaintForm(ActForm):
    """What somebody is not content with, and what they want."""

    about = SelectField(_l("What it is about"), validators=[Needed(_l("Choose what it is about."))])
    title = Line(_l("In one line"), validators=[Needed(_l("Say it in one line."))], most=120)
    text = Lines(_l("What happened, when, and with whom"), validators=[Needed(_l("Say what happened."))], most=4000)
    wish = Lines(_l("What you want from us"), most=1000)
    picture = FileField(_l("Picture as evidence (JPG, PNG or WebP)"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.about.choices = offered(ABOUT_NAMES)


class TakenComplaintForm(ComplaintForm):
    """The same, written down by staff for a learner."""

    learner = Line(_l("Number of the learner"), validators=[Needed(_l("Say whose complaint it is."))], most=20)
    channel = SelectField(_l("How it came"))
    received_on = Day(_l("Received on"), validators=[Needed(_l("Say when it came."))])

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.channel.choices = [one for one in offered(COMPLAINT_CHANNELS) if one.value != Channel.PAGE]


class ObjectForm(ActForm):
    reason = Lines(_l("What is not settled yet"), validators=[Needed(_l("Say what is not settled yet."))], most=2000)


class FindingForm(ActForm):
    finding = RadioField(_l("What was found"), validators=[Needed(_l("Choose what was found."))])
    text = Lines(_l("Your answer: what was looked at, what was found, what follows"),
                 validators=[Needed(_l("Write the answer."))], most=4000)
    picture = FileField(_l("Picture as evidence (JPG, PNG or WebP)"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.finding.choices = offered(FINDING_NAMES)


class NoteForm(ActForm):
    text = Lines(_l("Note among staff; the learner does not read it"),
                 validators=[Needed(_l("Write something first."))])
    picture = FileField(_l("Picture as evidence (JPG, PNG or WebP)"))


class HandlerForm(ActForm):
    to = SelectField(_l("Who answers"), validate_choice=False)
    about_person = SelectField(_l("Whom of staff it is about"), validate_choice=False)

    def offer(self, handlers: Iterable[tuple[str, str]], staff: Iterable[tuple[str, str]]) -> None:
        self.to.choices = options(handlers)
        self.about_person.choices = options([("", str(_l("nobody in particular"))), *staff])
