"""Why a picture was not taken."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from conversations.imaging import ImagingError, NoReader, TooHard

logger = structlog.get_logger(__name__)


class PictureError(Exception):
    """A picture that was not taken; nothing of it was kept.

    PictureError
     ├── TooLarge    the file has more bytes than are taken
     ├── Unreadable  no picture can be made of it; `cause` says why
     ├── TooMany     the message has as many pictures as it may
     ├── DayFull     the person has brought as many as they may in a day
     ├── Full        the person's room is used up
     ├── Crowded     too many are being read at this moment: the same again works in a while
     ├── Unread      nobody could be started who reads it: the same again works once that is mended
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


class Unread(PictureError):
    """Nobody could be started who reads it."""


class Unstored(PictureError):
    """The storage took no bytes."""


@contextmanager
def told() -> Iterator[None]:
    """What comes of reading a picture, as a PictureError; what an administrator should know of it, in the log."""
    try:
        yield
    except ImagingError as error:
        if isinstance(error, TooHard):
            logger.warning("a picture was too hard for its reader", why=str(error))
        raise Unreadable(error) from error
    except NoReader as error:
        logger.error("no process could be started that reads pictures", why=str(error))
        raise Unread from error
    except OSError as error:  # no room for a copy of the file
        raise Unstored from error
