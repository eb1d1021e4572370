"""What a person does with the pictures in the box of a conversation: every page that shows the box draws it anew."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from conversations import broadcast, pictures
from conversations.models import Conversation, Picture, TrayPicture, User

from .prepare import prepare


@contextmanager
def changing(person: User, code: uuid.UUID, model_name: str) -> Iterator[None]:
    """Change the box of a conversation; an error undoes what was done. A page that nobody has asked on gets its row
    now, so that the others that show it have a revision to follow. Raises Missing for anybody else's."""
    with transaction.atomic():
        conversation = prepare(person, code, model_name)
        conversation.next_revision()
        yield
        broadcast.conversation_moved(conversation)


def forget(picture: Picture) -> None:
    """Delete a picture of a person wherever it is used. It leaves every box at once, also where a case keeps it."""
    with transaction.atomic():
        places = TrayPicture.objects.filter(picture=picture)
        codes = list(places.values_list("conversation_code", flat=True))
        # The revision is the lock: it is raised before anything of the box is changed.
        for conversation in Conversation.objects.filter(code__in=codes, deleted_at=None).order_by("pk"):
            conversation.next_revision()
            broadcast.conversation_moved(conversation)
        places.delete()
    pictures.forget(picture)
