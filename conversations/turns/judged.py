"""GLM's judgements on requests beside a reply, for a title or a summary: about the messages such a request was made of.

GLM does not say which of them it means. Of a few each is put before a person; of many the last one, with all that led
to it as evidence, and nothing is withdrawn. What a person has released stays.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from conversations import broadcast, evidence, moderation
from conversations.glm import GlmError, Reply
from conversations.models import Conversation, UpstreamCall, Visibility
from conversations.moderation import Concern

from .outcome import of_error, of_reply


def of_answer(answer: Reply | GlmError) -> tuple[Concern, ...]:
    """What GLM judged, on whichever side."""
    return (of_error(answer) if isinstance(answer, GlmError) else of_reply(answer)).concerns


FEW = 2


def flag(conversation_id: int, message_ids: Collection[int], concerns: Sequence[Concern], call_id: int) -> None:
    """Open or join cases about the messages that anybody still sees."""
    if not concerns:
        return
    with evidence.recording():
        conversation = Conversation.objects.select_related("owner").filter(pk=conversation_id).first()
        call = UpstreamCall.objects.get(pk=call_id)
        if conversation is None:
            return
        conversation.next_revision()
        named = [replace(each, call_code=call.code, detail={**each.detail, "call": call.kind}) for each in concerns]
        shown = conversation.messages.filter(pk__in=message_ids, visibility=Visibility.SHOWN, released_at=None)
        are_few = len(message_ids) <= FEW
        for message in shown.order_by("-pk")[: FEW if are_few else 1]:
            message.conversation = conversation
            moderation.open_case(message, named, withdraw=are_few)
        broadcast.conversation_moved(conversation)
