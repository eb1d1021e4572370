"""The keep-alive comments that proxies put into a stream."""

from collections.abc import Iterator

from conversations.sandbox import tokens
from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import plain
from conversations.sandbox.steps import Comment, Deltas, Done, Finish, Step

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    reply = plain(asked)
    pieces = tokens.pieces(reply.text)
    yield Comment("keep-alive")
    yield Deltas(pieces[:3])
    yield Comment("keep-alive")
    yield Deltas(pieces[3:])
    yield Finish(reply.finish, reply.usage(asked))
    yield Comment("")
    yield Done()


SCENARIO = Scenario("comments", "Comment lines before, between and after the frames.", _steps)
