"""A person's conversation, fetched and authorized in one step."""

from __future__ import annotations

import uuid

from conversations.models import Conversation, User

from .errors import Missing


def owned(person: User, code: uuid.UUID) -> Conversation:
    """A person's conversation, or Missing: strangers and the deleted look the same."""
    try:
        conversation = Conversation.objects.of(person).select_related("context_count").get(code=code)
    except Conversation.DoesNotExist:
        raise Missing from None
    conversation.owner = person  # whom nobody needs to look up once more
    return conversation


def locked(person: User, code: uuid.UUID) -> Conversation:
    """The same inside the caller's transaction, kept from other writers, with the next revision."""
    conversation = owned(person, code)
    conversation.next_revision()
    return conversation
