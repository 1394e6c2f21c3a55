"""Every text the program can say, found in its source; every text its catalogues can translate."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from tests.architecture.the_tree import ENROLL, JOURNEY, ROOT, TEMPLATES

CATALOGUES = ENROLL / "translations" / "zh" / "LC_MESSAGES"
KEYWORDS: dict[str, tuple[int, ...] | None] = dict.fromkeys(("_", "_l", "N_", "gettext", "lazy_gettext"))
KEYWORDS |= dict.fromkeys(("ngettext", "lazy_ngettext"), (1, 2))
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True)
class Text:
    """One text in one place. `plural` is empty unless English has one."""

    msgid: str
    plural: str
    path: Path
    line: int

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.msgid, self.plural) if self.plural else (self.msgid,)

    @property
    def package(self) -> str:
        """Whose catalogue it belongs to; what all pages share belongs to web."""
        below = TEMPLATES if self.path.is_relative_to(TEMPLATES) else ENROLL
        first = self.path.relative_to(below).parts[0]
        return first if first in JOURNEY else "web"

    def as_po(self) -> str:
        quoted = [f"#: {self.path.relative_to(ROOT)}:{self.line}", f"msgid {quote(self.msgid)}"]
        if self.plural:
            return "\n".join([*quoted, f"msgid_plural {quote(self.plural)}", 'msgstr[0] ""'])
        return "\n".join([*quoted, 'msgstr ""'])


def quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


@cache
def texts() -> tuple[Text, ...]:
    found = [text for path in sorted(ENROLL.rglob("*.py")) for text in _texts_in(path, "python")]
    found += [text for path in sorted(TEMPLATES.rglob("*.html")) for text in _texts_in(path, "jinja2")]
    first = {}
    for text in sorted(found, key=lambda one: JOURNEY.index(one.package)):
        first.setdefault(text.msgid, text)
    return tuple(first.values())


def _texts_in(path: Path, method: str) -> Iterator[Text]:
    options = {"encoding": "utf-8", "silent": "false"}
    for line, msgid, _, _ in extract_from_file(method, str(path), keywords=KEYWORDS, options=options):
        one, plural = (msgid[0], msgid[1]) if isinstance(msgid, tuple) else (msgid, "")
        if one:
            yield Text(one, plural, path, line)


@cache
def translations() -> tuple[tuple[Path, Message], ...]:
    found = []
    for path in sorted(CATALOGUES.glob("*.po")):
        with path.open("rb") as file:
            found += [(path, message) for message in read_po(file, locale="zh") if message.id]
    return tuple(found)


def ids_of(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (message.id,)


def strings_of(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)
