"""Conversations that an administrator deletes: out of sight at once, gone for good as soon as nobody writes in them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from conversations import broadcast, clock, evidence, moderation, notices, sweeping
from conversations.models import (
    AuditEntry,
    Conversation,
    Draft,
    Job,
    NextMessage,
    NoticeKind,
    TrayPicture,
    Turn,
    TurnState,
    User,
)
from conversations.models.kept import kept

from .record import seal_deletion

AT_ONCE = 20
EMPTY: dict[str, Any] = {
    "title": "",
    "title_is_own": False,
    "leaf": None,
    "has_next": False,
    "system_prompt": "",
    "preset_name": "",
    "preset_code": None,
    "starters": [],
    "parameters": {},
    "tools": {},
    "character": {},
    "face": None,
}


def delete_conversation(code: uuid.UUID, actor: User, reason: str) -> bool:
    """Delete a conversation for good; False when that was done already. Its address says so to its person."""
    with evidence.recording():
        conversation = Conversation.objects.select_related("owner").filter(code=code, purge_at=None).first()
        if conversation is None:
            return False
        conversation.next_revision()
        if not Conversation.objects.filter(pk=conversation.pk, purge_at=None).exists():
            return False  # somebody else was first, and this one has waited for them
        owner = conversation.owner
        _mark(Conversation.objects.filter(pk=conversation.pk), owner)
        seal_deletion({"conversation_code": code}, actor, reason, "conversation")
        AuditEntry.write(actor, "conversation.deleted", code, reason=reason, before={"owner": str(owner.code)})
        notices.tell(owner, NoticeKind.CONVERSATION_DELETED, conversation=str(code), reason=reason)
        broadcast.conversation_moved(conversation)
    return True


def delete_all_of(person: User, actor: User, reason: str) -> int:
    """The same of all that somebody has, with their account; how many those are. The caller keeps the record."""
    with evidence.recording():
        count = _mark(person.conversations.filter(purge_at=None), person)
        seal_deletion({"person_code": person.code}, actor, reason, "account")
    return count


def purge_due() -> int:
    """Delete for good what is due and where nobody writes; a bounded number, how many those were."""
    return sweeping.count(_purge, kept(_due, clock.now()))


def _due(now: dt.datetime) -> QuerySet[Conversation]:
    live = Turn.objects.live().filter(conversation=OuterRef("pk"))
    due = Conversation.objects.filter(~Exists(live), purge_at__lte=now, purged_at=None)
    return due.order_by("purge_at")[:AT_ONCE]


def _mark(rows: QuerySet[Conversation], owner: User) -> int:
    """Out of sight, and to be purged; what is being written is asked to stop, what waits for its turn has none."""
    now = clock.now()
    turns = Turn.objects.filter(conversation__in=rows)
    running = turns.running().filter(stop_asked_at=None)
    running.update(stop_asked_at=now)  # first: from here on none of them begins to wait for its person
    waiting = turns.filter(state__in=(TurnState.QUEUED, TurnState.WAITING, TurnState.DELEGATED))
    for turn in waiting.select_related("conversation__owner", "question", "reply"):
        if turn.move(TurnState.STOPPED, ended_at=now):
            moderation.open_pending_cases(turn)
    for job in Job.objects.open().filter(conversation__in=rows):
        job.cancel(now)
    running.update(stop_asked_at=now)  # what was taken meanwhile
    listed = owner.next_revision()
    count = rows.update(deleted_at=Coalesce("deleted_at", now), purge_at=now, listed_revision=listed)
    broadcast.list_moved(owner, listed)
    return count


def _purge(conversation: Conversation) -> bool:
    """The row stays, empty: its code must not name another conversation, and its address has something to say."""
    with transaction.atomic():
        conversation.next_revision()
        mine = Conversation.objects.filter(pk=conversation.pk, purged_at=None)
        if not mine.update(purged_at=clock.now(), **EMPTY):
            return False
        NextMessage.objects.filter(conversation=conversation).delete()
        Draft.objects.of_conversation(conversation.code).delete()
        TrayPicture.objects.filter(conversation_code=conversation.code).delete()
        conversation.turns.all().delete()
        conversation.messages.all().delete()
    return True
