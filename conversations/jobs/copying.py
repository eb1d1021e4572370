"""Copying what GLM made: by the one way out, bounded in size and time, a piece in memory at a time."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import IO, TypeVar

from django.conf import settings

from conversations import outgoing, upstream
from conversations.glm import GlmError, TimedOut
from conversations.glm.codes import TIMEOUT
from conversations.models import Job
from conversations.outgoing import Bounds, OutgoingError, OwnServer, Request, blocking
from conversations.pictures import Crowded, PictureError, Unread, Unreadable, Unstored

from .kind import Stopped

# Why a file did not come, in the words that a turn keeps.
LINK_DEAD, WRONG_TYPE, TOO_LARGE, NO_ROOM = "link_dead", "wrong_type", "file_too_large", "no_room"
FULL = (errno.ENOSPC, errno.EDQUOT)
SECONDS = 500.0  # for one file, less than the step that it is part of
PATIENCE = 5  # tries, where the next may bring it
PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
MEDIA = ("image/", "video/", "application/octet-stream", "binary/octet-stream")

T = TypeVar("T")


@contextmanager
def copied(job: Job, url: str) -> Iterator[IO[bytes]]:
    """The file behind a link of the job's result, on disk for as long as it is entered. Raises Stopped when it cannot
    be had, GlmError when it may come later."""
    with tempfile.TemporaryFile() as file:
        try:
            _copy(url, file)
        except outgoing.TooLarge:
            raise Stopped(TOO_LARGE) from None
        except outgoing.NotAllowed as error:
            raise Stopped(LINK_DEAD, error.why.value) from error
        except OutgoingError as error:
            raise later(job, Stopped(LINK_DEAD, error.why.value)) from error
        except _NotThere as error:
            gone = Stopped(LINK_DEAD, str(error.status))
            raise (later(job, gone) if error.is_passing else gone) from None
        except OSError as error:
            if error.errno not in FULL:
                raise
            raise later(job, Stopped(NO_ROOM)) from error
        file.seek(0)
        yield file


def kept(job: Job, keep: Callable[[], T]) -> T:
    """What `keep` keeps of a copied file; its errors as those of a job."""
    try:
        return keep()
    except (Crowded, Unread):
        raise later(job, Stopped(NO_ROOM)) from None
    except Unreadable as error:
        raise Stopped(WRONG_TYPE) from error
    except Unstored as error:
        raise later(job, Stopped(NO_ROOM)) from error
    except PictureError as error:
        raise Stopped(WRONG_TYPE) from error


def later(job: Job, last: Stopped) -> Stopped | GlmError:
    """An error that brings the job round again, or the last word after so many tries."""
    if job.failure_count >= PATIENCE:
        return last
    return TimedOut("the file has not come yet", rule=TIMEOUT)


class _NotThere(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status

    @property
    def is_passing(self) -> bool:
        """Whether it says something of the server, and not of the file."""
        return self.status >= HTTPStatus.INTERNAL_SERVER_ERROR or self.status in PASSING


def _copy(url: str, file: IO[bytes]) -> None:
    bounds = Bounds(most_bytes=settings.CHATSITE_MEDIA_BYTES, seconds=SECONDS)
    own = OwnServer.of(upstream.current().base_url)
    with blocking.sent(Request("GET", url), bounds, own=own) as answer:
        if answer.status != HTTPStatus.OK:
            raise _NotThere(answer.status)
        if not answer.media_type.startswith(MEDIA):
            raise Stopped(WRONG_TYPE, answer.media_type[:20])
        for piece in answer:
            file.write(piece)
