"""What is written to a connection goes at once as far as the kernel takes it, and the rest in order."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from twisted.internet.interfaces import IPullProducer
from twisted.internet.protocol import Protocol
from zope.interface import implementer

from conversations.management.serving.eager import EagerServer

LARGE = bytes(range(256)) * 8192  # more than any kernel takes from one who does not read


class Reactor:
    """Knows who wants to be asked to write."""

    def __init__(self) -> None:
        self.writers: set[Any] = set()

    def addWriter(self, writer: Any) -> None:  # noqa: N802
        self.writers.add(writer)

    def removeWriter(self, writer: Any) -> None:  # noqa: N802
        self.writers.discard(writer)

    def addReader(self, reader: Any) -> None:  # noqa: N802
        pass

    def removeReader(self, reader: Any) -> None:  # noqa: N802
        pass

    def callLater(self, seconds: float, call: Any, *arguments: Any) -> None:  # noqa: N802
        pass


@implementer(IPullProducer)
class Pulled:
    """Writes a piece whenever it is asked to."""

    def __init__(self, connection: EagerServer, pieces: list[bytes]) -> None:
        self._connection, self._pieces = connection, pieces

    def resumeProducing(self) -> None:  # noqa: N802
        if self._pieces:
            self._connection.write(self._pieces.pop(0))

    def stopProducing(self) -> None:  # noqa: N802
        self._pieces.clear()


@pytest.fixture
def reactor() -> Reactor:
    return Reactor()


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    here, there = socket.socketpair()
    with here, there:
        here.setblocking(False)
        there.settimeout(10)
        yield here, there


@pytest.fixture
def connection(ends: tuple[socket.socket, socket.socket], reactor: Reactor) -> EagerServer:
    return EagerServer(ends[0], Protocol(), ("", 0), None, 0, reactor)


def received(there: socket.socket, size: int, reactor: Reactor) -> bytes:
    """What comes, while the reactor asks whoever wants to write."""
    data = b""
    while len(data) < size:
        for writer in tuple(reactor.writers):
            writer.doWrite()
        data += there.recv(65536)
    return data


def test_what_the_kernel_takes_needs_no_turn_of_the_reactor(
    connection: EagerServer, ends: Any, reactor: Reactor
) -> None:
    connection.write(b"one ")
    connection.write(b"two")
    assert ends[1].recv(100) == b"one two"
    assert reactor.writers == set()


def test_what_it_does_not_take_follows_in_order(connection: EagerServer, ends: Any, reactor: Reactor) -> None:
    connection.write(LARGE)
    connection.write(b"behind it")
    assert reactor.writers == {connection}
    assert received(ends[1], len(LARGE) + 9, reactor) == LARGE + b"behind it"
    assert reactor.writers == set()
    connection.write(b" again at once")
    assert ends[1].recv(100) == b" again at once"


def test_pieces_that_wait_already_go_first(connection: EagerServer, ends: Any, reactor: Reactor) -> None:
    connection.writeSequence([b"head ", b"of it, "])
    connection.write(b"body")
    assert received(ends[1], 16, reactor) == b"head of it, body"


def test_who_waits_to_be_asked_for_more_is_asked(connection: EagerServer, ends: Any, reactor: Reactor) -> None:
    connection.registerProducer(Pulled(connection, [b"one ", b"two ", b"three"]), streaming=False)
    assert received(ends[1], 13, reactor) == b"one two three"


def test_a_lost_connection_is_left_to_the_reactor(connection: EagerServer, ends: Any, reactor: Reactor) -> None:
    ends[1].close()
    connection.write(b"nobody hears it")
    assert reactor.writers == {connection}
    assert isinstance(connection.doWrite(), Exception)
