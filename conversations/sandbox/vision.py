"""What can be said about a picture without understanding it: its size, its colours, how light it is."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

_PATCH = 64  # pixels a side: enough for colours
_MOST_PIXELS = 40_000_000
_MOST_COLOURS = 3
_WORTH_NAMING = 0.08  # of the whole

# The nearest of these names a colour; (English, Chinese): red, green, blue.
_NAMES: dict[tuple[str, str], tuple[int, int, int]] = {
    ("black", "黑色"): (12, 12, 12),
    ("dark grey", "深灰色"): (75, 75, 75),
    ("grey", "灰色"): (135, 135, 135),
    ("light grey", "浅灰色"): (200, 200, 200),
    ("white", "白色"): (248, 248, 248),
    ("red", "红色"): (215, 35, 35),
    ("dark red", "深红色"): (120, 20, 25),
    ("orange", "橙色"): (240, 140, 30),
    ("brown", "棕色"): (125, 80, 40),
    ("beige", "米色"): (225, 205, 170),
    ("yellow", "黄色"): (245, 225, 50),
    ("green", "绿色"): (45, 160, 60),
    ("light green", "浅绿色"): (110, 240, 90),
    ("dark green", "深绿色"): (20, 80, 35),
    ("turquoise", "青色"): (45, 190, 190),
    ("light blue", "浅蓝色"): (140, 195, 240),
    ("blue", "蓝色"): (35, 75, 215),
    ("dark blue", "深蓝色"): (20, 30, 95),
    ("purple", "紫色"): (130, 50, 165),
    ("magenta", "品红色"): (235, 40, 220),
    ("pink", "粉色"): (245, 165, 190),
}


@dataclass(frozen=True, slots=True)
class Look:
    """Sides in pixels; `colours` as pairs of names with their share of the picture, the largest first; `light` from 0,
    black, to 1."""

    width: int
    height: int
    colours: tuple[tuple[tuple[str, str], float], ...]
    light: float


def look(file: bytes) -> Look | None:
    """None for bytes that are no picture, or too large a one to be looked at here."""
    try:
        with Image.open(BytesIO(file), formats=("JPEG", "PNG", "WEBP", "GIF")) as image:
            if image.width * image.height > _MOST_PIXELS:
                return None
            sides = image.size
            image.draft("RGB", (_PATCH, _PATCH))
            patch = image.convert("RGB").resize((_PATCH, _PATCH), Image.Resampling.BOX)
    except Exception:  # decoders raise whatever they stumble over
        return None
    data = patch.tobytes()
    pixels = [(data[i], data[i + 1], data[i + 2]) for i in range(0, len(data), 3)]
    return Look(*sides, _colours(pixels), _light(pixels))


def _colours(pixels: list[tuple[int, int, int]]) -> tuple[tuple[tuple[str, str], float], ...]:
    counts: dict[tuple[str, str], int] = {}
    for pixel in pixels:
        name = min(_NAMES, key=lambda name: sum((a - b) ** 2 for a, b in zip(_NAMES[name], pixel, strict=True)))
        counts[name] = counts.get(name, 0) + 1
    shares = sorted(((name, count / len(pixels)) for name, count in counts.items()), key=lambda pair: -pair[1])
    return tuple(pair for i, pair in enumerate(shares[:_MOST_COLOURS]) if not i or pair[1] >= _WORTH_NAMING)


def _light(pixels: list[tuple[int, int, int]]) -> float:
    return sum(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in pixels) / (255 * len(pixels))
