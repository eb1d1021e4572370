"""How large a request may be. What is larger is refused in words, without having been kept anywhere."""

import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestAborted, RequestDataTooBig
from django.http import HttpRequest, HttpResponseBase

from conversations.body_limits import BODY, largest

TOO_LARGE = "chatsite.too_large"
"""In a scope: its body was not taken in."""

Receive = Callable[[], Awaitable[Mapping[str, Any]]]


async def read(scope: Mapping[str, Any], receive: Receive) -> IO[bytes] | None:
    """The body, on disk if it is large; None when it is too large. RequestAborted when the client left."""
    most = largest(scope["method"], scope["path"])
    if declared(scope) > most:
        return None
    if BODY in scope:
        whole: IO[bytes] = scope[BODY]
        return whole
    with ExitStack() as undo:
        body = undo.enter_context(tempfile.SpooledTemporaryFile(settings.FILE_UPLOAD_MAX_MEMORY_SIZE))
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise RequestAborted
            more = message.get("more_body", False)
            size += len(message.get("body", b""))
            if size > most:
                return None
            body.write(message.get("body", b""))
        body.seek(0)
        undo.pop_all()
        return body


def declared(scope: Mapping[str, Any]) -> int:
    """The size that the client has told; 0 if it has not."""
    told = dict(scope["headers"]).get(b"content-length", b"")
    return int(told) if told.isdigit() else 0


class RefuseTooLargeMiddleware:
    """Stands last, so that the refusal is in the person's language and looks like every other page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if getattr(request, "scope", {}).get(TOO_LARGE):
            raise RequestDataTooBig("The body of the request is larger than its address takes.")
        return self.get_response(request)
