"""Why a picture was not taken."""

from conversations.imaging import ImagingError


class PictureError(Exception):
    """A picture that was not taken; nothing of it was kept.

    PictureError
     ├── TooLarge    the file has more bytes than are taken
     ├── Unreadable  no picture can be made of it; `cause` says why
     ├── TooMany     the message has as many pictures as it may
     ├── DayFull     the person has brought as many as they may in a day
     ├── Full        the person's room is used up
     ├── Crowded     too many are being read at this moment: the same again works in a while
     └── Unstored    the storage took no bytes
    """


class TooLarge(PictureError):
    """The file has more bytes than are taken."""


class Unreadable(PictureError):
    """No picture can be made of it."""

    def __init__(self, cause: ImagingError) -> None:
        super().__init__(str(cause))
        self.cause = cause


class TooMany(PictureError):
    """The message has as many pictures as it may."""


class DayFull(PictureError):
    """The person has brought as many as they may in a day."""


class Full(PictureError):
    """The person's room is used up."""


class Crowded(PictureError):
    """Too many are being read at this moment."""


class Unstored(PictureError):
    """The storage took no bytes."""
