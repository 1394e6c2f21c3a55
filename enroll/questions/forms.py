"""What learners answer, and what the keepers of the bank enter."""

import json
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, Form, RadioField, SelectField
from wtforms.validators import NumberRange, Optional

from enroll.questions.models import Topic
from enroll.questions.rules.practice import GOALS, MODE_NAMES, ROUND_SIZES, SELF_MARKS
from enroll.questions.rules.questions import (
    DIFFICULTY_NAMES,
    KIND_NAMES,
    LETTERS,
    MOST_ANSWER,
    MOST_EXPLANATION,
    MOST_OPTION,
    MOST_SOURCE,
    MOST_STEM,
    TRUE,
    Kind,
    NewQuestion,
)
from enroll.web.forms import ActForm, Day, Line, Lines, Needed, Whole, options
from enroll.web.language import translate

KINDS = options((kind, _l(name)) for kind, name in KIND_NAMES.items())
LEVELS = options((str(level), _l(name)) for level, name in DIFFICULTY_NAMES.items())
ANY = ("", _l("All"))
FORMATS = {"xlsx": _l("Workbook (.xlsx)"), "gift": _l("Moodle GIFT (.txt)"), "aiken": _l("Aiken (.txt)")}


class PaperForm(ActForm):
    """The answers of a mock exam: q<number of the question> as chosen, w<number> as the page had shown them."""

    @staticmethod
    def given(sent: Any) -> dict[str, Sequence[str]]:
        return {name[1:]: sent.getlist(name) for name in sent if name[:1] == "q" and name[1:].isdigit()}

    @staticmethod
    def seen(sent: Any) -> dict[str, Sequence[str]]:
        return {name[1:]: _listed(sent[name]) for name in sent if name[:1] == "w" and name[1:].isdigit()}


class BeginMockForm(ActForm):
    paper_number = Line(_l("Paper number"), most=8)


class RoundForm(ActForm):
    """What to practise: sent by the buttons of the practice page."""

    mode = SelectField(choices=options((mode, _l(name)) for mode, name in MODE_NAMES.items()), validate_choice=False)
    topic = Line(most=20)
    size = SelectField(_l("Questions in a round"), choices=options((str(one), str(one)) for one in ROUND_SIZES),
                       default="10", validate_choice=False)


class AnswerForm(ActForm):
    """The answer to one question: keys of options, or a text."""


class CompareForm(ActForm):
    recall = RadioField(_l("How much of it did you have?"), [Needed()],
                        choices=options((mark, _l(name)) for mark, name in SELF_MARKS.items()))


class GoalForm(ActForm):
    goal = SelectField(_l("Questions a day"), choices=options((str(one), str(one)) for one in GOALS))


class BankFilterForm(Form):
    """The list's filter; a GET form."""

    q = Line(_l("Code or words of the question"), most=80)
    topic = SelectField(_l("Module"), validate_choice=False, default="")
    kind = SelectField(_l("Type"), validate_choice=False, default="", choices=[*options([ANY]), *KINDS])
    difficulty = SelectField(_l("Difficulty"), validate_choice=False, default="", choices=[*options([ANY]), *LEVELS])

    def offer(self, topics: Sequence[Topic]) -> None:
        self.topic.choices = [*options([ANY]), *_named(topics)]


class QuestionForm(ActForm):
    """One question; which fields count depends on its type."""

    kind = RadioField(_l("Type"), [Needed()], choices=KINDS)
    topic = SelectField(_l("Module"), [Needed()])
    difficulty = RadioField(_l("Difficulty"), [Needed()], choices=LEVELS, default="1")
    stem = Lines(_l("Question"), [Needed()], most=MOST_STEM)
    option_a, option_b, option_c, option_d, option_e, option_f, option_g, option_h = (
        Line(_l("Option %(letter)s", letter=letter), most=MOST_OPTION) for letter in LETTERS)
    right = Line(_l("Right options"), most=20)
    truth = RadioField(_l("The statement is"), choices=options([("T", _l("True")), ("F", _l("False"))]),
                       validate_choice=False)
    accepted = Lines(_l("Accepted answers, one a line"), most=MOST_ANSWER)
    model = Lines(_l("Model answer"), most=MOST_ANSWER)
    explanation = Lines(_l("Explanation"), most=MOST_EXPLANATION)
    source = Line(_l("Source"), most=MOST_SOURCE)
    alike_too = BooleanField(_l("Keep it although it is nearly the same as another"))

    def offer(self, topics: Sequence[Topic]) -> None:
        self.topic.choices = [*options([("", _l("Choose a module"))]), *_named(topics)]

    def new_question(self, code: str, topics: Sequence[Topic]) -> NewQuestion:
        """The question as it was entered; fields of other types are left out."""
        kind = self.kind.data
        section = next((one.section for one in topics if one.code == self.topic.data), "")
        return NewQuestion(
            code=code, kind=kind, topic=self.topic.data, section=section, stem=self.stem.data,
            answer=self._answer(kind), options=self._options() if kind in {Kind.SINGLE, Kind.MULTIPLE} else {},
            explanation=self.explanation.data or "", difficulty=int(self.difficulty.data or 1),
            source=self.source.data or "",
        )

    def show(self, one: NewQuestion) -> None:
        """Fill the form with a question of the bank."""
        self.kind.data, self.topic.data, self.difficulty.data = one.kind, one.topic, str(one.difficulty)
        self.stem.data, self.explanation.data, self.source.data = one.stem, one.explanation, one.source
        for letter, text in one.options.items():
            self[field_of(letter)].data = text
        if one.kind == Kind.JUDGE:
            self.truth.data = one.answer[0]
        elif one.kind == Kind.FILL:
            self.accepted.data = "\n".join(one.answer)
        elif one.kind == Kind.SHORT:
            self.model.data = one.answer[0]
        else:
            self.right.data = "".join(one.answer)

    def _answer(self, kind: str) -> tuple[str, ...]:
        if kind == Kind.JUDGE:
            return (self.truth.data,) if self.truth.data in {TRUE, "F"} else ()
        if kind == Kind.FILL:
            return tuple(one.strip() for one in (self.accepted.data or "").splitlines() if one.strip())
        if kind == Kind.SHORT:
            return (self.model.data,) if self.model.data else ()
        return tuple(sorted(letter for letter in (self.right.data or "").upper() if letter.isalpha()))

    def _options(self) -> dict[str, str]:
        return {letter: self[field_of(letter)].data for letter in LETTERS if self[field_of(letter)].data}


class ImportForm(ActForm):
    format = RadioField(_l("Format"), [Needed()], choices=options(FORMATS.items()), default="xlsx")
    topic = SelectField(_l("Module of questions that name none"), default="")
    difficulty = SelectField(_l("Difficulty of Aiken questions"), choices=LEVELS, default="1")
    file = FileField(_l("File with questions"))

    def offer(self, topics: Sequence[Topic]) -> None:
        self.topic.choices = [*options([("", _l("None: such questions are left out"))]), *_named(topics)]


ROWS = 8


class MockForm(ActForm):
    """A mock exam: its rows are read from kind-1, topic-1, difficulty-1, count-1, points-1, partial-1 and so on."""

    code = Line(_l("Code"), [Needed()], most=20)
    title = Line(_l("Title in Chinese"), [Needed()], most=100)
    title_en = Line(_l("Title in English"), [Needed()], most=100)
    programme = SelectField(_l("Programme"), [Needed()])
    minutes = Whole(_l("Minutes"), [Needed(), NumberRange(1, 300)])
    holds_from = Day(_l("Offered from"), [Needed()])
    source = Line(_l("Where these rules come from"), [Needed()], most=200)


class SectionForm(Form):
    """One row of a blueprint; a row without a number of questions is no row."""

    kind = SelectField(_l("Type"), choices=[one for one in KINDS if one.value != Kind.SHORT])
    topic = SelectField(_l("Module"), default="")
    difficulty = SelectField(_l("Difficulty"), default="", choices=[*options([ANY]), *LEVELS])
    count = Whole(_l("Questions"), [Optional()])
    points = Whole(_l("Points each"), [Optional()])
    partial = Whole(_l("Points for a part"), [Optional()])

    def offer(self, topics: Sequence[Topic]) -> None:
        self.topic.choices = [*options([ANY]), *_named(topics)]


def field_of(letter: str) -> str:
    return f"option_{letter.lower()}"


def _named(topics: Sequence[Topic]) -> list[Any]:
    return options((one.code, f"{one.code} {translate(one.name)}") for one in topics)


def _listed(text: str) -> list[str]:
    try:
        listed = json.loads(text)
    except ValueError:
        return []
    return [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []


