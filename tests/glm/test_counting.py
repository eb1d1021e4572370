"""A prompt counted by GLM."""

import json

import pytest

from conversations.glm import AnswerError, Counted, ProtocolError, count_tokens

from .asking import REQUEST, connected, saying
from .server import answer

USAGE = {"prompt_tokens": 9, "image_tokens": 3, "video_tokens": 0, "total_tokens": 12}


def told(usage: object) -> bytes:
    body = {"id": "2026", "created": 1795141000, "request_id": "request-1", "usage": usage}
    return answer("200 OK", json.dumps(body).encode())


async def test_the_messages_go_alone_and_the_sum_comes_back() -> None:
    async with connected(saying(told(USAGE))) as (server, client):
        counted = await client.ask(count_tokens(REQUEST))
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /api/paas/v4/tokenizer ")
    assert json.loads(body) == {
        "model": "glm-4.6",
        "messages": [{"role": "user", "content": "汉堡"}],
        "request_id": "request-1",
    }
    assert counted == Counted(12, "2026")


async def test_without_a_sum_the_prompt_counts() -> None:
    async with connected(saying(told({"prompt_tokens": 9}))) as (_, client):
        assert (await client.ask(count_tokens(REQUEST))).total == 9


@pytest.mark.parametrize("usage", [None, {}, {"total_tokens": "12"}, {"total_tokens": -1}, [12]])
async def test_an_answer_without_a_number_is_none(usage: object) -> None:
    async with connected(saying(told(usage))) as (_, client):
        with pytest.raises(ProtocolError):
            await client.ask(count_tokens(REQUEST))


async def test_a_refusal_is_raised() -> None:
    body = json.dumps({"error": {"code": "1211", "message": "no"}}).encode()
    async with connected(saying(answer("400 Bad Request", body))) as (_, client):
        with pytest.raises(AnswerError) as caught:
            await client.ask(count_tokens(REQUEST))
    assert caught.value.code == "1211"
