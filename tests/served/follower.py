"""An open page's socket, without the page: keeps every frame and confirms it as the page does."""

from __future__ import annotations

import html
import json
import re
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.live.page import Page
from tests.served.site import Visitor
from tests.waiting import eventually

SECONDS = 30.0
CURSOR = re.compile(r'id="cursor" hidden data-revision="(\d+)" data-list="(\d+)"')
TAGS = re.compile(r"<[^>]*>")


class Follower:
    """Follows a conversation while its `with` block lasts; `frames` grows by itself.

    One that does not confirm what it received is a slow reader to the site, until it does with `confirm()`.
    """

    def __init__(
        self,
        visitor: Visitor,
        code: str,
        *,
        revision: int = 0,
        listed: int = 0,
        confirms: bool = True,
        origin: str = "",
    ) -> None:
        self.frames: list[str] = []
        self.size = 0
        self.close_code: int | None = None
        self._words: list[str] = []
        self._confirms = confirms
        self._hello = json.dumps({"revision": revision, "list": listed})
        self._connection = connect(
            f"{visitor.site.address.replace('http', 'ws')}/ws/c/{code}/",
            origin=Origin(origin or visitor.site.address),
            additional_headers={"Cookie": visitor.cookies},
            max_size=None,  # a redrawn transcript comes in one frame
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
        return "".join(self._words)

    def until(self, words: str) -> None:
        """Wait until these words have come."""
        eventually(lambda: words in self.text, SECONDS)

    def closed_with(self, seconds: float = SECONDS) -> int:
        """Wait until the site closes the socket; with which code it does."""
        eventually(lambda: self.close_code is not None, seconds)
        assert self.close_code is not None
        return self.close_code

    def confirm(self) -> None:
        """All that has come so far was received, and from now on everything."""
        self._confirms = True
        self.say(got=self.size)

    def cut(self) -> None:
        """Lose the connection without a word, as a dead network does."""
        self._socket.socket.shutdown(socket.SHUT_RDWR)
        self._reader.join(SECONDS)

    def say(self, **words: object) -> None:
        self._socket.send(json.dumps(words))

    def _read(self) -> None:
        try:
            self._socket.send(self._hello)
            for frame in self._socket:
                assert isinstance(frame, str)
                self.size += len(frame)
                self._words.append(html.unescape(TAGS.sub(" ", frame)))
                self.frames.append(frame)
                if self._confirms:
                    self.say(got=self.size)
        except ConnectionClosed:
            pass
        self.close_code = self._socket.protocol.close_code


class Tab:
    """A page as it was loaded, and what its sockets drew on it."""

    def __init__(self, visitor: Visitor, code: str) -> None:
        self.visitor, self.code = visitor, code
        self._html = visitor.page(code)
        self._frames: list[str] = []

    @contextmanager
    def online(self, *, confirms: bool = True) -> Iterator[Follower]:
        """Connected with what the page shows; what came stays on the page afterwards."""
        revision, listed = map(int, CURSOR.findall(self._html + "".join(self._frames))[-1])
        with Follower(self.visitor, self.code, revision=revision, listed=listed, confirms=confirms) as follower:
            yield follower
        self._frames += follower.frames

    @property
    def shown(self) -> Page:
        """What the page shows, sockets that are still open left out."""
        return self._drawn(self._frames)

    def with_all_of(self, follower: Follower) -> Page:
        """What it shows now, while that socket is open."""
        return self._drawn([*self._frames, *follower.frames])

    def _drawn(self, frames: Iterable[str]) -> Page:
        page = Page(self._html)
        for frame in frames:
            page.apply(frame)
        return page


def reloaded(visitor: Visitor, code: str) -> Page:
    """What a page shows that is loaded now."""
    return Page(visitor.page(code))
