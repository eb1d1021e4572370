"""Replies in one piece, for short errands."""

import json

import httpx
import pytest

from conversations.glm import Client, ContentRefused, Finish, GlmError, Kind, ProtocolError, Timeouts, Usage

from .asking import REQUEST, connected, saying, streaming
from .recordings import REPLIES, recording
from .server import answer


def whole(text: str, finish: str = "stop", **more: object) -> bytes:
    body = {
        "id": "2026",
        "model": "glm-4.6",
        "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text}}],
        **more,
    }
    return answer("200 OK", json.dumps(body).encode(), x_log_id="log-7")


async def test_it_asks_for_one_piece_and_gives_what_came() -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}
    async with connected(saying(whole("Hamburg", usage=usage))) as (server, client):
        done = await client.complete(REQUEST)
    assert json.loads(server.requests[0].partition(b"\r\n\r\n")[2]) == REQUEST.body(stream=False)
    assert (done.is_over, done.status, done.log_id) == (True, 200, "log-7")
    assert (done.reply.text, done.reply.finish) == ("Hamburg", Finish.STOP)
    assert done.reply.usage == Usage(prompt=9, completion=4, total=13)


async def test_a_server_that_streams_all_the_same_is_understood() -> None:
    async with connected(streaming(recording("text"))) as (_, client):
        assert (await client.complete(REQUEST)).reply == REPLIES["text"]


async def test_a_judgement_stands_beside_the_text() -> None:
    judged = whole("", "sensitive", content_filter=[{"role": "assistant", "level": 1}])
    async with connected(saying(judged)) as (_, client):
        reply = (await client.complete(REQUEST)).reply
    assert reply.finish is Finish.SENSITIVE
    assert [(level.role, level.level) for level in reply.content_filter] == [("assistant", 1)]


async def test_a_refusal_is_raised() -> None:
    body = json.dumps({"error": {"code": "1301", "message": "no"}}).encode()
    async with connected(saying(answer("400 Bad Request", body))) as (_, client):
        with pytest.raises(ContentRefused) as caught:
            await client.complete(REQUEST)
    assert caught.value.kind is Kind.REFUSED


async def test_an_answer_of_somebody_else_is_raised() -> None:
    async with connected(saying(answer("200 OK", b"<html>", "text/html"))) as (_, client):
        with pytest.raises(ProtocolError):
            await client.complete(REQUEST)


@pytest.mark.parametrize(("is_whole", "seconds"), [(True, 30), (False, 5)])
async def test_one_piece_may_be_silent_for_longer_than_a_stream(is_whole: bool, seconds: int) -> None:
    heard = []

    def say(request: httpx.Request) -> httpx.Response:
        heard.append(request.extensions["timeout"]["read"])
        return httpx.Response(429, json={"error": {"code": "1302", "message": "no"}})

    timeouts, transport = Timeouts(read=5, whole=30), httpx.MockTransport(say)
    async with Client("http://127.0.0.1/", None, transport=transport, timeouts=timeouts) as client:
        with pytest.raises(GlmError):
            async with client.chat(REQUEST, whole=is_whole):
                pass
    assert heard == [seconds]
