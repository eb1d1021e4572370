"""`/_sandbox/gates/<id>`: how a test lets deltas through, and sees how many went. Not a path of GLM's."""

import json

from conversations.sandbox.asgi import Call
from conversations.sandbox.refusals import Refused
from conversations.sandbox.state import State

from .route import Route, at


async def _open(call: Call, state: State, part: str) -> None:
    gate = state.gates[part]
    gate.open(_count(call.body))
    await call.respond_json(gate.state())


async def _look(call: Call, state: State, part: str) -> None:
    await call.respond_json(state.gates[part].state())


def _count(body: bytes) -> int | None:
    """How many deltas `{"deltas": n}` lets through; None for `{"all": true}`."""
    try:
        wish = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused("1210", 'expected {"deltas": n} or {"all": true}') from error
    match wish:
        case {"all": True}:
            return None
        case {"deltas": int(count)} if count is not True and count > 0:
            return count
    raise Refused("1210", 'expected {"deltas": n} or {"all": true}')


OPEN = Route("POST", at("/_sandbox/gates/<part>/open"), _open, needs_key=False)
LOOK = Route("GET", at("/_sandbox/gates/<part>"), _look, needs_key=False)
