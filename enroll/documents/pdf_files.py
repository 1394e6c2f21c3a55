"""A PDF from outside: the certificate files of the issuing body, evidence of study. Looked over, kept byte for byte.

Such a file may carry the body's electronic signature, so it is never rewritten: it is refused when it can do anything
but be read, and is served as an attachment.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, IndirectObject

from enroll.documents.refusals import UnacceptablePdf
from enroll.foundation.words import N_

MOST_OBJECTS = 20_000
# Going to a page or opening a web address when somebody presses a link is reading; these are not.
ACTING_KEYS = frozenset({"/JavaScript", "/JS", "/AA", "/EmbeddedFiles", "/EmbeddedFile", "/EF", "/XFA", "/RichMedia"})
ACTING_KINDS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Movie",
                          "/Sound", "/Rendition", "/RichMediaExecute", "/Hide", "/FileAttachment", "/RichMedia",
                          "/EmbeddedFile"})
DAMAGE = (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError,
          NotImplementedError, OSError, AssertionError)


@dataclass(frozen=True)
class PdfLimits:
    most_bytes: int = 10 * 1024 * 1024
    most_pages: int = 50


def check_pdf(content: bytes, *, limits: PdfLimits | None = None) -> int:
    """The number of pages of a PDF that can only be read. Raises UnacceptablePdf."""
    limits = limits or PdfLimits()
    if len(content) > limits.most_bytes:
        text = N_("The file is larger than %(most)s MB.")
        raise UnacceptablePdf("too_big_file", text, most=limits.most_bytes // (1024 * 1024))
    if not content.startswith(b"%PDF-"):
        raise UnacceptablePdf("not_a_pdf", N_("This is not a PDF file."))
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise UnacceptablePdf("encrypted_pdf", N_("The PDF has a password. Send one without."))
        pages = len(reader.pages)
        active = any(_acts(one) for one in _dictionaries(reader))
    except DAMAGE as error:
        raise UnacceptablePdf("damaged_pdf", N_("The PDF is damaged. Save it again and send it once more.")) from error
    if active:
        text = N_("The PDF holds a script, an attachment or an action. Print it to a new PDF and send that.")
        raise UnacceptablePdf("active_pdf", text)
    if not 0 < pages <= limits.most_pages:
        text = N_("The PDF has %(pages)s pages; one to %(most)s are taken.")
        raise UnacceptablePdf("pages_of_pdf", text, pages=pages, most=limits.most_pages)
    return pages


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of the file, also those nothing points to; direct ones inside others are walked too."""
    places = {(number, edition) for edition, table in reader.xref.items() for number in table if number}
    places |= {(number, 0) for number in reader.xref_objStm}
    if len(places) > MOST_OBJECTS:
        raise ValueError("too many objects")
    waiting: list[Any] = [reader.trailer]
    waiting += [reader.get_object(IndirectObject(number, edition, reader)) for number, edition in sorted(places)]
    seen = 0
    while waiting:
        seen += 1
        if seen > MOST_OBJECTS * 20:
            raise ValueError("too many values")
        value = waiting.pop()
        if isinstance(value, DictionaryObject):
            yield value
            waiting += [one for one in dict.values(value) if isinstance(one, (dict, list))]
        elif isinstance(value, list):
            waiting += [one for one in list.__iter__(value) if isinstance(one, (dict, list))]


def _acts(one: DictionaryObject) -> bool:
    kinds = [one[key] for key in ("/S", "/Type", "/Subtype") if key in one]  # [] follows a reference
    return not ACTING_KEYS.isdisjoint(one) or any(isinstance(kind, str) and kind in ACTING_KINDS for kind in kinds)
