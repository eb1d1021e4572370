"""An order for a picture or a video, refused as GLM refuses it. Bounds are those of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conversations import families
from conversations.families import Making

from . import prompt
from .asked import Asked, Said
from .prompt import Prompt
from .refusals import Refused
from .validation import fields_of

IMAGE, VIDEO = "image", "video"
_SIZE = re.compile(r"([0-9]{2,5})x([0-9]{2,5})")
_ANY = Making(
    needs_prompt=False, prompt=1500, most_images=3, qualities=("speed", "quality", "standard", "hd"), has_audio=True
)
_DEFAULT = {IMAGE: "1024x1024", VIDEO: "1920x1080"}
_CHOICES = {
    "quality": "qualities",
    "fps": "fps",
    "duration": "durations",
    "style": "styles",
    "aspect_ratio": "aspect_ratios",
    "movement_amplitude": "movements",
}


@dataclass(frozen=True, slots=True)
class Ordered:
    """`kind` is one of the two, `size` in pixels."""

    kind: str
    model: str
    text: str
    size: tuple[int, int]
    request_id: str

    @property
    def asked(self) -> Asked:
        """As scenarios are chosen by it."""
        return Asked(self.model, (Said("user", self.text),), Prompt(self.text))

    @property
    def said(self) -> Prompt:
        """The words, and the options beside the name of a scenario."""
        return prompt.read(self.text) if self.name else Prompt(self.text)

    @property
    def name(self) -> str:
        """The scenario that the words name, or ""."""
        return prompt.named(self.text) or ""


def read_order(body: bytes, kind: str) -> Ordered:
    """Raises Refused with 1210, 1211, 1213 or 1214."""
    fields = fields_of(body)
    model, text = _text(fields, "model", 100), _text(fields, "prompt", 4000)
    entry = families.find(model)
    if not model:
        raise Refused("1213", "model")
    if entry is None or entry.kind.value != kind:
        raise Refused("1211", model)
    making = families.MAKINGS.get(model, _ANY)
    _check_images(fields, making, text)
    _check_choices(fields, making)
    if len(text) > making.prompt:
        raise Refused("1214", f"prompt must have at most {making.prompt} characters")
    for name, least, most in (("request_id", 6, 64), ("user_id", 6, 128)):
        if name in fields and not least <= len(_text(fields, name, 4000)) <= most:
            raise Refused("1214", name)
    return Ordered(kind, model, text, _size(fields, making, kind), _text(fields, "request_id", 64))


def _check_choices(fields: Mapping[str, Any], making: Making) -> None:
    for name, choices in _CHOICES.items():
        known = getattr(making, choices)
        if known and name in fields and fields[name] not in known:
            raise Refused("1214", name)
    if not isinstance(fields.get("with_audio", False), bool):
        raise Refused("1214", "with_audio")


def _check_images(fields: Mapping[str, Any], making: Making, text: str) -> None:
    told = fields.get("image_url", [])
    images = [told] if isinstance(told, str) else told
    if not isinstance(images, list) or not all(isinstance(each, str) and each for each in images):
        raise Refused("1214", "image_url")
    if not making.least_images <= len(images) <= making.most_images:
        raise Refused("1214", f"image_url: {making.least_images} to {making.most_images}")
    if not text.strip() and (making.needs_prompt or not images):
        raise Refused("1213", "prompt")


def _size(fields: Mapping[str, Any], making: Making, kind: str) -> tuple[int, int]:
    default = making.sizes[0] if making.sizes else _DEFAULT[kind]
    found = _SIZE.fullmatch(_text(fields, "size", 20) or default)
    if found is None:
        raise Refused("1214", "size")
    size = int(found[1]), int(found[2])
    is_listed = not making.sizes or found[0] in making.sizes
    if not is_listed and not (making.free_size and making.free_size.fits(*size)):
        raise Refused("1214", "size")
    return size


def _text(fields: Mapping[str, Any], name: str, most: int) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise Refused("1214", name)
    return value
