"""The form every other form is built on, and fields that clean what people type."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import uuid4

from flask import has_request_context, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    Field,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older
from wtforms.validators import Length, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from enroll.foundation.problems import Problem, Stale
from enroll.foundation.text import UnreadableText, clean_line, clean_lines
from enroll.web.language import translate

LONGEST_LINE, LONGEST_TEXT = 200, 2000


class SentForm(FlaskForm):  # type: ignore[misc]
    """A form reads what forms send. Flask-WTF would also take a JSON body for one, and fail on a list."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            if has_request_context() and request.is_json:
                return formdata if hasattr(formdata, "getlist") else None
            return super().wrap_formdata(form, formdata)


class ActForm(SentForm):
    """A form that changes something: CSRF token, the key of this press, the version that was looked at."""

    key = HiddenField()
    version = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not self.key.data or len(self.key.data) > 64:
            self.key.data = uuid4().hex

    @property
    def seen_version(self) -> int | None:
        """The version the form was opened on; None where the form carries none. Raises Stale for one that cannot be."""
        text = self.version.data or ""
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise Stale("form", 0)
        return int(text)

    def show_problems(self, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
        """Put each problem beside its field; gives back those that belong to no field of this form."""
        rest = []
        for one in problems:
            field = self._fields.get(one.field)
            if field is None:
                rest.append(one)
            else:
                field.errors = [*field.errors, translate(one)]
        return tuple(rest)


class _Cleaned:
    data: Any
    clean: Callable[[str], str]

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)  # type: ignore[misc]
        if not isinstance(self.data, str):
            return
        try:
            self.data = self.clean(self.data)
        except UnreadableText as error:
            self.data = error.rest  # nothing else that was typed is lost
            raise ValueError(str(_l("This has a character that cannot be used (%(character)s). Type the text again.",
                                    character=error.character))) from error


class Line(_Cleaned, StringField):
    """One line of text, cleaned and bounded."""

    clean = staticmethod(clean_line)

    def __init__(self, label: Any = None, validators: Any = None, *, most: int = LONGEST_LINE, **kwargs: Any):
        super().__init__(label, [*(validators or []), _length(most)], **kwargs)


class Lines(_Cleaned, TextAreaField):
    """Several lines of text, cleaned and bounded."""

    clean = staticmethod(clean_lines)

    def __init__(self, label: Any = None, validators: Any = None, *, most: int = LONGEST_TEXT, **kwargs: Any):
        super().__init__(label, [*(validators or []), _length(most)], **kwargs)


class Whole(IntegerField):
    """A whole number in ASCII digits: no '1_000', no full-width or Arabic digits, no sign, no space inside."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist or not str(valuelist[0]).strip():
            self.data = None
            return
        text = str(valuelist[0]).strip()
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            self.data = None
            raise ValueError(str(_l("Enter a whole number in digits, for example 45.")))
        self.data = int(text)


class Signed(IntegerField):
    """A whole number that may lie below zero: '-22'."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = str(valuelist[0]).strip() if valuelist else ""
        digits = text.removeprefix("-")
        self.data = int(text) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else None
        if text and self.data is None:
            raise ValueError(str(_l("Enter a whole number in digits, for example -22.")))


class Secret(PasswordField):
    """A password: kept as typed, never shown again; paste and password managers are welcome."""

    def __init__(self, label: Any = None, **kwargs: Any):
        super().__init__(label, [Needed(), _length(200)], **kwargs)


class Day(DateField):
    """A calendar day, within the years that can mean anything here; '2026-11-22', as browsers send it."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = str(valuelist[0]).strip() if valuelist else ""
        if not text:
            self.data = None
            return
        try:
            day = date.fromisoformat(text) if text.isascii() and len(text) == 10 else None
        except ValueError:
            day = None
        self.data = day if day is not None and 1900 <= day.year <= 2100 else None
        if self.data is None:
            raise ValueError(str(_l("Enter a day, for example 2026-11-22.")))


class Several(SelectMultipleField):
    """Check boxes, of which any number may be ticked."""

    widget, option_widget = ListWidget(prefix_label=False), CheckboxInput()

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any):
        super().__init__(label, validators, **kwargs)
        self.invalid_choice_message = _l("Choose from what is offered here.")


class Needed:
    """The field must be filled in; the message says what to enter, in the words of the field."""

    field_flags = {"required": True}

    def __init__(self, message: Any = None):
        self.message = message

    def __call__(self, form: Any, field: Field) -> None:
        data = field.data
        if data is None or (isinstance(data, str) and not data.strip()) or data == []:
            if field.errors:
                raise StopValidation()
            raise StopValidation(self.message or _l("Fill this in: %(label)s.", label=field.label.text))


class Ticked:
    """The box must be ticked, each for itself."""

    def __init__(self, message: Any = None):
        self.message = message

    def __call__(self, form: Any, field: Field) -> None:
        if field.data is not True:
            raise ValidationError(self.message or _l("Tick this box to go on."))


def options(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """The choices of a select, radio or check box field: (value, words for the reader)."""
    return [SelectChoice(value, label) for value, label in pairs]


class MoveForm(ActForm):
    """A move that may ask for a reason."""

    reason = Lines(_l("Reason"))


def _length(most: int) -> Length:
    return Length(max=most, message=_l("At most %(most)d characters.", most=most))
