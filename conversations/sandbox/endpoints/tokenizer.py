"""`POST /tokenizer`: how many tokens a prompt has, without an answer. Only some models are known to it."""

import time

from conversations.sandbox import tokens
from conversations.sandbox.asgi import Call
from conversations.sandbox.catalogue import entry
from conversations.sandbox.refusals import Refused
from conversations.sandbox.state import State
from conversations.sandbox.validation import read_request
from conversations.sandbox.wire import new_id

from .route import BASE, Route, at


async def _answer(call: Call, state: State, part: str) -> None:
    asked = read_request(call.body)
    if not entry(asked.model).counts_tokens:
        raise Refused("1211", asked.model)
    call.notes.append(asked.model)
    images = sum(len(said.images) for said in asked.messages) * tokens.IMAGE
    total = tokens.count_prompt(asked.messages)
    usage = {"prompt_tokens": total - images, "image_tokens": images, "video_tokens": 0, "total_tokens": total}
    now = time.time()
    name = new_id(now)
    await call.respond_json({"id": name, "created": int(now), "request_id": asked.request_id or name, "usage": usage})


ROUTE = Route("POST", at(f"{BASE}/tokenizer"), _answer)
