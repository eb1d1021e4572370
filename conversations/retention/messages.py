"""A message that an administrator deletes: its text and all that holds its words."""

from __future__ import annotations

import uuid

from conversations import broadcast, clock, evidence, moderation, notices
from conversations.models import AuditEntry, Conversation, Message, NoticeKind, User

from .record import seal_deletion


class BeingWritten(Exception):
    """The reply is still being written: it has to be stopped first."""


def delete_message(code: uuid.UUID, actor: User, reason: str) -> bool:
    """Delete the text of a message for good, with what continues it and what its reader made of it.

    False when there is no such text any more. Its place stays and says so; cases about it stay, and can be decided from
    what was sealed. Raises BeingWritten.
    """
    with evidence.recording():
        conversation = _locked(code)
        message = conversation.messages.filter(code=code).first() if conversation else None
        if conversation is None or message is None or message.purged_at is not None:
            return False
        belonging = _belonging(conversation, message)
        if any(each.is_open for each in belonging):
            raise BeingWritten
        for each in belonging:
            each.conversation = conversation
            _empty(each)
        seal_deletion({"message_code__in": [each.code for each in belonging]}, actor, reason, "message")
        _tell(conversation, message, actor, reason, [each.code for each in belonging])
    return True


def _locked(code: uuid.UUID) -> Conversation | None:
    """The conversation of a message, kept from other writers, with the next revision."""
    conversation = Conversation.objects.select_related("owner").filter(messages__code=code).first()
    if conversation is not None:
        conversation.next_revision()
    return conversation


def _belonging(conversation: Conversation, message: Message) -> list[Message]:
    """The message, the pieces that are shown as one text with it, and what was made of them by hand."""
    while message.continues and message.parent is not None:
        message = message.parent
    pieces = [message]
    for piece in pieces:
        pieces += piece.children.filter(continues=True)
    versions = conversation.messages.filter(edited_from__in=[piece.code for piece in pieces])
    known = {piece.pk for piece in pieces}
    return [*pieces, *(version for version in versions if version.pk not in known)]


def _empty(message: Message) -> None:
    moderation.remove_text(message)
    now, revision = clock.now(), message.conversation.revision
    gone = {"parts": (), "html": None, "renderer_version": None, "purged_at": now, "revision": revision}
    Message.objects.filter(pk=message.pk).update(**gone)


def _tell(conversation: Conversation, message: Message, actor: User, reason: str, codes: list[uuid.UUID]) -> None:
    AuditEntry.write(actor, "message.deleted", message.code, reason=reason, before={"messages": list(map(str, codes))})
    facts = {"conversation": str(conversation.code), "message": str(message.code), "reason": reason}
    notices.tell(conversation.owner, NoticeKind.MESSAGE_DELETED, **facts)
    broadcast.conversation_moved(conversation)
