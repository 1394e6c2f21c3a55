"""Pictures from outside: decoded within limits, turned upright, written anew as JPEG. Never stored as sent.

What comes out holds pixels and nothing else: no EXIF (and so no place where it was taken), no thumbnail, no colour
profile, nothing that stood behind the picture in the file.
"""

import io
import math
import struct
import zlib
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from enroll.documents.refusals import UnacceptableImage
from enroll.foundation.words import N_

FORMATS = ("JPEG", "PNG", "WEBP")
# A JPEG with thousands of empty scans costs seconds per scan; cameras write about ten.
MOST_SCANS = 100
QUALITY = 88
DAMAGE = (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, IndexError, ArithmeticError,
          struct.error, zlib.error, MemoryError)


@dataclass(frozen=True)
class ImageLimits:
    """What an upload may be. Sides in pixels."""

    most_bytes: int = 10 * 1024 * 1024
    most_pixels: int = 25_000_000
    longest_side: int = 12_000
    least_width: int = 1
    least_height: int = 1


@dataclass(frozen=True)
class Picture:
    """A picture of ours: JPEG bytes and their size in pixels."""

    jpeg: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Frame:
    """What to cut out: its middle as shares of width and height (0 to 1); zoom 1 is the largest frame, 2 half of it."""

    middle_x: float = 0.5
    middle_y: float = 0.5
    zoom: float = 1.0


def accept(content: bytes, *, limits: ImageLimits | None = None) -> Picture:
    """The upload as a picture of ours in its full size. Raises UnacceptableImage."""
    return _written(_decoded(content, limits or ImageLimits()))


def accept_document(content: bytes, *, limits: ImageLimits | None = None, longest_side: int = 2000) -> Picture:
    """The same for a photographed document (an identity card, say), made no longer than `longest_side`."""
    image = _decoded(content, limits or ImageLimits(least_width=300, least_height=300), draft=longest_side)
    image.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    return _written(image)


def reopen(jpeg: bytes) -> Image.Image:
    """A picture we have written before; still decoded within the limits, because files can be swapped."""
    return _decoded(jpeg, ImageLimits())


def thumbnail(jpeg: bytes, *, longest_side: int = 240) -> Picture:
    """A small copy of a picture of ours, for lists."""
    image = reopen(jpeg)
    image.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    return _written(image)


def rotate(jpeg: bytes, *, quarter_turns: int) -> Picture:
    """A picture of ours turned clockwise by this many quarter turns; negative turns go the other way."""
    turns = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}
    image = reopen(jpeg)
    turn = turns.get(quarter_turns % 4)
    return _written(image if turn is None else image.transpose(turn))


def cut(image: Image.Image, frame: Frame, *, width: int, height: int) -> Image.Image:
    """The framed part at exactly width × height, moved inside the picture where it hung over.

    Raises UnacceptableImage("frame_too_small") when the part holds fewer pixels than asked for: it would be blurred.
    """
    zoom = frame.zoom if math.isfinite(frame.zoom) else 1.0
    scale = min(image.width / width, image.height / height) / max(zoom, 1.0)
    if scale < 1:
        text = N_("The chosen part is smaller than %(width)s × %(height)s pixels. Zoom out, or use a larger picture.")
        raise UnacceptableImage("frame_too_small", text, width=width, height=height)
    left = _inside(frame.middle_x, width * scale, image.width)
    top = _inside(frame.middle_y, height * scale, image.height)
    box = (left, top, left + width * scale, top + height * scale)
    return image.resize((width, height), Image.Resampling.LANCZOS, box=box)


def to_jpeg(image: Image.Image, *, quality: int = QUALITY) -> bytes:
    """JPEG bytes without any metadata."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, subsampling=0 if quality > 90 else 2)
    return out.getvalue()


def _inside(middle: float, length: float, whole: int) -> float:
    share = min(max(middle, 0.0), 1.0) if math.isfinite(middle) else 0.5
    return min(max(share * whole - length / 2, 0.0), whole - length)


def _written(image: Image.Image) -> Picture:
    return Picture(to_jpeg(image), image.width, image.height)




def _decoded(content: bytes, limits: ImageLimits, draft: int | None = None) -> Image.Image:
    if len(content) > limits.most_bytes:
        text = N_("The file is larger than %(most)s MB.")
        raise UnacceptableImage("too_big_file", text, most=limits.most_bytes // (1024 * 1024))
    image = _opened(content, limits)
    _measured(image, limits)
    if image.format in {"PNG", "WEBP"} and getattr(image, "is_animated", False):
        raise UnacceptableImage("animated", N_("The picture moves. Send a still one."))
    if draft is not None:
        # Lets the JPEG decoder skip what the smaller size will not show; twice the size keeps it sharp.
        image.draft("RGB", (draft * 2, draft * 2))
    try:
        image.load()
        upright = ImageOps.exif_transpose(image)
        return _on_white(upright)
    except DAMAGE as error:
        text = N_("The picture is incomplete or damaged. Save it again and send it once more.")
        raise UnacceptableImage("truncated", text) from error


def _opened(content: bytes, limits: ImageLimits) -> Image.Image:
    """Only the header is read here."""
    if content.startswith(b"\xff\xd8") and content.count(b"\xff\xda") > MOST_SCANS:
        raise _not_an_image()
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(limits) from error
    except (UnidentifiedImageError, *DAMAGE) as error:
        raise _not_an_image() from error


def _measured(image: Image.Image, limits: ImageLimits) -> None:
    if image.width * image.height > limits.most_pixels or max(image.size) > limits.longest_side:
        raise _too_many_pixels(limits)
    # A phone's picture may lie on its side in the file; so the shorter and the longer side are compared.
    if min(image.size) < min(limits.least_width, limits.least_height) or max(image.size) < max(
        limits.least_width, limits.least_height
    ):
        text = N_("The picture has %(width)s × %(height)s pixels; it needs %(least_width)s × %(least_height)s or more.")
        raise UnacceptableImage(
            "too_small", text, width=image.width, height=image.height,
            least_width=limits.least_width, least_height=limits.least_height,
        )


def _on_white(image: Image.Image) -> Image.Image:
    """RGB, with transparent parts white: the colour such a picture is looked at on."""
    if image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        white = Image.new("RGB", layer.size, "white")
        white.paste(layer, mask=layer.getchannel("A"))
        return white
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    plain = image.convert("RGB")
    plain.info.clear()
    return plain


def _not_an_image() -> UnacceptableImage:
    return UnacceptableImage("not_an_image", N_("This is not a JPG, PNG or WebP picture."))


def _too_many_pixels(limits: ImageLimits) -> UnacceptableImage:
    text = N_("The picture has more than %(most)s million pixels. Make it smaller and send it again.")
    return UnacceptableImage("too_many_pixels", text, most=limits.most_pixels // 1_000_000)
