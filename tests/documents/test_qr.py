"""QR codes: what a page may show under its strict policy, and what a printer and a phone can read."""

import io

import segno
from defusedxml.ElementTree import fromstring
from PIL import Image

from enroll.documents.qr import qr_png, qr_svg, qr_svg_file

ADDRESS = "https://enroll.example.org/verify/k3v9q2m7x4t8w1z6p5r0"


def test_the_inline_code_has_a_class_for_its_size_and_nothing_the_policy_forbids():
    svg = qr_svg(ADDRESS, title='<b>"码"')
    for forbidden in ("style=", "<style", "<script", "onload", "data:", "<b>"):
        assert forbidden not in svg
    root = fromstring(svg)
    assert root.get("class") == "qr"
    assert root.get("width") is None
    assert root.get("viewBox")


def test_the_picture_shows_the_same_modules_as_the_code_itself():
    expected = [[bool(module) for module in row] for row in segno.make(ADDRESS, error="m", micro=False).matrix]
    picture = Image.open(io.BytesIO(qr_png(ADDRESS, scale=5))).convert("L")
    side = len(expected)
    assert picture.size == ((side + 8) * 5, (side + 8) * 5)
    shown = [[picture.getpixel(((x + 4) * 5 + 2, (y + 4) * 5 + 2)) == 0 for x in range(side)] for y in range(side)]
    assert shown == expected


def test_the_file_for_a_document_is_well_formed_and_the_same_each_time():
    assert fromstring(qr_svg_file(ADDRESS)).tag.endswith("svg")
    assert qr_svg_file(ADDRESS) == qr_svg_file(ADDRESS) != qr_svg_file(ADDRESS + "x")


def test_chinese_content_is_taken():
    assert qr_png("准考证 T2701-0001")
