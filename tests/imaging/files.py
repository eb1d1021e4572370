"""Pictures to try with, made on the spot."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image


def picture(width: int = 64, height: int = 48, mode: str = "RGB", colour: Any = None) -> Image.Image:
    """One colour all over; by default a different one on the left, so that turning it shows."""
    if colour is not None:
        return Image.new(mode, (width, height), colour)
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (0, 0, width // 4, height // 4))
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    target = BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def photograph(**options: Any) -> bytes:
    return saved(picture(), "JPEG", **options)


def read(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def place_and_camera() -> Image.Exif:
    """Metadata as a phone writes it."""
    exif = Image.Exif()
    exif[0x010F] = "Maker of cameras"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (39.0, 54.0, 26.0)
    return exif


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is huge and brings next to nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pieces = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(b"\0" * 1000)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(pieces)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
