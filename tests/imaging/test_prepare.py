"""What becomes of files that people bring."""

from __future__ import annotations

import math
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps
from PIL.PngImagePlugin import PngInfo

from conversations.imaging import (
    Bounds,
    Broken,
    Empty,
    ImagingError,
    NotAPicture,
    Prepared,
    TooManyPixels,
    TooNarrow,
    prepare,
)

from .files import bomb, photograph, picture, place_and_camera, read, saved


def prepared(data: bytes, **bounds: int) -> Prepared:
    return prepare(BytesIO(data), Bounds(**bounds))


def near(colour: Any, wanted: tuple[int, int, int], by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(colour, wanted, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_usual_formats_are_read(kind: str) -> None:
    made = prepared(saved(picture(), kind))
    assert (made.full.width, made.full.height) == (64, 48)
    assert read(made.full.data).size == (64, 48)
    assert made.full.media_type == ("image/png" if kind in ("PNG", "GIF") else "image/jpeg")
    assert read(made.small.data).format == "WEBP"


def test_a_large_one_is_made_as_small_as_is_useful() -> None:
    made = prepared(saved(picture(3000, 1000), "JPEG"), side=600, small_side=90)
    assert (made.full.width, made.full.height) == (600, 200)
    assert (made.small.width, made.small.height) == (90, 30)


def test_a_small_one_is_not_made_larger() -> None:
    made = prepared(saved(picture(30, 20), "PNG"))
    assert (made.full.width, made.small.width) == (30, 30)


def test_it_fits_whatever_it_takes() -> None:
    noise = saved(Image.effect_noise((400, 400), 100).convert("RGB"), "PNG")
    made = prepared(noise, size=9_000)
    assert len(made.full.data) <= 9_000
    assert made.full.media_type == "image/jpeg"
    assert made.full.width < 400


@pytest.mark.parametrize("turned", range(1, 9))
def test_it_stands_upright_however_the_camera_was_held(turned: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turned
    made = read(prepared(photograph(exif=exif, quality=95)).full.data)
    upright = ImageOps.exif_transpose(read(photograph(exif=exif, quality=95)))
    assert made.size == upright.size
    for x, y in ((0, 0), (made.width - 1, 0), (0, made.height - 1), (made.width - 1, made.height - 1)):
        assert near(made.getpixel((x, y)), upright.getpixel((x, y)), by=40)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_the_picture_is_kept(kind: str) -> None:
    said = {"comment": b"said in secret"} if kind == "JPEG" else {}
    brought = saved(picture(), kind, exif=place_and_camera(), **said)
    assert b"Maker of cameras" in brought
    made = prepared(brought)
    for data in (made.full.data, made.small.data):
        assert b"Maker" not in data
        assert b"secret" not in data
        assert not read(data).getexif()
        assert not {"exif", "icc_profile", "comment"} & set(read(data).info)


def test_words_in_a_png_are_left_behind() -> None:
    from_elsewhere = saved(picture(), "PNG", pnginfo=_words("said in secret"))
    assert b"secret" in from_elsewhere
    assert b"secret" not in prepared(from_elsewhere).full.data


def _words(text: str) -> Any:
    info = PngInfo()
    info.add_text("Comment", text)
    return info


@pytest.mark.parametrize(
    ("mode", "kind", "colour", "wanted"),
    [
        ("L", "PNG", 128, (128, 128, 128)),
        ("1", "PNG", 1, (255, 255, 255)),
        ("I;16", "PNG", 40_000, (156, 156, 156)),
        ("P", "GIF", 0, (0, 0, 0)),
        ("CMYK", "JPEG", (0, 0, 0, 0), (255, 255, 255)),
        ("RGBA", "PNG", (0, 0, 255, 0), (255, 255, 255)),
        ("RGBA", "PNG", (0, 0, 255, 255), (0, 0, 255)),
        ("RGBA", "WEBP", (255, 0, 0, 255), (255, 0, 0)),
        ("LA", "PNG", (0, 128), (127, 127, 127)),
    ],
)
def test_every_way_of_writing_colours_looks_as_it_should(
    mode: str, kind: str, colour: Any, wanted: tuple[int, int, int]
) -> None:
    made = read(prepared(saved(picture(mode=mode, colour=colour), kind)).full.data)
    assert made.mode == "RGB"
    assert near(made.getpixel((5, 5)), wanted)


def test_a_palette_with_a_clear_colour_stands_on_white() -> None:
    palette = picture(colour="red").quantize()
    made = read(prepared(saved(palette, "GIF", transparency=palette.getpixel((0, 0)))).full.data)
    assert near(made.getpixel((3, 3)), (255, 255, 255))


def test_a_colour_profile_is_applied_and_left_behind() -> None:
    brought = saved(picture(colour=(200, 30, 30)), "JPEG", quality=100, icc_profile=_of_other_red())
    made = read(prepared(brought).full.data)
    assert "icc_profile" not in made.info
    assert not near(made.getpixel((5, 5)), (200, 30, 30))


def _of_other_red() -> bytes:
    profile: bytes = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert profile != srgb
    # The tone curve of sRGB made straight: gamma 1 where it was about 2.2.
    at = srgb.find(b"para")
    return srgb[: at + 8] + b"\0\0\0\0" + (1 << 16).to_bytes(4, "big") + srgb[at + 16 :]


@pytest.mark.parametrize("profile", [b"no profile at all", b""])
def test_a_damaged_profile_is_no_reason_to_refuse(profile: bytes) -> None:
    made = read(prepared(saved(picture(colour=(200, 30, 30)), "JPEG", icc_profile=profile)).full.data)
    assert near(made.getpixel((5, 5)), (200, 30, 30))


def test_of_moving_pictures_the_first_is_taken() -> None:
    others = [picture(colour=colour) for colour in ("lime", "blue")]
    made = read(prepared(saved(picture(colour="red"), "GIF", save_all=True, append_images=others)).full.data)
    assert near(made.getpixel((3, 3)), (255, 0, 0))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", Empty),
        (b"hello", NotAPicture),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", NotAPicture),
        (b"<!doctype html><script>alert(1)</script>", NotAPicture),
        (b"%PDF-1.7 ...", NotAPicture),
        (b"\x89PNG\r\n\x1a\n", NotAPicture),
        (photograph()[:300], Broken),
        (saved(picture(), "PNG")[:-40], Broken),
        (saved(picture(), "WEBP")[:40], Broken),
        (bomb(20_000, 20_000), TooManyPixels),
        (bomb(20_000, 1), TooNarrow),
        (saved(picture(), "TIFF"), NotAPicture),
        (saved(picture(), "BMP"), NotAPicture),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, error: type[ImagingError]) -> None:
    with pytest.raises(error):
        prepared(data)


def test_the_size_is_found_out_before_anything_is_decoded() -> None:
    with pytest.raises(TooManyPixels) as refused:
        prepared(bomb(30_000, 30_000))
    assert refused.value.pixels == 900_000_000


def test_a_moving_bomb_is_refused_too() -> None:
    frames = [picture(20, 20, colour=colour) for colour in ("red", "lime")]
    data = bytearray(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    data[6:10] = (60_000).to_bytes(2, "little") * 2  # the screen says it is huge
    with pytest.raises(TooManyPixels):
        prepared(bytes(data))


def test_a_second_nature_is_left_behind() -> None:
    """A picture that is a page as well, for browsers that guess."""
    both = photograph() + b"<script>alert(1)</script>"
    assert b"script" not in prepared(both).full.data


@pytest.mark.filterwarnings("ignore")  # Pillow tells of what is odd
@given(st.binary(max_size=400), st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]), st.integers(0, 2_000))
def test_whatever_is_damaged_there_is_one_kind_of_error(noise: bytes, kind: str, place: int) -> None:
    data = saved(picture(), kind)
    at = place % len(data)
    try:
        made = prepared(data[:at] + noise + data[at + len(noise) :])
    except ImagingError:
        return
    assert made.full.width <= 2048
    assert math.prod(read(made.full.data).size) == made.full.width * made.full.height


def test_pictures_of_phones_are_read() -> None:
    """The file is `picture()` as libheif's own encoder wrote it."""
    data = (Path(__file__).parent / "corner.heic").read_bytes()
    made = prepared(data)
    assert (made.full.width, made.full.height, made.full.media_type) == (64, 48, "image/jpeg")
    assert near(read(made.full.data).getpixel((2, 2)), (0, 0, 255))
    with pytest.raises(ImagingError):
        prepared(data[:400])
