"""PDFs from outside: one that can only be read is taken, everything else is refused by its kind."""

import io
import zlib

import psutil
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from enroll.documents.papers import as_pdf
from enroll.documents.pdf_files import PdfLimits, check_pdf
from enroll.documents.refusals import UnacceptablePdf
from tests.builders.papers import DATED, a_proof, a_record


def a_pdf(change=lambda writer: None) -> bytes:
    """Our own record, changed as a test says."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(as_pdf(a_record(), dated=DATED))))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def an_action(kind: str, **more: str) -> DictionaryObject:
    rows = {NameObject("/S"): NameObject(f"/{kind}")}
    return DictionaryObject(rows | {NameObject(f"/{key}"): TextStringObject(value) for key, value in more.items()})


def opened_with(action: DictionaryObject):
    def change(writer: PdfWriter) -> None:
        writer.root_object[NameObject("/OpenAction")] = action

    return change


def opened_by_reference(writer: PdfWriter) -> None:
    kind = writer._add_object(NameObject("/JavaScript"))
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject({NameObject("/S"): kind})


def with_a_script_on_its_page(writer: PdfWriter) -> None:
    script = an_action("JavaScript", JS="app.alert(1)")
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): script})


def refusal(content: bytes, **limits: int) -> str:
    with pytest.raises(UnacceptablePdf) as refused:
        check_pdf(content, limits=PdfLimits(**limits))
    return refused.value.code


def test_a_plain_pdf_is_taken_and_its_pages_are_counted():
    assert check_pdf(a_pdf()) == 1
    assert check_pdf(as_pdf(a_proof(courses=24), dated=DATED)) == 2


def test_a_link_to_a_page_or_an_address_is_reading():
    assert check_pdf(a_pdf(opened_with(an_action("GoTo")))) == 1
    assert check_pdf(a_pdf(opened_with(an_action("URI", URI="https://example.org")))) == 1


@pytest.mark.parametrize(
    "change",
    [lambda writer: writer.add_attachment("x.exe", b"MZ"), opened_by_reference, with_a_script_on_its_page,
     *(opened_with(an_action(kind)) for kind in ("JavaScript", "Launch", "SubmitForm", "GoToR", "Rendition"))],
    ids=range(8),
)
def test_a_pdf_that_can_act_is_refused(change):
    assert refusal(a_pdf(change)) == "active_pdf"


def test_a_name_hidden_behind_escapes_is_found():
    hidden = a_pdf(opened_with(an_action("JavaScript"))).replace(b"/JavaScript", b"/J#61vaScript")
    assert b"/J#61vaScript" in hidden
    assert refusal(hidden) in {"active_pdf", "damaged_pdf"}


def test_a_pdf_with_a_password_is_refused():
    assert refusal(a_pdf(lambda writer: writer.encrypt("x"))) == "encrypted_pdf"


@pytest.mark.parametrize("content", [b"", b"PDF", b"<html>", b"\n%PDF-1.7", b"PK\x03\x04", b"\xff\xd8\xff"])
def test_what_is_no_pdf_is_refused(content):
    assert refusal(content) == "not_a_pdf"


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"%PDF-1.7\n%%EOF", b"%PDF-1.7\n" + bytes(1000)])
def test_a_damaged_pdf_is_refused(content):
    assert refusal(content) in {"damaged_pdf", "pages_of_pdf"}


def test_half_a_pdf_is_refused():
    whole = a_pdf()
    assert refusal(whole[: len(whole) // 3]) in {"damaged_pdf", "pages_of_pdf"}


def test_size_and_pages_are_limited():
    content = as_pdf(a_proof(courses=24), dated=DATED)
    assert refusal(content, most_bytes=len(content) - 1) == "too_big_file"
    assert refusal(content, most_pages=1) == "pages_of_pdf"


def test_a_packed_flood_is_refused_within_bounds():
    packed = zlib.compress(b"0" * 100_000_000, 1)
    head = b"%%PDF-1.7\n1 0 obj<</Type/ObjStm/N 1/First 4/Length %d/Filter/FlateDecode>>stream\n" % len(packed)
    before = psutil.Process().memory_info().rss
    code = refusal(head + packed + b"\nendstream endobj\ntrailer<</Root 2 0 R>>\n%%EOF")
    assert code in {"damaged_pdf", "active_pdf"}
    assert psutil.Process().memory_info().rss - before < 200 * 1024 * 1024
