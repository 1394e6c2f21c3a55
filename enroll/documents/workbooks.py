"""An uploaded xlsx is an archive made by a stranger: looked over, and copied part by part, before a reader sees it.

The copy holds the text parts of the sheets alone, at most as large as its archive says, with no more cells than the
limits allow; macros, links to other files and whatever else lay in the archive stay behind or refuse the file.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from enroll.documents.refusals import UnreadableSheet
from enroll.foundation.words import N_

OLD_OR_ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_PARTS = 500
COMPACT = 1024 * 1024  # below this a high ratio of packing is no harm
KEPT_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/(workbook|sharedStrings|styles)\.xml|xl/_rels/workbook\.xml\.rels"
    r"|xl/worksheets/[\w .-]+\.xml",
    re.IGNORECASE,
)
MACROS = re.compile(r"vbaProject|macrosheets|activeX", re.IGNORECASE)
LINKS = re.compile(r"xl/(externalLinks|connections|queryTables|model)|xl/embeddings", re.IGNORECASE)

POSITION = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)(\d+)["']""")
ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>\s*(\d{1,8})\s*<")
SHARED = re.compile(rb"<(?:\w+:)?si[\s/>]")
ERROR_CELL = re.compile(rb"""<(?:\w+:)?c\s(?=[^>]*\bt\s*=\s*["']e["'])[^>]*\br\s*=\s*["'](\w+)["']""")


DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, KeyError,
          ParseError, DefusedXmlException, StopIteration)


@dataclass(frozen=True)
class SheetLimits:
    """What an uploaded table may be. Rows count without the header; characters are those of one cell."""

    most_bytes: int = 5 * 1024 * 1024
    most_unpacked: int = 64 * 1024 * 1024
    most_ratio: int = 200
    most_rows: int = 20_000
    most_columns: int = 100
    most_characters: int = 5_000


@dataclass(frozen=True)
class SafeWorkbook:
    """A copy of what a reader needs, and the name of the one sheet in it: the first that can be seen."""

    content: bytes
    sheet: str


def safe_copy(content: bytes, limits: SheetLimits) -> SafeWorkbook:
    """The workbook with the plain parts of its first visible sheet alone. Raises UnreadableSheet."""
    check_size(content, limits)
    if content.startswith(OLD_OR_ENCRYPTED):
        text = N_("This is an old .xls file or one with a password. Save it as .xlsx without a password.")
        raise UnreadableSheet("old_or_encrypted", text)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = _parts(archive, limits)
        sheet, chosen = _first_visible(parts)
    except DAMAGE as error:
        raise not_a_workbook() from error
    _measure(parts[chosen], parts.get("xl/sharedStrings.xml", b""), limits)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as copy:
        for name, part in parts.items():
            if name == chosen or not name.lower().startswith("xl/worksheets/"):
                copy.writestr(name, part)
    return SafeWorkbook(out.getvalue(), sheet)


def check_size(content: bytes, limits: SheetLimits) -> None:
    if len(content) > limits.most_bytes:
        text = N_("The file is larger than %(most)s MB.")
        raise UnreadableSheet("too_big_file", text, most=limits.most_bytes // (1024 * 1024))


def not_a_workbook() -> UnreadableSheet:
    return UnreadableSheet("not_a_workbook", N_("This is not an .xlsx workbook, or it is damaged. Save it once more."))


def too_many_rows(limits: SheetLimits) -> UnreadableSheet:
    text = N_("The table has more than %(most)s rows. Delete empty rows under it, or split it.")
    return UnreadableSheet("too_many_rows", text, most=limits.most_rows)


def too_many_columns(limits: SheetLimits) -> UnreadableSheet:
    text = N_("The table has more than %(most)s columns. Delete empty columns beside it.")
    return UnreadableSheet("too_many_columns", text, most=limits.most_columns)


def _parts(archive: zipfile.ZipFile, limits: SheetLimits) -> dict[str, bytes]:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if any(MACROS.search(name) for name in names):
        raise UnreadableSheet("macros", N_("The workbook contains macros. Save it as .xlsx without macros."))
    if any(LINKS.match(name) for name in names):
        text = N_("The workbook takes values from other files. Paste the values into a new workbook.")
        raise UnreadableSheet("external_links", text)
    if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > limits.most_unpacked:
        raise _too_big_unpacked()
    if any(entry.file_size > max(COMPACT, entry.compress_size * limits.most_ratio) for entry in entries):
        raise _too_big_unpacked()
    if len(names) != len(set(names)):
        raise not_a_workbook()
    # Reading stops at the size the archive declares, and the checksum then shows a declaration that lied.
    parts = {entry.filename: archive.read(entry) for entry in entries if KEPT_PARTS.fullmatch(entry.filename)}
    if any(b"\x00" in part or b"<!DOCTYPE" in part or b"<!ENTITY" in part for part in parts.values()):
        raise not_a_workbook()
    if b"macroEnabled" in parts.get("[Content_Types].xml", b""):
        raise UnreadableSheet("macros", N_("The workbook contains macros. Save it as .xlsx without macros."))
    return parts


def _first_visible(parts: dict[str, bytes]) -> tuple[str, str]:
    """The name of the sheet, and of the part that holds it. Raises StopIteration where there is none."""
    targets = {
        one.get("Id"): "xl/" + str(one.get("Target")).removeprefix("/").removeprefix("xl/")
        for one in fromstring(parts["xl/_rels/workbook.xml.rels"])
        if str(one.get("Type")).endswith("/worksheet")
    }
    return next(
        (sheet.get("name", ""), targets[key])
        for sheet in fromstring(parts["xl/workbook.xml"]).iterfind(".//{*}sheet")
        for name, key in sheet.attrib.items()
        if name.endswith("}id") and targets.get(key) in parts and sheet.get("state", "visible") == "visible"
    )


def _measure(sheet: bytes, strings: bytes, limits: SheetLimits) -> None:
    """A few bytes can ask the reader for a table of every row and column, or repeat one long text a million times."""
    positions = POSITION.findall(sheet)
    cells_by_row = [len(CELL.findall(row)) for row in ROW.split(sheet)[1:]]
    filled = sum(1 for cells in cells_by_row if cells)
    last_row = max((int(row) for column, row in positions if column), default=0)
    if max(filled, last_row) > limits.most_rows + 1:
        raise too_many_rows(limits)
    columns = {column.upper() for column, _ in positions if column}
    if max(max(map(_column_number, columns), default=0), max(cells_by_row, default=0)) > limits.most_columns:
        raise too_many_columns(limits)
    lengths = [len(text) for text in SHARED.split(strings)[1:]]
    if sum(lengths[index] for index in map(int, VALUE.findall(sheet)) if index < len(lengths)) > limits.most_unpacked:
        raise _too_big_unpacked()
    # The reader would give an empty cell for an error, and nobody would ask about the value that should be there.
    if error := ERROR_CELL.search(sheet):
        text = N_("Cell %(cell)s holds an error such as #N/A. Mend the formula or enter the value.")
        raise UnreadableSheet("cell_error", text, cell=error[1].decode())


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:8]:
        number = number * 26 + letter - 64
    return number


def _too_big_unpacked() -> UnreadableSheet:
    text = N_("The workbook is far larger inside than it looks. Copy the table into a new workbook.")
    return UnreadableSheet("too_big_unpacked", text)
