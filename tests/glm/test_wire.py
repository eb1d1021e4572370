"""Connections that hand over all that has arrived at once, plain and under TLS."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from conversations.glm import Limits
from conversations.glm.wire import Connection, Transport
from tests.waiting import SECONDS

from .server import LAST_CHUNK, STREAM_HEAD, Peer, Script, Server, answer, http_chunk, listening, serving


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.TraditionalOpenSSL
    pem = serialization.Encoding.PEM
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, form, serialization.NoEncryption()))
    return path


def many(count: int, written: asyncio.Event) -> Script:
    """`count` chunks, all in the client's kernel before it reads the second time."""

    async def script(peer: Peer) -> None:
        await peer.say(STREAM_HEAD)
        for number in range(count):
            peer.writer.write(http_chunk(b"%06d" % number))
        written.set()
        await peer.say(LAST_CHUNK)

    return script


@asynccontextmanager
async def talking(
    script: Script,
    theirs: ssl.SSLContext | None = None,
    ours: ssl.SSLContext | None = None,
    seconds: float = 5.0,
) -> AsyncIterator[tuple[Server, httpx.AsyncClient]]:
    transport = Transport(Limits(), ours)
    async with serving(script, theirs) as server, httpx.AsyncClient(transport=transport, timeout=seconds) as client:
        yield server, client


@asynccontextmanager
async def scraps_of(url: str) -> AsyncIterator[str]:
    """A relay in front of `url` that hands on seven bytes at a time, each when the ones before are read."""

    async def hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
        try:
            await asyncio.gather(pass_on(reader, back), pass_on(there, writer))
        finally:
            back.close()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while scrap := await reader.read(7):
            writer.write(scrap)
            await asyncio.sleep(0)
        writer.close()

    async with listening(hand_on) as port:
        yield str(httpx.URL(url).copy_with(port=port))


async def payloads_of(response: httpx.Response) -> list[bytes]:
    """The body of a chunked answer, read past the parser; then the parser must find the end."""
    connection = response.extensions["network_stream"]
    assert isinstance(connection, Connection)
    assert connection.is_untouched
    payloads = []
    while payload := await connection.payload(5):
        payloads.append(payload)
    assert [piece async for piece in response.aiter_raw()] == []
    return payloads


def tls_of_server(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


NUMBERS = b"".join(b"%06d" % number for number in range(2000))


class TestPayload:
    async def test_all_that_has_arrived_comes_at_once(self) -> None:
        written = asyncio.Event()
        async with talking(many(2000, written)) as (server, client), client.stream("GET", server.base_url) as response:
            await written.wait()
            payloads = await payloads_of(response)
        assert b"".join(payloads) == NUMBERS
        assert len(payloads) < 10

    async def test_under_tls_too(self, certificate: Path) -> None:
        ours, written = ssl.create_default_context(cafile=certificate), asyncio.Event()
        theirs = tls_of_server(certificate)
        async with (
            talking(many(2000, written), theirs, ours) as (server, client),
            client.stream("GET", server.base_url) as response,
        ):
            await written.wait()
            payloads = await payloads_of(response)
        assert b"".join(payloads) == NUMBERS
        assert len(payloads) < 20

    async def test_tls_records_may_arrive_in_scraps(self, certificate: Path) -> None:
        ours, theirs = ssl.create_default_context(cafile=certificate), tls_of_server(certificate)
        async with serving(many(20, asyncio.Event()), theirs) as server, scraps_of(server.base_url) as url:
            transport = Transport(Limits(), ours)
            async with httpx.AsyncClient(transport=transport) as client, client.stream("GET", url) as response:
                assert b"".join(await payloads_of(response)) == NUMBERS[:120]

    async def test_the_parser_may_read_the_body_as_well(self, certificate: Path) -> None:
        ours = ssl.create_default_context(cafile=certificate)
        async with talking(many(2000, asyncio.Event()), tls_of_server(certificate), ours) as (server, client):
            assert (await client.get(server.base_url)).content == NUMBERS
            assert (await client.get(server.base_url)).content == NUMBERS
        assert server.connection_count == 1

    async def test_a_large_request_is_sent_whole(self, certificate: Path) -> None:
        ours = ssl.create_default_context(cafile=certificate)
        for theirs, trusted in ((None, None), (tls_of_server(certificate), ours)):
            async with talking(many(1, asyncio.Event()), theirs, trusted) as (server, client):
                await client.post(server.base_url, content=b"x" * 3_000_000)
            assert server.requests[0].endswith(b"x" * 3_000_000)

    async def test_an_interim_answer_leaves_the_body_to_the_parser(self) -> None:
        async def script(peer: Peer) -> None:
            await peer.say(b"HTTP/1.1 103 Early Hints\r\n\r\n" + STREAM_HEAD + http_chunk(b"one") + LAST_CHUNK)

        async with talking(script) as (server, client), client.stream("GET", server.base_url) as response:
            assert not response.extensions["network_stream"].is_untouched
            assert await response.aread() == b"one"

    async def test_a_head_may_arrive_in_pieces(self) -> None:
        async def script(peer: Peer) -> None:
            for byte in STREAM_HEAD + http_chunk(b"one") + LAST_CHUNK:
                await peer.say(bytes([byte]))

        async with talking(script) as (server, client), client.stream("GET", server.base_url) as response:
            assert b"".join(await payloads_of(response)) == b"one"

    async def test_silence_is_a_time_out_of_httpx(self) -> None:
        async def script(peer: Peer) -> None:
            await peer.say(STREAM_HEAD)
            await peer.until_closed()

        async with talking(script) as (server, client), client.stream("GET", server.base_url) as response:
            with pytest.raises(httpx.ReadTimeout):
                await response.extensions["network_stream"].payload(0.05)

    async def test_closing_wakes_who_waits(self) -> None:
        async def script(peer: Peer) -> None:
            await peer.say(STREAM_HEAD)
            await peer.until_closed()

        async with talking(script) as (server, client), client.stream("GET", server.base_url) as response:
            waiting = asyncio.ensure_future(response.extensions["network_stream"].payload(None))
            await asyncio.sleep(0)
            await client.aclose()
            with pytest.raises(httpx.ReadError):
                await asyncio.wait_for(waiting, SECONDS)


class TestConnecting:
    async def test_an_unknown_certificate_is_refused(self, certificate: Path) -> None:
        async with talking(many(1, asyncio.Event()), tls_of_server(certificate)) as (server, client):
            with pytest.raises(httpx.ConnectError):
                await client.get(server.base_url)

    async def test_a_server_that_closes_in_the_handshake_is_refused(self) -> None:
        async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()

        async with listening(hang_up) as port, httpx.AsyncClient(transport=Transport(Limits())) as client:
            with pytest.raises(httpx.ConnectError):
                await client.get(f"https://127.0.0.1:{port}/")

    async def test_the_next_address_is_tried_when_one_does_not_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def script(peer: Peer) -> None:
            await peer.say(answer("200 OK", b"{}"))

        async with talking(script) as (server, client):
            port = httpx.URL(server.base_url).port

            async def addresses(*args: object, **kwargs: object) -> list[tuple[object, ...]]:
                return [(socket.AF_INET, 0, 0, "", (host, port)) for host in ("127.0.0.2", "127.0.0.1")]

            monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", addresses)
            assert (await client.get(f"http://glm.test:{port}/")).status_code == 200

    async def test_an_unknown_name_is_no_connection(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def unknown(*args: object, **kwargs: object) -> None:
            raise socket.gaierror("unknown")

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
        async with httpx.AsyncClient(transport=Transport(Limits())) as client:
            with pytest.raises(httpx.ConnectError):
                await client.get("http://glm.test/")

    async def test_a_connection_that_the_server_closed_is_not_used_again(self) -> None:
        async def script(peer: Peer) -> None:
            await peer.say(answer("200 OK", b"{}"))
            peer.writer.close()

        async with talking(script) as (server, client):
            for _ in range(2):
                assert (await client.get(server.base_url)).status_code == 200
                await asyncio.wait_for(server.closed.wait(), SECONDS)
        assert server.connection_count == 2


class TestAnswers:
    async def test_answers_of_every_kind_share_a_connection(self) -> None:
        answers = iter(
            [
                STREAM_HEAD + http_chunk(b"one") + http_chunk(b"two") + LAST_CHUNK,
                answer("200 OK", b"5\r\nthree\r\n"),
                b"HTTP/1.1 204 No Content\r\n\r\n",
                answer("200 OK", b"x" * 200_000),
                STREAM_HEAD + http_chunk(b"four") + LAST_CHUNK,
            ]
        )

        async def script(peer: Peer) -> None:
            await peer.say(next(answers))

        async with talking(script) as (server, client):
            bodies = [(await client.get(server.base_url)).content for _ in range(5)]
        assert bodies == [b"onetwo", b"5\r\nthree\r\n", b"", b"x" * 200_000, b"four"]
        assert server.connection_count == 1

    async def test_a_stream_cut_in_a_chunk_is_an_error(self) -> None:
        async def script(peer: Peer) -> None:
            await peer.say(STREAM_HEAD, b"a\r\nhalf")
            peer.writer.close()

        async with talking(script) as (server, client):
            with pytest.raises(httpx.RemoteProtocolError):
                await client.get(server.base_url)


class TestKeptConnections:
    async def test_one_that_is_too_old_is_not_used_again(self) -> None:
        async with Keeping(Limits(idle_seconds=-1)) as kept:
            await kept.get()
            await kept.get()
        assert kept.server.connection_count == 2

    async def test_more_than_the_bound_are_not_kept(self) -> None:
        async with Keeping(Limits(idle_connection_count=1)) as kept:
            for _ in range(2):
                kept.ending.clear()
                asking = [asyncio.ensure_future(kept.get()) for _ in range(3)]
                async with asyncio.timeout(SECONDS):
                    while kept.asked < 3:  # noqa: ASYNC110 - no event tells it
                        await asyncio.sleep(0)
                kept.asked = 0
                kept.ending.set()
                await asyncio.gather(*asking)
        assert kept.server.connection_count == 3 + 2

    async def test_one_too_many_waits_for_room_and_not_for_ever(self) -> None:
        async with Keeping(Limits(connection_count=1)) as kept:
            kept.ending.clear()
            first = asyncio.ensure_future(kept.get())
            await asyncio.wait_for(kept.server.asked.wait(), SECONDS)
            with pytest.raises(httpx.PoolTimeout):
                await kept.get(pool=0.01)
            second = asyncio.ensure_future(kept.get(pool=SECONDS))
            await asyncio.sleep(0)
            kept.ending.set()
            await asyncio.gather(first, second)
        assert kept.server.connection_count == 1

    async def test_whoever_is_cancelled_gives_the_room_back(self) -> None:
        async with Keeping(Limits(connection_count=1)) as kept:
            kept.ending.clear()
            first = asyncio.ensure_future(kept.get())
            await asyncio.wait_for(kept.server.asked.wait(), SECONDS)
            first.cancel()
            await asyncio.wait([first])
            kept.ending.set()
            await kept.get(pool=0.01)
        assert kept.server.connection_count == 2

    async def test_another_server_gets_a_connection_of_its_own(self) -> None:
        async with Keeping(Limits()) as kept, serving(kept.script) as other:
            await kept.get()
            await kept.client.get(other.base_url)
            await kept.get()
        assert (kept.server.connection_count, other.connection_count) == (1, 1)


class Keeping:
    """A client with bounds of its own, and a server that answers once it may."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.ending, self.asked = limits, asyncio.Event(), 0
        self.ending.set()

    async def script(self, peer: Peer) -> None:
        self.asked += 1
        await self.ending.wait()
        await peer.say(answer("200 OK", b"{}"))

    async def get(self, pool: float = 5.0) -> None:
        await self.client.get(self.server.base_url, timeout=httpx.Timeout(5.0, pool=pool))

    async def __aenter__(self) -> "Keeping":
        self._undo = AsyncExitStack()
        self.server = await self._undo.enter_async_context(serving(self.script))
        client = httpx.AsyncClient(transport=Transport(self.limits))
        self.client = await self._undo.enter_async_context(client)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._undo.aclose()


class TestReadingOnDemand:
    async def test_nothing_is_read_while_nobody_asks(self) -> None:
        """The kernel's buffers fill up and the server has to wait."""
        stuck, done = asyncio.Event(), asyncio.Event()

        async def script(peer: Peer) -> None:
            await peer.say(STREAM_HEAD)
            for _ in range(400):
                peer.writer.write(http_chunk(b"x" * 60_000))
            stuck.set()
            await peer.writer.drain()
            done.set()
            await peer.until_closed()

        async with talking(script) as (server, client), client.stream("GET", server.base_url) as response:
            pieces = response.aiter_raw()
            await anext(pieces)
            await stuck.wait()
            for _ in range(200):
                await asyncio.sleep(0)
            assert not done.is_set()


class TestFailures:
    @pytest.mark.parametrize(("expected", "seconds"), [(httpx.ReadTimeout, 0.05), (httpx.RemoteProtocolError, 5.0)])
    async def test_errors_are_httpx_s(self, expected: type[Exception], seconds: float) -> None:
        async def script(peer: Peer) -> None:
            if seconds < 1:
                await peer.until_closed()
            peer.writer.close()

        async with talking(script, seconds=seconds) as (server, client):
            with pytest.raises(expected):
                await client.get(server.base_url)
