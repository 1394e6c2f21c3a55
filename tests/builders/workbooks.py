"""Workbooks as people send them, and as attackers do."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl

CONTENT_TYPES = b"""<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels"
ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml"
ContentType="application/xml"/></Types>"""
RELS = b"""<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
Target="xl/workbook.xml"/></Relationships>"""
BOOK = b"""<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1"
r:id="rId1"/></sheets></workbook>"""
BOOK_RELS = b"""<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
Target="worksheets/sheet1.xml"/><Relationship Id="rId2"
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/>
</Relationships>"""
SPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def a_workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    """As a colleague saves it, made by another library than the one we write with."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def a_raw_workbook(sheet: bytes, strings: bytes = b"", extra: dict[str, bytes] | None = None) -> bytes:
    """A workbook of given sheet data, for what no library would write."""
    parts = {
        "[Content_Types].xml": CONTENT_TYPES, "_rels/.rels": RELS, "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": BOOK_RELS,
        "xl/worksheets/sheet1.xml": b"<worksheet " + SPACE + b"><sheetData>" + sheet + b"</sheetData></worksheet>",
        "xl/sharedStrings.xml": b"<sst " + SPACE + b">" + strings + b"</sst>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (parts | (extra or {})).items():
            archive.writestr(name, part)
    return out.getvalue()
