"""Both clients, each against the same servers: what they send, where they go, when they stop."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from conversations.outgoing import (
    Bounds,
    BrokenAnswer,
    NotAllowed,
    NotReached,
    OutgoingError,
    OwnServer,
    Request,
    TookTooLong,
    TooLarge,
    Why,
    blocking,
    client,
)

from .server import ENOUGH, PUBLIC, Names, answer, ask, saying, serving, silent

URL = "http://host.example/path?a=b"

pytestmark = pytest.mark.parametrize("way", ["async", "blocking"])


class TestARequest:
    def test_goes_to_the_address_of_the_name_with_the_name(self, way: str) -> None:
        with serving(saying(answer("200 OK", b"hello", X_Kind="test"))) as server:
            got = ask(way, URL, Names(server))
        assert (got.status, got.body, got.media_type, got.headers["x-kind"]) == (200, b"hello", "text/plain", "test")
        assert server.reached == [PUBLIC]
        head = server.requests[0].split(b"\r\n")
        assert head[0] == b"GET /path?a=b HTTP/1.1"
        assert b"Host: host.example" in head
        assert b"Accept-Encoding: identity" in head

    def test_has_a_body_and_headers_of_its_own(self, way: str) -> None:
        headers = (("Authorization", "Bearer secret"), ("accept", "text/html"), ("Host", "inner.example"))
        request = Request("POST", URL, headers, "天".encode())
        assert "secret" not in repr(request)
        with serving(saying(answer("201 Created", b""))) as server:
            assert ask(way, request, Names(server)).status == 201
        head, _, body = server.requests[0].partition(b"\r\n\r\n")
        assert body == "天".encode()
        assert b"Authorization: Bearer secret" in head
        assert b"accept: text/html" in head
        assert b"*/*" not in head
        assert head.lower().count(b"host:") == 1
        assert b"inner.example" not in head

    def test_tries_the_next_address_of_a_name(self, way: str) -> None:
        with serving(saying(answer("200 OK", b"hello"))) as server:
            known = {"host.example": [["2606:4700::1", PUBLIC]]}
            assert ask(way, URL, Names(server, known, dead=frozenset({"2606:4700::1"}))).body == b"hello"
        assert server.reached == ["2606:4700::1", PUBLIC]

    def test_uses_no_proxy_of_the_environment(self, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        with serving(saying(answer("200 OK", b"hello"))) as server:
            assert ask(way, URL, Names(server)).body == b"hello"

    def test_with_a_line_break_in_a_header_is_refused(self, way: str) -> None:
        with serving(silent) as server, pytest.raises(NotAllowed):
            ask(way, Request("GET", URL, (("X-One", "a\r\nX-Two: b"),)), Names(server))


class TestAnAddressInside:
    @pytest.mark.parametrize(
        "found",
        [
            ["127.0.0.1"],
            ["169.254.169.254"],
            ["::ffff:127.0.0.1"],
            ["64:ff9b::7f00:1"],
            ["2002:7f00:1::"],
            ["fe80::1%lo"],
            ["0.0.0.0"],
            [PUBLIC, "192.168.1.1"],
        ],
    )
    def test_is_refused_before_anything_is_sent(self, way: str, found: Sequence[str]) -> None:
        with serving(silent) as server:
            with pytest.raises(NotAllowed) as refused:
                ask(way, URL, Names(server, {"host.example": [found]}))
            assert refused.value.why is Why.PRIVATE
            assert (server.reached, server.requests) == ([], [])

    @pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "0x7f000001", "2130706433", "localhost", "[::1]", "0"])
    def test_is_refused_in_every_spelling_that_the_system_knows(self, way: str, host: str) -> None:
        with serving(silent) as server, pytest.raises((NotAllowed, NotReached)):
            _really(way, f"http://{host}:{server.port}/")
        assert server.requests == []

    def test_does_not_come_in_by_a_name_that_is_rebound(self, way: str) -> None:
        """A second look-up would lead to this machine: there is none."""
        with serving(saying(answer("200 OK", b"hello"))) as server:
            names = Names(server, {"host.example": [[PUBLIC], ["127.0.0.1"]]})
            ask(way, URL, names)
        assert names.asked == ["host.example"]
        assert server.reached == [PUBLIC]

    def test_does_not_come_in_by_a_redirect(self, way: str) -> None:
        with serving(saying(answer("302 Found", b"", Location="http://127.0.0.1/"))) as server:
            got = ask(way, URL, Names(server))
        assert (got.status, len(server.requests)) == (302, 1)

    def test_is_reached_when_the_process_says_so(self, way: str) -> None:
        with serving(saying(answer("200 OK", b"hello"))) as server:
            url = f"http://127.0.0.1:{server.port}/"
            assert _really(way, url, OwnServer.of(url)) == b"hello"
            with pytest.raises(NotAllowed):
                _really(way, url, OwnServer("127.0.0.1", server.port + 1))


def _really(way: str, url: str, own: OwnServer | None = None) -> bytes:
    """With the system's own resolver and network."""
    if way == "async":
        return asyncio.run(_really_async(url, own))
    with blocking.sent(Request("GET", url), ENOUGH, own=own) as got:
        return got.body()


async def _really_async(url: str, own: OwnServer | None) -> bytes:
    async with client.sent(Request("GET", url), ENOUGH, own=own) as got:
        return await got.body()


class TestTooMuch:
    BOUNDS = Bounds(most_bytes=1000, seconds=10)

    def test_is_refused_when_it_is_announced(self, way: str) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n"
        with serving(saying(head)) as server, pytest.raises(TooLarge):
            ask(way, URL, Names(server), self.BOUNDS)

    def test_is_refused_when_it_comes(self, way: str) -> None:
        def script(connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                connection.sendall(b"x" * 65536)

        with serving(script) as server, pytest.raises(TooLarge):
            ask(way, URL, Names(server), self.BOUNDS)

    def test_is_refused_when_it_is_unfolded(self, way: str) -> None:
        bomb = answer("200 OK", gzip.compress(b"\0" * 100_000), Content_Encoding="gzip")
        with serving(saying(bomb)) as server, pytest.raises(TooLarge):
            ask(way, URL, Names(server), self.BOUNDS)

    def test_of_headers_is_refused(self, way: str) -> None:
        def script(connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                connection.sendall(b"X-More: " + b"x" * 10_000 + b"\r\n")

        with serving(script) as server, pytest.raises(BrokenAnswer):
            ask(way, URL, Names(server), self.BOUNDS)


class TestTooLong:
    BOUNDS = Bounds(most_bytes=1000, seconds=0.3)

    def test_is_no_answer(self, way: str) -> None:
        with serving(silent) as server, pytest.raises(TookTooLong):
            ask(way, URL, Names(server), self.BOUNDS)

    def test_is_silence_in_the_middle(self, way: str) -> None:
        def script(connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
            silent(connection)

        with serving(script) as server, pytest.raises(TookTooLong):
            ask(way, URL, Names(server), Bounds(most_bytes=1000, seconds=10, silence=0.1))

    def test_is_a_drop_now_and_then(self, way: str) -> None:
        """Each wait is short, and all of them together are not."""
        began = time.monotonic()

        def script(connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            connection.settimeout(0.05)
            while True:
                try:
                    if not connection.recv(1):
                        return
                except TimeoutError:
                    connection.sendall(b"x")

        with serving(script) as server, pytest.raises(TookTooLong):
            ask(way, URL, Names(server), self.BOUNDS)
        assert time.monotonic() - began < 5


class TestABrokenAnswer:
    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"SSH-2.0-OpenSSH_9.2\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            answer("200 OK", b"not really", Content_Encoding="gzip"),
            answer("200 OK", gzip.compress(b"cut off")[:-6], Content_Encoding="gzip"),
            answer("200 OK", b"unknown", Content_Encoding="br"),
        ],
    )
    def test_is_told(self, way: str, data: bytes) -> None:
        with serving(saying(data)) as server, pytest.raises(BrokenAnswer):
            ask(way, URL, Names(server))

    def test_is_not_one_without_a_body(self, way: str) -> None:
        with serving(saying(b"HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n")) as server:
            assert ask(way, URL, Names(server)).body == b""

    def test_says_its_kind_and_letters(self, way: str) -> None:
        data = answer("200 OK", b"", 'Text/HTML; boundary=x; Charset="GBK"')
        with serving(saying(data)) as server:
            got = ask(way, URL, Names(server))
        assert (got.media_type, got.charset) == ("text/html", "gbk")


class TestNobody:
    def test_of_that_name(self, way: str) -> None:
        with serving(silent) as server, pytest.raises(NotReached) as failed:
            ask(way, "http://host.nowhere/", Names(server))
        assert failed.value.why is Why.NAME

    @pytest.mark.parametrize("host", ["x" * 64 + ".example", "host..example"])
    def test_of_a_name_that_cannot_be_one(self, way: str, host: str) -> None:
        with pytest.raises(OutgoingError):
            _really(way, f"http://{host}/")

    def test_at_that_address(self, way: str) -> None:
        with serving(silent) as server, pytest.raises(NotReached) as failed:
            ask(way, URL, Names(server, dead=frozenset({PUBLIC})))
        assert failed.value.why is Why.CONNECTION


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for host.example, in one file."""
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
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("host.example")]), False)
        .sign(key, hashes.SHA256())
    )
    form, pem = serialization.PrivateFormat.TraditionalOpenSSL, serialization.Encoding.PEM
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, form, serialization.NoEncryption()))
    return path


class TestUnderTls:
    def test_the_name_is_the_one_that_was_asked_for(self, way: str, certificate: Path) -> None:
        theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        theirs.load_cert_chain(certificate)
        shown: list[str] = []
        theirs.sni_callback = lambda _socket, name, _context: shown.append(name)  # type: ignore[assignment]
        ours = ssl.create_default_context(cafile=certificate)
        with serving(saying(answer("200 OK", b"hello")), theirs) as server:
            assert ask(way, "https://host.example/", Names(server, trust=ours)).body == b"hello"
            assert (server.reached, shown) == ([PUBLIC], ["host.example"])
            assert b"Host: host.example\r\n" in server.requests[0]
            with pytest.raises(NotReached) as failed:
                ask(way, "https://other.example/", Names(server, trust=ours))
            assert failed.value.why is Why.CERTIFICATE

    def test_a_certificate_of_ones_own_making_is_not_trusted(self, way: str, certificate: Path) -> None:
        theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        theirs.load_cert_chain(certificate)
        with serving(silent, theirs) as server, pytest.raises(NotReached) as failed:
            ask(way, "https://host.example/", Names(server))
        assert failed.value.why is Why.CERTIFICATE
        assert server.requests == []
