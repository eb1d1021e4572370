"""Daphne's socket, which is not opened once its handshake was given up, and to which nothing is sent once it closes.

Autobahn drops such a connection, and says so to the application only at the loop's next turn. An application that
accepts in between opened it again for Autobahn, which then could not close it a second time: an `AlreadyCalledError` in
the log for each. It is the same with what an application sends in that turn: Autobahn takes it for a mistake and raises
`Disconnected`, though nobody can have known.
"""

from __future__ import annotations

from daphne.ws_protocol import WebSocketProtocol


class Socket(WebSocketProtocol):  # type: ignore[misc]
    """The server's end of a socket."""

    def serverAccept(self, subprotocol: str | None = None) -> None:  # noqa: N802
        if self.state == self.STATE_CONNECTING:
            super().serverAccept(subprotocol)

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:  # noqa: N802
        if self.state not in (self.STATE_CLOSING, self.STATE_CLOSED):
            super().serverSend(content, binary)
