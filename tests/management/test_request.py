"""What the server takes in of a request, and what it hands on."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings
from twisted.internet.error import ConnectionAborted
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from conversations.body_limits import BODY
from conversations.management.serving.request import PAST_AT_MOST, Factory, Request

MORE = {"type": "http.response.body", "body": b"piece", "more_body": True}
LAST = {"type": "http.response.body", "body": b"end"}


class Server:
    """As far as a request knows it."""

    proxy_forwarded_address_header = None
    root_path = ""
    server_name = ""
    request_buffer_size = 8192
    is_ending = False

    def __init__(self) -> None:
        self.scopes: list[dict[str, Any]] = []

    def protocol_connected(self, protocol: Any) -> None: ...

    def protocol_disconnected(self, protocol: Any) -> None: ...

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> None:
        with protocol.hand_over() as body:
            self.scopes.append({**scope, BODY: body.read()})


class Connection:
    def __init__(self) -> None:
        self.server, self.transport = Server(), StringTransport()
        factory = Factory(self.server)
        factory.timeOut = None
        self.protocol = factory.buildProtocol(None)
        self.protocol.makeConnection(self.transport)

    def post(self, path: str, size: int, *, declares: bool = True) -> dict[str, Any] | None:
        """The scope that the application got."""
        length = f"Content-Length: {size}" if declares else "Transfer-Encoding: chunked"
        self.protocol.dataReceived(f"POST {path} HTTP/1.1\r\nHost: here\r\n{length}\r\n\r\n".encode())
        body = b"x" * size
        self.protocol.dataReceived(body if declares else b"%x\r\n%s\r\n0\r\n\r\n" % (size, body))
        return self.server.scopes[-1] if self.server.scopes else None


@pytest.fixture(autouse=True)
def _small() -> Iterator[None]:
    with override_settings(LARGEST_BODY=10, LARGER_BODIES={"/files/[0-9]+/": 20}):
        yield


@pytest.mark.parametrize("declares", [True, False])
@pytest.mark.parametrize(
    ("path", "size", "kept"),
    [("/c/", 10, 10), ("/c/", 11, 0), ("/files/1/?a=b", 20, 20), ("/files/1/", 21, 0), ("/files/%31/", 20, 20)],
)
def test_a_body_is_kept_up_to_what_its_address_takes(path: str, size: int, kept: int, declares: bool) -> None:
    scope = Connection().post(path, size, declares=declares)
    assert scope is not None
    assert len(scope[BODY]) == kept
    assert declares or kept or dict(scope["headers"])[b"content-length"] == str(size).encode()


def test_a_body_without_end_ends_the_connection() -> None:
    connection = Connection()
    connection.protocol.dataReceived(b"POST /c/ HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000\r\n\r\n")
    for _ in range(PAST_AT_MOST):
        connection.protocol.dataReceived(b"x" * 10)
    assert not connection.transport.disconnected
    connection.protocol.dataReceived(b"x")
    assert connection.transport.disconnected
    connection.protocol.connectionLost(Failure(ConnectionAborted()))


def test_while_the_process_ends_an_answer_is_the_last_of_its_connection() -> None:
    before, after = Connection(), Connection()
    after.server.is_ending = True
    for connection in (before, after):
        connection.post("/c/", 1)
    assert [each.protocol._channel.persistent for each in (before, after)] == [True, False]


class TestFlow:
    """Pieces of an answer wait while the connection takes none."""

    def answering(self, connection: Connection) -> Request:
        connection.post("/c/", 1)
        request = connection.protocol._channel.requests[0]
        request.handle_reply({"type": "http.response.start", "status": 200, "headers": []})
        return request

    def test_they_go_on_when_there_is_room_again(self) -> None:
        async def answer() -> None:
            request = self.answering(Connection())
            await request.room(MORE)
            request.producer.pauseProducing()
            waiting = asyncio.ensure_future(request.room(MORE))
            await asyncio.sleep(0)
            assert not waiting.done()
            request.producer.resumeProducing()
            await waiting
            request.handle_reply(LAST)
            assert request.producer is None

        asyncio.run(answer())

    def test_nobody_waits_for_a_client_that_is_gone(self) -> None:
        async def answer() -> None:
            connection = Connection()
            request = self.answering(connection)
            await request.room(MORE)
            request.producer.pauseProducing()
            waiting = asyncio.ensure_future(request.room(MORE))
            await asyncio.sleep(0)
            request.connectionLost(Failure(ConnectionAborted()))
            await waiting

        asyncio.run(answer())

    def test_the_last_piece_waits_for_nothing(self) -> None:
        async def answer() -> None:
            request = self.answering(Connection())
            await request.room(LAST)
            assert request.producer is None

        asyncio.run(answer())
