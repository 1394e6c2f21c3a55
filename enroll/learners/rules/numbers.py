"""Document numbers, each type by its own rule. Never by today's list of areas: older numbers carry older areas.

Formats: GB 11643 (18 characters, the last by ISO 7064 MOD 11-2) for the resident ID card; the same build for the
residence permit of Hong Kong, Macao and Taiwan residents and, from 2023-12-01, the foreigner's permanent residence
card, of which the older build (three letters, twelve digits) stays valid.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from enroll.foundation.problems import Problem, problem
from enroll.foundation.text import compared
from enroll.foundation.words import N_, Bilingual


class IdType(StrEnum):
    RESIDENT_ID = "resident_id"
    HMT_RESIDENCE_PERMIT = "hmt_residence_permit"
    HK_MACAO_PERMIT = "hk_macao_permit"
    TAIWAN_PERMIT = "taiwan_permit"
    PASSPORT = "passport"
    FOREIGN_PR = "foreign_pr"
    MILITARY_ID = "military_id"


ID_TYPE_NAMES: dict[IdType, str] = {
    IdType.RESIDENT_ID: N_("Resident ID card"),
    IdType.HMT_RESIDENCE_PERMIT: N_("Residence permit for HK, Macao and Taiwan residents"),
    IdType.HK_MACAO_PERMIT: N_("Mainland travel permit (HK, Macao)"),
    IdType.TAIWAN_PERMIT: N_("Mainland travel permit (Taiwan)"),
    IdType.PASSPORT: N_("Passport"),
    IdType.FOREIGN_PR: N_("Foreign permanent resident ID card"),
    IdType.MILITARY_ID: N_("Military ID"),
}
# As papers print it, which show both languages side by side whatever language is chosen.
PRINTED_ID_TYPES: dict[str, Bilingual] = {
    IdType.RESIDENT_ID: Bilingual("居民身份证", "Resident ID card"),
    IdType.HMT_RESIDENCE_PERMIT: Bilingual("港澳台居民居住证", "HK/Macao/TW residence permit"),
    IdType.HK_MACAO_PERMIT: Bilingual("港澳居民来往内地通行证", "Mainland travel permit (HK/Macao)"),
    IdType.TAIWAN_PERMIT: Bilingual("台湾居民来往大陆通行证", "Mainland travel permit (Taiwan)"),
    IdType.PASSPORT: Bilingual("护照", "Passport"),
    IdType.FOREIGN_PR: Bilingual("外国人永久居留身份证", "Foreign permanent resident ID"),
    IdType.MILITARY_ID: Bilingual("军人证件", "Military ID"),
}
SEX_NAMES = {"male": N_("Male"), "female": N_("Female")}

EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
FIRST_DIGITS = {IdType.RESIDENT_ID: r"[1-7]", IdType.HMT_RESIDENCE_PERMIT: r"8[123]", IdType.FOREIGN_PR: r"9"}
PATTERNS = {
    IdType.HK_MACAO_PERMIT: re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?"),
    IdType.TAIWAN_PERMIT: re.compile(r"[0-9]{8}"),
    IdType.PASSPORT: re.compile(r"(?=.*[0-9])[A-Z0-9]{5,17}"),
    IdType.MILITARY_ID: re.compile(r"(?=(?:.*[0-9]){4})[\w()\-]{4,30}"),
}
OLD_FOREIGN_PR = re.compile(r"[A-Z]{3}[0-9]{12}")
EARLIEST = date(1900, 1, 1)
# Types whose document prints a name in Latin letters beside, or instead of, the Chinese one.
PRINTS_LATIN = frozenset({IdType.PASSPORT, IdType.FOREIGN_PR})

EXPECTED = {
    IdType.RESIDENT_ID: N_("Enter the 18 characters of the card; the last may be X."),
    IdType.HMT_RESIDENCE_PERMIT: N_("Enter the 18 characters of the permit; it begins with 81, 82 or 83."),
    IdType.HK_MACAO_PERMIT: N_("Enter the letter H or M and 8 digits, such as H12345678."),
    IdType.TAIWAN_PERMIT: N_("Enter the 8 digits of the permit."),
    IdType.PASSPORT: N_("Enter the passport number, 5 to 17 letters and digits."),
    IdType.FOREIGN_PR: N_("Enter the 18 characters of the card beginning with 9, or the 15 of an older card."),
    IdType.MILITARY_ID: N_("Enter the number as printed, with its Chinese characters."),
}


def id_type_as_printed(code: str) -> Bilingual:
    """The name of a document type for a paper; a code that is not known stands as it is."""
    return PRINTED_ID_TYPES.get(code, Bilingual(code))


@dataclass(frozen=True)
class NumberReading:
    """The number in the one spelling that is kept and compared; birth date and sex where it carries them."""

    number: str
    birth_date: date | None = None
    sex: str = ""


def read_number(id_type: IdType, typed: str, today: date) -> NumberReading | Problem:
    number = compared(typed)
    if id_type in FIRST_DIGITS and not (id_type == IdType.FOREIGN_PR and OLD_FOREIGN_PR.fullmatch(number)):
        return _read_eighteen(id_type, number, today)
    if id_type in PATTERNS and not PATTERNS[id_type].fullmatch(number):
        return problem("id_number_unreadable", EXPECTED[id_type], field="id_number")
    return NumberReading(number)


def check_character(first_seventeen: str) -> str:
    """ISO 7064 MOD 11-2: '11019919900312101' -> '3'."""
    return "10X98765432"[sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(first_seventeen)) % 11]


def number_differs(reading: NumberReading, birth_date: date, sex: str) -> list[Problem]:
    """Where the number says another birth date or sex than the person."""
    found = []
    if reading.birth_date is not None and reading.birth_date != birth_date:
        text = N_("The document number says %(day)s. Check the number and the date of birth.")
        found.append(problem("birth_date_differs", text, field="birth_date", day=reading.birth_date.isoformat()))
    if reading.sex and reading.sex != sex:
        text = N_("The document number says male. Check the number and the sex.") if reading.sex == "male" else (
            N_("The document number says female. Check the number and the sex."))
        found.append(problem("sex_differs", text, field="sex"))
    return found


def _read_eighteen(id_type: IdType, number: str, today: date) -> NumberReading | Problem:
    if len(number) == 15 and id_type == IdType.RESIDENT_ID and number.isascii() and number.isdigit():
        return problem("id_number_old", N_("Cards with 15 digits are no longer valid. Enter the 18 characters of your "
                                           "present card."), field="id_number")
    if not EIGHTEEN.fullmatch(number) or not re.match(FIRST_DIGITS[id_type], number):
        return problem("id_number_unreadable", EXPECTED[id_type], field="id_number")
    born = _day(number[6:14])
    if born is None or not EARLIEST <= born <= today:
        return problem("id_number_date", N_("Characters 7 to 14 are the date of birth, and no such day has been. Check "
                                            "the number."), field="id_number")
    if number[17] != check_character(number[:17]):
        return problem("id_number_check", N_("One character is wrong or two have changed places: the last one does not "
                                             "fit the others. Check the number."), field="id_number")
    return NumberReading(number, born, "male" if int(number[16]) % 2 else "female")


def _day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
