"""The client against a real socket: what it sends and what it gives."""

import asyncio
import gzip
import json
import logging
from collections.abc import AsyncIterator

import httpx
import pytest

from conversations.glm import (
    Began,
    Client,
    Finish,
    GlmError,
    Kind,
    TextDelta,
    TimedOut,
    Timeouts,
)
from tests.waiting import SECONDS

from .asking import KEY, REQUEST, ask, ask_with, breaking_off, connected, first_step, saying, streaming
from .recordings import REPLIES, recording
from .server import LAST_CHUNK, STREAM_HEAD, Peer, answer, http_chunk, serving


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

    async def test_it_asks_a_server_of_another_make_for_the_usage(self) -> None:
        replies = serving(streaming(recording("text")))
        async with replies as server, Client(server.base_url, KEY, asks_for_usage=True) as client:
            await ask_with(client)
        assert json.loads(server.requests[0].partition(b"\r\n\r\n")[2]) == REQUEST.body(asks_for_usage=True)

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

    async def test_a_compressed_stream_comes_piece_by_piece(self) -> None:
        body = gzip.compress(recording("text"))
        head = STREAM_HEAD.replace(b"x-log-id: log-7", b"Content-Encoding: gzip")
        chunks = (http_chunk(body[at : at + 9]) for at in range(0, len(body), 9))
        async with serving(saying(head, *chunks, LAST_CHUNK)) as server:
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

    async def test_the_last_bytes_of_an_answer_may_come_late(self) -> None:
        done = asyncio.Event()

        async def script(peer: Peer) -> None:
            await peer.say(STREAM_HEAD, http_chunk(recording("text")).removesuffix(b"\r\n"))
            await done.wait()
            await peer.say(b"\r\n", LAST_CHUNK)

        async with connected(script, timeouts=Timeouts(drain=5)) as (server, client):
            for _ in range(2):
                async with client.chat(REQUEST) as stream:
                    async for _ in stream:
                        pass
                    done.set()
        assert server.connection_count == 1

    async def test_an_answer_that_does_not_end_after_its_end_is_left(self) -> None:
        async def script(peer: Peer) -> None:
            await peer.say(STREAM_HEAD, http_chunk(recording("text")))
            await peer.until_closed()

        async with connected(script, timeouts=Timeouts(drain=0.01)) as (server, client):
            assert await ask_with(client) == REPLIES["text"]
            await asyncio.wait_for(server.closed.wait(), SECONDS)

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
            await asyncio.wait_for(server.closed.wait(), SECONDS)
        assert (stream.reply.text, stream.reply.finish) == ("The Elbe flows", None)

    async def test_cancelling_closes_the_response(self) -> None:
        async def script(peer: Peer) -> None:
            await peer.say(STREAM_HEAD)
            await peer.until_closed()

        async with connected(script) as (server, client):
            asking = asyncio.ensure_future(ask_with(client))
            await asyncio.wait_for(server.asked.wait(), SECONDS)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await asyncio.wait_for(server.closed.wait(), SECONDS)


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
