"""Taking a text out of sight, and giving it back."""

from __future__ import annotations

import re
import uuid
from typing import Any

from conversations import broadcast, clock, notices, present
from conversations.markdown import RENDERER_VERSION, plain
from conversations.models import (
    HISTORY,
    HISTORY_OVER,
    ContextEnd,
    Conversation,
    Draft,
    Message,
    NextMessage,
    ReviewCase,
    Role,
    Summary,
    SummaryState,
    Turn,
    TurnState,
    User,
    Visibility,
    text_part,
)

UNRENDERED: dict[str, Any] = {"html": None, "renderer_version": None}


def withdraw(message: Message) -> None:
    """Hold a reply, block a question: gone from pages, titles, copies, prompts, and from drafts that quote it."""
    if message.visibility == Visibility.SHOWN:
        to = Visibility.BLOCKED if message.role == Role.USER else Visibility.HELD
        _move(message, to, is_marked=False, released_at=None)
        _move_versions(message, Visibility.SHOWN, Visibility.HELD)
        _retitle(message.conversation, title_is_wanted=True)
        _forget_quotes(message)
        _forget_summaries(message)


def mark(message: Message) -> None:
    """Leave the text where it is, with a notice."""
    _change(message, is_marked=True)


def give_back(message: Message, reason_code: str) -> None:
    """Show what was withdrawn, and lift what stood in the way of the conversation."""
    facts: dict[str, Any] = {"is_marked": False, "released_at": clock.now(), "reason_code": reason_code}
    if message.visibility in (Visibility.HELD, Visibility.BLOCKED):
        _move(message, Visibility.SHOWN, **facts)
        _move_versions(message, Visibility.HELD, Visibility.SHOWN)
        if message.conversation.title_is_wanted:
            _retitle(message.conversation)
    else:
        _change(message, **facts)
    Turn.objects.filter(reply=message, trouble=HISTORY).update(trouble=HISTORY_OVER)
    # Replies that its question did not get can be asked for now, and say so.
    Message.objects.filter(turn__question=message, turn__state=TurnState.FILTERED).update(
        revision=message.conversation.revision
    )


def remove(message: Message, reason_code: str = "") -> None:
    """Out of sight for good, also for the author of a blocked question. A case about the history alone has no text."""
    if any(part.text or part.kind == "image" for part in message.parts):
        withdraw(message)
    facts: dict[str, Any] = {"is_marked": False, "released_at": None, "reason_code": reason_code}
    if message.visibility in (Visibility.HELD, Visibility.BLOCKED):
        _move(message, Visibility.REMOVED, **facts)
        _move_versions(message, Visibility.HELD, Visibility.REMOVED)
    else:
        _change(message, **facts)


def take_back(message: Message) -> None:
    """A decided case is open again: the text is withheld until the next verdict."""
    if message.visibility == Visibility.REMOVED:
        _move(message, Visibility.HELD, reason_code="")
        _move_versions(message, Visibility.REMOVED, Visibility.HELD)
    else:
        withdraw(message)
        _change(message, reason_code="")


def message_of(case: ReviewCase) -> Message | None:
    """The message of a case with its conversation, whose revision is raised and which is locked by that; None when it,
    or its text, was deleted for good."""
    rows = Conversation.objects.select_related("owner")
    conversation = rows.filter(code=case.conversation_code).first()
    if conversation is None:
        return None
    conversation.next_revision()
    message = conversation.messages.filter(code=case.message_code, purged_at=None).first()
    if message is not None:
        message.conversation = conversation
    return message


def _move(message: Message, to: Visibility, **facts: Any) -> None:
    message.move(to, field="visibility", revision=message.conversation.revision, **UNRENDERED, **facts)


def _move_versions(message: Message, seen: Visibility, to: Visibility) -> None:
    """What its reader made of a reply holds its words: it goes and comes with it, unless it has a case of its own."""
    original = message
    while original.continues and original.parent is not None:
        original = original.parent
    rows = message.conversation.messages.filter(edited_from=original.code, visibility=seen)
    for version in rows.exclude(code__in=ReviewCase.objects.values("message_code")):
        version.conversation = message.conversation
        _move(version, to)


def _change(message: Message, **facts: Any) -> None:
    facts["revision"] = message.conversation.revision
    Message.objects.filter(pk=message.pk).update(**facts)
    for name, value in facts.items():
        setattr(message, name, value)


def _retitle(conversation: Conversation, **changes: Any) -> None:
    """Back to the first words of what is shown: a title may have been made of any message. A person's own stays."""
    words = _first_words(conversation)
    rows = Conversation.objects.filter(pk=conversation.pk, title_is_own=False).exclude(title=words, **changes)
    if rows.exists():
        listed = User.raise_revision(conversation.owner_id)
        rows.update(title=words, listed_revision=listed, **changes)
        notices.draw_anew(conversation, listed)
        broadcast.list_moved(conversation.owner, listed)


def _first_words(conversation: Conversation) -> str:
    asked = (
        node.id for node in conversation.tree().path if node.role == Role.USER and present.may_be_sent(node.visibility)
    )
    first = next(asked, None)
    question = Message.objects.get(pk=first) if first else None
    return present.title_of(present.prompt_text(question)) if question else ""


def _forget_quotes(message: Message) -> None:
    """Lines that quote the message leave the drafts of its reader, and the message that waits to be sent there."""
    text = _told(message)
    now = int(clock.now().timestamp() * 1_000_000)
    for draft in Draft.objects.filter(person=message.conversation.owner_id, text__contains=">"):
        if (kept := _without_quotes(draft.text, text)) != draft.text:
            # A newer version by nobody's form: open pages keep what they show and ask before they write over it.
            newer = {"version": max(now, draft.version + 1), "writer": uuid.uuid4(), "seq": 1}
            Draft.objects.filter(pk=draft.pk).update(text=kept, **newer)
    waiting = NextMessage.objects.filter(conversation=message.conversation).first()
    if waiting is not None and (kept := _without_quotes(waiting.text, text)) != waiting.text:
        _change_next(waiting, kept)


def _forget_summaries(message: Message) -> None:
    """What a model made of the message, or of a summary of it, goes with it; the latest, which held all that the others
    did, is made anew from what is left."""
    conversation = message.conversation
    done = list(Summary.objects.filter(conversation=conversation, state=SummaryState.DONE).order_by("pk"))
    tree = conversation.tree() if done else None
    hurt = [each for each in done if tree and any(node.id == message.pk for node in tree.path_to(each.message_id))]
    ids = [each.message_id for each in hurt]
    Message.objects.filter(pk__in=ids, context_end=ContextEnd.SUMMARY).update(context_end="")
    Message.objects.filter(pk__in=ids).update(revision=conversation.revision)
    Summary.objects.filter(pk__in=[each.pk for each in hurt[:-1]]).delete()
    for latest in hurt[-1:]:
        if Summary.objects.filter(conversation=conversation).unmade().exists():
            Summary.objects.filter(pk=latest.pk).delete()
        else:
            latest.move(SummaryState.WANTED, text="", token_count=None, attempt=0, turn_code=None)


def _change_next(waiting: NextMessage, text: str) -> None:
    if text.strip():
        html = present.render_parts(text_part(text))
        NextMessage.objects.filter(pk=waiting.pk).update(text=text, html=html, renderer_version=RENDERER_VERSION)
    else:
        NextMessage.objects.filter(pk=waiting.pk).delete()
        Conversation.objects.filter(pk=waiting.conversation_id).update(has_next=False)


def _told(message: Message) -> str:
    """The letters of a text, as it was written and as it was read: a selection that is quoted has no markup."""
    written = "\n".join(part.text for part in message.parts)
    return f"{_letters(written)}\n{_letters(plain(written))}"


def _without_quotes(draft: str, withdrawn: str) -> str:
    lines = draft.split("\n")
    return "\n".join(line for line in lines if not _quotes(line, withdrawn))


def _quotes(line: str, withdrawn: str) -> bool:
    quoted = _letters(line)
    return line.lstrip().startswith(">") and bool(quoted) and quoted in withdrawn


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text)
