"""What learners enter: sittings, consents, corrections, and that they leave."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField

from enroll.applications.rules.items import ANSWERED, Item
from enroll.learners.models import ConsentText
from enroll.sittings.lifecycle import PART_NAMES, Part
from enroll.web.forms import ActForm, Lines, MoveForm, Needed, Several, Whole, options
from enroll.web.language import language

WAIT = "wait:"  # in front of a sitting's code: not a seat there, but a place in its list


class ChooseForm(ActForm):
    """A sitting for each part that is missing, by its code. Which codes there are is for the service to say."""

    sitting_theory = RadioField(_l(PART_NAMES[Part.THEORY]), validate_choice=False, choices=())
    sitting_practical = RadioField(_l(PART_NAMES[Part.PRACTICAL]), validate_choice=False, choices=())

    def __init__(
        self, parts: Sequence[str], chosen: Mapping[str, str] | None = None, waiting: Collection[str] = (),
        **kwargs: Any,
    ):
        given = {f"sitting_{part}": f"{WAIT if part in waiting else ''}{code}" for part, code in (chosen or {}).items()}
        super().__init__(data=given or None, **kwargs)
        for part in Part:
            if part not in parts:
                delattr(self, f"sitting_{part}")

    @property
    def chosen(self) -> dict[str, str]:
        return {name.removeprefix("sitting_"): str(self[name].data or "").removeprefix(WAIT)
                for name in self.sitting_fields}

    @property
    def wait_for(self) -> list[str]:
        """The parts whose sitting is full and waited for."""
        return [name.removeprefix("sitting_") for name in self.sitting_fields
                if str(self[name].data or "").startswith(WAIT)]

    def preselect(self, codes: Mapping[str, str]) -> None:
        """Choose these where nothing is chosen yet: both parts at one site and day."""
        for name, code in codes.items():
            self[name].data = self[name].data or code

    def wait_in(self, codes: Mapping[str, str]) -> None:
        """Choose a place in these lists, whatever was chosen for the part before."""
        for name, code in codes.items():
            if name in self:
                self[name].data = f"{WAIT}{code}"

    @property
    def sitting_fields(self) -> list[str]:
        return [name for name in ("sitting_theory", "sitting_practical") if name in self]


class TransferForm(ChooseForm):
    """A later window and its sittings, as the page before has put them together. `told` is what that page has said
    about the fee."""

    window = HiddenField()
    told = HiddenField()
    reason = Lines(_l("Reason"))


class SittingChoice(MoveForm):
    """One sitting, by its code: to change to, or to wait for."""

    sitting = RadioField(_l("Sitting"), validate_choice=False, choices=(), validators=[Needed()])


class SubmitForm(ActForm):
    """Every text is agreed to for itself, by the version that was read: "share_issuer.1"."""

    agreed = Several(_l("Consents and declaration"), validate_choice=False)

    def __init__(self, texts: Sequence[ConsentText], **kwargs: Any):
        super().__init__(**kwargs)
        zh = language() == "zh"
        self.agreed.choices = options((f"{one.code}.{one.version}", one.title_zh if zh else one.title_en)
                                      for one in texts)

    @property
    def ticked(self) -> dict[str, int]:
        """The texts agreed to, with the version that was on the page."""
        pairs = [str(one).rpartition(".") for one in self.agreed.data or []]
        return {code: int(version) for code, _dot, version in pairs if version.isascii() and version.isdigit()
                and len(version) <= 6}


class CorrectForm(SubmitForm):
    """An answer in words for each item that has no page of its own; the declaration where it was returned."""

    hours = Lines(_l("Course hours"))
    education = Lines(_l("Education"))
    other = Lines(_l("Other"))

    def __init__(self, items: Sequence[str], texts: Sequence[ConsentText], **kwargs: Any):
        super().__init__(texts, **kwargs)
        for item in ANSWERED:
            if item not in items:
                delattr(self, str(item))

    @property
    def answers(self) -> dict[str, str]:
        return {str(item): str(self[str(item)].data or "") for item in Item if item in ANSWERED and str(item) in self}


class LeaveForm(MoveForm):
    """Withdrawing or giving up. `expected_fen` is the refund that the page has shown."""

    expected_fen = Whole(_l("Refund shown (fen)"))
