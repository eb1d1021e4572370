"""`POST /assistant`, `/assistant/list`, `/assistant/conversation/list`: GLM calls them deprecated."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from conversations.sandbox import assistants, prompt, talks
from conversations.sandbox.asgi import Call
from conversations.sandbox.asked import Asked, Said
from conversations.sandbox.prompt import Prompt
from conversations.sandbox.refusals import Refused
from conversations.sandbox.scenarios import choose
from conversations.sandbox.state import State
from conversations.sandbox.talk_stream import TalkStream
from conversations.sandbox.validation import fields_of

from . import made
from .route import BASE, Route, at

MODELS = ("glm-4-assistant", "glm-4-alltools")


async def _talk(call: Call, state: State, part: str) -> None:
    fields = fields_of(call.body)
    assistant, asked = _known(fields, "assistant_id"), _asked(fields)
    talk = _talk_of(state, fields, assistant)
    scenario, asked = choose(replace(asked, attempt=state.attempts.count(asked)))
    call.notes.extend([asked.model, scenario.name if scenario else "assistant"])
    gate = state.gates[asked.prompt.gate] if asked.prompt.gate else None
    player = TalkStream(call, asked, state.usual_rate, gate).of(talk)
    before = tuple(talk.said)
    talk.said.append(prompt.bare(asked.prompt.text))

    def draw(words: str) -> str:
        return made.address(call, state, made.PICTURE, words, assistants.SIZE, scenario.name if scenario else "")

    is_played = scenario is not None and not scenario.name.startswith("media-")
    steps = scenario.steps(asked) if scenario and is_played else assistants.steps(asked, before, draw)
    with gate.attended() if gate else nullcontext():
        await player.play(steps)


def _asked(fields: Mapping[str, Any]) -> Asked:
    """Only a person's messages, only text, only streamed."""
    model = fields.get("model", MODELS[0])
    if model not in MODELS:
        raise Refused("1211", str(model))
    if fields.get("stream") is not True:
        raise Refused("1212", "stream")
    for name in ("request_id", "user_id"):
        if name in fields and not (isinstance(fields[name], str) and 6 <= len(fields[name]) <= 128):
            raise Refused("1214", name)
    told = fields.get("messages")
    if not isinstance(told, list) or not told:
        raise Refused("1213", "messages")
    messages = tuple(map(_said, told))
    # Whoever begins anew tells what was said before in the same text; the question stands last.
    question = messages[-1].text.strip().rpartition("\n\n")[2]
    return Asked(model, messages, Prompt(question), is_streamed=True, request_id=fields.get("request_id"))


def _said(message: Any) -> Said:
    if not isinstance(message, dict) or message.get("role") != "user":
        raise Refused("1214", "messages.role")
    parts = message.get("content")
    if not isinstance(parts, list) or not parts:
        raise Refused("1214", "messages.content")
    texts = [each.get("text") for each in parts if isinstance(each, dict) and each.get("type") == "text"]
    told = [each for each in texts if isinstance(each, str) and each.strip()]
    if len(told) != len(parts):
        raise Refused("1214", "messages.content")
    return Said("user", "\n".join(told))


def _known(fields: Mapping[str, Any], name: str) -> str:
    if name not in fields:
        raise Refused("1213", name)
    if fields[name] not in {each.id for each in assistants.ASSISTANTS}:
        raise Refused("1214", name)
    return str(fields[name])


def _talk_of(state: State, fields: Mapping[str, Any], assistant: str) -> talks.Talk:
    name = fields.get("conversation_id", "")
    if not isinstance(name, str):
        raise Refused("1214", "conversation_id")
    return state.talks.go_on(state.key, name, assistant) if name else state.talks.begin(state.key, assistant)


async def _list(call: Call, state: State, part: str) -> None:
    wanted = fields_of(call.body).get("assistant_id_list") or [each.id for each in assistants.ASSISTANTS]
    if not isinstance(wanted, list):
        raise Refused("1214", "assistant_id_list")
    found = [_described(each) for each in assistants.ASSISTANTS if each.id in wanted]
    await call.respond_json({"code": 200, "msg": "success", "data": found})


async def _talks(call: Call, state: State, part: str) -> None:
    fields = fields_of(call.body)
    assistant, size = _known(fields, "assistant_id"), fields.get("page_size", 10)
    if not isinstance(size, int) or not 1 <= size <= 100:
        raise Refused("1214", "page_size")
    found = state.talks.of(assistant)
    listed = {
        "assistant_id": assistant,
        "has_more": len(found) > size,
        "conversation_list": [*map(_told, found[:size])],
    }
    await call.respond_json({"code": 200, "msg": "success", "data": listed})


def _described(one: assistants.Assistant) -> dict[str, Any]:
    times = {"created_at": 1_704_340_000, "updated_at": 1_704_340_000}
    words = {"name": one.name, "avatar": "", "description": one.description, "status": "publish"}
    return {
        "assistant_id": one.id,
        **times,
        **words,
        "tools": list(assistants.TOOLS),
        "starter_prompts": [*one.starters],
    }


def _told(talk: talks.Talk) -> dict[str, Any]:
    times = {"create_time": talk.began_at, "update_time": talk.moved_at}
    usage = {name: talk.usage.to_wire()[name] for name in ("prompt_tokens", "completion_tokens", "total_tokens")}
    return {"id": talk.id, "assistant_id": talk.assistant, **times, "usage": usage}


TALK = Route("POST", at(f"{BASE}/assistant"), _talk)
LIST = Route("POST", at(f"{BASE}/assistant/list"), _list)
TALKS = Route("POST", at(f"{BASE}/assistant/conversation/list"), _talks)
