"""Tables from outside (xlsx, CSV) as rows of clean text, each with its number in the file, or refused as a whole.

Every cell becomes text: days as 2026-11-22, whole numbers without a point. A number of more than fifteen digits is
refused with its place, because the spreadsheet has already lost its last digits.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from enroll.documents.refusals import UnreadableSheet
from enroll.documents.sheets import LARGEST_EXACT, looks_like_formula
from enroll.documents.workbooks import (
    SheetLimits,
    check_size,
    not_a_workbook,
    safe_copy,
    too_many_columns,
    too_many_rows,
)
from enroll.foundation.text import UnreadableText, clean_lines
from enroll.foundation.words import N_

LOST_DIGITS = re.compile(r"\d(\.\d+)?[Ee]\+?(1[5-9]|[2-9]\d)")
CELL_ERRORS = re.compile(r"#(N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|GETTING_DATA)")
DELIMITERS = ",\t;"


@dataclass(frozen=True)
class SheetRow:
    """`number` is the row's number in the file, counted from 1 with the header."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    header: tuple[str, ...]
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True)
class KnownColumn:
    """A column an import understands, under any of its titles, in either language."""

    key: str
    titles: tuple[str, ...]
    required: bool = True


@dataclass(frozen=True)
class TableRow:
    """One row by the keys of its known columns; a column that is not in the file reads as ""."""

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """`titles` gives the file's own title of each key found, `unknown` the titles that mean nothing to the import."""

    rows: tuple[TableRow, ...]
    titles: Mapping[str, str]
    unknown: tuple[str, ...]


def read_table(content: bytes, known: Sequence[KnownColumn], *, limits: SheetLimits | None = None) -> Table:
    """A workbook or a CSV, whichever it is, by known columns. Raises UnreadableSheet."""
    limits = limits or SheetLimits()
    packed = content.startswith((b"PK", b"\xd0\xcf\x11\xe0"))
    return match(read_xlsx(content, limits=limits) if packed else read_csv(content, limits=limits), known)


def read_xlsx(content: bytes, *, limits: SheetLimits | None = None) -> Sheet:
    """The first visible sheet of a workbook. Raises UnreadableSheet."""
    limits = limits or SheetLimits()
    safe = safe_copy(content, limits)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(safe.content))
        rows = book.get_sheet_by_name(safe.sheet).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise not_a_workbook() from error
    return _sheet(enumerate(rows, start=1), limits)


def read_csv(content: bytes, *, limits: SheetLimits | None = None) -> Sheet:
    """A CSV in UTF-8, UTF-16 with its mark, or GB 18030; parted by comma, semicolon or tab. Raises UnreadableSheet."""
    limits = limits or SheetLimits()
    check_size(content, limits)
    text = decoded(content)
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=max(DELIMITERS, key=head.count))
    return _sheet(_numbered(reader), limits)


def match(sheet: Sheet, known: Sequence[KnownColumn]) -> Table:
    """The sheet's rows by known columns. Raises UnreadableSheet for a required column missing, or one there twice."""
    keys = {_title_key(title): column.key for column in known for title in column.titles}
    places: dict[str, int] = {}
    unknown = []
    for place, title in enumerate(sheet.header):
        key = keys.get(_title_key(title))
        if key is None:
            unknown.extend([title] if title else [])
        elif key in places:
            raise UnreadableSheet("duplicate_column", N_("The column “%(column)s” is there twice."), column=title)
        else:
            places[key] = place
    missing = [column.titles[0] for column in known if column.required and column.key not in places]
    if missing:
        text = N_("These columns are missing: %(columns)s. The first row must hold the titles.")
        raise UnreadableSheet("missing_columns", text, columns="、".join(missing))
    rows = tuple(
        TableRow(row.number, {column.key: row.cells[places[column.key]] if column.key in places else ""
                              for column in known})
        for row in sheet.rows
    )
    return Table(rows, {key: sheet.header[place] for key, place in places.items()}, tuple(unknown))


def _sheet(numbered: Iterable[tuple[int, Sequence[Any]]], limits: SheetLimits) -> Sheet:
    header: tuple[str, ...] = ()
    rows: list[SheetRow] = []
    for number, values in numbered:
        cells = tuple(_text(value, number, header[place] if place < len(header) else str(place + 1), limits)
                      for place, value in enumerate(values))
        if not any(cells):
            continue
        if not header:
            header = _without_empty_end(cells)
            if len(header) > limits.most_columns:
                raise too_many_columns(limits)
            continue
        if len(rows) >= limits.most_rows:
            raise too_many_rows(limits)
        if any(cells[len(header) :]):
            text = N_("Row %(row)s has a value under no title.")
            raise UnreadableSheet("cell_without_title", text, row=number)
        rows.append(SheetRow(number, cells[: len(header)] + ("",) * (len(header) - len(cells))))
    if not rows:
        raise UnreadableSheet("no_rows", N_("The table is empty."))
    return Sheet(header, tuple(rows))


def _text(value: Any, row: int, column: str, limits: SheetLimits) -> str:
    text = _shown(value, row, column)
    if LOST_DIGITS.fullmatch(text):
        raise _digits_lost(row, column)
    if CELL_ERRORS.fullmatch(text):
        words = N_("Row %(row)s, “%(column)s”: the cell holds an error such as #N/A.")
        raise UnreadableSheet("cell_error", words, row=row, column=column)
    try:
        # Most cells are plain ASCII, which needs no cleaning; with a hundred thousand cells it shows.
        text = text.strip() if text.isascii() and text.isprintable() else clean_lines(text)
    except UnreadableText as error:
        words = N_("Row %(row)s, “%(column)s” holds a character that cannot be read: %(character)s.")
        raise UnreadableSheet("unreadable_text", words, row=row, column=column, character=error.character) from error
    if len(text) > limits.most_characters:
        words = N_("Row %(row)s, “%(column)s” is longer than %(most)s characters.")
        raise UnreadableSheet("cell_too_long", words, row=row, column=column, most=limits.most_characters)
    return text


def _shown(value: Any, row: int, column: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        if abs(value) >= LARGEST_EXACT:
            raise _digits_lost(row, column)
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ", "seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        hours, seconds = divmod(int(value.total_seconds()), 3600)
        return f"{hours:02}:{seconds // 60:02}:{seconds % 60:02}"
    return "" if value is None else str(value)


def _digits_lost(row: int, column: str) -> UnreadableSheet:
    text = N_("Row %(row)s, “%(column)s”: the number is too long for a spreadsheet number and has lost digits. "
              "Format the column as text and enter it again.")
    return UnreadableSheet("digits_lost", text, row=row, column=column)


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or GB 18030, lines ended by LF. Raises UnreadableSheet for any
    other: never a guess that could store garbled names."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Private characters in GB 18030 are the sign of a file in yet another encoding.
        if "\x00" not in text and not (encoding == "gb18030" and any(map(_is_private, text))):
            return text.replace("\r\n", "\n").replace("\r", "\n")
        break
    words = N_("The file's characters cannot be read. Save it as “CSV UTF-8”, or as .xlsx.")
    raise UnreadableSheet("unknown_encoding", words)


def _is_private(character: str) -> bool:
    return unicodedata.category(character) == "Co"


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        for row in reader:
            number += 1
            yield number, [_armed(cell) for cell in row]
    except csv.Error as error:
        text = N_("Row %(row)s cannot be read: a quotation mark is open, or a cell is too long.")
        raise UnreadableSheet("broken_csv", text, row=number + 1) from error


def _armed(cell: str) -> str:
    """Takes away the `'` that our own export put before what looks like a formula."""
    return cell[1:] if cell.startswith("'") and looks_like_formula(cell[1:]) else cell


def _title_key(title: str) -> str:
    """Titles are compared without case, spaces and the star of a compulsory field; full-width as half-width."""
    return re.sub(r"[\s*_:]", "", unicodedata.normalize("NFKC", title)).casefold()


def _without_empty_end(cells: tuple[str, ...]) -> tuple[str, ...]:
    last = max((place for place, cell in enumerate(cells, start=1) if cell), default=0)
    return cells[:last]
