"""Invented faces and documents, drawn: no picture of a real person is in this demo."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONTS = Path(__file__).parents[1] / "documents" / "fonts"
SKIN = ("#f2d3b8", "#e8c09d", "#f6dcc5", "#d9a97f")
HAIR = ("#1f1a17", "#2b221c", "#3a2a20", "#15171c")
COAT = ("#24456f", "#5a2f4c", "#2f5546", "#6b4a2a", "#37383f")
WHITE, PALE_BLUE = "#ffffff", "#e3edfb"


def portrait(seed: str, *, female: bool, background: str = WHITE) -> bytes:
    """A drawn head and shoulders, 590 x 826, in the proportions of an ID photo (25 x 35 mm); JPEG."""
    digest = hashlib.sha256(seed.encode()).digest()
    skin, hair, coat = (choice[digest[at] % len(choice)] for at, choice in enumerate((SKIN, HAIR, COAT)))
    coat = _own_shade(coat, digest[3:6])
    picture = Image.new("RGB", (590, 826), background)
    draw = ImageDraw.Draw(picture)
    if female:
        draw.rounded_rectangle((135, 150, 455, 600), 150, fill=hair)
    draw.rectangle((245, 520, 345, 680), fill=skin)
    draw.ellipse((60, 620, 530, 1180), fill=coat)
    for side in (145, 410):
        draw.ellipse((side, 350, side + 34, 430), fill=skin)
    draw.ellipse((160, 180, 430, 580), fill=skin)
    draw.chord((152, 132, 438, 460), 195, 345, fill=hair)
    if female:
        draw.pieslice((140, 160, 300, 420), 180, 270, fill=hair)
        draw.pieslice((290, 160, 450, 420), 270, 360, fill=hair)
    for x in (225, 325):
        draw.arc((x - 5, 325, x + 45, 365), 200, 340, fill=hair, width=8)
        draw.ellipse((x + 6, 362, x + 34, 384), fill="#ffffff")
        draw.ellipse((x + 13, 364, x + 29, 382), fill="#241a14")
    draw.line((295, 390, 285, 450, 300, 456), fill="#b98a66", width=5)
    draw.arc((250, 460, 340, 515), 20, 160, fill="#a24a41", width=7)
    draw.polygon(((240, 650), (295, 740), (350, 650)), fill="#f5f7fa")
    return _jpeg(picture)


def _own_shade(colour: str, digest: bytes) -> str:
    """Nobody wears the very coat of somebody else: two people with one and the same picture would be a finding."""
    parts = zip(bytes.fromhex(colour[1:]), digest, strict=True)
    return "#" + bytes((part + one % 32) % 256 for part, one in parts).hex()


def document(side: str, name: str, kind: str, number: str) -> bytes:
    """A drawn specimen of a document, portrait or emblem side, plainly marked as not real; JPEG."""
    picture = _blank(side, kind).copy()
    draw = ImageDraw.Draw(picture)
    if side == "front":
        draw.text((46, 70), name, fill="#1c2a3a", font=_font(28))
        draw.text((46, 298), number, fill="#1c2a3a", font=_font(28))
    else:
        made = hashlib.sha256(number.encode()).hexdigest()[:12].upper()
        draw.text((46, 128), made, fill="#3a2f1c", font=_font(22))
    return _jpeg(picture)


def sheet(title: str, lines: Sequence[str]) -> bytes:
    """A drawn record of study as another partner would print it, plainly marked as not real; JPEG."""
    picture = Image.new("RGB", (720, 960), WHITE)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((24, 24, 696, 936), outline="#8aa0b8", width=2)
    draw.text((64, 76), title, fill="#1c2a3a", font=_font(36))
    for place, line in enumerate(lines):
        draw.text((64, 168 + 56 * place), line, fill="#1c2a3a", font=_font(24))
        draw.line((64, 206 + 56 * place, 656, 206 + 56 * place), fill="#d5deea")
    draw.ellipse((500, 720, 640, 860), outline="#a33b2d", width=4)
    draw.text((64, 880), "演示样张 SPECIMEN 非真实证明", fill="#a33b2d", font=_font(22))
    return _jpeg(picture)


@lru_cache(maxsize=16)
def _blank(side: str, kind: str) -> Image.Image:
    """What is printed on every specimen of a kind, before a person's name and number."""
    picture = Image.new("RGB", (640, 404), "#eef3f8" if side == "front" else "#f4f0e6")
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((9, 9, 631, 395), 18, outline="#8aa0b8", width=3)
    if side == "front":
        for text, top in (("姓名", 44), (kind, 128), ("号码", 270)):
            draw.text((46, top), text, fill="#1c2a3a", font=_font(20))
        draw.rounded_rectangle((455, 57, 595, 241), 8, fill="#d5deea")
        draw.ellipse((493, 82, 557, 158), fill="#a9b7c8")
        draw.pieslice((468, 165, 582, 320), 180, 360, fill="#a9b7c8")
    else:
        for text, top, size in ((kind, 60, 32), ("样张编号", 104, 18), ("签发机关  示例机关（虚构）", 262, 24),
                                ("有效期限  2020.01.01-2040.01.01", 306, 24)):
            draw.text((46, top), text, fill="#3a2f1c", font=_font(size))
    draw.text((46, 350), "演示样张 SPECIMEN 非真实证件", fill="#a33b2d", font=_font(22))
    return picture


def _jpeg(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(next(FONTS.glob("*.ttf"))), size)
