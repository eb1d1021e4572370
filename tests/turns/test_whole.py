"""Replies in one piece, from the wire to the message: as streamed ones in all but the waiting."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from conversations.models import Conversation, ReviewCase, Turn, TurnState, User, Visibility
from conversations.parameters import Parameters
from conversations.turns.runner import Reason
from tests import people
from tests.glm.asking import connected, saying
from tests.glm.server import Peer, answer
from tests.turns.running import calls, new_runner, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("waits")]


def asked(person: User) -> Turn:
    turn = people.asked(person)
    Conversation.objects.update(parameters=Parameters(stream=False).stored)
    return Turn.objects.select_related("conversation", "person", "question", "reply").get(pk=turn.pk)


def whole(text: str, finish: str = "stop", **more: Any) -> bytes:
    message = {"role": "assistant", "content": text, "reasoning_content": "Hm."}
    body = {"id": "1", "model": "m", "choices": [{"index": 0, "finish_reason": finish, "message": message}], **more}
    return answer("200 OK", json.dumps(body).encode())


async def ran(person: User, said: bytes) -> tuple[Turn, dict[str, Any]]:
    turn = await sync_to_async(asked)(person)
    async with connected(saying(said)) as (server, client):
        await (await sync_to_async(new_runner)(turn, client)).run()
    return await sync_to_async(people.fresh)(turn), json.loads(server.requests[0].partition(b"\r\n\r\n")[2])


async def test_has_text_reasoning_and_usage(ada: User) -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}
    turn, body = await ran(ada, whole("Hi *there*", usage=usage))
    assert body["stream"] is False
    assert (turn.state, turn.finish) == (TurnState.COMPLETED, "stop")
    assert told(turn) == [("reasoning", "Hm."), ("text", "Hi *there*")]
    (call,) = await sync_to_async(calls)(turn)
    assert (call.prompt_tokens, call.completion_tokens) == (9, 4)


async def test_that_is_flagged_is_withdrawn(ada: User) -> None:
    turn, _ = await ran(ada, whole("Bad", "sensitive", content_filter=[{"role": "assistant", "level": 0}]))
    assert (turn.state, turn.reply.visibility) == (TurnState.FILTERED, Visibility.HELD)
    assert await sync_to_async(ReviewCase.objects.count)() == 1


async def test_that_glm_refuses_says_why(ada: User) -> None:
    refusal = json.dumps({"error": {"code": "1113", "message": "no"}}).encode()
    turn, _ = await ran(ada, answer("429 Too Many Requests", refusal))
    assert (turn.state, turn.trouble) == (TurnState.FAILED, "money")


async def test_is_stopped_while_nothing_has_come(ada: User) -> None:
    async def silent(peer: Peer) -> None:
        await peer.until_closed()

    turn = await sync_to_async(asked)(ada)
    async with connected(silent) as (server, client):
        runner = await sync_to_async(new_runner)(turn, client)
        task = asyncio.get_running_loop().create_task(runner.run())
        await asyncio.wait_for(server.asked.wait(), 30)
        runner.end(Reason.STOPPED)
        await asyncio.wait_for(task, 30)
        await asyncio.wait_for(server.closed.wait(), 30)
    assert (await sync_to_async(people.fresh)(turn)).state == TurnState.STOPPED
