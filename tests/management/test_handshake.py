"""A socket is let in within its time, or not at all; once it closes nothing is sent to it."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import daphne.server
import pytest
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet.defer import AlreadyCalledError
from twisted.internet.error import ConnectionAborted
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from conversations.management.serving import server as serving

HANDSHAKE = (
    b"GET /live/ HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
ACCEPT = {"type": "websocket.accept"}
WORDS = {"type": "websocket.send", "text": "words"}
LOST = Failure(ConnectionAborted())


class Timer:
    """Autobahn's: what is to be called, and after how many seconds."""

    def __init__(self) -> None:
        self.calls: list[tuple[float, Callable[[], None]]] = []

    def call_later(self, seconds: float, call: Callable[[], None]) -> Any:
        self.calls.append((seconds, call))
        return SimpleNamespace(cancel=lambda: None)


class Transport(StringTransport):
    """As a connection of the kernel's: without a producer there is none to unregister."""

    def unregisterProducer(self) -> None:  # noqa: N802
        self.producer = None


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Ours, in front of an application that has not yet answered; all but the reactor."""
    reactor = SimpleNamespace(
        callLater=lambda *call: None,
        addSystemEventTrigger=lambda *call: None,
        adoptStreamPort=lambda *listener: SimpleNamespace(),
        _asyncioEventloop=None,
    )
    monkeypatch.setattr(daphne.server, "reactor", reactor)
    monkeypatch.setattr(daphne.server.globalLogBeginner, "beginLoggingTo", lambda *observers, **options: None)
    monkeypatch.setattr(serving, "reactor", reactor)
    monkeypatch.setattr(asyncio, "set_event_loop", lambda loop: None)
    made = serving._server(None)
    made.abort_start = True
    made.create_application = lambda protocol, scope: asyncio.Queue()
    made.run()
    with socket.socket() as listener:
        made.open(listener)
        yield made


def arrived(server: Any, kind: type[WebSocketProtocol] | None = None) -> tuple[Any, Timer]:
    """A socket that waits for the application's answer."""
    timer = server.ws_factory._batched_timer = Timer()
    server.ws_factory.protocol = kind or server.ws_factory.protocol
    protocol = server.ws_factory.buildProtocol(None)
    protocol._raw_query_string = b""
    protocol.makeConnection(Transport())
    protocol.dataReceived(HANDSHAKE)
    assert protocol.state == protocol.STATE_CONNECTING
    return protocol, timer


async def test_who_is_accepted_in_time_is_let_in(server: Any) -> None:
    protocol, _ = arrived(server)
    protocol.handle_reply(ACCEPT)
    assert protocol.state == protocol.STATE_OPEN
    assert protocol.transport.value().startswith(b"HTTP/1.1 101 ")


@pytest.mark.parametrize("late", [False, True])
async def test_who_is_not_accepted_in_time_is_refused(server: Any, late: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Daphne looks every other second."""
    protocol, _ = arrived(server)
    moment = protocol.socket_opened + serving.LET_IN_WITHIN + (1 if late else -1)
    monkeypatch.setattr(time, "time", lambda: moment)
    protocol.check_timeouts()
    assert protocol.transport.value().startswith(b"HTTP/1.1 403 ") is late
    assert (protocol.state == protocol.STATE_CLOSED) is late


async def test_a_handshake_is_given_up_after_the_same_time(server: Any) -> None:
    protocol, timer = arrived(server)
    [(seconds, give_up)] = timer.calls
    assert seconds == serving.LET_IN_WITHIN
    give_up()
    assert protocol.state == protocol.STATE_CLOSED
    assert protocol.transport.disconnected


async def test_what_was_given_up_is_not_opened_any_more(server: Any) -> None:
    """The application accepts before it is told that the connection is gone."""
    protocol, timer = arrived(server)
    timer.calls[0][1]()
    protocol.handle_reply(ACCEPT)
    assert protocol.state == protocol.STATE_CLOSED
    protocol.connectionLost(LOST)
    assert protocol.application_queue.get_nowait() == {"type": "websocket.connect"}
    assert protocol.application_queue.get_nowait()["type"] == "websocket.disconnect"


async def test_daphnes_own_socket_still_needs_that(server: Any) -> None:
    """When this fails Daphne or Autobahn has mended it, and ours can go."""
    protocol, timer = arrived(server, WebSocketProtocol)
    timer.calls[0][1]()
    protocol.handle_reply(ACCEPT)
    with pytest.raises(AlreadyCalledError):
        protocol.connectionLost(LOST)


async def test_nothing_is_sent_to_a_page_that_goes(server: Any) -> None:
    """The application speaks before it is told."""
    protocol, _ = arrived(server)
    protocol.handle_reply(ACCEPT)
    protocol.handle_reply(WORDS)
    sent = protocol.transport.value()
    assert sent.endswith(b"words")
    protocol.dropConnection(abort=True)
    protocol.handle_reply(WORDS)
    assert protocol.transport.value() == sent


async def test_daphnes_own_socket_still_calls_that_a_mistake(server: Any) -> None:
    protocol, _ = arrived(server, WebSocketProtocol)
    protocol.handle_reply(ACCEPT)
    protocol.dropConnection(abort=True)
    with pytest.raises(RuntimeError, match="closed protocol"):
        protocol.handle_reply(WORDS)
