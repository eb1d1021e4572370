"""Flags that people raise: about what they were answered, or as staff."""

from __future__ import annotations

from django.db import IntegrityError

from conversations import broadcast, evidence
from conversations.models import FlagSource, Message, ReasonUse, Role, User, Visibility

from .cases import open_case
from .concern import Concern
from .errors import NotAReviewer
from .reasons import must_be_offered
from .reviewers import may_review

LONGEST = 2000


def report(message: Message, person: User, reason_code: str, words: str = "") -> bool:
    """Somebody objects to a reply that they see; False when they did so before: one report a person and message."""
    must_be_offered(reason_code, ReasonUse.REPORT)
    if message.role != Role.ASSISTANT or message.visibility != Visibility.SHOWN or message.is_open:
        return False
    detail = {"reason_code": reason_code}
    return _raise(message, Concern(FlagSource.REPORT, message.role, detail=detail, words=words, raised_by=person.code))


def raise_flag(message: Message, actor: User, words: str, level: int | None = None) -> bool:
    """A reviewer wants somebody to look at a message, whatever filters say."""
    if not may_review(actor):
        raise NotAReviewer
    return _raise(message, Concern(FlagSource.STAFF, message.role, level, words=words, raised_by=actor.code))


def _raise(message: Message, concern: Concern) -> bool:
    try:
        with evidence.recording():
            message.conversation.next_revision()
            open_case(message, [concern])
            broadcast.conversation_moved(message.conversation)
    except IntegrityError:
        return False
    return True
