"""The client against a real socket: what it sends, what it gives, how it fails."""

import asyncio
import gzip
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from conversations.glm import (
    AnswerError,
    Began,
    ChatMessage,
    ChatRequest,
    ChatStream,
    Client,
    ConnectionFailed,
    ConnectionLost,
    ContentRefused,
    Finish,
    GlmError,
    Kind,
    Limits,
    ProtocolError,
    Reply,
    TextDelta,
    TimedOut,
    Timeouts,
    TooLarge,
)

from .recordings import REPLIES, recording
from .server import LAST_CHUNK, STREAM_HEAD, Peer, Script, Server, answer, http_chunk, serving

KEY = "a1b2c3d4e5f6.s3cr3ts3cr3t"
REQUEST = ChatRequest("glm-4.6", (ChatMessage("user", "汉堡"),), "request-1", "person-1")


def saying(*pieces: bytes) -> Script:
    async def script(peer: Peer) -> None:
        await peer.say(*pieces)

    return script


def breaking_off(*pieces: bytes) -> Script:
    async def script(peer: Peer) -> None:
        await peer.say(*pieces)
        peer.writer.close()

    return script


def streaming(data: bytes, size: int = 10_000) -> Script:
    chunks = [http_chunk(data[at : at + size]) for at in range(0, len(data), size)]
    return saying(STREAM_HEAD, *chunks, LAST_CHUNK)


@asynccontextmanager
async def connected(script: Script, **options: Any) -> AsyncIterator[tuple[Server, Client]]:
    async with serving(script) as server, Client(server.base_url, KEY, **options) as client:
        yield server, client


async def ask(server: Server, **options: Any) -> Reply:
    async with Client(server.base_url, KEY, **options) as client:
        return await ask_with(client)


async def ask_with(client: Client) -> Reply:
    async with client.chat(REQUEST) as stream:
        async for _ in stream:
            pass
    return stream.reply


async def first_step(client: Client) -> ChatStream:
    """Take one step of a reply and leave."""
    async with client.chat(REQUEST) as stream:
        await anext(stream)
    return stream


async def failure(script: Script, **options: Any) -> GlmError:
    async with serving(script) as server:
        with pytest.raises(GlmError) as caught:
            await ask(server, **options)
    return caught.value


class TestRequest:
    async def test_it_says_who_asks_and_what_it_takes(self) -> None:
        async with serving(streaming(recording("text"))) as server:
            await ask(server, language="en-US,en")
        head, _, body = server.requests[0].partition(b"\r\n\r\n")
        lines = head.decode().lower().split("\r\n")
        assert lines[0] == "post /api/paas/v4/chat/completions http/1.1"
        assert {
            f"authorization: bearer {KEY}",
            "accept-encoding: identity",
            "accept-language: en-us,en",
            "content-type: application/json; charset=utf-8",
        } <= set(lines)
        assert json.loads(body) == REQUEST.body()

    async def test_without_a_key_it_sends_none(self) -> None:
        async with serving(streaming(recording("text"))) as server, Client(server.base_url, None) as client:
            await ask_with(client)
        assert b"authorization" not in server.requests[0].lower()

    @pytest.mark.parametrize("slash", ["", "/"])
    async def test_a_slash_behind_the_base_changes_nothing(self, slash: str) -> None:
        listed = answer("200 OK", b'{"data":[]}')
        async with serving(saying(listed)) as server, Client(server.base_url + slash, KEY) as client:
            await client.models()
        assert server.requests[0].startswith(b"GET /api/paas/v4/models HTTP/1.1")


class TestReply:
    @pytest.mark.parametrize("name", sorted(REPLIES.keys() - {"error_first", "error_event"}))
    async def test_recordings_come_out_as_they_mean(self, name: str) -> None:
        async with serving(streaming(recording(name), size=50)) as server:
            assert await ask(server) == REPLIES[name]

    async def test_status_and_log_id_are_known_from_the_beginning(self) -> None:
        async with connected(streaming(recording("text"))) as (_, client), client.chat(REQUEST) as stream:
            assert (stream.status, stream.log_id) == (200, "log-7")

    async def test_one_step_gives_all_that_has_arrived(self) -> None:
        data = b"".join(
            b'data: {"id":"1","model":"m","choices":[{"index":0,"delta":{"content":"%d "}}]}\n\n' % number
            for number in range(5000)
        )
        written = asyncio.Event()

        async def script(peer: Peer) -> None:
            await peer.say(STREAM_HEAD)
            peer.writer.writelines(http_chunk(line + b"\n\n") for line in data.split(b"\n\n")[:-1])
            written.set()
            await peer.say(LAST_CHUNK)

        async with connected(script) as (_, client), client.chat(REQUEST) as stream:
            await written.wait()
            batches = [events async for events in stream]
        assert len(batches) < 30
        assert batches[0][0] == Began("1", "m")
        assert stream.reply.text == "".join(f"{number} " for number in range(5000))

    async def test_the_first_delta_does_not_wait_for_the_second(self) -> None:
        go_on = asyncio.Event()

        async def script(peer: Peer) -> None:
            first, _, rest = recording("text").partition(b"\n\n")
            await peer.say(STREAM_HEAD, http_chunk(first + b"\n"))
            await go_on.wait()
            await peer.say(http_chunk(b"\n" + rest), LAST_CHUNK)

        async with connected(script) as (_, client), client.chat(REQUEST) as stream:
            assert (await anext(stream))[-1] == TextDelta("The")
            go_on.set()
            async for _ in stream:
                pass
        assert stream.reply == REPLIES["text"]

    async def test_a_server_that_compresses_all_the_same_is_understood(self) -> None:
        body = gzip.compress(recording("text"))
        whole = answer("200 OK", body, "text/event-stream", Content_Encoding="gzip")
        async with serving(saying(whole)) as server:
            assert await ask(server) == REPLIES["text"]

    async def test_a_server_that_does_not_stream_is_understood(self) -> None:
        message = {"role": "assistant", "content": "The Elbe."}
        body = {"id": "1", "model": "m", "choices": [{"index": 0, "finish_reason": "stop", "message": message}]}
        async with serving(saying(answer("200 OK", json.dumps(body).encode()))) as server:
            reply = await ask(server)
        assert (reply.text, reply.finish) == ("The Elbe.", Finish.STOP)

    async def test_a_missing_end_after_a_finish_is_none(self) -> None:
        data = recording("text").removesuffix(b"data: [DONE]\n\n")
        async with serving(breaking_off(STREAM_HEAD, http_chunk(data))) as server:
            assert await ask(server) == REPLIES["text"]

    async def test_a_finished_answer_leaves_its_connection_open_for_the_next(self) -> None:
        async with connected(streaming(recording("text"))) as (server, client):
            for _ in range(3):
                assert await ask_with(client) == REPLIES["text"]
        assert server.connection_count == 1

    async def test_many_replies_come_side_by_side(self) -> None:
        async with connected(streaming(recording("text"), size=50)) as (_, client):
            replies = await asyncio.gather(*(ask_with(client) for _ in range(60)))
        assert replies == [REPLIES["text"]] * 60

    async def test_leaving_early_closes_the_response(self) -> None:
        async def script(peer: Peer) -> None:
            await peer.say(STREAM_HEAD, http_chunk(recording("cut_off")))
            await peer.until_closed()

        async with connected(script) as (server, client):
            stream = await first_step(client)
            await asyncio.wait_for(server.closed.wait(), 5)
        assert (stream.reply.text, stream.reply.finish) == ("The Elbe flows", None)

    async def test_cancelling_closes_the_response(self) -> None:
        async def script(peer: Peer) -> None:
            await peer.say(STREAM_HEAD)
            await peer.until_closed()

        async with connected(script) as (server, client):
            asking = asyncio.ensure_future(ask_with(client))
            await asyncio.wait_for(server.asked.wait(), 5)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await asyncio.wait_for(server.closed.wait(), 5)


class TestFailures:
    async def test_an_error_status_is_raised_on_entering(self) -> None:
        body = b'{"error":{"code":"1302","message":"busy"}}'
        error = await failure(saying(answer("429 Too Many", body, x_log_id="L9")))
        assert isinstance(error, AnswerError)
        assert (error.code, error.http_status, error.log_id, error.request_id) == ("1302", 429, "L9", "request-1")
        assert error.raw == body.decode()

    async def test_refused_content_is_an_error_of_its_own(self) -> None:
        body = b'{"contentFilter":[{"level":1,"role":"user"}],"error":{"code":"1301","message":"x"}}'
        error = await failure(saying(answer("400 Bad", body)))
        assert isinstance(error, ContentRefused)
        assert error.content_filter[0].role == "user"

    @pytest.mark.parametrize("content_type", ["text/html", "application/json", "text/plain", ""])
    async def test_something_else_than_a_stream_is_not_shown(self, content_type: str) -> None:
        error = await failure(saying(answer("200 OK", b"<html>welcome</html>", content_type)))
        assert isinstance(error, ProtocolError)
        assert (error.log_id, error.raw) == ("", "<html>welcome</html>")

    async def test_an_error_in_a_200_is_raised(self) -> None:
        error = await failure(saying(answer("200 OK", b'{"error":{"code":"1113","message":"x"}}')))
        assert (error.kind, error.http_status) == (Kind.MONEY, 200)

    async def test_an_error_in_the_stream_comes_after_the_text_before_it(self) -> None:
        async with connected(streaming(recording("error_event"))) as (_, client), client.chat(REQUEST) as stream:
            assert (await anext(stream))[-1] == TextDelta("The Elbe")
            with pytest.raises(AnswerError) as caught:
                await anext(stream)
        assert (caught.value.code, caught.value.log_id) == ("1234", "log-7")
        assert stream.reply.finish is Finish.BROKEN

    async def test_a_redirect_is_not_followed(self) -> None:
        error = await failure(saying(answer("302 Found", b"", Location="http://127.0.0.1:1/")))
        assert isinstance(error, ProtocolError)
        assert error.http_status == 302

    async def test_a_body_of_an_error_is_cut_off(self) -> None:
        error = await failure(saying(answer("502 Bad", b"x" * 300_000, "text/html")))
        assert len(error.raw) == 64 * 1024

    async def test_a_body_of_an_error_that_never_ends_is_not_waited_for(self) -> None:
        async def script(peer: Peer) -> None:
            await peer.say(answer("500 No", b"{}").replace(b"Content-Length: 2", b"Content-Length: 9"))
            await peer.until_closed()

        error = await failure(script, timeouts=Timeouts(error_body=0.05))
        assert (error.http_status, error.raw) == (500, "{}")

    async def test_a_refused_connection_was_surely_not_taken(self) -> None:
        async with serving(saying()) as server:
            pass
        with pytest.raises(ConnectionFailed) as caught:
            await ask(server)
        assert (caught.value.kind, caught.value.request_id) == (Kind.UNREACHABLE, "request-1")
        assert caught.value.is_surely_not_taken

    async def test_a_connection_that_breaks_before_the_answer_may_have_been_taken(self) -> None:
        error = await failure(breaking_off())
        assert isinstance(error, ConnectionLost)
        assert not error.is_surely_not_taken

    async def test_a_connection_that_breaks_in_the_answer_is_told_after_the_text(self) -> None:
        script = breaking_off(STREAM_HEAD, http_chunk(recording("cut_off").removesuffix(b"data: [DONE]\n\n")))
        async with connected(script) as (_, client), client.chat(REQUEST) as stream:
            with pytest.raises(ConnectionLost) as caught:
                async for _ in stream:
                    pass
        assert (stream.reply.text, stream.reply.finish) == ("The Elbe flows", Finish.BROKEN)
        assert caught.value.log_id == "log-7"

    @pytest.mark.parametrize("before", [b"", STREAM_HEAD])
    async def test_silence_is_a_time_out(self, before: bytes) -> None:
        async def script(peer: Peer) -> None:
            await peer.say(before)
            await peer.until_closed()

        error = await failure(script, timeouts=Timeouts(read=0.05))
        assert isinstance(error, TimedOut)
        assert error.kind is Kind.TIMEOUT

    async def test_a_full_pool_means_that_we_are_busy(self) -> None:
        async def script(peer: Peer) -> None:
            await peer.say(STREAM_HEAD)
            await peer.until_closed()

        limits, timeouts = Limits(connection_count=1), Timeouts(pool=0.05)
        async with connected(script, limits=limits, timeouts=timeouts) as (_, client), client.chat(REQUEST):
            with pytest.raises(ConnectionFailed) as caught:
                await ask_with(client)
        assert caught.value.kind is Kind.BUSY

    @pytest.mark.parametrize(("limit", "data"), [("line", 2000), ("total", 2000)])
    async def test_too_much_is_refused(self, limit: str, data: int) -> None:
        error = await failure(streaming(b": " + b"x" * data + b"\n\n"), limits=Limits(**{limit: 1000}))
        assert isinstance(error, TooLarge)

    async def test_a_bomb_is_refused(self) -> None:
        bomb = answer("200 OK", gzip.compress(b"\0" * 1_000_000), "application/json", Content_Encoding="gzip")
        assert isinstance(await failure(saying(bomb), limits=Limits(total=1000)), TooLarge)

    async def test_an_unknown_compression_is_refused(self) -> None:
        whole = answer("200 OK", b"\0", "text/event-stream", Content_Encoding="br")
        assert isinstance(await failure(saying(whole)), ProtocolError)

    async def test_nonsense_instead_of_http_is_a_broken_connection(self) -> None:
        assert isinstance(await failure(breaking_off(b"220 smtp ready\r\n\r\n")), ConnectionLost)


class TestModels:
    async def test_the_ids_are_listed(self) -> None:
        body = b'{"object":"list","data":[{"id":"glm-4.6"},{"id":"glm-5"},{"x":1},3]}'
        async with connected(saying(answer("200 OK", body))) as (_, client):
            assert await client.models() == ("glm-4.6", "glm-5")

    @pytest.mark.parametrize(
        ("status", "body", "kind"),
        [
            ("401 No", b'{"error":{"code":"1000","message":"x"}}', Kind.KEY),
            ("200 OK", b'{"code":401,"msg":"x","success":false}', Kind.KEY),
            ("200 OK", b"<html>", Kind.UNREACHABLE),
            ("200 OK", b'{"data":3}', Kind.UNREACHABLE),
        ],
    )
    async def test_a_bad_key_or_server_is_an_error(self, status: str, body: bytes, kind: Kind) -> None:
        async with connected(saying(answer(status, body))) as (_, client):
            with pytest.raises(GlmError) as caught:
                await client.models()
        assert caught.value.kind is kind


class TestSecrets:
    async def test_the_key_is_in_no_error_and_no_log(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        body = json.dumps({"error": {"code": "1000", "message": f"Bearer {KEY}"}}).encode()
        async with connected(saying(answer("401 No", body))) as (_, client):
            with pytest.raises(GlmError) as caught:
                await ask_with(client)
            said = f"{client!r} {caught.value!r} {caught.value} {vars(caught.value)} {caplog.text}"
        assert "s3cr3t" not in said
        assert caplog.text

    @pytest.mark.parametrize("key", ["a.b\n", "ключ.s3cr3t", "a\0.b"])
    def test_a_key_that_no_header_carries_is_refused_without_repeating_it(self, key: str) -> None:
        with pytest.raises(ValueError) as caught:
            Client("http://127.0.0.1", key)
        assert key not in repr(caught.value)

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "ftp://host",
            "host/path",
            "http://",
            "https://user:pass@host/v4",
            "https://host/v4?key=x",
            "http://host:port",
        ],
    )
    def test_an_address_that_cannot_be_one_is_refused(self, url: str) -> None:
        with pytest.raises(ValueError, match="base address"):
            Client(url, None)


class TestTransportAsArgument:
    async def test_any_transport_of_httpx_will_do(self) -> None:
        def respond(request: httpx.Request) -> httpx.Response:
            headers = {"content-type": "text/event-stream"}
            return httpx.Response(200, headers=headers, content=recording("text"))

        async with Client("http://glm.test/v4", KEY, transport=httpx.MockTransport(respond)) as client:
            assert await ask_with(client) == REPLIES["text"]

    async def test_a_transport_may_stream(self) -> None:
        class Pieces(httpx.AsyncByteStream):
            async def __aiter__(self) -> AsyncIterator[bytes]:
                for byte in recording("text"):
                    yield bytes([byte])

        def respond(request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Pieces())

        async with Client("http://glm.test/v4", KEY, transport=httpx.MockTransport(respond)) as client:
            assert await ask_with(client) == REPLIES["text"]

    async def test_a_time_out_of_the_transport_is_ours(self) -> None:
        def respond(request: httpx.Request) -> httpx.Response:
            raise httpx.ReadTimeout("slow", request=request)

        async with Client("http://glm.test/v4", KEY, transport=httpx.MockTransport(respond)) as client:
            with pytest.raises(TimedOut):
                await ask_with(client)
