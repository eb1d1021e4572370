"""Every way in which a request fails, on a real socket."""

import gzip

import pytest

from conversations.glm import (
    AnswerError,
    ConnectionFailed,
    ConnectionLost,
    ContentRefused,
    Finish,
    Kind,
    Limits,
    ProtocolError,
    TextDelta,
    TimedOut,
    Timeouts,
    TooLarge,
)

from .asking import REQUEST, ask, ask_with, breaking_off, connected, failure, saying, streaming
from .recordings import recording
from .server import STREAM_HEAD, Peer, answer, http_chunk, serving


async def test_an_error_status_is_raised_on_entering() -> None:
    body = b'{"error":{"code":"1302","message":"busy"}}'
    error = await failure(saying(answer("429 Too Many", body, x_log_id="L9")))
    assert isinstance(error, AnswerError)
    assert (error.code, error.http_status, error.log_id, error.request_id) == ("1302", 429, "L9", "request-1")
    assert error.raw == body.decode()


async def test_refused_content_is_an_error_of_its_own() -> None:
    body = b'{"contentFilter":[{"level":1,"role":"user"}],"error":{"code":"1301","message":"x"}}'
    error = await failure(saying(answer("400 Bad", body)))
    assert isinstance(error, ContentRefused)
    assert error.content_filter[0].role == "user"


@pytest.mark.parametrize("content_type", ["text/html", "application/json", "text/plain", ""])
async def test_something_else_than_a_stream_is_not_shown(content_type: str) -> None:
    error = await failure(saying(answer("200 OK", b"<html>welcome</html>", content_type)))
    assert isinstance(error, ProtocolError)
    assert (error.log_id, error.raw) == ("", "<html>welcome</html>")


async def test_an_error_in_a_200_is_raised() -> None:
    error = await failure(saying(answer("200 OK", b'{"error":{"code":"1113","message":"x"}}')))
    assert (error.kind, error.http_status) == (Kind.MONEY, 200)


async def test_an_error_in_the_stream_comes_after_the_text_before_it() -> None:
    async with connected(streaming(recording("error_event"))) as (_, client), client.chat(REQUEST) as stream:
        assert (await anext(stream))[-1] == TextDelta("The Elbe")
        with pytest.raises(AnswerError) as caught:
            await anext(stream)
    assert (caught.value.code, caught.value.log_id) == ("1234", "log-7")
    assert stream.reply.finish is Finish.BROKEN


async def test_a_redirect_is_not_followed() -> None:
    error = await failure(saying(answer("302 Found", b"", Location="http://127.0.0.1:1/")))
    assert isinstance(error, ProtocolError)
    assert error.http_status == 302


async def test_a_body_of_an_error_is_cut_off() -> None:
    error = await failure(saying(answer("502 Bad", b"x" * 300_000, "text/html")))
    assert len(error.raw) == 64 * 1024


async def test_a_body_of_an_error_that_never_ends_is_not_waited_for() -> None:
    async def script(peer: Peer) -> None:
        await peer.say(answer("500 No", b"{}").replace(b"Content-Length: 2", b"Content-Length: 9"))
        await peer.until_closed()

    error = await failure(script, timeouts=Timeouts(error_body=0.05))
    assert (error.http_status, error.raw) == (500, "{}")


async def test_a_refused_connection_was_surely_not_taken() -> None:
    async with serving(saying()) as server:
        pass
    with pytest.raises(ConnectionFailed) as caught:
        await ask(server)
    assert (caught.value.kind, caught.value.request_id) == (Kind.UNREACHABLE, "request-1")
    assert caught.value.is_surely_not_taken


async def test_a_connection_that_breaks_before_the_answer_may_have_been_taken() -> None:
    error = await failure(breaking_off())
    assert isinstance(error, ConnectionLost)
    assert not error.is_surely_not_taken


async def test_a_connection_that_breaks_before_the_first_chunk_is_an_error() -> None:
    error = await failure(breaking_off(STREAM_HEAD))
    assert isinstance(error, ConnectionLost)
    assert error.log_id == "log-7"


@pytest.mark.parametrize("last", [b"", b"a\r\nhalf"])
async def test_a_connection_that_breaks_in_the_reply_leaves_it_broken(last: bytes) -> None:
    script = breaking_off(STREAM_HEAD, http_chunk(recording("cut_off").removesuffix(b"data: [DONE]\n\n")), last)
    async with serving(script) as server:
        reply = await ask(server)
    assert (reply.text, reply.finish) == ("The Elbe flows", Finish.BROKEN)


@pytest.mark.parametrize("before", [b"", STREAM_HEAD])
async def test_silence_is_a_time_out(before: bytes) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(before)
        await peer.until_closed()

    error = await failure(script, timeouts=Timeouts(read=0.05))
    assert isinstance(error, TimedOut)
    assert error.kind is Kind.TIMEOUT


async def test_a_full_pool_means_that_we_are_busy() -> None:
    async def script(peer: Peer) -> None:
        await peer.say(STREAM_HEAD)
        await peer.until_closed()

    limits, timeouts = Limits(connection_count=1), Timeouts(pool=0.05)
    async with connected(script, limits=limits, timeouts=timeouts) as (_, client), client.chat(REQUEST):
        with pytest.raises(ConnectionFailed) as caught:
            await ask_with(client)
    assert caught.value.kind is Kind.BUSY


@pytest.mark.parametrize(("limit", "data"), [("line", 2000), ("total", 2000)])
async def test_too_much_is_refused(limit: str, data: int) -> None:
    error = await failure(streaming(b": " + b"x" * data + b"\n\n"), limits=Limits(**{limit: 1000}))
    assert isinstance(error, TooLarge)


async def test_a_bomb_is_refused() -> None:
    bomb = answer("200 OK", gzip.compress(b"\0" * 1_000_000), "application/json", Content_Encoding="gzip")
    assert isinstance(await failure(saying(bomb), limits=Limits(total=1000)), TooLarge)


async def test_an_unknown_compression_is_refused() -> None:
    whole = answer("200 OK", b"\0", "text/event-stream", Content_Encoding="br")
    assert isinstance(await failure(saying(whole)), ProtocolError)


async def test_nonsense_instead_of_http_is_a_broken_connection() -> None:
    assert isinstance(await failure(breaking_off(b"220 smtp ready\r\n\r\n")), ConnectionLost)
