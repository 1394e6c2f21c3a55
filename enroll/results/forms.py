"""The forms of results. A grid's marks are read row by row, so that one wrong mark holds back no other."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileAllowed, FileField, FileRequired
from wtforms import RadioField

from enroll.foundation.problems import Problem
from enroll.results.rules.marks import read_mark
from enroll.results.rules.rows import TypedMark
from enroll.web.forms import ActForm, Line, Lines, MoveForm, Needed, Whole, options

MARK, VERSION = "mark-", "version-"


class GridForm(ActForm):
    """The token and key of a page of marks; the marks themselves are fields named after their rows. The reason is asked
    of whoever keys their own entries again."""

    reason = Lines(_l("Why nobody else can do it"), most=1000)


class DecideForm(MoveForm):
    """The third person's decision."""

    mark = Line(_l("Mark that stands"), [Needed()], most=6)


class VoidForm(MoveForm):
    """Declaring a result void."""


class UploadForm(ActForm):
    """A file of the issuing body."""

    file = FileField(_l("File with marks (.xlsx or .csv)"), [
        FileRequired(_l("Choose the file.")), FileAllowed(["xlsx", "csv"], _l("An .xlsx or .csv file is needed.")),
    ])


class ApplyForm(ActForm):
    """Entering what was shown: bound to the file's digest."""

    digest = Line(_l("SHA-256"), [Needed()], most=64)


class AskReviewForm(ActForm):
    """A learner asks for a score review."""

    words = Lines(_l("What should we look at?"), most=1000)


class AnswerForm(ActForm):
    """Answering a score review."""

    finding = RadioField(_l("Finding"), [Needed(_l("Choose what you found."))], choices=options([
        ("unchanged", _l("Unchanged")), ("corrected", _l("Mark corrected")),
    ]))
    mark = Line(_l("Corrected mark"), most=6)
    reason = Lines(_l("Answer to the learner"), [Needed()], most=1000)


class PolicyForm(ActForm):
    """How much of the issuing body's files is checked."""

    near_points = Whole(_l("All marks within so many points of the pass mark"), [Needed()])
    sample_percent = Whole(_l("Of the rest so many per cent"), [Needed()])
    sample_at_least = Whole(_l("At least so many of the rest"), [Needed()])
    reason = Lines(_l("Reason"), [Needed()])


def typed_marks(
    sent: Mapping[str, str], references: Iterable[str], *, full: int, step: int
) -> tuple[list[TypedMark], dict[str, Problem]]:
    """What was typed on a page, row by row: marks that can be saved, and by reference what is wrong with the others.
    An empty row is left alone."""
    marks: list[TypedMark] = []
    wrong: dict[str, Problem] = {}
    for reference in references:
        text = sent.get(MARK + reference, "").strip()
        if not text:
            continue
        read = read_mark(text, full=full, step=step)
        if isinstance(read, Problem):
            wrong[reference] = read
        else:
            marks.append(TypedMark(reference, read, _version(sent.get(VERSION + reference, ""))))
    return marks, wrong


def references_in(sent: Mapping[str, Any]) -> list[str]:
    """The rows a page was sent with, in their order; a page has at most so many."""
    return [name.removeprefix(MARK) for name in sent if name.startswith(MARK)][:200]


def _version(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
