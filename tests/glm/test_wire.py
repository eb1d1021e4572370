"""Connections that hand over all that has arrived at once, plain and under TLS."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from conversations.glm import Limits
from conversations.glm.wire import MergingStream, Transport

from .server import LAST_CHUNK, STREAM_HEAD, Peer, Script, Server, answer, http_chunk, serving


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


async def pieces_of(url: str, client: httpx.AsyncClient, written: asyncio.Event) -> list[bytes]:
    async with client.stream("GET", url) as response:
        await written.wait()
        return [piece async for piece in response.aiter_raw()]


class TestMerging:
    async def test_chunks_arrive_in_few_pieces(self) -> None:
        written = asyncio.Event()
        async with talking(many(2000, written)) as (server, client):
            pieces = await pieces_of(server.base_url, client, written)
        assert b"".join(pieces) == b"".join(b"%06d" % number for number in range(2000))
        assert len(pieces) < 10

    async def test_tls_records_arrive_in_few_pieces(self, certificate: Path) -> None:
        theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        theirs.load_cert_chain(certificate)
        ours = ssl.create_default_context(cafile=certificate)
        written = asyncio.Event()
        async with talking(many(2000, written), theirs, ours) as (server, client):
            pieces = await pieces_of(server.base_url, client, written)
        assert b"".join(pieces) == b"".join(b"%06d" % number for number in range(2000))
        assert len(pieces) < 20

    async def test_an_unknown_certificate_is_refused(self, certificate: Path) -> None:
        theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        theirs.load_cert_chain(certificate)
        async with talking(many(1, asyncio.Event()), theirs) as (server, client):
            with pytest.raises(httpx.ConnectError):
                await client.get(server.base_url)

    async def test_it_tells_whether_more_has_arrived(self) -> None:
        async def script(peer: Peer) -> None:
            await peer.say(STREAM_HEAD + http_chunk(b"x" * 100_000) + LAST_CHUNK)

        async with talking(script) as (server, client), client.stream("GET", server.base_url) as response:
            connection = response.extensions["network_stream"]
            assert isinstance(connection, MergingStream)
            sizes = [(len(piece), connection.has_more) async for piece in response.aiter_raw()]
        assert sum(size for size, _ in sizes) == 100_000
        assert not sizes[-1][1]

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
