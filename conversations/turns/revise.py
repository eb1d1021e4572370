"""A person's own version of a reply: an alternative beside it, so that nothing that was written is lost."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import IntegrityError

from conversations import broadcast, clock, evidence, moderation, present, standing, texts
from conversations.glm import tokens
from conversations.markdown import RENDERER_VERSION
from conversations.models import Conversation, Message, Role, User, text_part
from conversations.models.prepared import insert, update

from . import screen
from .access import owned
from .errors import Busy, Missing, Unfit


def revise(person: User, code: uuid.UUID, reply_code: uuid.UUID, new_code: uuid.UUID, text: str) -> Message:
    """Store `text` as an alternative of a reply, under the code that its form was given, and show it.

    The same form sent twice is one alternative. What followed the reply stays with it.
    """
    parts = text_part(text)
    rendered = {"html": present.render_parts(parts), "token_count": tokens.estimated(text)}
    try:
        with evidence.recording():
            return _revise(person, code, reply_code, code=new_code, parts=parts, **rendered)
    except IntegrityError:
        made = Message.objects.filter(code=new_code, conversation__code=code, conversation__owner=person).first()
        if made is None:
            raise Unfit from None
        return made


def _revise(person: User, conversation_code: uuid.UUID, reply_code: uuid.UUID, **written: Any) -> Message:
    conversation = owned(person, conversation_code)
    conversation.next_revision()
    reply = _first_of(find(conversation, reply_code))
    if conversation.turns.live().exists():
        raise Busy
    revised = insert(_alternative(conversation, reply, written))
    _show(conversation, revised)
    # Its words go into prompts as a question's do.
    if concerns := screen.of_parts(revised.parts, standing.current().questions):
        revised.conversation = conversation
        moderation.open_case(revised, concerns)
    return revised


def find(conversation: Conversation, code: uuid.UUID) -> Message:
    """The reply of that code. Raises Missing, and Unfit when it has no text that may be written anew."""
    reply = conversation.messages.filter(code=code, role=Role.ASSISTANT).select_related("parent").first()
    if reply is None:
        raise Missing
    if reply.is_open or not texts.markdown_of(conversation, reply).strip():
        raise Unfit
    return reply


def _first_of(reply: Message) -> Message:
    """The reply itself, or what it continues."""
    while reply.continues and reply.parent is not None:
        reply = reply.parent
    return reply


def _alternative(conversation: Conversation, reply: Message, written: dict[str, Any]) -> Message:
    now = clock.now()
    siblings = conversation.messages.filter(parent=reply.parent).order_by("-position")
    return Message(
        conversation=conversation,
        parent=reply.parent,
        depth=reply.depth,
        position=siblings.values_list("position", flat=True)[0] + 1,
        role=Role.ASSISTANT,
        edited_from=reply.edited_from or reply.code,
        revision=conversation.revision,
        born=conversation.revision,
        renderer_version=RENDERER_VERSION,
        created_at=now,
        sealed_at=now,
        **written,
    )


def _show(conversation: Conversation, leaf: Message) -> None:
    listed = User.raise_revision(conversation.owner_id)
    changes = {"leaf": leaf, "path_revision": conversation.revision, "active_at": clock.now()}
    update(Conversation, {"pk": conversation.pk}, listed_revision=listed, **changes)
    broadcast.conversation_moved(conversation)
    broadcast.list_moved(conversation.owner, listed)
