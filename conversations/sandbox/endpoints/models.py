"""`GET /models`: undocumented but live, in OpenAI's list shape (observed)."""

from typing import Any

from conversations.sandbox.asgi import Call
from conversations.sandbox.scenarios import SANDBOX_MODELS
from conversations.sandbox.state import State

from .route import BASE, Route, at

_CREATED = 1_700_000_000


async def _answer(call: Call, state: State, part: str) -> None:
    await call.respond_json({"object": "list", "data": [_item(model) for model in SANDBOX_MODELS]})


def _item(model: str) -> dict[str, Any]:
    return {"id": model, "object": "model", "created": _CREATED, "owned_by": "sandbox"}


ROUTE = Route("GET", at(f"{BASE}/models"), _answer)
