"""Words that are written where the rule stands and translated where somebody reads them."""

from dataclasses import dataclass
from typing import Any


def N_(text: str) -> str:  # noqa: N802 (the name gettext tools look for)
    """Mark an English text for the catalogues; it is translated later, at the edge."""
    return text


@dataclass(frozen=True)
class Words:
    """A text to be translated, with the values it names.

    Values may be moments (aware UTC), dates, numbers, plain strings or other Words: the page, the mail
    or the document that shows the text formats each for its reader (Beijing time, their language).
    """

    text: str
    values: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Bilingual:
    """A text that is data and not a message, in both languages: a title, a name. Without `en` everybody reads `zh`."""

    zh: str
    en: str = ""


def say(text: str, **values: Any) -> Words:
    return Words(text, tuple(sorted(values.items())))
