"""The pictures of a request, read from the storage just before it is made: nothing holds them longer than that."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from conversations import pictures
from conversations.db import in_pool
from conversations.glm import ChatMessage, ChatRequest, Image

from .prompt import not_seen

Data = Mapping[uuid.UUID, tuple[str, bytes]]


async def with_pictures(request: ChatRequest, owner: uuid.UUID) -> ChatRequest:
    """The request with the bytes of its pictures; where one is gone, words say so. Asks nothing where there is none."""
    names = [uuid.UUID(image.name) for message in request.messages for image in message.images]
    if not names:
        return request
    return filled(request, await in_pool("media", partial(pictures.data_of, owner, names)))


def filled(request: ChatRequest, data: Data) -> ChatRequest:
    """The request with the pictures in `data`."""
    return replace(request, messages=tuple(_filled(message, data) for message in request.messages))


def _filled(message: ChatMessage, data: Data) -> ChatMessage:
    images = [_with_data(image, data) for image in message.images]
    found, gone = [image for image in images if image.data], [image for image in images if not image.data]
    content = "\n\n".join(filter(None, (not_seen(message.content, gone), message.content))) if gone else message.content
    return replace(message, content=content, images=tuple(found))


def _with_data(image: Image, data: Data) -> Image:
    media_type, content = data.get(uuid.UUID(image.name), ("", b""))
    return replace(image, media_type=media_type, data=content)
