"""Flags, and what people decide about them.

Everything fails closed: a flagged text is out of sight in the transaction that records the flag, and comes back only
by a person's verdict.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from conversations import broadcast, clock, present
from conversations.models import (
    CaseState,
    Conversation,
    Flag,
    Message,
    ReviewCase,
    ReviewEvent,
    Role,
    User,
    Visibility,
)


@dataclass(frozen=True, slots=True)
class Concern:
    """One reason to look, before it is a row: see Flag."""

    source: str
    role: str = ""
    level: int | None = None
    call_code: uuid.UUID | None = None


def open_case(message: Message, concerns: Sequence[Concern], *, withdraw: bool = True) -> ReviewCase:
    """Withdraw a message and ask for a person, inside the caller's transaction.

    A question is blocked, a reply is held; with `withdraw` false the message has no text to take back. A second flag
    joins the case that is there, and opens it again if it was decided: a released question may be refused anew. The
    caller has raised the conversation's revision and announces it.
    """
    person = message.conversation.owner
    case, is_new = ReviewCase.objects.get_or_create(
        message_code=message.code,
        defaults={
            "conversation_code": message.conversation.code,
            "person_code": person.code,
            "opened_at": clock.now(),
        },
    )
    if is_new:
        _record(case, None, "", CaseState.OPEN)
    elif case.state in (CaseState.RELEASED, CaseState.UPHELD):
        _step(case, None, CaseState.OPEN, "flagged again", claimed_by=None, decided_at=None)
    Flag.objects.bulk_create(_flag(case, concern) for concern in concerns)
    if withdraw:
        _withdraw(message)
    return case


def release(case: ReviewCase, actor: User, reason: str) -> bool:
    """Give the text back to its author; False when somebody else decided first."""
    return _decide(case, actor, reason, CaseState.RELEASED, Visibility.SHOWN)


def uphold(case: ReviewCase, actor: User, reason: str) -> bool:
    """The text stays withdrawn for good; False when somebody else decided first."""
    return _decide(case, actor, reason, CaseState.UPHELD, Visibility.REMOVED)


def text_for_review(case: ReviewCase) -> str:
    """All that was withdrawn, reasoning too: a release gives it all back. The caller has recorded who looks and why."""
    message = Message.objects.filter(code=case.message_code).first()
    return "\n\n".join(part.text for part in message.parts) if message else ""


def _flag(case: ReviewCase, concern: Concern) -> Flag:
    return Flag(
        case=case,
        source=concern.source,
        role=concern.role,
        level=concern.level,
        call_code=concern.call_code,
        raised_at=clock.now(),
    )


def _withdraw(message: Message) -> None:
    if message.visibility == Visibility.SHOWN:
        to = Visibility.BLOCKED if message.role == "user" else Visibility.HELD
        revision = message.conversation.revision
        message.move(to, field="visibility", html=None, renderer_version=None, revision=revision)
        _retitle(message.conversation, message, present.title_of(present.joined_text(message.parts)), "")


def _retitle(conversation: Conversation, question: Message, before: str, after: str) -> None:
    """The words of a question leave the title with it, and come back with it; a person's own title stays."""
    if question.role == Role.USER and conversation.title == before and not conversation.title_is_own:
        listed = User.raise_revision(conversation.owner_id)
        unchanged = Conversation.objects.filter(pk=conversation.pk, title=before, title_is_own=False)
        unchanged.update(title=after, listed_revision=listed)
        conversation.title = after
        broadcast.list_moved(conversation.owner, listed)


def _decide(case: ReviewCase, actor: User, reason: str, verdict: CaseState, visibility: Visibility) -> bool:
    with transaction.atomic():
        if case.state == CaseState.OPEN and not _step(case, actor, CaseState.CLAIMED, "", claimed_by=actor.code):
            return False
        if not _step(case, actor, verdict, reason, decided_at=clock.now()):
            return False
        _show(case, visibility)
    return True


def _step(case: ReviewCase, actor: User | None, to: CaseState, reason: str, **changes: Any) -> bool:
    before = case.state
    moved = case.move(to, **changes)
    if moved:
        _record(case, actor, before, to, reason)
    return moved


def _show(case: ReviewCase, visibility: Visibility) -> None:
    conversation = Conversation.objects.filter(code=case.conversation_code).select_related("owner").first()
    if conversation is None:
        return
    conversation.next_revision()
    message = conversation.messages.filter(code=case.message_code).first()
    # A case about the history alone has withdrawn nothing, and so has nothing to give back.
    if message and message.visibility in (Visibility.HELD, Visibility.BLOCKED):
        # A blocked question may have been rendered for its author.
        gone = {"html": None, "renderer_version": None} if visibility == Visibility.REMOVED else {}
        message.move(visibility, field="visibility", revision=conversation.revision, **gone)
        if visibility == Visibility.SHOWN and message.parent_id is None:
            _retitle(conversation, message, "", present.title_of(present.joined_text(message.parts)))
    broadcast.conversation_moved(conversation)


def _record(case: ReviewCase, actor: User | None, before: str, after: str, reason: str = "") -> None:
    ReviewEvent.objects.create(
        case=case,
        actor_code=actor.code if actor else None,
        before=before,
        after=after,
        reason=reason,
        at=clock.now(),
    )
