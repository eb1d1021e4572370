"""An open page's socket, without the page: keeps every frame and confirms it as the page does."""

from __future__ import annotations

import html
import json
import re
import threading
from typing import Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.served.site import Visitor

TAGS = re.compile(r"<[^>]*>")


class Follower:
    """Follows a conversation while its `with` block lasts; `frames` grows by itself."""

    def __init__(self, visitor: Visitor, code: str, *, revision: int = 0, listed: int = 0) -> None:
        self.frames: list[str] = []
        self.close_code: int | None = None
        self._hello = json.dumps({"revision": revision, "list": listed})
        self._connection = connect(
            f"{visitor.site.address.replace('http', 'ws')}/ws/c/{code}/",
            origin=Origin(visitor.site.address),
            additional_headers={"Cookie": visitor.cookies},
        )

    def __enter__(self) -> Self:
        self._socket = self._connection.__enter__()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._connection.__exit__(None, None, None)
        self._reader.join(5)

    @property
    def text(self) -> str:
        """All text that ever came, tags left out."""
        return html.unescape(TAGS.sub(" ", "".join(self.frames)))

    def say(self, **words: object) -> None:
        self._socket.send(json.dumps(words))

    def _read(self) -> None:
        received = 0
        try:
            self._socket.send(self._hello)
            for frame in self._socket:
                assert isinstance(frame, str)
                self.frames.append(frame)
                received += len(frame)
                self.say(got=received)
        except ConnectionClosed:
            pass
        self.close_code = self._socket.protocol.close_code
