"""Daphne in this process, on a socket that is already listening."""

import signal
import socket
from collections.abc import Callable
from typing import Any

from daphne.server import Server, twisted_loop
from twisted.internet import reactor

LARGEST_SOCKET_MESSAGE = 64 * 1024  # bytes; open pages only send cursors
PING_AFTER = 20  # seconds of silence
GONE_AFTER = 30  # seconds without an answer to a ping
NEVER = -1

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run(
    application: Any, listener: socket.socket, *, started: Callable[[], None], stopping: Callable[[], None]
) -> None:
    """Serve until a signal comes; `started` and `stopping` are called inside the running loop.

    The first signal ends in order, the second at once.
    """

    def end() -> None:
        for number in SIGNALS:
            twisted_loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)
        try:
            stopping()
        finally:
            reactor.stop()

    for number in SIGNALS:
        twisted_loop.add_signal_handler(number, end)
    reactor.callLater(0, started)
    _server(application, listener).run()


def _server(application: Any, listener: socket.socket) -> Server:
    domain = "INET6" if listener.family == socket.AF_INET6 else "INET"
    return Server(
        application,
        endpoints=[f"fd:fileno={listener.fileno()}:domain={domain}"],
        signal_handlers=False,
        server_name="",
        verbosity=0,
        ping_interval=PING_AFTER,
        ping_timeout=GONE_AFTER,
        websocket_timeout=NEVER,
        websocket_max_message_size=LARGEST_SOCKET_MESSAGE,
        websocket_max_frame_size=LARGEST_SOCKET_MESSAGE,
    )
