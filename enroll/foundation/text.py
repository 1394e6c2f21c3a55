"""One filter for every text that comes from outside: forms, files and the API alike."""

import unicodedata

BIDI = {chr(code) for code in (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}
# Joiners that real names and emoji need; everything else invisible goes.
KEPT_INVISIBLE = {"\u200c", "\u200d"}


class UnreadableText(ValueError):
    """The text holds characters that no name or sentence has (NUL, control, direction marks, lone surrogates).

    `rest` is the text without them.
    """

    def __init__(self, character: str, rest: str = ""):
        self.character, self.rest = f"U+{ord(character):04X}", rest
        super().__init__(self.character)


def clean_line(text: str) -> str:
    """One line, NFC, outer space removed, inner runs of space folded. Raises UnreadableText."""
    return " ".join(_cleaned(text, allowed="").split())


def clean_lines(text: str) -> str:
    """Several lines, NFC, newlines as LF. Raises UnreadableText."""
    return _cleaned(text.replace("\r\n", "\n").replace("\r", "\n"), allowed="\n\t").strip()


def clean_file_name(text: str, *, otherwise: str = "file") -> str:
    """A file's name for people: no folders, nothing invisible, at most 120 characters with its ending kept.

    It is shown and offered for download; on disk a file lies under a random name.
    """
    last = text.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(one for one in last if one not in BIDI and unicodedata.category(one)[0] != "C")
    name = " ".join(unicodedata.normalize("NFC", kept).split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if dot and stem and len(ending) <= 10:
        return f"{stem[:109]}.{ending}"
    return name[:120] or otherwise


def compared(text: str) -> str:
    """The form two spellings of one identifier share: NFKC, upper case, no spaces, hyphens as typed."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def _cleaned(text: str, allowed: str) -> str:
    for character in text:
        if character in allowed or character in KEPT_INVISIBLE:
            continue
        if _unreadable(character):
            raise UnreadableText(character, "".join(one for one in text if one in allowed or not _unreadable(one)))
    return unicodedata.normalize("NFC", text)


def _unreadable(character: str) -> bool:
    return character in BIDI or unicodedata.category(character) in {"Cc", "Cs"} or character in "\ufffe\uffff"
