"""From a file that somebody brought to the picture that is kept, and a small one of it.

What comes out is made of the pixels alone: no place, no camera, no comment, no second picture behind the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import IO

import pi_heif
import PIL.WebPImagePlugin  # noqa: F401 - else Pillow loads the plugins of forty formats to find it
from PIL import Image, ImageOps, UnidentifiedImageError

from .colour import mixable, plain
from .errors import Broken, Empty, ImagingError, NotAPicture, TooHard, TooManyPixels, TooNarrow
from .values import Bounds, Encoded, Prepared

pi_heif.register_heif_opener()
pi_heif.options.DECODE_THREADS = 1
Image.MAX_IMAGE_PIXELS = None  # ours is stricter, and is an answer instead of a warning

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF")
"""By Pillow's names. SVG is none of them: it is a document, with scripts and addresses."""

LOSSLESS = frozenset({"PNG", "GIF"})
NARROWEST = 200  # the longer side as a multiple of the shorter
QUALITIES = (88, 75, 60)
SMALL_QUALITY = 78
DOTS = 8  # on the longer side of a picture that is out of focus


def decode(file: IO[bytes], bounds: Bounds) -> Prepared:
    """Made small first: whatever comes after that costs next to nothing."""
    with _guarded(), _opened(file, bounds) as image:
        is_lossless = image.format in LOSSLESS
        image.draft("RGB", (bounds.side, bounds.side))  # a JPEG is decoded no larger than needed
        kept = plain(_upright(_within(mixable(image), bounds.side)))
        full = _encoded(kept, bounds.size, is_lossless)
        return Prepared(full, _as_webp(_within(kept, bounds.small_side)))


def out_of_focus(file: IO[bytes]) -> Encoded:
    with _guarded(), Image.open(file, formats=FORMATS) as image:
        few = plain(mixable(image))
        few.thumbnail((DOTS, DOTS), Image.Resampling.BOX)
        return Encoded(_saved(few, "PNG"), "image/png", *few.size)


@contextmanager
def _guarded() -> Iterator[None]:
    try:
        yield
    except ImagingError:
        raise
    except MemoryError:
        raise TooHard("it takes more memory than a picture may") from None
    except Exception as error:  # decoders raise whatever they stumble over
        raise Broken(str(error)) from error


@contextmanager
def _opened(file: IO[bytes], bounds: Bounds) -> Iterator[Image.Image]:
    if not file.read(1):
        raise Empty
    file.seek(0)
    try:
        image = Image.open(file, formats=FORMATS)
    except UnidentifiedImageError:
        raise NotAPicture from None
    with image:
        width, height = image.size
        if width * height > bounds.pixels:
            raise TooManyPixels(width * height)
        if max(width, height) > NARROWEST * min(width, height):
            raise TooNarrow
        yield image


def _within(image: Image.Image, side: int) -> Image.Image:
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return image


def _upright(image: Image.Image) -> Image.Image:
    """Turned as its camera was held."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # damaged metadata is no reason to refuse the picture
        return image


def _encoded(image: Image.Image, most: int, is_lossless: bool) -> Encoded:
    """Drawings and screens stay exact where they fit, photographs become JPEG; in the end it fits."""
    if is_lossless:
        exact = _saved(image, "PNG", compress_level=6)
        if len(exact) <= most // 2:
            return Encoded(exact, "image/png", *image.size)
    while True:
        for quality in QUALITIES:
            data = _saved(image, "JPEG", quality=quality)
            if len(data) <= most:
                return Encoded(data, "image/jpeg", *image.size)
        image = image.resize((max(1, image.width * 3 // 4), max(1, image.height * 3 // 4)))


def _as_webp(image: Image.Image) -> Encoded:
    return Encoded(_saved(image, "WEBP", quality=SMALL_QUALITY, method=2), "image/webp", *image.size)


def _saved(image: Image.Image, kind: str, **options: int) -> bytes:
    image.info = {}  # a comment or a profile would be written along
    target = BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()
