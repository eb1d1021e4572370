"""Drafts: what a person has typed in a conversation, kept for all their pages until it is sent."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction

from conversations import clock
from conversations.models import Conversation, Draft, NextMessage, Turn, User

from .errors import CommandError, Missing

# An emptied draft still knows the last of its saves, so that none overtakes the emptying. None takes an hour.
EMPTY_FOR = 3_600_000_000  # microseconds
FORGET = (
    "DELETE FROM conversations_draft WHERE person_id = %s AND conversation_id = %s AND (version = %s OR writer = %s)"
)
_CODE = Draft.writer.field


class Overtaken(CommandError):
    """Somebody has written in this conversation elsewhere since the page saw the draft: both texts stay."""

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft


@dataclass(frozen=True, slots=True)
class Typed:
    """The text of a form as it is saved: the version that its page knew (0: none), the form's own key, and which of
    its saves this is."""

    text: str
    version: int
    writer: uuid.UUID
    seq: int = 1


def find(person: User, code: uuid.UUID) -> Draft | None:
    return Draft.objects.of(person).of_conversation(code).first()


def unbegun(person: User) -> Draft | None:
    """The newest draft of a page whose conversation nobody has begun."""
    return Draft.objects.of(person).unbegun().exclude(text="").first()


def save(person: User, code: uuid.UUID, typed: Typed) -> int:
    """Keep a text and say its version; 0 when there is nothing to keep.

    Raises Missing for strangers, and Overtaken rather than to write over what was typed elsewhere meanwhile.
    """
    try:
        return _save(person, code, typed)
    except IntegrityError:  # the first save of two pages at once: now there is a row to compare with
        return _save(person, code, typed)


def forget(person: User, code: uuid.UUID, version: int, writer: uuid.UUID | None) -> None:
    """Drop the draft that was sent, inside the transaction that sends it: the version that its page knew, or whatever
    its own form has saved since. What was typed elsewhere stays."""
    # One statement, built by hand: it stands before the first word of the reply.
    written = [_CODE.get_db_prep_value(each, connection) for each in (code, writer)]
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [person.pk, written[0], version, written[1]])


def put_first(person: User, code: uuid.UUID, text: str, typed: Typed) -> Draft:
    """Make `text` the beginning of the draft, before what is in the box and before what was typed elsewhere."""
    draft = _locked(person, code)
    elsewhere = draft.text if draft is not None and _is_newer(draft, typed) else ""
    joined = "\n\n".join(filter(None, (text, elsewhere, typed.text)))
    values = {"text": joined, "version": _next_version(draft), "writer": uuid.uuid4(), "seq": 1}
    if draft is None:
        return Draft.objects.create(person=person, conversation_id=code, **values)
    Draft.objects.filter(pk=draft.pk).update(**values)
    return Draft(pk=draft.pk, person=person, conversation_id=code, **values)


def _save(person: User, code: uuid.UUID, typed: Typed) -> int:
    with transaction.atomic():
        check_access(person, code)
        if _is_sent(person, typed.writer):
            return 0
        draft = _locked(person, code)
        if draft is None:
            return _keep_first(person, code, typed) if typed.text else 0
        if draft.writer == typed.writer and draft.seq >= typed.seq:
            return draft.version
        if _is_newer(draft, typed):
            raise Overtaken(draft)
        return _write(draft, typed)


def check_access(person: User, code: uuid.UUID) -> None:
    """Raises Missing unless the conversation is the person's, or nobody's yet."""
    row = Conversation.objects.filter(code=code).values_list("owner_id", "deleted_at").first()
    if row is not None and row != (person.pk, None):
        raise Missing


def _is_sent(person: User, writer: uuid.UUID) -> bool:
    """Whether the message of that form has gone: then a save that comes late must not bring its text back."""
    waiting = NextMessage.objects.filter(client_key=writer, conversation__owner=person)
    return Turn.objects.filter(person=person, client_key=writer).exists() or waiting.exists()


def _locked(person: User, code: uuid.UUID) -> Draft | None:
    return Draft.objects.select_for_update().filter(person=person).of_conversation(code).first()


def _is_newer(draft: Draft, typed: Typed) -> bool:
    """Whether somebody else has typed something since the page of `typed` saw the draft."""
    is_known = draft.version == typed.version or draft.writer == typed.writer
    return not is_known and draft.text not in ("", typed.text)


def _keep_first(person: User, code: uuid.UUID, typed: Typed) -> int:
    version = _next_version(None)
    Draft.objects.filter(person=person, text="", version__lt=version - EMPTY_FOR).delete()
    with transaction.atomic():
        Draft.objects.create(
            person=person, conversation_id=code, text=typed.text, version=version, writer=typed.writer, seq=typed.seq
        )
    return version


def _write(draft: Draft, typed: Typed) -> int:
    version = _next_version(draft)
    Draft.objects.filter(pk=draft.pk).update(text=typed.text, version=version, writer=typed.writer, seq=typed.seq)
    return version


def _next_version(draft: Draft | None) -> int:
    now = int(clock.now().timestamp() * 1_000_000)
    return now if draft is None else max(now, draft.version + 1)
