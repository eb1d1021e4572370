"""What can go wrong on the way to somebody else's server.

OutgoingError
├── NotAllowed     the address is none that may be asked: nothing was sent
├── NotReached     no such name, no connection, no certificate to be trusted
├── TookTooLong    not complete in the time there was
├── TooLarge       more than was allowed, after decompression
└── BrokenAnswer   not HTTP, cut off, or compressed in a way nobody asked for

`why` says which, for whoever puts it into words. No message repeats an address or a header.
"""

from enum import StrEnum


class Why(StrEnum):
    SCHEME = "scheme"  # neither http nor https
    FORM = "form"  # no address at all, or one with a name and a password in it
    PRIVATE = "private"  # an address of this machine, of a network in the house, of a cloud's metadata
    NAME = "name"  # nobody knows the name
    CONNECTION = "connection"  # nobody answers there
    CERTIFICATE = "certificate"  # somebody answers who cannot show to be the one that was meant
    TIME = "time"
    SIZE = "size"
    ANSWER = "answer"  # no HTTP, or its end is missing
    CODING = "coding"  # compressed in an unknown way, or damaged


class OutgoingError(Exception):
    """Base of everything that this package raises."""

    def __init__(self, what: str, why: Why) -> None:
        super().__init__(what)
        self.why = why


class NotAllowed(OutgoingError):
    """The address may not be asked; nothing was sent."""


class NotReached(OutgoingError):
    """Nobody has taken the request."""


class TookTooLong(OutgoingError):
    """The time is over; whether the request was taken is not known."""

    def __init__(self, what: str) -> None:
        super().__init__(what, Why.TIME)


class TooLarge(OutgoingError):
    """The answer has more than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"the answer is larger than {limit} bytes", Why.SIZE)
        self.limit = limit


class BrokenAnswer(OutgoingError):
    """What came is no whole answer."""
