"""A flagged reply: GLM checks in batches, so the text is already out (docs.bigmodel.cn, content safety)."""

from collections.abc import Iterator
from itertools import cycle, islice

from conversations.sandbox import tokens
from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import plain
from conversations.sandbox.steps import Deltas, Done, Finish, Step
from conversations.sandbox.wire import Filter

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    text = "".join(islice(cycle(plain(asked).text), 200))
    yield Deltas(tokens.pieces(text))
    yield Finish("sensitive", filters=(Filter("assistant"),))
    yield Done()


SCENARIO = Scenario(
    "sensitive-output", "200 characters of text, then finish `sensitive` with role `assistant`.", _steps
)
