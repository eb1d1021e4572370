"""Pictures that become part of a message."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conversations import clock, present
from conversations.models import Message, Part, Picture, PictureState, PictureUse, TrayPicture, User


@dataclass(frozen=True, slots=True)
class SentPicture:
    """A picture as a message has it; `tray` is the row it comes from, None when an older message has it already."""

    picture: Picture
    alt: str = ""
    tray: int | None = None

    @property
    def code(self) -> uuid.UUID:
        return self.picture.code

    @property
    def part(self) -> Part:
        """The part of the message: sides are in it, so that a page can leave room before the picture comes."""
        one = self.picture
        facts = {
            "picture": str(one.code),
            "size": [one.width, one.height],
            "small": [one.small_width, one.small_height],
        }
        return Part("image", self.alt, facts)


def sent(tray: Iterable[TrayPicture]) -> tuple[SentPicture, ...]:
    return tuple(SentPicture(row.picture, row.alt, row.pk) for row in tray)


def parts_of(pictures: Sequence[SentPicture]) -> tuple[Part, ...]:
    return tuple(each.part for each in pictures)


def use(message: Message, person: User, pictures: Sequence[SentPicture]) -> bool:
    """Write down that a message has these pictures, in the transaction that makes it; their place in the box is free.

    False when one of them is gone or not the person's: then the caller undoes all of it.
    """
    keys = {each.picture.pk for each in pictures}
    if Picture.objects.of(person).filter(pk__in=keys).update(used_at=clock.now()) != len(keys):
        return False
    PictureUse.objects.bulk_create(PictureUse(message=message, picture_id=key) for key in keys)
    TrayPicture.objects.filter(person=person, pk__in=[each.tray for each in pictures if each.tray]).delete()
    return True


def of_message(message: Message) -> tuple[SentPicture, ...]:
    """The pictures of a message, to be sent again with another; those that were deleted since are missing."""
    shown = present.pictures_of(message)
    ready = Picture.objects.filter(uses__message=message, state=PictureState.READY)
    rows = ready.in_bulk([each.code for each in shown], field_name="code") if shown else {}
    return tuple(SentPicture(rows[each.code], each.alt) for each in shown if each.code in rows)
