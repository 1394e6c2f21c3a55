"""What was submitted, and what changed between two submissions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from enroll.foundation.words import N_

FIELD_NAMES = {
    "legal_name": N_("Legal name"),
    "latin_name": N_("Latin name"),
    "birth_date": N_("Date of birth"),
    "sex": N_("Sex"),
    "id_type": N_("Document type"),
    "id_number": N_("Document number"),
    "education": N_("Education"),
    "employer": N_("Employer"),
    "phone": N_("Phone"),
    "email": N_("E-mail"),
    "minutes_credited": N_("Minutes credited"),
    "proof": N_("Proof of hours"),
    "declaration": N_("Declaration (text version)"),
}
FILE_NAMES = {
    "photo": N_("ID photo"),
    "id_front": N_("ID document, portrait side"),
    "id_back": N_("ID document, emblem side"),
}
SITTING_NAMES = {"theory": N_("Theory exam"), "practical": N_("Practical assessment")}
ANSWERS = N_("Answer")


@dataclass(frozen=True)
class Change:
    """One difference. `kind` is field, file, sitting or answer; a file's old and new are tokens of stored files."""

    kind: str
    name: str
    label: str
    old: str
    new: str


def changes_between(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """What differs between two frozen contents, in the order in which a reviewer reads them."""
    return tuple(_changes(old, new))


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name, label in FIELD_NAMES.items():
        yield from _differs("field", name, label, old["fields"].get(name), new["fields"].get(name))
    # The number is frozen masked; two numbers can wear the same mask, their keyed hashes differ.
    masks = old["fields"].get("id_number"), new["fields"].get("id_number")
    if old.get("id_number_key") != new.get("id_number_key") and masks[0] == masks[1]:
        yield Change("field", "id_number", FIELD_NAMES["id_number"], str(masks[0] or ""), str(masks[1] or ""))
    for name, label in FILE_NAMES.items():
        before, after = old["files"].get(name, {}), new["files"].get(name, {})
        if before.get("sha256") != after.get("sha256"):
            yield Change("file", name, label, before.get("token", ""), after.get("token", ""))
    for name, label in SITTING_NAMES.items():
        yield from _differs("sitting", name, label, old["sittings"].get(name), new["sittings"].get(name))
    for item, answer in new.get("answers", {}).items():
        yield Change("answer", item, ANSWERS, "", answer)


def _differs(kind: str, name: str, label: str, old: Any, new: Any) -> Iterator[Change]:
    if old != new:
        yield Change(kind, name, label, "" if old is None else str(old), "" if new is None else str(new))
