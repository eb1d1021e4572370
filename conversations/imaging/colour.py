"""Any way of writing colours made into plain sRGB without transparency."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageCms

WIDE = frozenset({"I", "I;16", "I;16B", "I;16L", "I;16N"})
CLEAR = frozenset({"LA", "RGBA"})
PROFILED = frozenset({"RGB", "L", "CMYK"})


def mixable(image: Image.Image) -> Image.Image:
    """In colours between which there are others, so that it can be made smaller: no palette, not black or white, no
    colour that stands for none. The picture itself, where it is so already: a large one is not worth a copy."""
    image = _eight_bits(image)
    if "transparency" in image.info or image.mode == "PA":
        return image.convert("RGBA")
    if image.mode == "P":
        return image.convert("RGB")
    return image.convert("L") if image.mode == "1" else image


def plain(image: Image.Image) -> Image.Image:
    """A mixable picture in RGB and sRGB, on white where it is transparent."""
    return _on_white(image) if image.mode in CLEAR else _in_srgb(image)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Sixteen bits of grey become eight; Pillow's own conversion would cut them off at white."""
    if image.mode not in WIDE:
        return image
    grey = image.convert("I").point(lambda value: value * (1 / 256))
    return grey.convert("L")


def _on_white(image: Image.Image) -> Image.Image:
    clear = image.convert("RGBA")
    white = Image.new("RGB", clear.size, "white")
    white.paste(_in_srgb(clear.convert("RGB"), image.info.get("icc_profile")), mask=clear.getchannel("A"))
    return white


def _in_srgb(image: Image.Image, profile: bytes | None = None) -> Image.Image:
    profile = profile or image.info.get("icc_profile")
    if not profile or image.mode not in PROFILED:
        return image.convert("RGB")
    try:
        given = ImageCms.ImageCmsProfile(BytesIO(profile))
        turned = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):  # a profile that is none, or of other colours than the picture
        return image.convert("RGB")
    return image.convert("RGB") if turned is None else turned
