"""What the machine finds before a person decides: it decides nothing. Exceptions come first on the page, what is in
order is folded."""

from dataclasses import dataclass
from datetime import date

from enroll.foundation.clock import age_on
from enroll.foundation.problems import Problem
from enroll.foundation.words import N_, Words, say
from enroll.learners.rules.ages import OF_AGE, YOUNGEST
from enroll.learners.rules.checks import Given, missing_sides
from enroll.learners.rules.names import is_latin
from enroll.learners.rules.numbers import (
    ID_TYPE_NAMES,
    PRINTS_LATIN,
    IdType,
    NumberReading,
    number_differs,
    read_number,
)

OK, WARN, BAD = "ok", "warn", "bad"


@dataclass(frozen=True)
class Finding:
    """`kind` ok, warn (a person must look) or bad; `code` is stable."""

    code: str
    kind: str
    title: Words
    note: Words | None = None
    href: str = ""
    link: str = ""


@dataclass(frozen=True)
class FindingFacts:
    """`unprintable`: characters of the name no document font has. `photo`: what the photo's rule says against it,
    None where no rule is in force by which it could be checked."""

    today: date
    birth_date: date
    given: Given
    number: str = ""
    same_name_and_birth: int = 0
    same_pictures: int = 0
    guardian_acknowledged: bool = False
    unprintable: tuple[str, ...] = ()
    photo: tuple[Problem, ...] | None = None


def findings_of(facts: FindingFacts) -> list[Finding]:
    """Every question with its answer, exceptions first."""
    found = [*_number(facts), _age(facts), _name(facts), _consent(facts), *_doubles(facts), *_pictures(facts),
             *_photo(facts)]
    order = {BAD: 0, WARN: 1, OK: 2}
    return sorted(found, key=lambda finding: order[finding.kind])


def _number(facts: FindingFacts) -> list[Finding]:
    if not facts.given.id_type:
        return [Finding("number_missing", BAD, say(N_("No document number yet")))]
    id_type = IdType(facts.given.id_type)
    reading = read_number(id_type, facts.number, facts.today)
    kind = say(ID_TYPE_NAMES[id_type])
    if not isinstance(reading, NumberReading):
        return [Finding("number_form", BAD, say(N_("The document number does not fit its type")), reading.words)]
    differs = number_differs(reading, facts.birth_date, facts.given.sex)
    if differs:
        return [Finding(one.code, BAD, say(N_("The "
                                              "document number says something else")), one.words) for one in differs]
    if reading.birth_date is None:
        note = say(N_("%(type)s: birth date and sex cannot be read from the number, compare them with the picture."),
                   type=kind)
        return [Finding("number_form", WARN, say(N_("Document number fits its type")), note)]
    return [Finding("number_form", OK, say(N_("Document number, birth date and sex fit together")), kind)]


def _age(facts: FindingFacts) -> Finding:
    age = age_on(facts.birth_date, facts.today)
    if age < YOUNGEST:
        return Finding("age", BAD, say(N_("Under 14: nobody of this age signs up by themselves")))
    if age >= OF_AGE:
        return Finding("age", OK, say(N_("%(age)s years old"), age=age))
    if facts.guardian_acknowledged:
        return Finding("age", OK, say(N_("%(age)s years old, the guardian has acknowledged"), age=age))
    return Finding("age", BAD, say(N_("%(age)s years old, the guardian has not acknowledged yet"), age=age))


def _name(facts: FindingFacts) -> Finding:
    given = facts.given
    if facts.unprintable:
        return Finding("name_glyphs", WARN, say(N_("The name has characters our documents cannot print")),
                       say(N_("%(characters)s: check them against the picture; the documents need another font."),
                           characters=" ".join(facts.unprintable)))
    if given.id_type in PRINTS_LATIN and not given.latin_name and not is_latin(given.legal_name):
        return Finding("latin_name", BAD, say(N_("The name in Latin letters is missing")))
    return Finding("name_glyphs", OK, say(N_("Every character of the name can be printed")))


def _consent(facts: FindingFacts) -> Finding:
    if facts.given.agreed:
        return Finding("consent", OK, say(N_("Separate consent to processing document data is in force")))
    return Finding("consent", BAD, say(N_("Separate consent to processing document data is missing or withdrawn")))


def _doubles(facts: FindingFacts) -> list[Finding]:
    found = []
    if facts.same_name_and_birth:
        found.append(Finding("same_person", WARN, say(N_("Another learner has the same name and date of birth")),
                             say(N_("Perhaps "
                                    "a second account of one person; compare the document types and pictures."))))
    if facts.same_pictures:
        found.append(Finding("same_pictures", BAD, say(N_("Another learner has handed in the very same picture"))))
    return found or [Finding("same_person", OK, say(N_("Nobody else has this name and birth date, or these pictures")))]


def _pictures(facts: FindingFacts) -> list[Finding]:
    missing = missing_sides(facts.given)
    if missing:
        return [Finding(side, BAD, say(words)) for side, words in missing]
    return [Finding("sides", OK, say(N_("All sides of the document are there")))]


def _photo(facts: FindingFacts) -> list[Finding]:
    if "photo" not in facts.given.files:
        return [Finding("photo_missing", WARN, say(N_("No photo yet")))]
    if facts.photo is None:
        return [Finding("photo_unchecked", WARN, say(N_("The photo could not be checked by machine")),
                        say(N_("No rule for photos is in force. Look at size and background yourself.")))]
    if facts.photo:
        return [Finding(one.code, WARN, one.words) for one in facts.photo]
    return [Finding("photo", OK, say(N_("The photo keeps size, weight and background")))]
