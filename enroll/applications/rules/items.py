"""The items of an application that a reviewer can return, and what each unlocks for the learner."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_


class Item(StrEnum):
    PHOTO = "photo"
    ID_DOCUMENT = "id_document"
    NAME = "name"
    HOURS = "hours"
    EDUCATION = "education"
    DECLARATION = "declaration"
    GUARDIAN = "guardian"
    OTHER = "other"


ITEM_NAMES = {
    Item.PHOTO: N_("ID photo"),
    Item.ID_DOCUMENT: N_("ID document"),
    Item.NAME: N_("Name"),
    Item.HOURS: N_("Course hours"),
    Item.EDUCATION: N_("Education"),
    Item.DECLARATION: N_("Declaration"),
    Item.GUARDIAN: N_("Guardian"),
    Item.OTHER: N_("Other"),
}
# Mended on the identity pages, by handing the check in again.
OF_IDENTITY = frozenset({Item.ID_DOCUMENT, Item.NAME})
# Mended by an answer in words on the correction page.
ANSWERED = frozenset({Item.HOURS, Item.EDUCATION, Item.OTHER})
FALSE_MATERIAL = "fake_material"

# What every review looks at; the rest only where the programme, or a learner's age, asks for it.
LOOKED_AT = (Item.PHOTO, Item.ID_DOCUMENT, Item.NAME, Item.HOURS, Item.DECLARATION)


def in_order(returned: Collection[str]) -> tuple[Item, ...]:
    """What was looked at and is not among the returned items: it stays as it is."""
    return tuple(item for item in LOOKED_AT if item not in returned)


# What a rule or a finding of the machine speaks of, by the stable code of its answer.
ITEM_OF_CODE = {
    "hours": Item.HOURS, "practice": Item.HOURS, "directions": Item.HOURS, "education": Item.EDUCATION,
    "major": Item.EDUCATION, "consents": Item.DECLARATION, "guardian": Item.GUARDIAN, "identity": Item.ID_DOCUMENT,
    "number_missing": Item.ID_DOCUMENT, "number_form": Item.ID_DOCUMENT, "birth_date_differs": Item.ID_DOCUMENT,
    "sex_differs": Item.ID_DOCUMENT, "name_glyphs": Item.NAME, "latin_name": Item.NAME, "same_pictures": Item.PHOTO,
    "sides": Item.ID_DOCUMENT, "id_front": Item.ID_DOCUMENT, "id_back": Item.ID_DOCUMENT,
}


def item_of(code: str) -> str:
    """The item a reviewer would return because of this answer."""
    return str(Item.PHOTO if code.startswith("photo") else ITEM_OF_CODE.get(code, Item.OTHER))


@dataclass(frozen=True)
class ItemGiven:
    """One thing that is not right: which, by which reason of the library, and what the learner reads."""

    item: str
    reason_code: str
    words: str


def faults_of_items(given: tuple[ItemGiven, ...]) -> tuple[Problem, ...]:
    """Each item is a known one, named once, with words for the learner."""
    found = []
    if any(one.item not in set(Item) for one in given):
        found.append(problem("item_unknown", N_("Choose the item from the list."), field="items"))
    if len({(one.item, one.reason_code) for one in given}) < len(given):
        found.append(problem("item_twice", N_("Each reason is given once."), field="items"))
    if any(not one.words.strip() for one in given):
        found.append(problem("words_missing", N_("Say in words what the learner should do."), field="words"))
    return tuple(found)
