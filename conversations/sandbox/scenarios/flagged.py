"""Shared by the scenarios whose input is judged."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.refusals import Refusal
from conversations.sandbox.steps import Done, Finish, Refuse, Step
from conversations.sandbox.wire import Filter


def flagged(asked: Asked, role: str) -> Iterator[Step]:
    """A stream with one finishing chunk, or the 400 that requests without a stream get."""
    filters = (Filter(role),)
    if not asked.is_streamed:
        yield Refuse(Refusal("1301", filters=filters))
    yield Finish("sensitive", filters=filters, role="user")
    yield Done()
