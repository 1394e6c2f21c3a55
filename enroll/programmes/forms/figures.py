"""How a figure of a programme is entered: a form for each kind, none of which asks for anything but words, numbers,
days and ticks."""

from collections.abc import Iterator
from typing import Any

from flask import abort
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, FieldList, Form, FormField, HiddenField, RadioField, SelectField
from wtforms.validators import NumberRange

from enroll.programmes.forms.settings import DatedForm
from enroll.programmes.rules.figures import bilingual
from enroll.programmes.rules.known_rules import OPTION_NAMES, KnownRule
from enroll.programmes.rules.proposal import OFFSETS, policy_of
from enroll.programmes.rules.windows import DATE_LABELS
from enroll.web.clock_field import ClockTime
from enroll.web.forms import Line, Lines, Needed, Several, Signed, Whole, options

MOST_PERCENT = 100


class FigureForm(DatedForm):
    """A figure of one kind. `begin` fills in the value that stands, where a change starts from it."""

    def begin(self, known: KnownRule, current: Any) -> None:
        """Make the form fit this figure."""

    def typed(self) -> Any:
        """What was entered, as the rule keeps it; None where nothing was."""
        return None if self["value"].data in (None, "") else self["value"].data

    @property
    def parts(self) -> Iterator[Field]:
        """The fields that belong to the value, in their order."""
        return (one for one in self if one.short_name.split("_")[0] == "value")


class WholeForm(FigureForm):
    value = Whole(_l("New value"))


class TextForm(FigureForm):
    value = Line(_l("New value"))


class RateForm(FigureForm):
    value = Line(_l("New value"))

    def typed(self) -> Any:
        try:
            return float(self["value"].data) if self["value"].data else None
        except ValueError:
            return self["value"].data


class FlagForm(FigureForm):
    value = RadioField(_l("New value"), choices=options([("yes", _l("Yes")), ("no", _l("No"))]))

    def typed(self) -> Any:
        return {"yes": True, "no": False}.get(self["value"].data, self["value"].data)


class ChoiceForm(FigureForm):
    value = SelectField(_l("New value"), validate_choice=False)

    def begin(self, known: KnownRule, current: Any) -> None:
        none = [("", _l("no figure"))] if known.none_is_said else []
        self["value"].choices = options([*none, *((one, _l(OPTION_NAMES[one])) for one in known.options)])


class SeveralForm(FigureForm):
    """Some of a fixed list."""

    value = Several(_l("New value"), [Needed()])

    def begin(self, known: KnownRule, current: Any) -> None:
        self["value"].choices = options([(one, _l(OPTION_NAMES[one]) if one in OPTION_NAMES else one)
                                         for one in known.options])
        self.whole_numbers = known.options[0].isdigit()
        if not self.is_submitted():
            self["value"].data = [str(one) for one in current or ()]

    def typed(self) -> Any:
        return [int(one) for one in self["value"].data] if self.whole_numbers else self["value"].data


class WordsForm(FigureForm):
    """One sentence in both languages."""

    value_zh = Line(_l("Chinese"), [Needed()])
    value_en = Line(_l("English"), [Needed()])

    def begin(self, known: KnownRule, current: Any) -> None:
        if current and not self.is_submitted():
            said = bilingual(current)
            self.value_zh.data, self.value_en.data = said.zh, said.en

    def typed(self) -> Any:
        return {"zh": self.value_zh.data, "en": self.value_en.data}


class WordListForm(FigureForm):
    """A list of words, one a line; where there is English, its lines belong to the Chinese ones in their order."""

    value_zh = Lines(_l("Chinese, one a line"))
    value_en = Lines(_l("English, one a line, in the same order"))

    def begin(self, known: KnownRule, current: Any) -> None:
        if not self.is_submitted():
            self.value_zh.data, self.value_en.data = _lines_of(current)

    def validate(self, extra_validators: Any = None) -> bool:
        return bool(super().validate(extra_validators)) & _same_length(self.value_zh, self.value_en)

    def typed(self) -> Any:
        return _words_of(self.value_zh, self.value_en)


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

    @staticmethod
    def row_of(rule: dict[str, Any]) -> dict[str, Any]:
        when, formula = bilingual(rule["when"]), bilingual(rule.get("formula") or "")
        return {"code": rule["code"], "when_zh": when.zh, "when_en": when.en, "percent": rule.get("percent"),
                "formula_zh": formula.zh, "formula_en": formula.en}


class DirectionRow(Form):
    """One direction; `code` is that of its course."""

    code = HiddenField()
    name_zh = Line(_l("Name (Chinese)"), [Needed()])
    name_en = Line(_l("Name (English)"), [Needed()])
    minutes = Whole(_l("Minutes that complete it"), [Needed(), NumberRange(1, 10_000)])
    summary_zh = Lines(_l("Summary (Chinese)"), [Needed()])
    summary_en = Lines(_l("Summary (English)"), [Needed()])
    roles_zh = Lines(_l("Jobs (Chinese), one a line"))
    roles_en = Lines(_l("Jobs (English), one a line, in the same order"))
    path_zh = Lines(_l("Career path (Chinese), one step a line"))
    path_en = Lines(_l("Career path (English), one step a line, in the same order"))

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        return fine & _same_length(self.roles_zh, self.roles_en) & _same_length(self.path_zh, self.path_en)

    def as_rule(self) -> dict[str, Any]:
        return {
            "code": self.code.data, "minutes": self.minutes.data,
            "name": {"zh": self.name_zh.data, "en": self.name_en.data},
            "summary": {"zh": self.summary_zh.data, "en": self.summary_en.data},
            "roles": _words_of(self.roles_zh, self.roles_en), "path": _words_of(self.path_zh, self.path_en),
        }

    @staticmethod
    def row_of(rule: dict[str, Any]) -> dict[str, Any]:
        name, summary = bilingual(rule["name"]), bilingual(rule["summary"])
        roles_zh, roles_en = _lines_of(rule.get("roles"))
        path_zh, path_en = _lines_of(rule.get("path"))
        return {"code": rule["code"], "minutes": rule["minutes"], "name_zh": name.zh, "name_en": name.en,
                "summary_zh": summary.zh, "summary_en": summary.en, "roles_zh": roles_zh, "roles_en": roles_en,
                "path_zh": path_zh, "path_en": path_en}


class CasesForm(FigureForm):
    """A list of cases that the program knows by their codes: they stay, their words and figures change."""

    def begin(self, known: KnownRule, current: Any) -> None:
        codes = [one["code"] for one in current or ()]
        if self.is_submitted() and [row.code.data for row in self["value"]] != codes:
            abort(400)  # no page of ours sends other cases than those there are

    def typed(self) -> Any:
        return [row.form.as_rule() for row in self["value"]]


class RefundRulesForm(CasesForm):
    value = FieldList(FormField(RefundRow))


class DirectionsForm(CasesForm):
    value = FieldList(FormField(DirectionRow))


def _figures_form(known: KnownRule, current: Any) -> FigureForm:
    """Several numbers with a name each; kept as {name: number}, or as a list where the names are places."""
    as_list = all(one.name.isdigit() for one in known.numbers)

    class FiguresForm(FigureForm):
        def typed(self) -> Any:
            kept = {one.name: self[f"value_{one.name}"].data for one in known.numbers}
            return list(kept.values()) if as_list else kept

    for one in known.numbers:
        message = _l("A number from %(low)d to %(high)d.", low=one.low, high=one.high)
        setattr(FiguresForm, f"value_{one.name}", Whole(_l(one.label), [
            Needed(), NumberRange(one.low, one.high, message=message)]))
    said = dict(enumerate(current)) if isinstance(current, list) else current or {}
    return FiguresForm(data={f"value_{name}": number for name, number in said.items()})


def _calendar_form(known: KnownRule, current: Any) -> FigureForm:
    """Which Saturday begins a window, and how far each of its dates is from it."""

    class CalendarForm(FigureForm):
        value_week = Whole(_l("Which Saturday of the month begins the window"), [Needed(), NumberRange(1, 5)])
        value_certificates = Whole(_l("Certificates: days after the first exam day"), [Needed(), NumberRange(1, 365)])
        value_answer = Whole(_l("Working days to answer a score review"), [Needed(), NumberRange(1, 60)])
        names = {name: _l(DATE_LABELS[name]) for name in OFFSETS}

        def typed(self) -> Any:
            offsets = {name: [self[f"days_{name}"].data, self[f"at_{name}"].data.isoformat("minutes"),
                              self[f"working_{name}"].data] for name in OFFSETS}
            return {"week": self.value_week.data, "offsets": offsets,
                    "certificates_after": self.value_certificates.data, "answer_working_days": self.value_answer.data}

    policy = policy_of(current)
    data: dict[str, Any] = {"value_week": policy.week, "value_certificates": policy.certificates_after,
                            "value_answer": policy.answer_working_days}
    for name in OFFSETS:
        for kind, made in (("days", Signed(_l("Days"), [Needed(), NumberRange(-365, 365)])),
                           ("at", ClockTime(_l("Time of day"), [Needed()])),
                           ("working", BooleanField(_l("On a working day")))):
            setattr(CalendarForm, f"{kind}_{name}", made)
        data |= dict(zip((f"days_{name}", f"at_{name}", f"working_{name}"), policy.offsets[name], strict=True))
    return CalendarForm(data=data)


def _lines_of(words: Any) -> tuple[str, str]:
    said = [bilingual(one) for one in words or ()]
    return "\n".join(one.zh for one in said), "\n".join(one.en for one in said)


def _words_of(zh: Field, en: Field) -> list[Any]:
    """In both languages; as plain words where no English is entered: then the Chinese is shown to everybody."""
    if not _rows(en):
        return _rows(zh)
    return [{"zh": one, "en": other} for one, other in zip(_rows(zh), _rows(en), strict=True)]


def _rows(field: Field) -> list[str]:
    return [one.strip() for one in (field.data or "").splitlines() if one.strip()]


def _same_length(zh: Field, en: Field) -> bool:
    here, there = len(_rows(zh)), len(_rows(en))
    if there in {0, here}:
        return True
    en.errors = [*en.errors, _("The Chinese list has %(here)d lines, this one %(there)d: a line for each.",
                               here=here, there=there)]
    return False


FORMS: dict[str, type[FigureForm]] = {
    "whole": WholeForm, "flag": FlagForm, "text": TextForm, "rate": RateForm, "choice": ChoiceForm,
    "several": SeveralForm, "words": WordsForm, "word_list": WordListForm,
}
CASES: dict[str, tuple[type[CasesForm], type[RefundRow | DirectionRow]]] = {
    "refunds": (RefundRulesForm, RefundRow), "directions": (DirectionsForm, DirectionRow),
}


def form_for(known: KnownRule, current: Any = None) -> FigureForm:
    """The form in which this figure is entered, beginning with the `current` value where a change starts from it."""
    if known.entered_as == "figures":
        return _figures_form(known, current)
    if known.entered_as == "calendar":
        return _calendar_form(known, current)
    if known.entered_as in CASES:
        made, row = CASES[known.entered_as]
        form: FigureForm = made(data={"value": [row.row_of(one) for one in current or ()]})
    else:
        form = FORMS[known.entered_as]()
    form.begin(known, current)
    return form
