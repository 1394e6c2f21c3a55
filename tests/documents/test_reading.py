"""Tables from outside: read right, or refused by name and place; never half, never garbled."""

import io
import zipfile
from datetime import date, datetime

import psutil
import pytest
from openpyxl import Workbook

from enroll.documents.reading import KnownColumn, SheetRow, match, read_csv, read_table, read_xlsx
from enroll.documents.refusals import UnreadableSheet
from enroll.documents.sheets import Column, write_xlsx
from enroll.documents.workbooks import SheetLimits
from tests.builders.workbooks import a_raw_workbook, a_workbook

KNOWN = [KnownColumn("legal_name", ("姓名", "Name")), KnownColumn("id_number", ("证件号码", "ID number")),
         KnownColumn("note", ("备注", "Note"), required=False)]
ROWS = [("姓名", "证件号码"), ("李𬱖", "110199199003121013")]


def refused(content: bytes, **limits: int) -> UnreadableSheet:
    with pytest.raises(UnreadableSheet) as refusal:
        read_table(content, KNOWN, limits=SheetLimits(**limits))
    return refusal.value


def test_rows_come_with_their_numbers_in_the_file_and_empty_ones_are_passed_over():
    sheet = read_xlsx(a_workbook([(None, None), *ROWS, (None, None), ("阿依努尔·买买提江", "X")]))
    assert sheet.header == ("姓名", "证件号码")
    assert sheet.rows == (SheetRow(3, ("李𬱖", "110199199003121013")), SheetRow(5, ("阿依努尔·买买提江", "X")))


def test_each_kind_of_cell_becomes_plain_text():
    moment = datetime(2026, 11, 22, 9, 30)  # noqa: DTZ001 (a cell has no zone)
    values = (7, 72.5, True, date(2026, 11, 22), moment, "  空格 ", "0012", 19900001001, -3)
    sheet = read_xlsx(a_workbook([[f"c{place}" for place in range(9)], values]))
    shown = ("7", "72.5", "TRUE", "2026-11-22", "2026-11-22 09:30:00", "空格", "0012", "19900001001", "-3")
    assert sheet.rows[0].cells == shown


def test_titles_are_known_in_either_language_with_stars_spaces_and_full_width():
    table = read_table(a_workbook([("  Ｎａｍｅ＊ ", "id  NUMBER", "别的", None), ("张伟", "1", "2", None)]), KNOWN)
    assert table.rows[0].values == {"legal_name": "张伟", "id_number": "1", "note": ""}
    assert table.unknown == ("别的",)
    assert table.titles["id_number"] == "id NUMBER" or table.titles["id_number"] == "id  NUMBER"


def test_a_missing_and_a_doubled_column_are_named():
    assert refused(a_workbook([("姓名",), ("张伟",)])).values == {"columns": "证件号码"}
    twice = refused(a_workbook([("姓名", "Name", "证件号码"), ("a", "b", "c")]))
    assert (twice.code, twice.values["column"]) == ("duplicate_column", "Name")


@pytest.mark.parametrize("number", [110199199003121013, 1.10199199003121e17, 1e15, -(10**15)])
def test_an_identity_number_kept_as_a_number_is_refused_with_its_row(number):
    refusal = refused(a_workbook([*ROWS, ("张伟", number)]))
    assert (refusal.code, refusal.values) == ("digits_lost", {"row": 3, "column": "证件号码"})


def test_a_csv_in_which_a_spreadsheet_rounded_the_number_is_refused():
    refusal = refused("姓名,证件号码\n张伟,1.10199E+17\n".encode())
    assert (refusal.code, refusal.values["row"]) == ("digits_lost", 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_csv_is_read_in_the_encodings_people_have(encoding, delimiter, newline):
    rows = [("姓名", "证件号码"), ("陳嘉欣", "H01234567"), ('"a;b,c"', "x")]
    text = newline.join(delimiter.join(row) for row in rows)
    assert [row.cells for row in read_csv(text.encode(encoding)).rows] == [("陳嘉欣", "H01234567"), ("a;b,c", "x")]


@pytest.mark.parametrize(
    "content", [b"\x80\x81\xff", b"\xff\xfea", "ｱｲｳ\uf8ff".encode("gb18030"), bytes(range(128, 256))]
)
def test_what_cannot_be_decoded_is_refused_and_never_stored_garbled(content):
    assert refused(content).code == "unknown_encoding"


def test_an_open_quotation_mark_is_refused():
    assert refused('姓名,证件号码\n"张伟,1\n'.encode()).code == "broken_csv"


@pytest.mark.parametrize("content", [b"", b"\n\n", "姓名,证件号码\n".encode(), a_workbook([]),
                                     a_workbook([("姓名", "证件号码")])])
def test_an_empty_table_is_refused(content):
    assert refused(content).code == "no_rows"


@pytest.mark.parametrize("character", ["\x07", "\u202e", "\x00"])
def test_a_character_no_name_has_is_refused_with_its_place(character):
    refusal = refused(f"姓名,证件号码\n张{character}伟,1\n".encode())
    assert refusal.code in {"unreadable_text", "unknown_encoding"}


def test_a_value_under_no_title_is_refused():
    assert refused("姓名,证件号码\n张伟,1,2\n".encode()).code == "cell_without_title"
    assert read_csv("姓名,证件号码\n张伟,1,,\n".encode()).rows[0].cells == ("张伟", "1")


def test_an_error_in_a_cell_is_refused():
    sheet = b'<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>' \
            b'<row r="2"><c r="A2" t="str"><v>x</v></c><c r="B2" t="e"><v>#N/A</v></c></row>'
    refusal = refused(a_raw_workbook(sheet, "<si><t>姓名</t></si><si><t>证件号码</t></si>".encode()))
    assert (refusal.code, refusal.values) == ("cell_error", {"cell": "B2"})
    assert refused("姓名,证件号码\n张伟,#N/A\n".encode()).code == "cell_error"


def test_one_row_or_character_over_the_limit_is_refused():
    rows = [("姓名", "证件号码"), *[("张伟", "1")] * 5]
    assert len(read_table(a_workbook(rows), KNOWN, limits=SheetLimits(most_rows=5)).rows) == 5
    for content in (a_workbook(rows), "\n".join(",".join(row) for row in rows).encode()):
        assert refused(content, most_rows=4).code == "too_many_rows"
    assert refused(a_workbook(rows), most_columns=1).code == "too_many_columns"
    assert refused(a_workbook([*ROWS, ("长" * 101, "1")]), most_characters=100).code == "cell_too_long"
    assert refused(a_workbook(rows), most_bytes=100).code == "too_big_file"


def test_hidden_sheets_are_passed_over():
    book = Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.append(["secret"])
    hidden.sheet_state = "hidden"
    shown = book.create_sheet("名单")
    for row in ROWS:
        shown.append(row)
    book.active = 1
    out = io.BytesIO()
    book.save(out)
    assert read_xlsx(out.getvalue()).header == ("姓名", "证件号码")


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"PK\x03\x04" + bytes(100), "not_a_workbook"),
     (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old_or_encrypted"),
     (a_raw_workbook(b"", extra={"xl/vbaProject.bin": b"x"}), "macros"),
     (a_raw_workbook(b"", extra={"xl/externalLinks/externalLink1.xml": b"<x/>"}), "external_links"),
     (a_raw_workbook(b"", extra={"xl/connections.xml": b"<x/>"}), "external_links"),
     (a_raw_workbook(b"", extra={f"x{place}": b"" for place in range(600)}), "too_big_unpacked"),
     (a_raw_workbook(b"", extra={"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'}), "not_a_workbook"),
     (a_workbook(ROWS)[:-200], "not_a_workbook"), (a_workbook(ROWS)[:600], "not_a_workbook")],
    ids=range(9),
)
def test_what_is_no_plain_workbook_is_refused_by_its_kind(content, code):
    assert refused(content).code == code


def refused_unopened(content: bytes) -> str:
    before = psutil.Process().memory_info().rss
    code = refused(content).code
    assert psutil.Process().memory_info().rss - before < 200 * 1024 * 1024
    return code


def test_a_bomb_is_refused_before_it_is_unpacked():
    assert refused_unopened(a_raw_workbook(b" " * 70_000_000)) == "too_big_unpacked"


def test_a_bomb_that_lies_about_its_size_is_refused():
    content = bytearray(a_raw_workbook(b" " * 30_000_000))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size.to_bytes(4, "little")
    lied = bytes(content).replace(size, (1000).to_bytes(4, "little"))
    assert refused_unopened(lied) == "not_a_workbook"


def test_two_cells_in_the_farthest_corners_are_refused():
    corners = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refused_unopened(a_raw_workbook(corners)) in {"too_many_rows", "too_many_columns"}
    assert refused_unopened(a_raw_workbook(b'<row r="1"><c r="XFD1"><v>1</v></c></row>')) == "too_many_columns"


def test_cells_and_rows_without_positions_are_counted():
    wide = b"<row>" + b"<c><v>1</v></c>" * 200 + b"</row>"
    assert refused_unopened(a_raw_workbook(wide)) == "too_many_columns"
    assert refused_unopened(a_raw_workbook(b"<row><c><v>1</v></c></row>" * 30_000)) == "too_many_rows"


def test_one_long_text_repeated_by_every_cell_is_refused():
    cell = b'<c r="%c%d" t="s"><v>0</v></c>'
    rows = b"".join(
        b'<row r="%d">%s</row>' % (row, b"".join(cell % (65 + place, row) for place in range(20)))
        for row in range(1, 5000)
    )
    assert refused_unopened(a_raw_workbook(rows, b"<si><t>" + b"x" * 30_000 + b"</t></si>")) == "too_big_unpacked"


def test_five_thousand_rows_are_read():
    columns = [Column(title) for title in ("姓名", "证件号码", *"abcdefgh")]
    rows = [(f"学员{place}", f"11019919900312{place:05}", *"abcdefgh") for place in range(5000)]
    content = write_xlsx(columns, rows, sheet_title="s")
    assert len(read_xlsx(content).rows) == 5000


def test_match_needs_no_file():
    assert match(read_csv(b"Name,ID number,Note\na,b,c\n"), KNOWN).rows[0].values["note"] == "c"
