"""What the administrator enters: the organisation, dated figures and prices, holidays, announcements."""

import json
from typing import Any

from flask import abort
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, RadioField, SelectField

from enroll.programmes.rules.figures import bilingual
from enroll.programmes.rules.known_rules import OPTION_NAMES, KnownRule
from enroll.web.forms import ActForm, Day, Line, Lines, Needed, Whole, options
from enroll.web.moment_field import Moment
from enroll.web.yuan_field import Yuan

MOST_PERCENT = 100


class DatedForm(ActForm):
    """A value from one day on, with its source."""

    from_on = Day(_l("From this day on"), [Needed()])
    official = BooleanField(_l("Stated by the issuing body (otherwise it is our assumption)"))
    source = Line(_l("Source: who says so, in which document, of which day"), [Needed()])


class WholeForm(DatedForm):
    value = Whole(_l("New value"))


class FlagForm(DatedForm):
    value = RadioField(_l("New value"), choices=options([("yes", _l("Yes")), ("no", _l("No"))]))


class TextForm(DatedForm):
    value = Line(_l("New value"))


class StructuredForm(DatedForm):
    value = Lines(_l("New value (JSON)"), most=20_000)


class RefundRow(Form):
    """One case of a refund: `code` names it for the program, the words are read by learners."""

    code = HiddenField()
    when_zh = Line(_l("When (Chinese)"), [Needed()])
    when_en = Line(_l("When (English)"), [Needed()])
    percent = Whole(_l("Comes back"))
    formula_zh = Line(_l("Or by a formula (Chinese)"))
    formula_en = Line(_l("Or by a formula (English)"))

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        share, formula = self.percent.data, (self.formula_zh.data or "", self.formula_en.data or "")
        if self.percent.errors:
            return False
        if share is not None and share > MOST_PERCENT:
            self.percent.errors = [_("A percentage is at most 100.")]
        elif share is None and not all(one.strip() for one in formula):
            self.percent.errors = [_("Enter the percentage, or the formula in both languages.")]
        return fine and not self.percent.errors

    def as_rule(self) -> dict[str, Any]:
        rule = {"code": self.code.data, "when": {"zh": self.when_zh.data, "en": self.when_en.data}}
        if self.percent.data is not None:
            return rule | {"percent": self.percent.data}
        return rule | {"formula": {"zh": self.formula_zh.data, "en": self.formula_en.data}}


class RefundRulesForm(DatedForm):
    """The cases stay those the program asks for; their words and shares change."""

    value = FieldList(FormField(RefundRow))


class ChoiceForm(DatedForm):
    value = SelectField(_l("New value"), validate_choice=False)


FORMS: dict[str, type[DatedForm]] = {
    "whole": WholeForm, "flag": FlagForm, "text": TextForm, "rate": TextForm, "json": StructuredForm,
    "refunds": RefundRulesForm,
    "choice": ChoiceForm,
}


def form_for(known: KnownRule, current: Any = None) -> DatedForm:
    """The form in which this figure is entered; a list of cases begins with those of the `current` value."""
    if known.entered_as == "refunds":
        return _refunds_form(current or [])
    form = FORMS[known.entered_as]()
    if known.entered_as == "choice":
        none = [("", _l("no figure"))] if known.none_is_said else []
        form["value"].choices = options([*none, *((one, _l(OPTION_NAMES[one])) for one in known.options)])
    return form


def _refunds_form(current: list[dict[str, Any]]) -> RefundRulesForm:
    form = RefundRulesForm(data={"value": [_row_of(one) for one in current]})
    known = [one["code"] for one in current]
    if form.is_submitted() and [row.code.data for row in form.value] != known:
        abort(400)  # no page of ours sends other cases than those there are
    return form


def _row_of(rule: dict[str, Any]) -> dict[str, Any]:
    when, formula = bilingual(rule["when"]), bilingual(rule.get("formula") or "")
    return {"code": rule["code"], "when_zh": when.zh, "when_en": when.en, "percent": rule.get("percent"),
            "formula_zh": formula.zh, "formula_en": formula.en}


def value_of(known: KnownRule, field: Any) -> Any:
    """What was typed as the rule keeps it; None where nothing was, the text itself where it cannot be read."""
    if known.entered_as == "refunds":
        return [row.form.as_rule() for row in field]
    typed = field.data
    if typed in (None, ""):
        return None
    if known.entered_as == "flag":
        return {"yes": True, "no": False}.get(typed, typed)
    if known.entered_as in {"json", "rate"}:
        try:
            return json.loads(typed)
        except (ValueError, RecursionError):
            return typed
    return typed


class PriceForm(ActForm):
    amount = Yuan(_l("New price (yuan)"), [Needed()])
    from_on = Day(_l("From this day on"), [Needed()])
    source = Line(_l("Source: who decided it, and when"), [Needed()])


class HolidayForm(ActForm):
    title = Line(_l("Name"), [Needed()], most=60)
    from_on = Day(_l("First day off"), [Needed()])
    until_on = Day(_l("Last day off"), [Needed()])
    confirmed = BooleanField(_l("Confirmed by the official notice"))
    note = Line(_l("Note"))


class ConfirmHolidayForm(ActForm):
    from_on = Day(_l("First day off"), [Needed()])
    until_on = Day(_l("Last day off"), [Needed()])
    note = Line(_l("Note"))


class WorkdayForm(ActForm):
    on = Day(_l("Weekend day that is worked"), [Needed()])
    confirmed = BooleanField(_l("Confirmed by the official notice"))


class AnnouncementForm(ActForm):
    title_zh = Line(_l("Title (Chinese)"), [Needed()])
    body_zh = Lines(_l("Text (Chinese)"), [Needed()])
    title_en = Line(_l("Title (English)"), most=300)
    body_en = Lines(_l("Text (English)"))
    publish_at = Moment(_l("Shown from"), [Needed()])
    pinned = BooleanField(_l("Pinned to the top"))


class OrganisationForm(ActForm):
    full_name = Line(_l("Name of the authorised partner"), [Needed()], most=120)
    short_name = Line(_l("Short name"), [Needed()], most=60)
    telephone = Line(_l("Telephone"), most=40)
    email = Line(_l("E-mail"), most=200)
    address = Line(_l("Address"))
    opening_times = Line(_l("Opening hours"), most=120)
    issuer_contact = Line(_l("Contact of the issuing bodies (shown with the consent)"))
    lookup_url = Line(_l("Address where the issuing body answers about a number"))
    how_to_pay_zh = Lines(_l("How to pay (Chinese)"))
    how_to_pay_en = Lines(_l("How to pay (English)"))
    icp = Line(_l("ICP filing number"), most=60)
    police = Line(_l("Public security filing number"), most=60)
