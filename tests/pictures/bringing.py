"""Pictures brought and sent by the functions that the site itself uses."""

from __future__ import annotations

import uuid
from io import BytesIO
from typing import Any

from django.core.files.storage import Storage

from conversations import pictures
from conversations.models import Conversation, Picture, TrayPicture, Turn, User
from conversations.turns import start
from tests.imaging.files import picture as drawn
from tests.imaging.files import saved
from tests.people import MODEL, order


def png(colour: Any = "red", size: int = 20) -> bytes:
    return saved(drawn(size, size, colour=colour), "PNG")


def brought(somebody: User, data: bytes | None = None, name: str = "one.png") -> Picture:
    data = png() if data is None else data
    return pictures.keep(somebody, BytesIO(data), len(data), name)


def in_box(somebody: User, code: uuid.UUID, colour: Any = "red") -> TrayPicture:
    return pictures.add(somebody, code, brought(somebody, png(colour)))


def asked_about(
    somebody: User,
    *colours: Any,
    text: str = "What is this?",
    conversation: Conversation | None = None,
    model_name: str = MODEL,
) -> Turn:
    """A queued turn whose question has pictures."""
    code = conversation.code if conversation else uuid.uuid4()
    tray = [in_box(somebody, code, colour).code for colour in colours or ("red",)]
    return start.send(order(somebody, model_name=model_name), code, text, tray)


def files(storage: Storage, folder: str = "pictures") -> list[str]:
    """All that lies in the storage."""
    if not storage.exists(folder):
        return []
    folders, names = storage.listdir(folder)
    deeper = [name for each in folders for name in files(storage, f"{folder}/{each}")]
    return [*(f"{folder}/{name}" for name in names), *deeper]
