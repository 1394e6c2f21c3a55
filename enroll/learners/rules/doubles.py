"""Two records that may be one person: what they share, and what a person may say about it."""

from enum import StrEnum

from enroll.foundation.words import N_


class Shared(StrEnum):
    """What should be one person's alone."""

    NAME = "name"
    LATIN_NAME = "latin_name"
    PICTURE = "picture"
    ADDRESS = "address"


class DoubleOutcome(StrEnum):
    TWO_PEOPLE = "two_people"
    SAME_PERSON = "same_person"


SHARED_NAMES = {
    Shared.NAME: N_("Same name and date of birth"), Shared.LATIN_NAME: N_("Same Latin name and date of birth"),
    Shared.PICTURE: N_("The very same picture"), Shared.ADDRESS: N_("One's guardian has the other's phone or e-mail"),
}
OUTCOME_NAMES = {DoubleOutcome.TWO_PEOPLE: N_("Two people"), DoubleOutcome.SAME_PERSON: N_("One person, two accounts")}
