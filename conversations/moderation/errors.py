"""Why an act on a case is refused; nothing was changed then."""

from __future__ import annotations

import datetime as dt
import uuid


class ReviewError(Exception):
    """An act on a case that is refused.

    ReviewError
     ├── NotAReviewer   the person may not review, or not any more
     ├── OwnCase        it is about what the person asked or was answered
     ├── Taken          somebody else is at it
     ├── Decided        somebody has decided it
     ├── NotYours       the claim, proposal or verdict is somebody else's
     ├── SamePerson     the second person must be another one
     ├── TooLate        the verdict was announced and cannot be taken back
     └── NoSuchReason   the reason is none of those offered for this verdict
    """


class NotAReviewer(ReviewError):
    """The person may not review, or not any more."""


class OwnCase(ReviewError):
    """It is about what the person asked or was answered."""


class Taken(ReviewError):
    """Somebody else is at it."""

    def __init__(self, by: uuid.UUID | None, until: dt.datetime | None) -> None:
        super().__init__()
        self.by, self.until = by, until


class Decided(ReviewError):
    """Somebody has decided it."""


class NotYours(ReviewError):
    """The claim, proposal or verdict is somebody else's."""


class SamePerson(ReviewError):
    """The second person must be another one."""


class TooLate(ReviewError):
    """The verdict was announced and cannot be taken back."""


class NoSuchReason(ReviewError):
    """The reason is none of those offered for this verdict."""
