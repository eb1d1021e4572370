"""Silence in the middle of a reply."""

from collections.abc import Iterator

from conversations.sandbox import tokens
from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import plain
from conversations.sandbox.steps import Deltas, Done, Finish, Step, Wait

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    reply = plain(asked)
    pieces = tokens.pieces(reply.text)
    yield Deltas(pieces[:8])
    yield Wait(asked.prompt.seconds(600))
    yield Deltas(pieces[8:])
    yield Finish(reply.finish, reply.usage(asked))
    yield Done()


SCENARIO = Scenario("stall", "Eight deltas, silence for 600 s (`wait:`), then the rest.", _steps)
