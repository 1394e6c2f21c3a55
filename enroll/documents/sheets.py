"""Spreadsheets and archives we give out: safe to open, complete, and equal for equal facts.

A text is always a text: `=1+1` is three characters of somebody's name, an identity number keeps its eighteen digits and
its X, and a leading zero stays. Numbers, days and moments keep their own kinds.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from enroll.documents.refusals import UnwritableSheet
from enroll.foundation.clock import beijing
from enroll.foundation.words import N_

Cell = str | int | float | date | datetime | None

MOST_ROWS = 1_048_575  # with the header, what the format holds
MOST_CHARACTERS = 32_767
LARGEST_EXACT = 10**15  # spreadsheets keep fifteen digits of a number
UNKEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
FORMULA_LOOK = re.compile("[\\s\ufeff'\"\u2018\u2019\u201c\u201d]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\t\r]")
UNDATED = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Column:
    """A column's title and its width in characters."""

    title: str
    width: int = 16


def write_xlsx(
    columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, sheet_title: str, dated: datetime = UNDATED
) -> bytes:
    """One sheet with a frozen header and a filter. Equal rows and an equal `dated` give equal bytes.

    Control characters are left out; moments are shown in Beijing time. Raises UnwritableSheet for a text longer than a
    cell (32,767 characters), naming its row and column, and for more rows than a sheet has.
    """
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": dated.astimezone(UTC).replace(tzinfo=None)})
        sheet = book.add_worksheet(_sheet_title(sheet_title))
        kinds = _Kinds.of(book)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width, kinds.text)
            sheet.write_string(0, place, _kept(column.title), kinds.head)
        sheet.freeze_panes(1, 0)
        last = 0
        for last, row in enumerate(rows, start=1):
            if last > MOST_ROWS:
                raise UnwritableSheet("too_many_rows", N_("A sheet holds at most %(most)s rows."), most=MOST_ROWS)
            for place, value in enumerate(row):
                _write_cell(sheet, last, place, value, kinds, columns)
        sheet.autofilter(0, 0, last, max(len(columns) - 1, 0))
    return out.getvalue()


def write_csv(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with the mark by which Excel knows it, CRLF lines; text that looks like a formula gets a `'` in front.

    `read_csv` of the reading module takes that `'` away again. A spreadsheet opening a CSV takes identity numbers for
    numbers and loses their last digits: people get xlsx, machines get this.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_disarmed(_kept(column.title)) for column in columns])
    for row in rows:
        writer.writerow([_csv_text(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def zip_files(files: Mapping[str, bytes]) -> bytes:
    """An archive, in the order given; equal files give equal bytes. Raises ValueError for an unsafe name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            if not name or name.startswith(("/", ".")) or ".." in name or re.search(r'[\x00-\x1f\\:*?"<>|]', name):
                raise ValueError(f"not a safe name inside an archive: {name!r}")
            entry = zipfile.ZipInfo(name)  # stands at 1980-01-01, the archive's zero
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, content)
    return out.getvalue()


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet may take the text for a formula, also behind spaces or quotes or with a full-width sign."""
    return FORMULA_LOOK.match(text) is not None


@dataclass(frozen=True)
class _Kinds:
    head: Format
    text: Format
    day: Format
    moment: Format

    @classmethod
    def of(cls, book: xlsxwriter.Workbook) -> "_Kinds":
        return cls(
            head=book.add_format({"bold": True, "bg_color": "#E8ECF2", "bottom": 1, "num_format": "@"}),
            text=book.add_format({"num_format": "@"}),
            day=book.add_format({"num_format": "yyyy-mm-dd"}),
            moment=book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        )


def _write_cell(
    sheet: Worksheet, row: int, place: int, value: Cell, kinds: _Kinds, columns: Sequence[Column]
) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        sheet.write_datetime(row, place, beijing(value).replace(tzinfo=None), kinds.moment)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, datetime(value.year, value.month, value.day), kinds.day)  # noqa: DTZ001
    elif isinstance(value, (int, float)) and abs(value) < LARGEST_EXACT:
        sheet.write_number(row, place, value)
    else:
        text = _kept(str(value))
        if len(text) > MOST_CHARACTERS:
            words = N_("Row %(row)s, “%(column)s”: a cell holds at most %(most)s characters.")
            title = columns[place].title if place < len(columns) else str(place + 1)
            raise UnwritableSheet("cell_too_long", words, row=row + 1, column=title, most=MOST_CHARACTERS)
        sheet.write_string(row, place, text, kinds.text)


def _csv_text(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{beijing(value):%Y-%m-%d %H:%M}"
    if isinstance(value, (date, int, float)):
        return str(value)
    return _disarmed(_kept(value))


def _disarmed(text: str) -> str:
    return f"'{text}" if looks_like_formula(text) else text


def _kept(text: str) -> str:
    """Without what no spreadsheet can hold; one learner's odd character must not stop everybody's export."""
    return UNKEPT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _sheet_title(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", _kept(title)).strip()[:31] or "Sheet1"
