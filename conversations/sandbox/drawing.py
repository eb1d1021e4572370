"""Pictures and videos that the sandbox makes, with real bytes: hills under a sun that is in other places for other
words. Loads Pillow, so import it with the first picture.

A video needs no encoder: a lossy WebP holds one key frame of VP8, which is what a WebM frame is.
"""

from __future__ import annotations

import hashlib
import math
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from . import webm

FRAMES, RATE = 24, 12  # of a video, and of a second of it
WIDEST = 480  # of a video: enough to see what it is


@lru_cache(maxsize=16)
def picture(words: str, width: int, height: int) -> bytes:
    """A PNG of that size, always the same for the same words."""
    target = BytesIO()
    _scene(words, width, height, 0.0).save(target, "PNG", compress_level=3)
    return target.getvalue()


@lru_cache(maxsize=8)
def video(words: str, width: int, height: int) -> bytes:
    """A WebM of two seconds in which the sun moves; no wider than is needed to look at it."""
    scale = min(1.0, WIDEST / max(width, height))
    sides = max(2, round(width * scale)), max(2, round(height * scale))
    frames = [_key_frame(_scene(words, *sides, n / FRAMES)) for n in range(FRAMES)]
    return webm.written(frames, *sides, RATE)


def _key_frame(image: Image.Image) -> bytes:
    target = BytesIO()
    image.save(target, "WEBP", quality=70, method=0)
    data = target.getvalue()
    at = data.index(b"VP8 ", 12)
    return data[at + 8 : at + 8 + int.from_bytes(data[at + 4 : at + 8], "little")]


def _scene(words: str, width: int, height: int, moment: float) -> Image.Image:
    """`moment` from 0 to 1 takes the sun across the sky."""
    seed = hashlib.sha256(words.encode("utf-8", "replace")).digest()
    image = _sky(seed, width, height)
    draw = ImageDraw.Draw(image)
    across = (seed[3] / 255 + moment) % 1.0
    x, y, radius = across * width, height * (0.46 - 0.28 * math.sin(math.pi * across)), min(width, height) * 0.09
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_colour(8 + seed[0] % 24, 70, 97))
    for layer in range(4):
        draw.polygon(_hill(seed, width, height, layer), fill=_colour(seed[1] + 12 * layer, 38, 62 - 14 * layer))
    return image


def _sky(seed: bytes, width: int, height: int) -> Image.Image:
    above, below = _colour(seed[2], 55, 78), _colour(seed[2] + 60, 30, 96)
    mask = Image.linear_gradient("L").resize((width, height))
    return Image.composite(Image.new("RGB", (width, height), below), Image.new("RGB", (width, height), above), mask)


def _hill(seed: bytes, width: int, height: int, layer: int) -> list[tuple[float, float]]:
    base, swing = height * (0.52 + 0.12 * layer), height * 0.09
    phase, waves = seed[4 + layer] / 20, 1.2 + seed[8 + layer] / 120
    edge = [
        (width * n / 64, base + swing * math.sin(phase + waves * math.pi * n / 32) * math.cos(phase + n / 21))
        for n in range(65)
    ]
    return [(0, height), *edge, (width, height)]


def _colour(hue: int, saturation: int, brightness: int) -> str:
    return f"hsv({hue * 360 // 255 % 360},{saturation}%,{max(brightness, 8)}%)"
