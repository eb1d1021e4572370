"""The pictures in the box of a conversation: brought, ordered, described, taken out. The same in every page of it."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.conf import settings
from django.db import IntegrityError, models, transaction

from conversations import clock
from conversations.models import ALT_LENGTH, Conversation, NextMessage, Picture, TrayPicture, User

from .errors import TooMany


def tray_of(person: User, code: uuid.UUID) -> models.QuerySet[TrayPicture]:
    """In the order in which they are sent."""
    rows = TrayPicture.objects.filter(person=person, conversation_code=code, next_message=None)
    return rows.select_related("picture").order_by("position", "pk")


def unbegun(person: User) -> uuid.UUID | None:
    """The code of the page, of a conversation that nobody has begun, in whose box pictures were put last."""
    begun = Conversation.objects.begun().filter(code=models.OuterRef("conversation_code"))
    rows = TrayPicture.objects.filter(~models.Exists(begun), person=person, next_message=None)
    return rows.order_by("-added_at").values_list("conversation_code", flat=True).first()


def in_tray(person: User, code: uuid.UUID, tray_code: uuid.UUID) -> TrayPicture | None:
    return tray_of(person, code).filter(code=tray_code).first()


def add(person: User, code: uuid.UUID, picture: Picture) -> TrayPicture:
    """Put a picture at the end of the box; one that is there already stays where it is. Raises TooMany.

    The caller has seen to it that the conversation is the person's, or nobody's yet.
    """
    tray = tray_of(person, code)
    if (there := tray.filter(picture=picture).first()) is not None:
        return there
    if tray.count() >= settings.CHATSITE_PICTURES_A_MESSAGE:
        raise TooMany
    last = tray.aggregate(models.Max("position"))["position__max"]
    try:
        with transaction.atomic():
            return TrayPicture.objects.create(
                person=person,
                conversation_code=code,
                picture=picture,
                position=0 if last is None else last + 1,
                added_at=clock.now(),
            )
    except IntegrityError:  # from two pages at once
        return tray.get(picture=picture)


def remove(person: User, code: uuid.UUID, tray_code: uuid.UUID) -> bool:
    """Take a picture out; its grace begins."""
    found = in_tray(person, code, tray_code)
    if found is None:
        return False
    with transaction.atomic():
        Picture.objects.filter(pk=found.picture_id).update(used_at=clock.now())
        return bool(TrayPicture.objects.filter(pk=found.pk).delete()[0])


def move(person: User, code: uuid.UUID, tray_code: uuid.UUID, by: int) -> bool:
    """Put a picture `by` places later (earlier, if negative); one that cannot go further stays."""
    with transaction.atomic():
        rows = list(tray_of(person, code).select_for_update(of=("self",)))
        at = next((i for i, row in enumerate(rows) if row.code == tray_code), None)
        if at is None:
            return False
        rows.insert(max(0, at + by), rows.pop(at))
        for position, row in enumerate(rows):
            row.position = position
        TrayPicture.objects.bulk_update(rows, ["position"])
    return True


def describe(person: User, code: uuid.UUID, tray_code: uuid.UUID, alt: str) -> bool:
    """What a picture shows, in the person's words, for those who cannot see it."""
    return bool(tray_of(person, code).filter(code=tray_code).update(alt=alt[:ALT_LENGTH]))


def let_wait(person: User, waiting: NextMessage, tray: Collection[uuid.UUID]) -> bool:
    """Leave pictures of the box with the message that waits, in the transaction that stores it; False when one of them
    is gone: then the caller undoes all of it."""
    rows = tray_of(person, waiting.conversation.code).filter(code__in=set(tray))
    return rows.update(next_message=waiting) == len(set(tray))


def waiting(message: NextMessage) -> models.QuerySet[TrayPicture]:
    """The pictures of the message that waits."""
    return message.pictures.select_related("picture").order_by("position", "pk")


def put_back(message: NextMessage) -> None:
    """Put them into the box again, before the message goes; one that was brought there anew meanwhile is there once."""
    for row in waiting(message):
        there = tray_of(row.person, row.conversation_code).filter(picture=row.picture)
        if not there.exists():
            TrayPicture.objects.filter(pk=row.pk).update(next_message=None)
