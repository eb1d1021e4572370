"""Orders for images and videos, and what GLM says of those that are done. Pure.

https://docs.bigmodel.cn/api-reference: an image is answered at once, a video by a task. Fields of a task that have no
value yet are null, and the `id` of a finished one was recorded as null too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import errors
from .errors import ProtocolError
from .later import Task, TaskState
from .lenient import filter_levels_of, mappings_of, name_of, parse_object, text_of
from .quirks import scrub
from .results import FilterLevel

IMAGES, VIDEOS = "images/generations", "videos/generations"
PARAMETERS = frozenset(
    {"size", "quality", "with_audio", "fps", "duration", "style", "aspect_ratio", "movement_amplitude"}
)


@dataclass(frozen=True, slots=True)
class Order:
    """`images` are addresses or data URIs. More than one go as a list, one does so with `lists_images`.

    Raises ValueError for a parameter that GLM does not know.
    """

    model: str
    prompt: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    images: Sequence[str] = field(default=(), repr=False)
    lists_images: bool = False
    request_id: str = ""
    user_id: str = ""

    def __post_init__(self) -> None:
        if unknown := self.parameters.keys() - PARAMETERS:
            raise ValueError(f"GLM has no parameter {', '.join(sorted(unknown))}")

    def body(self) -> dict[str, Any]:
        """The JSON object of the request, without what was left unset."""
        told = {"prompt": self.prompt, "image_url": self._images(), **self.parameters}
        told |= {"request_id": self.request_id, "user_id": self.user_id}
        return {"model": self.model} | {name: value for name, value in told.items() if value not in ("", None)}

    def encoded(self) -> bytes:
        """`body` as UTF-8."""
        return scrub(json.dumps(self.body(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))).encode()

    def _images(self) -> str | list[str] | None:
        if not self.images:
            return None
        return list(self.images) if len(self.images) > 1 or self.lists_images else self.images[0]


@dataclass(frozen=True, slots=True)
class Made:
    """Where a finished image or video lies for a while; `cover` is a picture of a video, "" where GLM names none."""

    url: str
    cover: str = ""


def made(value: Mapping[str, Any]) -> tuple[Made, ...]:
    """What an answer says was made; empty while there is nothing."""
    told = (each for name in ("video_result", "image_result", "data") for each in mappings_of(value.get(name)))
    return tuple(Made(url, text_of(each.get("cover_image_url"))) for each in told if (url := text_of(each.get("url"))))


def levels(value: Mapping[str, Any]) -> tuple[FilterLevel, ...]:
    """GLM's own judgement of what it made."""
    return filter_levels_of(value)


def answered(body: str, status: int) -> Task:
    """An answer that is the result itself, as a task that is done. Raises AnswerError where GLM says no, ProtocolError
    for what is neither an error nor a result."""
    value = parse_object(body)
    if value is not None and errors.error_in(value):
        raise errors.from_value(value, body, status)
    if value is None or not ("data" in value or "image_result" in value):
        raise ProtocolError("the answer tells of no image", http_status=status, raw=body)
    return Task(name_of(value.get("id")), TaskState.SUCCESS, name_of(value.get("model")), value, http_status=status)
