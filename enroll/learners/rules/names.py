"""Names exactly as on the document: every character stays, only look-alikes of the interpunct and spaces between Han
characters are put right, and the change is shown. NFC, never NFKC: that would change characters."""

import re
import unicodedata
from dataclasses import dataclass

from enroll.foundation.problems import Problem, problem
from enroll.foundation.text import UnreadableText, clean_line
from enroll.foundation.words import N_

INTERPUNCT = "\u00b7"
LOOK_ALIKES = "・•‧･․∙⋅●｡."  # what keyboards and other systems put there instead
LONGEST_NAME = 60
CODE_POINT = re.compile(r"U\+([0-9A-F]{4,6})(?![0-9A-F])", re.IGNORECASE | re.ASCII)
MOST_MARKS = 3  # combining marks on one letter; more is no writing system's name
HAN = r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
BETWEEN_HAN = re.compile(rf"(?<={HAN})\s*[{re.escape(LOOK_ALIKES)}．{INTERPUNCT}]\s*(?={HAN})")
SPACE_BETWEEN_HAN = re.compile(rf"(?<={HAN})\s+(?={HAN})")
WIDE_LETTERS = {code: code - 0xFEE0 for code in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}  # Ａ is typed for A
OTHER_SIGNS = " -'’.·ʼʻ〇"  # the last is the character zero, which Unicode counts among numbers
PLAIN_LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ][A-Za-zÀ-ɏḀ-ỿ '’.,-]*")


@dataclass(frozen=True)
class NameReading:
    """The name to keep; `changed` where it is not what was typed, so that the page says so."""

    name: str
    changed: bool


def read_name(typed: str, field: str = "legal_name") -> NameReading | Problem:
    name = BETWEEN_HAN.sub(INTERPUNCT, typed.translate(WIDE_LETTERS))
    name = SPACE_BETWEEN_HAN.sub("", name)
    name = re.sub(r"(?<=\w)[・•‧･∙⋅](?=\w)", INTERPUNCT, name)
    wrong = _wrong_with(name)
    return problem(wrong[0], wrong[1], field=field) if wrong else NameReading(name, name != typed)


def read_entered_name(typed: str) -> NameReading | Problem:
    """A name as staff enter it from a picture: a character no keyboard has may stand as its code point, U+2CE16."""
    try:
        name = clean_line(CODE_POINT.sub(lambda found: _character(found[1]), typed))
    except UnreadableText as error:
        return problem("code_point_unknown", N_("%(character)s is no character of a name."), field="entered_name",
                       character=error.character)
    return read_name(name, field="entered_name")


def code_points(name: str) -> str:
    """The characters outside what every keyboard has, each with its code point: 𬸖 U+2CE16."""
    rare = [one for one in dict.fromkeys(name) if ord(one) > 0x9FFF or 0x3400 <= ord(one) < 0x4E00]
    return " · ".join(f"{one} U+{ord(one):04X}" for one in rare)


def _character(code: str) -> str:
    number = int(code, 16)
    return chr(number) if number <= 0x10FFFF and not 0xD800 <= number < 0xE000 else "\0"


def read_latin_name(typed: str) -> NameReading | Problem:
    """The name in Latin letters, as the document prints it; empty where there is none."""
    if typed and (not PLAIN_LATIN.fullmatch(typed) or len(typed) > LONGEST_NAME):
        return problem("latin_name_unreadable", N_("Enter the name in Latin letters as the document prints it, such as "
                                                   "CHAN Ka Yan."), field="latin_name")
    return NameReading(typed, False)


def is_latin(name: str) -> bool:
    return bool(PLAIN_LATIN.fullmatch(name))


def _wrong_with(name: str) -> tuple[str, str] | None:
    if not name:
        return "name_missing", N_("Enter your name as it stands on the document.")
    if len(name) > LONGEST_NAME:
        return "name_long", N_("At most 60 characters. If the name on your document is longer, tell us.")
    if any(unicodedata.category(character) == "Co" for character in name):
        return "name_private", N_("One character is only in your device's own font and is another one elsewhere. "
                                  "Upload a picture of it under “Other evidence” and type the name without it.")
    marks = re.sub(r"[^M]", "x", "".join(unicodedata.category(character)[0] for character in name))
    odd = [character for character in name if unicodedata.category(character)[0] not in "LM" and (
        character not in OTHER_SIGNS and character not in "\u200c\u200d")]
    if odd or "M" * (MOST_MARKS + 1) in marks or not any(character.isalpha() for character in name):
        return "name_signs", N_("A name has letters or Chinese characters, and between them at most “·”, a space, a "
                                "hyphen or an apostrophe.")
    return None
