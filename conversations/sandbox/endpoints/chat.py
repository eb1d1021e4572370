"""`POST /chat/completions`, whole and streamed."""

from contextlib import nullcontext
from dataclasses import replace

from conversations.sandbox.asgi import Call
from conversations.sandbox.asked import Asked
from conversations.sandbox.player import Player
from conversations.sandbox.reply import usual
from conversations.sandbox.scenarios import choose
from conversations.sandbox.state import State
from conversations.sandbox.stream import Stream
from conversations.sandbox.validation import read_request
from conversations.sandbox.whole import Whole

from .route import BASE, Route, at


async def _answer(call: Call, state: State, part: str) -> None:
    asked = read_request(call.body)
    attempt = state.attempts.count(asked)
    scenario, asked = choose(replace(asked, attempt=attempt))
    call.notes.extend([asked.model, scenario.name if scenario else "answer"])
    player = _player(call, state, asked)
    with player.gate.attended() if player.gate else nullcontext():
        await player.play(scenario.steps(asked) if scenario else usual(asked))


def _player(call: Call, state: State, asked: Asked) -> Player:
    kind = Stream if asked.is_streamed else Whole
    gate = state.gates[asked.prompt.gate] if asked.prompt.gate else None
    return kind(call, asked, state.usual_rate, gate)


ROUTE = Route("POST", at(f"{BASE}/chat/completions"), _answer)
