"""Telling a person something later: facts only, made into a sentence when they are shown."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from conversations import broadcast, clock
from conversations.models import Conversation, Notice, NoticeKind, User
from conversations.models.prepared import has_newer, insert

VERSION = 1
SHOWN = 3  # beside the list of conversations
MOST_COUNTED = 99


@dataclass(frozen=True, slots=True)
class Unread:
    """What a person has not read: how many notices, and the newest of them."""

    count: int
    newest: tuple[Notice, ...]

    @property
    def others(self) -> int:
        return self.count - len(self.newest)


def tell(person: User, kind: NoticeKind, /, **facts: Any) -> Notice:
    """Leave a notice; open pages show it at once. Joins the caller's transaction."""
    with transaction.atomic():
        revision = person.next_revision()
        data = {"v": VERSION, **facts}
        notice = insert(Notice(person=person, kind=kind, data=data, revision=revision, created_at=clock.now()))
        broadcast.list_moved(person, revision)
    return notice


def unread(person_id: int) -> Unread:
    rows = Notice.objects.filter(person_id=person_id).unread().newest()
    found = list(rows[:MOST_COUNTED])
    return Unread(len(found), tuple(with_names(found[:SHOWN])))


def with_names(found: Sequence[Notice]) -> Sequence[Notice]:
    """The same notices, each with the conversation that it names as that is called now; without one that is deleted."""
    codes = {notice.pk: notice.data["conversation"] for notice in found if notice.kind == NoticeKind.JOB_ENDED}
    if codes:
        rows = Conversation.objects.filter(code__in=set(codes.values()), deleted_at=None)
        named = {str(conversation.code): conversation for conversation in rows}
        for notice in found:
            notice.about = named.get(codes.get(notice.pk, ""))
    return found


def draw_anew(conversation: Conversation, revision: int) -> None:
    """Unread notices about a conversation name it as it is called since its owner's `revision`, on open pages too."""
    Notice.objects.filter(person=conversation.owner_id, data__conversation=str(conversation.code)).unread().update(
        revision=revision
    )


def changed_since(person_id: int, revision: int) -> bool:
    """Whether a page that shows the person's `revision` shows too few notices, or too many."""
    return has_newer(Notice, revision, person=person_id)


def read(person: User, code: uuid.UUID) -> Notice | None:
    """Count one notice as read, however often; None when the person has no such notice."""
    notice = Notice.objects.filter(person=person, code=code).first()
    if notice is not None and notice.read_at is None:
        _read(person, code=code)
    return notice


def settle(person: User, kind: NoticeKind, /, **facts: str) -> None:
    """What unread notices of a kind say with these facts is seen or done: they count as read."""
    which = {"kind": kind, **{f"data__{name}": value for name, value in facts.items()}}
    if Notice.objects.filter(person=person, **which).unread().exists():
        _read(person, **which)


def read_all(person: User) -> None:
    if Notice.objects.filter(person=person).unread().exists():
        _read(person)


def read_kind(person: User, kind: NoticeKind) -> None:
    """Count those of a kind as read: what they tell is over."""
    if Notice.objects.filter(person=person, kind=kind).unread().exists():
        _read(person, kind=kind)


def _read(person: User, **which: Any) -> None:
    with transaction.atomic():
        revision = person.next_revision()
        Notice.objects.filter(person=person, **which).mark_read(revision, clock.now())
        broadcast.list_moved(person, revision)
