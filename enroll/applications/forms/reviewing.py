"""What the office enters: filters, the decision with its items, and what a lead does beside it."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, HiddenField, RadioField, SelectField

from enroll.applications.rules.deadlines import Extended
from enroll.applications.rules.flags import FLAG_NAMES
from enroll.applications.rules.items import Item, ItemGiven
from enroll.fees.rules import Cause
from enroll.learners.models import Reason
from enroll.web.forms import ActForm, Line, Lines, MoveForm, Needed, Several, options
from enroll.web.language import language, translate
from enroll.web.moment_field import Moment


class FilterForm(Form):
    """The filters of the list, as a GET form."""

    q = Line(_l("Reference, name or document number"), most=60)
    window = SelectField(_l("Exam window"), validate_choice=False)
    kind = SelectField(_l("First sitting or resit"), validate_choice=False, choices=options(
        [("", _l("both")), ("first", _l("first sitting")), ("resit", _l("resit"))]))
    found = SelectField(_l("What the program found"), validate_choice=False, choices=options([
        ("", _l("all")), ("exceptions", _l("with exceptions")), ("clean", _l("without exceptions")),
        ("flagged", _l("flagged")), ("opinion", _l("waiting for a second opinion"))]))
    mine = BooleanField(_l("Mine only"))

    def __init__(self, given: Any, windows: Sequence[str]):
        super().__init__(given)
        self.window.choices = options([("", _l("all")), *((code, code) for code in windows)])


class DecideForm(ActForm):
    """The decision about a case. Reasons are chosen from the library as "photo:photo_background"; own words for an item
    take the place of the library's."""

    decision = RadioField(_l("Decision"), choices=options([
        ("approve", _l("Approve")), ("return", _l("Return for correction")), ("reject", _l("Reject"))]))
    verify_identity = BooleanField(_l("Identity verified: name, number and pictures agree"))
    accept_photo = BooleanField(_l("Photo accepted: the same person, and by the photo rule"))
    return_reasons = Several(_l("What is to be corrected"))
    reject_reasons = Several(_l("Why it is rejected"))
    confirmed = HiddenField()

    def __init__(self, library: Sequence[Reason], **kwargs: Any):
        super().__init__(**kwargs)
        self.library = {f"{one.item}:{one.code}": one for one in library}
        self.return_reasons.choices = self._choices("return")
        self.reject_reasons.choices = self._choices("reject")

    def _choices(self, outcome: str) -> list[Any]:
        zh = language() == "zh"
        return options((value, one.words_zh if zh else one.words_en) for value, one in self.library.items()
                       if one.outcome in {outcome, "both"})

    def items(self, for_language: str) -> tuple[ItemGiven, ...]:
        """The items chosen, in the words the learner will read."""
        chosen = self.return_reasons.data if self.decision.data == "return" else self.reject_reasons.data
        return tuple(self._item(str(one), for_language) for one in chosen or [])

    def _item(self, value: str, for_language: str) -> ItemGiven:
        one = self.library[value]
        own = str(self[f"words_{one.item}"].data or "")
        return ItemGiven(one.item, one.code, own or one.said(for_language))

    def adds(self, value: str) -> str:
        """What the library's words add to the reason: what to do, with an example."""
        one, zh = self.library[value], language() == "zh"
        advice, example = (one.advice_zh, one.example_zh) if zh else (one.advice_en, one.example_en)
        return f"{advice} {_l('For example: %(example)s', example=example)}" if example else advice


for _item in Item:
    setattr(DecideForm, f"words_{_item}", Lines(_l("Own words instead of the library's"), most=500))


class FlagForm(ActForm):
    kind = SelectField(_l("Kind of flag"), validate_choice=False)
    words = Line(_l("Flag for the office (the learner never sees it)"), most=200)

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.kind.choices = options([("", _l("none, or in own words")), *(
            (key, translate(name)) for key, name in FLAG_NAMES.items())])

    def said(self) -> str:
        """What is kept: the kind, or what was written, or both in words."""
        words, name = (self.words.data or "").strip(), FLAG_NAMES.get(self.kind.data or "")
        if name is None:
            return words
        return f"{translate(name)} {words}" if words else str(self.kind.data)


class CancelForm(MoveForm):
    cause = SelectField(_l("Cause"), choices=options([
        (str(Cause.SITTING_CANCELLED), _l("The sitting cannot take place (everything comes back)")),
        (str(Cause.MISCONDUCT), _l("Serious misconduct or false material (nothing comes back)"))]))


class ExtendForm(MoveForm):
    """One date for one person (R13)."""

    name = SelectField(_l("Date"), choices=options([
        (str(Extended.CORRECTION), _l("Correction")), (str(Extended.PAYMENT), _l("Payment")),
        (str(Extended.LIST), _l("Waiting lists close")),
        (str(Extended.CLOSING), _l("Registration closes"))]))
    until = Moment(_l("Until"), [Needed()])


class RevealForm(ActForm):
    """The case is the reason; more can be said."""

    reason = Line(_l("Reason"), most=200)


class RelocateForm(MoveForm):
    """Where the people of a sitting that closes go."""

    target = SelectField(_l("Move to"), validate_choice=False)

    def __init__(self, targets: Sequence[tuple[str, str]], **kwargs: Any):
        super().__init__(**kwargs)
        self.target.choices = options(targets)
