"""Daphne in this process, on a socket that is already listening."""

import asyncio
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Any

# Twisted loads OpenSSL wherever it finds it: 0.1 s and 5 MB for TLS, which here is a proxy's business.
sys.modules["OpenSSL"] = None  # type: ignore[assignment]

from daphne.server import Server, twisted_loop  # noqa: E402
from twisted.internet import reactor  # noqa: E402

del sys.modules["OpenSSL"]

LARGEST_SOCKET_FRAME = 64 * 1024  # bytes, of what comes in: open pages only send cursors
# Autobahn holds what we send to this limit too, and a redrawn transcript goes out as one message.
LARGEST_SOCKET_MESSAGE = 64 * 1024 * 1024
PING_AFTER = 20  # seconds of silence
GONE_AFTER = 30  # seconds without an answer to a ping
NEVER = -1

# Seconds that a thread at work may keep the event loop from going on; Python's own 5 ms add up on the way of a reply.
SWITCH_INTERVAL = 0.0005

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run(
    application: Any, listener: socket.socket, *, started: Callable[[], None], stopping: Callable[[], Awaitable[None]]
) -> None:
    """Serve until a signal comes; `started` and `stopping` are called inside the running loop, `stopping` is awaited.

    The first signal ends in order, the second at once. What `started` raises ends the server and is raised here.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    failures: list[Exception] = []
    ending: list[asyncio.Task[None]] = []

    def end() -> None:
        for number in SIGNALS:
            twisted_loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)
        ending.append(twisted_loop.create_task(wind_down()))

    async def wind_down() -> None:
        try:
            await stopping()
        finally:
            reactor.stop()

    server = _server(application)

    def begin() -> None:
        listener.setblocking(False)
        reactor.adoptStreamPort(listener.fileno(), listener.family, server.http_factory)
        try:
            started()
        except Exception as error:
            failures.append(error)
            end()

    for number in SIGNALS:
        twisted_loop.add_signal_handler(number, end)
    reactor.callLater(0, begin)
    server.run()
    if failures:
        raise failures[0]


class _Server(Server):  # type: ignore[misc]
    def kill_all_applications(self) -> Any:
        """Cancel what runs; Daphne's own stumbles over a connection on which nothing is asked at the moment."""
        for connection, facts in tuple(self.connections.items()):
            if "application_instance" not in facts:
                del self.connections[connection]
        return super().kill_all_applications()


def _server(application: Any) -> Server:
    server = _Server(
        application,
        endpoints=["the adopted socket"],
        signal_handlers=False,
        server_name="",
        verbosity=2,  # Twisted's own errors go to logging, not to nowhere,
        ping_interval=PING_AFTER,
        ping_timeout=GONE_AFTER,
        websocket_timeout=NEVER,
        websocket_max_message_size=LARGEST_SOCKET_MESSAGE,
        websocket_max_frame_size=LARGEST_SOCKET_FRAME,
    )
    # Daphne wants an endpoint, but its "fd:" ones know IPv4 only and load every plug-in of Twisted.
    server.endpoints.clear()
    return server
