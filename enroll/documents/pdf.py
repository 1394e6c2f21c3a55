"""PDF and PNG from the typst templates in templates/documents.

Values travel as JSON in `sys_inputs`: they are data to the template, never markup, so `#import`, `$x$` or `<img>`
in a name is printed as it stands. PDF/A-2b makes a character without a glyph an error instead of an empty box.
Equal values and an equal `dated` give equal bytes.
"""

import json
import re
import threading
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import typst

from enroll.documents.refusals import DoesNotFit, GlyphMissing
from enroll.foundation.text import BIDI
from enroll.foundation.words import N_, say

TEMPLATES = Path(__file__).parents[2] / "templates" / "documents"
FONTS = Path(__file__).parent / "fonts"

NO_GLYPH = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
NO_ROOM = re.compile(r"does_not_fit:(\w+)")
ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")

# What a text that does not fit is called, by the name its template gives it.
PLACES = {
    "name": N_("the name"),
    "partner_name": N_("the name of the partner"),
    "programme": N_("the name of the programme"),
    "site_name": N_("the name of the exam site"),
    "site_address": N_("the address of the exam site"),
    "course_title": N_("the title of a course"),
    "arrangements": N_("the arrangements"),
    "pages": N_("all that it has to say"),
    "": N_("one of its texts"),
}


class Press:
    """The fonts, and one compiler for each thread: a compiler shared by two raises "Already borrowed"."""

    def __init__(self, extra_fonts: Path | None = None):
        folders = [FONTS] if extra_fonts is None else [FONTS, extra_fonts]
        self.fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
        ours = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]).families()
        self.families = [*ours, *(name for name in self.fonts.families() if name not in ours)]
        self._threads = threading.local()

    def compiler(self) -> typst.Compiler:
        if not hasattr(self._threads, "compiler"):
            self._threads.compiler = typst.Compiler(root=TEMPLATES, font_paths=self.fonts, ignore_system_fonts=True)
        compiler: typst.Compiler = self._threads.compiler
        return compiler


class _Presses:
    """The press in use; made at the first document, because loading the font takes a tenth of a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._extra_fonts: Path | None = None
        self._press: Press | None = None

    def use_extra_fonts(self, folder: Path | None) -> None:
        with self._lock:
            self._extra_fonts, self._press = folder, None

    def current(self) -> Press:
        with self._lock:
            if self._press is None:
                self._press = Press(self._extra_fonts)
            return self._press


_presses = _Presses()


def use_extra_fonts(folder: Path | None) -> None:
    """Also look for glyphs in this folder's fonts (HanaMin for CJK extensions B to F, say). Called once, at start."""
    _presses.use_extra_fonts(folder)


def render(template: str, values: Mapping[str, Any], *, dated: datetime) -> bytes:
    """The PDF/A of one template. `values` may hold strings, numbers, booleans, lists, mappings and bytes (images).

    Raises GlyphMissing (with the characters) and DoesNotFit (with the field, or "pages").
    """
    return _compiled(template, values, dated, "pdf", None)[0]


def render_both(
    template: str, values: Mapping[str, Any], *, dated: datetime, dots_per_inch: int = 144
) -> tuple[bytes, bytes]:
    """The PDF/A, and its first page as a picture for phones that save images but no PDFs. Raises what `render` raises:
    a picture would show a missing glyph as an empty box without a word, so the PDF/A, which refuses, comes first."""
    return (_compiled(template, values, dated, "pdf", None)[0],
            _compiled(template, values, dated, "png", dots_per_inch)[0])


def render_picture(template: str, values: Mapping[str, Any], *, dated: datetime, dots_per_inch: int = 144) -> bytes:
    """All of a document as one long picture, for phones that save images but no PDFs. Raises what `render` raises."""
    render(template, values, dated=dated)  # a picture would show a missing glyph as an empty box without a word
    return _compiled(template, {**values, "tall": True}, dated, "png", dots_per_inch)[0]


def unprintable(text: str) -> tuple[str, ...]:
    """The characters of a text that the fonts cannot print, each once; () when all can be printed.

    Invisible ones are named by their code point, such as "U+202E".
    """
    hidden = _hidden_in([text])
    visible = "".join(character for character in text if character not in hidden)
    try:
        _compiled("_characters", {"text": visible}, datetime(2000, 1, 1, tzinfo=UTC), "pdf", None)
    except GlyphMissing as missing:
        return (*_named(hidden), *missing.characters)
    return _named(hidden)


def _compiled(
    template: str, values: Mapping[str, Any], dated: datetime, kind: Any, dots_per_inch: int | None
) -> list[bytes]:
    hidden = _hidden_in(_texts(values))
    if hidden:
        raise _missing(hidden)
    press = _presses.current()
    facts = {**values, "families": press.families}
    try:
        made = press.compiler().compile(
            input=TEMPLATES / f"{template}.typ",
            format=kind,
            ppi=dots_per_inch,
            sys_inputs={"values": json.dumps(facts, default=_plain)},
            timestamp=dated.astimezone(UTC).replace(microsecond=0),  # it takes whole seconds only
            pdf_standards="a-2b" if kind == "pdf" else None,
        )
    except typst.TypstError as error:
        raise _refusal(error) from error
    assert made is not None, "without an output path the bytes are returned"
    return made if isinstance(made, list) else [made]


def _refusal(error: typst.TypstError) -> Exception:
    """What the reader can do something about, told apart from a fault in a template."""
    told = f"{error.message}\n{error.diagnostic}"
    if missing := NO_GLYPH.findall(told):
        return _missing(ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) for text in missing)
    if too_long := NO_ROOM.search(told):
        text = N_("There is not enough room on the document for %(place)s. Shorten it.")
        place = say(PLACES.get(too_long[1], PLACES[""]))
        return DoesNotFit("does_not_fit", text, field=too_long[1], place=place)
    return error


def _missing(characters: Iterable[str]) -> GlyphMissing:
    text = N_("The document cannot print these characters: %(characters)s. Ask for a font that has them.")
    return GlyphMissing("glyph_missing", text, characters=" ".join(_named(characters)))


def _named(characters: Iterable[str]) -> tuple[str, ...]:
    return tuple(one if one.isprintable() else f"U+{ord(one[0]):04X}" for one in dict.fromkeys(characters))


def _hidden_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Characters that print as nothing and could make a document read otherwise than it is stored."""
    found = (one for text in texts for one in text if one != "\n")
    return tuple(dict.fromkeys(one for one in found if one in BIDI or unicodedata.category(one) in {"Cc", "Cs"}))


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _texts(one)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return list(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a document cannot hold {type(value).__name__}")
