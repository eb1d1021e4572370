"""Requests to addresses that people and tools name: the one way out besides GLM itself.

    request = Request("GET", "https://api.example.org/v1/weather?city=Kiel")
    async with outgoing.client.sent(request, Bounds(most_bytes=1_000_000, seconds=10)) as answer:
        answer.status, answer.media_type, await answer.body()

A name is resolved once; an address that is not public is refused before anything is sent, and the connection goes to
exactly the address that was looked at, under the name's own certificate. No proxies, no redirects, no cookies; size
is counted after decompression, time over everything. `client` is for the event loop, `blocking` for threads. Both are
imported by who uses them, not here: they load the HTTP library.
"""

from .addresses import is_public
from .bounds import Bounds
from .errors import BrokenAnswer, NotAllowed, NotReached, OutgoingError, TookTooLong, TooLarge, Why
from .request import OwnServer, Request

__all__ = [
    "Bounds",
    "BrokenAnswer",
    "NotAllowed",
    "NotReached",
    "OutgoingError",
    "OwnServer",
    "Request",
    "TooLarge",
    "TookTooLong",
    "Why",
    "is_public",
]
