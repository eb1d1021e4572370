"""A reply far longer than a page should have to bear."""

from collections.abc import Iterator

from conversations.sandbox import tokens
from conversations.sandbox.asked import Asked
from conversations.sandbox.steps import Deltas, Done, Finish, Step
from conversations.sandbox.wire import Usage

from .scenario import Scenario

_PARAGRAPH = f"{'The river goes on and on past the same three trees. ' * 4}\n\n"


def _steps(asked: Asked) -> Iterator[Step]:
    size = asked.argument(0, 2_000_000, at_most=20_000_000)
    numbers = range(1, size // len(_PARAGRAPH) + 2)
    text = "".join(f"{number:06d} {_PARAGRAPH}" for number in numbers)[:size]
    pieces = tuple(text[at : at + 512] for at in range(0, size, 512))
    yield Deltas(pieces, rate=0)
    yield Finish("stop", Usage(tokens.count_prompt(asked.messages), size // 4))
    yield Done()


SCENARIO = Scenario("huge", "A reply of 2 MB at full speed; `sandbox-huge-5000` has 5,000 bytes.", _steps)
