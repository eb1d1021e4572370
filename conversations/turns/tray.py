"""What a person does with the pictures in the box of a conversation: every page that shows the box draws it anew."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from conversations import broadcast
from conversations.models import User

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
