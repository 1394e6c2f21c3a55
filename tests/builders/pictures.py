"""Pictures as people send them, and as attackers do."""

import io
import random
import struct
import zlib
from functools import cache
from typing import Any

from PIL import Image

from tests.builders.papers import a_photo


@cache
def a_picture(width: int = 600, height: int = 800, kind: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    """A picture that is not one colour: a gradient with noise, the same each time."""
    source = random.Random(7)
    small = Image.frombytes("RGB", (16, 16), bytes(source.randrange(256) for _ in range(16 * 16 * 3)))
    image = small.resize((width, height), Image.Resampling.BICUBIC).convert(mode)
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@cache
def a_camera_photo(width: int = 900, height: int = 1200, *, background: str = "white", **options: Any) -> bytes:
    """Head and shoulders with some noise, as a phone takes it."""
    image = Image.open(io.BytesIO(a_photo(width, height)))
    if background != "white":
        image = Image.composite(Image.new("RGB", image.size, background), image,
                                image.convert("L").point([255 * (value > 240) for value in range(256)]))
    noise = Image.effect_noise(image.size, 24).convert("RGB")
    out = io.BytesIO()
    Image.blend(image, noise, 0.03).save(out, "JPEG", quality=93, **options)
    return out.getvalue()


@cache
def a_flood(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes whose header promises this many pixels, and whose data keeps the promise."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    packer = zlib.compressobj(9)
    row = bytes(width // 8 + 2)
    data = b"".join(packer.compress(row) for _ in range(min(height, 9000))) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
