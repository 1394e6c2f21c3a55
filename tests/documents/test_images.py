"""Pictures from outside: what is refused, and that what is kept holds pixels and nothing else."""

import io
import zipfile

import psutil
import pytest
from PIL import Image

from enroll.documents.images import (
    Frame,
    ImageLimits,
    accept,
    accept_document,
    rotate,
    thumbnail,
)
from enroll.documents.photos import PhotoRule, background_share, check_photo, make_photo
from enroll.documents.refusals import UnacceptableImage
from tests.builders.papers import a_photo
from tests.builders.pictures import a_camera_photo, a_flood, a_picture

RULE = PhotoRule(width=295, height=413, min_kb=10, max_kb=200)
GPS, ORIENTATION, ARTIST = 34853, 274, 315


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg))


def refusal(content: bytes, **limits: int) -> UnacceptableImage:
    with pytest.raises(UnacceptableImage) as refused:
        accept(content, limits=ImageLimits(**limits))
    return refused.value


def codes(jpeg: bytes, rule: PhotoRule = RULE) -> set[str]:
    return {finding.code for finding in check_photo(jpeg, rule)}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_three_usual_formats_are_written_anew_as_jpeg(kind):
    sent = a_picture(kind=kind)
    kept = accept(sent)
    assert kept.jpeg != sent
    assert (opened(kept.jpeg).format, kept.width, kept.height) == ("JPEG", 600, 800)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "1", "I;16"])
def test_every_kind_of_png_becomes_an_ordinary_picture(mode):
    if mode == "I;16":
        out = io.BytesIO()
        Image.new("I;16", (40, 40), 32768).save(out, "PNG")
        kept = opened(accept(out.getvalue()).jpeg)
        assert abs(kept.getpixel((20, 20))[0] - 127) <= 2
    else:
        assert opened(accept(a_picture(kind="PNG", mode=mode)).jpeg).mode == "RGB"


def test_what_is_transparent_becomes_white():
    out = io.BytesIO()
    Image.new("RGBA", (60, 60), (255, 0, 0, 0)).save(out, "PNG")
    assert opened(accept(out.getvalue()).jpeg).getpixel((30, 30)) == (255, 255, 255)


def test_a_cmyk_jpeg_is_taken():
    assert opened(accept(a_picture(mode="CMYK")).jpeg).mode == "RGB"


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>",
     b"%PDF-1.7\n", b"PK\x03\x04", b"\xff\xd8\xff",
     b"\x89PNG\r\n\x1a\n", b"BM" + bytes(60), b"RIFF\x00\x00\x00\x00WEBP", bytes(1000), a_picture(kind="GIF"),
     a_picture(kind="BMP"), a_picture(kind="TIFF"), a_picture(kind="ICO")],
    ids=range(15),
)
def test_what_is_not_a_jpg_png_or_webp_is_refused(content):
    assert refusal(content).code == "not_an_image"


@pytest.mark.parametrize("side", [9000, 13000, 20000])
def test_a_small_file_that_opens_as_a_flood_of_pixels_is_refused_by_its_header(side):
    flood = a_flood(side, side)
    assert len(flood) < 40_000
    before = psutil.Process().memory_info().rss
    assert refusal(flood).code == "too_many_pixels"
    assert psutil.Process().memory_info().rss - before < 20 * 1024 * 1024


@pytest.mark.parametrize(("width", "height"), [(1, 65535), (65535, 1)])
def test_a_thread_of_a_picture_is_refused(width, height):
    assert refusal(a_flood(width, height)).code == "too_many_pixels"


@pytest.mark.parametrize(("width", "height"), [(0, 100), (100, 0), (0, 0)])
def test_a_picture_without_pixels_is_refused(width, height):
    assert refusal(a_flood(width, height)).code in {"not_an_image", "too_small", "truncated"}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_half_a_picture_is_refused(kind, share):
    whole = a_picture(kind=kind)
    assert refusal(whole[: int(len(whole) * share)]).code in {"truncated", "not_an_image"}


def test_a_moving_picture_is_refused():
    frames = [Image.new("RGB", (50, 50), colour) for colour in ("red", "green", "blue")]
    for kind in ("PNG", "WEBP"):
        out = io.BytesIO()
        frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
        assert refusal(out.getvalue()).code == "animated"


def test_a_jpeg_with_thousands_of_scans_is_refused_before_they_are_read():
    whole = a_picture(60, 80, progressive=True)
    scan = whole[whole.rindex(b"\xff\xda") : -2]
    assert refusal(whole[:-2] + scan * 200 + b"\xff\xd9").code == "not_an_image"


def test_a_file_of_the_limit_is_taken_and_one_byte_more_is_not():
    content = a_picture()
    assert accept(content, limits=ImageLimits(most_bytes=len(content))).width == 600
    assert refusal(content, most_bytes=len(content) - 1).code == "too_big_file"


def test_a_picture_smaller_than_asked_says_both_sizes():
    refused = refusal(a_picture(200, 300), least_width=295, least_height=413)
    assert refused.code == "too_small"
    assert refused.values == {"width": 200, "height": 300, "least_width": 295, "least_height": 413}
    assert refused.problem("photo").field == "photo"


def test_place_and_author_are_gone_and_the_picture_stands_upright():
    exif = Image.Exif()
    exif[ORIENTATION], exif[ARTIST] = 6, "somebody <script>"
    exif[GPS] = {1: "N", 2: (39.0, 54.0, 0.0), 3: "E", 4: (116.0, 23.0, 0.0)}
    sent = a_picture(800, 600, exif=exif.tobytes(), comment=b"<?php evil", icc_profile=b"x" * 200)
    kept = accept(sent)
    assert b"somebody" in sent
    assert (kept.width, kept.height) == (600, 800)
    assert not opened(kept.jpeg).getexif()
    for trace in (b"Exif", b"somebody", b"php", b"ICC", b"GPS"):
        assert trace not in kept.jpeg


def test_a_zip_or_a_script_behind_a_picture_does_not_come_along():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("evil.php", "<?php system($_GET[0]);")
    for tail in (archive.getvalue(), b"<html><script>alert(1)</script>", b"%PDF-1.7 /JavaScript"):
        kept = accept(a_picture() + tail)
        assert tail not in kept.jpeg
        assert not zipfile.is_zipfile(io.BytesIO(kept.jpeg))


def test_a_photographed_document_is_made_no_longer_than_two_thousand_pixels():
    kept = accept_document(a_picture(4000, 3000))
    assert (kept.width, kept.height) == (2000, 1500)
    assert accept_document(a_picture(800, 600)).width == 800
    with pytest.raises(UnacceptableImage):
        accept_document(a_picture(200, 200))


def test_a_thumbnail_and_a_turn():
    kept = accept(a_picture(600, 800))
    assert (thumbnail(kept.jpeg).width, thumbnail(kept.jpeg).height) == (180, 240)
    assert (rotate(kept.jpeg, quarter_turns=1).width, rotate(kept.jpeg, quarter_turns=-1).height) == (800, 600)
    assert rotate(kept.jpeg, quarter_turns=4).height == 800
    lit = Image.new("RGB", (40, 20), "black")
    lit.paste("white", (0, 0, 20, 20))
    out = io.BytesIO()
    lit.save(out, "JPEG")
    turned = opened(rotate(out.getvalue(), quarter_turns=1).jpeg)
    assert turned.getpixel((10, 5))[0] > 200 > 50 > turned.getpixel((10, 35))[0]


def test_a_phone_photo_becomes_an_identity_photo_with_nothing_against_it():
    made = make_photo(accept(a_camera_photo()).jpeg, Frame(), RULE)
    assert (made.width, made.height) == (295, 413)
    assert 10 * 1024 <= len(made.jpeg) <= 200_000
    assert check_photo(made.jpeg, RULE) == ()


@pytest.mark.parametrize(
    "frame",
    [Frame(0, 0), Frame(1, 1), Frame(-9, 9, 0), Frame(float("nan"), 0.5, float("inf")), Frame(0.5, 0.2, 2)],
)
def test_a_frame_that_hangs_over_the_edge_is_moved_inside(frame):
    made = make_photo(accept(a_camera_photo()).jpeg, frame, RULE)
    assert (made.width, made.height) == (295, 413)


def test_the_frame_takes_the_part_that_was_chosen():
    picture = Image.new("RGB", (1200, 800), "black")
    picture.paste("white", (600, 0, 1200, 800))
    out = io.BytesIO()
    picture.save(out, "JPEG")
    left, right = (make_photo(out.getvalue(), Frame(x, 0.5), RULE) for x in (0.1, 0.9))
    assert opened(left.jpeg).getpixel((150, 200))[0] < 40 < 200 < opened(right.jpeg).getpixel((150, 200))[0]


def test_a_part_with_too_few_pixels_is_refused_rather_than_blurred():
    with pytest.raises(UnacceptableImage) as refused:
        make_photo(accept(a_camera_photo()).jpeg, Frame(zoom=4), RULE)
    assert refused.value.code == "frame_too_small"
    with pytest.raises(UnacceptableImage):
        make_photo(accept(a_camera_photo(290, 410)).jpeg, Frame(), RULE)


@pytest.mark.parametrize("most", [12, 20, 60])
def test_a_rich_picture_is_pressed_below_the_largest_weight(most):
    rule = PhotoRule(width=295, height=413, min_kb=5, max_kb=most)
    made = make_photo(accept(a_picture(1180, 1652)).jpeg, Frame(), rule)
    assert 5 * 1024 <= len(made.jpeg) <= most * 1000


@pytest.mark.parametrize("background", ["#3366cc", "#c0392b", "#808080", "#e3edfb"])
def test_a_coloured_background_is_found_and_a_rule_may_ask_for_it(background):
    made = make_photo(accept(a_camera_photo(background=background)).jpeg, Frame(), RULE)
    assert "photo_background" in codes(made.jpeg)
    blue = PhotoRule(width=295, height=413, min_kb=10, max_kb=200, background=background)
    assert "photo_background" not in codes(made.jpeg, blue)


@pytest.mark.parametrize("background", ["#ffffff", "#f0f0f0", "#fffaf2"])
def test_white_in_a_soft_shadow_or_a_warm_light_is_white(background):
    assert "photo_background" not in codes(make_photo(accept(a_camera_photo(background=background)).jpeg, Frame(), RULE
                                                      ).jpeg)


def test_an_uneven_background_is_found_with_its_share():
    picture = opened(make_photo(accept(a_camera_photo()).jpeg, Frame(), RULE).jpeg)
    picture.paste("#7a8a99", (0, 0, 120, 120))
    assert 0.4 < background_share(picture, RULE) < 0.85


def test_a_blank_sheet_and_a_grey_photo_are_found():
    out = io.BytesIO()
    Image.new("RGB", (295, 413), "white").save(out, "JPEG")
    assert codes(out.getvalue()) == {"photo_blank", "photo_file_too_small"}
    grey = io.BytesIO()
    opened(a_camera_photo()).convert("L").save(grey, "JPEG")
    made = make_photo(accept(grey.getvalue()).jpeg, Frame(), RULE)
    assert codes(made.jpeg) == {"photo_not_in_colour"}


def test_the_wrong_size_and_weight_are_found_together():
    assert {"photo_wrong_size", "photo_file_too_small"} <= codes(a_photo(100, 140))
    heavy = a_picture(1180, 1652, quality=98)
    assert {"photo_wrong_size", "photo_file_too_large", "photo_background"} <= codes(heavy)
