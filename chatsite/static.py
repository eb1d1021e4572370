"""Static files straight from ASGI: no Django, no thread.

WhiteNoise finds the files, their compressed variants and their headers; Django's middleware would make every
request of the site pass through it first.
"""

from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from whitenoise.base import WhiteNoise

HASHED_NAME = r"\.[0-9a-f]{12}\.[^/]+$"
SECONDS_KEPT = 60
CONDITIONS = {
    b"accept-encoding": "HTTP_ACCEPT_ENCODING",
    b"if-modified-since": "HTTP_IF_MODIFIED_SINCE",
    b"if-none-match": "HTTP_IF_NONE_MATCH",
    b"range": "HTTP_RANGE",
}

Send = Callable[[dict[str, Any]], Awaitable[None]]


class StaticFiles:
    """Everything below `roots`, under `prefix` ("/static/"); an unknown name is a plain 404.

    `live` looks at the disk on each request, for working on the files themselves; else the list is made once.
    Files are read whole: they are this project's own and small.
    """

    def __init__(self, roots: Iterable[Path], prefix: str, *, live: bool = False) -> None:
        self.prefix = prefix
        self._files = WhiteNoise(
            None,
            autorefresh=live,
            max_age=0 if live else SECONDS_KEPT,
            allow_all_origins=False,
            immutable_file_test=HASHED_NAME,
            add_headers_function=_add_headers,
        )
        for root in roots:
            if root.is_dir():
                self._files.add_files(str(root), prefix)

    async def __call__(self, scope: dict[str, Any], receive: object, send: Send) -> None:
        find = self._files.find_file if self._files.autorefresh else self._files.files.get
        found = find(scope["path"])
        if found is None:
            await answer(send, HTTPStatus.NOT_FOUND, b"Not found\n")
            return
        reply = found.get_response(scope["method"], _conditions(scope))
        body = b""
        if reply.file is not None:
            with reply.file as file:
                body = file.read()
        headers = [(name.lower().encode(), value.encode()) for name, value in reply.headers]
        await send({"type": "http.response.start", "status": int(reply.status), "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def answer(send: Send, status: HTTPStatus, body: bytes, kind: bytes = b"text/plain; charset=utf-8") -> None:
    """Something short, never stored by anybody."""
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _conditions(scope: dict[str, Any]) -> dict[str, str]:
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    return {CONDITIONS[name]: value.decode("latin-1") for name, value in headers if name in CONDITIONS}


def _add_headers(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
