"""How this package says no: a stable code, words for the reader and the values the words name."""

from typing import Any

from enroll.foundation.problems import Problem, problem


class Unacceptable(Exception):
    """Something that came from outside cannot be used, or something of ours cannot be written.

    `code` is stable and may be stored or tested; `values` are plain numbers and strings.
    """

    def __init__(self, code: str, text: str, **values: Any):
        self.code, self.text, self.values = code, text, values
        super().__init__(f"{code} {values}" if values else code)

    def problem(self, field: str = "") -> Problem:
        """The refusal as a reason to show beside a form field."""
        return problem(self.code, self.text, field=field, **self.values)


class GlyphMissing(Unacceptable):
    """A document holds characters that no font of ours can print; `characters` names each once."""

    @property
    def characters(self) -> tuple[str, ...]:
        return tuple(self.values["characters"].split(" "))


class DoesNotFit(Unacceptable):
    """A text is too long for its place on the page, at any legible size, or a document for its pages."""


class UnacceptableImage(Unacceptable):
    """An uploaded picture is refused; nothing of it is kept."""


class UnacceptablePdf(Unacceptable):
    """An uploaded PDF is refused; nothing of it is kept."""


class UnreadableSheet(Unacceptable):
    """An uploaded table is refused as a whole; where one cell is the cause, `row` and `column` are among the values."""


class UnwritableSheet(Unacceptable):
    """A table of ours cannot be written as a spreadsheet without losing something."""
