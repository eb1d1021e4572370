"""Daphne in this process, on a socket that is already listening."""

import asyncio
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Any

# Twisted loads OpenSSL wherever it finds it: 0.1 s and 5 MB for TLS, which here is a proxy's business.
# Autobahn loads a C parser for native code that checks what browsers send, here a line now and then: as much again.
NOT_NEEDED = ("OpenSSL", "_nvx_utf8validator")
sys.modules |= dict.fromkeys(NOT_NEEDED)  # type: ignore[arg-type]

from daphne.server import Server, twisted_loop  # noqa: E402
from daphne.ws_protocol import WebSocketProtocol  # noqa: E402
from twisted.internet import reactor  # noqa: E402

from conversations.body_limits import BODY  # noqa: E402
from conversations.management.serving.eager import EagerServer  # noqa: E402
from conversations.management.serving.handshake import Socket  # noqa: E402
from conversations.management.serving.request import Factory, Request  # noqa: E402

for name in NOT_NEEDED:
    del sys.modules[name]

LARGEST_SOCKET_FRAME = 64 * 1024  # bytes, of what comes in: open pages only send cursors
# Autobahn holds what we send to this limit too, and a redrawn transcript goes out as one message.
LARGEST_SOCKET_MESSAGE = 64 * 1024 * 1024
PING_AFTER = 20  # seconds of silence
GONE_AFTER = 30  # seconds without an answer to a ping
# Seconds in which a page is let in. When all pages of a process that died come at once, the last of them waits longer
# than Daphne's five for the handshake; sent away, it would only come again, and be looked up again.
LET_IN_WITHIN = 30
NEVER = -1

COME_BACK = 1012  # "service restart": what an open page is told at the end
# Seconds that requests under way, and then open pages, have for ending by themselves.
TO_ANSWER, TO_CLOSE = 5.0, 2.0
LAST_WORDS = 0.25  # seconds in which open pages are told how their replies ended

# Seconds that a thread at work may keep the event loop from going on; Python's own 5 ms add up on the way of a reply.
SWITCH_INTERVAL = 0.0005

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run(
    application: Any,
    listener: socket.socket,
    *,
    started: Callable[[], None],
    ending: Callable[[], None],
    stopping: Callable[[], Awaitable[None]],
) -> None:
    """Serve until a signal comes; all three are called inside the running loop, `stopping` is awaited.

    The first signal ends in order: nobody new is let in, so that they go elsewhere, which `ending` is told; requests
    under way are answered, for a question among them may have taken a reply of its own; what runs is stopped by
    `stopping`; who was let in meanwhile gets answers and is then sent away. The second ends at once. What `started`
    raises ends the server and is raised here.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    failures: list[Exception] = []
    winding: list[asyncio.Task[None]] = []

    def end() -> None:
        for number in SIGNALS:
            twisted_loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)
        winding.append(twisted_loop.create_task(wind_down()))

    async def wind_down() -> None:
        try:
            server.close(listener)
            ending()
            await server.answer()
            await stopping()
            await server.let_go()
        finally:
            reactor.stop()

    server = _server(application)

    def begin() -> None:
        server.open(listener)
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
    """`is_ending`: answers say that their connection is not used again."""

    is_ending = False
    port: Any = None

    def open(self, listener: socket.socket) -> None:
        """Let in who comes there."""
        self.ws_factory.protocol = Socket
        listener.setblocking(False)
        self.port = reactor.adoptStreamPort(listener.fileno(), listener.family, Factory(self))
        self.port.transport = EagerServer

    def close(self, listener: socket.socket) -> None:
        """Let nobody new in."""
        self.is_ending = True
        if self.port is not None:
            self.port.doRead()  # who has come already
            self.port.stopListening()
        listener.close()

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if isinstance(protocol, Request):
            scope[BODY] = protocol.hand_over()
        return super().create_application(protocol, scope)

    async def answer(self) -> None:
        """Until the requests under way have their answers."""
        await self._ended(Request, TO_ANSWER)

    async def let_go(self) -> None:
        await self.answer()
        if any(isinstance(each, WebSocketProtocol) for each in self.connections):
            await asyncio.sleep(LAST_WORDS)
        for each in self.connections:
            if isinstance(each, WebSocketProtocol) and each.state == each.STATE_OPEN:
                each.sendCloseFrame(COME_BACK)  # `sendClose` takes this code for one that only libraries may use
        await self._ended(WebSocketProtocol, TO_CLOSE)

    async def _ended(self, kind: type, seconds: float) -> None:
        asked = (
            facts.get("application_instance") for each, facts in self.connections.items() if isinstance(each, kind)
        )
        if running := [task for task in asked if task is not None and not task.done()]:
            await asyncio.wait(running, timeout=seconds)

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        await super().handle_reply(protocol, message)
        if isinstance(protocol, Request):
            await protocol.room(message)

    def kill_all_applications(self) -> Any:
        """Cancel what runs; Daphne's own stumbles over a connection on which nothing is asked at the moment."""
        for connection, facts in tuple(self.connections.items()):
            if "application_instance" not in facts:
                del self.connections[connection]
        return super().kill_all_applications()


def _server(application: Any) -> _Server:
    server = _Server(
        application,
        endpoints=["the adopted socket"],
        signal_handlers=False,
        server_name="",
        verbosity=2,  # Twisted's own errors go to logging, not to nowhere,
        ping_interval=PING_AFTER,
        ping_timeout=GONE_AFTER,
        websocket_timeout=NEVER,
        websocket_handshake_timeout=LET_IN_WITHIN,
        websocket_connect_timeout=LET_IN_WITHIN,
        websocket_max_message_size=LARGEST_SOCKET_MESSAGE,
        websocket_max_frame_size=LARGEST_SOCKET_FRAME,
    )
    # Daphne wants an endpoint, but its "fd:" ones know IPv4 only and load every plug-in of Twisted.
    server.endpoints.clear()
    return server
