"""What learners and trainers enter while studying and marking."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, SelectChoice, SelectField  # type: ignore[attr-defined]
from wtforms.validators import NumberRange, Optional

from enroll.courses.rules.timing import Beat
from enroll.web.forms import ActForm, Lines, Needed, SentForm, Whole

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


def _number(text: str) -> int | None:
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 4 else None
