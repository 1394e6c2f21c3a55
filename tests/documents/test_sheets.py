"""What we give out as spreadsheets: no formula, nothing lost, and the same again when it comes back."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest

from enroll.documents.reading import read_csv, read_xlsx
from enroll.documents.refusals import UnwritableSheet
from enroll.documents.sheets import Column, looks_like_formula, write_csv, write_xlsx, zip_files

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "＝1+1", "＋1", "－1", "＠x", " =1",
            "\u00a0=1", "'=1", '"=1', "“=1", "=cmd|' /C calc'!A0", "+86 199 0000 1001"]
HARMLESS = ["李𬱖", "阿依努尔·买买提江", "0012", "1E5", "00", "TRUE", "2026-11-22", "https://example.org", "a=b", "3-1",
            "x@y.org", " 前后空格 ", "多\n行", "<b>&amp;</b>", "12345678901234567X", "110199199003121013"]
TITLE = [Column("姓名"), Column("证件号码", 24)]


def cells_of(content: bytes) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def identity_numbers(count: int) -> list[str]:
    """Numbers with a right check digit, a tenth of them ending in X."""
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    bodies = [f"110199{1950 + place % 50}0{1 + place % 9}{10 + place % 18}{place % 1000:03}" for place in range(count)]
    checks = [sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11 for body in bodies]
    return [body + "10X98765432"[check] for body, check in zip(bodies, checks, strict=True)]


@pytest.mark.parametrize("text", FORMULAS + HARMLESS)
def test_every_text_is_a_text_cell_and_comes_back_as_it_was(text):
    made = write_xlsx(TITLE, [(text, "x")], sheet_title="名单")
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    assert sheet is not None
    cell = sheet["A2"]
    assert (cell.data_type, cell.value, cell.number_format) == ("s", text, "@")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_csv_disarms_what_looks_like_a_formula_and_reading_arms_it_again(text):
    made = write_csv(TITLE, [(text, "x")])
    raw = next(iter(list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))[1:]))[0]
    assert raw == f"'{text}"
    assert read_csv(made).rows[0].cells[0] == text.strip()


@pytest.mark.parametrize("text", HARMLESS)
def test_a_csv_leaves_other_text_alone(text):
    assert not looks_like_formula(text)
    made = write_csv(TITLE, [(text, "x")])
    assert made.startswith(b"\xef\xbb\xbf")
    assert read_csv(made).rows[0].cells[0] == text.strip()


def test_a_thousand_identity_numbers_survive_both_formats():
    numbers = identity_numbers(1000)
    assert sum(number.endswith("X") for number in numbers) > 50
    rows = [(f"学员{place}", number) for place, number in enumerate(numbers)]
    for back in (read_xlsx(write_xlsx(TITLE, rows, sheet_title="名单")), read_csv(write_csv(TITLE, rows))):
        assert [row.cells[1] for row in back.rows] == numbers
        assert back.header == ("姓名", "证件号码")


def test_numbers_days_and_moments_keep_their_kind_and_moments_are_beijing_time():
    moment = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    made = write_xlsx([Column("a")] * 5, [(7, 72.5, date(2026, 11, 22), moment, None)], sheet_title="s")
    shown = [str(value) for value in cells_of(made)[1]]
    assert shown == ["7", "72.5", "2026-11-22 00:00:00", "2026-11-23 00:30:00", "None"]
    assert read_xlsx(made).rows[0].cells == ("7", "72.5", "2026-11-22", "2026-11-23 00:30:00", "")


def test_a_number_too_long_for_a_spreadsheet_is_written_as_text():
    made = write_xlsx(TITLE, [("x", 110199199003121013)], sheet_title="s")
    assert cells_of(made)[1][1] == "110199199003121013"


@pytest.mark.parametrize("odd", ["a\x0bb", "a\x00b", "a\ufffeb", "a\uffffb", "a\ud800b", "a\x1fb", "a\x7fb"])
def test_one_odd_character_does_not_stop_everybodys_export(odd):
    assert cells_of(write_xlsx(TITLE, [(odd, "x"), ("好", "y")], sheet_title="s"))[1:] == [["ab", "x"], ["好", "y"]]
    assert "ab,x" in write_csv(TITLE, [(odd, "x")]).decode("utf-8-sig")


def test_a_cell_that_would_be_cut_is_refused_with_its_place():
    write_xlsx(TITLE, [("x" * 32_767, "y")], sheet_title="s")
    with pytest.raises(UnwritableSheet) as refused:
        write_xlsx(TITLE, [("a", "b"), ("x" * 32_768, "y")], sheet_title="s")
    assert refused.value.code == "cell_too_long"
    assert (refused.value.values["row"], refused.value.values["column"]) == (3, "姓名")


def test_more_rows_than_a_sheet_has_are_refused(monkeypatch):
    monkeypatch.setattr("enroll.documents.sheets.MOST_ROWS", 3)
    write_xlsx(TITLE, [("a", "b")] * 3, sheet_title="s")
    with pytest.raises(UnwritableSheet):
        write_xlsx(TITLE, [("a", "b")] * 4, sheet_title="s")


def test_equal_rows_give_equal_bytes_whenever_they_are_written():
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    first = write_xlsx(TITLE, [("张伟", "1")], sheet_title="s", dated=moment)
    assert write_xlsx(TITLE, [("张伟", "1")], sheet_title="s", dated=moment) == first
    assert write_xlsx(TITLE, [("张伟", "2")], sheet_title="s", dated=moment) != first


@pytest.mark.parametrize("title", ["a/b:c*?[d]\\e", "", "'", "很长的名字" * 10, "History"])
def test_any_sheet_title_is_made_to_fit(title):
    assert cells_of(write_xlsx(TITLE, [("a", "b")], sheet_title=title))[1] == ["a", "b"]


def test_an_export_without_rows_still_has_its_header():
    assert cells_of(write_xlsx(TITLE, [], sheet_title="s")) == [["姓名", "证件号码"]]


def test_an_archive_is_the_same_for_the_same_files():
    files = {"名单.xlsx": b"1", "照片/T2701-0001.jpg": b"2"}
    made = zip_files(files)
    assert zip_files(files) == made
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../b", "a\\b", "C:x", "", ".ssh", "a\nb", "a\x00"])
def test_an_archive_takes_no_name_that_leads_elsewhere(name):
    with pytest.raises(ValueError, match="safe name"):
        zip_files({name: b""})
